"""What the loader promises, held against what was measured."""

from dataclasses import dataclass

from benchmarks.results import (
    FIRST_LOAD,
    NOTHING_WRITTEN,
    ONE_PERCENT,
    UNRELATED_WRITE,
    Run,
    Size,
    Start,
)

LARGE = 100_000
PIPE_RATIO = 1.3
PANDAS_SPEEDUP = 20
MEMORY_BYTES = 150e6
CHANGED_SHARE = 0.03
IDLE_SECONDS_BESIDE_PYTHON = 1.0
IDLE_SECONDS = 2.5


@dataclass(frozen=True)
class Target:
    """A promise and its figures; nothing measured means neither met nor missed."""

    text: str
    measured: str = "not measured"
    is_met: bool | None = None


def targets(run: Run) -> list[Target]:
    """Every target, at each size where it holds."""
    found = [_pipe(run), _pandas(run)]
    for size in run.sizes:
        found += [_peer(run.start, size, peer) for peer in ("sling", "ingestr")]
        found.append(_memory(size))
        found += _one_percent(size)
        for name in (UNRELATED_WRITE, NOTHING_WRITTEN):
            found += _idle(run.start, size, name)
    return found


def _large(run: Run) -> Size | None:
    return next((size for size in run.sizes if size.requested == LARGE), None)


def _pipe(run: Run) -> Target:
    text = f"{LARGE:,}: first load at most {PIPE_RATIO} x the COPY pipe of both views"
    size = _large(run)
    ours = size and size.good(FIRST_LOAD)
    pipe = size and size.good("COPY pipe, both views")
    if not ours or not pipe:
        return Target(text)
    ratio = ours.wall_seconds / pipe.wall_seconds
    return Target(
        text,
        f"{ours.wall_seconds:.1f} s / {pipe.wall_seconds:.1f} s = {ratio:.2f} x",
        ratio <= PIPE_RATIO,
    )


def _pandas(run: Run) -> Target:
    text = (
        f"{LARGE:,}: first load at least {PANDAS_SPEEDUP} x faster than pandas, which "
        "moves one view of the two"
    )
    size = _large(run)
    ours = size and size.good(FIRST_LOAD)
    pandas = size and size.good("pandas, one view")
    if not ours or not pandas:
        return Target(text)
    speedup = pandas.wall_seconds / ours.wall_seconds
    return Target(
        text,
        f"{pandas.wall_seconds:.1f} s / {ours.wall_seconds:.1f} s = {speedup:.1f} x",
        speedup >= PANDAS_SPEEDUP,
    )


def _peer(start: Start | None, size: Size, peer: str) -> Target:
    text = (
        f"{size.requested:,}: first load, without Python's start, level with or "
        f"ahead of {peer} (both views)"
    )
    ours = size.good(FIRST_LOAD)
    (theirs,) = [
        size.good(name)
        for name in size.results
        if name.startswith(peer) and name.endswith("both views")
    ] or [None]
    if not start or not ours or not theirs:
        return Target(text)
    seconds = ours.wall_seconds - start.imports_to_load_seconds
    return Target(
        text,
        f"{ours.wall_seconds:.2f} s - {start.imports_to_load_seconds:.2f} s = "
        f"{seconds:.2f} s; {peer} {theirs.wall_seconds:.2f} s",
        seconds <= theirs.wall_seconds,
    )


def _memory(size: Size) -> Target:
    text = f"{size.requested:,}: peak memory under {MEMORY_BYTES / 1e6:.0f} MB"
    peaks = {
        name: result.median.peak_bytes
        for name, result in size.results.items()
        if name.startswith("our loader") and result.is_good
    }
    if not peaks:
        return Target(text)
    name, peak = max(peaks.items(), key=lambda item: item[1])
    return Target(text, f"{peak / 1e6:.0f} MB ({name})", peak < MEMORY_BYTES)


def _one_percent(size: Size) -> list[Target]:
    text = (
        f"{size.requested:,}: 1 % changed costs {{}} at most {CHANGED_SHARE:.0%} "
        "of the CPU of the first load"
    )
    full, changed = size.good(FIRST_LOAD), size.good(ONE_PERCENT)
    found = []
    for servers in ("the source", "both servers"):
        if not full or not changed:
            found.append(Target(text.format(servers)))
            continue
        used, of = (
            cost.source_cpu_seconds
            + (cost.warehouse_cpu_seconds if servers == "both servers" else 0)
            for cost in (changed, full)
        )
        share = used / of
        found.append(
            Target(
                text.format(servers),
                f"{used:.2f} s of {of:.2f} s = {share:.1%}",
                share <= CHANGED_SHARE,
            )
        )
    return found


def _idle(start: Start | None, size: Size, name: str) -> list[Target]:
    what = name.partition(", ")[2]
    beside = (
        f"{size.requested:,}: {what}: under {IDLE_SECONDS_BESIDE_PYTHON:.0f} s "
        "beside Python's own start"
    )
    whole = f"{size.requested:,}: {what}: under {IDLE_SECONDS} s in all"
    cost = size.good(name)
    if not start or not cost:
        return [Target(beside), Target(whole)]
    rest = cost.wall_seconds - start.imports_seconds
    strict = cost.wall_seconds - start.interpreter_seconds
    return [
        Target(
            beside,
            f"{rest:.2f} s beside interpreter and imports ({strict:.2f} s beside the "
            "interpreter alone)",
            rest < IDLE_SECONDS_BESIDE_PYTHON,
        ),
        Target(whole, f"{cost.wall_seconds:.2f} s", cost.wall_seconds < IDLE_SECONDS),
    ]
