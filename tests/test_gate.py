"""The gate gets a browser and runs its tests; without one, others say what is left."""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT_ROOT, SECONDS_AT_MOST


def run_browser_tests(**variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/browser"],
        cwd=PROJECT_ROOT,
        env=os.environ | {"CHROMIUM": "/nowhere/chromium"} | variables,
        text=True,
        capture_output=True,
        timeout=SECONDS_AT_MOST,
    )


def test_without_a_browser_one_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    ended = run_browser_tests()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (said,) = [line for line in ended.stdout.splitlines() if "Chromium" in line]
    assert said.startswith("browser tests left out: ")
    assert "apt-get install chromium" in said
    assert "passed" not in ended.stdout


def test_the_gate_fails_without_a_browser() -> None:
    ended = run_browser_tests(REQUIRE_BROWSER="1")
    assert ended.returncode != 0
    assert "browser tests cannot run: no Chromium" in ended.stderr


def test_commits_run_what_make_lint_runs() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    (recipe,) = re.findall(r"^lint: .*\n((?:\t.*\n)+)", makefile, re.M)
    commands = re.sub(r"\t@", "", recipe).replace("$(PY)", "$(VENV)/bin/python")
    linters = commands.replace("$(VENV)", ".venv").splitlines()

    config = yaml.safe_load((PROJECT_ROOT / ".pre-commit-config.yaml").read_text())
    (repository,) = config["repos"]
    assert repository["repo"] == "local"  # nothing is downloaded
    assert [hook["entry"] for hook in repository["hooks"]] == linters
    tracked = subprocess.check_output(["git", "ls-files"], cwd=PROJECT_ROOT, text=True)
    for hook in repository["hooks"]:
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)
        assert any(re.search(hook["files"], name) for name in tracked.splitlines())


def test_the_forge_runs_the_gate() -> None:
    file = PROJECT_ROOT / ".github" / "workflows" / "gate.yml"
    (job,) = yaml.safe_load(file.read_text())["jobs"].values()
    (command,) = [step["run"] for step in job["steps"] if "run" in step]
    assert command == ".ci/run"
    assert os.access(PROJECT_ROOT / command, os.X_OK)


# A machine of its own for apt-get: nothing to download, and what is installed here.
APT = """
Dir::State "{folder}/state";
Dir::State::status "{folder}/dpkg/status";
Dir::Cache "{folder}/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "/dev/null";
"""
DPKG_LOCKS = ("dpkg/lock-frontend", "dpkg/lock")
DOWNLOAD_LOCKS = ("state/lists/lock", "cache/archives/lock")


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("apt-get"),
    reason="installs as root, by apt-get",
)
def test_packages_are_installed_while_another_installation_runs(tmp_path: Path) -> None:
    config = tmp_path / "apt.conf"
    config.write_text(APT.format(folder=tmp_path))
    for name in ("state/lists/partial", "cache/archives/partial", "dpkg"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copy("/var/lib/dpkg/status", tmp_path / "dpkg")

    def install() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [PROJECT_ROOT / ".ci" / "install", "bash"],
            env=os.environ | {"APT_CONFIG": str(config)},
            stderr=subprocess.PIPE,
            text=True,
        )

    def hold(locks: contextlib.ExitStack, names: tuple[str, ...]) -> None:
        for name in names:
            file = locks.enter_context((tmp_path / name).open("a"))
            fcntl.lockf(file, fcntl.LOCK_EX)

    with contextlib.ExitStack() as downloads:
        hold(downloads, DOWNLOAD_LOCKS)
        with contextlib.ExitStack() as installs:
            hold(installs, DPKG_LOCKS)
            waiting = install()
            with pytest.raises(subprocess.TimeoutExpired):
                waiting.wait(3)  # what does not wait has failed by then
        assert waiting.wait(SECONDS_AT_MOST) == 0, waiting.communicate()[1]
    assert not waiting.communicate()[1]
