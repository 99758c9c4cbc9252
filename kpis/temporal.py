"""What is expected of the days to come, and which of the past were out of pattern."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from psycopg2 import sql

from kpis.database import Marts
from kpis.filters import Filters, where
from kpis.periods import Days

WHOLE = "all"
# What leaves whole inboxes, of which there is a forecast each.
DIMENSIONS = {"inboxes", "units", "channel_kinds", "accounts"}


@dataclass(frozen=True)
class ExpectedDay:
    """Episodes expected on a day to come; the band holds four in five such days."""

    local_date: date
    episodes_p10: int
    episodes_p50: int
    episodes_p90: int
    is_holiday: bool


@dataclass(frozen=True)
class CalendarDay:
    """A day of the data. `lacks_load`: loads had begun, and none saw that day."""

    local_date: date
    is_complete: bool
    is_holiday: bool
    holiday_name: str | None
    lacks_load: bool


@dataclass(frozen=True)
class Anomaly:
    """A day with far more or fewer episodes than its weekday used to have."""

    inbox_id: int | None
    local_date: date
    actual_episodes: int
    expected_episodes: float
    z_score: float
    direction: Literal["up", "down"]


@dataclass(frozen=True)
class Backtest:
    """How far off earlier forecasts were; errors and coverage as a share of 1.

    A `mase` under 1 beats the same weekday of the week before.
    """

    scope: str
    inbox_id: int | None
    origins: int
    days: int
    wape: float | None
    mase: float | None
    coverage_80: float | None
    seasonal_naive_wape: float | None


def scope(marts: Marts, filters: Filters) -> str | None:
    """Return which forecast the filters ask for: of the whole, or of one inbox.

    None where they ask for something that has none, such as a team or two inboxes.
    Raises DatabaseDownError, NoDataError.
    """
    if not has_forecast(marts, filters):
        return None
    if not filters.used and not marts.limits:
        return WHOLE
    inboxes = kept_inboxes(marts, filters)
    return str(inboxes[0]) if len(inboxes) == 1 else None


def has_forecast(marts: Marts, filters: Filters) -> bool:
    """Whether the filters, and the limits of the reader, leave whole inboxes."""
    return not filters.used - DIMENSIONS and not marts.limits.teams


def kept_inboxes(marts: Marts, filters: Filters) -> list[int]:
    """Return the inboxes that filters of DIMENSIONS keep."""
    rows = marts.read(
        sql.SQL("select inbox_id from marts.mart_inboxes as mart where {}").format(
            where("mart_inboxes", filters)
        ),
        **filters.bound(),
    )
    return [row["inbox_id"] for row in rows]


def forecast(marts: Marts, of: str) -> list[ExpectedDay]:
    """Return the days to come of a scope; none with under four weeks of history.

    Raises DatabaseDownError, NoDataError.
    """
    rows = marts.read(
        "select local_date, episodes_p10, episodes_p50, episodes_p90, is_holiday"
        " from marts.mart_temporal_forecast where scope = %(of)s order by local_date",
        of=of,
    )
    return [ExpectedDay(**row) for row in rows]


def calendar(marts: Marts, days: Days) -> list[CalendarDay]:
    """Return what is known of each day. Raises DatabaseDownError, NoDataError."""
    rows = marts.read(
        """
        select
            local_date,
            is_complete,
            is_holiday,
            holiday_name,
            good_loads = 0 and local_date > (
                select min(local_date) from marts.mart_temporal_days
                where good_loads > 0
            ) is true as lacks_load
        from marts.mart_temporal_days
        where local_date between %(first)s and %(last)s
        order by local_date
        """,
        first=days.first,
        last=days.last,
    )
    return [CalendarDay(**row) for row in rows]


def anomalies(marts: Marts, of: str, days: Days) -> list[Anomaly]:
    """Return the unusual days of a scope, the latest first.

    Raises DatabaseDownError, NoDataError.
    """
    rows = marts.read(
        """
        select
            inbox_id,
            local_date,
            actual_episodes,
            expected_episodes::double precision as expected_episodes,
            z_score::double precision as z_score,
            direction
        from marts.mart_temporal_anomalies
        where scope = %(of)s and local_date between %(first)s and %(last)s
        order by local_date desc
        """,
        of=of,
        first=days.first,
        last=days.last,
    )
    return [Anomaly(**row) for row in rows]


def backtest(marts: Marts) -> dict[str, Backtest]:
    """Return how the forecast of each scope did; that of the whole comes first.

    Raises DatabaseDownError, NoDataError.
    """
    rows = marts.read(
        "select scope, inbox_id, origins, days, wape, mase, coverage_80,"
        " seasonal_naive_wape from marts.mart_temporal_backtest"
        " order by inbox_id nulls first"
    )
    return {row["scope"]: Backtest(**row) for row in rows}
