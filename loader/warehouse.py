"""The loader's side of the warehouse: lock, run history, watermark, exact deletes."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import psycopg2
from psycopg2 import sql

from loader.database import Database, PgConnection, PgCursor, one_row

RAW_SCHEMA = "raw_chatwoot"
REPLICATED_TABLES = ("conversations", "conversation_context")
# Advisory locks: numbers that no other program of the warehouse uses.
LOAD_LOCK_KEY = 7_246_001
BUILD_LOCK_KEY = 7_246_002

BOOKKEEPING = f"""
create schema if not exists {RAW_SCHEMA};

create table if not exists {RAW_SCHEMA}.load_runs (
    run_id bigint generated always as identity primary key,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    status text not null default 'running'
        check (status in ('running', 'succeeded', 'failed', 'interrupted')),
    mode text check (mode in ('full', 'incremental', 'none', 'reconcile')),
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
"""


class AnotherRunError(Exception):
    """Another run holds the warehouse's lock."""


@dataclass(frozen=True)
class Watermark:
    """What the last successful run knew of the source."""

    snapshot_xmin: int
    snapshot_xmax: int
    source_identity: str
    settings_fingerprint: str
    dimensions_fingerprint: str
    is_last_run: bool  # no run has begun, and not ended well, since


@dataclass(frozen=True)
class Changes:
    """The conversations to read again, and how many left the source."""

    conversation_ids: list[int]
    rows_new: int
    rows_deleted: int


class Warehouse:
    """One run's session: it holds the lock, and only it moves the watermark."""

    def __init__(self, connection: PgConnection) -> None:
        self._connection = connection
        self.run_id = 0

    def begin_run(self) -> Watermark | None:
        """Open a run in the history; return where the last good one ended, if any."""
        with self._transaction() as cursor:
            cursor.execute(
                f"update {RAW_SCHEMA}.load_runs set status = 'interrupted'"
                " where status = 'running'"
            )
            (self.run_id,) = one_row(
                cursor,
                f"insert into {RAW_SCHEMA}.load_runs default values returning run_id",
            )
            if not self._has_tables(cursor):
                return None
            cursor.execute(
                f"""
                select
                    snapshot_xmin,
                    snapshot_xmax,
                    source_identity,
                    settings_fingerprint,
                    dimensions_fingerprint,
                    run_id = (
                        select max(run_id)
                        from {RAW_SCHEMA}.load_runs
                        where run_id < %s
                    )
                from {RAW_SCHEMA}.load_runs
                where status = 'succeeded'
                order by run_id desc
                limit 1
                """,
                (self.run_id,),
            )
            last = cursor.fetchone()
        return None if last is None else Watermark(*last)

    def compare(self, fingerprints: IO[bytes], *, everything: bool) -> Changes:
        """Find what differs from the source; kept until the end of the session.

        `fingerprints` is a CSV file of conversation_id and fingerprint with a header;
        `everything` takes each conversation for changed.
        """
        with self._transaction() as cursor:
            cursor.execute(
                """
                create temporary table probe (
                    conversation_id integer primary key,
                    fingerprint bigint not null
                )
                """
            )
            cursor.copy_expert(
                "copy probe from stdin with (format csv, header)", fingerprints
            )
            cursor.execute("analyze probe")
            cursor.execute(
                f"""
                create temporary table changed as
                select
                    probe.conversation_id,
                    loads.conversation_id is null as is_new
                from probe
                left join {RAW_SCHEMA}.conversation_loads as loads
                    on probe.conversation_id = loads.conversation_id
                where
                    %s or loads.fingerprint is distinct from probe.fingerprint
                """,
                (everything,),
            )
            # What this run merges may be taken back at the source before the next one:
            # if it dies, its rows must not pass for what the fingerprint stands for.
            cursor.execute(
                f"""
                update {RAW_SCHEMA}.conversation_loads as loads
                set fingerprint = null
                from changed
                where loads.conversation_id = changed.conversation_id
                """
            )
            cursor.execute("select conversation_id from changed order by 1")
            conversation_ids = [row[0] for row in cursor.fetchall()]
            (rows_new,) = one_row(cursor, "select count(*) from changed where is_new")
            rows_deleted = 0
            if self._has_tables(cursor):
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
        return Changes(conversation_ids, rows_new, rows_deleted)

    def finish_run(self, facts: dict[str, Any]) -> None:
        """Apply deletes, note what was loaded and move the watermark, all or nothing.

        Raises RuntimeError if a conversation that was read has not arrived.
        """
        with self._transaction() as cursor:
            if facts["mode"] != "none":
                self._apply(cursor)
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

    def _apply(self, cursor: PgCursor) -> None:
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
                where not exists (
                    select from {name} as loaded
                    where loaded.conversation_id = changed.conversation_id
                )
                """,
            )
            if missing:
                raise RuntimeError(f"{missing} conversations did not reach {name}")
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
        cursor.execute(
            f"""
            insert into {RAW_SCHEMA}.conversation_loads as loads
            select
                probe.conversation_id,
                probe.fingerprint,
                now(),
                now(),
                %s
            from probe
            inner join changed on probe.conversation_id = changed.conversation_id
            on conflict (conversation_id) do update set
                fingerprint = excluded.fingerprint,
                last_loaded_at = excluded.last_loaded_at,
                last_run_id = excluded.last_run_id
            """,
            (self.run_id,),
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
            (*values.values(), self.run_id),
        )

    @contextmanager
    def _transaction(self) -> Iterator[PgCursor]:
        with self._connection, self._connection.cursor() as cursor:
            yield cursor


@contextmanager
def locked(database: Database) -> Iterator[Warehouse]:
    """Open the one session that may load; make its tables where they are missing.

    Raises AnotherRunError at once if there is one already.
    """
    connection = database.connect()
    try:
        with connection, connection.cursor() as cursor:
            (is_ours,) = one_row(
                cursor, "select pg_try_advisory_lock(%s)", LOAD_LOCK_KEY
            )
            if not is_ours:
                raise AnotherRunError
            cursor.execute(BOOKKEEPING)
            if one_row(cursor, "show search_path") == ('"$user", public',):
                # So that `select count(*) from conversas_analytics` needs no schema.
                cursor.execute(
                    sql.SQL(
                        "alter role current_user in database {}"
                        " set search_path = analytics, marts, public"
                    ).format(sql.Identifier(database.name))
                )
        yield Warehouse(connection)
    finally:
        # Closing alone lets go of the lock when the server notices: too late for a
        # command that goes on at once.
        with contextlib.suppress(psycopg2.Error):
            connection.rollback()
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", (LOAD_LOCK_KEY,))
        connection.close()
