"""A load wants the views of its own version, and follows a release that changes."""

from collections.abc import Callable
from contextlib import closing

import psycopg2
import pytest
from conftest import Chatwoot, Warehouse
from replica import Replica, fill, make_replica

from loader import contract, doctor, views
from loader.run import run
from loader.settings import Settings
from loader.source import LOADED_VIEWS, OTHER_VERSION, PROBE_VIEWS

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
    "vw_inboxes": ("inbox_name", "character varying"),
    AGENTS: ("agent_name", "character varying"),
    "vw_teams": ("team_name", "character varying"),
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
