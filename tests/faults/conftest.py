"""Servers that may be killed, and what a seed decides."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from conftest import FAST, Chatwoot, TestServer, Warehouse, grant_reader
from replica import Replica, connect, fill, make_replica

from demo import chatwoot
from faults.matrix import Chance
from ground import servers
from ground.embedded import Cluster
from ground.settings import Settings
from loader import views
from loader.run import run

replica = pytest.fixture(make_replica)

# What was committed must survive a kill of the server: only the disk may be lazy.
DURABLE = FAST | {"synchronous_commit": "on"}


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Chance:
    """The seeded choices of a test of the matrix."""
    return Chance(*request.param)


@dataclass(frozen=True)
class FrailServers:
    """Two servers that tests kill, and a database of Chatwoot's to copy."""

    source: TestServer
    warehouse: TestServer
    template: str

    def start(self) -> None:
        """Bring back what a test has killed."""
        self.source.cluster.start()
        self.warehouse.cluster.start()


@pytest.fixture(scope="session")
def _frail_servers(servers_folder: Path) -> Iterator[FrailServers]:
    folder = servers_folder / "frail"
    folder.mkdir(mode=0o755)
    made = []
    for name, database, owner, reader in (
        (
            "source",
            servers.SOURCE_DATABASE,
            servers.SOURCE_OWNER,
            servers.SOURCE_READER,
        ),
        (
            "warehouse",
            servers.WAREHOUSE_DATABASE,
            servers.WAREHOUSE_OWNER,
            servers.DASHBOARD_USER,
        ),
    ):
        cluster = Cluster(name, folder, options=DURABLE, dies_with_parent=True)
        servers.start(cluster, database, owner, reader)
        made.append(TestServer(cluster, owner, reader))
    source, warehouse = made
    template = source.create_database("template_chatwoot")
    with closing(psycopg2.connect(**source.owner_of(template))) as connection:
        chatwoot.create(connection)
        views.deploy(connection)
    grant_reader(source, template)
    yield FrailServers(source, warehouse, template)
    source.cluster.remove()
    warehouse.cluster.remove()


@pytest.fixture
def frail_servers(_frail_servers: FrailServers) -> Iterator[FrailServers]:
    """Two servers that the test may kill; they run when it begins."""
    _frail_servers.start()
    yield _frail_servers
    _frail_servers.start()


@pytest.fixture
def frail(
    frail_servers: FrailServers,
    settings_for: Callable[..., Settings],
    _numbers: Iterator[int],
) -> Iterator[Replica]:
    """Forty conversations, loaded, on servers that the test may kill."""
    source, warehouse = frail_servers.source, frail_servers.warehouse
    number = next(_numbers)
    name = source.create_database(f"chatwoot_{number}", frail_servers.template)
    owner = source.owner_of(name)
    raw = warehouse.create_database(f"warehouse_{number}")
    raw_owner = warehouse.owner_of(raw)
    made = Replica(
        Chatwoot(name, connect(owner), owner, source.reader_of(name)),
        Warehouse(raw, connect(raw_owner), raw_owner, warehouse.reader_of(raw)),
        settings_for(source.reader_of(name), raw_owner),
    )
    fill(made.chatwoot, 40)
    run(made.settings)
    yield made
    made.close()
