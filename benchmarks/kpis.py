"""Measure what a row of cards costs under any filter: `python -m benchmarks.kpis`.

Runs on the warehouse of the settings; for other sizes make one first:

    DATA_DIR=/some/folder DEMO_CONVERSATIONS=100000 make run
    DATA_DIR=/some/folder python -m benchmarks.kpis

CPU is that of the query layer and of its server process, which take turns: what a row
takes where nothing else runs. It is read from /proc, so the server must run on this
Linux machine, as the embedded one does.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import kpis
from ground.settings import load_settings
from kpis import Filters, Marts, periods

CARDS_IN_A_ROW = 4


@dataclass(frozen=True)
class Took:
    """What a row of cards took, in seconds, and which it was."""

    seconds: float
    cpu_seconds: float
    row: str


def main() -> None:
    """Print a row of a Markdown table per level, by time: median and 95 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="filters per row")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    marts = Marts(load_settings().dashboard)
    (facts,) = marts.read(
        "select min(local_date) as first, max(local_date) as today,"
        " (select conversations from marts.mart_load_status) as conversations"
        " from marts.mart_temporal_days"
    )
    filters = choices(marts, chance)
    print(f"{facts['conversations']:,} conversations\n")
    print("| Level | Rows | Median ms | 95 % ms | CPU ms | 95 % CPU ms | Most CPU |")
    print("|---|---|---|---|---|---|---|")
    everything: list[Took] = []
    for level, rows in rows_of_cards(marts).items():
        took = [
            measure(marts, row, chance, filters, facts["first"], facts["today"])
            for row in rows
            for _ in range(arguments.rounds)
        ]
        everything += took
        most = max(took, key=lambda one: one.cpu_seconds)
        cpu = f"{1000 * most.cpu_seconds:.0f} ms: {most.row}"
        print(f"| {level} | {len(rows)} | {show(took)} | {cpu} |")
    print(f"| all | | {show(everything)} | |")


def rows_of_cards(marts: Marts) -> dict[str, list[list[str]]]:
    """Return the KPIs of each level, as many together as stand side by side."""
    levels: dict[str, list[str]] = {}
    for kpi in kpis.catalogue(marts).values():
        levels.setdefault(kpi.level, []).append(kpi.kpi_id)
    return {
        level: [ids[i : i + CARDS_IN_A_ROW] for i in range(0, len(ids), CARDS_IN_A_ROW)]
        for level, ids in levels.items()
    }


def choices(marts: Marts, chance: random.Random) -> list[Callable[[], Filters]]:
    """Return makers of filters, one for each dimension and a mix."""

    def column(query: str) -> list[object]:
        return [next(iter(row.values())) for row in marts.read(query)]

    units = column("select distinct unit from marts.mart_inboxes")
    channels = column("select distinct channel_kind from marts.mart_inboxes")
    inboxes = column("select inbox_id from marts.mart_inboxes")
    teams = column("select team_id from marts.mart_teams")
    agents = column("select distinct agent_id from marts.mart_segment_agent_days")
    labels = column("select label from marts.mart_labels")

    def one(values: Sequence[object]) -> tuple[object, ...]:
        return (chance.choice(values),)

    return [
        Filters,
        lambda: Filters(units=one(units)),  # type: ignore[arg-type]
        lambda: Filters(channel_kinds=one(channels)),  # type: ignore[arg-type]
        lambda: Filters(inboxes=one(inboxes)),  # type: ignore[arg-type]
        lambda: Filters(teams=one(teams)),  # type: ignore[arg-type]
        lambda: Filters(agents=one(agents)),  # type: ignore[arg-type]
        lambda: Filters(labels=one(labels)),  # type: ignore[arg-type]
        lambda: Filters(resolvers=("ai",)),
        lambda: Filters(units=one(units), agents=one(agents)),  # type: ignore[arg-type]
    ]


def measure(
    marts: Marts,
    kpi_ids: list[str],
    chance: random.Random,
    filters: list[Callable[[], Filters]],
    first: date,
    today: date,
) -> Took:
    """Compute a row under a random filter and period."""
    chosen = chance.choice(filters)()
    preset = chance.choice(periods.PRESETS)
    period = periods.choose(preset, first, today)
    with marts.session() as session:
        (server,) = session.read("select pg_backend_pid() as pid")
        cpu_before = cpu_seconds(server["pid"])
        started = time.perf_counter()
        kpis.values(session, kpi_ids, period, chosen)
        seconds = time.perf_counter() - started
        cpu = cpu_seconds(server["pid"]) - cpu_before
    used = ", ".join(sorted(chosen.used)) or "no filter"
    return Took(seconds, cpu, f"{', '.join(kpi_ids)} ({used}, {preset})")


def cpu_seconds(server_pid: int) -> float:
    """Return the CPU that this process and the server's have had so far."""
    nanoseconds = Path(f"/proc/{server_pid}/schedstat").read_text().split()[0]
    return time.process_time() + int(nanoseconds) / 1e9


def show(took: list[Took]) -> str:
    """Return four cells: median and 95 % quantile of time and of CPU, in ms."""
    cells = []
    for name in ("seconds", "cpu_seconds"):
        ordered = sorted(1000 * getattr(one, name) for one in took)
        cells += [ordered[len(ordered) // 2], ordered[int(0.95 * len(ordered))]]
    return " | ".join(f"{cell:.0f}" for cell in cells)


if __name__ == "__main__":
    main()
