"""What the pages read: answers of the query layer, kept while the marts stay.

Each is kept by `version`, which is another one for other marts and for other limits:
what one reader asked for is never shown to one who may see less.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, ParamSpec, TypeVar

import streamlit as st
from psycopg2 import errors

import kpis
from dashboards import access
from ground.database import Database
from ground.embedded import EmbeddedPostgresError
from ground.settings import ConfigurationError, load_settings
from kpis import (
    DatabaseDownError,
    Filters,
    Histogram,
    Kpi,
    Listing,
    Mark,
    Marts,
    NoDataError,
    Period,
    health,
    temporal,
)
from kpis.chatwoot import chatwoot_numbers as find_chatwoot_numbers
from kpis.checks import Check
from kpis.checks import checks as find_checks
from kpis.listing import Order, Side
from kpis.query import Components

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

# To hash their fields one by one takes Streamlit longer than a page takes.
WHOLE: dict[str | type[Any], Callable[[object], str]] = dict.fromkeys(
    (Filters, Period, kpis.Days, Mark), repr
)


def _kept(
    entries: int,
) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    return st.cache_data(
        ttl="10m", max_entries=entries, show_spinner=False, hash_funcs=WHOLE
    )


@dataclass(frozen=True)
class LoadStatus:
    """What the last good load brought.

    `version` changes whenever a mart does, and with what the reader may see.
    """

    version: str
    first_date: date
    local_date: date
    as_of: datetime
    local_as_of: datetime
    local_loaded_at: datetime
    is_building: bool
    is_mixed: bool
    has_failed_build: bool
    has_failed_checks: bool
    has_failed_load: bool
    unbuilt_local_loaded_at: datetime | None
    build_failed_local_since: datetime | None
    new_accounts: str | None = None


@st.cache_resource(show_spinner=False)
def _database() -> Database:
    return load_settings().dashboard


def marts() -> Marts:
    """The marts, as far as the reader may see them.

    Raises DatabaseDownError where there is no server to ask, PermissionError for one
    who may read nothing.
    """
    reader = access.current()
    try:
        return Marts(_database(), reader.limits, reader.sees_contacts)
    except (EmbeddedPostgresError, ConfigurationError) as error:
        raise DatabaseDownError(str(error)) from error


def forget() -> None:
    """Read the settings again at the next attempt: a server may have moved."""
    _database.clear()


def load_status() -> LoadStatus:
    """Read what the load brought that the marts show; never from a cache.

    The file of a table is new whenever dbt makes it anew, also while a build has only
    got half-way, and a complete build has a number: no answer is older than its mart.
    Raises DatabaseDownError or NoDataError.
    """
    mine = marts()
    rows = mine.read(
        """
        select
            concat_ws(':', status.build_id, status.is_building, '') || (
                select string_agg(relfilenode::text, ',' order by relname)
                from pg_class
                where relnamespace = to_regnamespace('marts') and relkind = 'r'
            ) as version,
            coalesce(
                (select min(local_date) from marts.mart_temporal_days),
                status.local_date
            ) as first_date,
            status.local_date,
            status.as_of,
            status.local_as_of,
            status.local_loaded_at,
            status.is_building,
            status.is_mixed,
            status.has_failed_build,
            status.has_failed_checks,
            status.has_failed_load,
            status.unbuilt_local_loaded_at,
            status.build_failed_local_since,
            status.new_accounts
        from marts.mart_load_status as status
        """
    )
    if not rows:
        raise NoDataError
    (row,) = rows
    row["version"] += f" {mine.limits} {mine.sees_contacts}"
    return LoadStatus(**row)


# Pages ask for it a hundred times, and a resource is not copied for each.
@st.cache_resource(ttl="10m", max_entries=8, show_spinner=False)
def catalogue(version: str) -> dict[str, Kpi]:
    """Every KPI by its id, in the order of the catalogue."""
    del version
    return kpis.catalogue(marts())


@_kept(1024)
def values(
    version: str,
    kpi_ids: tuple[str, ...],
    period: Period,
    filters: Filters,
    group: str | None = None,
) -> list[kpis.Value]:
    """Compute KPIs, as kpis.values does."""
    del version
    return kpis.values(marts(), kpi_ids, period, filters, group)


def values_or_errors(
    version: str, kpi_ids: tuple[str, ...], period: Period, filters: Filters
) -> dict[str, kpis.Value | Exception]:
    """Compute KPIs for the whole; one that fails does not take the others with it.

    Raises DatabaseDownError; NoDataError where no KPI has its mart.
    """
    try:
        return {
            value.kpi.kpi_id: value
            for value in values(version, kpi_ids, period, filters)
        }
    except Exception as error:
        if _is_of_all(error):
            raise
    found: dict[str, kpis.Value | Exception] = {}
    for kpi_id in kpi_ids:
        try:
            (found[kpi_id],) = values(version, (kpi_id,), period, filters)
        except Exception as error:
            if _is_of_all(error):
                raise
            found[kpi_id] = error
    failures = [error for error in found.values() if isinstance(error, NoDataError)]
    if len(failures) == len(kpi_ids):
        raise failures[0]
    return found


def _is_of_all(error: Exception) -> bool:
    """Whether no other question would be answered, either."""
    return isinstance(error, DatabaseDownError) and not isinstance(
        error.__cause__, errors.QueryCanceled
    )


@_kept(256)
def components(
    version: str,
    mart: str,
    names: Sequence[str],
    period: Period,
    filters: Filters,
    group: str | None = None,
    by: Sequence[str] = (),
) -> list[Components]:
    """Add up columns of a mart, as kpis.components does."""
    del version
    return kpis.components(marts(), mart, names, period, filters, group, by)


@_kept(64)
def histogram(
    version: str,
    kpi_id: str,
    edges: Sequence[float],
    days: kpis.Days,
    filters: Filters,
) -> Histogram:
    """Count the values of a KPI of time, as kpis.histogram does."""
    del version
    return kpis.histogram(marts(), kpi_id, edges, days, filters)


@_kept(256)
def listing(
    version: str,
    kpi_id: str,
    days: kpis.Days,
    filters: Filters,
    side: Side = "numerator",
    order: Order = "newest",
    limit: int = 50,
    offset: int = 0,
    mark: Mark | None = None,
) -> Listing:
    """List what a KPI counts, as kpis.listing does."""
    del version
    return kpis.listing(
        marts(), kpi_id, days, filters, side, order, limit, offset, mark
    )


@_kept(64)
def conversation(version: str, conversation_id: int) -> kpis.Conversation | None:
    """Return a conversation, as kpis.conversation does."""
    del version
    return kpis.conversation(marts(), conversation_id)


@_kept(64)
def messages(version: str, conversation_id: int, limit: int) -> kpis.Timeline:
    """Return the last messages of a conversation, as kpis.messages does."""
    del version
    return kpis.messages(marts(), conversation_id, limit)


@_kept(64)
def chatwoot_numbers(
    version: str, days: kpis.Days, filters: Filters, in_business_hours: bool
) -> Mapping[str, float | None]:
    """Compute Chatwoot's own numbers, as kpis.chatwoot.chatwoot_numbers does."""
    del version
    return find_chatwoot_numbers(marts(), days, filters, in_business_hours)


@_kept(64)
def forecast_scope(version: str, filters: Filters) -> str | None:
    """Return which forecast the filters ask for, as kpis.temporal.scope does."""
    del version
    return temporal.scope(marts(), filters)


@_kept(64)
def forecast(version: str, scope: str) -> list[temporal.ExpectedDay]:
    """Return the days to come, as kpis.temporal.forecast does."""
    del version
    return temporal.forecast(marts(), scope)


@_kept(64)
def calendar(version: str, days: kpis.Days) -> list[temporal.CalendarDay]:
    """Return what is known of each day, as kpis.temporal.calendar does."""
    del version
    return temporal.calendar(marts(), days)


@_kept(64)
def anomalies(version: str, scope: str, days: kpis.Days) -> list[temporal.Anomaly]:
    """Return the unusual days, as kpis.temporal.anomalies does."""
    del version
    return temporal.anomalies(marts(), scope, days)


@_kept(8)
def backtest(version: str) -> dict[str, temporal.Backtest]:
    """Return how the forecasts did, as kpis.temporal.backtest does."""
    del version
    return temporal.backtest(marts())


@_kept(8)
def places(version: str) -> dict[str, tuple[int, ...]]:
    """What one can filter by, with the inboxes it stands for.

    Each unit, and each inbox of a unit that has several.
    """
    del version
    inboxes = marts().read(
        "select unit, inbox_name, inbox_id from marts.mart_inboxes order by 1, 2, 3"
    )
    result: dict[str, tuple[int, ...]] = {}
    for unit, rows in itertools.groupby(inboxes, key=itemgetter("unit")):
        members = list(rows)
        result[unit] = tuple(row["inbox_id"] for row in members)
        if len(members) > 1:
            for row in members:
                label = f"{unit} · {row['inbox_name']}"
                result[label] = (*result.get(label, ()), row["inbox_id"])
    return result


@_kept(8)
def inboxes(version: str) -> dict[int, str]:
    """The names of the inboxes."""
    del version
    return _names("inbox_id", "inbox_name", "mart_inboxes")


@_kept(8)
def accounts(version: str) -> list[str]:
    """The accounts of Chatwoot that the numbers are of."""
    del version
    rows = marts().read("select account_name from marts.mart_accounts order by 1")
    return [row["account_name"] for row in rows]


@_kept(8)
def ignored(version: str) -> dict[str, int]:
    """How many conversations are with no customer, by reason."""
    del version
    rows = marts().read(
        "select ignored_reason, sum(conversations)::integer as conversations"
        " from marts.mart_ignored_conversations group by 1 order by 2 desc, 1"
    )
    return {row["ignored_reason"]: row["conversations"] for row in rows}


@_kept(8)
def channel_kinds(version: str) -> list[str]:
    """The kinds of channels that inboxes have."""
    del version
    rows = marts().read(
        "select distinct channel_kind from marts.mart_inboxes order by 1"
    )
    return [row["channel_kind"] for row in rows]


@_kept(8)
def teams(version: str) -> dict[int, str]:
    """The names of the teams; 0 stands for none and has no name."""
    del version
    return {0: ""} | _names("team_id", "team_name", "mart_teams")


@_kept(8)
def agents(version: str) -> dict[int, str]:
    """The names of the people who answer, those who left among them."""
    del version
    return _names("agent_id", "agent_name", "mart_agents where not is_ai")


@_kept(8)
def labels(version: str) -> list[str]:
    """The labels that conversations carry, the most frequent first."""
    del version
    rows = marts().read(
        "select label from marts.mart_labels order by conversations desc, label"
    )
    return [row["label"] for row in rows]


@_kept(64)
def comments(
    version: str,
    days: kpis.Days,
    filters: Filters,
    ratings: tuple[int, ...],
    limit: int,
    term: str | None = None,
) -> kpis.Comments:
    """List what customers wrote with their ratings, as kpis.comments does."""
    del version
    return kpis.comments(marts(), days, filters, ratings, limit, term)


@_kept(8)
def parameters(version: str) -> dict[str, float | None]:
    """What the numbers assume; None for what was not filled in."""
    del version
    return {found.parameter: found.value for found in health.parameters(marts())}


@_kept(8)
def before(version: str) -> list[health.Before]:
    """Return the KPIs by the definitions of before 0.3.0, as kpis.health does."""
    del version
    return health.before(marts())


@_kept(8)
def checks(version: str, days: kpis.Days) -> list[Check]:
    """Whether the numbers agree, as kpis.checks.checks finds out."""
    del version
    return find_checks(marts(), days)


def _names(key: str, name: str, mart: str) -> dict[int, str]:
    rows = marts().read(
        f"select {key}, {name} from marts.{mart} order by {name}, {key}"
    )
    return {row[key]: row[name] for row in rows}
