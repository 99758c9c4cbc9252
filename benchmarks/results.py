"""The figures of one run of the benchmark."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field, fields

from benchmarks.measure import Cost

FIRST_LOAD = "our loader, first load"
ONE_PERCENT = "our loader, 1 % changed"
ONE_IN_TEN_THOUSAND = "our loader, 0.01 % changed"
UNRELATED_WRITE = "our loader, only something unrelated written"
NOTHING_WRITTEN = "our loader, nothing written"
FULL_READ = "our loader, everything read again (--full)"
AFTER_A_LOAD = (
    ONE_PERCENT,
    ONE_IN_TEN_THOUSAND,
    UNRELATED_WRITE,
    NOTHING_WRITTEN,
    FULL_READ,
)


@dataclass
class Result:
    """The runs of one variant at one size, and what kept it from running."""

    costs: list[Cost] = field(default_factory=list)
    bytes_read: int | None = None
    problem: str = ""

    @property
    def median(self) -> Cost:
        """The median of each figure."""
        return Cost(
            *(
                statistics.median(getattr(cost, figure.name) for cost in self.costs)
                for figure in fields(Cost)
            )
        )

    @property
    def is_good(self) -> bool:
        """Whether it ran, always to the right result."""
        return bool(self.costs) and not self.problem


@dataclass
class Size:
    """All variants with one Chatwoot, which may differ a little from what was asked."""

    requested: int
    conversations: int
    messages: int
    bytes_of_one_view: int
    bytes_of_both_views: int
    results: dict[str, Result] = field(default_factory=dict)

    def good(self, name: str) -> Cost | None:
        """The median of a variant, None unless it ran well."""
        result = self.results.get(name)
        return result.median if result is not None and result.is_good else None


@dataclass(frozen=True)
class Start:
    """How long Python takes before the loader does anything."""

    interpreter_seconds: float
    imports_seconds: float  # with nothing to load; interpreter included
    imports_to_load_seconds: float  # with something to load; interpreter included
    slowest_packages: dict[str, float]  # own import time, with nothing to load


@dataclass
class Run:
    """Everything that was measured."""

    machine: str
    start: Start | None = None
    sizes: list[Size] = field(default_factory=list)


def extrapolated(
    sizes: list[Size], name: str, conversations: int, figure: Callable[[Cost], float]
) -> float | None:
    """What a figure will be at another size: on a line through the last two known."""
    known = [
        (size.conversations, figure(cost))
        for size in sizes
        if (cost := size.good(name)) is not None
    ]
    if not known:
        return None
    rows, value = known[-1]
    base_rows, base_value = known[-2] if len(known) > 1 else (0, 0.0)
    return value + (conversations - rows) * (value - base_value) / (rows - base_rows)
