"""The gate runs the tests of the browser; without one, others say what is left out."""

import os
import subprocess
import sys

import pytest
from conftest import PROJECT_ROOT


def run_browser_tests(**variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/browser"],
        cwd=PROJECT_ROOT,
        env=os.environ | {"CHROMIUM": "/nowhere/chromium"} | variables,
        text=True,
        capture_output=True,
        timeout=120,
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
