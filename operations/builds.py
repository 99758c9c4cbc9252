"""The history of builds, and what each table was made from: both in the warehouse.

A build is as visible as a load: when it began and ended, what failed, since when.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg2
from psycopg2 import errors, sql
from psycopg2.extras import Json, execute_values

from ground.database import PgConnection, PgCursor, one_row
from ground.settings import RELEASE
from loader.history import BUILDS, RAW_SCHEMA, keep_books
from operations import fingerprints, kpis_before
from operations.fingerprints import Parts

# Beside the tables that it tells of, and not in a backup of the raw schema: it would
# say of tables that are there what was true of others.
MADE = "analytics.built_models"
MADE_TABLE = f"""
create schema if not exists analytics;

create table if not exists {MADE} (
    relation text primary key,
    parts jsonb
);

comment on table {MADE} is
'One row per relation that dbt has built: what its rows follow from besides the load.';
comment on column {MADE}.relation is 'Schema and name, such as marts.mart_agents';
comment on column {MADE}.parts is
'What it follows from, each with a hash; NULL where each build makes it anew';
"""
UNFINISHED = "the end of the build before"


class NothingLoadedError(Exception):
    """No load has succeeded yet, so there is nothing to build."""


@dataclass(frozen=True)
class Failure:
    """What failed in a build, such as 'model episodes', and why in one line.

    Of a data test also its query and its first rows, below their columns.
    """

    what: str
    why: str
    query: str = ""
    rows: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.what} {self.why}"


def outdated(
    connection: PgConnection, known: Mapping[str, tuple[str, Parts | None]]
) -> dict[str, list[str]]:
    """Return which tables must be made anew, and why.

    `known` has the relation and the parts of every model and seed.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(f"select relation, parts from {MADE}")
        noted = dict(cursor.fetchall())
        return {
            name: why
            for name, (relation, parts) in known.items()
            if parts is not None
            and one_row(cursor, "select to_regclass(%s)", relation) != (None,)
            and (why := fingerprints.changed(noted.get(relation), parts))
        }


class Build:
    """A row of the history of builds, in a session that holds the build's lock."""

    def __init__(self, connection: PgConnection) -> None:
        self.connection = connection
        self.failures: list[Failure] = []
        self.error: str | None = None  # one sentence
        self.is_complete = False
        self.models_built = 0
        with connection, connection.cursor() as cursor:
            keep_books(cursor)
            if one_row(cursor, "select to_regclass(%s)", MADE) == (None,):
                cursor.execute(MADE_TABLE)
            cursor.execute(
                f"update {BUILDS} set status = 'interrupted' where status = 'running'"
            )
            (self.build_id, self.run_id) = one_row(
                cursor,
                f"""
                insert into {BUILDS} (run_id, release)
                select max(run_id), %s
                from {RAW_SCHEMA}.load_runs
                where status = 'succeeded'
                returning build_id, run_id
                """,
                RELEASE,
            )

    # ------------------------------------------------------------- what is to be remade

    def begin_remaking(self, relations: Iterable[str]) -> None:
        """Let relations count as unfinished until they are made.

        So a build that dies leaves nothing half believed.
        """
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(
                f"update {MADE} set parts = parts || %s where relation = any(%s)",
                (Json({UNFINISHED: ""}), list(relations)),
            )

    def note_made(self, made: Iterable[tuple[str, Parts | None]]) -> None:
        """Remember what relations were made from."""
        with self.connection, self.connection.cursor() as cursor:
            execute_values(
                cursor,
                f"insert into {MADE} (relation, parts) values %s"
                " on conflict (relation) do update set parts = excluded.parts",
                [
                    (name, None if parts is None else Json(parts))
                    for name, parts in made
                ],
            )

    def drop_left_over(self, known: Iterable[str]) -> Iterator[str]:
        """Drop what earlier releases built and this one does not; say what was done.

        `known` are the relations that this one builds.
        """
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(
                f"select relation from {MADE} where relation <> all(%s) order by 1",
                (list(known),),
            )
            left_over = [relation for (relation,) in cursor.fetchall()]
        for relation in left_over:
            try:
                with self.connection, self.connection.cursor() as cursor:
                    _drop(cursor, relation)
                    cursor.execute(
                        f"delete from {MADE} where relation = %s", (relation,)
                    )
            except (
                errors.DependentObjectsStillExist,
                errors.LockNotAvailable,
            ) as error:
                yield f"{relation} is not built any more, and stays: {_first(error)}"
            else:
                yield f"dropped {relation}, which is not built any more"

    # ------------------------------------------------------------------- how it ended

    def note_complete(self) -> None:
        """Note that every model is built: from now on the marts show this load."""
        self._close("running")

    def finish(self) -> None:
        """Note how it ended."""
        self._close("failed" if self.error else "succeeded")

    def interrupt(self, error: str) -> None:
        """Note that it was ended from outside, if the warehouse still answers."""
        self.error = error
        with suppress(psycopg2.Error):
            self.connection.rollback()
            self._close("interrupted")

    def _close(self, status: str) -> None:
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(
                f"""
                update {BUILDS} set
                    status = %s,
                    finished_at = clock_timestamp(),
                    is_complete = %s,
                    models_built = %s,
                    failed = %s,
                    error = %s
                where build_id = %s
                """,
                (
                    status,
                    self.is_complete,
                    self.models_built,
                    [failure.what for failure in self.failures] or None,
                    self.error,
                    self.build_id,
                ),
            )


@contextmanager
def recorded(connection: PgConnection) -> Iterator[Build]:
    """Open a build in the history, and note how it ended, however that was."""
    build = Build(connection)
    try:
        kpis_before.keep(connection)
        yield build
    except Exception as error:
        build.error = _first(error)
        with suppress(psycopg2.Error):  # without a warehouse nothing can be noted
            connection.rollback()
            build.finish()
        raise
    except BaseException:
        build.interrupt("it was interrupted")
        raise
    else:
        build.finish()


def _drop(cursor: PgCursor, relation: str) -> None:
    cursor.execute(
        "select relkind from pg_class where oid = to_regclass(%s)", (relation,)
    )
    for (kind,) in cursor.fetchall():
        schema, name = relation.split(".")
        cursor.execute(
            sql.SQL("drop {} {}").format(
                sql.SQL("view" if kind == "v" else "table"),
                sql.Identifier(schema, name),
            )
        )


def _first(error: BaseException) -> str:
    """The first line of what an exception says."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
