"""What a page is asked to show."""

from dataclasses import dataclass

from dashboards.marts import LoadStatus
from dashboards.periods import Period
from dashboards.texts import Language


@dataclass(frozen=True)
class View:
    """The reader's language and filters, and the data there is.

    All inboxes if `inbox_ids` is None.
    """

    language: Language
    status: LoadStatus
    period: Period
    inbox_ids: tuple[int, ...] | None
