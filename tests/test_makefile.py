"""What make does around our programs, with programs that stand in for them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST

# make asks Python whether it runs with `-c ''`.
FAILS = """#!/bin/sh
[ "$1" = -c ] || exit {code}
"""
INSTALLS = """#!/bin/sh
case "$*" in *pip*) echo "$0 $UV_SYSTEM_CERTS $*" >> "$CALLS" ;; esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set up checkout with a space in its path, to which nothing was installed."""
    folder = tmp_path / "a checkout"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "requirements-bootstrap.txt", "requirements.txt"):
        shutil.copy(PROJECT_ROOT / name, folder)
    (folder / ".venv" / "bootstrapped").touch()
    for name in ("python", "uv"):
        program(folder / ".venv" / "bin" / name, INSTALLS)
    return folder


def program(file: Path, script: str) -> None:
    file.write_text(script)
    file.chmod(0o755)


def make(folder: Path, *words: str, **variables: str) -> tuple[int, str, list[str]]:
    """How it ended, what it said, and which installers it called."""
    calls = folder / "calls"
    kept = {name: os.environ[name] for name in ("PATH", "HOME")}
    done = subprocess.run(
        ["make", *words],
        cwd=folder,
        env=kept | {"CALLS": str(calls)} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=SECONDS_AT_MOST,
    )
    called = calls.read_text().splitlines() if calls.exists() else []
    return done.returncode, done.stdout, called


def test_uv_trusts_whom_the_machine_trusts(folder: Path) -> None:
    code, said, called = make(folder, "setup")
    assert (code, said) == (0, "")
    (uv,) = called
    assert uv.startswith(".venv/bin/uv true pip install ")
    assert make(folder, "setup")[2] == called  # once
    (folder / ".venv" / "requirements.txt.installed").unlink()
    assert " false " in make(folder, "setup", UV_SYSTEM_CERTS="false")[2][-1]


def test_another_installer_is_announced(folder: Path) -> None:
    program(folder / ".venv" / "bin" / "uv", "#!/bin/sh\necho its reason; exit 2\n")
    code, said, called = make(folder, "setup")
    assert code == 0
    assert said.splitlines() == [
        "its reason",
        "uv could not install requirements.txt, as it says above: trying pip, which is "
        "slower and reads pip.conf",
    ]
    (pip,) = called
    assert pip.startswith(".venv/bin/python true -m pip install ")

    (folder / ".venv" / "requirements.txt.installed").unlink()
    program(folder / ".venv" / "bin" / "python", FAILS.format(code=1))
    assert make(folder, "setup")[0] == 2
    assert not (folder / ".venv" / "requirements.txt.installed").exists()


def test_a_first_pip_that_fails_says_how_to_name_an_authority(folder: Path) -> None:
    shutil.rmtree(folder / ".venv")
    program(
        folder / "python3",
        "#!/bin/sh\nmkdir -p .venv/bin; cp /bin/false .venv/bin/python\n",
    )
    code, said, _ = make(folder, "setup", "PYTHON=./python3")
    assert code == 2
    assert "error: pip could not install uv" in said
    assert "PIP_CERT=" in said
    assert not (folder / ".venv" / "bootstrapped").exists()


@pytest.mark.parametrize("code", [0, 1, 2, 75, 130])
def test_make_turns_every_failure_into_2(folder: Path, code: int) -> None:
    """As docs/operations.md says: schedulers call the program itself."""
    make(folder, "setup")
    program(folder / ".venv" / "bin" / "python", FAILS.format(code=code))
    (folder / ".venv" / "bootstrapped").touch()
    (folder / ".venv" / "requirements.txt.installed").touch()
    ended, said, _ = make(folder, "doctor")
    assert ended == (2 if code else 0)
    assert (f"Error {code}" in said) is (code != 0)
