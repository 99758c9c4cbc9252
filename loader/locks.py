"""Locks of the warehouse: no two loads, no two builds, and nobody kept waiting."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg2

from ground.database import PgConnection, one_row

# Advisory locks: numbers that no other program of the warehouse uses.
LOAD_LOCK_KEY = 7_246_001
BUILD_LOCK_KEY = 7_246_002
LOAD_APPLICATION_NAME = "allpfit_analytics_load"  # dlt's connections
# Who reads is never kept waiting for longer by us who wait for other readers.
LOCK_TIMEOUT = "1s"
OUR_SCHEMAS = ["raw_chatwoot", "staging", "analytics", "marts"]

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


class AnotherRunError(Exception):
    """Another run holds the warehouse's lock."""


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


def who_blocks(connection: PgConnection) -> str:
    """Say who holds locks on our tables: the role, the program, since when.

    Made to follow a sentence; empty where there is nobody.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(BLOCKERS, (OUR_SCHEMAS,))
        found = [sentence for (sentence,) in cursor.fetchall()]
    return f": {'; '.join(found)}" if found else ""
