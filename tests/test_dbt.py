"""The dbt project on a loaded warehouse: exact, incremental, documented, guarded."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from conftest import NOW, Chatwoot, Warehouse, hash_of_rows, loaded_at
from psycopg2 import sql
from psycopg2.errors import InsufficientPrivilege

from demo import chatwoot as demo
from ground.settings import Settings
from loader import run
from loader.contract import declared_columns
from operations import transform

CONVERSATIONS = 300
AI_USER = "assistente.ia@allpfit.example"
BEFORE = NOW - timedelta(days=10)
# What these show depends on the moment of the query, or on the runs of the loader.
OF_THE_CLOCK = (
    "analytics.conversas_analytics", "marts.mart_load_runs", "marts.mart_load_status",
)  # fmt: skip


@dataclass(frozen=True)
class Project:
    """A Chatwoot, the warehouse loaded from it, and dbt's folder of results."""

    chatwoot: Chatwoot
    warehouse: Warehouse
    settings: Settings
    target: Path

    def dbt(self, *arguments: str) -> None:
        """Run a dbt command and fail unless all of it passes."""
        assert transform.dbt(self.settings, [*arguments, "--quiet"])

    def result(self, file: str) -> dict[str, list[dict[str, str]]]:
        return json.loads((self.target / file).read_text())

    def rows(self) -> dict[str, str]:
        """A hash of all rows for each relation that dbt built."""
        tables = self.warehouse.query(
            """
            select oid::regclass::text
            from pg_class
            where
                relkind in ('r', 'v')
                and relnamespace::regnamespace::text in ('analytics', 'marts')
                and oid::regclass::text <> all(%s)
            """,
            list(OF_THE_CLOCK),
        )
        return {table: hash_of_rows(self.warehouse, table) for (table,) in tables}


@pytest.fixture(scope="module")
def project(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    """The demo's first months, loaded and built."""
    target = tmp_path_factory.mktemp("dbt")
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    demo.generate(chatwoot.connection, CONVERSATIONS, until=BEFORE)
    settings = settings_for(chatwoot.reader, warehouse.owner)
    variables = transform.environment(settings) | {
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
    }
    with (
        closing(chatwoot.connection),
        closing(warehouse.connection),
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in variables.items():
            patch.setenv(name, value)
        made = Project(chatwoot, warehouse, settings, target)
        run.run(settings)
        loaded_at(warehouse, BEFORE)
        made.dbt("build")
        yield made


def test_project_parses_without_a_warning(project: Project) -> None:
    project.dbt(
        "--warn-error", "parse", "--no-partial-parse", "--show-all-deprecations"
    )


def test_the_environment_is_left_as_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What dbt reads must not become a setting of what runs afterwards."""
    monkeypatch.delenv("LOCAL_DB_HOST")
    before = os.environ.copy()
    project.dbt("parse")
    assert os.environ == before


def test_incremental_build_gives_the_rows_of_a_full_refresh(project: Project) -> None:
    before = project.rows()
    project.dbt("build")
    assert project.rows() == before

    changes = demo.live(project.chatwoot.connection, NOW)
    assert changes["new conversations"] > 0
    project.chatwoot.execute(
        """
        delete from conversations where id = (select min(id) from conversations);
        delete from messages
        where conversation_id = (
            select conversation_id
            from messages
            group by 1
            order by count(*) desc
            limit 1
        );
        """
    )
    summary = run.run(project.settings)
    loaded_at(project.warehouse, NOW)
    assert summary.mode == "incremental"
    assert summary.rows_deleted > 0
    project.dbt("build")
    incremental = project.rows()
    project.dbt("build", "--full-refresh")
    assert project.rows() == incremental
    assert (
        incremental["analytics.conversation_moments"]
        != before["analytics.conversation_moments"]
    )


def test_time_alone_changes_episodes(project: Project) -> None:
    """Young episodes come of age and silences close, though nothing new is loaded."""
    move = "update raw_chatwoot.load_runs set snapshot_at = snapshot_at + %s::interval"
    project.dbt("run")
    before = project.rows()
    project.warehouse.execute(move, "-10 days")
    project.dbt("run", "--full-refresh")
    early = project.rows()
    project.warehouse.execute(move, "10 days")
    project.dbt("run")
    assert project.rows() == before
    assert early["analytics.episodes"] != before["analytics.episodes"]


def test_changed_parameter_is_built_anew(
    project: Project, configured: Callable[..., Settings]
) -> None:
    before = project.rows()
    changed = configured(
        project.settings,
        parameters="parameter,value\nresponse_target_seconds,30\nepisode_gap_hours,6\n",
    )
    assert transform.dbt(changed, ["run", "--quiet"])
    built = project.rows()
    assert transform.dbt(changed, ["run", "--quiet", "--full-refresh"])
    assert project.rows() == built
    for table in (
        "analytics.conversation_moments",
        "marts.mart_executive_episode_days",
    ):
        assert built[table] != before[table]
    project.dbt("run")
    assert project.rows() == before


def test_build_mends_what_an_interrupted_run_left_behind(project: Project) -> None:
    before = project.rows()
    project.warehouse.execute(
        """
        update analytics.conversations set last_run_id = 0, status = 9 where id % 5 = 0;
        delete from analytics.conversations where id % 5 = 1;
        update analytics.conversation_moments set built_from = 0
        where conversation_id % 5 = 2;
        delete from analytics.conversation_moments where conversation_id % 5 = 3;
        """
    )
    project.dbt("run")
    assert project.rows() == before


def test_analysts_get_the_contract_between_key_and_load_times(
    project: Project,
) -> None:
    columns = [
        name
        for (name,) in project.warehouse.query(
            """
            select attname::text
            from pg_attribute
            where attrelid = 'analytics.conversas_analytics'::regclass and attnum > 0
            order by attnum
            """
        )
    ]
    assert columns == ["id", *declared_columns(), "etl_inserted_at", "etl_updated_at"]
    assert len(columns) == 121


def test_view_shows_what_chatwoot_shows_now(project: Project) -> None:
    (ai_user,) = project.chatwoot.query(
        "select id from users where email = %s", AI_USER
    )
    project.chatwoot.execute(
        "select set_config('allpfit.ai_user_ids', %s, false)", f"{{{ai_user[0]}}}"
    )
    jsonb = {"message_compiled": "message_compiled::jsonb::text"}
    columns = {
        name: jsonb.get(name, f"{name}::text")
        for name in declared_columns()
        if name != "waiting_time_seconds"
    }
    query = "select {}, waiting_time_seconds from {} order by conversation_id"
    # Midnight may pass while one asks: what is shown lies between two looks.
    before, actual, after = (
        database.query(query.format(", ".join(columns.values()), relation))
        for database, relation in (
            (project.chatwoot, "vw_conversations_analytics_final"),
            (project.warehouse, "analytics.conversas_analytics"),
            (project.chatwoot, "vw_conversations_analytics_final"),
        )
    )
    for found, earlier, later in zip(actual, before, after, strict=True):
        for value, *either in zip(found[:-1], earlier[:-1], later[:-1], strict=True):
            assert value in either
        if earlier[-1] is None:
            assert found[-1] is None
        else:
            assert earlier[-1] <= found[-1] <= later[-1]


@pytest.mark.parametrize(
    "condition",
    [
        "id = 7",
        "conversation_id = 7",
        "contact_phone = '+5511900000001'",
        "inbox_id = 3 and status = 0",
        "conversation_date between '2026-01-01' and '2026-01-02'",
        "conversation_created_at > now() - interval '1 day'",
        "etl_updated_at > now() - interval '1 day'",
        "csat_rating <= 2",
    ],
)
def test_filter_on_the_view_finds_an_index(project: Project, condition: str) -> None:
    project.warehouse.execute("set enable_seqscan = off")  # the tables are small here
    plan = project.warehouse.query(
        f"explain select * from analytics.conversas_analytics where {condition}"
    )
    project.warehouse.execute("reset enable_seqscan")
    assert any("Index Cond" in line for (line,) in plan)


def test_sixteen_indexes_stand_on_the_conversations(project: Project) -> None:
    assert (
        project.warehouse.value(
            "select count(*) from pg_index"
            " where indrelid = 'analytics.conversations'::regclass"
        )
        == 16
    )


def test_dashboard_reads_the_marts_and_nothing_else(project: Project) -> None:
    tables = project.warehouse.query(
        """
        select relnamespace::regnamespace::text, relname::text
        from pg_class
        where
            relkind in ('r', 'v')
            and relnamespace::regnamespace::text
            in ('raw_chatwoot', 'staging', 'analytics', 'marts')
        """
    )
    with closing(psycopg2.connect(**project.warehouse.reader)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            readable = set()
            for schema, table in tables:
                name = sql.Identifier(schema, table)
                try:
                    cursor.execute(sql.SQL("select from {} limit 1").format(name))
                    readable.add((schema, table))
                except InsufficientPrivilege:
                    continue
    marts = {(schema, table) for schema, table in tables if schema == "marts"}
    assert readable == marts
    assert len(marts) >= 6


def test_dashboard_reads_a_mart_the_moment_it_is_built(project: Project) -> None:
    project.warehouse.execute("create table marts.newcomer as select 1 as one")
    with (
        closing(psycopg2.connect(**project.warehouse.reader)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("select one from marts.newcomer")
        assert cursor.fetchone() == (1,)
    project.warehouse.execute("drop table marts.newcomer")


def test_every_relation_and_column_is_described_in_the_database(
    project: Project,
) -> None:
    assert (
        project.warehouse.query(
            """
        select pg_class.oid::regclass::text, attribute.attname::text
        from pg_class
        inner join pg_attribute as attribute
            on
                pg_class.oid = attribute.attrelid
                and attribute.attnum > 0
                and not attribute.attisdropped
        where
            pg_class.relkind in ('r', 'v')
            and pg_class.relnamespace::regnamespace::text
            in ('staging', 'analytics', 'marts')
            and (
                coalesce(col_description(pg_class.oid, attribute.attnum), '') = ''
                or coalesce(obj_description(pg_class.oid, 'pg_class'), '') = ''
            )
        """
        )
        == []
    )


def test_old_data_is_reported_as_stale(project: Project) -> None:
    def freshness(hours: int) -> str:
        project.warehouse.execute(
            "update raw_chatwoot.load_runs"
            f" set finished_at = now() - interval '{hours} hours'"
        )
        project.dbt("source", "freshness")
        ((status),) = (
            row["status"] for row in project.result("sources.json")["results"]
        )
        return status

    try:
        assert freshness(0) == "pass"
        assert freshness(27) == "warn"
    finally:
        project.warehouse.execute(
            "update raw_chatwoot.load_runs set finished_at = snapshot_at"
        )


@pytest.mark.parametrize(
    "change",
    [
        "counted_by = null where kpi_id = 'ai_hours_saved'",
        "counted_by = 'no_such_column' where kpi_id = 'ai_hours_saved'",
        "counted_by = 'ai_cost_brl' where kpi_id = 'ai_hours_saved'",
        "counted_by = 'inbound_episodes' where kpi_id = 'episodes_total'",
        "denominator = 'sentiment_sum' where kpi_id = 'ai_depth'",
        "numerator = 'ai_hours_saved' where kpi_id = 'volume_growth_mom'",
    ],
)
def test_catalogue_says_what_counts_the_cases(project: Project, change: str) -> None:
    check = ["test", "--quiet", "--select", "kpi_catalog"]
    project.warehouse.execute(f"update marts.kpi_catalog set {change}")
    try:
        assert not transform.dbt(project.settings, check)
    finally:
        project.dbt("run", "--select", "kpi_catalog")


MISTAKES = {
    "kind_is_known": ("kind = 'ratoi' where kpi_id = 'csat_avg'", "ratoi"),
    "sentiment_side_is_known": (
        "sentiment_side = 'positiv' where kpi_id = 'feedback_terms_positive'",
        "positiv",
    ),
    "terms_are_of_one_side": (
        "sentiment_side = null where kpi_id = 'feedback_terms_negative'",
        "feedback_terms_negative",
    ),
    "kpis_that_it_names_exist": (
        "made_of_kpis = 'agent_cast' where kpi_id = 'agent_ranking'",
        "agent_cast",
    ),
    "what_compares_people_says_by_which_kpis": (
        "made_of_kpis = null where kpi_id = 'team_scorecard'",
        "team_scorecard",
    ),
    "other_ways_to_read_it_are_known": (
        "also_by = 'team' where kpi_id = 'csat_response_rate'",
        "csat_response_rate",
    ),
}


def test_a_mistake_in_the_catalogue_is_one_line_that_names_it(project: Project) -> None:
    for change, _ in MISTAKES.values():
        project.warehouse.execute(f"update marts.kpi_catalog set {change}")
    try:
        check = ["test", "--quiet", "--select", "the_catalogue_is_consistent"]
        assert not transform.dbt(project.settings, check)
        results = project.result("run_results.json")["results"]
        (failed,) = [each for each in results if each["status"] == "fail"]
        rows = project.warehouse.query(
            f"select found::text from ({failed['compiled_code']}) as found"
        )
    finally:
        project.dbt("seed", "--select", "kpi_catalog")
    for condition, (_, named) in MISTAKES.items():
        (line,) = [row for (row,) in rows if row.startswith(f"({condition},")]
        assert named in line[: transform.ROW_CHARACTERS]


@pytest.mark.parametrize(
    "change",
    [
        "overlay(packed_values placing float8send(1e6) from 1 for 8)",
        "packed_values || float8send(0)",
        "substring(packed_values from 9)",
    ],
)
def test_one_wrong_time_among_the_packed_fails(project: Project, change: str) -> None:
    check = ["test", "--quiet", "--select", "assert_percentiles_are_exact"]
    project.dbt(*check)
    ((row, before),) = project.warehouse.query(
        "select ctid::text, packed_values from marts.mart_operational_durations"
        " order by local_date desc limit 1"
    )
    ((changed_row,),) = project.warehouse.query(
        f"update marts.mart_operational_durations set packed_values = {change}"
        " where ctid = %s::tid returning ctid::text",
        row,
    )
    try:
        assert not transform.dbt(project.settings, check)
    finally:
        project.warehouse.execute(
            "update marts.mart_operational_durations set packed_values = %s"
            " where ctid = %s::tid",
            before,
            changed_row,
        )
    project.dbt(*check)


def test_documentation_holds_every_model(project: Project) -> None:
    project.dbt("docs", "generate", "--static")
    assert (project.target / "static_index.html").exists()
    nodes = project.result("manifest.json")["nodes"]
    assert {
        name
        for name, node in nodes.items()
        if node["resource_type"] in ("model", "seed")
        and node["config"]["materialized"] != "ephemeral"
    } == set(project.result("catalog.json")["nodes"])
