"""What a benchmark runs on: a Chatwoot that is generated once, and a warehouse."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg2

from demo import chatwoot
from ground import servers
from ground.database import Connection, PgCursor
from ground.embedded import Cluster
from ground.servers import Server
from ground.settings import Settings
from loader import contract, views

FINAL_VIEW = "vw_conversations_analytics_final"
CONTEXT_VIEW = "vw_conversation_context"
# ingestr 0.15.9 cannot write a uuid, so it reads a view that has text instead.
UUID_AS_TEXT = "benchmark_conversations_uuid_as_text"

WAREHOUSE_DATABASE = "benchmark"

# A Chatwoot that is being filled may be lost in a power cut; a measured one may not.
FILLING = {"fsync": "off", "synchronous_commit": "off", "max_wal_size": "8GB"}

# A third of the conversations gets a message, a third an edit, a third a new status,
# with the timestamps that Chatwoot moves.
CHANGES = """
create temporary table chosen on commit drop as
select id, row_number() over (order by id) %% 3 as kind
from (
    select id
    from conversations
    where exists (select 1 from messages where conversation_id = conversations.id)
    order by hashtext(id || %(seed)s), id
    limit %(count)s
) as picked;

insert into messages (
    content, account_id, inbox_id, conversation_id, message_type, sender_type,
    sender_id, created_at, updated_at
)
select
    'Ainda tem vaga na aula de hoje?', account_id, inbox_id, id, 0, 'Contact',
    contact_id, now() at time zone 'UTC', now() at time zone 'UTC'
from conversations
where id in (select id from chosen where kind = 0);

update conversations set last_activity_at = now() at time zone 'UTC'
where id in (select id from chosen where kind = 0);

update messages
set content = content || ' (editada)', updated_at = now() at time zone 'UTC'
where id in (
    select max(messages.id)
    from messages
    inner join chosen on messages.conversation_id = chosen.id
    where chosen.kind = 1
    group by messages.conversation_id
);

update conversations
set status = (status + 1) %% 3, updated_at = now() at time zone 'UTC'
where id in (select id from chosen where kind = 2);
"""

# No view reads who belongs to a team.
UNRELATED_WRITE = "update team_members set updated_at = now()"

# The same value as the same text on both servers.
CANONICAL = {
    "json": "{}::jsonb::text",
    "numeric": "{}::float8::text",
}


@dataclass(frozen=True)
class Bench:
    """A Chatwoot of some size, a warehouse server, and a folder for working files."""

    source: Server
    warehouse: Server
    folder: Path
    conversations: int
    messages: int

    @property
    def warehouse_login(self) -> Connection:
        """The empty database that a variant fills, as its owner."""
        return self.warehouse.cluster.connection(
            WAREHOUSE_DATABASE, self.warehouse.owner["user"]
        )

    def new_warehouse(self) -> None:
        """Make an empty database in the place of the one before."""
        with superuser(self.warehouse.cluster) as cursor:
            cursor.execute(f"drop database if exists {WAREHOUSE_DATABASE} with (force)")
            cursor.execute(
                f"create database {WAREHOUSE_DATABASE}"
                f" owner {self.warehouse.owner['user']}"
            )

    def checkpoint(self) -> None:
        """Let no variant pay for what the one before left in memory."""
        for cluster in (self.source.cluster, self.warehouse.cluster):
            with superuser(cluster) as cursor:
                cursor.execute("checkpoint")

    def change(self, count: int, seed: str) -> None:
        """Change so many conversations, spread over all of them."""
        with opened(self.source.owner) as cursor:
            cursor.execute(CHANGES, {"count": count, "seed": seed})

    def write_elsewhere(self) -> None:
        """Write to the source what no view shows."""
        with opened(self.source.owner) as cursor:
            cursor.execute(UNRELATED_WRITE)
            assert cursor.rowcount > 0

    def copy_size_bytes(self, view: str) -> int:
        """Read a view whole, as COPY text; also brings its tables into memory."""
        sink = _Sink()
        with opened(self.source.reader) as cursor:
            cursor.copy_expert(f"copy (select * from {view}) to stdout", sink)
        return sink.bytes

    def create_plain_table(self, view: str, table: str, types: dict[str, str]) -> None:
        """Make the table that a bare COPY of the view fills, with a primary key."""
        columns = ", ".join(
            f'"{name}" {types.get(name, type_name)}'
            for name, type_name in column_types(self.source.reader, view).items()
        )
        with opened(self.warehouse_login) as cursor:
            cursor.execute(
                f"create table {table} ({columns}, primary key (conversation_id))"
            )

    def count(self, table: str) -> int:
        """Rows of a table of the warehouse."""
        with opened(self.warehouse_login) as cursor:
            return _one(cursor, f"select count(*) from {table}")

    def differs(self, view: str, table: str) -> bool:
        """Whether any value that does not depend on now() differs from the source."""
        volatile = contract.volatile_columns(table.partition(".")[2])
        types = {
            name: type_name
            for name, type_name in column_types(self.source.reader, view).items()
            if name not in volatile
        }
        return digest(self.source.reader, view, types) != digest(
            self.warehouse_login, table, types
        )


class _Sink:
    """A file that only counts."""

    def __init__(self) -> None:
        self.bytes = 0

    def write(self, chunk: bytes) -> None:
        self.bytes += len(chunk)


def generate(
    cluster: Cluster, conversations: int, until: datetime | None = None
) -> None:
    """Fill a cluster with a Chatwoot of this size, unless that was done before.

    Its history ends now, or at `until`.
    """
    generated = cluster.folder.parent / "generated"
    if not generated.exists():
        cluster.remove()  # what a killed attempt left
        durable, cluster.options = cluster.options, FILLING
        try:
            with closing(psycopg2.connect(**_start(cluster).owner)) as connection:
                with connection:
                    chatwoot.create(connection)
                    chatwoot.generate(connection, conversations, until=until)
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute("vacuum (analyze)")
        finally:
            cluster.stop()
            cluster.options = durable
        os.sync()
        generated.touch()


@contextmanager
def bench(source: Cluster, warehouse: Cluster, folder: Path) -> Iterator[Bench]:
    """Start both servers, with the views of this version; stop the source at the end.

    The role that reads has the settings of the loader's session, so that every variant
    reads the same values.
    """
    try:
        server = _start(source)
        with closing(psycopg2.connect(**server.owner)) as connection:
            with connection, connection.cursor() as cursor:
                cursor.execute(f"drop view if exists {UUID_AS_TEXT}")
            views.deploy(connection)
        columns = ", ".join(
            f"{name}::text" if type_name == "uuid" else name
            for name, type_name in column_types(server.owner, FINAL_VIEW).items()
        )
        with opened(server.owner) as cursor:
            cursor.execute(
                f"create view {UUID_AS_TEXT} as select {columns} from {FINAL_VIEW}"
            )
            conversations = _one(cursor, "select count(*) from conversations")
            messages = _one(cursor, "select count(*) from messages")
            ai_users = Settings.model_construct().ai_users
            cursor.execute(
                "select array_agg(user_id)::text from vw_agents"
                " where user_id::text = any(%s) or lower(agent_email) = any(%s)",
                (ai_users, ai_users),
            )
            ((ai_user_ids,),) = cursor.fetchall()
        with superuser(source, servers.SOURCE_DATABASE) as cursor:
            cursor.execute((views.FOLDER / "reader_role.sql").read_text())
            cursor.execute(
                f"grant select on {UUID_AS_TEXT} to {servers.SOURCE_READER};"
                f"alter role {servers.SOURCE_READER}"
                f" set allpfit.ai_user_ids = '{ai_user_ids or '{}'}';"
                f"alter role {servers.SOURCE_READER} set allpfit.business_timezone"
                f" = '{Settings.model_fields['business_timezone'].default}'"
            )
        yield Bench(
            server,
            servers.start(
                warehouse,
                servers.WAREHOUSE_DATABASE,
                servers.WAREHOUSE_OWNER,
                servers.DASHBOARD_USER,
            ),
            folder,
            conversations,
            messages,
        )
    finally:
        source.stop()


def _start(source: Cluster) -> Server:
    return servers.start(
        source, servers.SOURCE_DATABASE, servers.SOURCE_OWNER, servers.SOURCE_READER
    )


@contextmanager
def opened(login: Connection) -> Iterator[PgCursor]:
    """One transaction on a connection of its own."""
    with (
        closing(psycopg2.connect(**login)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        yield cursor


@contextmanager
def superuser(cluster: Cluster, database: str = "postgres") -> Iterator[PgCursor]:
    """A cursor for what no transaction may hold."""
    with closing(psycopg2.connect(**cluster.connection(database))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def column_types(login: Connection, relation: str) -> dict[str, str]:
    """Column name -> PostgreSQL type, in the relation's order."""
    with opened(login) as cursor:
        cursor.execute(
            """
            select attname::text, format_type(atttypid, atttypmod)
            from pg_attribute
            where attrelid = %s::regclass and attnum > 0 and not attisdropped
            order by attnum
            """,
            (relation,),
        )
        return dict(cursor.fetchall())


def digest(login: Connection, relation: str, types: dict[str, str]) -> tuple[int, int]:
    """Rows, and the sum of a hash of each: equal for equal rows in any order."""
    values = ", ".join(
        CANONICAL.get(type_name.split("(")[0], "{}::text").format(f'"{name}"')
        for name, type_name in types.items()
    )
    with opened(login) as cursor:
        cursor.execute(
            "select count(*), coalesce(sum(('x' || left(md5(row("
            f"{values})::text), 15))::bit(60)::bigint), 0)::text from {relation}"
        )
        ((rows, total),) = cursor.fetchall()
        return rows, int(total)


def _one(cursor: PgCursor, query: str) -> int:
    cursor.execute(query)
    ((value,),) = cursor.fetchall()
    return int(value)
