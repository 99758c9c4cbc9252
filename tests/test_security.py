"""Passwords show nowhere, whatever fails; connections are encrypted, or refused."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from conftest import FAST, PROJECT_ROOT, SECONDS_AT_MOST, grant_reader
from conftest import TestServer as Server
from psycopg2 import sql
from replica import fill

from demo import chatwoot as demo_chatwoot
from ground import servers
from ground.embedded import Cluster, server_user
from loader import views

PASSWORD = "p@ss w/:rd%#'\""
# Pieces too: what cuts a connection string up may print one.
CANARIES = ("p@ss", "w/:rd", quote("p@ss", safe=""), quote("w/:rd", safe=""))
DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
COMMANDS = ("run", "reconcile", "doctor", "backup", "status", "dbt build --quiet")


@dataclass(frozen=True)
class Installation:
    """A Chatwoot and a warehouse, and the variables that name them."""

    source: Server
    warehouse: Server
    variables: dict[str, str]
    folder: Path

    def start(self, command: str, **broken: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "loader", *command.split()],
            cwd=PROJECT_ROOT,
            env=os.environ | self.variables | broken,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def administer(self, server: Server, database: str, statement: str) -> list[object]:
        login = server.cluster.connection(database)
        with closing(psycopg2.connect(**login)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def install(source: Cluster, warehouse: Cluster, folder: Path) -> Installation:
    """Fill a Chatwoot, and give every role the password."""
    chatwoot = servers.start(source, "chatwoot", "chatwoot", "allpfit_reader")
    target = servers.start(warehouse, "analytics", "allpfit", "allpfit_dashboard")
    with closing(psycopg2.connect(**chatwoot.owner)) as connection:
        demo_chatwoot.create(connection)
        views.deploy(connection)
        made = type("Made", (), {"connection": connection})
        fill(made, 40)  # type: ignore[arg-type]
        connection.commit()
    made_source = Server(source, "chatwoot", "allpfit_reader")
    grant_reader(made_source, "chatwoot")
    variables = {"DASHBOARD_DB_PASSWORD": PASSWORD, "DATA_DIR": str(folder / "data")}
    variables["DBT_TARGET_PATH"] = str(folder / "target")
    variables["DBT_LOG_PATH"] = str(folder / "logs")
    for prefix, login in (("SOURCE_DB", chatwoot.reader), ("LOCAL_DB", target.owner)):
        variables |= {
            f"{prefix}_HOST": login["host"],
            f"{prefix}_PORT": str(login["port"]),
            f"{prefix}_NAME": login["dbname"],
            f"{prefix}_USER": login["user"],
            f"{prefix}_PASSWORD": PASSWORD,
        }
    for cluster, role in (
        (source, "allpfit_reader"),
        (warehouse, "allpfit"),
        (warehouse, "allpfit_dashboard"),
    ):
        with closing(psycopg2.connect(**cluster.connection())) as connection:
            connection.cursor().execute(
                sql.SQL("alter role {} password %s").format(sql.Identifier(role)),
                (PASSWORD,),
            )
            connection.commit()
    return Installation(
        made_source,
        Server(warehouse, "allpfit", "allpfit_dashboard"),
        variables,
        folder,
    )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("canary")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    clusters = [
        Cluster(name, folder, options=FAST, dies_with_parent=True)
        for name in ("source", "warehouse")
    ]
    yield install(*clusters, folder / "installation")
    for cluster in clusters:
        cluster.remove()


def assert_no_password(installation: Installation, *texts: str) -> None:
    """Look at what was printed, every file, the warehouse and all command lines."""
    places = {f"output {number}": text for number, text in enumerate(texts)}
    for file in installation.folder.rglob("*"):
        if file.is_file():
            places[str(file)] = file.read_bytes().decode("utf-8", "replace")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            places[str(process)] = (process / "cmdline").read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            continue
    if installation.warehouse.cluster.is_running():
        tables = installation.administer(
            installation.warehouse,
            "analytics",
            "select format('%I.%I', schemaname, tablename) from pg_tables"
            " where schemaname !~ '^(pg_|information_schema$)'",
        )
        for (table,) in tables:
            places[table] = str(
                installation.administer(
                    installation.warehouse,
                    "analytics",
                    f"select stored::text from {table} as stored",
                )
            )
    for place, text in places.items():
        for canary in CANARIES:
            assert canary not in text, place


WRONG = {
    "wrong host of the source": {"SOURCE_DB_HOST": "no.such.host.invalid"},
    "wrong host of the warehouse": {"LOCAL_DB_HOST": "no.such.host.invalid"},
    "wrong port of the source": {"SOURCE_DB_PORT": "1"},
    "wrong port of the warehouse": {"LOCAL_DB_PORT": "1"},
    "wrong password of the source": {"SOURCE_DB_PASSWORD": PASSWORD + "x"},
    "wrong password of the warehouse": {"LOCAL_DB_PASSWORD": PASSWORD + "x"},
}


@pytest.mark.parametrize("wrong", list(WRONG))
def test_password_shows_nowhere_when_a_login_fails(
    installation: Installation, wrong: str
) -> None:
    is_source = wrong.endswith("source")
    commands = ("run", "reconcile", "doctor") if is_source else COMMANDS
    started = {
        command: installation.start(command, **WRONG[wrong]) for command in commands
    }
    printed = {
        command: process.communicate(timeout=SECONDS_AT_MOST)
        for command, process in started.items()
    }
    for command, (stdout, stderr) in printed.items():
        assert started[command].returncode == (
            # Whichever comes second finds the first at work.
            75 if "another load" in stderr else 1
        ), (command, stderr)
        assert "Traceback" not in stderr
        if command == "doctor":
            side = "source" if is_source else "warehouse"
            assert f"cannot connect to the {side} " in stdout
        elif "another load" not in stderr:
            server = "source allpfit_reader@" if is_source else "warehouse allpfit@"
            assert f"error: cannot connect to the {server}" in stderr
            assert stderr.count("\n") == 1
    assert_no_password(
        installation, *(text for both in printed.values() for text in both)
    )


def test_password_shows_nowhere_while_all_is_well(installation: Installation) -> None:
    for command in (
        "run",
        "dbt build --quiet",
        "backup",
        "status --json",
        "run --json",
    ):
        process = installation.start(command)
        outputs = process.communicate(timeout=SECONDS_AT_MOST)
        assert process.returncode == 0, outputs
        if command.endswith("--json"):
            assert isinstance(json.loads(outputs[0]), dict)
        assert_no_password(installation, *outputs)


def test_password_shows_nowhere_while_pg_dump_runs(installation: Installation) -> None:
    login = installation.warehouse.owner_of("analytics") | {"password": PASSWORD}
    run = installation.start("run")
    run.communicate(timeout=SECONDS_AT_MOST)
    with closing(psycopg2.connect(**login)) as holder:
        holder.cursor().execute("lock table raw_chatwoot.conversations")
        process = installation.start("backup")
        seen = until(
            lambda: [
                line
                for line in command_lines()
                if b"pg_dump" in line and str(installation.folder).encode() in line
            ],
            process,
        )
        for line in [*seen, *command_lines()]:
            assert not any(canary.encode() in line for canary in CANARIES)
        holder.rollback()
        assert process.wait(SECONDS_AT_MOST) == 0
    assert_no_password(installation, *process.communicate())


def test_password_shows_nowhere_when_sql_fails(installation: Installation) -> None:
    """The owner of the warehouse has lost its rights to what is in it."""
    installation.start("run").communicate(timeout=SECONDS_AT_MOST)
    take, give_back = (
        f"alter table raw_chatwoot.conversations owner to {owner}; {grant}"
        for owner, grant in (
            ("postgres", "revoke all on raw_chatwoot.conversations from allpfit"),
            ("allpfit", "select 1"),
        )
    )
    installation.administer(installation.warehouse, "analytics", take)
    outputs: list[str] = []
    for command in ("run --full", "reconcile", "backup", "status", "dbt build --quiet"):
        process = installation.start(command)
        stdout, stderr = process.communicate(timeout=SECONDS_AT_MOST)
        assert process.returncode == 1, (command, stdout, stderr)
        assert "permission denied" in stdout + stderr or "must be owner" in stderr
        for word in ("Traceback", "PipelineStepFailed", "load_id"):
            assert word not in stderr, stderr
        outputs += [stdout, stderr]
    assert_no_password(installation, *outputs)
    installation.administer(installation.warehouse, "analytics", give_back)


@pytest.mark.parametrize("victim", ["source", "warehouse", "loader"])
def test_password_shows_nowhere_after_a_kill(
    installation: Installation, victim: str
) -> None:
    installation.start("run").communicate(timeout=SECONDS_AT_MOST)
    process = installation.start(
        "run --full --json", LOAD_BATCH_SIZE="1", LOAD_PAUSE_SECONDS="0.5"
    )
    folder = installation.folder / "data" / "load"
    until(lambda: list(folder.glob("conversations_*.csv")), process)
    if victim == "loader":
        process.send_signal(signal.SIGKILL)
    else:
        getattr(installation, victim).cluster.kill()
    stdout, stderr = process.communicate(timeout=SECONDS_AT_MOST)
    if victim != "loader":
        getattr(installation, victim).cluster.start()
    if victim != "loader":
        assert process.returncode == 1
        failure = json.loads(stdout)
        assert failure["exit_code"] == 1
        assert "PipelineStepFailed" not in stderr
        assert "load_id" not in stderr
        assert "\n" not in failure["error"]
        if victim == "source":
            assert "the source allpfit_reader@" in failure["error"]
    assert_no_password(installation, stdout, stderr)
    # The port may be another one after a restart.
    for side, prefix in (("source", "SOURCE_DB"), ("warehouse", "LOCAL_DB")):
        port = getattr(installation, side).cluster.connection()["port"]
        installation.variables[f"{prefix}_PORT"] = str(port)
    again = installation.start("run --json")
    stdout, stderr = again.communicate(timeout=SECONDS_AT_MOST)
    assert again.returncode == 0, stderr
    assert_no_password(installation, stdout, stderr)


# --------------------------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def authority() -> Iterator[Path]:
    """Two certificate authorities; the first has signed one for `localhost`."""
    # Where the user that runs the server for root can read them.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        make_certificates(Path(name))
        yield Path(name)


def make_certificates(folder: Path) -> None:
    for name in ("right", "wrong"):
        openssl(
            *f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name}".split(),
            *f"-keyout {folder}/{name}.key -out {folder}/{name}.crt".split(),
        )
    openssl(
        *["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"],
        *f"-keyout {folder}/server.key -out {folder}/server.csr".split(),
    )
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    openssl(
        *f"x509 -req -in {folder}/server.csr -out {folder}/server.crt -days 2".split(),
        *f"-CA {folder}/right.crt -CAkey {folder}/right.key -CAcreateserial".split(),
        *f"-extfile {folder}/names".split(),
    )
    (folder / "server.crt").chmod(0o644)
    (folder / "server.key").chmod(0o600)
    if (user := server_user()) is not None:
        os.chown(folder / "server.key", user.pw_uid, user.pw_gid)


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def encrypted(
    authority: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Both databases on one server that has TLS, by the name in its certificate."""
    folder = tmp_path_factory.mktemp("encrypted")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    options = FAST | {
        "ssl": "on",
        "ssl_cert_file": str(authority / "server.crt"),
        "ssl_key_file": str(authority / "server.key"),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PG_BIN_DIR", str(DEBIAN[-1].parent))
        cluster = Cluster("tls", folder, options=options, dies_with_parent=True)
        made = install(cluster, cluster, folder / "installation")
    for prefix in ("SOURCE_DB", "LOCAL_DB"):
        made.variables[f"{prefix}_HOST"] = "localhost"
        made.variables[f"{prefix}_SSLMODE"] = "verify-full"
        made.variables[f"{prefix}_SSLROOTCERT"] = str(authority / "right.crt")
    yield made
    cluster.remove()


needs_tls = pytest.mark.skipif(
    not DEBIAN, reason="the wheel's server has no TLS, and there is no other here"
)


@needs_tls
@pytest.mark.parametrize("sslmode", ["require", "verify-full"])
def test_encrypted_connections_work(
    encrypted: Installation, authority: Path, sslmode: str
) -> None:
    rootcert = str(authority / "right.crt") if sslmode == "verify-full" else ""
    settings = {
        f"{prefix}_{name}": value
        for prefix in ("SOURCE_DB", "LOCAL_DB")
        for name, value in (("SSLMODE", sslmode), ("SSLROOTCERT", rootcert))
    }
    for command in ("run", "dbt debug --quiet", "backup"):
        process = encrypted.start(command, **settings)
        stdout, stderr = process.communicate(timeout=SECONDS_AT_MOST)
        assert process.returncode == 0, (command, stdout, stderr)


@needs_tls
@pytest.mark.parametrize(
    ("broken", "reason", "remedy"),
    [
        ("authority", "certificate verify failed", "not signed by the authority"),
        ("host name", "does not match host name", "its certificate is for another"),
        ("no file", "does not exist", "must name the file"),
    ],
)
def test_strangers_are_refused(
    encrypted: Installation, authority: Path, broken: str, reason: str, remedy: str
) -> None:
    name, value = {
        "authority": ("SSLROOTCERT", str(authority / "wrong.crt")),
        "host name": ("HOST", "127.0.0.1"),
        "no file": ("SSLROOTCERT", "/nowhere.crt"),
    }[broken]
    for prefix, side, command in (
        ("SOURCE_DB", "source", "run"),
        ("LOCAL_DB", "warehouse", "run"),
        ("LOCAL_DB", "warehouse", "dbt build --quiet"),
    ):
        process = encrypted.start(command, **{f"{prefix}_{name}": value})
        _, stderr = process.communicate(timeout=SECONDS_AT_MOST)
        assert process.returncode == 1
        assert stderr.startswith(f"error: cannot connect to the {side} "), stderr
        assert reason in stderr
        assert remedy in stderr
        assert stderr.count("\n") == 1


# ----------------------------------------------------------------------------- helpers


def command_lines() -> list[bytes]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found.append((process / "cmdline").read_bytes())
        except OSError:
            continue
    return found


def until(
    look: Callable[[], list[object]], process: "subprocess.Popen[str]"
) -> list[object]:
    """Return what is found as soon as anything is."""
    deadline = time.monotonic() + SECONDS_AT_MOST
    while not (found := look()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found
