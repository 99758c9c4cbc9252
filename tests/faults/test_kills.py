"""Loader, source and warehouse killed anywhere: rows 18 to 20.

A run is held at a chosen point by a lock on a table that it is about to use; then it,
or the server, is killed there, or some milliseconds after the lock is gone.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg2
import pytest
from conftest import SECONDS_AT_MOST
from replica import Replica, connect

from faults.conftest import FrailServers
from faults.matrix import Chance, row
from loader.history import RAW_SCHEMA

Process = subprocess.Popen[str]


@contextmanager
def holding(login: dict[str, object], table: str, mode: str) -> Iterator[None]:
    """Hold a lock on a table; a server that was killed has let go of it."""
    with closing(psycopg2.connect(**login)) as holder, holder.cursor() as cursor:
        cursor.execute(f"lock table {table} in {mode} mode")
        yield


def waits(login: dict[str, object], process: Process, table: str = "") -> bool:
    """Wait until a session waits for a lock, or for the one of a table.

    Returns False if the process ends before.
    """
    deadline = time.monotonic() + SECONDS_AT_MOST
    with closing(connect(login)) as observer, observer.cursor() as cursor:
        while process.poll() is None:
            # Not pg_stat_activity, which hides the sessions of other roles.
            cursor.execute(
                "select 1 from pg_locks inner join pg_database on database = oid"
                " where datname = current_database() and not granted"
                " and (%(table)s = '' or relation = to_regclass(%(table)s))",
                {"table": table},
            )
            if cursor.fetchone():
                return True
            assert time.monotonic() < deadline, "the run hangs"
            time.sleep(0.01)
    return False


def gone(login: dict[str, object]) -> None:
    """Wait until the server has noticed that the loader is dead."""
    deadline = time.monotonic() + SECONDS_AT_MOST
    with closing(connect(login)) as observer, observer.cursor() as cursor:
        while True:
            # Those of the tests idle; the loader's are called what the loader says.
            cursor.execute(
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
                " and (state <> 'idle' or application_name = 'allpfit_analytics')"
            )
            if cursor.fetchone() == (0,):
                return
            assert time.monotonic() < deadline, "the dead loader's session lives on"
            time.sleep(0.02)


def tables(replica: Replica) -> list[str]:
    """The tables that a run may write, dlt's own among them."""
    return [
        table
        for (table,) in replica.warehouse.query(
            """
            select oid::regclass::text
            from pg_class
            where relkind = 'r' and relnamespace::regnamespace::text like %s
            order by 1
            """,
            f"{RAW_SCHEMA}%",
        )
    ]


def end(process: Process) -> str:
    """Kill the loader, if it still runs; return its last words."""
    process.kill()
    return process.communicate(timeout=SECONDS_AT_MOST)[1]


@row(20)
def test_loader_killed_anywhere(replica: Replica, chance: Chance) -> None:
    """Each time after changes, some of which are taken back before the next run."""
    points = tables(replica)
    killed = 0
    for _ in range(3 if chance.is_short else 20):
        text = f"Antes {chance.random()}"
        replica.chatwoot.execute("update teams set name = %s", text)
        chance.change(replica)
        full = ["--full"] if chance.random() < 0.3 else []
        login = replica.warehouse.owner
        with holding(login, chance.choice(points), "exclusive"):
            process = replica.command("run", *full)
            is_held = waits(login, process)
            if is_held and chance.random() < 0.5:
                end(process)
        if is_held:
            time.sleep(chance.random() * 0.05)
            end(process)
            killed += 1
        else:
            assert process.wait() == 0, end(process)
        gone(login)
        if chance.random() < 0.7:
            replica.chatwoot.execute("update teams set name = 'Recepção'")
            replica.chatwoot.execute("update contacts set name = 'Contato'")
        replica.load()
    assert killed


@row(20)
@pytest.mark.parametrize(
    "table",
    [
        f"{RAW_SCHEMA}.conversation_loads",
        pytest.param(f"{RAW_SCHEMA}.load_runs", marks=pytest.mark.slow),
    ],
)
def test_loader_killed_between_data_and_watermark(
    replica: Replica, chance: Chance, table: str
) -> None:
    """What a dead run had merged does not outlive its reversal at the source."""
    (number,) = chance.ids(replica)
    login = replica.warehouse.owner
    reversible = {
        "contacts": f"update contacts set name = %s where id = {number}",
        "inboxes": "update inboxes set name = %s",
        "teams": "update teams set name = %s",
    }
    statement = reversible[chance.choice(list(reversible))]
    replica.chatwoot.execute(statement, "Antes")
    replica.load()
    replica.chatwoot.execute(statement, "Durante")
    with ExitStack() as until_dead:
        with holding(login, f"{RAW_SCHEMA}.conversations", "exclusive"):
            process = replica.command("run")
            assert waits(login, process), end(process)
            until_dead.enter_context(holding(login, table, "exclusive"))
        assert waits(login, process, table), end(process)
        end(process)
    gone(login)
    replica.chatwoot.execute(statement, "Antes")
    replica.load()


@row(20, slow=True)
@pytest.mark.parametrize("frail", [600], indirect=True)
def test_loader_killed_at_any_moment_of_a_full_load(
    frail: Replica, chance: Chance
) -> None:
    began = time.monotonic()
    assert frail.finished("run", "--full").returncode == 0
    whole_seconds = time.monotonic() - began
    killed = 0
    while killed < 4:
        chance.change(frail)
        began = time.monotonic()
        process = frail.command("run", "--full")
        try:
            process.wait(chance.uniform(0.2, 1) * whole_seconds)
            whole_seconds = time.monotonic() - began  # now it is quicker
        except subprocess.TimeoutExpired:
            killed += 1
        end(process)
        gone(frail.warehouse.owner)
        chance.change(frail)
        frail.load()
    assert not (frail.settings.data_dir / "load").exists()


@row(18)
def test_source_killed_while_it_is_read(
    frail: Replica, frail_servers: FrailServers, chance: Chance
) -> None:
    slowly = frail.with_settings(load_batch_size=2, load_pause_seconds=0.02)
    tables = ("messages", "contacts", "conversations", "users", "taggings")
    for _ in range(1 if chance.is_short else 4):
        chance.change(frail)
        with holding(frail.chatwoot.owner, chance.choice(tables), "access exclusive"):
            process = slowly.command("run", "--full")
            is_held = waits(frail.chatwoot.owner, process)
            assert is_held, end(process)
            if chance.random() < 0.5:
                frail_servers.source.cluster.kill()
        time.sleep(chance.random() * 0.5)
        frail_servers.source.cluster.kill()
        if chance.random() < 0.5:
            frail_servers.source.cluster.start()
        _, error = process.communicate(timeout=SECONDS_AT_MOST)
        frail_servers.source.cluster.start()
        assert process.returncode in (0, 1)
        assert_one_clear_line(process.returncode, error)
        frail = frail.reconnected()
        frail.load()
    frail.close()


@row(19)
def test_warehouse_killed_anywhere(
    frail: Replica, frail_servers: FrailServers, chance: Chance
) -> None:
    cluster = frail_servers.warehouse.cluster
    points = tables(frail)
    killed = 0
    for _ in range(2 if chance.is_short else 10):
        chance.change(frail)
        login = frail.warehouse.owner
        with holding(login, chance.choice(points), "exclusive"):
            process = frail.command("run")
            is_held = waits(login, process)
            if is_held and chance.random() < 0.3:
                cluster.kill()
                killed += 1
        if is_held:
            time.sleep(chance.random() * 0.05)  # before or after the next commit
            cluster.kill()
            killed += 1
        _, error = process.communicate(timeout=SECONDS_AT_MOST)
        cluster.start()
        assert_one_clear_line(process.returncode, error)
        frail = frail.reconnected()
        if chance.random() < 0.5:
            chance.change(frail)
        frail.load()
    assert killed
    frail.close()


def assert_one_clear_line(code: int, error: str) -> None:
    """Fail unless a run that failed says why in one line, and no other one does."""
    assert "Traceback" not in error, error
    said = [line for line in error.splitlines() if line.startswith("error: ")]
    assert len(said) == (code != 0), error
    assert code in (0, 1), error
