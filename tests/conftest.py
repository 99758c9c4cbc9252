"""Real PostgreSQL servers for the tests, in a temporary folder, gone at the end."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import hypothesis
import psycopg2
import pytest
from psycopg2 import sql

from demo import chatwoot
from ground import servers
from ground.configuration import DEMO
from ground.database import Connection
from ground.embedded import Cluster
from ground.settings import Settings
from loader import run, views
from operations import transform

PROJECT_ROOT = Path(__file__).resolve().parents[1]
PgConnection = psycopg2.extensions.connection

# Long enough for a busy machine: it ends what hangs, and says nothing about speed.
SECONDS_AT_MOST = 300
hypothesis.settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("unhurried")

# When demo data ends, and what it was loaded at: a Wednesday at 14:30 in São Paulo, in
# UTC as Chatwoot stores it. So no test depends on when it runs.
NOW = datetime(2026, 3, 11, 17, 30)

# In the demo that is built once for all tests of the dashboard.
CONVERSATIONS = 800

# Tests may lose data in a power cut.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # It holds a lock that a build waits a second for, on a busy machine in vain.
    "autovacuum": "off",
}


@dataclass(frozen=True)
class TestServer:
    """A running server and the roles that own and read its databases."""

    __test__ = False

    cluster: Cluster
    owner: str
    reader: str

    def owner_of(self, database: str) -> Connection:
        return self.cluster.connection(database, self.owner)

    def reader_of(self, database: str) -> Connection:
        return self.cluster.connection(database, self.reader)

    def create_database(self, name: str, template: str = "template1") -> str:
        with (
            closing(psycopg2.connect(**self.cluster.connection())) as connection,
            connection.cursor() as cursor,
        ):
            connection.autocommit = True
            cursor.execute(
                sql.SQL("create database {} owner {} template {}").format(
                    *map(sql.Identifier, (name, self.owner, template))
                )
            )
            for statement in (
                "revoke all on database {0} from public",
                "grant connect on database {0} to {1}",
            ):
                cursor.execute(
                    sql.SQL(statement).format(
                        sql.Identifier(name), sql.Identifier(self.reader)
                    )
                )
        return name


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_machine(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Tests see no variable that a developer has set."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.lower() in Settings.model_fields:
                patch.delenv(name)
        patch.setitem(Settings.model_config, "env_file", None)
        # Chatwoots of tests have the people and inboxes of the demo.
        patch.setenv("CONFIG_DIR", str(tmp_path_factory.mktemp("none") / "config"))
        shutil.copytree(DEMO, os.environ["CONFIG_DIR"])
        # What a command writes, such as dbt's profile, goes away with the tests.
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("none") / "data"))
        yield


@pytest.fixture(autouse=True)
def _umask_of_the_machine() -> Iterator[None]:
    """A command that a test runs in this process leaves no umask to the next one."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def servers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("servers with space")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)  # root's server runs as another user
    return folder


def _server(
    folder: Path, name: str, database: str, owner: str, reader: str
) -> Iterator[TestServer]:
    cluster = Cluster(name, folder, options=FAST, dies_with_parent=True)
    servers.start(cluster, database, owner, reader)
    yield TestServer(cluster, owner, reader)
    cluster.remove()


@pytest.fixture(scope="session")
def source_server(servers_folder: Path) -> Iterator[TestServer]:
    """The server that plays Chatwoot."""
    yield from _server(
        servers_folder,
        "source",
        servers.SOURCE_DATABASE,
        servers.SOURCE_OWNER,
        servers.SOURCE_READER,
    )


@pytest.fixture(scope="session")
def warehouse_server(servers_folder: Path) -> Iterator[TestServer]:
    """The warehouse's server."""
    yield from _server(
        servers_folder,
        "warehouse",
        servers.WAREHOUSE_DATABASE,
        servers.WAREHOUSE_OWNER,
        servers.DASHBOARD_USER,
    )


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture(scope="session")
def new_database(
    source_server: TestServer, _numbers: Iterator[int]
) -> Callable[[str], Connection]:
    """Make an empty database on the source server; return its owner's login."""

    def make(name_hint: str) -> Connection:
        name = f"{name_hint}_{next(_numbers)}"
        return source_server.owner_of(source_server.create_database(name))

    return make


@pytest.fixture
def chatwoot_empty(
    new_database: Callable[[str], Connection],
) -> Iterator[PgConnection]:
    """An empty database, as its owner."""
    with closing(psycopg2.connect(**new_database("empty"))) as connection:
        connection.autocommit = True
        yield connection


@pytest.fixture(scope="session")
def chatwoot_templates(source_server: TestServer) -> dict[str, str]:
    """Databases to copy: a Chatwoot without rows, with the views, of each shape."""
    templates = {}
    for shape in chatwoot.SHAPES:
        name = source_server.create_database("template_" + shape.replace(".", "_"))
        with closing(psycopg2.connect(**source_server.owner_of(name))) as connection:
            chatwoot.create(connection, shape)
            views.deploy(connection)
        grant_reader(source_server, name)
        templates[shape] = name
    return templates


def grant_reader(server: TestServer, database: str) -> None:
    """Let the loader's role read the views, as the README says."""
    login = server.cluster.connection(database)
    with (
        closing(psycopg2.connect(**login)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute((views.FOLDER / "reader_role.sql").read_text())


@dataclass(frozen=True)
class Chatwoot:
    """A Chatwoot database of one test."""

    name: str
    connection: PgConnection
    owner: Connection
    reader: Connection

    def execute(self, statement: str, *values: object) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall()

    def value(self, statement: str, *values: object) -> object:
        ((value,),) = self.query(statement, *values)
        return value


@pytest.fixture(scope="session")
def new_chatwoot(
    source_server: TestServer,
    chatwoot_templates: dict[str, str],
    _numbers: Iterator[int],
) -> Callable[..., Chatwoot]:
    """Make a Chatwoot database of the given shape, with the views and no rows."""

    def make(shape: str = "current") -> Chatwoot:
        name = source_server.create_database(
            f"chatwoot_{next(_numbers)}", chatwoot_templates[shape]
        )
        owner = source_server.owner_of(name)
        connection = psycopg2.connect(**owner)
        connection.autocommit = True
        return Chatwoot(name, connection, owner, source_server.reader_of(name))

    return make


@dataclass(frozen=True)
class Warehouse:
    """A warehouse database of one test."""

    name: str
    connection: PgConnection
    owner: Connection
    reader: Connection

    execute = Chatwoot.execute
    query = Chatwoot.query
    value = Chatwoot.value


@pytest.fixture(scope="session")
def new_warehouse(
    warehouse_server: TestServer, _numbers: Iterator[int]
) -> Callable[..., Warehouse]:
    """Make an empty warehouse, or a copy of another one that nobody is using."""

    def make(template: str = "template1") -> Warehouse:
        name = warehouse_server.create_database(f"warehouse_{next(_numbers)}", template)
        owner = warehouse_server.owner_of(name)
        connection = psycopg2.connect(**owner)
        connection.autocommit = True
        return Warehouse(name, connection, owner, warehouse_server.reader_of(name))

    return make


@pytest.fixture(scope="session")
def settings_for(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Settings]:
    """The settings that point at a Chatwoot and a warehouse of the tests."""

    def make(source: Connection, warehouse: Connection, **others: object) -> Settings:
        return Settings.model_validate(
            {
                "source_db_host": source["host"],
                "source_db_port": source["port"],
                "source_db_name": source["dbname"],
                "source_db_user": source["user"],
                "source_db_password": source["password"],
                "local_db_host": warehouse["host"],
                "local_db_port": warehouse["port"],
                "local_db_name": warehouse["dbname"],
                "local_db_user": warehouse["user"],
                "local_db_password": warehouse["password"],
                "dashboard_db_password": "unused",
                "data_dir": tmp_path_factory.mktemp("data"),
            }
            | others
        )

    return make


@pytest.fixture(scope="session")
def configured(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., Settings]:
    """The same settings with a configuration of their own, the demo's and more.

    Keyword arguments are rows by file, such as `targets="kpi_id,target\\ncsat_avg,4"`.
    """

    def make(settings: Settings, **files: str) -> Settings:
        folder = tmp_path_factory.mktemp("of the owner") / "config"
        shutil.copytree(DEMO, folder)
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text)
        return settings.model_copy(update={"config_dir": folder})

    return make


# ------------------------------------------------------------------ a built warehouse


def hash_of_rows(warehouse: Warehouse, relation: str) -> object:
    """A hash of all rows, whatever their order; None where there are none."""
    return warehouse.value(
        "select md5(string_agg(built::text, '' order by built::text))"
        f" from {relation} as built"
    )


# With it, the marts are others.
ANOTHER_BUILD = """
insert into raw_chatwoot.builds (status, is_complete, run_id)
select 'succeeded', true, max(run_id)
from raw_chatwoot.load_runs
"""


def loaded_at(warehouse: Warehouse, moment: datetime) -> None:
    """Let the last load be of a moment in UTC, which is then what dbt takes for now."""
    warehouse.execute(
        """
        update raw_chatwoot.load_runs
        set
            snapshot_at = given.moment,
            started_at = given.moment,
            finished_at = given.moment + seconds * interval '1 second'
        from (select %s at time zone 'UTC' as moment) as given
        where run_id = (select max(run_id) from raw_chatwoot.load_runs)
        """,
        moment,
    )


@pytest.fixture(scope="session")
def template(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The name of a database that holds the demo, loaded and built."""
    source, warehouse = new_chatwoot(), new_warehouse()
    settings = settings_for(source.reader, warehouse.owner)
    target = str(tmp_path_factory.mktemp("dbt"))
    with (
        closing(source.connection),
        closing(warehouse.connection),
        pytest.MonkeyPatch.context() as patch,
    ):
        chatwoot.generate(source.connection, CONVERSATIONS, until=NOW)
        for name, value in transform.environment(settings).items():
            patch.setenv(name, value)
        patch.setenv("DBT_TARGET_PATH", target)
        patch.setenv("DBT_LOG_PATH", target)
        run.run(settings)
        loaded_at(warehouse, NOW)
        no_tests = ("--exclude-resource-type", "test", "unit_test")
        assert transform.dbt(settings, ["build", "--quiet", *no_tests])
    return warehouse.name


@pytest.fixture(scope="session")
def shared(
    template: str, new_warehouse: Callable[..., Warehouse]
) -> Iterator[Warehouse]:
    """A built warehouse that no test changes."""
    made = new_warehouse(template)
    yield made
    made.connection.close()


@pytest.fixture
def warehouse(
    template: str, new_warehouse: Callable[..., Warehouse]
) -> Iterator[Warehouse]:
    """A built warehouse that a test may change."""
    made = new_warehouse(template)
    yield made
    made.connection.close()
