"""What our programs end with: 0, 1, 2, 75 or 130, whichever of the three it is."""

import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST, Warehouse

from ground.settings import RELEASE

PROGRAMS = (("demo", "up"), ("loader", "status"), ("dashboards",))
A_REAL_SOURCE = {
    "SOURCE_DB_HOST": "127.0.0.1",
    "SOURCE_DB_PORT": "1",
    "SOURCE_DB_NAME": "chatwoot",
    "SOURCE_DB_USER": "reader",
    "SOURCE_DB_PASSWORD": "secret",
}


def start(*command: str, **variables: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=PROJECT_ROOT,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(*command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    process = start(*command, **variables)
    out, error = process.communicate(timeout=SECONDS_AT_MOST)
    assert "Traceback" not in error
    return subprocess.CompletedProcess(command, process.returncode, out, error)


@pytest.mark.parametrize("program", PROGRAMS)
def test_wrong_settings(program: tuple[str, ...], tmp_path: Path) -> None:
    done = end(*program, DATA_DIR=str(tmp_path), SOURCE_DB_PORT="none")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: wrong settings (.env or environment):\n")
    assert "SOURCE_DB_PORT" in done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_wrong_options(program: tuple[str, ...], tmp_path: Path) -> None:
    done = end(*program, "--nonsense", DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such option" in done.stderr


def test_wrong_options_of_dbt(
    new_warehouse: Callable[..., Warehouse], tmp_path: Path
) -> None:
    owner = new_warehouse().owner
    warehouse = {
        "LOCAL_DB_HOST": owner["host"],
        "LOCAL_DB_PORT": str(owner["port"]),
        "LOCAL_DB_NAME": owner["dbname"],
        "LOCAL_DB_USER": owner["user"],
        "LOCAL_DB_PASSWORD": owner["password"],
        "DASHBOARD_DB_PASSWORD": "unused",
        "DATA_DIR": str(tmp_path),
    }
    for words in (["nonsense"], ["ls", "--nonsense"]):
        done = end("loader", "dbt", *words, **warehouse)
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("error: No such ")


def test_a_real_source_is_no_demo(tmp_path: Path) -> None:
    done = end("demo", "day", DATA_DIR=str(tmp_path), **A_REAL_SOURCE)
    assert (done.returncode, done.stdout) == (2, "")
    assert "never writes to that" in done.stderr


@pytest.mark.parametrize("program", ["loader status", "demo up", "dashboards"])
def test_a_folder_that_is_none_is_a_wrong_setting(tmp_path: Path, program: str) -> None:
    (tmp_path / "file").touch()
    done = end(*program.split(), DATA_DIR=str(tmp_path / "file"))
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "error: wrong settings (.env or environment):",
        f"DATA_DIR: {tmp_path / 'file'} is not a folder",
    ]


def test_what_fails_for_another_reason(tmp_path: Path) -> None:
    (tmp_path / "source").touch()  # where the server has its folder
    done = end("demo", "up", DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")


def test_interrupted(tmp_path: Path) -> None:
    """While a demo is made; for the dashboard it is the way to end it."""
    tmp_path.chmod(0o755)
    data = {"DATA_DIR": str(tmp_path / "data"), "DEMO_CONVERSATIONS": "50000"}
    try:
        making = start("demo", "up", **data)
        assert making.stdout is not None
        assert making.stdout.readline().startswith("making a demo Chatwoot")
        making.send_signal(signal.SIGINT)
        _, error = making.communicate(timeout=SECONDS_AT_MOST)
        assert (making.returncode, error) == (130, "error: interrupted\n")

        serving = start("dashboards", **data)
        assert serving.stdout is not None
        assert serving.stdout.readline().startswith("dashboard: http://127.0.0.1:")
        serving.send_signal(signal.SIGINT)
        _, error = serving.communicate(timeout=SECONDS_AT_MOST)
        assert serving.returncode == 0, error
    finally:
        end("loader", "clean", **data)


def test_version() -> None:
    """It stands in pyproject.toml alone; shown whatever the settings."""
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == RELEASE
    changelog = (PROJECT_ROOT / "CHANGELOG.md").read_text()
    assert re.findall("^## (.*)", changelog, re.M)[0] == RELEASE
    done = end("loader", "--version", SOURCE_DB_PORT="none")
    assert (done.returncode, done.stdout) == (
        0,
        f"allpfit-analytics, version {RELEASE}\n",
    )
