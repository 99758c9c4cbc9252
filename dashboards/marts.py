"""The one door to the database: read-only selects on the marts."""

import itertools
import logging
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

import psycopg2
import streamlit as st
from psycopg2 import errors, sql

from demo.embedded import EmbeddedPostgresError
from loader.database import Database
from loader.settings import ConfigurationError, load_settings

log = logging.getLogger(__name__)

SESSION = "-c default_transaction_read_only=on -c statement_timeout=15s"


class DatabaseDownError(Exception):
    """The database does not answer; the log says why."""


class NoDataError(Exception):
    """The marts of this version are not built yet, or not granted to the role."""


@dataclass(frozen=True)
class LoadStatus:
    """What the last good load brought. `version` changes whenever a mart does."""

    version: str
    first_date: date
    local_date: date
    as_of: datetime
    local_as_of: datetime
    local_loaded_at: datetime
    has_failed_since: bool


@st.cache_resource(show_spinner=False)
def database() -> Database:
    """The warehouse, as the role that reads the marts and nothing else."""
    return load_settings().dashboard


def read(query: str | sql.Composable, **values: object) -> list[dict[str, Any]]:
    """Run a query and return its rows; values are bound by name.

    Raises DatabaseDownError or NoDataError.
    """
    try:
        with (
            closing(
                database().connect(
                    application_name="allpfit_dashboard", options=SESSION
                )
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query, values)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except (
        errors.UndefinedTable,
        errors.UndefinedColumn,
        errors.InsufficientPrivilege,
    ) as error:
        raise NoDataError from error
    except (psycopg2.Error, EmbeddedPostgresError, ConfigurationError) as error:
        # The next attempt reads the settings again: a server may have moved.
        database.clear()
        log.warning("the warehouse does not answer: %s", str(error).strip())
        raise DatabaseDownError from error


def load_status() -> LoadStatus:
    """Read what the last load brought; never from a cache.

    The file of a table is new whenever dbt builds it, also while a build has only got
    half-way and when no load came before it, so that no number is older than its mart.
    """
    rows = read(
        """
        select
            status.run_id || ':' || (
                select string_agg(relfilenode::text, ',' order by relname)
                from pg_class
                where relnamespace = to_regnamespace('marts') and relkind = 'r'
            ) as version,
            coalesce(
                (
                    select min(local_date)
                    from marts.mart_executive_conversation_days
                ),
                status.local_date
            ) as first_date,
            status.local_date,
            status.as_of,
            status.local_as_of,
            status.local_loaded_at,
            exists (
                select from marts.mart_failed_loads as failed
                where failed.run_id > status.run_id
            ) as has_failed_since
        from marts.mart_load_status as status
        """
    )
    if not rows:
        raise NoDataError
    return LoadStatus(**rows[0])


@st.cache_data(ttl="10m", max_entries=8, show_spinner=False)
def places(version: str) -> dict[str, tuple[int, ...]]:
    """What one can filter by, with the inboxes it stands for.

    Each unit, and each inbox of a unit that has several.
    """
    del version
    inboxes = read(
        """
        select unit, inbox_name, inbox_id
        from marts.mart_inboxes
        order by unit, inbox_name, inbox_id
        """
    )
    result: dict[str, tuple[int, ...]] = {}
    for unit, rows in itertools.groupby(inboxes, key=itemgetter("unit")):
        members = list(rows)
        result[unit] = tuple(row["inbox_id"] for row in members)
        if len(members) > 1:
            for row in members:
                label = f"{unit} · {row['inbox_name']}"
                result[label] = (*result.get(label, ()), row["inbox_id"])
    return result
