"""The history of loads and builds, which the warehouse keeps in the raw schema."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from ground.database import PgCursor, one_row
from ground.settings import RELEASE
from loader.locks import LOCK_TIMEOUT

RAW_SCHEMA = "raw_chatwoot"
STAGING_SCHEMA = f"{RAW_SCHEMA}_staging"  # dlt's, while a run merges
REPLICATED_TABLES = ("conversations", "conversation_context")
KEY = "conversation_id"
BUILDS = f"{RAW_SCHEMA}.builds"

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


def as_numbers(release: str) -> list[int]:
    """Return a version as what versions are compared by."""
    return [int(number) for number in re.findall(r"\d+", release)]
