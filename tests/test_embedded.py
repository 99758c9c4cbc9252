"""The embedded servers keep what was committed, and leave nothing behind."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST

from ground.embedded import Cluster, find_binaries


@pytest.fixture
def cluster(servers_folder: Path) -> Iterator[Cluster]:
    made = Cluster("crash test", servers_folder, dies_with_parent=True)
    made.start()
    yield made
    made.remove()


def execute(cluster: Cluster, statement: str) -> list[tuple[object, ...]]:
    with (
        closing(psycopg2.connect(**cluster.connection())) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_committed_rows_survive_kills(cluster: Cluster) -> None:
    execute(cluster, "create table kept as select generate_series(1, 1000) as number")
    for _ in range(3):
        execute(cluster, "insert into kept values (0)")
        cluster.kill()
        assert not cluster.is_running()
        cluster.start()
    assert execute(cluster, "select count(*) from kept") == [(1003,)]


def test_starting_twice_and_at_once_is_one_server(cluster: Cluster) -> None:
    pid = cluster.pid()
    cluster.kill()
    starters = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import sys; from pathlib import Path; from ground.embedded import *;"
                "c = Cluster('crash test', Path(sys.argv[1])); c.start();"
                "print(c.pid())",
                str(cluster.folder.parent),
            ],
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    pids = {
        starter.communicate(timeout=SECONDS_AT_MOST)[0].strip() for starter in starters
    }
    assert pids == {str(cluster.pid())}
    assert pids != {str(pid)}
    cluster.start()
    assert pids == {str(cluster.pid())}


def test_pid_that_went_to_another_program_does_not_confuse(cluster: Cluster) -> None:
    cluster.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        data = cluster.data
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n")
        assert not cluster.is_running()
        cluster.start()
        assert cluster.is_running()
        cluster.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_taken_port_is_left_to_its_owner(cluster: Cluster) -> None:
    port = cluster.connection()["port"]
    cluster.stop()
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        cluster.start()
        assert cluster.connection()["port"] != port
    assert execute(cluster, "select 1") == [(1,)]


def test_listens_on_loopback_with_a_password_only(cluster: Cluster) -> None:
    assert execute(
        cluster,
        "select current_setting('listen_addresses'),"
        " current_setting('unix_socket_directories')",
    ) == [("127.0.0.1", "")]
    assert execute(
        cluster,
        "select distinct auth_method from pg_hba_file_rules where type = 'host'",
    ) == [("scram-sha-256",)]
    login = cluster.connection() | {"password": "guess"}
    with pytest.raises(psycopg2.OperationalError, match="password authentication"):
        psycopg2.connect(**login)
    mode = (cluster.folder / "connection.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_killed_initialisation_is_begun_again(servers_folder: Path) -> None:
    cluster = Cluster("half made", servers_folder, dies_with_parent=True)
    (cluster.folder / "data.init").mkdir(parents=True)
    (cluster.folder / "data.init" / "PG_VERSION").write_text("18\n")
    cluster.start()
    assert execute(cluster, "select 1") == [(1,)]
    cluster.remove()
    assert not cluster.folder.exists()


def test_folder_that_is_not_ours_stays(servers_folder: Path) -> None:
    absent = Cluster("absent", servers_folder)
    absent.stop()
    absent.remove()
    foreign = Cluster("foreign", servers_folder)
    foreign.folder.mkdir()
    (foreign.folder / "thesis.txt").write_text("Mine")
    foreign.remove()
    assert (foreign.folder / "thesis.txt").read_text() == "Mine"


def test_server_of_a_test_ends_with_its_process(servers_folder: Path) -> None:
    starter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from ground.embedded import *;"
            "c = Cluster('orphan', Path(sys.argv[1]), dies_with_parent=True);"
            "c.start(); print(c.pid(), flush=True); time.sleep(60)",
            str(servers_folder),
        ],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    os.kill(starter.pid, signal.SIGKILL)
    starter.communicate()
    cluster = Cluster("orphan", servers_folder)
    deadline = time.monotonic() + SECONDS_AT_MOST
    while cluster.pid() == pid:
        assert time.monotonic() < deadline, "the server outlived its test"
    cluster.remove()


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """The umask of whoever starts a server."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(cluster: Cluster) -> dict[str, int]:
    return {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (cluster.folder, *cluster.folder.iterdir())
    }


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a server of another user can enter, too."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.usefixtures("_umask")
def test_folder_is_closed_whatever_the_umask(open_folder: Path) -> None:
    """But for the way of a server that is another user's."""
    cluster = Cluster("closed", open_folder / "new", dies_with_parent=True)
    way = 0o711 if os.geteuid() == 0 else 0o700
    closed = {
        "closed": way,
        "connection.json": 0o600,
        "data": 0o700,
        "lock": 0o600,
        "server.log": 0o600,
    }
    try:
        cluster.start()
        assert modes(cluster) == closed
        assert stat.S_IMODE(cluster.folder.parent.stat().st_mode) == way
        # As an earlier version has left it, while the server runs and when it is down.
        for stop in (lambda: None, cluster.kill):
            cluster.folder.chmod(0o777)
            for name in ("lock", "server.log"):
                (cluster.folder / name).chmod(0o666)
            pid = cluster.pid()
            stop()
            cluster.start()
            assert (cluster.pid() == pid) == (stop != cluster.kill)
            assert modes(cluster) == closed | {"closed": 0o711}
            assert cluster.home() == cluster.folder
    finally:
        cluster.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's folders hide from a server")
@pytest.mark.usefixtures("_umask")
def test_root_keeps_a_private_folder_private(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's user cannot enter it, so data and binaries stand in /var/tmp."""
    # A folder of this run: another gate may be at work on the machine.
    private = Path(tempfile.mkdtemp(prefix=".allpfit test ", dir=Path.home()))
    try:
        wheel = find_binaries().parents[1]
        for folder in (wheel, wheel.with_suffix(".libs")):
            copied = shutil.copytree(folder, private / folder.name)
            # As an installation by somebody with a umask of 077 leaves them.
            for path in (copied, *copied.rglob("*")):
                path.chmod(path.stat().st_mode & 0o700)
        binaries = private / wheel.name / "pginstall" / "bin"
        monkeypatch.setenv("PG_BIN_DIR", str(binaries))
        cluster = Cluster("hidden", private, dies_with_parent=True)
        for _ in range(2):
            cluster.start()
            assert execute(cluster, "select 1") == [(1,)]
            cluster.kill()
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        home = cluster.home()
        assert home.parent == Path("/var/tmp")
        cluster.remove()
        assert not home.exists()
    finally:
        shutil.rmtree(private)
