"""The door to the marts: read-only queries as the role that may read nothing else."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Full, LifoQueue
from typing import Any
from weakref import WeakKeyDictionary

import psycopg2
from psycopg2 import errors, sql

from ground.database import Database, PgConnection
from kpis.limits import Limits, within

log = logging.getLogger(__name__)

SESSION = (
    "-c default_transaction_read_only=on -c statement_timeout=15s -c jit=off"
    " -c max_parallel_workers_per_gather=0 -c work_mem=32MB"
    # What is asked for every morning is in memory, where any page is as near.
    " -c random_page_cost=1.1"
)

NO_LIMITS = Limits()

# Connections that nobody uses now; to open one takes longer than most answers.
_idle: WeakKeyDictionary[Database, LifoQueue[PgConnection]] = WeakKeyDictionary()
MOST_IDLE = 8

Row = dict[str, Any]


class DatabaseDownError(Exception):
    """The database does not answer; the log says why."""


class NoDataError(Exception):
    """The marts of this version are not built yet, or not granted to the role."""


class Marts:
    """The schema `marts` of a warehouse, as far as one may read it.

    Contacts are masked unless `sees_contacts`.
    """

    def __init__(
        self,
        database: Database,
        limits: Limits = NO_LIMITS,
        sees_contacts: bool = False,
    ) -> None:
        self.limits = limits
        self.sees_contacts = sees_contacts
        self._database = database
        self._connection: PgConnection | None = None

    @contextmanager
    def session(self) -> Iterator["Marts"]:
        """Serve several reads by one connection.

        Raises DatabaseDownError, here and while reading.
        """
        if self._connection is not None:
            yield self
            return
        marts = Marts(self._database, self.limits, self.sees_contacts)
        idle = _idle.setdefault(self._database, LifoQueue(MOST_IDLE))
        try:
            connection = _awake(idle) or self._database.connect(
                application_name="allpfit_dashboard", options=SESSION
            )
        except psycopg2.Error as error:
            raise _down(error) from error
        connection.autocommit = True
        marts._connection = connection
        try:
            yield marts
        finally:
            _lay_by(connection, idle)

    def read(self, query: str | sql.Composable, **values: object) -> list[Row]:
        """Run a query within the limits and return its rows; values are bound by name.

        Raises KeyError for a table that no limits know; DatabaseDownError, NoDataError.
        """
        if self._connection is None:
            with self.session() as session:
                return session.read(query, **values)
        try:
            with self._connection.cursor() as cursor:
                text = query if isinstance(query, str) else query.as_string(cursor)
                cursor.execute(
                    within(text, self.limits, self.sees_contacts),
                    values | self.limits.bound(),
                )
                names = [column.name for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except (
            errors.UndefinedTable,
            errors.UndefinedColumn,
            errors.InsufficientPrivilege,
            errors.InvalidSchemaName,
        ) as error:
            raise NoDataError from error
        except psycopg2.Error as error:
            raise _down(error) from error


def _awake(idle: LifoQueue[PgConnection]) -> PgConnection | None:
    """Take an idle connection whose server is still there."""
    while True:
        try:
            connection = idle.get_nowait()
        except Empty:
            return None
        try:
            with connection.cursor() as cursor:
                cursor.execute("select 1")
        except psycopg2.Error:
            connection.close()
        else:
            return connection


def _lay_by(connection: PgConnection, idle: LifoQueue[PgConnection]) -> None:
    """Keep a connection for the next question, unless it broke or there are enough."""
    if connection.closed:
        return
    try:
        idle.put_nowait(connection)
    except Full:
        connection.close()


def _down(error: psycopg2.Error) -> DatabaseDownError:
    log.warning("the warehouse does not answer: %s", str(error).strip())
    return DatabaseDownError(str(error).strip())
