"""Deploy the SQL views on a Chatwoot database, or remove them.

`python -m loader.views` writes their version into the last SQL file, with which it
travels however they are deployed.
"""

import hashlib
import re
from pathlib import Path

import psycopg2
from psycopg2 import sql

from ground.database import PgConnection
from ground.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "sql_remote_views"
MINIMUM_SERVER_VERSION = 120000
VERSIONED_VIEW = "vw_conversations_analytics_final"
VERSION_FILE = FOLDER / "11_version.sql"
# As a role that may not read the view, too.
DEPLOYED_VERSION = f"""
select
    substring(
        obj_description(to_regclass('{VERSIONED_VIEW}'), 'pg_class') from 'version (.*)'
    )
"""


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
    """Return a hash of what the other files say, whatever their comments and spaces."""
    tokens = (
        re.findall(r"--[^\n]*|'[^']*'|\w+|[^\s\w]", file.read_text())
        for file in files()
        if file != VERSION_FILE
    )
    said = [token for each in tokens for token in each if not token.startswith("--")]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def version_file() -> str:
    """Return what the last SQL file has to be: it notes the version on the server."""
    return (
        "-- Which version of the views this is; the loader wants that of its own.\n"
        "-- Written by `python -m loader.views`.\n"
        f"comment on view {VERSIONED_VIEW} is 'version {version()}';\n"
    )


def is_deployed(connection: PgConnection) -> bool:
    """Whether the server has the views as the files are now."""
    with connection, connection.cursor() as cursor:
        cursor.execute(DEPLOYED_VERSION)
        return bool(cursor.fetchone() == (version(),))


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
        # Also where somebody changes a file, and has yet to write the last one anew.
        cursor.execute(version_file())
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


if __name__ == "__main__":
    VERSION_FILE.write_text(version_file())
