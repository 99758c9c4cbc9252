"""How the warehouse is: freshness, the last runs, rows, failures, the last backup."""

from contextlib import closing
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from psycopg2 import sql

from ground.database import PgCursor, one_row
from ground.settings import LATE_AFTER, Settings
from loader.history import BUILDS, HAS_ACCOUNTS, RAW_SCHEMA
from loader.locks import BUILD_LOCK_KEY, LOAD_LOCK_KEY
from operations import backup

RUNS_SHOWN = 10
LOCK_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Run:
    """A run of the history; rows are conversations."""

    run_id: int
    started_at: datetime
    finished_at: datetime | None
    mode: str | None
    status: str
    rows_new: int | None
    rows_changed: int | None
    rows_deleted: int | None
    seconds: float | None
    source_seconds: float | None
    source_statements: int | None
    error: str | None


@dataclass(frozen=True)
class Build:
    """The last build; `run_id` is the load that it builds, or built.

    `built_run_id` is the load that the marts show, `failing_since` when the first of
    the builds began that have failed since a good one.
    """

    build_id: int
    started_at: datetime
    finished_at: datetime | None
    status: str
    run_id: int | None
    is_complete: bool
    error: str | None
    built_run_id: int | None
    failing_since: datetime | None

    @property
    def is_good(self) -> bool:
        """Whether it is at work, or ended well."""
        return self.status in ("running", "succeeded")


@dataclass(frozen=True)
class Reconcile:
    """When every value was last compared with the source, and what that healed."""

    finished_at: datetime
    rows_compared: int
    rows_missing: int
    rows_left_over: int
    rows_different: int
    columns_different: dict[str, int]


@dataclass(frozen=True)
class Backup:
    """The newest backup that is complete."""

    file: Path
    taken_at: datetime
    size_bytes: int


@dataclass(frozen=True)
class Status:
    """What `make status` shows; `as_of` is the moment that the data shows."""

    business_timezone: str
    is_loading: bool
    as_of: datetime | None
    loaded_at: datetime | None
    is_late: bool
    runs: list[Run]
    failures_of_7_days: int
    unbuilt_loads: int
    last_build: Build | None
    rows: dict[str, int]
    last_reconcile: Reconcile | None
    last_backup: Backup | None
    account_ids: list[int] = field(default_factory=list)
    new_accounts: list[str] = field(default_factory=list)


def collect(settings: Settings) -> Status:
    """Look, without changing or waiting for anything, at what there is."""
    saved = last_backup(settings)
    with closing(settings.warehouse.connect()) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection, connection.cursor() as cursor:
            cursor.execute(f"set local lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
            history = f"{RAW_SCHEMA}.load_runs"
            if one_row(cursor, "select to_regclass(%s)", history) == (None,):
                zone = settings.business_timezone
                return Status(
                    zone, False, None, None, False, [], 0, 0, None, {}, None, saved
                )
            account_ids, new_accounts = _accounts(cursor)
            is_loading = _is_held(cursor, LOAD_LOCK_KEY)
            last_build = _last_build(cursor)
            as_of, loaded_at, now = one_row(
                cursor,
                f"""
                select max(snapshot_at), max(finished_at), now()
                from {history}
                where
                    status = 'succeeded'
                    and run_id = (
                        select max(run_id) from {history} where status = 'succeeded'
                    )
                """,
            )
            (failures,) = one_row(
                cursor,
                f"select count(*) from {history}"
                " where status in ('failed', 'interrupted')"
                " and started_at > now() - interval '7 days'",
            )
            return Status(
                business_timezone=settings.business_timezone,
                is_loading=is_loading,
                as_of=as_of,
                loaded_at=loaded_at,
                is_late=loaded_at is None or now - loaded_at > LATE_AFTER,
                runs=[_as_it_is(run, is_loading) for run in _runs(cursor)],
                failures_of_7_days=failures,
                unbuilt_loads=_unbuilt_loads(cursor, last_build),
                last_build=last_build,
                rows=_rows(cursor),
                last_reconcile=_last_reconcile(cursor),
                last_backup=saved,
                account_ids=account_ids,
                new_accounts=new_accounts,
            )


def last_backup(settings: Settings) -> Backup | None:
    """The newest backup, if there is one."""
    for file in backup.backups(settings):
        return Backup(file, backup.taken_at(file), file.stat().st_size)
    return None


def _is_held(cursor: PgCursor, lock_key: int) -> bool:
    (is_held,) = one_row(
        cursor,
        """
        select exists (
            select from pg_locks
            where
                locktype = 'advisory'
                and objid = %s
                and granted
                and database = (
                    select oid from pg_database where datname = current_database()
                )
        )
        """,
        lock_key,
    )
    return bool(is_held)


def _accounts(cursor: PgCursor) -> tuple[list[int], list[str]]:
    """The accounts that the last good load read, and those that nobody decided on."""
    if one_row(cursor, f"select {HAS_ACCOUNTS}") == (False,):
        return [], []  # loaded by an earlier release
    cursor.execute(
        f"select coalesce(account_ids, '{{}}'), coalesce(new_accounts, '{{}}')"
        f" from {RAW_SCHEMA}.load_runs where status = 'succeeded'"
        " order by run_id desc limit 1"
    )
    return next(iter(cursor.fetchall()), ([], []))


def _last_build(cursor: PgCursor) -> Build | None:
    """The last build, as it is now; None where none was noted."""
    if one_row(cursor, "select to_regclass(%s)", BUILDS) == (None,):
        return None  # loaded by an earlier release
    cursor.execute(
        f"""
        select
            build_id,
            started_at,
            finished_at,
            case
                when status = 'running' and not %s then 'interrupted' else status
            end,
            run_id,
            is_complete,
            error,
            (
                select run_id from {BUILDS}
                where is_complete order by build_id desc limit 1
            ),
            (
                select min(started_at) from {BUILDS}
                where
                    status <> 'succeeded'
                    and build_id > coalesce(
                        (
                            select max(build_id) from {BUILDS}
                            where status = 'succeeded' and is_complete
                        ),
                        0
                    )
            )
        from {BUILDS}
        order by build_id desc
        limit 1
        """,
        (_is_held(cursor, BUILD_LOCK_KEY),),
    )
    return next((Build(*row) for row in cursor.fetchall()), None)


def _unbuilt_loads(cursor: PgCursor, last_build: Build | None) -> int:
    """How many good loads came after the one that the marts show."""
    built = None if last_build is None else last_build.built_run_id
    (count,) = one_row(
        cursor,
        f"select count(*) from {RAW_SCHEMA}.load_runs"
        " where status = 'succeeded' and run_id > %s",
        built or 0,
    )
    return int(count)


def _runs(cursor: PgCursor, where: str = "", count: int = RUNS_SHOWN) -> list[Run]:
    columns = ", ".join(field.name for field in fields(Run))
    cursor.execute(
        f"select {columns} from {RAW_SCHEMA}.load_runs {where}"
        f" order by run_id desc limit {count}"
    )
    return [Run(*row) for row in cursor.fetchall()]


def _last_reconcile(cursor: PgCursor) -> Reconcile | None:
    cursor.execute(
        f"""
        select finished_at, reconciliation
        from {RAW_SCHEMA}.load_runs
        where mode = 'reconcile' and status = 'succeeded'
        order by run_id desc
        limit 1
        """
    )
    for finished_at, found in cursor.fetchall():
        known = {field.name for field in fields(Reconcile)}
        return Reconcile(
            finished_at=finished_at,
            **{name: value for name, value in found.items() if name in known},
        )
    return None


def _as_it_is(run: Run, is_loading: bool) -> Run:
    """A killed run stands as running until the next one begins."""
    if run.status != "running" or is_loading:
        return run
    values = {field.name: getattr(run, field.name) for field in fields(Run)}
    return Run(**values | {"status": "interrupted"})


def _rows(cursor: PgCursor) -> dict[str, int]:
    """The rows of each raw table but dlt's own."""
    cursor.execute(
        "select tablename from pg_tables where schemaname = %s"
        " and tablename not like '\\_dlt%%' order by tablename",
        (RAW_SCHEMA,),
    )
    rows = {}
    for (table,) in cursor.fetchall():
        cursor.execute(
            sql.SQL("select count(*) from {}.{}").format(
                sql.Identifier(RAW_SCHEMA), sql.Identifier(table)
            )
        )
        rows[table] = cursor.fetchall()[0][0]
    return rows


# ------------------------------------------------------------------------- for people


def describe(status: Status) -> str:
    """Say it in lines for a terminal, with business-local times."""
    zone = ZoneInfo(status.business_timezone)
    lines = []
    if not status.runs:
        lines.append("nothing loaded yet: make run")
    else:
        if status.loaded_at is None or status.as_of is None:
            lines.append("no load has succeeded yet: make run")
        else:
            age = _duration(datetime.now(UTC) - status.loaded_at)
            late = " LATE: is it scheduled? make doctor" if status.is_late else ""
            lines.append(
                f"data as of     {_local(status.as_of, zone)} ({zone}), "
                f"loaded {age} ago{late}"
            )
        lines.append(f"loading now    {'yes' if status.is_loading else 'no'}")
        lines.append(f"last build     {_describe_build(status, zone)}")
        if status.account_ids:
            loaded = ", ".join(map(str, status.account_ids))
            new = "; ".join(status.new_accounts)
            more = f"; not loaded, and new: {new} (make doctor)" if new else ""
            lines.append(f"accounts       {loaded}{more}")
        lines.append(f"failures       {status.failures_of_7_days} in the last 7 days")
    lines.append(f"last reconcile {_describe_reconcile(status.last_reconcile, zone)}")
    lines.append(f"last backup    {_describe_backup(status.last_backup, zone)}")
    if status.rows:
        lines += ["", "rows"]
        lines += [f"  {name:<22} {count:>12,}" for name, count in status.rows.items()]
    if status.runs:
        lines += [
            "",
            f"{'run':>5}  {'began':<16}  {'mode':<11}  {'status':<11}  {'new':>9}"
            f"  {'changed':>9}  {'deleted':>9}  {'seconds':>8}  {'source s':>8}"
            f"  {'statements':>10}",
            *(_describe_run(run, zone) for run in status.runs),
        ]
    return "\n".join(lines)


def _describe_run(run: Run, zone: ZoneInfo) -> str:
    line = (
        f"{run.run_id:>5}  {_local(run.started_at, zone)}  {run.mode or '-':<11}"
        f"  {run.status:<11}  {_count(run.rows_new):>9}  {_count(run.rows_changed):>9}"
        f"  {_count(run.rows_deleted):>9}  {_seconds(run.seconds):>8}"
        f"  {_seconds(run.source_seconds):>8}  {_count(run.source_statements):>10}"
    )
    return f"{line}\n       {run.error}" if run.error else line


def _describe_build(status: Status, zone: ZoneInfo) -> str:
    build = status.last_build
    if build is None:
        return "never: make run"
    line = f"{_local(build.started_at, zone)}, {build.status}"
    if build.status == "succeeded" and status.unbuilt_loads:
        return f"{line}; {status.unbuilt_loads} later loads wait for one: make run"
    if build.is_good or build.failing_since is None:
        return line
    since = f"since {_local(build.failing_since, zone)}"
    return f"{line}, failing {since}: {build.error or 'it was killed'}"


def _describe_reconcile(last: Reconcile | None, zone: ZoneInfo) -> str:
    if last is None:
        return "never: make reconcile"
    healed = {
        "missing": last.rows_missing,
        "different": last.rows_different,
        "left over": last.rows_left_over,
    } | last.columns_different
    found = ", ".join(f"{count:,} {what}" for what, count in healed.items() if count)
    return f"{_local(last.finished_at, zone)}, healed {found or 'nothing'}"


def _describe_backup(saved: Backup | None, zone: ZoneInfo) -> str:
    if saved is None:
        return "never: make backup"
    return (
        f"{_local(saved.taken_at, zone)}, {saved.size_bytes / 1e6:.1f} MB, {saved.file}"
    )


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"
