"""What a kind of KPI is, and what can be asked of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg2 import sql

from kpis.catalogue import Kpi
from kpis.periods import Days, Period
from kpis.reader import FACTS, Reader, column
from kpis.values import Value

Side = Literal["numerator", "denominator"]
Language = Literal["pt", "en"]
Found = dict[str, list[Value]]
Compute = Callable[[Reader, Sequence[Kpi], Period, str | None], Found]
ComputeOne = Callable[[Reader, Kpi, Period, str | None], list[Value]]

ONE = sql.SQL("1")


@dataclass(frozen=True)
class Rows:
    """The rows of `facts` that a side of a KPI counts, as SQL of what is called `mart`.

    Each adds its `amount`; where there is a `key`, each of its values counts once.
    """

    facts: str
    amount: sql.Composable
    condition: sql.Composable
    key: sql.Composable | None = None


def facts_of(kpi: Kpi) -> str:
    """Return the mart that has a KPI's rows one by one."""
    return FACTS.get(kpi.mart, kpi.mart)


def columns_of(kpi: Kpi, side: Side) -> tuple[str, ...]:
    """Return the columns of a side. Raises KeyError where it has none."""
    if side == "numerator":
        return kpi.components
    if kpi.denominator is None:
        raise KeyError(f"{kpi.kpi_id} has no denominator")
    return (kpi.denominator,)


def rows_with_any(kpi: Kpi, side: Side) -> Rows:
    """Return the rows with any of the columns, which they add."""
    columns = sql.SQL(" + ").join(map(column, columns_of(kpi, side)))
    amount = sql.SQL("({})").format(columns)
    return Rows(facts_of(kpi), amount, amount + sql.SQL(" <> 0"))


def no_rows(kpi: Kpi, side: Side) -> Rows:
    """Raise KeyError: nothing that it counts has a list."""
    raise KeyError(f"{kpi.kpi_id} counts no conversations")


def of_the_period(value: Value) -> None:
    """Return no days of its own."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How the KPIs of a kind follow from the columns of their marts.

    `formula` says so in Portuguese and English, as short as in code, and `in_words` as
    docs/kpis.md does; both name fields of the catalogue in braces. `compute` answers
    for KPIs of all kinds that share it at once. `rows` raises KeyError for a side that
    a KPI does not have.
    """

    formula: tuple[str, str]
    in_words: str
    compute: Compute
    # Which rows count, for a list of them.
    rows: Callable[[Kpi, Side], Rows] = rows_with_any
    # The days that a value is of whatever the period, if any.
    own_days: Callable[[Value], Days | None] = of_the_period
    # Whether it has a value for each group of a dimension.
    has_groups: bool = True
    # Whether it is one number; the others consist of parts alone.
    has_value: bool = True
    # Whether it says how each day went; the others say one thing of a whole period.
    has_course: bool = False
    # Whether parts of the whole say what each adds to its change.
    can_be_split: bool = False
    # Whether its episodes count only when they are old enough to have an outcome.
    waits_for_outcomes: bool = False
    # Whether it compares two stretches of days itself.
    is_change: bool = False
    # Whether it is a mean of what its unit counts.
    is_mean: bool = False
    # Whether it is 0, and not unknown, where there are no rows.
    is_count: bool = False
    # Which of its parts its card names.
    told_parts: Literal["each", "largest"] | None = None

    @property
    def has_list(self) -> bool:
        """Whether the rows that it counts can be listed."""
        return self.rows is not no_rows

    def is_judged_later(self, kpi: Kpi) -> bool:
        """Whether days of a KPI have to wait until they can be judged."""
        return self.waits_for_outcomes and kpi.axis == "cohort"

    def written(self, kpi: Kpi, language: Language) -> str:
        """Write how the value of a KPI follows from the columns of its mart."""
        return self.formula[language == "en"].format(
            numerator=" + ".join(kpi.components),
            denominator=kpi.denominator,
            metric=kpi.metric,
            share=f"{100 * (kpi.quantile or 0.5):.0f}",
        )


def each(compute: ComputeOne) -> Compute:
    """Let each KPI ask for itself."""
    return lambda reader, kpis, period, group: {
        kpi.kpi_id: compute(reader, kpi, period, group) for kpi in kpis
    }


def computed(
    kpis: Iterable[tuple[Kpi, Kind]], reader: Reader, period: Period, group: str | None
) -> Found:
    """Compute KPIs of several kinds; those that share `compute` share their queries.

    Raises KeyError for a group that there is not.
    """
    together: dict[Compute, list[Kpi]] = defaultdict(list)
    for kpi, kind in kpis:
        if group is not None and not kind.has_groups:
            raise KeyError(f"{kpi.kpi_id} has no group {group}")
        together[kind.compute].append(kpi)
    found: Found = {}
    for compute, members in together.items():
        found |= compute(reader, members, period, group)
    return found
