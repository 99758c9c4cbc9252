"""Check everything that a load needs, and say how to mend what is wrong."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg2

from ground.access_log import ACCESS_LOG_TABLE
from ground.configuration import FilesError
from ground.database import one_row
from ground.failures import UnreachableError, explain
from ground.settings import ENV_FILE, LATE_AFTER, RELEASE, Settings
from loader import contract, source
from loader.accounts import AccountsError
from loader.changes import array_literal
from loader.history import RAW_SCHEMA, known_accounts
from operations import hints, schedule, status


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, and how to mend it if it is wrong."""

    is_good: bool
    what: str
    remedy: str = ""
    is_hint: bool = False  # nothing wrong here, but with what was loaded

    def __str__(self) -> str:
        """Return one line, two with a remedy."""
        mark = "hint " if self.is_hint else "ok   " if self.is_good else "WRONG"
        line = f"{mark} {self.what}"
        return f"{line}\n      -> {self.remedy}" if self.remedy else line


def examine(settings: Settings) -> list[Finding]:
    """Look at both ends; a check that cannot run is a finding, not an end."""
    findings = [*_settings(settings), *_configuration(settings)]
    for check, what in (
        (_source, "source"),
        (_warehouse, "warehouse"),
        (_build, "build"),
        (_hints, "warehouse"),
        (_dashboard_role, "dashboard role"),
        (_operations, "operations"),
    ):
        findings += _caught(check, what, settings)
    return findings


def _settings(settings: Settings) -> Iterator[Finding]:
    yield Finding(True, f"release: {RELEASE}")
    if not ENV_FILE.exists():
        yield Finding(True, "settings: no .env; what it could name is embedded")
    else:  # another one would have been refused
        yield Finding(True, "settings: .env is for its owner only")
    file = settings.dashboard_access_file
    if "dashboard_access_file" in settings.model_fields_set and not file.exists():
        yield Finding(
            False,
            f"settings: DASHBOARD_ACCESS_FILE names {file}, and there is none",
            "make it (docs/access.md), or take the variable away",
        )


def _configuration(settings: Settings) -> Iterator[Finding]:
    try:
        entries = settings.configuration.entries
    except FilesError as error:
        for line in str(error).splitlines():
            yield Finding(False, f"configuration: {line}", "mend it, then make config")
        return
    owners = sum(
        entry.origin == "owner"
        for table in entries.values()
        for entry in table.values()
    )
    rows = "1 row of yours" if owners == 1 else f"{owners} rows of yours"
    yield Finding(True, f"configuration: {settings.config_dir} has {rows}")


def _caught(
    check: Callable[[Settings], Iterator[Finding]], what: str, settings: Settings
) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except FilesError:
        return  # which _configuration has told
    except UnreachableError as error:
        yield Finding(False, f"{what}: {error.what}", error.remedy)
    except psycopg2.Error as error:
        yield Finding(False, f"{what}: {explain(error)}")


def _source(settings: Settings) -> Iterator[Finding]:
    with source.snapshot(settings) as snapshot:
        yield Finding(True, f"source: connected to {settings.source}")
        is_superuser, writable = snapshot.rights()
        if is_superuser or writable:
            found = "is a superuser" if is_superuser else f"may write {writable[0]}"
            yield Finding(
                False,
                f"source: {settings.source.user} {found}",
                "use a role that only reads: sql_remote_views/reader_role.sql",
            )
        else:
            yield Finding(True, f"source: {settings.source.user} can only read")
        try:
            snapshot.check_views()
            snapshot.check_contract()
        except source.SourceError as error:
            yield Finding(False, f"source: {error}")
            return
        except contract.ContractError as error:
            *lines, _ = str(error).splitlines()
            for line in lines:
                yield Finding(False, f"source: {line}")
            yield Finding(
                False,
                "source: the views are not those of this version",
                "deploy them again: make deploy-views",
            )
            return
        yield Finding(True, "source: the views are those of this version")
        try:
            chosen = snapshot.use_accounts(_known_accounts(settings))
        except AccountsError as error:
            what, *rows = str(error).splitlines()
            found = "; ".join(row.strip() for row in rows)
            yield Finding(False, f"source: {what}", found)
            return
        named = ", ".join(map(str, chosen.loaded)) or "none, for there are none in use"
        yield Finding(True, f"source: accounts loaded: {named}")
        for account in chosen.new:
            yield Finding(
                True,
                f"source: a new account with conversations is not loaded: {account}",
                f"SOURCE_ACCOUNT_IDS={array_literal(chosen.ids)[1:-1]} in .env to leave"
                f" it out, or add {account.account_id} to load it",
            )
        if unknown := snapshot.use_ai_users():
            yield Finding(
                False,
                f"source: no such user: {', '.join(unknown)}",
                "list the ids or e-mails of AI users in config/ai_users.csv",
            )
        else:
            yield Finding(True, f"source: {len(snapshot.ai_user_ids)} AI user(s) known")


def _known_accounts(settings: Settings) -> list[int]:
    """The accounts of the warehouse, if it can be asked; else it says so itself."""
    with (
        suppress(psycopg2.Error, UnreachableError),
        closing(settings.warehouse.connect()) as connection,
        connection.cursor() as cursor,
    ):
        return known_accounts(cursor)
    return []


def _warehouse(settings: Settings) -> Iterator[Finding]:
    with (
        closing(settings.warehouse.connect()) as connection,
        connection.cursor() as cursor,
    ):
        yield Finding(True, f"warehouse: connected to {settings.warehouse}")
        (is_allowed,) = one_row(
            cursor,
            "select has_database_privilege(current_database(), 'create')"
            " and has_database_privilege(current_database(), 'temporary')",
        )
        if not is_allowed:
            yield Finding(
                False,
                f"warehouse: {settings.warehouse.user} may not create schemas and "
                "temporary tables",
                f'grant create, temporary on database "{settings.warehouse.name}" to '
                f'"{settings.warehouse.user}";',
            )
        history = f"{RAW_SCHEMA}.load_runs"
        if one_row(cursor, "select to_regclass(%s)", history) == (None,):
            yield Finding(False, "warehouse: nothing loaded yet", "make run")
            return
        loaded_at, now = one_row(
            cursor,
            f"select max(finished_at), now() from {history} where status = 'succeeded'",
        )
        if loaded_at is None:
            yield Finding(False, "warehouse: no load has succeeded yet", "make run")
        else:
            age = now - loaded_at
            yield Finding(
                age <= LATE_AFTER,
                f"warehouse: last load {loaded_at:%Y-%m-%d %H:%M} UTC",
                "" if age <= LATE_AFTER else "make run, and schedule it",
            )
        cursor.execute(
            f"select status, error from {history} order by run_id desc limit 1"
        )
        for status, message in cursor.fetchall():
            if status in ("failed", "interrupted"):
                yield Finding(
                    False,
                    f"warehouse: the last load {status}: {message or 'it was killed'}",
                    "make run goes on where it was",
                )


def _build(settings: Settings) -> Iterator[Finding]:
    found = status.collect(settings)
    last = found.last_build
    if found.loaded_at is None:
        return  # nothing to build, which is said already
    if last is None:
        yield Finding(False, "build: what is loaded was never built", "make run")
    elif not last.is_good:
        since = last.failing_since or last.started_at
        yield Finding(
            False,
            f"build: {last.status} since {since:%Y-%m-%d %H:%M} UTC:"
            f" {last.error or 'it was killed'}",
            'docs/operations.md, "A build failed"; then make run',
        )
    elif last.status == "succeeded" and found.unbuilt_loads:
        yield Finding(
            False,
            f"build: {found.unbuilt_loads} loads came after the last one built",
            "make run",
        )
    else:
        yield Finding(True, f"build: {last.status}, of load {last.run_id}")


def _hints(settings: Settings) -> Iterator[Finding]:
    for what, remedy in hints.found(settings):
        yield Finding(True, f"warehouse: {what}", remedy, is_hint=True)


def _dashboard_role(settings: Settings) -> Iterator[Finding]:
    user = settings.dashboard_db_user
    with (
        closing(settings.warehouse.connect()) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("select 1 from pg_roles where rolname = %s", (user,))
        if cursor.fetchone() is None:
            yield Finding(
                False,
                f"dashboard: there is no role {user}",
                f"create role \"{user}\" login password '...'; then make run, which "
                "lets it read marts",
            )
            return
    with (
        closing(settings.dashboard.connect()) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            """
            select nspname
            from pg_namespace
            where
                nspname not like 'pg\\_%'
                and nspname <> 'information_schema'
                and exists (
                    select from pg_class
                    where
                        relnamespace = pg_namespace.oid
                        and relkind in ('r', 'v', 'm', 'p')
                        and has_schema_privilege(pg_namespace.oid, 'usage')
                        and has_table_privilege(pg_class.oid, 'select')
                )
            order by nspname
            """
        )
        readable = [name for (name,) in cursor.fetchall()]
        yield Finding(
            readable == ["marts"],
            f"dashboard: {user} reads {', '.join(readable) or 'nothing'}",
            ""
            if readable == ["marts"]
            else "make run lets it read marts; revoke what it reads besides",
        )
        (may_log,) = one_row(
            cursor,
            "select coalesce(has_schema_privilege(to_regnamespace('access_log'),"
            " 'usage') and has_table_privilege(to_regclass(%s), 'insert'), false)",
            ACCESS_LOG_TABLE,
        )
        yield Finding(
            may_log,
            f"dashboard: {user} {'logs' if may_log else 'cannot log'} who opens a"
            " conversation",
            "" if may_log else "make run makes the log; until then none can be opened",
        )


def _operations(settings: Settings) -> Iterator[Finding]:
    try:
        scheduled = schedule.installed()
    except schedule.ScheduleError as error:
        yield Finding(False, f"schedule: {error}")
        return
    for each in scheduled:
        yield Finding(True, f"schedule: {each}")
    if not scheduled:
        yield Finding(
            True,
            "schedule: none; a person or another program runs it",
            'make schedule ARGS="cron" or ARGS="systemd"',
        )
    if len(scheduled) > 1:
        yield Finding(False, "schedule: more than one", "make unschedule, and again")
    saved = status.last_backup(settings)
    if saved is None:
        yield Finding(True, "backup: none yet", "make backup")
        return
    days = (datetime.now(UTC) - saved.taken_at) / timedelta(days=1)
    is_late = bool(scheduled) and 0 < settings.backup_every_days < days - 1
    yield Finding(
        not is_late,
        f"backup: {saved.file}, {days:.0f} days old",
        f"why: {settings.data_dir / 'logs' / 'scheduled.log'}" if is_late else "",
    )
