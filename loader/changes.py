"""What changed since the last load: compared, divided and noted in the warehouse."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from psycopg2 import sql
from psycopg2.extras import Json

from ground.database import Database, PgConnection, PgCursor, one_row
from ground.settings import RELEASE
from loader.history import (
    RAW_SCHEMA,
    REPLICATED_TABLES,
    Request,
    Watermark,
    keep_books,
    known_accounts,
)
from loader.locks import load_lock


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


def array_literal(ids: list[int]) -> str:
    """Return ids as one text: an array of many values takes long to parse."""
    return f"{{{','.join(map(str, ids))}}}"


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
