"""The loader's side of the warehouse: lock, run history, watermark, exact deletes."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

import psycopg2
from psycopg2 import sql
from psycopg2.extras import Json

from loader.database import Database, PgConnection, PgCursor, one_row
from loader.settings import RELEASE

RAW_SCHEMA = "raw_chatwoot"
REPLICATED_TABLES = ("conversations", "conversation_context")
KEY = "conversation_id"
# Advisory locks: numbers that no other program of the warehouse uses.
LOAD_LOCK_KEY = 7_246_001
LOAD_APPLICATION_NAME = "allpfit_analytics_load"  # dlt's connections
BUILD_LOCK_KEY = 7_246_002
BUILDS = f"{RAW_SCHEMA}.builds"
# Who reads is never kept waiting for longer by us who wait for other readers.
LOCK_TIMEOUT = "1s"

BOOKKEEPING = f"""
create schema if not exists {RAW_SCHEMA};

create table if not exists {RAW_SCHEMA}.load_runs (
    run_id bigint generated always as identity primary key,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    status text not null default 'running'
        check (status in ('running', 'succeeded', 'failed', 'interrupted')),
    mode text,
    snapshot_at timestamptz,
    snapshot_xmin bigint,
    snapshot_xmax bigint,
    source_identity text,
    settings_fingerprint text,
    dimensions_fingerprint text,
    rows_read bigint,
    rows_new bigint,
    rows_changed bigint,
    rows_deleted bigint,
    bytes_read bigint,
    seconds double precision,
    source_seconds double precision,
    source_statements integer,
    error text
);

create table if not exists {RAW_SCHEMA}.conversation_loads (
    conversation_id integer primary key,
    fingerprint bigint, -- null while a run replaces the row, and after one that died
    first_loaded_at timestamptz not null,
    last_loaded_at timestamptz not null,
    last_run_id bigint not null
);

alter table {RAW_SCHEMA}.load_runs
drop constraint if exists load_runs_mode_check,
add column if not exists request text, -- such as 'full', or 'since 2026-01-31'
add column if not exists source_tables jsonb,
add column if not exists reconciliation jsonb,
add column if not exists release text, -- the version of this project that ran
add column if not exists account_ids bigint[], -- the accounts that were loaded
-- Those with conversations that no setting names, such as '77 Padaria'.
add column if not exists new_accounts text[];

-- What dbt made of which load. Tests come after the models: once all of these are
-- built, the marts show one load, whatever the tests say.
create table if not exists {RAW_SCHEMA}.builds (
    build_id bigint generated always as identity primary key,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    status text not null default 'running'
        check (status in ('running', 'succeeded', 'failed', 'interrupted')),
    run_id bigint, -- the load that was the last good one when it began
    release text,
    is_complete boolean not null default false, -- every model is built
    models_built integer, -- null where it was killed
    failed text[], -- such as 'model episodes'
    error text
);
"""

# The newest column of the history.
HAS_ACCOUNTS = f"""exists (
    select from pg_attribute
    where
        attrelid = to_regclass('{RAW_SCHEMA}.load_runs')
        and attname = 'new_accounts'
        and not attisdropped
)"""

# A warehouse that a release without a history of builds has built.
FIRST_BUILD = f"""
insert into {RAW_SCHEMA}.builds
(started_at, finished_at, status, run_id, is_complete)
select
    loaded_at at time zone 'UTC',
    loaded_at at time zone 'UTC',
    'succeeded',
    run_id,
    true
from marts.mart_load_status
"""


# Who opened which conversation on the dashboard, whose role may add rows and no more.
ACCESS_LOG_TABLE = "access_log.conversation_openings"
ACCESS_LOG = f"""
create schema if not exists access_log;

create table if not exists {ACCESS_LOG_TABLE} (
    opened_at timestamptz not null default clock_timestamp(),
    email text not null, -- 'local' where nobody signs in
    role text not null,
    conversation_id bigint not null
);
"""


class AnotherRunError(Exception):
    """Another run holds the warehouse's lock."""


class NewerReleaseError(Exception):
    """A newer release has written to the warehouse; nothing was changed."""


@dataclass(frozen=True)
class Watermark:
    """What the last successful run knew of the source."""

    snapshot_xmin: int
    snapshot_xmax: int
    settings_fingerprint: str
    dimensions_fingerprint: str
    source_tables: dict[str, Any]
    account_ids: list[int] | None  # None for a run of an earlier release
    is_last_run: bool  # no run has begun, and not ended well, since


@dataclass(frozen=True)
class Request:
    """Conversations to read again: those created on or after a day, or all."""

    since: date | None = None

    @property
    def is_full(self) -> bool:
        """Whether every conversation is meant."""
        return self.since is None

    def __str__(self) -> str:
        """Return how the run history names it."""
        return "full" if self.is_full else f"since {self.since}"


@dataclass(frozen=True)
class Changes:
    """How many conversations there are, are to be read again, and left the source."""

    rows: int = 0
    rows_read: int = 0
    rows_new: int = 0
    rows_deleted: int = 0
    is_complete: bool = False  # every conversation was compared
    is_first: bool = False  # there are no raw tables yet


@dataclass(frozen=True)
class Batch:
    """Conversations that are read and committed together, in the order of their ids."""

    conversation_ids: list[int]
    is_absent: bool  # the raw tables have none of them

    @property
    def borders(self) -> tuple[int, int]:
        """The first id and the last; all ids between that changed are of the batch."""
        if not self.conversation_ids:
            return (0, -1)
        return (self.conversation_ids[0], self.conversation_ids[-1])


class Warehouse:
    """One run's session: it holds the lock, and only it moves the watermark."""

    def __init__(self, connection: PgConnection) -> None:
        self._connection = connection
        self.run_id = 0

    @property
    def lock_pid(self) -> int:
        """The process of the server that holds the lock for us."""
        return self._connection.info.backend_pid

    def begin_run(self, request: Request | None = None) -> Watermark | None:
        """Open a run in the history; return where the last good one ended, if any.

        A request that the last run had too, and did not finish, goes on where it was.
        """
        text = None if request is None else str(request)
        with self._transaction() as cursor:
            cursor.execute(
                f"update {RAW_SCHEMA}.load_runs set status = 'interrupted'"
                " where status = 'running'"
            )
            cursor.execute(
                f"select request, status from {RAW_SCHEMA}.load_runs"
                " order by run_id desc limit 1"
            )
            last_run = cursor.fetchone()
            (self.run_id,) = one_row(
                cursor,
                f"insert into {RAW_SCHEMA}.load_runs (request, release)"
                " values (%s, %s) returning run_id",
                text,
                RELEASE,
            )
            if not self._has_tables(cursor):
                return None
            goes_on = last_run in ((text, "failed"), (text, "interrupted"))
            if request is not None and not goes_on:
                self._forget(cursor, request)
            cursor.execute(
                f"""
                select
                    snapshot_xmin,
                    snapshot_xmax,
                    settings_fingerprint,
                    dimensions_fingerprint,
                    source_tables,
                    account_ids,
                    run_id = (
                        select max(run_id)
                        from {RAW_SCHEMA}.load_runs
                        where run_id < %s
                    )
                from {RAW_SCHEMA}.load_runs
                where status = 'succeeded' and source_tables is not null
                order by run_id desc
                limit 1
                """,
                (self.run_id,),
            )
            found = cursor.fetchone()
        return None if found is None else Watermark(*found)

    def known_accounts(self) -> list[int]:
        """List the accounts that are loaded: as the last good run said, or the rows."""
        with self._transaction() as cursor:
            return known_accounts(cursor)

    def count_loaded(self) -> int:
        """Count the conversations that are loaded."""
        with self._transaction() as cursor:
            return int(
                one_row(
                    cursor, f"select count(*) from {RAW_SCHEMA}.conversation_loads"
                )[0]
            )

    def compare(self, fingerprints: IO[bytes], *, is_complete: bool) -> Changes:
        """Find what differs from the source; kept until the end of the session.

        `fingerprints` is a file of conversation_id and fingerprint, as COPY writes it;
        only a complete one shows what left the source.
        """
        with self._transaction() as cursor:
            cursor.execute(
                """
                drop table if exists probe, changed;
                create temporary table probe (
                    conversation_id integer primary key,
                    fingerprint bigint not null
                );
                create temporary table changed (
                    conversation_id integer primary key,
                    is_new boolean not null
                );
                """
            )
            cursor.copy_expert("copy probe from stdin", fingerprints)
            cursor.execute(
                f"""
                analyze probe;

                insert into changed
                select
                    probe.conversation_id,
                    loads.conversation_id is null as is_new
                from probe
                left join {RAW_SCHEMA}.conversation_loads as loads
                    on probe.conversation_id = loads.conversation_id
                where loads.fingerprint is distinct from probe.fingerprint;

                analyze changed;
                """
            )
            self._empty_fingerprints(cursor)
            rows_deleted = 0
            has_tables = self._has_tables(cursor)
            if is_complete and has_tables:
                # Also what a killed run loaded, and the source deleted since.
                (rows_deleted,) = one_row(
                    cursor,
                    f"""
                    select count(*)
                    from (
                        select conversation_id from {RAW_SCHEMA}.conversation_loads
                        union
                        select conversation_id from {RAW_SCHEMA}.conversations
                        union
                        select conversation_id from {RAW_SCHEMA}.conversation_context
                    ) as loaded
                    where not exists (
                        select from probe
                        where probe.conversation_id = loaded.conversation_id
                    )
                    """,
                )
            rows, rows_read, rows_new = one_row(
                cursor,
                """
                select
                    (select count(*) from probe),
                    count(*),
                    count(*) filter (where is_new)
                from changed
                """,
            )
        return Changes(
            rows, rows_read, rows_new, rows_deleted, is_complete, not has_tables
        )

    def changed_conversations(self) -> list[int]:
        """List the conversations whose fingerprints differed."""
        with self._transaction() as cursor:
            cursor.execute("select conversation_id from changed")
            return [conversation_id for (conversation_id,) in cursor.fetchall()]

    def batches(self, size: int, of: str = "changed") -> Iterator[Batch]:
        """Divide the conversations that changed, or all those of the probe."""
        last_id = -(2**31)
        while True:
            with self._transaction() as cursor:
                cursor.execute(
                    f"select conversation_id from {of}"
                    " where conversation_id > %s order by conversation_id limit %s",
                    (last_id, size),
                )
                ids = [conversation_id for (conversation_id,) in cursor.fetchall()]
                if not ids:
                    return
                is_absent = not self._has_tables(cursor) or not any(
                    self._exist(cursor, table, ids) for table in REPLICATED_TABLES
                )
            yield Batch(ids, is_absent)
            last_id = ids[-1]

    def commit_batch(self, batch: Batch) -> None:
        """Note that these conversations are loaded.

        Raises RuntimeError if one of them has not arrived.
        """
        with self._transaction() as cursor:
            for table in REPLICATED_TABLES:
                name = f"{RAW_SCHEMA}.{table}"
                cursor.execute(
                    f"create unique index if not exists {table}_conversation_id"
                    f" on {name} (conversation_id)"
                )
                (missing,) = one_row(
                    cursor,
                    f"""
                    select count(*)
                    from changed
                    where
                        conversation_id between %s and %s
                        and not exists (
                            select from {name} as loaded
                            where loaded.conversation_id = changed.conversation_id
                        )
                    """,
                    *batch.borders,
                )
                if missing:
                    raise RuntimeError(f"{missing} conversations did not reach {name}")
            cursor.execute(
                f"""
                insert into {RAW_SCHEMA}.conversation_loads as loads
                select
                    conversation_id,
                    fingerprint,
                    now(),
                    now(),
                    %s
                from probe
                where
                    conversation_id between %s and %s
                    and exists (
                        select from changed
                        where changed.conversation_id = probe.conversation_id
                    )
                on conflict (conversation_id) do update set
                    fingerprint = excluded.fingerprint,
                    last_loaded_at = excluded.last_loaded_at,
                    last_run_id = excluded.last_run_id
                """,
                (self.run_id, *batch.borders),
            )

    def begin_comparison(self) -> None:
        """Make room for what compare_values finds."""
        with self._transaction() as cursor:
            cursor.execute(
                """
                drop table if exists differences;
                create temporary table differences (
                    table_name text not null,
                    key bigint not null,
                    columns text[] not null -- empty where the row is missing
                )
                """
            )

    def compare_values(
        self, table: str, key: str, columns: list[str], file: Path
    ) -> None:
        """Compare rows in a file of the source with those in the raw schema."""
        name = f"{RAW_SCHEMA}.{table}"
        with self._transaction() as cursor, file.open("rb") as rows:
            header = rows.readline().decode()
            cursor.execute(f"create temporary table fresh (like {name}) on commit drop")
            cursor.copy_expert(f"copy fresh ({header}) from stdin", rows)
            cursor.execute(
                sql.SQL(
                    """
                    insert into differences
                    select %s, {key}, columns
                    from (
                        select
                            fresh.{key},
                            loaded.{key} is null as is_missing,
                            array_remove(array[{differing}], null) as columns
                        from fresh
                        left join {loaded} as loaded on fresh.{key} = loaded.{key}
                    ) as compared
                    where is_missing or columns <> '{{}}'
                    """
                ).format(
                    key=sql.Identifier(key),
                    loaded=sql.Identifier(RAW_SCHEMA, table),
                    differing=sql.SQL(", ").join(
                        sql.SQL(
                            "case when loaded.{key} is not null"
                            " and fresh.{column} is distinct from loaded.{column}"
                            " then {literal} end"
                        ).format(
                            key=sql.Identifier(key),
                            column=sql.Identifier(column),
                            literal=sql.Literal(column),
                        )
                        for column in columns
                    ),
                ),
                (table,),
            )

    def differences(self, legitimate: list[int]) -> tuple[int, int, dict[str, int]]:
        """Count rows missing, rows different, and rows per "table.column".

        Conversations that had a reason to differ do not count.
        """
        values = {
            "tables": list(REPLICATED_TABLES),
            "legitimate": array_literal(legitimate),
        }
        found = """
            from (
                select
                    case when table_name = any(%(tables)s) then '' else table_name end
                    as kind,
                    *
                from differences
            ) as found
            cross join unnest(coalesce(nullif(columns, '{}'), '{null}')) as name
            where (kind <> '' or key <> all(%(legitimate)s::bigint[]))
        """
        with self._transaction() as cursor:
            cursor.execute(
                "select count(distinct (kind, key)) filter (where name is null),"
                f" count(distinct (kind, key)) filter (where name is not null) {found}",
                values,
            )
            ((missing, different),) = cursor.fetchall()
            cursor.execute(
                "select table_name || '.' || name, count(*)"
                f" {found} and name is not null group by 1 order by 1",
                values,
            )
            return missing, different, dict(cursor.fetchall())

    def take_differences(self, changes: Changes) -> Changes:
        """Take conversations that differ for changed, whatever their fingerprint."""
        with self._transaction() as cursor:
            cursor.execute(
                """
                insert into changed
                select distinct key, false
                from differences
                where table_name = any(%s)
                on conflict do nothing
                """,
                (list(REPLICATED_TABLES),),
            )
            self._empty_fingerprints(cursor)
            (rows_read,) = one_row(cursor, "select count(*) from changed")
        return replace(changes, rows_read=rows_read)

    def finish_run(self, facts: dict[str, Any], *, is_complete: bool) -> None:
        """Delete what left the source and move the watermark, all or nothing."""
        with self._transaction() as cursor:
            if is_complete:
                for table in (*REPLICATED_TABLES, "conversation_loads"):
                    cursor.execute(
                        f"""
                        delete from {RAW_SCHEMA}.{table} as loaded
                        where not exists (
                            select from probe
                            where probe.conversation_id = loaded.conversation_id
                        )
                        """
                    )
            self._close_run(cursor, "succeeded", facts)

    def fail_run(self, facts: dict[str, Any]) -> None:
        """Close the run as failed; the watermark stays."""
        with self._transaction() as cursor:
            self._close_run(cursor, "failed", facts)

    def _has_tables(self, cursor: PgCursor) -> bool:
        """Whether dlt has made the replicated tables."""
        (are_there,) = one_row(
            cursor,
            "select bool_and(to_regclass(name) is not null) from unnest(%s) as name",
            [f"{RAW_SCHEMA}.{table}" for table in REPLICATED_TABLES],
        )
        return bool(are_there)

    def _exist(self, cursor: PgCursor, table: str, ids: list[int]) -> bool:
        (are_there,) = one_row(
            cursor,
            f"select exists (select from {RAW_SCHEMA}.{table}"
            " where conversation_id = any(%s::integer[]))",
            array_literal(ids),
        )
        return bool(are_there)

    def _forget(self, cursor: PgCursor, request: Request) -> None:
        """Take conversations for changed: all, or those created on or after a day."""
        cursor.execute(
            f"""
            update {RAW_SCHEMA}.conversation_loads
            set fingerprint = null
            where
                %s
                or conversation_id in (
                    select conversation_id
                    from {RAW_SCHEMA}.conversations
                    where conversation_created_at >= %s
                )
            """,
            (request.is_full, request.since),
        )

    def _empty_fingerprints(self, cursor: PgCursor) -> None:
        """Keep what this run merges from passing for what the fingerprint stands for.

        It may be taken back at the source before the next run, if this one dies.
        """
        cursor.execute(
            f"""
            update {RAW_SCHEMA}.conversation_loads as loads
            set fingerprint = null
            from changed
            where loads.conversation_id = changed.conversation_id
            """
        )

    def _close_run(self, cursor: PgCursor, status: str, facts: dict[str, Any]) -> None:
        values = facts | {"status": status}
        cursor.execute(
            sql.SQL(
                "update {}.load_runs set finished_at = clock_timestamp(),"
                " seconds = extract(epoch from clock_timestamp() - started_at), {}"
                " where run_id = {}"
            ).format(
                sql.Identifier(RAW_SCHEMA),
                sql.SQL(", ").join(
                    sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder())
                    for name in values
                ),
                sql.Placeholder(),
            ),
            (
                *(
                    Json(value) if isinstance(value, dict) else value
                    for value in values.values()
                ),
                self.run_id,
            ),
        )

    @contextmanager
    def _transaction(self) -> Iterator[PgCursor]:
        with self._connection, self._connection.cursor() as cursor:
            yield cursor


def known_accounts(cursor: PgCursor) -> list[int]:
    """List the accounts that are loaded: as the last good run said, or the rows."""
    (has_accounts, has_rows) = one_row(
        cursor,
        f"select {HAS_ACCOUNTS}, to_regclass(%s) is not null",
        f"{RAW_SCHEMA}.conversations",
    )
    if has_accounts:
        cursor.execute(
            f"select account_ids from {RAW_SCHEMA}.load_runs"
            " where status = 'succeeded' order by run_id desc limit 1"
        )
        for (account_ids,) in cursor.fetchall():
            if account_ids:
                return list(account_ids)
    if not has_rows:
        return []
    cursor.execute(f"select distinct account_id from {RAW_SCHEMA}.conversations")
    return [account_id for (account_id,) in cursor.fetchall()]


def array_literal(ids: list[int]) -> str:
    """Return ids as one text: an array of many values takes long to parse."""
    return f"{{{','.join(map(str, ids))}}}"


@contextmanager
def load_lock(connection: PgConnection) -> Iterator[None]:
    """Keep other loads out; raises AnotherRunError at once while there is one."""
    with connection, connection.cursor() as cursor:
        (is_ours,) = one_row(cursor, "select pg_try_advisory_lock(%s)", LOAD_LOCK_KEY)
        if not is_ours:
            raise AnotherRunError
        # A run that has lost its lock, as by a cut connection, may still write.
        cursor.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and usename = current_user"
            " and application_name = %s",
            (LOAD_APPLICATION_NAME,),
        )
    try:
        yield
    finally:
        # A closed session takes a moment to end on the server: too long for a command
        # that goes on at once. A lost connection has lost the lock.
        with suppress(psycopg2.Error):
            connection.rollback()
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock_all()")


def prepare_access_log(database: Database, dashboard_user: str) -> None:
    """Make the table of openings, and let the dashboard's role, if any, add to it.

    For one who holds the lock: two at once would get into each other's way.
    """
    with (
        closing(database.connect()) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        (has_table, has_role) = one_row(
            cursor,
            "select to_regclass(%s) is not null,"
            " exists (select from pg_roles where rolname = %s)",
            ACCESS_LOG_TABLE,
            dashboard_user,
        )
        if not has_table:
            cursor.execute(ACCESS_LOG)
        if not has_role:
            return
        (may_add,) = one_row(
            cursor,
            "select has_schema_privilege(%s, 'access_log', 'usage')"
            " and has_table_privilege(%s, %s, 'insert')",
            dashboard_user,
            dashboard_user,
            ACCESS_LOG_TABLE,
        )
        if not may_add:
            cursor.execute(
                sql.SQL(
                    "grant usage on schema access_log to {0};"
                    f"grant insert on {ACCESS_LOG_TABLE} to {{0}}"
                ).format(sql.Identifier(dashboard_user))
            )


def keep_books(cursor: PgCursor) -> None:
    """Make the tables of the history where they are missing.

    Raises NewerReleaseError where a newer release than this one has written to them.
    """
    (has_builds, has_first_build, has_accounts) = one_row(
        cursor,
        "select to_regclass(%s) is not null,"
        " to_regclass('marts.mart_load_status') is not null,"
        f" {HAS_ACCOUNTS}",
        BUILDS,
    )
    # Only where it is missing: an alter waits for all who read, and vice versa.
    if not (has_builds and has_accounts):
        cursor.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        cursor.execute(BOOKKEEPING)
        if has_first_build and not has_builds:
            cursor.execute(FIRST_BUILD)
    refuse_newer(cursor)


def refuse_newer(cursor: PgCursor) -> None:
    """Raise NewerReleaseError where a newer release has written to the warehouse."""
    cursor.execute(
        f"select release from {RAW_SCHEMA}.load_runs where release is not null"
        f" union select release from {BUILDS} where release is not null"
    )
    newest = max((release for (release,) in cursor), key=as_numbers, default=RELEASE)
    if as_numbers(newest) > as_numbers(RELEASE):
        raise NewerReleaseError(
            f"this is release {RELEASE}, and release {newest} has written to this"
            " warehouse: update this checkout (git pull); nothing was changed"
        )


BLOCKERS = """
select
    format(
        '%%s (%%s%%s, since %%s) reads %%s',
        activity.usename,
        coalesce(nullif(activity.application_name, '') || ', ', ''),
        'process ' || activity.pid,
        coalesce(
            to_char(activity.xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
            -- What only members of pg_read_all_stats see.
            to_char(now() at time zone 'UTC', '"before" YYYY-MM-DD HH24:MI "UTC"')
        ),
        string_agg(distinct pg_namespace.nspname || '.' || pg_class.relname, ', ')
    )
from pg_locks
inner join pg_stat_activity as activity on pg_locks.pid = activity.pid
inner join pg_class on pg_locks.relation = pg_class.oid
inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
where
    pg_locks.granted
    and pg_locks.database = (
        select oid from pg_database where datname = current_database()
    )
    and pg_namespace.nspname = any(%s)
    and activity.pid <> pg_backend_pid()
    and (activity.usename, activity.application_name) <> (current_user, 'dbt')
group by
    activity.pid,
    activity.usename,
    activity.application_name,
    activity.xact_start
order by activity.xact_start
limit 3
"""


def who_blocks(connection: PgConnection) -> str:
    """Say who holds locks on our tables: the role, the program, since when.

    Made to follow a sentence; empty where there is nobody.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(BLOCKERS, ([RAW_SCHEMA, "staging", "analytics", "marts"],))
        found = [sentence for (sentence,) in cursor.fetchall()]
    return f": {'; '.join(found)}" if found else ""


def as_numbers(release: str) -> list[int]:
    """Return a version as what versions are compared by."""
    return [int(number) for number in re.findall(r"\d+", release)]


@contextmanager
def locked(database: Database) -> Iterator[Warehouse]:
    """Open the one session that may load; make its tables where they are missing.

    Raises AnotherRunError at once if there is one already.
    """
    with closing(database.connect()) as connection, load_lock(connection):
        with connection, connection.cursor() as cursor:
            keep_books(cursor)
            if one_row(cursor, "show search_path") == ('"$user", public',):
                # So that `select count(*) from conversas_analytics` needs no schema.
                cursor.execute(
                    sql.SQL(
                        "alter role current_user in database {}"
                        " set search_path = analytics, marts, public"
                    ).format(sql.Identifier(database.name))
                )
        yield Warehouse(connection)
