"""The two embedded servers: one plays Chatwoot's database, one is the warehouse.

Two servers, so that no code can cheat across databases. Each has a plain owner and a
role that only reads, as a real installation has.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from ground.database import Connection
from ground.embedded import Cluster

SOURCE_DATABASE = "chatwoot_production"
SOURCE_OWNER = "chatwoot"
SOURCE_READER = "allpfit_reader"
WAREHOUSE_DATABASE = "allpfit_analytics"
WAREHOUSE_OWNER = "allpfit"
DASHBOARD_USER = "allpfit_dashboard"


@dataclass(frozen=True)
class Server:
    """A running server: who owns its database and who may only read."""

    cluster: Cluster
    owner: Connection
    reader: Connection


def source_cluster(data_dir: Path) -> Cluster:
    """The server that plays Chatwoot."""
    return Cluster("source", data_dir)


def warehouse_cluster(data_dir: Path) -> Cluster:
    """The warehouse's server."""
    return Cluster("warehouse", data_dir, options={"max_wal_size": "2GB"})


def clusters(data_dir: Path) -> tuple[Cluster, Cluster]:
    """Both servers, whether they run or not."""
    return source_cluster(data_dir), warehouse_cluster(data_dir)


def start_source(data_dir: Path) -> Server:
    """Start the server that plays Chatwoot, with an empty database at first."""
    return start(source_cluster(data_dir), SOURCE_DATABASE, SOURCE_OWNER, SOURCE_READER)


def start_warehouse(data_dir: Path) -> Server:
    """Start the warehouse's server."""
    server = start(
        warehouse_cluster(data_dir),
        WAREHOUSE_DATABASE,
        WAREHOUSE_OWNER,
        DASHBOARD_USER,
    )
    with (
        closing(psycopg2.connect(**server.cluster.connection())) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        # So that a build can say since when a reader keeps it waiting.
        cursor.execute(
            "select pg_has_role(%s, 'pg_read_all_stats', 'member')", (WAREHOUSE_OWNER,)
        )
        if cursor.fetchone() != (True,):
            cursor.execute(f"grant pg_read_all_stats to {WAREHOUSE_OWNER}")
    return server


def start(cluster: Cluster, database: str, owner: str, reader: str) -> Server:
    """Start a server; make sure that its roles and its database are there."""
    cluster.start()
    server = Server(
        cluster,
        cluster.connection(database, owner),
        cluster.connection(database, reader),
    )
    with (
        closing(psycopg2.connect(**cluster.connection())) as connection,
        connection.cursor() as cursor,
    ):
        connection.autocommit = True
        # Two processes that start at once would both create them.
        cursor.execute("select pg_advisory_lock(1)")
        cursor.execute("select rolname from pg_roles")
        roles = {name for (name,) in cursor.fetchall()}
        for role in (server.owner, server.reader):
            if role["user"] not in roles:
                cursor.execute(
                    sql.SQL("create role {} login password %s").format(
                        sql.Identifier(role["user"])
                    ),
                    (role["password"],),
                )
        cursor.execute("select 1 from pg_database where datname = %s", (database,))
        if cursor.fetchone() is None:
            cursor.execute(
                sql.SQL("create database {} owner {}").format(
                    sql.Identifier(database), sql.Identifier(owner)
                )
            )
        # Once: a start that writes nothing lets the loader see that nothing changed.
        cursor.execute(
            "select 1 from pg_database where datname = %s and datacl is null",
            (database,),
        )
        if cursor.fetchone() is not None:
            cursor.execute(
                sql.SQL(
                    "alter role {1} set default_transaction_read_only = on;"
                    "grant connect on database {0} to {1};"
                    "revoke all on database {0} from public"
                ).format(sql.Identifier(database), sql.Identifier(reader))
            )
    return server
