"""What the query layer answers with."""

from dataclasses import dataclass
from typing import Literal

from kpis.catalogue import Kpi, Status

# Why there is no value, or none to rely on.
Reason = Literal[
    "no_data",
    "small_sample",
    "low_coverage",
    "immature",
    "no_ai",
    "no_survey",
    "not_configured",
    "not_filterable",
]


@dataclass(frozen=True)
class Part:
    """One of several numbers that a KPI consists of, such as an hour or an agent."""

    key: object
    value: float | None
    cases: int = 0


@dataclass(frozen=True)
class Value:
    """A KPI over a period, for all rows or for one group of them.

    `value` is of the days shown; `change` compares those that are over with the
    previous ones, in the unit of the KPI's `change_unit`. `cases` is what the value
    stands on: the denominator, what was counted, or what the catalogue names for it.
    """

    kpi: Kpi
    group: object = None
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    cases: int = 0
    complete: float | None = None
    previous: float | None = None
    previous_cases: int = 0
    change: float | None = None
    p90: float | None = None
    reason: Reason | None = None
    parts: tuple[Part, ...] = ()

    @property
    def status(self) -> Status | None:
        """The value against the target; None where too few cases tell."""
        return None if self.reason == "small_sample" else self.kpi.status(self.value)
