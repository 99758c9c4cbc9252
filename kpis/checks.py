"""Whether the numbers agree with each other, found out from the marts as they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpis.catalogue import catalogue
from kpis.database import Marts
from kpis.kinds import kind_of
from kpis.listing import listing
from kpis.periods import Days, Period
from kpis.query import values
from kpis.reader import components

EPISODES = "mart_executive_episode_days"
ACTIVITY = "mart_executive_activity_days"
# Sums by day, the rows that they add up, and a column of both.
SUMS = (
    (EPISODES, "mart_drilldown_episodes", "inbound_episodes"),
    (ACTIVITY, "mart_drilldown_days", "spoken_messages"),
    ("mart_operational_durations", "mart_drilldown_durations", "n"),
)
OUTCOMES = (
    "ai_resolved_confirmed_episodes", "ai_resolved_assumed_episodes",
    "ai_abandoned_episodes", "human_resolved_episodes", "ai_human_resolved_episodes",
    "unanswered_episodes", "waiting_us_episodes", "waiting_customer_episodes",
    "immature_episodes",
)  # fmt: skip
LOADED = {
    "conversations": "mart_drilldown_conversations",
    "messages": "mart_drilldown_messages",
}


@dataclass(frozen=True)
class Check:
    """Two numbers that have to be the same, and of what.

    `name` is list, outcomes, sums, or loaded; `of` a KPI, a mart or what was loaded.
    """

    name: str
    of: str
    expected: float
    found: float

    @property
    def is_good(self) -> bool:
        """Whether they are the same; sums of fractions by all but their last digits."""
        return abs(self.expected - self.found) <= 1e-9 * max(abs(self.expected), 1.0)


def checks(marts: Marts, days: Days) -> list[Check]:
    """Compare lists with KPIs, outcomes with episodes, sums with facts, and the load.

    Over some days, without filters. It reads every list, so that it takes seconds.
    Raises DatabaseDownError, NoDataError.
    """
    period = Period(days, days, None)
    with marts.session() as session:
        return [
            *_loaded(session),
            *_outcomes(session, period),
            *_sums(session, period),
            *_lists(session, period),
        ]


def _loaded(marts: Marts) -> list[Check]:
    found = []
    rows = marts.read("select conversations, messages from marts.mart_load_status")
    for name, mart in LOADED.items():
        ((n),) = marts.read(f"select count(*) as n from marts.{mart}")
        found += [
            Check("loaded", name, row[name], n["n"])
            for row in rows
            if row[name] is not None  # what one limited may not know
        ]
    return found


def _outcomes(marts: Marts, period: Period) -> list[Check]:
    sums = _total(marts, EPISODES, ("inbound_episodes", *OUTCOMES), period)
    parts = sum(sums[outcome] for outcome in OUTCOMES)
    return [Check("outcomes", "episodes_total", sums["inbound_episodes"], parts)]


def _sums(marts: Marts, period: Period) -> list[Check]:
    return [
        Check(
            "sums",
            mart,
            _total(marts, facts, (column,), period)[column],
            _total(marts, mart, (column,), period)[column],
        )
        for mart, facts, column in SUMS
    ]


def _lists(marts: Marts, period: Period) -> list[Check]:
    listed = [
        kpi_id
        for kpi_id, kpi in catalogue(marts).items()
        # What is counted row by row; the others compare months, weeks or people.
        if kind_of(kpi).has_course
    ]
    return [
        Check(
            "list",
            value.kpi.kpi_id,
            value.numerator or 0.0,
            listing(marts, value.kpi.kpi_id, period.shown, limit=0).total,
        )
        for value in values(marts, listed, period)
        if value.reason != "not_configured"
    ]


def _total(
    marts: Marts, mart: str, names: tuple[str, ...], period: Period
) -> Mapping[str, float]:
    rows = components(marts, mart, names, period)
    return rows[0].sums if rows else dict.fromkeys(names, 0.0)
