"""Measure our loader beside its alternatives: `python -m benchmarks.load --help`."""

import argparse
import os
import platform
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks import report, results, variants
from benchmarks.data import (
    CONTEXT_VIEW,
    FINAL_VIEW,
    Bench,
    bench,
    column_types,
    generate,
    opened,
)
from benchmarks.measure import MEMORY_SHARE, Cost, RunError, measure
from benchmarks.results import Result, Run, Size
from benchmarks.start import measure_start
from benchmarks.variants import VARIANTS, Variant, loader_command
from ground import servers
from ground.embedded import Cluster
from ground.settings import PROJECT_ROOT

DOCUMENT = PROJECT_ROOT / "docs" / "performance.md"
RAW_TABLES = {
    FINAL_VIEW: "raw_chatwoot.conversations",
    CONTEXT_VIEW: "raw_chatwoot.conversation_context",
}
SMALL = 10_000  # up to here slow variants are repeated too
LARGE = 100_000  # beyond, everything runs once


@dataclass
class Benchmark:
    """One size: runs the variants in turn, so that noise of the machine meets all."""

    run: Run
    bench: Bench
    requested: int
    environments: Path
    max_seconds: float

    def __post_init__(self) -> None:
        one_view = self.bench.copy_size_bytes(FINAL_VIEW)
        self.size = Size(
            self.requested,
            self.bench.conversations,
            self.bench.messages,
            one_view,
            one_view + self.bench.copy_size_bytes(CONTEXT_VIEW),
            defaultdict(Result),
        )
        self.run.sizes.append(self.size)
        self._raw_types: dict[str, dict[str, str]] = {}

    def measure_all(self, chosen: Sequence[Variant], repetitions: int) -> None:
        """Run everything, so often; what is slow or large, less often."""
        if self.requested > LARGE:
            repetitions = 1
        for repetition in range(repetitions):
            self._measure_ours(repetition)
            for variant in chosen:
                if repetition and variant.is_slow and self.requested > SMALL:
                    continue
                self._measure_variant(variant)

    def _measure_ours(self, repetition: int) -> None:
        """An empty warehouse filled, then changes of the source followed."""
        count = self.size.conversations
        seed = f"{datetime.now(UTC)}"
        self.bench.new_warehouse()
        check = self._differs if repetition == 0 else lambda: ""
        self._load(results.FIRST_LOAD, count, check)
        if self.size.results[results.FIRST_LOAD].problem:
            for name in results.AFTER_A_LOAD:
                self.size.results[name].problem = "not run: there was no first load"
            return
        self._raw_types = {
            view: column_types(self.bench.warehouse_login, table)
            for view, table in RAW_TABLES.items()
        }
        for name, changed in (
            (results.ONE_PERCENT, max(1, count // 100)),
            (results.ONE_IN_TEN_THOUSAND, max(1, count // 10_000)),
        ):
            self.bench.change(changed, seed + name)
            self._load(name, changed)
        self.bench.write_elsewhere()
        self._load(results.UNRELATED_WRITE, 0)
        self._load(results.NOTHING_WRITTEN, 0, check)
        if self.run.start is None:
            self.run.start = measure_start(self._environment())
        self._load(results.FULL_READ, count, options=["--full"])

    def _load(
        self,
        name: str,
        expected: int,
        check: Callable[[], str] = lambda: "",
        options: Sequence[str] = (),
    ) -> None:
        """Run our loader once; it must read as many conversations as changed."""
        result = self.size.results[name]
        if result.problem or self._cannot(name, result):
            return
        self._measure(name, result, loader_command(*options))
        if result.problem:
            return
        with opened(self.bench.warehouse_login) as cursor:
            cursor.execute(
                "select rows_read, bytes_read from raw_chatwoot.load_runs"
                " order by run_id desc limit 1"
            )
            ((rows_read, result.bytes_read),) = cursor.fetchall()
        if rows_read != expected:
            result.problem = f"read {rows_read:,} conversations, not {expected:,}"
        else:
            result.problem = self._miscount(RAW_TABLES.values()) or check()

    def _measure_variant(self, variant: Variant) -> None:
        """Run an alternative once, into an empty database."""
        result = self.size.results[variant.name]
        if result.problem or self._cannot(variant.name, result):
            return
        self.bench.new_warehouse()
        if variant.needs_tables:
            for view, table in variant.pairs:
                self.bench.create_plain_table(
                    view, table, self._raw_types.get(view, {})
                )
        if variant.script == "pipe.sh":
            result.bytes_read = (
                self.size.bytes_of_one_view
                if len(variant.pairs) == 1
                else self.size.bytes_of_both_views
            )
        try:
            command = variants.command(variant, self.environments)
        except subprocess.CalledProcessError as error:
            result.problem = f"its packages cannot be installed: {error}"
            return
        self._measure(variant.name, result, command)
        if not result.problem:
            result.problem = self._miscount(table for _, table in variant.pairs)

    def _measure(self, name: str, result: Result, command: list[str]) -> None:
        self.bench.checkpoint()
        try:
            cost = measure(
                command,
                self._environment(),
                self.bench.source.cluster,
                self.bench.warehouse.cluster,
                self.bench.folder / "output.log",
                self.max_seconds,
            )
        except RunError as error:
            result.problem = f"failed: {error}"
            say(f"{name}: {result.problem}")
            return
        result.costs.append(cost)
        say(f"{name}: {cost.wall_seconds:.2f} s, {cost.peak_bytes / 1e6:.0f} MB")

    def _environment(self) -> dict[str, str]:
        return variants.environment(self.bench, self.environments)

    def _cannot(self, name: str, result: Result) -> bool:
        """Note why a variant is not even tried, judging by smaller sizes."""
        seconds, peak_bytes = (
            results.extrapolated(
                self.run.sizes[:-1], name, self.size.conversations, figure
            )
            for figure in (_wall_seconds, _peak_bytes)
        )
        if seconds is None or peak_bytes is None:
            return False
        expected = (
            f"expected from the smaller sizes: {seconds / 60:.0f} minutes, "
            f"{peak_bytes / 1e9:.1f} GB"
        )
        if peak_bytes > psutil.virtual_memory().available * MEMORY_SHARE:
            result.problem = f"not run: does not fit into memory ({expected})"
        elif seconds > self.max_seconds:
            result.problem = f"not run: longer than --max-minutes ({expected})"
        return bool(result.problem)

    def _miscount(self, tables: Iterable[str]) -> str:
        """Say which table has not one row for each conversation."""
        for table in tables:
            rows = self.bench.count(table)
            if rows != self.size.conversations:
                return f"{table} has {rows:,} rows, not {self.size.conversations:,}"
        return ""

    def _differs(self) -> str:
        for view, table in RAW_TABLES.items():
            if self.bench.differs(view, table):
                return f"{table} differs from {view}"
        return ""


def benchmark(
    run: Run,
    source: Cluster,
    warehouse: Cluster,
    data_dir: Path,
    requested: int,
    *,
    chosen: Sequence[Variant] = VARIANTS,
    repetitions: int = 3,
    max_seconds: float = 1200,
) -> None:
    """Measure one Chatwoot, and add the figures to the run."""
    folder = data_dir / "working"
    folder.mkdir(parents=True, exist_ok=True)
    with bench(source, warehouse, folder) as ready:
        Benchmark(
            run, ready, requested, data_dir / "environments", max_seconds
        ).measure_all(chosen, repetitions)


def machine(command: str) -> str:
    """Say what was measured, when and on what."""
    cores = os.cpu_count()
    revision = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} by "
        f"`{command}` at revision "
        f"{revision or 'unknown'}: {cores} cores, "
        f"{psutil.virtual_memory().total / 1e9:.0f} GB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}. Other programs "
        f"kept {os.getloadavg()[0]:.1f} of the {cores} cores busy at the start."
    )


def main() -> None:
    """Measure each size, and write the tables after each."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load",
        description="Measure our loader beside its alternatives.",
    )
    parser.add_argument(
        "--conversations",
        type=int,
        nargs="+",
        default=[4169, 100_000],
        help="sizes of the Chatwoot, rising (default: 4169 100000)",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=PROJECT_ROOT / ".data" / "benchmarks",
        help="keeps the generated Chatwoots and the alternatives' packages",
    )
    parser.add_argument("--repetitions", type=int, default=3, help="default: 3")
    parser.add_argument(
        "--max-minutes",
        type=float,
        default=20,
        help="for one run of one variant (default: 20)",
    )
    options = parser.parse_args()
    data_dir: Path = options.data_dir.resolve()
    sizes = [str(size) for size in sorted(options.conversations)]
    run = Run(machine(f"python -m benchmarks.load --conversations {' '.join(sizes)}"))
    warehouse = servers.warehouse_cluster(data_dir)
    try:
        for conversations in map(int, sizes):
            say(f"{conversations:,} conversations")
            source = servers.source_cluster(data_dir / str(conversations))
            generate(source, conversations)
            benchmark(
                run,
                source,
                warehouse,
                data_dir,
                conversations,
                repetitions=options.repetitions,
                max_seconds=options.max_minutes * 60,
            )
            report.write(run, DOCUMENT)
    finally:
        warehouse.remove()
    say(f"written: {DOCUMENT.relative_to(PROJECT_ROOT)}")


def say(line: str) -> None:
    """Show how far it is."""
    print(f"{datetime.now().astimezone():%H:%M:%S} {line}", file=sys.stderr, flush=True)


def _wall_seconds(cost: Cost) -> float:
    return cost.wall_seconds


def _peak_bytes(cost: Cost) -> float:
    return cost.peak_bytes


if __name__ == "__main__":
    main()
