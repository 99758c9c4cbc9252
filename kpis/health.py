"""Whether the numbers can be relied on: parameters, what is switched on, loads."""

from dataclasses import dataclass
from datetime import date, datetime

from kpis.database import Marts


@dataclass(frozen=True)
class Parameter:
    """An assumption behind the numbers; no value where it is not given."""

    parameter: str
    value: float | None
    unit: str
    origin: str
    our_value: float | None


@dataclass(frozen=True)
class Configured:
    """A row of the owner's configuration, or one of ours that it could change."""

    file: str
    entry: str
    value: str | None
    our_value: str | None
    is_removed: bool
    origin: str  # ours, demo or owner


@dataclass(frozen=True)
class LastLoad:
    """What the last good load brought, and what there is since; times are local.

    The counts are of the whole chain: None for those who may not read all of it.
    """

    run_id: int
    mode: str
    conversations: int | None
    messages: int | None
    rows_read: int | None
    rows_new: int | None
    rows_changed: int | None
    rows_deleted: int | None
    load_seconds: float | None
    local_as_of: datetime
    local_loaded_at: datetime


@dataclass(frozen=True)
class Run:
    """A run of the loader. `mode` and `load_seconds` are not known of every one."""

    run_id: int
    mode: str | None
    status: str
    rows_read: int | None
    rows_new: int | None
    rows_changed: int | None
    rows_deleted: int | None
    load_seconds: float | None
    local_started_at: datetime


@dataclass(frozen=True)
class Failure:
    """A load or a build that failed or was interrupted.

    `failed_at` names the models or tests of a build.
    """

    kind: str
    run_id: int
    status: str
    failed_at: str | None
    local_started_at: datetime


@dataclass(frozen=True)
class Before:
    """A KPI by the definitions of before 0.3.0, and why it moves, if that is told.

    Over the month that begins on `local_month`; a snapshot is of the load.
    """

    kpi_id: str
    value: float
    local_month: date
    local_as_of: datetime
    why_pt: str | None
    why_en: str | None


def parameters(marts: Marts) -> list[Parameter]:
    """Return the parameters. Raises DatabaseDownError, NoDataError."""
    rows = marts.read(
        "select parameter, value, unit, origin, our_value from marts.mart_parameters"
        " order by parameter"
    )
    return [Parameter(**row) for row in rows]


def configuration(marts: Marts) -> dict[str, list[Configured]]:
    """Return what is configured, by file. Raises DatabaseDownError, NoDataError."""
    rows = marts.read(
        "select file, entry, value, our_value, is_removed, origin"
        " from marts.mart_configuration order by file, origin desc, entry"
    )
    found: dict[str, list[Configured]] = {}
    for row in rows:
        found.setdefault(row["file"], []).append(Configured(**row))
    return found


def features(marts: Marts) -> dict[str, bool]:
    """Return which sources are switched on. Raises DatabaseDownError, NoDataError."""
    rows = marts.read(
        "select feature, is_configured from marts.mart_features order by feature"
    )
    return {row["feature"]: row["is_configured"] for row in rows}


def last_load(marts: Marts) -> LastLoad | None:
    """Return the last good load, if any. Raises DatabaseDownError, NoDataError."""
    rows = marts.read(
        "select run_id, mode, conversations, messages, rows_read, rows_new,"
        " rows_changed, rows_deleted, load_seconds, local_as_of, local_loaded_at"
        " from marts.mart_load_status"
    )
    return LastLoad(**rows[0]) if rows else None


def runs(marts: Marts, limit: int) -> list[Run]:
    """Return the latest runs, newest first. Raises DatabaseDownError, NoDataError."""
    rows = marts.read(
        "select run_id, mode, status, rows_read, rows_new, rows_changed, rows_deleted,"
        " load_seconds, local_started_at"
        " from marts.mart_load_runs order by run_id desc limit %(limit)s",
        limit=limit,
    )
    return [Run(**row) for row in rows]


def failures(marts: Marts, limit: int) -> list[Failure]:
    """Return the latest failures, newest first.

    Raises DatabaseDownError, NoDataError.
    """
    rows = marts.read(
        "select kind, run_id, status, failed_at, local_started_at"
        " from marts.mart_failed_loads order by started_at desc limit %(limit)s",
        limit=limit,
    )
    return [Failure(**row) for row in rows]


def before(marts: Marts) -> list[Before]:
    """Return the KPIs by the definitions of before 0.3.0, in no order.

    Nothing where none were kept, and for one who may not read all. Raises
    DatabaseDownError, NoDataError.
    """
    rows = marts.read(
        "select kpi_id, value, local_month, local_as_of, why_pt, why_en"
        " from marts.mart_kpis_before"
    )
    return [Before(**row) for row in rows]
