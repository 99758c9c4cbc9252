"""The README's commands, as a newcomer runs them: a clean copy, a path with spaces."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST

FILES_OF_THE_PROJECT = ["git", "ls-files", "-co", "--exclude-standard", "-z"]


@pytest.fixture(scope="module")
def clean_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What a clone would hold, without .venv, .data or .env."""
    folder = tmp_path_factory.mktemp("clean copy")
    listed = subprocess.run(
        FILES_OF_THE_PROJECT, cwd=PROJECT_ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT_ROOT / name, target)
    yield folder
    subprocess.run(["make", "clean"], cwd=folder, check=True)


def make(folder: Path, target: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["make", target],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
        | {"DEMO_CONVERSATIONS": "500"},
        text=True,
        capture_output=True,
        check=False,
        timeout=2 * SECONDS_AT_MOST,
    )


def test_commands_of_the_readme(clean_copy: Path) -> None:
    first = make(clean_copy, "run")
    assert first.returncode == 0, first.stdout + first.stderr
    assert re.search(r"load, full: \d+ new, 0 changed", first.stdout)

    again = make(clean_copy, "run")
    assert again.returncode == 0
    assert "load: nothing changed" in again.stdout

    lived = make(clean_copy, "demo-day")
    assert lived.returncode == 0, lived.stderr
    moved = make(clean_copy, "run")
    assert re.search(r"load, incremental: \d+ new, \d+ changed", moved.stdout)

    healthy = make(clean_copy, "doctor")
    assert healthy.returncode == 0, healthy.stdout

    assert make(clean_copy, "stop").returncode == 0
    for name in ("source", "warehouse"):
        assert not list((clean_copy / ".data" / name).glob("data/postmaster.pid"))


def test_sql_of_ones_own(clean_copy: Path) -> None:
    assert make(clean_copy, "run").returncode == 0
    readme = (clean_copy / "README.md").read_text()
    (block,) = re.findall(r"## Your own SQL\n\n```sh\n(.*?)```", readme, re.S)
    psql, shown, dbt, env, by_hand = block.splitlines()

    def run(*lines: str) -> str:
        return subprocess.run(
            ["bash", "-euc", "\n".join(lines)],
            cwd=clean_copy,
            env={
                "PATH": f"{clean_copy / '.venv' / 'bin'}:{os.environ['PATH']}",
                "HOME": os.environ["HOME"],
            },
            input="select 'KPIs: ' || count(*) from marts.kpi_catalog",
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=SECONDS_AT_MOST,
        ).stdout

    if shutil.which("psql"):
        assert "KPIs: " in run(psql)
    facts = json.loads((clean_copy / ".data/warehouse/connection.json").read_text())
    assert f"@127.0.0.1:{facts['port']}/" in run(shown)
    for listed in (run(dbt), run(env, by_hand), run(by_hand)):
        assert "allpfit.marts." in listed


def test_killed_run_goes_on(clean_copy: Path) -> None:
    """kill -9 of make and all its children in the middle; the servers survive it."""
    assert make(clean_copy, "demo-day").returncode == 0
    process = subprocess.Popen(
        ["make", "run"],
        cwd=clean_copy,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(4)  # somewhere in the load or the build; any moment will do
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = make(clean_copy, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert make(clean_copy, "doctor").returncode == 0


def test_help_lists_the_commands_that_the_readme_names(clean_copy: Path) -> None:
    listed = set(re.findall(r"^([a-z-]+) ", make(clean_copy, "help").stdout, re.M))
    named = set(re.findall(r"`?make ([a-z-]+)", (clean_copy / "README.md").read_text()))
    assert named <= listed
