"""A load wants the views of its own version, and follows a release that changes."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
import yaml
from conftest import Chatwoot, Warehouse
from replica import Replica, fill, make_replica

from ground.settings import Settings
from loader import contract, views
from loader.run import run
from loader.source import LOADED_VIEWS, OTHER_VERSION, PROBE_VIEWS, Snapshot
from operations import doctor

replica = pytest.fixture(make_replica)

AGENTS = "vw_agents"
FINAL = "vw_conversations_analytics_final"
CONTEXT = "vw_conversation_context"


def reshape(chatwoot: Chatwoot, view: str, **changes: str | None) -> None:
    """Make a view anew with an expression for a column, without it, or with a new one.

    As a deployment would, with its version and with the rights to read it.
    """
    columns = [
        name
        for (name,) in chatwoot.query(
            "select attname::text from pg_attribute"
            " where attrelid = %s::regclass and attnum > 0 order by attnum",
            view,
        )
    ]
    selected = ", ".join(
        f"{changes.get(name, name)} as {name}"
        for name in dict.fromkeys([*columns, *changes])
        if changes.get(name, name) is not None
    )
    former = f"{view}_before"
    while chatwoot.value("select to_regclass(%s) is not null", former):
        former += "_"
    chatwoot.execute(
        f"""
        alter view {view} rename to {former};
        create view {view} as select {selected} from {former};
        grant select on {view} to allpfit_reader;
        {views.version_file()}
        """
    )


# ------------------------------------------------------------- before anything is read

FIRST = {
    FINAL: ("status", "integer"),
    CONTEXT: ("account_id", "integer"),
    "vw_accounts": ("account_name", "character varying"),
    "vw_inboxes": ("inbox_name", "character varying"),
    AGENTS: ("agent_name", "character varying"),
    "vw_teams": ("team_name", "character varying"),
    "vw_source_accounts": ("account_name", "character varying"),
    "vw_conversation_changes": ("fingerprint", "bigint"),
    "vw_row_versions": ("id", "bigint"),
    "vw_contact_conversations": ("contact_id", "bigint"),
    "vw_shown_values": ("shown", "text"),
}


def test_every_view_that_is_read_has_a_contract(replica: Replica) -> None:
    assert set(FIRST) == {*LOADED_VIEWS.values(), *PROBE_VIEWS}
    for view in FIRST:
        found = dict(
            replica.chatwoot.query(
                "select attname::text, format_type(atttypid, null) from pg_attribute"
                " where attrelid = %s::regclass and attnum > 0 order by attnum",
                view,
            )
        )
        declared = {
            name: contract.declared_columns(table)
            for table, name in LOADED_VIEWS.items()
        } | PROBE_VIEWS
        assert list(found.items()) == list(declared[view].items()), view


@pytest.mark.parametrize("view", FIRST)
def test_view_with_other_columns_stops_the_load(replica: Replica, view: str) -> None:
    column, of_type = FIRST[view]
    replica.chatwoot.execute("update conversations set status = 2")
    before = replica.warehouse.query("select * from raw_chatwoot.agents")
    reshape(replica.chatwoot, view, **{column: None, "novelty": "1"})

    with pytest.raises(contract.ContractError) as raised:
        run(replica.settings)

    lines = str(raised.value).splitlines()
    assert lines == [
        f"{view}.{column}: declared {of_type}, found nothing",
        f"{view}.novelty: declared nowhere, found integer",
        OTHER_VERSION,
    ]
    assert replica.warehouse.query("select * from raw_chatwoot.agents") == before
    assert replica.warehouse.query(
        "select status, rows_read, error from raw_chatwoot.load_runs order by run_id"
    )[1:] == [("failed", None, lines[0])]


def test_command_and_doctor_name_each_difference(replica: Replica) -> None:
    reshape(replica.chatwoot, AGENTS, agent_name=None)
    reshape(replica.chatwoot, "vw_teams", team_id="team_id::integer")
    lines = [
        "vw_agents.agent_name: declared character varying, found nothing",
        "vw_teams.team_id: declared bigint, found integer",
    ]

    done = replica.finished("run")

    assert done.returncode == 1
    assert done.stderr == "error: " + "\n".join([*lines, OTHER_VERSION]) + "\n"
    found = [each.what for each in doctor.examine(replica.settings)]
    for line in (*lines, "the views are not those of this version"):
        assert f"source: {line}" in found


# ----------------------------------------------------------------- version of the views


def test_version_travels_in_the_last_file() -> None:
    assert views.files()[-1] == views.VERSION_FILE
    assert views.VERSION_FILE.read_text() == views.version_file(), (
        "a view has changed: .venv/bin/python -m loader.views"
    )


@pytest.mark.parametrize(
    ("change", "is_another"),
    [
        (("-- One row per conversation", "-- A row"), False),
        (("select\n    conversations.id as", "select conversations.id as"), False),
        (("row(name, email)", "row(\n\n name,\n email )"), False),
        (("row(name, email)", "row(email, name)"), True),
        (("'Conversation'", "'conversation'"), True),
        (("'labels'", "' labels'"), True),
        (("as versions", "as versions2"), True),
    ],
)
def test_version_is_of_what_the_files_say(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    change: tuple[str, str],
    is_another: bool,
) -> None:
    before = views.version()
    folder = tmp_path_factory.mktemp("views")
    for file in views.files():
        text = file.read_text()
        (folder / file.name).write_text(text.replace(*change))
    assert any(
        (folder / file.name).read_text() != file.read_text() for file in views.files()
    )
    monkeypatch.setattr(views, "FOLDER", folder)
    monkeypatch.setattr(views, "VERSION_FILE", folder / views.VERSION_FILE.name)
    assert (views.version() != before) == is_another


@pytest.mark.parametrize("deployed", ["'version 0123456789abcdef'", "'ours'", "null"])
def test_views_of_another_version_stop_the_load_with_one_line(
    replica: Replica, deployed: str
) -> None:
    """As where a key within JSON is new, while the columns are the same."""
    replica.chatwoot.execute("update conversations set status = 2")
    replica.chatwoot.execute(f"comment on view {FINAL} is {deployed}")

    done = replica.finished("run")

    assert done.returncode == 1
    assert done.stderr == f"error: {OTHER_VERSION}\n"
    assert "make deploy-views" in done.stderr
    assert replica.warehouse.query(
        "select distinct status from raw_chatwoot.conversations"
    ) == [(0,)]
    findings = {each.what: each for each in doctor.examine(replica.settings)}
    finding = findings["source: the views are not those of this version"]
    assert not finding.is_good
    assert "make deploy-views" in finding.remedy

    replica.chatwoot.execute(views.version_file())
    assert replica.load().rows_changed == 40


def test_views_deployed_with_psql_have_their_version(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
) -> None:
    """The README's command: all files, in one transaction."""
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    replica = Replica(
        chatwoot, warehouse, settings_for(chatwoot.reader, warehouse.owner)
    )
    fill(chatwoot, 10)
    files = (
        views.FOLDER / "drop_views.sql",
        *sorted(views.FOLDER.glob("[0-9][0-9]_*.sql")),
    )
    with closing(psycopg2.connect(**chatwoot.owner)) as owner, owner:
        owner.cursor().execute("".join(file.read_text() for file in files))
        owner.cursor().execute(f"grant select on {', '.join(FIRST)} to allpfit_reader")
    assert views.is_deployed(chatwoot.connection)
    assert replica.load().rows_new == 10
    replica.close()


# ------------------------------------------------- a release that changes the contract

TABLES = {view: table for table, view in LOADED_VIEWS.items()}
TYPES = {
    "text": "'x'::text",
    "bigint": "{}::bigint",
    "jsonb": "to_jsonb({})",
    "json": "to_json({})",
    "double precision": "{}::double precision",
}


@dataclass
class Release:
    """The contract of a next version, and its views."""

    monkeypatch: pytest.MonkeyPatch
    folder: Path

    def put_out(self, chatwoot: Chatwoot, view: str, **types: str | None) -> None:
        """Give columns of a view these types, in the contract and on the source."""
        reshape(
            chatwoot,
            view,
            **{
                name: to_type and f"({TYPES[to_type].format(name)})"
                for name, to_type in types.items()
            },
        )
        described = yaml.safe_load(contract.SOURCES.read_text())
        (table,) = (
            each
            for each in described["sources"][0]["tables"]
            if each["name"] == TABLES[view]
        )
        declared = {each["name"]: each for each in table["columns"]}
        for name, to_type in types.items():
            declared[name] = {"name": name, "data_type": to_type}
            if to_type is None:
                del declared[name]
        table["columns"] = list(declared.values())
        file = self.folder / f"{len(list(self.folder.iterdir()))}.yml"
        file.write_text(yaml.safe_dump(described))
        self.monkeypatch.setattr(contract, "SOURCES", file)


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Release:
    return Release(monkeypatch, tmp_path)


def give_values(replica: Replica) -> None:
    replica.chatwoot.execute(
        """
        insert into campaigns (
            id, account_id, inbox_id, display_id, title, message, created_at, updated_at
        )
        values (1, 1, 1, 1, 'Volta às aulas', 'Oi', now(), now());
        update conversations set campaign_id = 1, priority = 1;
        insert into account_users (account_id, user_id, role, created_at, updated_at)
        values (1, 1, 1, now(), now());
        """
    )
    replica.load()


def of_raw(replica: Replica, view: str, column: str) -> tuple[object, ...]:
    """The type of a raw column, and how many rows have a value."""
    relation = f"raw_chatwoot.{TABLES[view]}"
    (found,) = replica.warehouse.query(
        f"""
        select
            format_type(atttypid, atttypmod),
            (select count({column}) from {relation})
        from pg_attribute
        where attrelid = %s::regclass and attname = %s
        """,
        relation,
        column,
    )
    return found


@pytest.mark.parametrize(
    ("view", "column", "rows"),
    [
        (FINAL, "priority", 40),
        (CONTEXT, "campaign_title", 40),
        (AGENTS, "is_administrator", 2),
    ],
)
def test_column_comes_goes_and_comes_again(
    replica: Replica, release: Release, view: str, column: str, rows: int
) -> None:
    give_values(replica)
    of_type, loaded = of_raw(replica, view, column)
    assert loaded == rows

    release.put_out(replica.chatwoot, view, novelty="text")
    assert replica.load().mode == "full"
    assert of_raw(replica, view, "novelty") == ("character varying", rows)

    release.put_out(replica.chatwoot, view, **{column: None})
    assert replica.load().mode == "full"
    # Nothing reads it any more, and it shows nothing that is old.
    assert of_raw(replica, view, column) == (of_type, 0)

    release.put_out(replica.chatwoot, view, **{column: "text"})
    assert replica.load().mode == "full"
    assert of_raw(replica, view, column) == ("character varying", rows)
    assert replica.load().mode == "none"


@pytest.mark.parametrize(
    ("view", "column", "to_type", "stored_as"),
    [
        (FINAL, "priority", "bigint", "bigint"),
        (FINAL, "priority", "text", "character varying"),
        (FINAL, "contact_name", "jsonb", "jsonb"),
        (FINAL, "user_message_ratio", "double precision", "double precision"),
        (FINAL, "conversation_id", "bigint", "bigint"),
        (CONTEXT, "account_id", "bigint", "bigint"),
        (CONTEXT, "campaign_title", "jsonb", "jsonb"),
        (AGENTS, "user_id", "bigint", "bigint"),
        (AGENTS, "agent_name", "jsonb", "jsonb"),
        (AGENTS, "is_administrator", "text", "character varying"),
    ],
)
def test_column_of_another_type_is_made_anew(
    replica: Replica,
    release: Release,
    view: str,
    column: str,
    to_type: str,
    stored_as: str,
) -> None:
    """And what was built on the table shows the last numbers until the next build."""
    give_values(replica)
    rows = of_raw(replica, view, column)[1]
    table = f"raw_chatwoot.{TABLES[view]}"
    built = f"create view built as select * from {table}"
    replica.warehouse.execute(built)
    key = "user_id" if view == AGENTS else "conversation_id"
    shown = f"select built::text from built order by {key}"
    before = replica.warehouse.query(shown)

    replica.chatwoot.execute("update conversations set status = 1 where id < 5")
    release.put_out(replica.chatwoot, view, **{column: to_type})
    summary = replica.load()

    assert (summary.mode, summary.rows_read) == ("full", 40)
    assert of_raw(replica, view, column) == (stored_as, rows)
    assert replica.warehouse.query(shown) == before
    assert replica.load().mode == "none"

    replica.warehouse.execute(f"drop view built; {built}")
    assert replica.load().mode == "none"
    assert replica.warehouse.value("select to_regclass(%s)", f"{table}_before") is None
    replica.chatwoot.execute("update conversations set status = 3 where id < 5")
    assert replica.load().rows_changed == 4


def test_type_changes_twice_without_a_build(replica: Replica, release: Release) -> None:
    replica.warehouse.execute(
        "create view built as select * from raw_chatwoot.conversation_context"
    )
    before = replica.warehouse.query("select built::text from built order by 1")
    for to_type in ("jsonb", "text", "bigint", "text"):
        expression = f"'7'::{to_type}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(TYPES, to_type, expression)
            release.put_out(replica.chatwoot, CONTEXT, account_id=to_type)
        assert replica.load().mode == "full"
    assert replica.warehouse.query("select built::text from built order by 1") == before


def test_run_that_dies_after_making_a_column_anew_loses_nothing(
    replica: Replica, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_values(replica)
    release.put_out(replica.chatwoot, CONTEXT, campaign_title="jsonb")
    release.put_out(replica.chatwoot, AGENTS, agent_name="jsonb")
    with monkeypatch.context() as patch:
        patch.setattr(Snapshot, "facts", None)
        with pytest.raises(TypeError):
            run(replica.settings)
    assert of_raw(replica, CONTEXT, "campaign_title") == ("jsonb", 0)
    assert replica.load().mode == "full"
    assert of_raw(replica, CONTEXT, "campaign_title") == ("jsonb", 40)


def test_marts_show_the_last_numbers_until_a_build(
    replica: Replica, release: Release
) -> None:
    """With what dbt builds, and back to the version before."""
    give_values(replica)
    replica.build()
    shown = "select * from marts.mart_drilldown_conversations order by conversation_id"
    before = replica.warehouse.query(shown)
    ours = contract.SOURCES

    replica.chatwoot.execute("update contacts set name = 'Bia'")
    for view, column in ((FINAL, "contact_name"), (CONTEXT, "campaign_title")):
        release.put_out(replica.chatwoot, view, **{column: "jsonb"})
    replica.load()
    assert replica.warehouse.query(shown) == before

    with closing(psycopg2.connect(**replica.chatwoot.owner)) as owner:
        owner.cursor().execute(f"drop view {FINAL}_before, {CONTEXT}_before cascade")
        owner.commit()
        views.deploy(owner)
    replica.chatwoot.execute(f"grant select on {', '.join(FIRST)} to allpfit_reader")
    release.monkeypatch.setattr(contract, "SOURCES", ours)
    assert replica.load().mode == "full"
    assert replica.warehouse.query(shown) == before
    replica.build()
    assert replica.warehouse.query(shown) != before
    assert replica.load().mode == "none"
    assert (
        replica.warehouse.query(
            "select relname from pg_class where relname like %s"
            " and relname not like %s",
            "%\\_before",
            "%kpis\\_before",
        )
        == []
    )
