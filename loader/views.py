"""Deploy the SQL views on a Chatwoot database, or remove them.

`python -m loader.views` writes their version into the last SQL file, with which it
travels however they are deployed.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
from psycopg2 import sql

from ground.database import PgConnection, PgCursor
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
# Who else may read which view or column, as psql's \\dp shows it; its owner is who
# deployed it, who may be another one this time. No role's name means everybody.
RIGHTS = """
select
    class.relname::text as view,
    access.column_name::text as column_name,
    role.rolname::text as role_name,
    acl.is_grantable
from pg_class as class
inner join pg_namespace as namespace on class.relnamespace = namespace.oid
cross join lateral (
    select
        null as column_name,
        coalesce(class.relacl, acldefault('r', class.relowner)) as rights
    union all
    select
        attribute.attname as column_name,
        attribute.attacl as rights
    from pg_attribute as attribute
    where attribute.attrelid = class.oid and attribute.attacl is not null
) as access
cross join lateral aclexplode(access.rights) as acl
left join pg_roles as role on acl.grantee = role.oid
where
    namespace.nspname = %s
    and class.relname = any(%s)
    and class.relkind = 'v'
    and acl.privilege_type = 'SELECT'
    and role.rolname is distinct from current_user
"""


class DeploymentError(Exception):
    """The views cannot be deployed or removed; nothing was changed."""


@dataclass(frozen=True)
class Right:
    """What somebody may read: a view, or a column of it."""

    view: str
    column: str | None
    role: str | None
    may_grant: bool


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
    with _changing(connection, schema) as cursor:
        cursor.execute(RIGHTS, (schema, names()))
        rights = [Right(*row) for row in cursor]
        cursor.execute(
            "select name from unnest(%s) as name where to_regclass(name) is null",
            (names(),),
        )
        # A view that this version brings is for those who read the final one.
        rights += [
            replace(right, view=new)
            for (new,) in cursor.fetchall()
            for right in rights
            if right.view == VERSIONED_VIEW and right.column is None
        ]
        cursor.execute((FOLDER / "drop_views.sql").read_text())
        for file in files():
            cursor.execute(file.read_text())
        # Also where somebody changes a file, and has yet to write the last one anew.
        cursor.execute(version_file())
        for right in rights:
            _grant(cursor, right)
    return len(names())


def remove(connection: PgConnection, schema: str = "public") -> None:
    """Drop the views in one transaction.

    Raises DeploymentError with what is in the way.
    """
    with _changing(connection, schema) as cursor:
        cursor.execute((FOLDER / "drop_views.sql").read_text())


@contextmanager
def _changing(connection: PgConnection, schema: str) -> Iterator[PgCursor]:
    """One transaction in the schema; raises DeploymentError where it is refused."""
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("set local search_path to {}").format(sql.Identifier(schema))
            )
            cursor.execute("set local lock_timeout = '5s'")
            yield cursor
    except psycopg2.errors.DependentObjectsStillExist as error:
        built = ", ".join((error.diag.message_detail or "").splitlines())
        raise DeploymentError(
            f"others have built on the views ({built}): drop that, and make it anew "
            "afterwards; nothing was changed"
        ) from error
    except psycopg2.errors.LockNotAvailable as error:
        raise DeploymentError(
            "somebody is using the views: try again in a while; nothing was changed"
        ) from error
    except psycopg2.Error as error:
        if error.pgcode is None:  # not the server's word: the way to it broke off
            raise
        raise DeploymentError(
            f"{error.diag.message_primary}; nothing was changed"
        ) from error


def _grant(cursor: PgCursor, right: Right) -> None:
    """Give a right back, unless its column is gone."""
    what: sql.Composable = sql.SQL("select")
    if right.column is not None:
        cursor.execute(
            "select from pg_attribute where attrelid = %s::regclass and attname = %s",
            (right.view, right.column),
        )
        if cursor.fetchone() is None:
            return
        what = sql.SQL("select ({})").format(sql.Identifier(right.column))
    cursor.execute(
        sql.SQL("grant {} on {} to {}{}").format(
            what,
            sql.Identifier(right.view),
            sql.SQL("public") if right.role is None else sql.Identifier(right.role),
            sql.SQL(" with grant option" if right.may_grant else ""),
        )
    )


if __name__ == "__main__":
    VERSION_FILE.write_text(version_file())
