"""Dumps of the raw schema and how to put one back; exports of the analytics view.

Everything else in the warehouse is computed by dbt. A dump holds the watermark too, so
the run after a restore reads what has changed at the source since the dump.
"""

import fcntl
import gzip
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ground import private
from ground.database import Database, PgConnection, PgCursor, one_row
from ground.embedded import clean_environment, program_folders
from ground.settings import Settings
from loader.history import RAW_SCHEMA, STAGING_SCHEMA
from loader.locks import BUILD_LOCK_KEY, load_lock

EXPORTED_VIEW = "analytics.conversas_analytics"
STAMP = "%Y-%m-%dT%H-%M-%SZ"
UNFINISHED = ".unfinished"
# Lines of a dump that are for psql, or for servers as new as the pg_dump that wrote it.
NOT_FOR_THE_SERVER = (b"\\restrict ", b"\\unrestrict ", b"SET transaction_timeout ")


class BackupError(Exception):
    """Nothing was written or restored; says why and what to do."""


# ------------------------------------------------------------------------------ dumps


def backup(settings: Settings) -> Path:
    """Dump the raw schema as of one moment; return the file.

    Raises AnotherRunError while a load is running, BackupError otherwise.
    """
    database = settings.warehouse
    with closing(database.connect()) as connection, load_lock(connection):
        with connection, connection.cursor() as cursor:
            if one_row(cursor, f"select to_regclass('{RAW_SCHEMA}.load_runs')") == (
                None,
            ):
                raise BackupError("nothing loaded yet, so nothing to back up: make run")
        with _new_file(settings.backup_folder, RAW_SCHEMA, ".dump") as unfinished:
            _dump(database, connection, unfinished)
    files = backups(settings)
    _keep_newest(files, settings.backups_kept)
    return files[0]


def _dump(database: Database, connection: PgConnection, file: Path) -> None:
    """Write the dump with the first pg_dump of the machine that can."""
    unfit = []
    for pg_dump in _programs("pg_dump"):
        done = subprocess.run(
            [
                pg_dump,
                "--format=custom",
                f"--schema={RAW_SCHEMA}",
                "--no-owner",
                "--no-privileges",
                "--no-password",
                f"--file={file}",
            ],
            env=_libpq_environment(database),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        if "server version mismatch" in done.stderr:
            unfit.append(f"{pg_dump} is older than the server")
        elif "SSL support is not compiled in" in done.stderr:
            unfit.append(f"{pg_dump} cannot encrypt")
        else:
            lines = done.stderr.strip().splitlines() or ["it ended early"]
            raise BackupError(f"no backup was made: {lines[0]}")
    needed = connection.server_version // 10_000
    raise BackupError(
        f"no pg_dump here can save {database}: {', '.join(unfit)}; install the client "
        f"programs of PostgreSQL {needed} or newer, or point PG_BIN_DIR at them"
    )


def backups(settings: Settings) -> list[Path]:
    """The complete backups, the newest first."""
    return _files(settings.backup_folder, RAW_SCHEMA, ".dump")


def taken_at(file: Path) -> datetime:
    """When a backup or an export was begun; stands in its name."""
    stamp = file.name.split(".")[0][-len("2026-01-01T00-00-00Z") :]
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def restore(settings: Settings, file: Path | None = None) -> Path:
    """Put the raw schema back as in a backup, the newest unless told; return the file.

    One transaction: readers see the old state or the new one, and a restore that dies
    has changed nothing. Staging views hang on the raw tables and go with them: build
    afterwards. Raises AnotherRunError while a load is running, BackupError for a file
    that is not a whole backup.
    """
    if file is None:
        found = backups(settings)
        if not found:
            raise BackupError(f"no backup in {settings.backup_folder}: make backup")
        file = found[0]
    names = _check(file)
    with closing(settings.warehouse.connect()) as connection, load_lock(connection):
        with connection, connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", (BUILD_LOCK_KEY,))
        with connection, connection.cursor() as cursor:
            last_run_id = _last_run_id(cursor)
            # Beside it, what dlt had staged for a run that was killed.
            cursor.execute(
                f"drop schema if exists {RAW_SCHEMA}, {STAGING_SCHEMA} cascade"
            )
            cursor.execute(f"create schema {RAW_SCHEMA}")
            _put_back(cursor, file, "--section=pre-data")
            for name in names:
                _put_back(cursor, file, "--section=data", f"--table={name}")
            _put_back(cursor, file, "--section=post-data")
            _analyze(cursor)
            # Models tell old rows from new by the number of the run, so none may come
            # twice.
            cursor.execute(
                "select setval(pg_get_serial_sequence(%s, 'run_id'), %s)",
                (
                    f"{RAW_SCHEMA}.load_runs",
                    max(last_run_id, _last_run_id(cursor), 1),
                ),
            )
    return file


def _last_run_id(cursor: PgCursor) -> int:
    """The highest number that a run has had, 0 without runs."""
    if one_row(cursor, f"select to_regclass('{RAW_SCHEMA}.load_runs')") == (None,):
        return 0
    (run_id,) = one_row(
        cursor, f"select coalesce(max(run_id), 0) from {RAW_SCHEMA}.load_runs"
    )
    return int(run_id)


def _analyze(cursor: PgCursor) -> None:
    """Give the planner statistics, which a dump does not hold."""
    cursor.execute(
        "select format('analyze %%I.%%I', schemaname, tablename) from pg_tables"
        " where schemaname = %s",
        (RAW_SCHEMA,),
    )
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)


def _check(file: Path) -> list[str]:
    """Read a backup to its end; return its tables and sequences.

    Raises BackupError if it is not whole, or not ours.
    """
    if not file.is_file():
        raise BackupError(f"there is no file {file}")
    with _pg_restore(file, "--list") as lines:
        listed = re.findall(
            r"^\d+; \d+ \d+ (TABLE DATA|TABLE|SEQUENCE SET) (\S+) (\S+) ",
            b"".join(lines).decode(),
            re.MULTILINE,
        )
    schemas = {schema for _, schema, _ in listed}
    if schemas != {RAW_SCHEMA} or ("TABLE", RAW_SCHEMA, "load_runs") not in listed:
        raise BackupError(
            f"{file} is not a backup of {RAW_SCHEMA}; nothing was changed"
        )
    with _pg_restore(file, f"--file={os.devnull}"):
        pass
    return [name for kind, _, name in listed if kind != "TABLE"]


@contextmanager
def _pg_restore(file: Path, *options: str) -> Iterator[IO[bytes]]:
    """What pg_restore says of a backup; raises BackupError at its end if not all."""
    with subprocess.Popen(
        [_newest_pg_restore(), *options, file.absolute()],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None  # noqa: S101 (for mypy)
        assert process.stderr is not None  # noqa: S101
        yield process.stdout
        stderr = process.stderr.read().decode()
    if process.returncode != 0:
        reason = next(iter(stderr.strip().splitlines()), "it ended early")
        reason = reason.removeprefix("pg_restore: ").removeprefix("error: ")
        raise BackupError(
            f"{file} is not a whole backup ({reason}); nothing was changed"
        )


def _put_back(cursor: PgCursor, file: Path, *part: str) -> None:
    """Run a part of a backup, which has the rows of one table at most.

    By itself, pg_restore would live on after us (docs/decisions.md).
    """
    options = [f"--schema={RAW_SCHEMA}", "--no-owner", "--no-privileges", "--file=-"]
    with _pg_restore(file, *part, *options) as script:
        statements = []
        for line in script:
            if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
                # The rows end at a mark, and the server passes over what is below it.
                cursor.copy_expert(line.decode(), script)
            elif not line.startswith(NOT_FOR_THE_SERVER):
                statements.append(line)
        cursor.execute(b"".join(statements))


def _programs(name: str) -> list[Path]:
    """Every copy of a client program: of PG_BIN_DIR, the wheel, the system, PATH.

    The wheel's may be too old for a server, and knows no TLS.
    """
    found = [
        folder / name for folder in program_folders(name) if (folder / name).exists()
    ]
    if not found:
        raise BackupError(
            f"no {name} here: install PostgreSQL's client programs, or point "
            "PG_BIN_DIR at them"
        )
    return list(dict.fromkeys(found))


def _newest_pg_restore() -> Path:
    """Return the one that reads all dumps; an older one refuses those of newer."""

    def version(program: Path) -> list[int]:
        words = subprocess.check_output([program, "--version"], text=True).split()
        return [int(number) for number in re.findall(r"\d+", words[2])]

    return max(_programs("pg_restore"), key=version)


def _libpq_environment(database: Database) -> dict[str, str]:
    """Say by environment where the server is: everybody can read a command line."""
    login = {
        "PGHOST": database.host,
        "PGPORT": str(database.port),
        "PGDATABASE": database.name,
        "PGUSER": database.user,
        "PGPASSWORD": database.password,
        "PGSSLMODE": database.sslmode,
        "PGCONNECT_TIMEOUT": "15",
        "PGAPPNAME": "allpfit_analytics",
    }
    if database.sslrootcert is not None:
        login["PGSSLROOTCERT"] = database.sslrootcert
    return clean_environment() | login


# ---------------------------------------------------------------------------- exports


def export(settings: Settings) -> Path:
    """Write conversas_analytics to a compressed CSV file with a header; return it.

    One statement, so one moment. Raises BackupError if nothing was built yet.
    """
    folder = settings.data_dir / "exports"
    name = EXPORTED_VIEW.split(".")[1]
    with closing(settings.warehouse.connect()) as connection:
        connection.set_session(readonly=True)
        connection.set_client_encoding("UTF8")
        with connection, connection.cursor() as cursor:
            if one_row(cursor, f"select to_regclass('{EXPORTED_VIEW}')") == (None,):
                raise BackupError("nothing built yet, so nothing to export: make run")
            with (
                _new_file(folder, name, ".csv.gz") as unfinished,
                unfinished.open("wb") as raw,
                gzip.GzipFile(filename="", fileobj=raw, mode="wb") as file,
            ):
                cursor.copy_expert(
                    f"copy (select * from {EXPORTED_VIEW} order by conversation_id)"
                    " to stdout with (format csv, header)",
                    file,
                )
    files = _files(folder, name, ".csv.gz")
    _keep_newest(files, settings.backups_kept)
    return files[0]


# ------------------------------------------------------------------------------ files


@contextmanager
def _new_file(folder: Path, name: str, suffix: str) -> Iterator[Path]:
    """A file for us alone that gets its name when it is complete, or vanishes."""
    if not _holds_others(folder, name, suffix):
        private.make_folder(folder)
    with open(folder / ".lock", "w", opener=private.opener) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second one waits; ends with the process
        for left in folder.glob(f"{name}-*{suffix}{UNFINISHED}"):
            left.unlink()  # by one that was killed
        path = folder / f"{name}-{datetime.now(UTC).strftime(STAMP)}{suffix}"
        unfinished = path.with_name(path.name + UNFINISHED)
        try:
            unfinished.touch(mode=0o600)
            yield unfinished
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def _holds_others(folder: Path, name: str, suffix: str) -> bool:
    """Whether a folder has more in it than files of ours, and is to stay as it is."""
    pattern = re.compile(rf"\.lock|{name}-.*{suffix}({UNFINISHED})?")
    return folder.is_dir() and not all(
        pattern.fullmatch(file.name) for file in folder.iterdir()
    )


def _files(folder: Path, name: str, suffix: str) -> list[Path]:
    pattern = re.compile(rf"{name}-\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\dZ{suffix}")
    if not folder.is_dir():
        return []
    found = (file for file in folder.iterdir() if pattern.fullmatch(file.name))
    return sorted(found, reverse=True)


def _keep_newest(files: list[Path], count: int) -> None:
    for file in files[count:]:
        file.unlink(missing_ok=True)
