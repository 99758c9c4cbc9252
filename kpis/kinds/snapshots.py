"""Kinds of KPIs that tell how the queue is at the last load, in any period."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from psycopg2 import sql

from kpis.catalogue import Kpi
from kpis.database import Row
from kpis.kinds.base import ONE, Compute, Found, Kind, Rows, Side, columns_of, facts_of
from kpis.periods import Period
from kpis.reader import Aggregate, Reader, column, summed
from kpis.values import Value


def at_the_load(
    reader: Reader, kpis: Sequence[Kpi], period: Period, group: str | None
) -> Found:
    """Compute KPIs of all kinds of this file by one query."""
    columns: dict[str, Aggregate] = {}
    for kpi in kpis:
        columns[f"v_{kpi.kpi_id}"] = KINDS[kpi.kind].value(kpi)
        columns[f"c_{kpi.kpi_id}"] = KINDS[kpi.kind].cases(kpi)
    rows = reader.snapshot(columns, group)
    if group is None and not rows:
        rows = [dict.fromkeys(columns) | {"group_key": None}]
    return {kpi.kpi_id: [_snapshot(kpi, row) for row in rows] for kpi in kpis}


def _snapshot(kpi: Kpi, row: Row) -> Value:
    value, cases = row[f"v_{kpi.kpi_id}"], row[f"c_{kpi.kpi_id}"] or 0
    if KINDS[kpi.kind].is_count:
        value = value or 0.0
    return Value(
        kpi=kpi,
        group=row["group_key"],
        value=value,
        numerator=float(cases),
        cases=int(cases),
    )


def _sum(kpi: Kpi) -> Aggregate:
    return summed(kpi.numerator)


def _quantile(kpi: Kpi) -> Aggregate:
    return lambda rows: sql.SQL(
        "percentile_cont({}) within group (order by {}) filter (where {})"
    ).format(sql.Literal(kpi.quantile), column(kpi.numerator), rows)


def _known(kpi: Kpi) -> Aggregate:
    return lambda rows: sql.SQL("count({}) filter (where {})").format(
        column(kpi.numerator), rows
    )


def _rows_known(kpi: Kpi, side: Side) -> Rows:
    known = column(columns_of(kpi, side)[0]) + sql.SQL(" is not null")
    return Rows(facts_of(kpi), ONE, known)


@dataclass(frozen=True, kw_only=True)
class OfTheLoad(Kind):
    """What the value of a kind is, and what it stands on."""

    compute: Compute = at_the_load
    value: Callable[[Kpi], Aggregate] = _sum
    cases: Callable[[Kpi], Aggregate] = _sum


KINDS: Mapping[str, OfTheLoad] = {
    "snapshot": OfTheLoad(
        formula=("Σ {numerator}", "Σ {numerator}"),
        in_words="Σ {numerator} at the last load",
        is_count=True,
    ),
    # Among those in the queue that have a value.
    "snapshot_quantile": OfTheLoad(
        formula=("p{share}({numerator})", "p{share}({numerator})"),
        in_words="{quantile} of {numerator} at the last load",
        value=_quantile,
        cases=_known,
        rows=_rows_known,
    ),
}
