"""Servers that are replaced, restored, behind or full: rows 24 to 27, and 30."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SECONDS_AT_MOST, Chatwoot, TestServer, Warehouse
from replica import Replica, connect

from faults.conftest import DURABLE, FrailServers
from faults.matrix import Chance, row
from faults.test_kills import (
    assert_one_clear_line,
)
from ground import servers
from ground.embedded import Cluster, _free_port, server_user
from ground.settings import Settings
from loader.run import run

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")


def standby_of(primary: Cluster, folder: Path) -> Cluster:
    """A hot standby that lets no query hold up what it replays."""
    standby = Cluster(
        "standby",
        folder,
        options=DURABLE | {"max_standby_streaming_delay": "0"},
        dies_with_parent=True,
    )
    standby.folder.mkdir(parents=True)
    facts = json.loads((primary.folder / "connection.json").read_text())
    facts["port"] = _free_port()
    (standby.folder / "connection.json").write_text(json.dumps(facts))
    standby.data.parent.mkdir(exist_ok=True)
    standby.data.parent.chmod(0o711)
    standby.data.mkdir(mode=0o700)
    if user := server_user():
        os.chown(standby.data, user.pw_uid, user.pw_gid)
    login = primary.connection()
    done = primary.run(
        "pg_basebackup",
        f"--pgdata={standby.data}",
        "--write-recovery-conf",
        "--checkpoint=fast",
        "--dbname="
        + " ".join(f"{key}={value}" for key, value in login.items() if key != "dbname"),
    )
    assert done.returncode == 0, done.stderr
    standby.start()
    return standby


@pytest.fixture
def standby(
    frail: Replica, frail_servers: FrailServers, servers_folder: Path
) -> Iterator[Cluster]:
    """A hot standby of the source."""
    folder = Path(tempfile.mkdtemp(dir=servers_folder))
    folder.chmod(0o755)
    made = standby_of(frail_servers.source.cluster, folder)
    yield made
    made.remove()


def caught_up(frail: Replica, standby: Cluster) -> None:
    """Wait until the standby shows what is committed on the primary."""
    target = frail.chatwoot.value("select pg_current_wal_lsn()")
    observer = connect(standby.connection())
    deadline = time.monotonic() + SECONDS_AT_MOST
    with observer.cursor() as cursor:
        while True:
            cursor.execute("select pg_last_wal_replay_lsn() >= %s::pg_lsn", (target,))
            if cursor.fetchone() == (True,):
                break
            assert time.monotonic() < deadline, "the standby does not follow"
            time.sleep(0.02)
    observer.close()


@row(24)
def test_recovery_conflict_on_a_standby_is_retried(
    frail: Replica, standby: Cluster, chance: Chance
) -> None:
    caught_up(frail, standby)
    far = frail.with_settings(source_db_port=standby.connection()["port"])
    slowly = far.with_settings(load_batch_size=4, load_pause_seconds=0.1)
    for _ in range(1 if chance.is_short else 3):
        chance.change(frail)
        caught_up(frail, standby)
        process = slowly.command("run", "--full")
        observer = connect(standby.connection(frail.chatwoot.name))
        with observer.cursor() as cursor:
            while process.poll() is None:
                cursor.execute(
                    "select 1 from pg_stat_activity"
                    " where usename = 'allpfit_reader' and query like 'copy%'"
                )
                if cursor.fetchone():
                    break
                time.sleep(0.005)
        frail.chatwoot.execute(
            "delete from messages where id = (select max(id) from messages)"
        )
        frail.chatwoot.execute("vacuum messages")
        caught_up(frail, standby)
        observer.close()
        _, error = process.communicate(timeout=SECONDS_AT_MOST)
        assert process.returncode == 0, error
        assert "trying again" in error
        caught_up(frail, standby)
        far.load()


@row(25)
def test_standby_behind_its_primary_is_read_as_it_is(
    frail: Replica, standby: Cluster, chance: Chance
) -> None:
    """What the standby has not replayed is not there yet; then it is."""
    caught_up(frail, standby)
    far = frail.with_settings(source_db_port=standby.connection()["port"])
    # To another database: a replay does not wait for its queries, and ends none.
    with closing(connect(standby.connection())) as admin, admin.cursor() as cursor:
        cursor.execute("select pg_wal_replay_pause()")
        for _ in range(2):
            chance.change(frail)
        run(far.settings)
        cursor.execute("select pg_wal_replay_resume()")
    caught_up(frail, standby)
    far.load()


def overwritten(chatwoot: Chatwoot, ids: list[int], text: str) -> None:
    """Change messages, each in a transaction: in the same order, with equal numbers."""
    for number in ids:
        chatwoot.execute(
            "update messages set content = %s where conversation_id = %s", text, number
        )


@row(25)
def test_promoted_standby_that_had_lost_changes(
    frail: Replica,
    frail_servers: FrailServers,
    standby: Cluster,
    settings_for: Callable[..., Settings],
    chance: Chance,
) -> None:
    """It gives its transactions numbers that the lost ones had had."""
    caught_up(frail, standby)
    standby.stop()
    ids = chance.ids(frail, 10)
    overwritten(frail.chatwoot, ids, "Perdida")
    frail.load()
    frail_servers.source.cluster.kill()
    standby.start()
    admin = connect(standby.connection())
    admin.cursor().execute("select pg_promote()")
    admin.close()
    name = frail.chatwoot.name
    owner = standby.connection(name, frail_servers.source.owner)
    reader = standby.connection(name, frail_servers.source.reader)
    promoted = replace(
        frail,
        chatwoot=Chatwoot(name, connect(owner), owner, reader),
        settings=settings_for(reader, frail.warehouse.owner),
    )
    overwritten(promoted.chatwoot, ids, "Depois")
    promoted.load()
    promoted.chatwoot.connection.close()


@row(26)
def test_source_restored_from_a_copy_of_its_files(
    frail: Replica, frail_servers: FrailServers, chance: Chance
) -> None:
    """As from a snapshot of the disk: the same server, its transactions repeated."""
    cluster = frail_servers.source.cluster
    cluster.stop()
    copy = cluster.data.with_name("data.copy")
    shutil.copytree(cluster.data, copy, copy_function=copied_with_owner)
    own_the_folders(copy)
    cluster.start()
    frail = frail.reconnected()
    ids = chance.ids(frail, 10)
    overwritten(frail.chatwoot, ids, "Perdida")
    frail.load()
    cluster.stop()
    shutil.rmtree(cluster.data)
    copy.rename(cluster.data)
    cluster.start()
    frail = frail.reconnected()
    overwritten(frail.chatwoot, ids, "Depois")
    frail.load()
    frail.close()


def copied_with_owner(source: str, target: str) -> None:
    """Copy a file with its owner."""
    shutil.copy2(source, target)
    facts = Path(source).stat()
    os.chown(target, facts.st_uid, facts.st_gid)


def own_the_folders(folder: Path) -> None:
    """Give copied folders to the server's user."""
    if user := server_user():
        for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            os.chown(path, user.pw_uid, user.pw_gid)


def dumped(server: TestServer, name: str, file: Path) -> None:
    """Write a dump of a database."""
    with file.open("wb") as out:
        subprocess.run(
            [server.cluster.binaries() / "pg_dump", "-Fc", name],
            env=client_environment(server),
            stdout=out,
            check=True,
        )


def restored(server: TestServer, name: str, file: Path, *options: str) -> None:
    """Read a dump into a database, as its owner."""
    command = [server.cluster.binaries() / "pg_restore", "-d", name, *options]
    with file.open("rb") as dump:
        subprocess.run(
            [*command, f"--role={server.owner}"],
            env=client_environment(server),
            stdin=dump,
            check=True,
        )


def client_environment(server: TestServer) -> dict[str, str]:
    login = server.cluster.connection()
    return os.environ | {
        "PGHOST": login["host"],
        "PGPORT": str(login["port"]),
        "PGUSER": login["user"],
        "PGPASSWORD": login["password"],
    }


@row(26)
def test_source_restored_from_a_dump_to_another_server(
    replica: Replica,
    source_server: TestServer,
    frail_servers: FrailServers,
    settings_for: Callable[..., Settings],
    chance: Chance,
    tmp_path: Path,
) -> None:
    dumped(source_server, replica.chatwoot.name, tmp_path / "dump")
    if chance.random() < 0.7:
        chance.change(replica)
        replica.load()
    server = frail_servers.source
    name = server.create_database(f"{replica.chatwoot.name}_restored")
    restored(server, name, tmp_path / "dump", "--no-owner")
    owner, reader = server.owner_of(name), server.reader_of(name)
    moved = replace(
        replica,
        chatwoot=Chatwoot(name, connect(owner), owner, reader),
        settings=settings_for(reader, replica.warehouse.owner),
    )
    if chance.random() < 0.5:
        chance.change(moved)
    moved.load()
    assert moved.load().mode == "none"
    moved.chatwoot.connection.close()


@row(30)
def test_warehouse_restored_from_an_older_backup(
    replica: Replica,
    warehouse_server: TestServer,
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    chance: Chance,
    tmp_path: Path,
) -> None:
    dumped(warehouse_server, replica.warehouse.name, tmp_path / "dump")
    for _ in range(chance.randint(1, 3)):
        chance.change(replica)
        replica.load()
    older = new_warehouse()
    restored(warehouse_server, older.name, tmp_path / "dump")
    back = replace(
        replica,
        warehouse=older,
        settings=settings_for(replica.chatwoot.reader, older.owner),
    )
    if chance.random() < 0.5:
        chance.change(back)
    back.load()
    assert back.load().mode == "none"
    older.connection.close()


@row(30, slow=True)
def test_raw_tables_restored_below_newer_marts(
    replica: Replica, chance: Chance
) -> None:
    """What dbt built from a run that is lost goes, though its conversations stay."""
    assert replica.finished("backup").returncode == 0
    (number,) = chance.ids(replica)
    statement = "update messages set content = %s where conversation_id = %s"
    for _ in range(chance.randint(1, 3)):
        replica.chatwoot.execute(statement, *("Perdida", number))
        replica.load()
    replica.build()
    done = replica.finished("restore")
    assert done.returncode == 0, done.stderr
    replica.chatwoot.execute(statement, *("Depois", number))
    replica.load()
    replica.build()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of this size."""
    folder.mkdir(exist_ok=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder],
        check=True,
    )
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill_disk(disk: Path, keep_bytes: int) -> Path:
    """Take all of a disk but so many bytes."""
    free = shutil.disk_usage(disk).free
    ballast = disk / "ballast"
    ballast.write_bytes(b"\0" * max(0, free - keep_bytes))
    return ballast


@as_root
@row(27)
def test_disk_of_the_loader_is_full(
    replica: Replica, chance: Chance, tmp_path: Path
) -> None:
    chance.change(replica)
    with small_disk(tmp_path / "disk", 8) as disk:
        small = replica.with_settings(data_dir=disk)
        ballast = fill_disk(disk, chance.choice((0, 8_192, 30_000)))
        done = replica.finished("run", "--full", settings=small.settings)
        assert done.returncode == 1
        assert_one_clear_line(done.returncode, done.stderr)
        ballast.unlink()
        small.load()


@as_root
@row(27)
def test_disk_of_the_warehouse_is_full(
    replica: Replica, chance: Chance, settings_for: Callable[..., Settings]
) -> None:
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    with small_disk(folder, 600) as disk:
        cluster = Cluster(
            "warehouse",
            disk,
            options=DURABLE | {"max_wal_size": "32MB", "min_wal_size": "32MB"},
            dies_with_parent=True,
        )
        try:
            started = servers.start(
                cluster,
                servers.WAREHOUSE_DATABASE,
                servers.WAREHOUSE_OWNER,
                servers.DASHBOARD_USER,
            )
            warehouse = Warehouse(
                servers.WAREHOUSE_DATABASE,
                connect(started.owner),
                started.owner,
                started.reader,
            )
            small = replace(
                replica,
                warehouse=warehouse,
                settings=settings_for(replica.chatwoot.reader, started.owner),
            )
            small.load()
            replica.chatwoot.execute(
                """
                update messages
                set content = (
                    select string_agg(md5(id::text || number), '')
                    from generate_series(1, 3000) as number
                )
                """
            )
            ballast = fill_disk(disk, chance.randint(1_000_000, 4_000_000))
            done = small.finished("run")
            assert done.returncode == 1, done.stdout
            assert_one_clear_line(done.returncode, done.stderr)
            ballast.unlink()
            # Without room for its log, the server may be about to start anew by itself.
            cluster.stop()
            cluster.start()
            small = replace(
                small, warehouse=replace(warehouse, connection=connect(started.owner))
            )
            small.load()
            small.warehouse.connection.close()
        finally:
            warehouse.connection.close()
            cluster.remove()
    folder.rmdir()
