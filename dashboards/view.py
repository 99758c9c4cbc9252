"""What a page is asked to show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from streamlit.navigation.page import StreamlitPage

from dashboards import marts
from dashboards.marts import LoadStatus
from kpis import (
    Comments,
    Components,
    Filters,
    Histogram,
    Kpi,
    Listing,
    Mark,
    Period,
    Value,
)
from kpis.listing import Order, Side
from reporting.texts import Language

Link = dict[str, list[str]]


@dataclass(frozen=True)
class ShownValue:
    """A number as a page shows it: of which days, filters and segment it is."""

    value: Value | Exception
    period: Period
    link: Link
    segment: str


@dataclass(frozen=True)
class ShownList:
    """A list of conversations as a page shows it: what the KPI counts, in order."""

    value: Value
    side: Side
    order: Order
    mark: Mark


@dataclass
class Shown:
    """What a page has shown so far, for the files that repeat it."""

    values: dict[tuple[str, ...], ShownValue] = field(default_factory=dict)
    listing: ShownList | None = None


@dataclass(frozen=True)
class View:
    """The reader's language and filters, the data there is, and the other pages.

    `link` holds the filters as the link of a page says them; `shown` what the page
    has drawn.
    """

    language: Language
    status: LoadStatus
    period: Period
    filters: Filters
    link: Link = field(default_factory=dict)
    pages: Mapping[str, StreamlitPage] = field(default_factory=dict)
    shown: Shown = field(default_factory=Shown, compare=False, repr=False)

    @cached_property
    def catalogue(self) -> dict[str, Kpi]:
        """Every KPI by its id."""
        return marts.catalogue(self.status.version)

    def ids(self, level: str, first: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The KPIs of a level: those named first, then whatever else there is."""
        of_level = [
            kpi_id for kpi_id, kpi in self.catalogue.items() if kpi.level == level
        ]
        known = [kpi_id for kpi_id in first if kpi_id in self.catalogue]
        return tuple(dict.fromkeys([*known, *of_level]))

    def values(self, kpi_ids: tuple[str, ...]) -> dict[str, Value | Exception]:
        """Compute KPIs for the whole; an error stands in for one that failed."""
        return marts.values_or_errors(
            self.status.version, kpi_ids, self.period, self.filters
        )

    def groups(self, kpi_ids: tuple[str, ...], group: str) -> list[Value]:
        """Compute KPIs for each group of a dimension."""
        return marts.values(
            self.status.version, kpi_ids, self.period, self.filters, group
        )

    def components(
        self,
        mart: str,
        names: tuple[str, ...],
        group: str | None = None,
        by: tuple[str, ...] = (),
    ) -> list[Components]:
        """Add up components of a mart."""
        return marts.components(
            self.status.version, mart, names, self.period, self.filters, group, by
        )

    def histogram(self, kpi_id: str, edges: tuple[float, ...]) -> Histogram:
        """Count the values of a KPI of time between edges."""
        return marts.histogram(
            self.status.version, kpi_id, edges, self.period.shown, self.filters
        )

    def course(self, kpi_ids: tuple[str, ...], step: str) -> list[Value]:
        """Compute KPIs by day or week, without days that cannot be judged yet."""
        young = self.days_not_judged() if step == "day" else set()
        return [
            value
            for value in self.groups(kpi_ids, step)
            if not (value.kpi.is_judged_later and value.group in young)
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
        return marts.listing(
            self.status.version,
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
        return marts.comments(
            self.status.version, self.period.shown, self.filters, ratings, limit, term
        )

    def note(self, found: Mapping[str, Value | Exception], segment: str = "") -> None:
        """Keep what the page shows of some KPIs, each once."""
        for kpi_id, value in found.items():
            key = (kpi_id, segment, repr(self.period.shown), repr(self.link))
            self.shown.values[key] = ShownValue(value, self.period, self.link, segment)

    def linked(self, **others: str) -> Link:
        """Return the parameters of a link that keeps the filters, and adds others."""
        return self.link | {name: [value] for name, value in others.items()}
