"""The figures as Markdown, between two marks of docs/performance.md."""

from pathlib import Path

from benchmarks.results import Result, Run, Size
from benchmarks.targets import targets

BEGIN = "<!-- begin: python -m benchmarks.load -->"
END = "<!-- end -->"


def write(run: Run, document: Path) -> None:
    """Replace the tables of the run."""
    replace(BEGIN, render(run), document)


def replace(begin: str, text: str, document: Path) -> None:
    """Replace what stands between two marks; the prose around them stays."""
    before, mark, rest = document.read_text().partition(begin)
    if not mark:
        raise ValueError(f"{document.name} has no {begin}")
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{begin}\n\n{text}\n\n{END}{after}")


def render(run: Run) -> str:
    """Every table of the run."""
    parts = [run.machine]
    for size in run.sizes:
        parts += [
            f"### {size.requested:,} conversations",
            f"The demo made {size.conversations:,} conversations and "
            f"{size.messages:,} messages, "
            f"{size.messages / size.conversations:.1f} per conversation; as COPY text "
            f"one view is {_megabytes(size.bytes_of_one_view)} MB, both are "
            f"{_megabytes(size.bytes_of_both_views)} MB.",
            _figures(size),
        ]
    if run.start is not None:
        packages = ", ".join(
            f"{name} {seconds:.2f} s"
            for name, seconds in run.start.slowest_packages.items()
        )
        parts += [
            "### Python's start",
            table(
                ("", "seconds"),
                [
                    ("the interpreter", f"{run.start.interpreter_seconds:.2f}"),
                    (
                        "and what a load with nothing to do imports",
                        f"{run.start.imports_seconds:.2f}",
                    ),
                    (
                        "and what a load with something to do imports",
                        f"{run.start.imports_to_load_seconds:.2f}",
                    ),
                ],
            ),
            "The packages that take longest to import with nothing to do, "
            f"under `-X importtime`: {packages}.",
        ]
    parts += [
        "### Targets",
        table(
            ("target", "measured", "met"),
            [
                (
                    target.text,
                    target.measured,
                    {True: "yes", False: "**no**", None: "-"}[target.is_met],
                )
                for target in targets(run)
            ],
        ),
    ]
    return "\n\n".join(parts)


def _figures(size: Size) -> str:
    return table(
        (
            "variant",
            "wall s",
            "conversations/s",
            "client CPU s",
            "source CPU s",
            "warehouse CPU s",
            "peak MB",
            "read MB",
            "runs",
        ),
        [_row(size, name, result) for name, result in size.results.items()],
    )


def _row(size: Size, name: str, result: Result) -> tuple[str, ...]:
    if not result.is_good:
        return (name, result.problem, *[""] * 7)
    cost = result.median
    walls = [run.wall_seconds for run in result.costs]
    spread = f" ({min(walls):.2f} to {max(walls):.2f})" if len(walls) > 1 else ""
    return (
        name,
        f"{cost.wall_seconds:.2f}{spread}",
        f"{size.conversations / cost.wall_seconds:,.0f}",
        f"{cost.client_cpu_seconds:.2f}",
        f"{cost.source_cpu_seconds:.2f}",
        f"{cost.warehouse_cpu_seconds:.2f}",
        _megabytes(cost.peak_bytes),
        "-" if result.bytes_read is None else _megabytes(result.bytes_read),
        str(len(result.costs)),
    )


def _megabytes(count: float) -> str:
    return f"{count / 1e6:,.1f}" if count < 10e6 else f"{count / 1e6:,.0f}"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
        for line in lines
    )
