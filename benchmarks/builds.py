"""Measure what a build costs, beside another release: `python -m benchmarks.builds`.

    git worktree add /some/folder/before COMMIT
    python -m benchmarks.builds --before /some/folder/before --conversations 4000

Both read the same demo Chatwoot, each with its own views and into a warehouse of its
own, and take turns. A full build makes every table of an emptied warehouse and tests
the data; "nothing new" is a load that finds nothing, and the build after it. The tables
go to standard output.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from benchmarks.measure import cpu_seconds
from benchmarks.report import table
from ground import servers
from ground.embedded import Cluster
from ground.settings import PROJECT_ROOT

SCHEMAS = ("analytics", "marts", "staging")
HEAD = ("", "before: wall s", "CPU s", "now: wall s", "CPU s", "wall", "CPU")


@dataclass(frozen=True)
class Cost:
    """What one run took, in seconds; CPU is that of client and servers."""

    wall_seconds: float
    cpu_seconds: float


class Release:
    """A checkout with servers of its own in a folder."""

    def __init__(self, checkout: Path, folder: Path, conversations: int) -> None:
        self.checkout = checkout
        self.clusters = (
            servers.source_cluster(folder),
            servers.warehouse_cluster(folder),
        )
        self.environment = {
            **{
                name: os.environ[name]
                for name in ("PATH", "HOME", "TMPDIR", "LANG")
                if name in os.environ
            },
            "DATA_DIR": str(folder),
            "DEMO_CONVERSATIONS": str(conversations),
        }

    def run(self, *arguments: str) -> None:
        """Run a module of the checkout; raises CalledProcessError when it fails.

        A failed data test of a build is none: all has been built and tested.
        """
        ended = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.checkout,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )
        if ended.returncode > int(arguments == ("loader", "build")):
            ended.check_returncode()

    def empty(self) -> None:
        """Take away all that builds have made; what was loaded stays."""
        login = self.clusters[1].connection(servers.WAREHOUSE_DATABASE)
        with closing(psycopg2.connect(**login)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for schema in SCHEMAS:
                    cursor.execute(f"drop schema if exists {schema} cascade")
                cursor.execute("vacuum")
                cursor.execute("checkpoint")

    def measure(self, *steps: Sequence[str]) -> Cost:
        """What some modules take, one after the other."""
        before = _cpu(self.clusters)
        began = os.times()
        for step in steps:
            self.run(*step)
        ended = os.times()
        return Cost(
            ended.elapsed - began.elapsed,
            ended.children_user
            + ended.children_system
            - began.children_user
            - began.children_system
            + _cpu(self.clusters)
            - before,
        )

    def stop(self) -> None:
        """Stop its servers."""
        for cluster in self.clusters:
            cluster.stop()


def main() -> None:
    """Print a table per size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.builds")
    parser.add_argument("--before", type=Path, required=True, help="another checkout")
    parser.add_argument("--conversations", type=int, nargs="+", default=[4000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--data-dir", type=Path, default=PROJECT_ROOT / ".data" / "benchmarks"
    )
    options = parser.parse_args()
    for conversations in options.conversations:
        folder = options.data_dir.resolve() / f"builds-{conversations}"
        rows = compare(options.before.resolve(), folder, conversations, options.rounds)
        print(f"\n{conversations:,} conversations, {options.rounds} rounds\n")
        print(table(HEAD, rows), flush=True)


def compare(
    before: Path, folder: Path, conversations: int, rounds: int
) -> list[tuple[str, ...]]:
    """One row per kind of run: medians of both releases, and their ratio."""
    now = Release(PROJECT_ROOT, folder / "now", conversations)
    now.run("demo", "up")
    now.stop()
    for left in (folder / "before", folder / "now" / "warehouse"):
        shutil.rmtree(left, ignore_errors=True)
    # With its owner, who is another user where root has started the server.
    subprocess.run(["cp", "-a", folder / "now", folder / "before"], check=True)
    old = Release(before, folder / "before", conversations)
    try:
        for release in (old, now):
            for step in (["demo", "up"], ["loader", "deploy-views"], ["loader", "run"]):
                release.run(*step)
        costs: dict[str, tuple[list[Cost], list[Cost]]] = {
            "full build": ([], []),
            "nothing new": ([], []),
        }
        for _ in range(rounds):
            for which, release in enumerate((old, now)):
                release.empty()
                costs["full build"][which].append(release.measure(["loader", "build"]))
                costs["nothing new"][which].append(
                    release.measure(["loader", "run"], ["loader", "build"])
                )
    finally:
        old.stop()
        now.stop()
    return [_row(kind, *both) for kind, both in costs.items()]


def _row(kind: str, before: list[Cost], now: list[Cost]) -> tuple[str, ...]:
    def median(costs: list[Cost], of: Callable[[Cost], float]) -> float:
        return statistics.median(map(of, costs))

    figures = [
        (
            median(costs, lambda cost: cost.wall_seconds),
            median(costs, lambda cost: cost.cpu_seconds),
        )
        for costs in (before, now)
    ]
    (old_wall, old_cpu), (new_wall, new_cpu) = figures
    return (
        kind,
        *(f"{seconds:.1f}" for pair in figures for seconds in pair),
        f"{new_wall / old_wall:.2f} x",
        f"{new_cpu / old_cpu:.2f} x",
    )


def _cpu(clusters: Sequence[Cluster]) -> float:
    return sum(map(cpu_seconds, clusters))


if __name__ == "__main__":
    main()
