"""Backups: what comes back is what was saved, or nothing has changed at all."""

import csv
import gzip
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST, Chatwoot, TestServer, Warehouse
from oracle import assert_replicated
from replica import Replica, environment, make_replica

from ground import servers
from ground.embedded import Cluster, find_binaries
from ground.settings import Settings
from loader.locks import BUILD_LOCK_KEY, LOAD_LOCK_KEY, AnotherRunError
from loader.run import run
from operations import backup, transform
from operations.backup import BackupError

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


replica = pytest.fixture(make_replica)


def rows(warehouse: Warehouse) -> dict[object, object]:
    """A hash of all rows for each raw table."""
    tables = warehouse.query(
        "select tablename from pg_tables where schemaname = 'raw_chatwoot'"
    )
    return {
        table: warehouse.value(
            "select md5(string_agg(stored::text, E'\\n' order by stored::text))"
            f" from raw_chatwoot.{table} as stored"
        )
        for (table,) in tables
    }


def change(replica: Replica) -> None:
    """Let the source live on: an edit, a delete, a new conversation."""
    replica.chatwoot.execute(
        """
        update messages set content = 'Editada' where conversation_id in (3, 4);
        delete from messages where conversation_id = 5;
        delete from conversations where id = 5;
        insert into conversations (id, account_id, inbox_id, display_id, created_at,
            updated_at, last_activity_at) values (99, 1, 1, 99, now(), now(), now())
        """
    )


def odd_text(replica: Replica) -> None:
    """What a text format could break: its own marks, NUL's neighbours, long lines."""
    replica.chatwoot.execute(
        "update messages set content = %s where id = 1",
        "COPY x FROM stdin;\n\\.\n\\N\tç ã 👍 \\restrict \x01 '' \" \r\n" * 20_000,
    )
    run(replica.settings)


def test_restore_gives_back_every_row(replica: Replica) -> None:
    odd_text(replica)
    replica.warehouse.execute("insert into raw_chatwoot.builds default values")
    before = rows(replica.warehouse)
    file = backup.backup(replica.settings)
    assert file.stat().st_mode & 0o777 == 0o600
    change(replica)
    run(replica.settings)
    assert rows(replica.warehouse) != before

    assert backup.restore(replica.settings) == file

    assert rows(replica.warehouse) == before
    assert None not in before.values()  # none of them was empty
    replica.load()  # fails unless the raw tables are the source
    builds = "insert into raw_chatwoot.builds default values returning build_id"
    assert replica.warehouse.value(builds) == 2


def test_restore_into_an_empty_warehouse(
    replica: Replica,
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
) -> None:
    file = backup.backup(replica.settings)
    change(replica)
    other = new_warehouse()
    settings = settings_for(replica.chatwoot.reader, other.owner)
    backup.restore(settings, file)
    assert rows(other) == rows(replica.warehouse)
    run(settings)
    assert_replicated(replica.chatwoot, other)


def test_run_numbers_never_come_twice(replica: Replica) -> None:
    """Models take rows with a run number that they know for rows that they have."""
    file = backup.backup(replica.settings)
    change(replica)
    run(replica.settings)
    last = replica.warehouse.value("select max(run_id) from raw_chatwoot.load_runs")
    backup.restore(replica.settings, file)
    run(replica.settings)
    assert (
        replica.warehouse.value("select max(run_id) from raw_chatwoot.load_runs")
        == last + 1
    )


def test_marts_follow_a_restore(replica: Replica) -> None:
    assert transform.dbt(replica.settings, ["build", "--quiet"])
    texts = (
        "select md5(string_agg(message_text, '' order by message_id))"
        " from analytics.messages"
    )
    before = replica.warehouse.value(texts)
    backup.backup(replica.settings)
    change(replica)
    run(replica.settings)
    assert transform.dbt(replica.settings, ["build", "--quiet"])
    assert replica.warehouse.value(texts) != before

    done = command(replica.settings, "restore")

    assert done.returncode == 0, done.stderr
    assert replica.warehouse.value(texts) == before
    with closing(psycopg2.connect(**replica.warehouse.reader)) as connection:
        cursor = connection.cursor()
        cursor.execute("select count(*) from marts.mart_load_runs")
        assert cursor.fetchone() == (1,)


def test_backup_and_restore_keep_off_a_load(replica: Replica) -> None:
    file = backup.backup(replica.settings)
    before = rows(replica.warehouse)
    replica.warehouse.execute("select pg_advisory_lock(%s)", LOAD_LOCK_KEY)
    for work in (backup.backup, backup.restore):
        with pytest.raises(AnotherRunError):
            work(replica.settings)
    done = command(replica.settings, "backup")
    assert (done.returncode, done.stdout) == (75, "")
    assert done.stderr == "error: another load is running on this warehouse\n"
    assert rows(replica.warehouse) == before
    assert backup.backups(replica.settings) == [file]


def test_restore_waits_for_a_build(replica: Replica) -> None:
    backup.backup(replica.settings)
    replica.warehouse.execute("select pg_advisory_lock(%s)", BUILD_LOCK_KEY)
    with started(replica.settings, "restore") as process:
        wait_for(
            replica.warehouse,
            "select count(*) = 1 from pg_locks"
            " where locktype = 'advisory' and not granted",
            process,
        )
        assert replica.warehouse.value(
            "select to_regclass('raw_chatwoot.load_runs') is not null"
        )
        replica.warehouse.execute("select pg_advisory_unlock(%s)", BUILD_LOCK_KEY)
        assert process.wait(SECONDS_AT_MOST) == 0


@pytest.mark.parametrize(
    "kind", ["cut short", "flipped", "foreign", "newer", "text", "none"]
)
def test_file_that_is_no_whole_backup_is_refused(
    replica: Replica, tmp_path: Path, kind: str
) -> None:
    whole = backup.backup(replica.settings).read_bytes()
    middle = len(whole) * 2 // 3
    bad = tmp_path / "bad file.dump"
    if kind == "cut short":
        bad.write_bytes(whole[:middle])
    elif kind == "flipped":
        flipped = bytes(byte ^ 0xFF for byte in whole[middle : middle + 64])
        bad.write_bytes(whole[:middle] + flipped + whole[middle + 64 :])
    elif kind == "foreign":
        bad.write_bytes(dump_of_public(replica.chatwoot))
    elif kind == "newer":  # of a pg_dump that writes another format
        assert whole[:5] == b"PGDMP"
        bad.write_bytes(whole[:6] + b"\xff" + whole[7:])
    elif kind == "text":
        bad.write_text("drop schema raw_chatwoot cascade;\n")
    before = rows(replica.warehouse)
    with pytest.raises(BackupError) as raised:
        backup.restore(replica.settings, bad)
    assert str(bad) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert rows(replica.warehouse) == before


def dump_of_public(chatwoot: Chatwoot) -> bytes:
    return subprocess.run(
        [find_binaries() / "pg_dump", "--format=custom", "--schema=public"],
        env=os.environ
        | {
            "PGHOST": chatwoot.owner["host"],
            "PGPORT": str(chatwoot.owner["port"]),
            "PGDATABASE": chatwoot.owner["dbname"],
            "PGUSER": chatwoot.owner["user"],
            "PGPASSWORD": chatwoot.owner["password"],
        },
        capture_output=True,
        check=True,
    ).stdout


def test_killed_backup_leaves_the_old_ones(replica: Replica) -> None:
    first = backup.backup(replica.settings)
    content = first.read_bytes()
    with locked_table(replica.warehouse, "conversations") as waiting:
        with started(replica.settings, "backup") as process:
            wait_for(replica.warehouse, waiting, process)
            left = [*replica.settings.backup_folder.glob("*.unfinished")]
            assert len(left) == 1
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait(SECONDS_AT_MOST) == -signal.SIGKILL
        assert backup.backups(replica.settings) == [first]
        assert first.read_bytes() == content
    # The kill has let go of the lock, and the next one takes away what it left.
    wait_until_nobody_loads(replica.warehouse)
    later = backup.backup(replica.settings)
    assert visible(replica.settings.backup_folder) == {first, later}


@pytest.mark.parametrize("victim", ["restore", "its session"])
def test_killed_restore_leaves_the_old_state(
    replica: Replica, warehouse_server: TestServer, victim: str
) -> None:
    """Held up in the middle of its transaction, after it has dropped the schema."""
    backup.backup(replica.settings)
    change(replica)
    run(replica.settings)
    before = rows(replica.warehouse)
    held_up = "locktype = 'advisory' and objid = 1 and not granted"
    administrator = warehouse_server.cluster.connection(replica.warehouse.name)
    with closing(psycopg2.connect(**administrator)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(
            """
            create function public.hold_up() returns event_trigger language plpgsql as
            $$ begin perform pg_advisory_xact_lock(1); end $$;
            create event trigger hold_up on ddl_command_end when tag in ('ALTER TABLE')
            execute function public.hold_up();
            select pg_advisory_lock(1)
            """
        )
        with started(replica.settings, "restore") as process:
            wait_for(
                replica.warehouse,
                f"select count(*) = 1 from pg_locks where {held_up}",
                process,
            )
            if victim == "restore":
                process.kill()
            else:
                cursor.execute(
                    f"select pg_terminate_backend(pid) from pg_locks where {held_up}"
                )
            code = process.wait(SECONDS_AT_MOST)
        assert code == (-signal.SIGKILL if victim == "restore" else 1)
        cursor.execute("drop event trigger hold_up")
        cursor.execute("select pg_advisory_unlock(1)")
    wait_until_nobody_loads(replica.warehouse)
    assert rows(replica.warehouse) == before
    replica.load()


def test_oldest_backups_go(replica: Replica) -> None:
    settings = replica.settings.model_copy(update={"backups_kept": 2})
    folder = settings.backup_folder
    folder.mkdir(parents=True)
    old = [folder / f"raw_chatwoot-2026-01-0{day}T03-00-00Z.dump" for day in (1, 2, 3)]
    strangers = [folder / "raw_chatwoot-before-upgrade.dump", folder / "notes.txt"]
    for file in (*old, *strangers):
        file.touch()
    newest = backup.backup(settings)
    assert visible(folder) == {newest, old[2], *strangers}
    assert backup.backups(settings) == [newest, old[2]]


def test_nothing_loaded_is_nothing_to_save(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
) -> None:
    settings = settings_for(new_chatwoot().reader, new_warehouse().owner)
    with pytest.raises(BackupError, match="nothing loaded yet"):
        backup.backup(settings)
    with pytest.raises(BackupError, match="nothing built yet"):
        backup.export(settings)
    with pytest.raises(BackupError, match="no backup in"):
        backup.restore(settings)
    assert not settings.backup_folder.exists()


def test_export_is_the_view(replica: Replica) -> None:
    assert transform.dbt(replica.settings, ["build", "--quiet"])
    file = backup.export(replica.settings)
    assert file.stat().st_mode & 0o777 == 0o600
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        exported = list(csv.DictReader(text))
    expected = io.BytesIO()
    with replica.warehouse.connection.cursor() as cursor:
        cursor.copy_expert(
            "copy (select conversation_id, message_compiled, contact_name"
            " from analytics.conversas_analytics order by 1)"
            " to stdout with (format csv)",
            expected,
        )
    expected.seek(0)
    lines = list(csv.reader(io.TextIOWrapper(expected, "utf-8", newline="")))
    assert len(lines) == 40
    assert lines == [
        [row["conversation_id"], row["message_compiled"], row["contact_name"]]
        for row in exported
    ]
    assert visible(file.parent) == {file}


@pytest.mark.skipif(not DEBIAN, reason="no second PostgreSQL in /usr/lib/postgresql")
def test_another_server_version(
    replica: Replica,
    servers_folder: Path,
    settings_for: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wheel's pg_dump on an older server; an older pg_dump on the wheel's."""
    with monkeypatch.context() as patch:
        # Where the wheel is missing, and only the older programs are there.
        patch.setattr(backup, "_programs", lambda name: [DEBIAN[-1].parent / name])
        with pytest.raises(BackupError) as raised:
            backup.backup(replica.settings)
    assert "is older than the server" in str(raised.value)
    assert "PG_BIN_DIR" in str(raised.value)
    # One that is too old goes by, and the next is asked.
    monkeypatch.setenv("PG_BIN_DIR", str(DEBIAN[-1].parent))
    file = backup.backup(replica.settings)

    cluster = Cluster("debian", servers_folder, dies_with_parent=True)
    try:
        server = servers.start(cluster, "old", "allpfit", "reader")
        settings = settings_for(
            replica.chatwoot.reader, server.owner, data_dir=tmp_path / "old"
        )
        with closing(psycopg2.connect(**server.owner)) as connection:
            assert connection.server_version < 170000
            connection.autocommit = True
            warehouse = Warehouse("old", connection, server.owner, server.reader)
            backup.restore(settings, file)
            assert rows(warehouse) == rows(replica.warehouse)
            change(replica)
            run(settings)
            assert_replicated(replica.chatwoot, warehouse)
            before = rows(warehouse)
            for program in ("its own pg_dump", "the wheel's pg_dump"):
                if program == "the wheel's pg_dump":
                    monkeypatch.delenv("PG_BIN_DIR")
                saved = backup.backup(settings)
                warehouse.execute("truncate raw_chatwoot.conversations")
                backup.restore(settings, saved)
                assert rows(warehouse) == before, program
    finally:
        cluster.remove()


# ----------------------------------------------------------------------------- helpers


def visible(folder: Path) -> set[Path]:
    return {file for file in folder.iterdir() if file.name != ".lock"}


def command(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "loader", *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | environment(settings),
        text=True,
        capture_output=True,
        check=False,
        timeout=SECONDS_AT_MOST,
    )


@contextmanager
def started(settings: Settings, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A command in the background; killed at the end if it is still there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "loader", *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(
    warehouse: Warehouse, condition: str, process: "subprocess.Popen[bytes] | None"
) -> None:
    """Return when the condition holds in the warehouse."""
    deadline = time.monotonic() + SECONDS_AT_MOST
    while not warehouse.value(condition):
        assert process is None or process.poll() is None, "it ended before"
        assert time.monotonic() < deadline, condition
        time.sleep(0.02)


def wait_until_nobody_loads(warehouse: Warehouse) -> None:
    """A server notices within moments that its client was killed."""
    wait_for(
        warehouse,
        "select count(*) = 0 from pg_locks where locktype = 'advisory'"
        f" and objid = {LOAD_LOCK_KEY}"
        " and database = (select oid from pg_database"
        " where datname = current_database())",
        None,
    )


@contextmanager
def locked_table(warehouse: Warehouse, table: str) -> Iterator[str]:
    """Hold up whoever reads the table; gives the condition that somebody waits."""
    with closing(psycopg2.connect(**warehouse.owner)) as holder:
        holder.cursor().execute(f"lock table raw_chatwoot.{table}")
        yield (
            "select count(*) > 0 from pg_locks where not granted"
            f" and relation = 'raw_chatwoot.{table}'::regclass"
        )
