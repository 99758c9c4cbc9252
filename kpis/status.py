"""Which load the marts show, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime

from psycopg2 import errors

from kpis.database import DatabaseDownError, Marts, NoDataError


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


def load_status(marts: Marts) -> LoadStatus:
    """Read what the load brought that the marts show; an answer of before is none.

    The file of a table is new whenever dbt makes it anew, also while a build has only
    got half-way, and a complete build has a number: no answer is older than its mart.
    Raises DatabaseDownError or NoDataError.
    """
    rows = marts.read(
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
    row["version"] += f" {marts.limits} {marts.sees_contacts}"
    return LoadStatus(**row)


def ignored(marts: Marts) -> dict[str, int]:
    """How many conversations are with no customer, by reason."""
    rows = marts.read(
        "select ignored_reason, sum(conversations)::integer as conversations"
        " from marts.mart_ignored_conversations group by 1 order by 2 desc, 1"
    )
    return {row["ignored_reason"]: row["conversations"] for row in rows}


def is_down(error: Exception) -> bool:
    """Whether no other question would be answered, either."""
    return isinstance(error, DatabaseDownError) and not isinstance(
        error.__cause__, errors.QueryCanceled
    )
