"""Kinds of KPIs of time: exact quantiles of each value by itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import timedelta
from itertools import pairwise

import numpy as np
from psycopg2 import sql

from kpis.catalogue import Kpi
from kpis.kinds.base import Found, Kind, Rows, Side, facts_of
from kpis.periods import Days, Period
from kpis.reader import DURATIONS, Reader, column, in_order
from kpis.statistics import Values, quantiles, unpacked
from kpis.values import Value

MEDIAN = 0.5


def times(kpi: Kpi, side: Side) -> Rows:
    """Return the rows of a KPI's times."""
    condition = sql.SQL("mart.metric = {}").format(sql.Literal(kpi.metric))
    if kpi.responder_class:
        condition += sql.SQL(" and mart.responder_class = {}").format(
            sql.Literal(kpi.responder_class)
        )
    return Rows(facts_of(kpi), column("n"), condition)


def percentiles(
    reader: Reader, kpis: Sequence[Kpi], period: Period, group: str | None
) -> Found:
    """Compute all KPIs of this kind by one query."""
    asked = {measured_by(kpi) for kpi in kpis}
    durations = read_durations(reader, asked, period.spans, group)
    keys = sorted({key for _, key, _ in durations}, key=in_order)
    if group is None:
        keys = [None]
    return {
        kpi.kpi_id: [
            value
            for key in keys
            if (value := _percentile(kpi, key, durations, period)).cases
            or value.previous_cases
            or group is None
        ]
        for kpi in kpis
    }


KINDS: Mapping[str, Kind] = {
    "percentile": Kind(
        formula=("p{share}({metric})", "p{share}({metric})"),
        in_words="{quantile} of {metric}",
        compute=percentiles,
        rows=times,
        has_course=True,
    )
}


# By span, group and metric: classes of responder, and values of theirs.
Durations = Mapping[tuple[str, object, str], Sequence[tuple[str | None, Values]]]


def measured_by(kpi: Kpi) -> tuple[str, str | None]:
    """Return the metric of a KPI, and the class of responder if not of all."""
    return str(kpi.metric), kpi.responder_class


def read_durations(
    reader: Reader,
    asked: Set[tuple[str, str | None]],
    spans: Mapping[str, Days],
    group: str | None,
) -> Durations:
    """Return the values of metrics, each of a class of responder or of all.

    They come by span and group, in no order.
    """
    # Days that spans share are read once.
    parts = _disjoint(spans.values())
    found: dict[tuple[str, object, str], list[tuple[str | None, Values]]]
    found = defaultdict(list)
    for row in reader.rows(
        DURATIONS,
        {
            "packed_values": lambda rows: sql.SQL(
                "string_agg(mart.packed_values, ''::bytea) filter (where {})"
            ).format(rows)
        },
        parts,
        group,
        by=("metric", "responder_class"),
        condition=_is_one_of(asked),
        never_null="packed_values",
    ):
        values = unpacked(row["packed_values"])
        for span, days in spans.items():
            if days.first <= parts[row["span"]].first <= days.last:
                key = (span, row["group_key"], row["metric"])
                found[key].append((row["responder_class"], values))
    return found


def _is_one_of(asked: Set[tuple[str, str | None]]) -> sql.Composable:
    # The first part finds an index, the second leaves out what nobody asked for.
    return sql.SQL("mart.metric = any({}) and ({})").format(
        sql.Literal(sorted({metric for metric, _ in asked})),
        sql.SQL(" or ").join(
            sql.SQL("mart.metric = {} and {}").format(
                sql.Literal(metric),
                sql.SQL("true")
                if responder_class is None
                else sql.SQL("mart.responder_class = {}").format(
                    sql.Literal(responder_class)
                ),
            )
            for metric, responder_class in asked
        ),
    )


def _disjoint(spans: Iterable[Days]) -> dict[str, Days]:
    """Cut days where a span begins or ends, into parts that no two of them share."""
    spans = list(spans)
    one_day = timedelta(days=1)
    cuts = {days.first for days in spans} | {days.last + one_day for days in spans}
    return {
        first.isoformat(): Days(first, end - one_day)
        for first, end in pairwise(sorted(cuts))
        if any(days.first <= first <= days.last for days in spans)
    }


def values_of(kpi: Kpi, span: str, key: object, durations: Durations) -> Values:
    """Return what a KPI's percentile is of."""
    return np.concatenate(
        [
            np.empty(0),
            *(
                values
                for responder, values in durations.get((span, key, str(kpi.metric)), ())
                if kpi.responder_class in (None, responder)
            ),
        ]
    )


def _percentile(kpi: Kpi, key: object, durations: Durations, period: Period) -> Value:
    shown = values_of(kpi, "shown", key, durations)
    previous = values_of(kpi, "previous", key, durations)
    share = kpi.quantile or MEDIAN
    value, p90 = quantiles(shown, (share, 0.9))
    (before,) = quantiles(previous, (share,))
    now = value
    if period.complete != period.shown:
        (now,) = quantiles(values_of(kpi, "complete", key, durations), (share,))
    return Value(
        kpi=kpi,
        group=key,
        value=value,
        numerator=float(len(shown)),
        cases=len(shown),
        complete=now,
        previous=before,
        previous_cases=len(previous),
        change=kpi.change(now, before),
        p90=p90,
    )
