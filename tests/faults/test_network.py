"""What stands between the loader and a server: rows 21 to 23 and 32."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest
from conftest import SECONDS_AT_MOST
from proxy import Proxy
from replica import Replica, connect

from faults.conftest import FrailServers
from faults.matrix import Chance, row
from faults.test_kills import (
    assert_one_clear_line,
    end,
    gone,
    holding,
    tables,
    waits,
)

SIDES = pytest.mark.parametrize(
    "side", ["source", pytest.param("local", marks=pytest.mark.slow)]
)


@contextmanager
def behind_a_proxy(replica: Replica, side: str) -> Iterator[tuple[Replica, Proxy]]:
    """The replica, with a proxy before one of its servers."""
    port = getattr(replica.settings, f"{side}_db_port")
    with Proxy("127.0.0.1", port) as proxy:
        yield replica.with_settings(**{f"{side}_db_port": proxy.port}), proxy


def finish(process: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    """Wait for the end of a run."""
    out, error = process.communicate(timeout=SECONDS_AT_MOST)
    return subprocess.CompletedProcess(process.args, process.returncode, out, error)


@row(21)
@SIDES
def test_connection_cut_or_reset(replica: Replica, chance: Chance, side: str) -> None:
    with behind_a_proxy(replica, side) as (far, proxy):
        assert far.finished("run", "--full").returncode == 0
        said = proxy.bytes_from_server
        for _ in range(1 if chance.is_short else 6):
            chance.change(replica)
            if chance.random() < 0.7:
                proxy.reset_after(chance.randrange(1, said))
                done = far.finished("run", "--full")
            else:
                enough = proxy.bytes_from_server + chance.randrange(1, said)
                process = far.command("run", "--full")
                while process.poll() is None and proxy.bytes_from_server < enough:
                    time.sleep(0.005)
                proxy.cut()
                done = finish(process)
            proxy.mend()
            assert_one_clear_line(done.returncode, done.stderr)
            gone(replica.warehouse.owner)
            replica.load()
            chance.change(replica)
            assert far.finished("run").returncode == 0
            replica.load()


@row(21)
@SIDES
def test_silent_network_holds_the_run_and_lets_no_other_in(
    replica: Replica, chance: Chance, side: str
) -> None:
    chance.change(replica)
    with behind_a_proxy(replica, side) as (far, proxy):
        with holding(replica.warehouse.owner, chance.choice(tables(replica)), "share"):
            process = far.command("run", "--full")
            if not waits(replica.warehouse.owner, process):
                assert process.wait() == 0, end(process)
            proxy.silence()
        second = replica.finished("run")
        if process.poll() is None:
            assert second.returncode in (0, 75), second.stderr
        proxy.mend()
        proxy.reset()
        _, error = process.communicate(timeout=SECONDS_AT_MOST)
        assert_one_clear_line(process.returncode, error)
    gone(replica.warehouse.owner)
    replica.load()


@row(21, slow=True)
@SIDES
def test_slow_network_is_only_slow(replica: Replica, chance: Chance, side: str) -> None:
    chance.change(replica)
    with behind_a_proxy(replica, side) as (far, proxy):
        process = far.command("run")
        proxy.slow_down(1)
        time.sleep(chance.uniform(1, 5))
        assert process.poll() is None
        proxy.slow_down(100_000)
        assert process.wait(SECONDS_AT_MOST) == 0, end(process)
    replica.load()


@row(22)
@SIDES
def test_terminated_session(
    frail: Replica, frail_servers: FrailServers, chance: Chance, side: str
) -> None:
    database = frail.chatwoot if side == "source" else frail.warehouse
    server = frail_servers.source if side == "source" else frail_servers.warehouse
    superuser = server.cluster.connection(database.name)
    slowly = frail.with_settings(load_batch_size=3, load_pause_seconds=0.01)
    for _ in range(1 if chance.is_short else 5):
        chance.change(frail)
        process = slowly.command("run", "--full")
        terminated = 0
        delay = chance.random() * 0.5
        began = None
        with closing(connect(superuser)) as admin, admin.cursor() as cursor:
            while process.poll() is None and not terminated:
                cursor.execute(
                    "select count(*) from pg_stat_activity"
                    " where datname = current_database()"
                    " and application_name = 'allpfit_analytics'"
                )
                if began is None and cursor.fetchone() != (0,):
                    began = time.monotonic()
                if began is not None and time.monotonic() - began > delay:
                    cursor.execute(
                        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                        " where datname = current_database()"
                        " and application_name = 'allpfit_analytics'"
                    )
                    ((terminated,),) = cursor.fetchall()
                time.sleep(0.005)
        _, error = process.communicate(timeout=SECONDS_AT_MOST)
        assert_one_clear_line(process.returncode, error)
        gone(frail.warehouse.owner)
        frail.load()


@row(23)
def test_timeouts_end_a_run_cleanly(
    frail: Replica, frail_servers: FrailServers, chance: Chance
) -> None:
    chance.change(frail)
    admins = {
        server: connect(server.cluster.connection())
        for server in (frail_servers.source, frail_servers.warehouse)
    }
    source, warehouse = frail_servers.source, frail_servers.warehouse
    limits = [
        (source, source.reader, "lock_timeout = '50ms'", "messages"),
        (source, source.reader, "idle_in_transaction_session_timeout = '1ms'", None),
        (warehouse, warehouse.owner, "lock_timeout = '50ms'", "conversation_loads"),
        (warehouse, warehouse.owner, "statement_timeout = '1ms'", None),
    ]
    chosen = [chance.choice(limits[:2]), chance.choice(limits[2:])]
    for server, role, limit, locked in chosen if chance.is_short else limits:
        admin = admins[server].cursor()
        name = limit.split()[0]
        admin.execute(
            f"select setting from pg_roles, unnest(rolconfig) as setting"
            f" where rolname = '{role}' and setting like '{name}=%'"
        )
        before = admin.fetchone()
        admin.execute(f"alter role {role} set {limit}")
        with ExitStack() as stack:
            if locked == "messages":
                stack.enter_context(
                    holding(frail.chatwoot.owner, locked, "access exclusive")
                )
            elif locked:
                stack.enter_context(
                    holding(frail.warehouse.owner, f"raw_chatwoot.{locked}", "share")
                )
            done = frail.finished("run", "--full")
        admin.execute(
            f"alter role {role} set {name} = '{before[0].split('=')[1]}'"
            if before
            else f"alter role {role} reset {name}"
        )
        assert done.returncode == 1, (limit, done.stderr)
        assert_one_clear_line(done.returncode, done.stderr)
        frail.load()
    for admin in admins.values():
        admin.close()


@row(23, slow=True)
def test_statement_that_takes_too_long_ends_the_run(
    replica: Replica, chance: Chance
) -> None:
    chance.change(replica)
    impatient = replica.with_settings(load_statement_timeout_seconds=1)
    with holding(replica.chatwoot.owner, "contacts", "access exclusive"):
        done = impatient.finished("run", "--full")
    assert done.returncode == 1
    assert "statement timeout" in done.stderr
    assert_one_clear_line(done.returncode, done.stderr)
    replica.load()


def too_many_connections(frail: Replica, servers: FrailServers) -> Callable[[], None]:
    return altered(
        servers.source.cluster.connection(),
        f"alter role {servers.source.reader} connection limit 0",
        f"alter role {servers.source.reader} connection limit 4",
    )


def database_full(frail: Replica, servers: FrailServers) -> Callable[[], None]:
    return altered(
        servers.warehouse.cluster.connection(),
        f"alter role {servers.warehouse.owner} connection limit 1",
        f"alter role {servers.warehouse.owner} connection limit -1",
    )


def read_only(frail: Replica, servers: FrailServers) -> Callable[[], None]:
    name = frail.warehouse.name
    return altered(
        servers.warehouse.cluster.connection(),
        f"alter database {name} set default_transaction_read_only = on",
        f"alter database {name} reset default_transaction_read_only",
    )


def rotated_password(frail: Replica, servers: FrailServers) -> Callable[[], None]:
    role = servers.source.reader
    password = frail.settings.source.password
    return altered(
        servers.source.cluster.connection(),
        f"alter role {role} password 'rotated'",
        f"alter role {role} password '{password}'",
    )


def altered(login: dict[str, object], change: str, back: str) -> Callable[[], None]:
    """Change something as an administrator; return what changes it back."""

    def execute(statement: str) -> None:
        with closing(connect(login)) as admin, admin.cursor() as cursor:
            cursor.execute(statement)

    execute(change)
    return lambda: execute(back)


@row(32)
@pytest.mark.parametrize(
    "fault",
    [
        read_only,
        rotated_password,
        pytest.param(too_many_connections, marks=pytest.mark.slow),
        pytest.param(database_full, marks=pytest.mark.slow),
    ],
)
def test_refused_login_or_write_leaves_all_as_it_was(
    frail: Replica,
    frail_servers: FrailServers,
    chance: Chance,
    fault: Callable[[Replica, FrailServers], Callable[[], None]],
) -> None:
    chance.change(frail)
    mend = fault(frail, frail_servers)
    try:
        done = frail.finished("run", *chance.choice(([], ["--full"])))
    finally:
        mend()
    assert done.returncode == 1
    assert_one_clear_line(done.returncode, done.stderr)
    assert str(frail.settings.source.password) not in done.stderr
    frail.load()
