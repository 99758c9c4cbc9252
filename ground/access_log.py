"""The log of who opened which conversation on the dashboard."""

from contextlib import closing

from psycopg2 import sql

from ground.database import Database, one_row

# The role of the dashboard may add rows and no more.
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
