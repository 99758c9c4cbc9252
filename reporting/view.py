"""What is asked of the numbers: of which days, kept to what, in which language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import kpis
from kpis import (
    Comments,
    Components,
    Filters,
    Histogram,
    Kpi,
    Listing,
    Mark,
    Marts,
    NoDataError,
    Period,
    Value,
    dimensions,
    kind_of,
)
from kpis.kinds.base import Side
from kpis.listing import Order
from kpis.status import LoadStatus, is_down
from reporting.texts import Language

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Link = dict[str, list[str]]


class Ask(Protocol):
    """Asks the query layer: a function of it, and what that takes after the marts."""

    def __call__(
        self,
        question: Callable[Concatenate[Marts, Given], Answer],
        /,
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Answer:
        """Return the answer."""


def asked_of(marts: Marts) -> Ask:
    """Return what asks marts, and keeps nothing."""

    def ask(
        question: Callable[Concatenate[Marts, Given], Answer],
        /,
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Answer:
        return question(marts, *given, **named)

    return ask


@dataclass(frozen=True)
class ShownValue:
    """A number as it is shown: of which days, filters and segment it is."""

    value: Value | Exception
    period: Period
    link: Link
    segment: str


@dataclass(frozen=True)
class ShownList:
    """A list of conversations as it is shown: what the KPI counts, in order."""

    value: Value
    side: Side
    order: Order
    mark: Mark


@dataclass
class Shown:
    """What has been shown so far, for the files that repeat it."""

    values: dict[tuple[str, ...], ShownValue] = field(default_factory=dict)
    listing: ShownList | None = None


@dataclass(frozen=True)
class View:
    """The reader's language and filters, the data there is, and how to ask for it.

    `link` holds the filters as the link of a page says them; `shown` what is shown.
    """

    language: Language
    status: LoadStatus
    period: Period
    filters: Filters
    ask: Ask = field(compare=False, repr=False)
    link: Link = field(default_factory=dict)
    shown: Shown = field(default_factory=Shown, compare=False, repr=False)

    @cached_property
    def catalogue(self) -> dict[str, Kpi]:
        """Every KPI by its id."""
        return self.ask(kpis.catalogue)

    @cached_property
    def agents(self) -> dict[int, str]:
        """The names of the people who answer, which every row of a list has."""
        return self.ask(dimensions.agents)

    def ids(self, level: str, first: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The KPIs of a level: those named first, then whatever else there is."""
        of_level = [
            kpi_id for kpi_id, kpi in self.catalogue.items() if kpi.level == level
        ]
        known = [kpi_id for kpi_id in first if kpi_id in self.catalogue]
        return tuple(dict.fromkeys([*known, *of_level]))

    def values(self, kpi_ids: tuple[str, ...]) -> dict[str, Value | Exception]:
        """Compute KPIs for the whole; an error stands in for one that failed.

        Raises DatabaseDownError; NoDataError where no KPI has its mart.
        """
        try:
            return {value.kpi.kpi_id: value for value in self._values(kpi_ids)}
        except Exception as error:
            if is_down(error):
                raise
        found: dict[str, Value | Exception] = {}
        for kpi_id in kpi_ids:
            try:
                (found[kpi_id],) = self._values((kpi_id,))
            except Exception as error:
                if is_down(error):
                    raise
                found[kpi_id] = error
        failures = [error for error in found.values() if isinstance(error, NoDataError)]
        if len(failures) == len(kpi_ids):
            raise failures[0]
        return found

    def groups(self, kpi_ids: tuple[str, ...], group: str) -> list[Value]:
        """Compute KPIs for each group of a dimension."""
        return self._values(kpi_ids, group)

    def _values(self, ids: tuple[str, ...], group: str | None = None) -> list[Value]:
        return self.ask(kpis.values, ids, self.period, self.filters, group)

    def components(
        self,
        mart: str,
        names: tuple[str, ...],
        group: str | None = None,
        by: tuple[str, ...] = (),
    ) -> list[Components]:
        """Add up components of a mart."""
        return self.ask(
            kpis.components, mart, names, self.period, self.filters, group, by
        )

    def histogram(self, kpi_id: str, edges: tuple[float, ...]) -> Histogram:
        """Count the values of a KPI of time between edges."""
        return self.ask(kpis.histogram, kpi_id, edges, self.period.shown, self.filters)

    def course(self, kpi_ids: tuple[str, ...], step: str) -> list[Value]:
        """Compute KPIs by day or week, without days that cannot be judged yet."""
        young = self.days_not_judged() if step == "day" else set()
        return [
            value
            for value in self.groups(kpi_ids, step)
            if not (
                value.group in young and kind_of(value.kpi).is_judged_later(value.kpi)
            )
        ]

    def days_not_judged(self) -> set[object]:
        """The days of the period with episodes that are too young for an outcome.

        What share of them has one is not that of other days: the quick ones come first.
        """
        name = "immature_episodes"
        rows = self.components("mart_executive_episode_days", (name,), "day")
        return {row.group for row in rows if row.span == "shown" and row.sums[name]}

    def listing(
        self,
        kpi_id: str,
        side: Side = "numerator",
        order: Order = "newest",
        limit: int = 50,
        offset: int = 0,
        mark: Mark | None = None,
    ) -> Listing:
        """List what a KPI counts."""
        return self.ask(
            kpis.listing,
            kpi_id,
            self.period.shown,
            self.filters,
            side,
            order,
            limit,
            offset,
            mark,
        )

    def comments(
        self, ratings: tuple[int, ...], limit: int, term: str | None = None
    ) -> Comments:
        """List what customers wrote with their ratings."""
        return self.ask(
            kpis.comments, self.period.shown, self.filters, ratings, limit, term
        )

    def note(self, found: Mapping[str, Value | Exception], segment: str = "") -> None:
        """Keep what is shown of some KPIs, each once."""
        for kpi_id, value in found.items():
            key = (kpi_id, segment, repr(self.period.shown), repr(self.link))
            self.shown.values[key] = ShownValue(value, self.period, self.link, segment)

    def linked(self, **others: str) -> Link:
        """Return the parameters of a link that keeps the filters, and adds others."""
        return self.link | {name: [value] for name, value in others.items()}
