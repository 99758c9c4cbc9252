"""The raw tables follow a release whose views have a column in another type.

dlt adds a new column, and leaves one null that is gone; a type it cannot change.
"""

import logging
from contextlib import closing

from psycopg2 import sql

from ground.database import Database, PgCursor
from loader.history import KEY, RAW_SCHEMA, STAGING_SCHEMA
from loader.locks import LOAD_APPLICATION_NAME

# PostgreSQL type of a view's column -> that of the raw table's, where dlt has another.
STORED_AS = {
    "json": "jsonb",
    "numeric": "numeric(38,9)",
    "text": "character varying",
    "uuid": "character varying",
}

log = logging.getLogger("loader")


def follow(warehouse: Database, columns: dict[str, dict[str, str]]) -> bool:
    """Remake columns of another type, empty; return whether every row is to be read.

    `columns` maps each raw table to its columns and their types in the view. Views that
    were built on such a table stay as they are, on what the table was: it keeps another
    name until a build has put them on the new one.
    """
    # By this name, a run that has taken over ends what we do.
    connection = warehouse.connect(application_name=LOAD_APPLICATION_NAME)
    with closing(connection), connection, connection.cursor() as cursor:
        is_changed = False
        for table, types in columns.items():
            _leave(cursor, _former(table))
            stored = _stored(cursor, table)
            changed = {
                name: to_type
                for name, of_view in types.items()
                if stored.get(name, to_type := STORED_AS.get(of_view, of_view))
                != to_type
            }
            if changed:
                _remake(cursor, table, changed)
                is_changed = True
        if is_changed:
            # dlt remembers the types: without that, it looks at the tables.
            cursor.execute(
                f"""
                drop schema if exists {STAGING_SCHEMA} cascade;
                delete from {RAW_SCHEMA}._dlt_version;
                delete from {RAW_SCHEMA}._dlt_pipeline_state;
                update {RAW_SCHEMA}.conversation_loads set fingerprint = null;
                """
            )
    return is_changed


def _former(table: str) -> str:
    return f"{table}_before"


def _stored(cursor: PgCursor, table: str) -> dict[str, str]:
    cursor.execute(
        """
        select attname::text, format_type(atttypid, atttypmod)
        from pg_attribute
        where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
        """,
        (f"{RAW_SCHEMA}.{table}",),
    )
    return dict(cursor.fetchall())


def _readers(cursor: PgCursor, table: str) -> list[str]:
    """The views on a table."""
    cursor.execute(
        """
        select distinct pg_rewrite.ev_class::regclass::text
        from pg_depend
        inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid
        where
            pg_depend.classid = 'pg_rewrite'::regclass
            and pg_depend.refclassid = 'pg_class'::regclass
            and pg_depend.refobjid = to_regclass(%s)
        order by 1
        """,
        (f"{RAW_SCHEMA}.{table}",),
    )
    return [view for (view,) in cursor.fetchall()]


def _leave(cursor: PgCursor, former: str) -> None:
    """Drop what a table was, unless a view still shows it."""
    if readers := _readers(cursor, former):
        log.warning(
            "%s still show what was loaded before the views on the source changed: "
            "make dbt ARGS=build",
            ", ".join(readers),
        )
    else:
        cursor.execute(f"drop table if exists {RAW_SCHEMA}.{former}")


def _remake(cursor: PgCursor, table: str, changed: dict[str, str]) -> None:
    name, former = f"{RAW_SCHEMA}.{table}", f"{RAW_SCHEMA}.{_former(table)}"
    if _readers(cursor, table):
        index = f"{table}_{KEY}"
        cursor.execute(
            f"""
            drop table if exists {former} cascade; -- two changes old
            alter table {name} rename to {_former(table)};
            alter index if exists {RAW_SCHEMA}.{index} rename to {index}_before;
            create table {name} (like {former});
            insert into {name} select * from {former};
            """
        )
    # A row is nothing without its key.
    cursor.execute(
        sql.SQL("alter table {} {}").format(
            sql.Identifier(RAW_SCHEMA, table),
            sql.SQL(", ").join(
                sql.SQL(f"alter {{}} type {to_type} using {{}}::{to_type}").format(
                    sql.Identifier(column),
                    sql.Identifier(column) if column == KEY else sql.NULL,
                )
                for column, to_type in changed.items()
            ),
        )
    )
