"""How long Python takes before the loader does anything."""

import re
import statistics
import subprocess
import sys
import time
from collections import Counter

from benchmarks.results import Start
from ground.settings import PROJECT_ROOT

TIMES = 5
WITHOUT_WORK = "import operations.cli"
WITH_WORK = "import operations.cli, loader.pipeline"
SHOWN_PACKAGES = 6
IMPORTED = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)$", re.MULTILINE)


def measure_start(environment: dict[str, str]) -> Start:
    """Time the interpreter and the imports; the source must have nothing new."""
    return Start(
        median_seconds(environment, "pass"),
        median_seconds(environment, WITHOUT_WORK),
        median_seconds(environment, WITH_WORK),
        slowest_packages(environment, "-m", "loader", "run"),
    )


def median_seconds(environment: dict[str, str], code: str) -> float:
    """How long a Python program takes, start included."""
    seconds = []
    for _ in range(TIMES):
        began = time.monotonic()
        _python(environment, "-c", code)
        seconds.append(time.monotonic() - began)
    return statistics.median(seconds)


def slowest_packages(environment: dict[str, str], *program: str) -> dict[str, float]:
    """Top-level package -> seconds that its own modules took, of the slowest."""
    output = _python(environment, "-X", "importtime", *program)
    microseconds: Counter[str] = Counter()
    for own, module in IMPORTED.findall(output):
        microseconds[module.partition(".")[0]] += int(own)
    return {
        package: count / 1e6
        for package, count in microseconds.most_common(SHOWN_PACKAGES)
    }


def _python(environment: dict[str, str], *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
