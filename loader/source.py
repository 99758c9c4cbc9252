"""The Chatwoot side: one read-only snapshot, what changed in it, COPY in batches."""

import hashlib
import json
import os
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg2

from ground.database import PgConnection
from ground.settings import Settings
from loader import contract, views
from loader.accounts import Account, AccountsError, Choice, choose, which
from loader.changes import array_literal
from loader.history import Watermark

# What each raw table is read from, and its key.
REPLICATED_VIEWS = {
    "conversations": "vw_conversations_analytics_final",
    "conversation_context": "vw_conversation_context",
}
DIMENSION_VIEWS = {
    "accounts": ("vw_accounts", "account_id"),
    "inboxes": ("vw_inboxes", "inbox_id"),
    "agents": ("vw_agents", "user_id"),
    "teams": ("vw_teams", "team_id"),
}
LOADED_VIEWS = REPLICATED_VIEWS | {
    table: view for table, (view, _) in DIMENSION_VIEWS.items()
}
# What tells of changes is read by name, and not loaded: its contract stands here.
PROBE_VIEWS = {
    "vw_source_accounts": {
        "account_id": "bigint",
        "account_name": "character varying",
        "has_conversations": "boolean",
        "conversations": "bigint",
    },
    "vw_conversation_changes": {"conversation_id": "integer", "fingerprint": "bigint"},
    "vw_row_versions": {
        "table_name": "text",
        "id": "bigint",
        "conversation_id": "bigint",
        "row_version": "xid",
    },
    "vw_contact_conversations": {"contact_id": "bigint", "conversation_id": "bigint"},
    "vw_shown_values": {"table_name": "text", "id": "bigint", "shown": "text"},
}
# Columns alone do not tell versions apart: a key within JSON may be new.
OTHER_VERSION = (
    "the views on the source are not those of this version, so nothing was read: ask "
    "its owner for `make deploy-views` (or psql: sql_remote_views/README.md)"
)

# The tables of vw_row_versions.
VERSIONED_TABLES = (
    "conversations",
    "messages",
    "csat_survey_responses",
    "reporting_events",
    "taggings",
    "applied_slas",
    "contacts",
)
# Beyond this share of the conversations, comparing all of them costs less.
MAX_TOUCHED_SHARE = 0.2
# Transaction ids are compared modulo 2^32; half of half of that is beyond doubt.
MAX_TRANSACTIONS_SINCE = 2**30
MAX_CONVERSATION_ID = 2**31 - 1

# What passes by itself: a lost connection, a server that restarts, a migration that
# holds a table, a standby that had to choose between our query and its replay.
TRANSIENT_SQLSTATES = ("08", "40001", "40P01", "55P03", "57P01", "57P02", "57P03")
LOCK_TIMEOUT = "5s"
RESERVED_DOMAIN = ".example"  # RFC 2606


class SourceError(Exception):
    """The Chatwoot database is not as the loader needs it; says what to do."""


class SourceInterruptedError(Exception):
    """The source ended the connection or the query; a later attempt may do better."""


@dataclass(frozen=True)
class TableState:
    """What a snapshot says of one table.

    Equal digests mean the same set of ids, in the same conversations.
    """

    ids_digest: int
    last_id: int
    # Of the rows written since the watermark: those beyond its last id, and all.
    new_ids_digest: int
    touched_rows: int


class Snapshot:
    """One consistent, read-only view of the source; counts what it costs."""

    def __init__(self, connection: PgConnection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._columns: dict[str, dict[str, str]] = {}
        self.statements = 0
        self.seconds = 0.0
        self.bytes_read = 0
        self.ai_user_ids: list[int] = []

    def begin(self, *, locked: bool = False) -> None:
        """Begin anew, as of now: every statement sees the source at one moment.

        To a snapshot, a table that another transaction truncated or rewrote since looks
        empty. `locked` prevents that: the tables are locked first, as by any reader.
        """
        self._connection.rollback()
        self._columns.clear()
        # No select before the lock: it would fix the moment.
        self._run(
            "set local statement_timeout = %s; set local lock_timeout = %s",
            f"{self._settings.load_statement_timeout_seconds}s",
            LOCK_TIMEOUT,
        )
        if locked:
            self._run(f"lock table {', '.join(self.views())} in access share mode")
        self._set("allpfit.business_timezone", self._settings.business_timezone)
        self._set("extra_float_digits", "3")
        # One core of the server for us, and no time to compile plans.
        self._set("max_parallel_workers_per_gather", "0")
        self._set("jit", "off")

    def check_views(self) -> None:
        """Raise SourceError if a view is missing or may not be read."""
        for view in self.views():
            if not self._value("select to_regclass(%s)", view):
                raise SourceError(
                    f"the view {view} is missing on the source: deploy the views "
                    "(sql_remote_views/README.md; in the demo, make run does it)"
                )
            if not self._value("select has_table_privilege(%s, 'select')", view):
                raise SourceError(
                    f"{self._settings.source.user} may not read {view}: run "
                    "sql_remote_views/reader_role.sql on the source"
                )

    def check_contract(self) -> None:
        """Raise ContractError if the views are not those of this version."""
        declared = {
            view: contract.declared_columns(table)
            for table, view in LOADED_VIEWS.items()
        }
        lines = [
            f"{view}.{line}"
            for view, columns in (declared | PROBE_VIEWS).items()
            for line in contract.breaches(columns, self.columns(view))
        ]
        deployed = self._value(views.DEPLOYED_VERSION)
        if lines or deployed != views.version():
            raise contract.ContractError("\n".join([*lines, OTHER_VERSION]))

    @staticmethod
    def views() -> list[str]:
        """The views that the loader reads."""
        return [*LOADED_VIEWS.values(), *PROBE_VIEWS]

    def loaded_columns(self) -> dict[str, dict[str, str]]:
        """Raw table -> columns of its view and their PostgreSQL types."""
        return {table: self.columns(view) for table, view in LOADED_VIEWS.items()}

    def columns(self, view: str) -> dict[str, str]:
        """Column name -> PostgreSQL type of a view, in its order."""
        if view not in self._columns:
            rows = self._rows(
                """
                select attname::text, format_type(atttypid, null)
                from pg_attribute
                where attrelid = %s::regclass and attnum > 0 and not attisdropped
                order by attnum
                """,
                view,
            )
            self._columns[view] = dict(rows)
        return self._columns[view]

    def facts(self) -> dict[str, Any]:
        """What the watermark needs to know of this snapshot, and when it was taken."""
        ((snapshot_at, identity, xmin, xmax),) = self._rows(
            """
            select
                now(),
                concat_ws(
                    '/',
                    oid,
                    extract(epoch from pg_postmaster_start_time()),
                    -- After a crash of one of its processes the server recovers, and
                    -- may lose commits, without having been started.
                    (select extract(epoch from stats_reset) from pg_stat_bgwriter)
                ),
                txid_snapshot_xmin(txid_current_snapshot()),
                txid_snapshot_xmax(txid_current_snapshot())
            from pg_database
            where datname = current_database()
            """
        )
        return {
            "snapshot_at": snapshot_at,
            "source_identity": identity,
            "snapshot_xmin": xmin,
            "snapshot_xmax": xmax,
            "settings_fingerprint": self._settings_fingerprint(identity),
        }

    def close(self) -> None:
        """End the transaction, which keeps the source's vacuum from old rows."""
        self._connection.close()

    def abort(self) -> None:
        """End a statement that another thread is waiting for, whatever the network."""
        # It may have closed, or been closed, by itself.
        with (
            suppress(OSError, psycopg2.InterfaceError),
            socket.socket(fileno=os.dup(self._connection.fileno())) as connection,
        ):
            connection.shutdown(socket.SHUT_RDWR)

    def rights(self) -> tuple[bool, list[str]]:
        """Whether our role is a superuser, and which tables it may write."""
        is_superuser = self._value("select current_setting('is_superuser') = 'on'")
        writable = self._rows(
            """
            select oid::regclass::text
            from pg_class
            where
                relkind in ('r', 'p')
                and relnamespace = 'public'::regnamespace
                and has_table_privilege(oid, 'insert, update, delete, truncate')
            order by 1
            """
        )
        return is_superuser, [table for (table,) in writable]

    def use_accounts(self, known: Iterable[int]) -> Choice:
        """Tell the views which accounts to show; `known` are those of the warehouse.

        Raises AccountsError where several could be meant: nothing else is read then.
        """
        rows = self._rows(
            "select account_id, account_name, has_conversations"
            " from vw_source_accounts order by 1"
        )
        chosen = choose(
            self._settings.account_ids, [Account(*row) for row in rows], known
        )
        if chosen is None:
            raise AccountsError(which(self._counted_accounts()))
        self._set("allpfit.account_ids", array_literal(chosen.ids))
        return chosen

    def use_ai_users(self) -> list[str]:
        """Tell the views who is an AI; return the users listed that do not exist.

        No real user has an address in .example: such a one is the demo's.
        """
        types = ",".join(f'"{each}"' for each in self._settings.ai_sender_types)
        self._set("allpfit.ai_sender_types", f"{{{types}}}")
        listed = [user.lower() for user in self._settings.ai_users]
        rows = self._rows(
            "select user_id, user_id::text, lower(agent_email) from vw_agents"
            " where user_id::text = any(%s) or lower(agent_email) = any(%s) order by 1",
            listed,
            listed,
        )
        self.ai_user_ids = [user_id for user_id, *_ in rows]
        self._set("allpfit.ai_user_ids", array_literal(self.ai_user_ids))
        known = {name for _, *names in rows for name in names}
        return [
            user
            for user in listed
            if user not in known and not user.endswith(RESERVED_DOMAIN)
        ]

    def table_states(self, watermark: Watermark | None) -> dict[str, TableState]:
        """Look at every table that makes up a conversation."""
        states = {}
        since = self._transactions_since(watermark)
        for table in VERSIONED_TABLES:
            last_id = watermark.source_tables[table]["last_id"] if watermark else 0
            ((ids, greatest, new_ids, touched),) = self._rows(
                """
                select
                    coalesce(sum(digest), 0),
                    coalesce(max(id), 0),
                    coalesce(
                        sum(digest) filter (
                            where id > %s and age(row_version) between 0 and %s
                        ),
                        0
                    ),
                    count(*) filter (where age(row_version) between 0 and %s)
                from (
                    select
                        *,
                        hashint8extended(id, coalesce(conversation_id, 0)) as digest
                    from vw_row_versions
                ) as row_versions
                where table_name = %s
                """,
                last_id,
                since,
                since,
                table,
            )
            states[table] = TableState(int(ids), greatest, int(new_ids), touched)
        return states

    def shown_values(self) -> str:
        """Return a digest of what conversations show of the small tables."""
        return str(
            self._value(
                "select coalesce(sum(hashtextextended("
                "row(table_name, id, shown)::text, 0)), 0) from vw_shown_values"
            )
        )

    def touched_conversations(
        self, watermark: Watermark, states: dict[str, TableState], limit: int
    ) -> list[int] | None:
        """List the conversations of which a row was written since; None if over limit.

        The rows of a contact count for all conversations that may show it.
        """
        since = self._transactions_since(watermark)
        touched = [table for table, state in states.items() if state.touched_rows]
        found: set[int] = set()
        for table in touched:
            is_contacts = table == "contacts"
            rows = self._rows(
                f"select distinct {'id' if is_contacts else 'conversation_id'}"
                " from vw_row_versions"
                " where table_name = %s and age(row_version) between 0 and %s limit %s",
                table,
                since,
                limit + 1,
            )
            if is_contacts and len(rows) <= limit:
                rows = self._rows(
                    "select distinct conversation_id from vw_contact_conversations"
                    " where contact_id = any(%s::bigint[]) limit %s",
                    array_literal([contact_id for (contact_id,) in rows]),
                    limit + 1,
                )
            # A row may name a conversation that there is not, nor can be.
            found.update(
                number
                for (number,) in rows
                if number is not None and number <= MAX_CONVERSATION_ID
            )
            if len(rows) > limit or len(found) > limit:
                return None
        return sorted(found)

    def fingerprints(
        self, file: IO[bytes], settings_fingerprint: str, ids: list[int] | None = None
    ) -> None:
        """Write conversations, all without ids, with fingerprints to a file.

        They differ with the settings, on which the rows depend as well.
        """
        salt = int.from_bytes(bytes.fromhex(settings_fingerprint[:16]), signed=True)
        columns = f"conversation_id, fingerprint # ({salt})::bigint as fingerprint"
        query = f"select {columns} from vw_conversation_changes"
        if ids is not None:
            query = (
                f"select {columns}"
                f" from unnest('{array_literal(ids)}'::integer[]) as touched_id"
                " cross join lateral (select * from vw_conversation_changes"
                " where conversation_id = touched_id offset 0) as touched"
            )
        self._copy(query, file)

    def dimensions(self, folder: Path) -> tuple[dict[str, Path], str]:
        """Read the small tables whole; return their files and a fingerprint."""
        files = {}
        digest = hashlib.sha256()
        for table, (view, key) in DIMENSION_VIEWS.items():
            files[table] = folder / f"{table}.csv"
            with files[table].open("wb") as file:
                self._copy_rows(view, f"order by {key}", file)
            digest.update(files[table].read_bytes())
        return files, digest.hexdigest()

    def copy_batch(
        self, view: str, conversation_ids: list[int], file: IO[bytes]
    ) -> None:
        """Write the rows of these conversations to a file, below their columns."""
        ids = f"'{array_literal(conversation_ids)}'::integer[]"
        self._copy_rows(view, f"where conversation_id = any({ids})", file)

    def _transactions_since(self, watermark: Watermark | None) -> int:
        """Return the greatest age of a row that the watermark may not know."""
        if watermark is None:
            return -1
        xid = watermark.snapshot_xmin % 2**32
        return int(self._value("select age(%s::text::xid)", str(xid)))

    def _settings_fingerprint(self, identity: str) -> str:
        """Hash what makes rows comparable besides the data: a change means re-reading.

        Also the life of the server: one that was restored or promoted may give the
        number of a lost transaction again, and so may one that was only restarted.
        """
        definitions = self._rows(
            "select view, pg_get_viewdef(view::regclass) from unnest(%s) as view"
            " where to_regclass(view) is not null",
            views.names(),
        )
        ((ai_user_ids, ai_sender_types),) = self._rows(
            "select current_setting('allpfit.ai_user_ids'),"
            " current_setting('allpfit.ai_sender_types')"
        )
        timezone = self._settings.business_timezone
        facts = [identity, definitions, timezone, ai_user_ids, ai_sender_types]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def _counted_accounts(self) -> list[tuple[Account, int]]:
        rows = self._rows(
            "select account_id, account_name, has_conversations, conversations"
            " from vw_source_accounts order by 1"
        )
        return [(Account(*row), count) for *row, count in rows]

    def _set(self, name: str, value: str) -> None:
        self._rows("select set_config(%s, %s, true)", name, value)

    def _run(self, statement: str, *values: Any) -> None:
        with self._counted(), self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._counted(), self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall()

    def _value(self, statement: str, *values: Any) -> Any:
        ((value,),) = self._rows(statement, *values)
        return value

    def _copy_rows(self, view: str, condition: str, file: IO[bytes]) -> None:
        file.write((",".join(self.columns(view)) + "\n").encode())
        self._copy(f"select * from {view} {condition}", file)

    def _copy(self, query: str, file: IO[bytes]) -> None:
        start = file.tell()
        with self._counted(), self._connection.cursor() as cursor:
            cursor.copy_expert(f"copy ({query}) to stdout", file)
        self.bytes_read += file.tell() - start

    @contextmanager
    def _counted(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except psycopg2.Error as error:
            is_lost = self._connection.closed != 0
            if is_lost or (error.pgcode or "").startswith(TRANSIENT_SQLSTATES):
                raise SourceInterruptedError(
                    f"the source {self._settings.source} broke off"
                ) from error
            raise
        finally:
            self.statements += 1
            self.seconds += time.monotonic() - began


def is_same_life(watermark: Watermark | None, facts: dict[str, Any]) -> bool:
    """Whether transaction ids say what was written since the watermark.

    They do on a server that has not been restarted, as one that was restored must be,
    where the same accounts are looked at.
    """
    if watermark is None:
        return False
    since = facts["snapshot_xmax"] - watermark.snapshot_xmin
    return bool(
        watermark.is_last_run
        and watermark.account_ids == facts["account_ids"]
        and watermark.settings_fingerprint == facts["settings_fingerprint"]
        and 0 <= since < MAX_TRANSACTIONS_SINCE
    )


def are_only_writes(
    watermark: Watermark, states: dict[str, TableState], shown_values: str
) -> bool:
    """Whether row versions tell all that changed: no row left, and no name moved."""
    before = watermark.source_tables
    return shown_values == before["shown_values"] and all(
        state.ids_digest == int(before[table]["ids_digest"]) + state.new_ids_digest
        for table, state in states.items()
    )


def is_untouched(watermark: Watermark, facts: dict[str, Any]) -> bool:
    """Whether no transaction at all has written on the source's server since.

    True when none was open at either snapshot and no transaction id was used between;
    and no run has died since, which may have changed the warehouse.
    """
    return bool(
        is_same_life(watermark, facts)
        and watermark.snapshot_xmin == watermark.snapshot_xmax
        and facts["snapshot_xmin"] == facts["snapshot_xmax"]
        and facts["snapshot_xmax"] == watermark.snapshot_xmax
    )


@contextmanager
def snapshot(settings: Settings) -> Iterator[Snapshot]:
    """Open a snapshot: every statement sees the source at the same moment."""
    connection = settings.source.connect()
    opened = Snapshot(connection, settings)
    try:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        connection.set_client_encoding("UTF8")
        opened.begin()
        yield opened
    finally:
        opened.close()
