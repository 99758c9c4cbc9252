"""A warehouse that the last release has built goes on with this one, by `make run`."""

import io
import os
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, PROJECT_ROOT, Chatwoot, Warehouse, loaded_at
from test_builds import Project

from demo import chatwoot as demo
from demo.embedded import Connection
from loader import transform
from loader.settings import RELEASE, Settings

CONVERSATIONS = 120


def git(*arguments: str) -> bytes:
    return subprocess.check_output(["git", *arguments], cwd=PROJECT_ROOT)


def last_release() -> str:
    """The newest commit of the main line that has another version than this one."""
    for commit in git("rev-list", "--first-parent", "HEAD").decode().split():
        text = git("show", f"{commit}:pyproject.toml").decode()
        if tomllib.loads(text)["project"]["version"] != RELEASE:
            return commit
    pytest.skip("the history is cut: git fetch --unshallow brings the last release")


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the last release."""
    folder = tmp_path_factory.mktemp("earlier")
    archive = git("archive", "--format=tar", last_release())
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    return folder


def run(
    folder: Path, settings: Settings, owner: Connection, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the loader of a checkout on the servers of the tests."""
    source, warehouse = settings.source, settings.warehouse
    return subprocess.run(
        [sys.executable, "-m", "loader", *arguments],
        cwd=folder,
        env=os.environ
        | {
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
        },
        text=True,
        capture_output=True,
        check=False,
    )


def test_make_run_upgrades_a_warehouse_of_the_last_release(
    earlier: Path,
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    settings = settings_for(chatwoot.reader, warehouse.owner)
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    project = Project(PROJECT_ROOT / "dbt_project", chatwoot, warehouse, settings)
    with closing(chatwoot.connection), closing(warehouse.connection):
        demo.generate(chatwoot.connection, CONVERSATIONS, until=NOW)
        for command in ("deploy-views", "run", "dbt seed", "dbt run"):
            done = run(earlier, settings, chatwoot.owner, *command.split())
            assert done.returncode == 0, done.stderr
            if command == "run":
                loaded_at(warehouse, NOW)
        as_of = "select as_of from marts.mart_load_status"
        served = warehouse.value(as_of)

        # Where the views have changed, their owner is asked, and all stays as it is.
        done = run(PROJECT_ROOT, settings, chatwoot.owner, "run")
        if done.returncode != 0:
            assert "make deploy-views" in done.stderr.splitlines()[-1]
            assert warehouse.value(as_of) == served
            done = run(PROJECT_ROOT, settings, chatwoot.owner, "deploy-views")
            assert done.returncode == 0, done.stderr
            done = run(PROJECT_ROOT, settings, chatwoot.owner, "run")
        assert done.returncode == 0, done.stderr

        next_day = NOW + timedelta(days=1)
        loaded_at(warehouse, next_day)
        done = run(PROJECT_ROOT, settings, chatwoot.owner, "build")
        assert done.returncode == 0, done.stderr
        assert warehouse.value(as_of) == next_day
        built = project.rows()
        assert transform.dbt(settings, ["run", "--quiet", "--full-refresh"])
        assert project.rows() == built

        # Nothing is outdated any more, and the release before may not come back.
        done = run(PROJECT_ROOT, settings, chatwoot.owner, "build")
        assert "making anew" not in done.stderr
