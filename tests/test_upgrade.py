"""What an earlier release has built goes on with this one, by `make run`."""

import io
import json
import logging
import os
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg2
import pytest
from conftest import NOW, PROJECT_ROOT, Chatwoot, Warehouse, loaded_at
from test_builds import Project

from demo import chatwoot as demo
from ground.database import Connection
from ground.settings import RELEASE, Settings
from loader.history import as_numbers
from operations import backup, builds, kpis_before, transform

CONVERSATIONS = 120
MOST_HAVE_A_VALUE = 40
FEW = 10


def git(*arguments: str) -> bytes:
    return subprocess.check_output(["git", *arguments], cwd=PROJECT_ROOT)


def version_in(pyproject: str) -> str:
    version: str = tomllib.loads(pyproject)["project"]["version"]
    return version


def newest_before(release: str) -> str:
    """The newest commit of the main line whose version is less."""
    for commit in git("rev-list", "--first-parent", "HEAD").decode().split():
        version = version_in(git("show", f"{commit}:pyproject.toml").decode())
        if as_numbers(version) < as_numbers(release):
            return commit
    pytest.skip("the history is cut: git fetch --unshallow brings earlier releases")


def files_of(commit: str, folder: Path) -> Path:
    archive = git("archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the last release by the definitions of before."""
    commit = newest_before(kpis_before.NEW_DEFINITIONS)
    return files_of(commit, tmp_path_factory.mktemp("earlier"))


def run(
    folder: Path, settings: Settings, owner: Connection, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the loader of a checkout on the servers of the tests."""
    return subprocess.run(
        [sys.executable, "-m", "loader", *arguments],
        cwd=folder,
        env=environment(folder, settings, owner),
        text=True,
        capture_output=True,
        check=False,
    )


def environment(folder: Path, settings: Settings, owner: Connection) -> dict[str, str]:
    """What a checkout finds the servers of the tests by."""
    source, warehouse = settings.source, settings.warehouse
    return os.environ | {
        "SOURCE_DB_HOST": source.host,
        "SOURCE_DB_PORT": str(source.port),
        "SOURCE_DB_NAME": source.name,
        "SOURCE_DB_USER": source.user,
        "SOURCE_DB_PASSWORD": source.password,
        "SOURCE_DB_OWNER_USER": owner["user"],
        "SOURCE_DB_OWNER_PASSWORD": owner["password"],
        "LOCAL_DB_HOST": warehouse.host,
        "LOCAL_DB_PORT": str(warehouse.port),
        "LOCAL_DB_NAME": warehouse.name,
        "LOCAL_DB_USER": warehouse.user,
        "LOCAL_DB_PASSWORD": warehouse.password,
        "DASHBOARD_DB_PASSWORD": "unused",
        "DATA_DIR": str(settings.data_dir),
        "DBT_TARGET_PATH": str(settings.data_dir / folder.name),
        "DBT_LOG_PATH": str(settings.data_dir),
    }


def keep(warehouse: Warehouse) -> None:
    """Do what a build does before anything else."""
    with (
        closing(psycopg2.connect(**warehouse.owner)) as connection,
        builds.recorded(connection),
    ):
        pass


def kept(warehouse: Warehouse) -> dict[str, float]:
    return dict(warehouse.query(f"select kpi_id, value from {kpis_before.KPIS_BEFORE}"))


TELL = """
import json
from datetime import date
from kpis import Days, Marts, Period, catalogue, values
try:
    from ground.settings import load_settings
except ImportError:  # until 0.3.0
    from loader.settings import load_settings

month = Days(date(2026, 2, 1), date(2026, 2, 28))
marts = Marts(load_settings().warehouse)
asked = [
    kpi.kpi_id
    for kpi in catalogue(marts).values()
    if kpi.kind in ("sum", "ratio", "distinct", "distinct_ratio", "per_distinct")
    or kpi.kind in ("snapshot", "snapshot_quantile")
]
found = values(marts, asked, Period(month, month, None))
print(json.dumps({each.kpi.kpi_id: each.value for each in found}))
"""


def told_by(folder: Path, settings: Settings, chatwoot: Chatwoot) -> dict[str, float]:
    """What the dashboard of a checkout shows of February, without percentiles."""
    done = subprocess.run(
        [sys.executable, "-c", TELL],
        cwd=folder,
        env=environment(folder, settings, chatwoot.owner),
        text=True,
        capture_output=True,
        check=True,
    )
    found: dict[str, float | None] = json.loads(done.stdout)
    return {kpi_id: value for kpi_id, value in found.items() if value is not None}


def percentiles(warehouse: Warehouse) -> dict[str, float]:
    """The percentiles of February, from each value by itself."""
    found = {}
    for kpi_id, metric, responder, share in warehouse.query(
        "select kpi_id, metric, responder_class, quantile from marts.kpi_catalog"
        " where kind = 'percentile'"
    ):
        durations = [
            float(str(value))
            for day, value, of_metric, of_responder in warehouse.query(
                "select local_date, value, metric, responder_class"
                " from analytics.durations"
            )
            if str(day).startswith("2026-02-")
            and of_metric == metric
            and responder in (None, of_responder)
        ]
        if durations:
            found[str(kpi_id)] = float(np.quantile(durations, float(str(share))))
    return found


@pytest.fixture(scope="module")
def chatwoot(new_chatwoot: Callable[..., Chatwoot]) -> Iterator[Chatwoot]:
    made = new_chatwoot()
    with closing(made.connection):
        demo.generate(made.connection, CONVERSATIONS, until=NOW)
        yield made


@pytest.fixture(scope="module")
def old_template(
    earlier: Path,
    chatwoot: Chatwoot,
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
) -> str:
    """The name of a database that an earlier release has loaded and built."""
    warehouse = new_warehouse()
    settings = settings_for(chatwoot.reader, warehouse.owner)
    with closing(warehouse.connection):
        built_by(earlier, chatwoot, warehouse, settings)
    return warehouse.name


@pytest.fixture
def old(
    old_template: str, new_warehouse: Callable[..., Warehouse]
) -> Iterator[Warehouse]:
    """A warehouse as an earlier release has left it."""
    made = new_warehouse(old_template)
    with closing(made.connection):
        yield made


def built_by(
    release: Path,
    chatwoot: Chatwoot,
    warehouse: Warehouse,
    settings: Settings,
) -> None:
    """Load and build a warehouse by an earlier release."""
    for command in ("deploy-views", "run", "dbt seed", "dbt run"):
        done = run(release, settings, chatwoot.owner, *command.split())
        assert done.returncode == 0, done.stderr
        if command == "run":
            loaded_at(warehouse, NOW)


def test_make_run_upgrades_a_warehouse_of_the_last_release(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    """What is shown stays as it is, if the definitions do."""
    last = files_of(newest_before(RELEASE), tmp_path / "last")
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    settings = settings_for(chatwoot.reader, warehouse.owner)
    with closing(chatwoot.connection), closing(warehouse.connection):
        demo.generate(chatwoot.connection, CONVERSATIONS, until=NOW)
        built_by(last, chatwoot, warehouse, settings)
        shown = told_by(last, settings, chatwoot)
        for command in ("deploy-views", "run", "build"):
            done = run(PROJECT_ROOT, settings, chatwoot.owner, command)
            assert done.returncode == 0, done.stderr
            if command == "run":
                loaded_at(warehouse, NOW)
        assert told_by(PROJECT_ROOT, settings, chatwoot) == pytest.approx(shown)
        assert len(shown) > MOST_HAVE_A_VALUE
        assert warehouse.value("select to_regclass('analytics.ai_users') is null")


def test_make_run_upgrades_a_warehouse_of_earlier_definitions(
    earlier: Path,
    chatwoot: Chatwoot,
    old: Warehouse,
    settings_for: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_for(chatwoot.reader, old.owner)
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    project = Project(PROJECT_ROOT / "dbt_project", chatwoot, old, settings)
    shown = told_by(earlier, settings, chatwoot)
    exact = percentiles(old)
    as_of = "select as_of from marts.mart_load_status"
    served = old.value(as_of)

    # Where the views have changed, their owner is asked, and all stays as it is.
    done = run(PROJECT_ROOT, settings, chatwoot.owner, "run")
    if done.returncode != 0:
        assert "make deploy-views" in done.stderr.splitlines()[-1]
        assert old.value(as_of) == served
        done = run(PROJECT_ROOT, settings, chatwoot.owner, "deploy-views")
        assert done.returncode == 0, done.stderr
        done = run(PROJECT_ROOT, settings, chatwoot.owner, "run")
    assert done.returncode == 0, done.stderr

    next_day = NOW + timedelta(days=1)
    loaded_at(old, next_day)
    done = run(PROJECT_ROOT, settings, chatwoot.owner, "build")
    assert done.returncode == 0, done.stderr
    assert old.value(as_of) == next_day

    # What was shown is kept, and stands beside what is shown now.
    values = kept(old)
    assert values == pytest.approx(shown | exact)
    assert len(values) > MOST_HAVE_A_VALUE
    assert len(exact) > 1
    assert f"kept {len(values)} KPIs of 2026-02" in done.stderr
    mart = "select kpi_id, value from marts.mart_kpis_before"
    assert dict(old.query(mart)) == values
    of_the_load = "select distinct local_month, local_as_of, release from "
    assert old.query(of_the_load + kpis_before.KPIS_BEFORE) == [
        (
            date(2026, 2, 1),
            NOW - timedelta(hours=3),
            version_in((earlier / "pyproject.toml").read_text()),
        )
    ]

    built = project.rows()
    assert transform.dbt(settings, ["run", "--quiet", "--full-refresh"])
    assert project.rows() == built

    # Nothing is outdated any more, and the release before may not come back.
    done = run(PROJECT_ROOT, settings, chatwoot.owner, "build")
    assert "making anew" not in done.stderr
    assert kept(old) == values
    assert project.rows() == built


def test_old_values_are_those_of_the_first_build(old: Warehouse) -> None:
    keep(old)
    values = kept(old)
    assert len(values) > MOST_HAVE_A_VALUE
    old.execute("update marts.mart_executive_episode_days set inbound_episodes = 0")
    keep(old)
    assert kept(old) == values


def test_old_values_are_kept_whole_or_not_at_all(
    old: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = iter(range(FEW))
    compute = kpis_before.value_before

    def dying(*arguments: Any) -> float | None:
        if next(killed, None) is None:
            raise SystemExit
        return compute(*arguments)

    monkeypatch.setattr(kpis_before, "value_before", dying)
    with pytest.raises(SystemExit):
        keep(old)
    monkeypatch.undo()
    assert old.value("select to_regclass(%s)", kpis_before.KPIS_BEFORE) is None
    keep(old)
    assert len(kept(old)) > MOST_HAVE_A_VALUE


def test_old_values_that_cannot_be_computed_are_named_in_a_line(
    old: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    old.execute(
        "alter table marts.mart_executive_activity_days"
        " rename new_conversations to brand_new_conversations"
    )
    with caplog.at_level(logging.WARNING, "loader"):
        keep(old)
    (line,) = caplog.messages
    assert "no value of conversations_new to keep" in line
    assert "does not exist" in line
    assert "\n" not in line
    assert "conversations_new" not in kept(old)
    assert len(kept(old)) > MOST_HAVE_A_VALUE


def test_a_half_built_warehouse_keeps_what_it_has(
    old: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    old.execute("drop table marts.mart_executive_episode_days cascade")
    old.execute("insert into raw_chatwoot.builds (release) values ('0.2.0')")
    with caplog.at_level(logging.WARNING, "loader"):
        keep(old)
    assert len(caplog.messages) == 1
    assert "resolution_rate" not in kept(old)
    assert "messages_total" in kept(old)


@pytest.mark.parametrize(
    "lost", ["drop view marts.mart_load_status cascade", "truncate marts.kpi_catalog"]
)
def test_a_warehouse_without_its_books_keeps_nothing(
    old: Warehouse, lost: str, caplog: pytest.LogCaptureFixture
) -> None:
    old.execute(lost)
    keep(old)
    assert kept(old) == {}
    assert not caplog.messages


def test_what_fails_altogether_is_told_and_stops_nothing(
    old: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    old.execute("alter table marts.kpi_catalog rename feature to part")
    keep(old)
    (line,) = caplog.messages
    assert "are not kept: " in line
    assert kept(old) == {}


def test_new_numbers_below_an_old_history_are_not_taken_for_old(old: Warehouse) -> None:
    """As after a backup of before was restored."""
    old.execute("create table analytics.kpi_changes ()")
    keep(old)
    assert kept(old) == {}


def test_old_values_are_in_a_backup(
    chatwoot: Chatwoot, old: Warehouse, settings_for: Callable[..., Settings]
) -> None:
    settings = settings_for(chatwoot.reader, old.owner)
    keep(old)
    values = kept(old)
    backup.backup(settings)
    old.execute(f"truncate {kpis_before.KPIS_BEFORE}")
    backup.restore(settings)
    assert kept(old) == values


def test_a_warehouse_of_this_release_keeps_nothing(warehouse: Warehouse) -> None:
    assert kept(warehouse) == {}
    assert warehouse.query("select * from marts.mart_kpis_before") == []
    warehouse.execute(f"drop table {kpis_before.KPIS_BEFORE} cascade")
    keep(warehouse)
    assert kept(warehouse) == {}
