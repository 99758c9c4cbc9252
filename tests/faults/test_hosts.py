"""Where and when the loader and dbt run: rows 8, 28, 29, 31 and 34."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from conftest import NOW, PROJECT_ROOT, SECONDS_AT_MOST, Chatwoot, Warehouse
from oracle import assert_nothing_orphaned
from replica import Replica, connect

from demo import chatwoot as demo
from faults.conftest import FrailServers
from faults.matrix import Chance, row
from faults.test_kills import end, gone, holding, waits
from ground.settings import Settings
from loader.run import run

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


@pytest.mark.skipif(FAKETIME is None, reason="needs Debian's faketime")
@row(8, slow=True)
def test_clocks_of_loader_and_servers_may_differ_by_a_day(
    frail: Replica,
    frail_servers: FrailServers,
    chance: Chance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To a server whose clock is a day ahead, the loader's is a day behind."""
    clusters = [frail_servers.source.cluster, frail_servers.warehouse.cluster]
    for days in chance.sample((-1, 1), 2):
        off = chance.choice((clusters, clusters[:1], clusters[1:]))
        with monkeypatch.context() as patch:
            patch.setenv("LD_PRELOAD", str(FAKETIME))
            patch.setenv("FAKETIME", f"{days:+}d")
            for cluster in off:
                cluster.stop()
                cluster.start()
        frail = frail.reconnected()
        database = frail.chatwoot if off[0] is clusters[0] else frail.warehouse
        ahead = database.value("select extract(epoch from now())") - int(time.time())
        assert abs(ahead - days * 86_400) < 60, "the clock is not off"
        for _ in range(2):
            chance.change(frail)
            done = frail.finished("run")
            assert done.returncode == 0, done.stderr
            frail.load()
        for cluster in off:
            cluster.stop()
        frail_servers.start()
        frail = frail.reconnected()
        chance.change(frail)
        frail.load()
    frail.close()


@row(28)
def test_second_run_leaves_the_first_alone(
    replica: Replica, chance: Chance, tmp_path: Path
) -> None:
    chance.change(replica)
    elsewhere = replica.with_settings(data_dir=tmp_path).settings
    login = replica.warehouse.owner
    with holding(login, "raw_chatwoot.conversations", "exclusive"):
        first = replica.command("run", "--full")
        assert waits(login, first), end(first)
        for settings in (replica.settings, elsewhere):
            second = replica.finished("run", settings=settings)
            assert (second.returncode, second.stdout) == (75, "")
            assert second.stderr == "error: another load is running on this warehouse\n"
    assert first.wait(SECONDS_AT_MOST) == 0, end(first)
    replica.load()


@row(28)
def test_runs_that_start_at_once(
    replica: Replica, chance: Chance, tmp_path: Path
) -> None:
    chance.change(replica)
    folders = [chance.choice((replica.settings.data_dir, tmp_path)) for _ in range(3)]
    together = [
        replica.command("run", settings=replica.with_settings(data_dir=folder).settings)
        for folder in folders
    ]
    codes = [process.wait(SECONDS_AT_MOST) for process in together]
    for process in together:
        process.communicate()
    assert set(codes) <= {0, 75}
    assert 0 in codes
    replica.load()


@row(29)
def test_state_folder_lost_or_old(
    replica: Replica, chance: Chance, tmp_path: Path
) -> None:
    folder = replica.settings.data_dir
    shutil.copytree(folder, tmp_path / "old", dirs_exist_ok=True)
    for _ in range(2):
        chance.change(replica)
        replica.load()
        shutil.rmtree(folder)
        if chance.random() < 0.5:
            shutil.copytree(tmp_path / "old", folder)
        chance.change(replica)
        replica.load()


@row(29)
def test_state_folder_lost_during_a_run(replica: Replica, chance: Chance) -> None:
    chance.change(replica)
    with holding(replica.chatwoot.owner, "messages", "access exclusive"):
        process = replica.command("run", "--full")
        assert waits(replica.chatwoot.owner, process), end(process)
        shutil.rmtree(replica.settings.data_dir / "load")
    _, error = process.communicate(timeout=SECONDS_AT_MOST)
    assert process.returncode in (0, 1)
    assert "Traceback" not in error, error
    gone(replica.warehouse.owner)
    replica.load()


@row(31, slow=True)
def test_readers_see_old_or_new_while_dbt_is_killed(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    chance: Chance,
) -> None:
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    demo.generate(chatwoot.connection, 60, until=NOW)
    replica = Replica(
        chatwoot, warehouse, settings_for(chatwoot.reader, warehouse.owner)
    )
    replica.load()
    assert replica.finished("dbt", "build", "--quiet").returncode == 0
    marts = [
        table
        for (table,) in warehouse.query(
            "select oid::regclass::text from pg_class"
            " where relkind in ('r', 'v') and relnamespace = 'marts'::regnamespace"
        )
    ]
    filled = [mart for mart in marts if warehouse.value(f"select count(*) from {mart}")]
    assert filled
    stop = threading.Event()
    faults: list[str] = []
    reads = 0

    def read() -> None:
        nonlocal reads
        with closing(connect(warehouse.reader)) as connection:
            cursor = connection.cursor()
            while not stop.is_set():
                for mart in filled:
                    try:
                        cursor.execute(f"select count(*) from {mart}")
                        if cursor.fetchone() == (0,):
                            faults.append(f"{mart} is empty")
                    except psycopg2.Error as error:
                        faults.append(f"{mart}: {error}")
                    reads += 1

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        began = time.monotonic()
        assert replica.finished("dbt", "build", "--quiet").returncode == 0
        whole_seconds = time.monotonic() - began
        for days in (1, 2, 3):
            demo.live(chatwoot.connection, NOW + timedelta(days=days))
            chance.change(replica)
            run(replica.settings)
            process = replica.command("dbt", "build", "--quiet")
            try:
                process.wait(chance.uniform(0.3, 1) * whole_seconds)
            except subprocess.TimeoutExpired:
                process.kill()
            process.communicate()
            gone(warehouse.owner)
        assert replica.finished("dbt", "build", "--quiet").returncode == 0
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert reads > 100
    assert not faults, faults[:5]
    assert_nothing_orphaned(warehouse)
    replica.close()


@row(34, slow=True)
def test_random_writers_and_kills_end_equal(chance: Chance) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", "1", f"--seed={chance.randrange(1000)}"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=2 * SECONDS_AT_MOST,
    )
    assert done.returncode == 0, done.stdout + done.stderr
