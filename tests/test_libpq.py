"""What libpq reads in the user's shell neither redirects nor breaks our connections."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST, TestServer

from ground import database, servers
from ground.database import Database

# Each of them alone breaks or changes a connection whose host, port, database, user,
# password and sslmode are given.
HOSTILE = {
    "PGHOSTADDR": "192.0.2.1",
    "PGSERVICE": "nowhere",
    "PGOPTIONS": "-c search_path=nowhere -c default_transaction_read_only=on",
    "PGSSLCERTMODE": "require",
    "PGSSLMAXPROTOCOLVERSION": "TLSv1",
    "PGGSSENCMODE": "require",
    "PGREQUIREAUTH": "none",
    "PGCHANNELBINDING": "require",
    "PGCLIENTENCODING": "LATIN1",
    "PGTARGETSESSIONATTRS": "standby",
    "PGDATESTYLE": "German, DMY",
    "PGTZ": "Asia/Tokyo",
    "PGGEQO": "off",
    "PGSSLNEGOTIATION": "direct",
}
# And these where a setting of ours is missing.
OTHERS = {
    "PGHOST": "192.0.2.1",
    "PGPORT": "1",
    "PGDATABASE": "nowhere",
    "PGUSER": "nobody",
    "PGPASSWORD": "wrong",
    "PGPASSFILE": "/nowhere/passwords",
    "PGSERVICEFILE": "/nowhere/services",
    "PGSYSCONFDIR": "/nowhere",
    "PGSSLMODE": "verify-full",
    "PGSSLROOTCERT": "/nowhere/root",
    "PGSSLCERT": "/nowhere/certificate",
    "PGSSLKEY": "/nowhere/key",
    "PGSSLCRL": "/nowhere/list",
    "PGCONNECT_TIMEOUT": "none",
    "PGAPPNAME": "other",
    "PGDATA": "/nowhere/data",
}
SESSION = """
select
    current_setting('search_path'),
    current_setting('default_transaction_read_only'),
    current_setting('client_encoding'),
    current_setting('TimeZone'),
    current_setting('DateStyle'),
    current_setting('geqo'),
    current_setting('application_name')
"""


def session(warehouse: Database) -> object:
    """What a session of ours has, or None where there is none."""
    try:
        connection = warehouse.connect()
    except psycopg2.OperationalError:
        return None
    try:
        return database.one_row(connection.cursor(), SESSION)
    finally:
        connection.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_variable_of_libpq_changes_no_session(
    warehouse_server: TestServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ours = Database(warehouse_server.owner_of(servers.WAREHOUSE_DATABASE))
    expected = session(ours)
    assert expected is not None
    monkeypatch.setenv(name, HOSTILE[name])
    if name == "PGHOSTADDR":  # an address that refuses at once
        monkeypatch.setenv(name, "127.0.0.99")
    assert session(ours) != expected  # else the test would say nothing

    database.forget_variables_of_libpq()

    assert session(ours) == expected
    assert name not in os.environ


def test_what_is_ours_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN_DIR", "/somewhere")
    database.forget_variables_of_libpq()
    assert os.environ["PG_BIN_DIR"] == "/somewhere"


READ_BY_THE_DASHBOARD = """
from ground.settings import load_settings
from kpis.database import Marts
marts = Marts(load_settings().dashboard)
print(len(marts.read("select * from marts.kpi_catalog")), "KPIs")
"""


def test_all_of_it_works_in_a_hostile_shell(tmp_path: Path) -> None:
    """With embedded servers, which also are looked for with libpq."""
    tmp_path.chmod(0o755)
    hostile = (
        os.environ
        | HOSTILE
        | OTHERS
        | {"DATA_DIR": str(tmp_path / "data"), "DEMO_CONVERSATIONS": "60"}
    )

    def run(*command: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT_ROOT,
            env=hostile,
            text=True,
            capture_output=True,
            check=False,
            timeout=SECONDS_AT_MOST,
        )
        assert done.returncode == code, (command, done.stdout + done.stderr)
        return done.stdout

    facts = tmp_path / "data" / "warehouse" / "connection.json"
    try:
        run("-m", "demo", "up")
        run("-m", "loader", "run")
        first = facts.read_text()
        a_part = ("--select", "+kpi_catalog", "--exclude-resource-type", "test")
        run("-m", "loader", "dbt", "build", *a_part, "unit_test")
        run("-m", "loader", "backup")
        examined = run("-m", "loader", "doctor", code=1)  # nothing was built whole
        assert re.findall("WRONG (.*?):", examined) == ["build"], examined
        run("-m", "demo", "day")
        assert "load, incremental" in run("-m", "loader", "run")
        assert int(run("-c", READ_BY_THE_DASHBOARD).split()[0]) > 50
        # Another port would mean that a server which runs was taken for dead.
        assert facts.read_text() == first
    finally:
        run("-m", "loader", "clean")
