"""Deploy the SQL views on a Chatwoot database, or remove them."""

import hashlib
import re
from pathlib import Path

import psycopg2
from psycopg2 import sql

from loader.database import PgConnection
from loader.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "sql_remote_views"
MINIMUM_SERVER_VERSION = 120000
VERSIONED_VIEW = "vw_conversations_analytics_final"


class DeploymentError(Exception):
    """The views cannot be deployed; nothing was changed."""


def files() -> list[Path]:
    """The view files in order of deployment."""
    return sorted(FOLDER.glob("[0-9][0-9]_*.sql"))


def names() -> list[str]:
    """The views that the files make, in order of deployment."""
    found = (
        re.findall(r"create or replace view (\w+)", file.read_text())
        for file in files()
    )
    return list(dict.fromkeys(name for group in found for name in group))


def version() -> str:
    """Return a hash of the view files, noted on the server at deployment."""
    texts = (file.read_bytes() for file in files())
    return hashlib.sha256(b"".join(texts)).hexdigest()[:16]


def is_deployed(connection: PgConnection) -> bool:
    """Whether the server has the views as the files are now."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select obj_description(to_regclass(%s), 'pg_class')", (VERSIONED_VIEW,)
        )
        return bool(cursor.fetchone() == (f"version {version()}",))


def deploy(connection: PgConnection, schema: str = "public") -> int:
    """Make the views anew in one transaction, keeping who may read them.

    Returns how many there are. Raises DeploymentError with what is in the way.
    """
    if connection.server_version < MINIMUM_SERVER_VERSION:
        raise DeploymentError("the views need PostgreSQL 12 or newer")
    with connection, connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("set local search_path to {}").format(sql.Identifier(schema))
        )
        cursor.execute("set local lock_timeout = '5s'")
        cursor.execute(
            """
            select table_name, grantee
            from information_schema.role_table_grants
            where
                table_schema = %s
                and table_name = any(%s)
                and privilege_type = 'SELECT'
                and grantee <> current_user
            """,
            (schema, names()),
        )
        grants = cursor.fetchall()
        cursor.execute(
            "select name from unnest(%s) as name where to_regclass(name) is null",
            (names(),),
        )
        # A view that this version brings is for those who read the final one.
        readers = [grantee for view, grantee in grants if view == VERSIONED_VIEW]
        grants += [(view, grantee) for (view,) in cursor for grantee in readers]
        try:
            cursor.execute((FOLDER / "drop_views.sql").read_text())
            for file in files():
                cursor.execute(file.read_text())
        except psycopg2.Error as error:
            raise DeploymentError(str(error).strip()) from error
        cursor.execute(
            f"comment on view {VERSIONED_VIEW} is %s", (f"version {version()}",)
        )
        for view, grantee in grants:
            cursor.execute(
                sql.SQL("grant select on {} to {}").format(
                    sql.Identifier(view),
                    sql.SQL("public")
                    if grantee == "PUBLIC"
                    else sql.Identifier(grantee),
                )
            )
    return len(names())


def remove(connection: PgConnection, schema: str = "public") -> None:
    """Drop the views in one transaction."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("set local search_path to {}").format(sql.Identifier(schema))
        )
        cursor.execute("set local lock_timeout = '5s'")
        cursor.execute((FOLDER / "drop_views.sql").read_text())
