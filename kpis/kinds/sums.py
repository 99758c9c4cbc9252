"""Kinds that add up, count and divide what is in the period."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from psycopg2 import sql

from kpis.catalogue import Kpi
from kpis.contributions import Sums
from kpis.database import Row
from kpis.kinds.base import (
    ONE,
    Compute,
    Found,
    Kind,
    Rows,
    Side,
    columns_of,
    facts_of,
    rows_with_any,
)
from kpis.periods import Period
from kpis.reader import Aggregate, Reader, column, counted_once, in_order, summed
from kpis.values import Part, Value

# What is known of less than half does not speak for all.
FEWEST_COVERED = 0.5


@dataclass(frozen=True)
class Totals(Sums):
    """What a KPI adds up to over a span, part by part, and how far to rely on it.

    With the mean that the value is drawn towards, the whole of which the denominator is
    to be half, and what counts the cases, for KPIs that have these.
    """

    parts: tuple[float, ...] = ()
    mean: float | None = None
    whole: float | None = None
    counted: float | None = None

    @property
    def cases(self) -> int:
        """What a value of it stands on."""
        known = (self.counted, self.denominator, self.numerator)
        return int(next(count for count in known if count is not None))

    @property
    def is_covered(self) -> bool:
        """Whether enough of the whole is known to speak for it."""
        known = self.denominator or 0.0
        return self.whole is None or known >= FEWEST_COVERED * self.whole


def added_up(
    reader: Reader, kpis: Sequence[Kpi], period: Period, group: str | None
) -> Found:
    """Add up KPIs of all kinds of this file: one query per mart."""
    by_mart: dict[str, list[Kpi]] = defaultdict(list)
    for kpi in kpis:
        by_mart[kpi.mart].append(kpi)
    found: Found = {}
    for mart, members in by_mart.items():
        found |= _of_mart(reader, mart, members, period, group)
    return found


def _of_mart(
    reader: Reader, mart: str, kpis: Sequence[Kpi], period: Period, group: str | None
) -> Found:
    kinds = [KINDS[kpi.kind] for kpi in kpis]
    # Each by itself, for a column may be added up in several ways; PostgreSQL does
    # what is the same once.
    columns: dict[str, Aggregate] = {}
    for place, (kpi, kind) in enumerate(zip(kpis, kinds, strict=True)):
        columns |= {
            f"{place} n {name}": kind.numerator(name) for name in kpi.components
        }
        if kpi.denominator:
            columns[f"{place} d {kpi.denominator}"] = kind.denominator(kpi)
        for whole in filter(None, (kpi.coverage_of, kpi.counted_by)):
            columns[f"{place} d {whole}"] = summed(whole)
    condition = None
    if group is None and all(kind.numerator is counted_once for kind in kinds):
        # What counts nowhere need not be sorted to be left out.
        condition = _has_one_of(kpis)
    rows = reader.rows(mart, columns, period.spans, group, condition=condition)
    by_group: dict[object, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        by_group[row["group_key"]][row["span"]] = row
    if group is None and not by_group:
        by_group[None] = {}
    found = {}
    for place, kpi in enumerate(kpis):
        means = _means_of_the_team(reader, kpi, period, group)
        found[kpi.kpi_id] = [
            _value(
                kpi,
                key,
                {
                    span: _totals(
                        kpi, place, row, means.get((_team_of(group, key), span))
                    )
                    for span, row in by_group[key].items()
                },
                period,
            )
            for key in sorted(by_group, key=in_order)
        ]
    return found


def _has_one_of(kpis: Sequence[Kpi]) -> sql.Composable:
    keys = {name for kpi in kpis for name in (*kpi.components, kpi.denominator) if name}
    return sql.SQL("({})").format(
        sql.SQL(" or ").join(
            column(key) + sql.SQL(" is not null") for key in sorted(keys)
        )
    )


def _team_of(group: str | None, key: object) -> object:
    return None if group == "agent" else key


def _means_of_the_team(
    reader: Reader, kpi: Kpi, period: Period, group: str | None
) -> dict[tuple[object, str], float]:
    """Return what a KPI of agents is for all of them, by group and span."""
    is_of_agents = group == "agent" or reader.filters.agents
    if kpi.prior_cases is None or not is_of_agents:
        return {}
    team = replace(reader, filters=replace(reader.filters, agents=()))
    sums = {"n": summed(kpi.numerator), "d": summed(kpi.denominator or "")}
    of_team = None if group == "agent" else group
    return {
        (row["group_key"], row["span"]): row["n"] / row["d"]
        for row in team.rows(kpi.mart, sums, period.spans, of_team)
        if row["d"]
    }


def _totals(kpi: Kpi, place: int, row: Row, mean: float | None) -> Totals:
    parts = tuple(row[f"{place} n {name}"] or 0.0 for name in kpi.components)
    denominator, whole, counted = (
        (row[f"{place} d {name}"] or 0.0) if name else None
        for name in (kpi.denominator, kpi.coverage_of, kpi.counted_by)
    )
    return Totals(sum(parts), denominator, parts, mean, whole, counted)


def _value(kpi: Kpi, key: object, spans: Mapping[str, Totals], period: Period) -> Value:
    kind = KINDS[kpi.kind]
    none = (0.0,) * len(kpi.components)
    nothing = Totals(0.0, 0.0 if kpi.denominator else None, none)
    shown = spans.get("shown", nothing)
    complete = None
    if period.complete is not None:
        same = period.complete == period.shown
        complete = shown if same else spans.get("complete", nothing)
    previous = spans.get("previous", nothing) if period.previous is not None else None
    now = kind.value(kpi, complete) if complete else None
    before = kind.value(kpi, previous) if previous else None
    return Value(
        kpi=kpi,
        group=key,
        value=kind.value(kpi, shown),
        numerator=shown.numerator,
        denominator=shown.denominator,
        cases=shown.cases,
        complete=now,
        previous=before,
        previous_cases=previous.cases if previous else 0,
        change=kpi.change(now, before),
        reason=None if shown.is_covered or not shown.cases else "low_coverage",
        parts=_shares(kpi, shown),
    )


def _shares(kpi: Kpi, totals: Totals) -> tuple[Part, ...]:
    """Return what each component is of the whole, where there are several."""
    if len(kpi.components) == 1:
        return ()
    whole = totals.numerator if totals.denominator is None else totals.denominator
    if totals.denominator is not None and not whole:
        return ()
    return tuple(
        Part(name, part / whole if whole else None, int(part))
        for name, part in zip(kpi.components, totals.parts, strict=True)
    )


def _denominator(kpi: Kpi) -> Aggregate:
    return summed(kpi.denominator or "")


def _different(kpi: Kpi) -> Aggregate:
    return counted_once(kpi.denominator or "")


def _with_any(kpi: Kpi) -> Aggregate:
    """How many have any of it, such as agents with episodes."""
    return lambda rows: sql.SQL(
        "count(distinct {}) filter (where {} > 0 and {})"
    ).format(column(kpi.denominator or ""), column(kpi.numerator), rows)


def _rows_with_key(kpi: Kpi, side: Side) -> Rows:
    key = column(columns_of(kpi, side)[0])
    return Rows(facts_of(kpi), ONE, key + sql.SQL(" is not null"), key)


def _rows_with_any(kpi: Kpi, side: Side) -> Rows:
    if side == "numerator":
        return rows_with_any(kpi, side)
    has_any = column(kpi.numerator) + sql.SQL(" > 0")
    return Rows(facts_of(kpi), ONE, has_any, column(columns_of(kpi, side)[0]))


@dataclass(frozen=True, kw_only=True)
class AddedUp(Kind):
    """How a kind adds up a column of the numerator, and the denominator."""

    compute: Compute = added_up
    numerator: Callable[[str], Aggregate] = summed
    denominator: Callable[[Kpi], Aggregate] = _denominator

    def value(self, kpi: Kpi, totals: Totals) -> float | None:
        """Return the value: the sum, or the ratio."""
        if not (self.has_value and totals.is_covered):
            return None
        if totals.mean is None or not totals.denominator:
            return totals.value
        more = kpi.prior_cases or 0
        drawn = totals.numerator + more * totals.mean
        return drawn / (totals.denominator + more)


KINDS: Mapping[str, AddedUp] = {
    "sum": AddedUp(
        formula=("Σ {numerator}", "Σ {numerator}"),
        in_words="Σ {numerator}",
        has_course=True,
        can_be_split=True,
        is_count=True,
    ),
    # Several numerators are parts of one.
    "ratio": AddedUp(
        formula=("Σ {numerator} ÷ Σ {denominator}", "Σ {numerator} ÷ Σ {denominator}"),
        in_words="Σ {numerator} / Σ {denominator}",
        has_course=True,
        can_be_split=True,
        waits_for_outcomes=True,
        is_mean=True,
        told_parts="each",
    ),
    # How many different values a key has.
    "distinct": AddedUp(
        formula=("distintos({numerator})", "distinct({numerator})"),
        in_words="different {numerator}",
        numerator=counted_once,
        rows=_rows_with_key,
        has_course=True,
        is_count=True,
    ),
    "distinct_ratio": AddedUp(
        formula=(
            "distintos({numerator}) ÷ distintos({denominator})",
            "distinct({numerator}) ÷ distinct({denominator})",
        ),
        in_words="different {numerator} / different {denominator}",
        numerator=counted_once,
        denominator=_different,
        rows=_rows_with_key,
        has_course=True,
    ),
    "per_distinct": AddedUp(
        formula=(
            "Σ {numerator} ÷ distintos({denominator})",
            "Σ {numerator} ÷ distinct({denominator})",
        ),
        in_words="Σ {numerator} / different {denominator}",
        denominator=_with_any,
        rows=_rows_with_any,
        is_mean=True,
    ),
    # What part of the whole each of several columns is.
    "distribution": AddedUp(
        formula=("{numerator} ÷ Σ", "{numerator} ÷ Σ"),
        in_words="each of {numerator} / Σ of all",
        has_value=False,
        told_parts="largest",
    ),
}
