"""Builds: what an edit makes anew, how a failure is told, and who waits for whom."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from click.testing import CliRunner
from conftest import NOW, PROJECT_ROOT, Chatwoot, Warehouse, hash_of_rows, loaded_at

from demo import chatwoot as demo
from ground.configuration import DEMO, FilesError
from ground.database import Database
from ground.settings import Settings
from kpis import Days, Marts, Period, catalogue, values
from kpis.listing import listing
from loader import history, run
from operations import builds, cli, doctor, status, transform

CONVERSATIONS = 60
NO_TESTS = ("--exclude-resource-type", "test", "unit_test")
MARTS = "models/marts/_marts__models.yml"
SOURCES = "models/staging/chatwoot/_chatwoot__sources.yml"
FACTS = "models/marts/drilldown/mart_drilldown_episodes.sql"
DECLARED_FACTS = "models/marts/drilldown/_drilldown__models.yml"
DECLARED_SUMS = "models/marts/executive/_executive__models.yml"


@dataclass(frozen=True)
class Project:
    """A copy of the dbt project that a test may edit, and the warehouse it builds."""

    folder: Path
    chatwoot: Chatwoot
    warehouse: Warehouse
    settings: Settings

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that stands in a file once."""
        path = self.folder / file
        text = path.read_text()
        assert text.count(old) == 1, (file, old)
        path.write_text(text.replace(old, new))

    def write(self, file: str, text: str) -> None:
        (self.folder / file).write_text(text)

    def configure(self, file: str, rows: str) -> None:
        (self.settings.config_dir / f"{file}.csv").write_text(rows)

    def forget_configuration(self) -> None:
        """Configure what the demo has, and no more."""
        for file in self.settings.config_dir.iterdir():
            file.unlink()
        shutil.copytree(DEMO, self.settings.config_dir, dirs_exist_ok=True)

    def build(self) -> None:
        """Build all but the tests, as `make run` does."""
        assert transform.dbt(self.settings, ["build", "--quiet", *NO_TESTS])

    def outdated(self) -> set[str]:
        """Which tables the next build would make anew."""
        known = transform.known_tables(self.settings)
        with closing(self.settings.warehouse.connect()) as connection:
            return set(builds.outdated(connection, known))

    def rows(self) -> dict[str, str]:
        """A hash of all rows for each table that dbt built."""
        tables = self.warehouse.query(
            "select schemaname || '.' || tablename from pg_tables"
            " where schemaname in ('analytics', 'marts')"
            " and tablename <> 'built_models'"
        )
        return {table: hash_of_rows(self.warehouse, table) for (table,) in tables}


@pytest.fixture(scope="module")
def made(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    configured: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    """A small demo, loaded and built from a copy of the dbt project."""
    folder = tmp_path_factory.mktemp("project") / "dbt_project"
    shutil.copytree(
        PROJECT_ROOT / "dbt_project",
        folder,
        ignore=shutil.ignore_patterns("target", "logs"),
    )
    chatwoot, built = new_chatwoot(), new_warehouse()
    settings = configured(settings_for(chatwoot.reader, built.owner))
    with (
        closing(chatwoot.connection),
        closing(built.connection),
        pytest.MonkeyPatch.context() as patch,
    ):
        demo.generate(chatwoot.connection, CONVERSATIONS, until=NOW)
        patch.setattr(transform, "DBT_PROJECT", folder)
        # Some tests of the data are enough here; test_dbt.py runs all.
        some = (*transform.TESTS, "--select", "test_type:singular", "kpi_changes")
        patch.setattr(transform, "TESTS", some)
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        project = Project(folder, chatwoot, built, settings)
        run.run(settings)
        loaded_at(built, NOW)
        assert transform.build(settings).error is None
        yield project


@pytest.fixture
def project(made: Project) -> Iterator[Project]:
    """The project as it was, also after a test that has edited it."""
    files = {
        file: file.read_bytes()
        for part in (
            "models",
            "macros",
            "seeds",
            "tests",
            "defaults",
            "dbt_project.yml",
        )
        for file in [made.folder / part, *(made.folder / part).rglob("*")]
        if file.is_file()
    }
    yield made
    for part in ("models", "macros", "seeds", "tests", "defaults"):
        for file in (made.folder / part).rglob("*"):
            if file.is_file() and file not in files:
                file.unlink()
    made.forget_configuration()
    for file, content in files.items():
        if not file.exists() or file.read_bytes() != content:
            file.write_bytes(content)


# ---------------------------------------------------------------- what an edit outdates

OF_EPISODES = {
    "episodes",
    "episode_days",
    "mart_executive_episode_days",
    "mart_operational_durations",
}
OF_MESSAGES = {
    *OF_EPISODES,
    "conversation_moments",
    "episode_speech",
    "episode_events",
    "episode_surveys",
    "chatwoot_days",
}
ALL = {*OF_MESSAGES, "conversations", "message_sources"}
WITH_AN_AI = "ai_user\nbruno@example.com\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "outdated"),
    [
        pytest.param(
            "macros/packed_values.sql",
            "order by {{ value }})",
            "order by {{ value }} desc)",
            {"mart_operational_durations"},
            id="a macro",
        ),
        pytest.param(
            "models/analytics/durations.sql",
            "where value >= 0",
            "where value > 0",
            {"mart_operational_durations"},
            id="a rule in a view",
        ),
        pytest.param(
            "models/analytics/episode_days.sql",
            "count(*) filter (where messages.sender_class = 'automation')",
            "2 * count(*) filter (where messages.sender_class = 'automation')",
            {
                "episode_days",
                "mart_executive_episode_days",
                "mart_operational_durations",
            },
            id="a rule in a table",
        ),
        pytest.param(
            "dbt_project.yml",
            "automation system,",
            "automation system, robot,",
            OF_MESSAGES,
            id="a variable",
        ),
        pytest.param(
            FACTS,
            "(ignored_reason is null)::integer as episodes,",
            "2 * (ignored_reason is null)::integer as episodes,",
            {"mart_executive_episode_days"},
            id="a component",
        ),
        pytest.param(
            DECLARED_SUMS,
            "      - name: long_ai_episodes\n        data_type: bigint",
            "      - name: long_ai_episodes\n        data_type: numeric",
            {"mart_executive_episode_days"},
            id="a declared sum",
        ),
        pytest.param(
            SOURCES,
            "<<: *user_message_ratio\n    data_type: numeric(5,2)",
            "<<: *user_message_ratio\n    data_type: numeric(6,2)",
            ALL,
            id="a column that staging declares",
        ),
        pytest.param(
            SOURCES,
            "name: display_id\n            data_type: integer",
            "name: display_id\n            data_type: bigint",
            ALL,
            id="a column of the contract",
        ),
        pytest.param(
            "models/analytics/conversation_moments.sql",
            "{'columns': ['local_date']},",
            "{'columns': ['local_date', 'inbox_id']},",
            OF_MESSAGES,
            id="an index",
        ),
        pytest.param(
            "models/analytics/episodes.sql",
            "-- The version tells",
            "-- It tells",
            set(),
            id="a comment",
        ),
        pytest.param(
            MARTS,
            "description: Name, never blank;",
            "description: A name, never blank;",
            set(),
            id="a description",
        ),
    ],
)
def test_an_edit_makes_anew_what_follows_from_it(
    project: Project, file: str, old: str, new: str, outdated: set[str]
) -> None:
    project.edit(file, old, new)
    assert project.outdated() == outdated


@pytest.mark.parametrize(
    ("file", "rows", "outdated"),
    [
        ("parameters", "parameter,value\nmaturity_hours,72\n", OF_EPISODES),
        ("ai_users", WITH_AN_AI, OF_MESSAGES),
        ("ai_users", "# one\nai_user\nassistente.ia@allpfit.example\n", set()),
        ("targets", "kpi_id,target\ncsat_avg,4.2\n", set()),
    ],
)
def test_a_changed_configuration_makes_anew_what_follows_from_it(
    project: Project, file: str, rows: str, outdated: set[str]
) -> None:
    project.configure(file, rows)
    assert project.outdated() == outdated


def test_without_an_edit_nothing_is_made_anew(project: Project) -> None:
    assert project.outdated() == set()


def test_edited_rules_give_the_rows_of_a_full_refresh(project: Project) -> None:
    """Also a killed build's leftovers, and the rules of before, put back."""
    before = project.rows()
    project.edit(
        "macros/packed_values.sql",
        "order by {{ value }})",
        "order by {{ value }} desc)",
    )
    project.configure("parameters", "parameter,value\nmaturity_hours,72\n")
    project.configure("ai_users", WITH_AN_AI)
    # A new component: the facts say what it is, the sum by day that it is there.
    project.edit(
        FACTS,
        "(ignored_reason is null)::integer as episodes,",
        "(ignored_reason is null)::integer as episodes,\n"
        "    2 * (ignored_reason is null)::integer as episodes_twice,",
    )
    for file, data_type in ((DECLARED_FACTS, "integer"), (DECLARED_SUMS, "bigint")):
        column = f"      - name: immature_episodes\n        data_type: {data_type}\n"
        twice = column.replace("immature_episodes", "episodes_twice")
        project.edit(file, column, f"{twice}        description: Twice\n{column}")
    project.build()
    built = project.rows()
    assert transform.dbt(project.settings, ["run", "--quiet", "--full-refresh"])
    assert project.rows() == built
    assert project.warehouse.value(
        "select sum(episodes_twice) = 2 * sum(episodes)"
        " from marts.mart_executive_episode_days"
    )
    for table in (
        "analytics.episodes",
        "marts.mart_executive_episode_days",
        "marts.mart_operational_durations",
    ):
        assert built[table] != before[table]

    for file in (
        "macros/packed_values.sql",
        FACTS,
        DECLARED_FACTS,
        DECLARED_SUMS,
    ):
        shutil.copy(PROJECT_ROOT / "dbt_project" / file, project.folder / file)
    project.forget_configuration()
    project.build()
    assert project.rows() == before


def test_a_build_that_was_killed_is_made_anew(project: Project) -> None:
    """Rows by the new rules, and the old ones put back: they differ from no record."""
    before = project.rows()
    rule = "count(*) filter (where messages.sender_class = 'automation')"
    file = "models/analytics/episode_days.sql"
    project.edit(file, rule, f"2 * {rule}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            builds.Build, "note_made", lambda *_: (_ for _ in ()).throw(SystemExit)
        )
        with pytest.raises(SystemExit):
            project.build()
    assert project.rows() != before
    project.edit(file, f"2 * {rule}", rule)
    project.build()
    assert project.rows() == before


def test_what_a_release_drops_and_adds(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    """A model, a column of a seed; what a user has built on it keeps a relation."""
    project.write("models/analytics/extra.sql", "select 1 as one\n")
    project.write("models/analytics/extra_used.sql", "select 1 as one\n")
    path = project.folder / "seeds/kpi_changes.csv"
    kept = path.read_text()
    first, *others = path.read_text().splitlines()
    path.write_text(
        "\n".join([f"{first},note", *(f"{line},it is one" for line in others), ""])
    )
    assert transform.build(project.settings).error is not None  # an undeclared column
    project.warehouse.execute(
        "create view public.of_a_user as select * from analytics.extra_used"
    )
    assert project.warehouse.value("select min(note) from analytics.kpi_changes")

    for name in ("extra", "extra_used"):
        (project.folder / f"models/analytics/{name}.sql").unlink()
    path.write_text(kept)
    caplog.clear()
    assert transform.build(project.settings).error is None
    gone = "select to_regclass(%s) is null"
    assert project.warehouse.value(gone, "analytics.extra")
    assert not project.warehouse.value(gone, "analytics.extra_used")
    assert "analytics.extra_used is not built any more, and stays" in caplog.text

    project.warehouse.execute("drop view public.of_a_user")
    assert transform.build(project.settings).error is None
    assert project.warehouse.value(gone, "analytics.extra_used")


def test_an_older_release_refuses_in_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = project.rows()
    monkeypatch.setattr(history, "RELEASE", "0.0.9")
    for act in (
        lambda: run.run(project.settings),
        lambda: transform.build(project.settings),
        lambda: transform.dbt(project.settings, ["run"]),
    ):
        with pytest.raises(history.NewerReleaseError) as refused:
            act()
        assert len(str(refused.value).splitlines()) == 1
        assert "0.0.9" in str(refused.value)
    assert project.rows() == before


# ---------------------------------------------------------------- how a failure is told


def load_status(project: Project) -> dict[str, object]:
    with project.warehouse.connection.cursor() as cursor:
        cursor.execute("select * from marts.mart_load_status")
        (row,) = cursor.fetchall()
        return dict(zip([each.name for each in cursor.description], row, strict=True))


def test_a_model_that_fails_leaves_the_last_numbers_and_says_so(
    project: Project,
) -> None:
    good = load_status(project)
    assert not good["is_mixed"]
    project.warehouse.execute(
        "insert into raw_chatwoot.load_runs"
        " (status, mode, started_at, finished_at, snapshot_at)"
        " values ('succeeded', 'none', %(now)s, %(now)s, %(now)s)".replace(
            "%(now)s", f"'{NOW + timedelta(hours=3)}+00'"
        )
    )
    assert load_status(project)["unbuilt_local_loaded_at"] == NOW
    file = "models/marts/mart_labels.sql"
    project.write(file, "select 1 / 0 as label, 'x'::text as name\n")
    project.write(
        "models/analytics/after.sql", "select * from {{ ref('mart_labels') }}\n"
    )
    built = transform.build(project.settings)
    assert not built.is_complete
    assert [failure.what for failure in built.failures] == ["model mart_labels"]
    assert built.error is not None
    assert "model mart_labels failed: " in built.error
    assert "1 model that follows was not built" in built.error

    now = load_status(project)
    assert now["as_of"] == good["as_of"]
    assert now["is_mixed"]
    assert now["has_failed_build"]
    assert not now["has_failed_checks"]
    assert now["build_failed_local_since"] is not None
    (failed,) = project.warehouse.query(
        "select kind, failed_at from marts.mart_failed_loads where kind = 'build'"
        " order by build_id desc limit 1"
    )
    assert failed == ("build", "model mart_labels")

    found = status.collect(project.settings)
    assert found.last_build is not None
    assert found.last_build.status == "failed"
    assert found.unbuilt_loads == 1
    # Computed here and in the mart: without marts, status has something to say too.
    assert found.last_build.failing_since is not None
    local_since = found.last_build.failing_since.astimezone(
        ZoneInfo(found.business_timezone)
    )
    assert local_since.replace(tzinfo=None) == now["build_failed_local_since"]
    assert "failing since" in status.describe(found)
    assert "model mart_labels failed" in status.describe(found)
    (finding,) = [
        each
        for each in doctor.examine(project.settings)
        if each.what.startswith("build")
    ]
    assert not finding.is_good
    assert "model mart_labels failed" in finding.what

    (project.folder / "models/analytics/after.sql").unlink()
    shutil.copy(PROJECT_ROOT / "dbt_project" / file, project.folder / file)
    project.build()
    now = load_status(project)
    assert now["as_of"] == NOW + timedelta(hours=3)
    assert not now["is_mixed"]
    assert now["build_failed_local_since"] is None
    project.warehouse.execute(
        "delete from raw_chatwoot.load_runs"
        " where run_id = (select max(run_id) from raw_chatwoot.load_runs)"
    )
    project.build()


def test_a_failed_test_leaves_no_half_and_shows_its_rows(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        "tests/assert_nobody_is_seven.sql",
        "select 7 as seven, 'odd' as why from {{ ref('mart_agents') }} limit 2\n",
    )
    monkeypatch.setattr(cli, "load_settings", lambda: project.settings)
    answer = CliRunner().invoke(cli.main, ["build"])
    assert answer.exit_code == 1
    for words in (
        "data test assert_nobody_is_seven found 2 rows",
        "select 7 as seven",
        "seven | why",
        "(7,odd)",
        "docs/operations.md",
    ):
        assert words in answer.stderr
    now = load_status(project)
    assert now["has_failed_checks"]
    assert not now["is_mixed"]
    assert now["unbuilt_local_loaded_at"] is None

    answer = CliRunner().invoke(cli.main, ["build", "--json"])
    assert answer.exit_code == 1
    said = json.loads(answer.stdout)
    assert said["is_complete"]
    assert said["failures"][0]["what"] == "data test assert_nobody_is_seven"

    (project.folder / "tests/assert_nobody_is_seven.sql").unlink()
    answer = CliRunner().invoke(cli.main, ["build"])
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert not load_status(project)["has_failed_build"]


def test_a_project_that_cannot_be_read_is_a_failed_build(project: Project) -> None:
    project.write("models/marts/mart_labels.sql", "select {{ ref('nowhere') }}\n")
    with pytest.raises(Exception, match="nowhere"):
        transform.build(project.settings)
    found = status.collect(project.settings).last_build
    assert found is not None
    assert found.status == "failed"
    assert not load_status(project)["is_mixed"]  # nothing was built
    assert load_status(project)["has_failed_build"]
    shutil.copy(
        PROJECT_ROOT / "dbt_project/models/marts/mart_labels.sql",
        project.folder / "models/marts/mart_labels.sql",
    )
    project.build()


def test_before_a_load_there_is_nothing_to_build(
    project: Project,
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    empty = new_warehouse()
    with closing(empty.connection):
        settings = settings_for(project.chatwoot.reader, empty.owner)
        monkeypatch.setattr(cli, "load_settings", lambda: settings)
        answer = CliRunner().invoke(cli.main, ["build"])
        assert answer.exit_code == 1
        assert answer.stderr == "error: nothing loaded yet to build: make run\n"


def test_a_build_by_hand_of_a_part_mixes_nothing_of_one_load(
    project: Project,
) -> None:
    assert transform.dbt(
        project.settings, ["run", "--quiet", "--select", "mart_agents"]
    )
    assert not load_status(project)["is_mixed"]


def test_moments_that_python_does_not_hold_stop_no_build(project: Project) -> None:
    conversation, other = (
        number
        for (number,) in project.chatwoot.query(
            "select conversation_id from messages group by 1"
            " order by count(*) desc, 1 limit 2"
        )
    )
    project.chatwoot.execute(
        """
        update messages set created_at = '58000-01-01'
        where id = (select max(id) from messages where conversation_id = %s);
        update messages set created_at = '0044-03-15 BC'
        where id = (select min(id) from messages where conversation_id = %s);
        update conversations
        set created_at = '0044-03-15 BC', last_activity_at = '58000-01-01'
        where id = %s;
        update reporting_events set event_end_time = '58000-01-01'
        where id = (select min(id) from reporting_events);
        """,
        conversation,
        other,
        other,
    )
    run.run(project.settings)
    loaded_at(project.warehouse, NOW)
    built = transform.build(project.settings)
    assert built.error is None
    project.build()  # which looks at the rows that are there
    for table, column in (
        ("analytics.messages", "sent_at"),
        ("analytics.episode_days", "local_date"),
        ("analytics.conversations", "last_activity_at"),
        ("marts.mart_drilldown_messages", "sent_at"),
    ):
        project.warehouse.query(f"select distinct {column} from {table}")


# ------------------------------------------------------------------- who waits for whom


@pytest.fixture
def sleeper(project: Project) -> Iterator[psycopg2.extensions.connection]:
    """A reader with a transaction open on a mart, as a BI tool may leave it."""
    login = project.warehouse.reader
    with closing(psycopg2.connect(**login, application_name="a BI tool")) as connection:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from marts.mart_agents")
            cursor.fetchall()
        yield connection


def test_a_sleeping_reader_is_waited_for_and_named(
    project: Project,
    sleeper: psycopg2.extensions.connection,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def wake(_: float) -> None:
        # Others read meanwhile: nobody waits behind a build that waits.
        project.warehouse.query("select count(*) from marts.mart_agents")
        sleeper.rollback()

    monkeypatch.setattr(transform.time, "sleep", wake)
    built = transform.build(project.settings)
    assert built.error is None
    assert "waits for its readers" in caplog.text
    assert "a BI tool" in caplog.text
    assert "reads marts.mart_agents" in caplog.text


def test_a_reader_that_does_not_wake_fails_the_build_by_name(
    project: Project,
    sleeper: psycopg2.extensions.connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transform, "SECONDS_BETWEEN_ATTEMPTS", (0.0,))
    built = transform.build(project.settings)
    assert built.error is not None
    assert "model mart_agents failed" in built.error
    assert f"a BI tool, process {sleeper.info.backend_pid}" in built.error
    sleeper.rollback()
    project.build()


def test_a_load_that_a_reader_keeps_out_names_him(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small tables are emptied to be filled anew, for which nobody may read them."""
    project.chatwoot.execute("update inboxes set name = name || ' 2'")
    login = project.warehouse.owner
    with (
        closing(psycopg2.connect(**login, application_name="psql")) as reader,
        reader.cursor() as cursor,
    ):
        cursor.execute("select count(*) from raw_chatwoot.inboxes")
        monkeypatch.setattr(cli, "load_settings", lambda: project.settings)
        answer = CliRunner().invoke(cli.main, ["run"])
        assert answer.exit_code == 1
        assert f"psql, process {reader.info.backend_pid}" in answer.stderr
    run.run(project.settings)
    loaded_at(project.warehouse, NOW)
    project.build()


# ---------------------------------------------------------------- what is configured

OWN_KPI = (
    "kpi_id,level,kind,mart,numerator,denominator,axis,unit,direction,"
    "label_pt,label_en,definition_pt,definition_en,target\n"
    "own_after_hours,executive,ratio,mart_executive_episode_days,{numerator},"
    "{denominator},cohort,rate,down,Fora do expediente,After hours,Parte.,Share.,0.4\n"
)


def test_a_mistake_in_the_configuration_builds_nothing(project: Project) -> None:
    """The last numbers stay, and the failure is as visible as any other."""
    before = project.rows()
    project.configure("targets", "kpi_id,target\ncsat_average,4\n")
    with pytest.raises(FilesError, match="there is no csat_average"):
        transform.build(project.settings)
    assert project.rows() == before
    status, error = project.warehouse.query(
        "select status, error from raw_chatwoot.builds order by build_id desc limit 1"
    )[0]
    assert status == "failed"
    assert "targets.csv, line 2: there is no csat_average" in str(error)


@pytest.mark.parametrize(
    ("numerator", "denominator", "says"),
    [
        (
            "after_hours_episode",
            "inbound_episodes",
            "numerator: mart_executive_episode_days has no after_hours_episode;"
            " did you mean after_hours_episodes",
        ),
        (
            "after_hours_episodes",
            "",
            "denominators stand where the kind divides, which does not hold: (denom",
        ),
    ],
)
def test_a_kpi_of_the_owners_that_cannot_be_computed_is_refused(
    project: Project, numerator: str, denominator: str, says: str
) -> None:
    before = project.rows()
    project.configure(
        "kpis", OWN_KPI.format(numerator=numerator, denominator=denominator)
    )
    with pytest.raises(FilesError) as raised:
        transform.build(project.settings)
    (line,) = str(raised.value).splitlines()
    assert "kpis.csv, line 2: " in line
    assert says in line
    assert project.rows() == before
    assert project.warehouse.value(
        "select count(*) from configuration.kpi_catalog where origin = 'owner'"
    ) == 0  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",ratio,", ",Ratio,", "kind: Ratio: one of sum, ratio, "),
        (",ratio,", ",Ratio,", "; did you mean ratio"),
        (",After hours,", ",Episodes,", "label_en: episodes_total is called Episodes,"),
    ],
)
def test_a_word_that_is_not_known_is_all_that_is_told(
    project: Project, old: str, new: str, says: str
) -> None:
    row = OWN_KPI.format(numerator="matured_episodes", denominator="inbound_episodes")
    project.configure("kpis", row.replace(old, new))
    with pytest.raises(FilesError) as raised:
        transform.build(project.settings)
    (line,) = str(raised.value).splitlines()
    assert says in line


def test_a_kpi_of_the_owners_is_one_like_ours(project: Project) -> None:
    project.configure(
        "kpis",
        OWN_KPI.format(
            numerator="after_hours_episodes", denominator="inbound_episodes"
        ),
    )
    assert transform.build(project.settings).error is None
    marts = Marts(Database(project.warehouse.reader))
    days = Days(NOW.date() - timedelta(days=90), NOW.date())
    ours, own = values(
        marts,
        ["episodes_total", "own_after_hours"],
        Period(days, days, None),
    )
    assert own.kpi.pack == "own"
    assert own.kpi.target == 0.4
    assert own.cases == ours.value
    assert 0 < (own.value or 0) < 1
    assert listing(marts, "own_after_hours", days).total == own.numerator
    project.forget_configuration()
    project.build()
    assert "own_after_hours" not in catalogue(marts)
