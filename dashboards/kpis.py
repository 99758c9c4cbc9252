"""KPIs: the catalogue and a period become values, by SQL over additive components."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from psycopg2 import sql

from dashboards import marts
from dashboards.periods import Days, Period
from dashboards.texts import Language

MEDIAN, NINETY_PERCENT = 0.5, 0.9

# The rows of the chosen periods, which may overlap, and inboxes.
SELECTED = """
with

periods as (

    select *
    from unnest(%(periods)s::text[], %(first_days)s::date[], %(last_days)s::date[])
        as periods (period, first_day, last_day)

),

selected as (

    select periods.period, mart.*
    from {mart} as mart
    inner join periods
        on mart.local_date between periods.first_day and periods.last_day
    where
        %(inbox_ids)s::integer[] is null
        or mart.inbox_id = any(%(inbox_ids)s::integer[])

)
"""

# A row for each whole period (without local_date) and for each of its days.
TOTALS = """
select
    period,
    local_date,
    null as responder_class,
    {value}::double precision as value,
    {cases}::integer as cases
from selected
group by grouping sets ((period), (period, local_date))
"""

VALUE_AND_CASES = {
    "sum": ("sum({numerator})", "sum({numerator})"),
    "ratio": (
        "sum({numerator})::double precision / nullif(sum({denominator}), 0)",
        "sum({denominator})",
    ),
    "distinct": ("count(distinct {numerator})", "count(distinct {numerator})"),
}

# The value at which the merged histogram reaches the quantile: within a bucket, as far
# as the cases still missing are of those in it.
QUANTILES = """
, counted as (

    select
        period,
        local_date,
        responder_class,
        bucket_from_seconds,
        bucket_to_seconds,
        sum({numerator}) as cases
    from selected
    group by grouping sets (
        (period, bucket_from_seconds, bucket_to_seconds),
        (period, local_date, bucket_from_seconds, bucket_to_seconds),
        (period, responder_class, bucket_from_seconds, bucket_to_seconds)
    )

),

reached as (

    select
        counted.*,
        sum(cases) over (
            partition by period, local_date, responder_class
            order by bucket_from_seconds
        ) as reached_cases,
        sum(cases) over (partition by period, local_date, responder_class) as all_cases
    from counted

)

select
    period,
    local_date,
    responder_class,
    min(
        bucket_from_seconds
        + (bucket_to_seconds - bucket_from_seconds)
        * greatest(0, cases - reached_cases + %(quantile)s * all_cases)
        / cases
    ) filter (where reached_cases >= %(quantile)s * all_cases) as value,
    max(all_cases)::integer as cases
from reached
group by 1, 2, 3
"""


@dataclass(frozen=True)
class Kpi:
    """A row of the catalogue."""

    kpi_id: str
    kind: str
    mart: str
    numerator: str
    denominator: str | None
    unit: str
    direction: str
    target: float | None
    amber: float | None
    red: float | None
    label_pt: str
    label_en: str
    definition_pt: str
    definition_en: str

    def label(self, language: Language) -> str:
        """What managers read."""
        return self.label_pt if language == "pt" else self.label_en

    def definition(self, language: Language) -> str:
        """What is counted."""
        return self.definition_pt if language == "pt" else self.definition_en

    def status(self, value: float | None) -> str | None:
        """Return met, attention or critical; None without a value or a target."""
        if value is None or self.target is None:
            return None
        if self._is_worse(value, self.red):
            return "critical"
        limit = self.target if self.amber is None else self.amber
        return "attention" if self._is_worse(value, limit) else "met"

    def _is_worse(self, value: float, limit: float | None) -> bool:
        if limit is None:
            return False
        return value > limit if self.direction == "down" else value < limit


@dataclass(frozen=True)
class Value:
    """A KPI over some rows, and how many cases it stands on."""

    value: float | None = None
    cases: int = 0


@dataclass(frozen=True)
class Reading:
    """A KPI over a period, and over each of its days that are over."""

    shown: Value
    complete: Value
    previous: Value
    by_day: dict[date, Value]
    by_responder: dict[str, Value] = field(default_factory=dict)


@st.cache_data(ttl="10m", max_entries=8, show_spinner=False)
def catalogue(version: str) -> dict[str, Kpi]:
    """Every KPI by its id."""
    del version
    names = sql.SQL(", ").join(map(sql.Identifier, Kpi.__dataclass_fields__))
    rows = marts.read(sql.SQL("select {} from marts.kpi_catalog").format(names))
    return {row["kpi_id"]: Kpi(**row) for row in rows}


@st.cache_data(ttl="10m", max_entries=512, show_spinner=False)
def reading(
    version: str,
    kpi: Kpi,
    period: Period,
    inbox_ids: tuple[int, ...] | None,
    quantile: float | None = None,
) -> Reading:
    """Compute a KPI over a period and inboxes; all inboxes if None.

    A time has a value for a quantile, such as 0.5 for the median.
    """
    del version
    if kpi.kind == "percentile":
        query = QUANTILES
    else:
        value_sql, cases_sql = VALUE_AND_CASES[kpi.kind]
        query = TOTALS.replace("{value}", value_sql).replace("{cases}", cases_sql)
    columns: dict[str, sql.Composable] = {
        "numerator": sql.Identifier(kpi.numerator),
        "denominator": sql.Identifier(kpi.denominator or kpi.numerator),
    }
    rows = _read(kpi.mart, query, columns, period, inbox_ids, quantile=quantile)
    # No rows: nothing happened, so a count is 0; a rate or a time has no value.
    nothing = Value(0.0) if kpi.kind in ("sum", "distinct") else Value()
    totals: dict[str, Value] = {}
    by_day: dict[date, Value] = dict.fromkeys(period.complete or (), nothing)
    by_responder: dict[str, Value] = {}
    for row in rows:
        value = Value(row["value"], row["cases"] or 0)
        if row["local_date"] is None and row["responder_class"] is None:
            totals[row["period"]] = value
        elif row["local_date"] is None:
            if row["period"] == "shown":
                by_responder[row["responder_class"]] = value
        elif row["period"] == "complete":
            by_day[row["local_date"]] = value
    return Reading(
        shown=totals.get("shown", nothing),
        complete=totals.get("complete", nothing if period.complete else Value()),
        previous=totals.get("previous", nothing if period.previous else Value()),
        by_day=by_day,
        by_responder=by_responder,
    )


@st.cache_data(ttl="10m", max_entries=64, show_spinner=False)
def components_by_day(
    version: str,
    mart: str,
    components: Sequence[str],
    period: Period,
    inbox_ids: tuple[int, ...] | None,
) -> pd.DataFrame:
    """Components of a mart, added up by period and day."""
    del version
    sums = sql.SQL(", ").join(
        sql.SQL("sum({0})::integer as {0}").format(sql.Identifier(name))
        for name in components
    )
    query = "select period, local_date, {sums} from selected group by 1, 2 order by 2"
    return pd.DataFrame(_read(mart, query, {"sums": sums}, period, inbox_ids))


def _read(
    mart: str,
    query: str,
    parts: dict[str, sql.Composable],
    period: Period,
    inbox_ids: tuple[int, ...] | None,
    **values: Any,
) -> list[dict[str, Any]]:
    spans: dict[str, Days] = {
        name: days
        for name in ("shown", "complete", "previous")
        if (days := getattr(period, name)) is not None
    }
    return marts.read(
        sql.SQL(SELECTED + query).format(mart=sql.Identifier("marts", mart), **parts),
        periods=list(spans),
        first_days=[days.first for days in spans.values()],
        last_days=[days.last for days in spans.values()],
        inbox_ids=None if inbox_ids is None else list(inbox_ids),
        **values,
    )
