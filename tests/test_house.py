"""The house of docs/architecture.md is the one that the linter holds."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import PROJECT_ROOT

CONTRACTS = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["tool"][
    "importlinter"
]
LAYERS = next(
    contract["layers"]
    for contract in CONTRACTS["contracts"]
    if contract["type"] == "layers"
)
ROOMS = [room.strip() for layer in LAYERS for room in layer.split("|")]


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
    )


def test_no_import_runs_upwards_and_none_in_a_circle() -> None:
    done = lint(PROJECT_ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("ground/private.py", "import loader.run", "No import runs upwards"),
        ("loader/run.py", "import demo.chatwoot", "No import runs upwards"),
        ("kpis/reader.py", "import kpis.listing", "No circle between files"),
        ("kpis/periods.py", "import loader.locks", "Who reads the marts knows nothing"),
        ("reporting/formats.py", "import plotly", "What is said needs no page"),
    ],
)
def test_a_wrong_import_is_found(
    tmp_path: Path, file: str, line: str, broken: str
) -> None:
    for room in ROOMS:
        for source in (PROJECT_ROOT / room).rglob("*.py"):
            copy = tmp_path / source.relative_to(PROJECT_ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(source.read_text())
    (tmp_path / "pyproject.toml").write_text(
        (PROJECT_ROOT / "pyproject.toml").read_text()
    )
    text = (tmp_path / file).read_text()
    (tmp_path / file).write_text(f"{text}\n{line}  # noqa\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert re.search(rf"{broken}.* BROKEN", done.stdout), done.stdout


def test_the_house_that_is_drawn_is_the_one_that_is_held() -> None:
    page = (PROJECT_ROOT / "docs" / "architecture.md").read_text()
    (drawn,) = re.findall(r"## The house\n.*?```\n(.*?)```", page, re.S)
    assert drawn.split("\n")[:-1] == LAYERS
    told = re.findall(r"^\| `(\w+)/` \|", page, re.M)
    assert told[: len(ROOMS)] == ROOMS
    packages = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")}
    assert packages - {"benchmarks", "docs", "tests"} == set(ROOMS)
    assert set(CONTRACTS["root_packages"]) == set(ROOMS)


def test_no_room_but_the_demos_imports_the_demo() -> None:
    importing = {
        path.relative_to(PROJECT_ROOT).parts[0]
        for room in ROOMS
        for path in (PROJECT_ROOT / room).rglob("*.py")
        if re.search(r"^\s*(from|import) demo\b", path.read_text(), re.M)
    }
    assert importing <= {"demo"}


def test_the_loader_is_thin() -> None:
    lines = sum(
        len(path.read_text().splitlines())
        for path in (PROJECT_ROOT / "loader").glob("*.py")
    )
    assert lines < 2_600
