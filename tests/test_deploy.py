"""Deploying the views leaves to others what was theirs, or says what is in the way."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST, Chatwoot, TestServer
from psycopg2 import sql

from ground.database import Connection
from ground.settings import Settings
from loader import views
from loader.source import Snapshot

FINAL = views.VERSIONED_VIEW


@pytest.fixture
def chatwoot(new_chatwoot: Callable[..., Chatwoot]) -> Iterator[Chatwoot]:
    """With the views, which the loader's role may read."""
    made = new_chatwoot()
    with closing(made.connection):
        yield made


@pytest.fixture
def administrator(
    source_server: TestServer, chatwoot: Chatwoot
) -> Iterator[psycopg2.extensions.connection]:
    login = source_server.cluster.connection(chatwoot.name)
    with closing(psycopg2.connect(**login)) as connection:
        connection.autocommit = True
        yield connection


@pytest.fixture
def bi(
    administrator: psycopg2.extensions.connection,
    source_server: TestServer,
    chatwoot: Chatwoot,
) -> Iterator[Connection]:
    """A role of somebody else, with a name that needs quotes."""
    name = f"BI of {chatwoot.name}"
    login = source_server.cluster.connection(chatwoot.name, name)
    role, database = sql.Identifier(name), sql.Identifier(chatwoot.name)
    with administrator.cursor() as cursor:
        cursor.execute(
            sql.SQL("create role {} login password %s").format(role),
            (login["password"],),
        )
        cursor.execute(
            sql.SQL("grant connect on database {} to {}").format(database, role)
        )
    yield login
    with administrator.cursor() as cursor:
        cursor.execute(sql.SQL("drop owned by {0}; drop role {0}").format(role))


def grant(chatwoot: Chatwoot, statement: str, role: Connection) -> None:
    with chatwoot.connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(role["user"])))


def rights(chatwoot: Chatwoot) -> set[tuple[object, ...]]:
    """What psql's backslash dp shows."""
    return set(
        chatwoot.query(
            """
            select relname, relacl::text, attname, attacl::text
            from pg_class
            left join pg_attribute on attrelid = pg_class.oid and attacl is not null
            where relname = any(%s) and (relacl is not null or attacl is not null)
            """,
            views.names(),
        )
    )


def reads(login: Connection, what: str) -> bool:
    with closing(psycopg2.connect(**login)) as connection:
        try:
            connection.cursor().execute(f"select {what} limit 1")
        except psycopg2.errors.InsufficientPrivilege:
            return False
    return True


def test_rights_of_others_are_the_same_after_a_deployment(
    chatwoot: Chatwoot, bi: Connection
) -> None:
    grant(chatwoot, f"grant select on {FINAL}, vw_csat_base to {{}}", bi)
    grant(chatwoot, "grant select on vw_teams to {} with grant option", bi)
    grant(chatwoot, "grant select (user_id, agent_name) on vw_agents to {}", bi)
    grant(chatwoot, "grant select on vw_inboxes to public", bi)
    before = rights(chatwoot)
    assert len(before) >= 5

    views.deploy(chatwoot.connection)

    assert rights(chatwoot) == before
    for what in (f"* from {FINAL}", "* from vw_csat_base", "agent_name from vw_agents"):
        assert reads(bi, what)
    assert not reads(bi, "* from vw_agents")
    assert not reads(bi, "* from conversations")
    assert all(reads(chatwoot.reader, f"* from {view}") for view in Snapshot.views())


def test_rights_outlive_other_columns_and_a_view_that_comes_new(
    chatwoot: Chatwoot, bi: Connection
) -> None:
    """As at an upgrade: of the earlier version, one view differs and one is missing."""
    chatwoot.execute("drop view vw_teams, vw_agents")
    chatwoot.execute("create view vw_teams as select 1 as team_id, 'x' as gone")
    grant(chatwoot, "grant select on vw_teams to allpfit_reader", bi)
    grant(chatwoot, f"grant select on {FINAL}, vw_teams to {{}}", bi)
    grant(chatwoot, "grant select (gone, team_id) on vw_teams to {}", bi)

    views.deploy(chatwoot.connection)

    assert reads(bi, "team_id, team_name from vw_teams")
    assert reads(bi, f"* from {FINAL}")
    assert all(reads(chatwoot.reader, f"* from {view}") for view in Snapshot.views())


def test_another_owner_leaves_the_rights_of_the_one_before(
    chatwoot: Chatwoot, administrator: psycopg2.extensions.connection, bi: Connection
) -> None:
    grant(chatwoot, f"grant select on {FINAL} to {{}}", bi)
    administrator.autocommit = False
    views.deploy(administrator)
    assert reads(bi, f"* from {FINAL}")
    assert reads(chatwoot.owner, f"* from {FINAL}")
    assert all(reads(chatwoot.reader, f"* from {view}") for view in Snapshot.views())


def test_the_readme_lists_every_view_and_who_reads_it() -> None:
    readme = (views.FOLDER / "README.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in readme.splitlines()
        if re.match(r"\| \d\d \|", line)
    ]
    listed = {
        view: (number, by)
        for number, shown, _, by in rows
        for view in re.findall(r"`(\w+)`", shown)
    }
    made = {
        view: file.name[:2]
        for file in views.files()
        for view in re.findall(r"create or replace view (\w+)", file.read_text())
    }
    assert {view: number for view, (number, _) in listed.items()} == made
    assert set(views.names()) == set(made)
    loaded = {view for view, (_, by) in listed.items() if by == "the loader"}
    assert loaded == set(Snapshot.views())
    role = (views.FOLDER / "reader_role.sql").read_text()
    assert loaded == set(re.findall(r"^(vw_\w+)", role, re.M))
    dropped = (views.FOLDER / "drop_views.sql").read_text()
    assert set(made) <= set(re.findall(r"^(vw_\w+)", dropped, re.M))


def loader(
    settings: Settings, owner: Connection, command: str
) -> "subprocess.CompletedProcess[str]":
    source = settings.source
    return subprocess.run(
        [sys.executable, "-m", "loader", command],
        cwd=PROJECT_ROOT,
        env=os.environ
        | {
            "SOURCE_DB_HOST": source.host,
            "SOURCE_DB_PORT": str(source.port),
            "SOURCE_DB_NAME": source.name,
            "SOURCE_DB_USER": source.user,
            "SOURCE_DB_PASSWORD": source.password,
            "SOURCE_DB_OWNER_USER": owner["user"],
            "SOURCE_DB_OWNER_PASSWORD": owner["password"],
        },
        text=True,
        capture_output=True,
        check=False,
        timeout=SECONDS_AT_MOST,
    )


@pytest.mark.parametrize("command", ["deploy-views", "drop-views"])
def test_all_that_others_have_built_is_named_in_one_line(
    chatwoot: Chatwoot, settings_for: Callable[..., Settings], command: str
) -> None:
    chatwoot.execute("create view their_teams as select * from vw_teams")
    chatwoot.execute("create view their_report as select * from vw_csat_base")
    chatwoot.execute("drop view vw_agents")  # a deployment would bring it back
    before = rights(chatwoot)

    settings = settings_for(chatwoot.reader, chatwoot.owner)
    done = loader(settings, chatwoot.owner, command)

    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert re.fullmatch(
        r"error: others have built on the views \(.*\): drop that, and make it anew "
        r"afterwards; nothing was changed",
        line,
    )
    assert "their_teams" in line
    assert "their_report" in line
    assert rights(chatwoot) == before
    assert chatwoot.value("select to_regclass('vw_agents')") is None


def test_who_may_not_and_who_uses_a_view_are_told_in_one_line(
    chatwoot: Chatwoot, bi: Connection, administrator: psycopg2.extensions.connection
) -> None:
    with (
        closing(psycopg2.connect(**bi)) as other,
        pytest.raises(views.DeploymentError) as refused,
    ):
        views.deploy(other)
    assert str(refused.value) == "must be owner of view vw_teams; nothing was changed"

    with closing(psycopg2.connect(**chatwoot.owner)) as reader:
        reader.cursor().execute("select * from vw_teams")  # and sleeps
        with pytest.raises(views.DeploymentError, match="somebody is using the views"):
            views.deploy(chatwoot.connection)
    assert all(reads(chatwoot.reader, f"* from {view}") for view in Snapshot.views())
