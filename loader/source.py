"""The Chatwoot side: one read-only snapshot, the change probe, COPY in batches."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from loader import contract, views
from loader.database import PgConnection
from loader.settings import Settings
from loader.warehouse import Watermark

# What each raw table is read from, and its key.
REPLICATED_VIEWS = {
    "conversations": "vw_conversations_analytics_final",
    "conversation_context": "vw_conversation_context",
}
DIMENSION_VIEWS = {
    "inboxes": ("vw_inboxes", "inbox_id"),
    "agents": ("vw_agents", "user_id"),
    "teams": ("vw_teams", "team_id"),
}


class SourceError(Exception):
    """The Chatwoot database is not as the loader needs it; says what to do."""


class Snapshot:
    """One consistent, read-only view of the source; counts what it costs."""

    def __init__(self, connection: PgConnection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self.statements = 0
        self.seconds = 0.0
        self.bytes_read = 0

    def check_contract(self) -> None:
        """Raise ContractError, or SourceError if a view cannot be read at all."""
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
        broken = contract.breaches(
            contract.declared_columns(), self.columns(contract.VIEW)
        )
        if broken:
            raise contract.ContractError("\n".join(broken))

    @staticmethod
    def views() -> list[str]:
        """The views that the loader reads."""
        return [
            *REPLICATED_VIEWS.values(),
            *(view for view, _ in DIMENSION_VIEWS.values()),
            "vw_conversation_changes",
        ]

    def columns(self, view: str) -> dict[str, str]:
        """Column name -> PostgreSQL type of a view, in its order."""
        return dict(
            self._rows(
                """
                select attname::text, format_type(atttypid, null)
                from pg_attribute
                where attrelid = %s::regclass and attnum > 0 and not attisdropped
                order by attnum
                """,
                view,
            )
        )

    def facts(self) -> dict[str, Any]:
        """What the watermark needs to know of this snapshot, and when it was taken."""
        ((snapshot_at, identity, xmin, xmax),) = self._rows(
            """
            select
                now(),
                concat_ws('/', oid, pg_postmaster_start_time()),
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
            "settings_fingerprint": self._settings_fingerprint(),
        }

    def close(self) -> None:
        """End the transaction, which keeps the source's vacuum from old rows."""
        self._connection.close()

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

    def use_ai_users(self) -> list[str]:
        """Tell the views which users are AI agents; return those that do not exist."""
        listed = [user.lower() for user in self._settings.ai_users]
        rows = self._rows(
            "select user_id, user_id::text, lower(agent_email) from vw_agents"
            " where user_id::text = any(%s) or lower(agent_email) = any(%s) order by 1",
            listed,
            listed,
        )
        ids = "{" + ",".join(str(user_id) for user_id, *_ in rows) + "}"
        self._set("allpfit.ai_user_ids", ids)
        known = {name for _, *names in rows for name in names}
        return [user for user in listed if user not in known]

    def fingerprints(self, file: IO[bytes]) -> None:
        """Write every conversation with its fingerprint to a CSV file."""
        self._copy(
            "select conversation_id, fingerprint from vw_conversation_changes", file
        )

    def dimensions(self, folder: Path) -> tuple[dict[str, Path], str]:
        """Read the small tables whole; return their CSV files and a fingerprint."""
        files = {}
        digest = hashlib.sha256()
        for table, (view, key) in DIMENSION_VIEWS.items():
            files[table] = folder / f"{table}.csv"
            with files[table].open("wb") as file:
                self._copy(f"select * from {view} order by {key}", file)
            digest.update(files[table].read_bytes())
        return files, digest.hexdigest()

    def copy_batch(
        self, table: str, conversation_ids: list[int], load_id: str, file: IO[bytes]
    ) -> None:
        """Write the rows of these conversations to a CSV file with a header."""
        ids = ",".join(map(str, conversation_ids))
        view = REPLICATED_VIEWS[table]
        self._copy(
            f"select {view}.*, '{load_id}'::text as _dlt_load_id from {view}"
            f" where conversation_id = any('{{{ids}}}'::integer[])",
            file,
        )

    def _settings_fingerprint(self) -> str:
        """Hash what the rows depend on besides the data: a change means re-reading."""
        definitions = self._rows(
            "select view, pg_get_viewdef(view::regclass) from unnest(%s) as view"
            " where to_regclass(view) is not null",
            views.names(),
        )
        ai_user_ids = self._value("select current_setting('allpfit.ai_user_ids')")
        facts = [definitions, self._settings.business_timezone, ai_user_ids]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def _set(self, name: str, value: str) -> None:
        self._rows("select set_config(%s, %s, true)", name, value)

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._counted(), self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def _value(self, statement: str, *values: Any) -> Any:
        ((value,),) = self._rows(statement, *values)
        return value

    def _copy(self, query: str, file: IO[bytes]) -> None:
        start = file.tell()
        with self._counted(), self._connection.cursor() as cursor:
            cursor.copy_expert(
                f"copy ({query}) to stdout with (format csv, header)", file
            )
        self.bytes_read += file.tell() - start

    @contextmanager
    def _counted(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.statements += 1
            self.seconds += time.monotonic() - began


def is_comparable(watermark: Watermark | None, facts: dict[str, Any]) -> bool:
    """Whether rows are computed as they were: by the same views and settings."""
    return (
        watermark is not None
        and facts["settings_fingerprint"] == watermark.settings_fingerprint
    )


def is_untouched(watermark: Watermark, facts: dict[str, Any]) -> bool:
    """Whether no transaction at all has written on the source's server since.

    True when none was open at either snapshot and no transaction id was used between,
    on a server that has not been restarted (as one that was restored must be); and no
    run has died since, which may have changed the warehouse.
    """
    return bool(
        watermark.is_last_run
        and watermark.source_identity == facts["source_identity"]
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
        timeout = settings.load_statement_timeout_seconds
        opened._set("statement_timeout", f"{timeout}s")
        opened._set("allpfit.business_timezone", settings.business_timezone)
        opened._set("extra_float_digits", "3")
        yield opened
    finally:
        opened.close()
