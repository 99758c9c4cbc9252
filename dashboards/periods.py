"""Which days a page shows, and which it compares them with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAYS_OF_PRESET = {"7d": 7, "30d": 30, "90d": 90}
MONTH = "mes"
PRESETS = (*DAYS_OF_PRESET, MONTH)
DEFAULT_PRESET = "30d"


@dataclass(frozen=True)
class Days:
    """Days in a row, both ends included."""

    first: date
    last: date

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=day) for day in range(len(self)))


@dataclass(frozen=True)
class Period:
    """The days shown, those of them that are over, and as many right before these."""

    shown: Days
    complete: Days | None
    previous: Days | None

    @property
    def is_last_day_partial(self) -> bool:
        """Whether the last day shown is not over."""
        return self.complete is None or self.complete.last < self.shown.last


def choose(
    preset: str, first_date: date, today: date, include_today: bool = False
) -> Period:
    """Return the period of a preset, for data from `first_date` to within `today`.

    Complete days compare with as many right before them, and with nothing where the
    data does not reach back that far.
    """
    yesterday = today - timedelta(days=1)
    last = today if include_today else yesterday
    if preset == MONTH:
        first = last.replace(day=1)
    else:
        first = yesterday - timedelta(days=DAYS_OF_PRESET[preset] - 1)
    shown = Days(first, last)
    if first > yesterday:
        return Period(shown, None, None)
    complete = Days(first, yesterday)
    previous = Days(first - timedelta(days=len(complete)), first - timedelta(days=1))
    return Period(shown, complete, previous if previous.first >= first_date else None)
