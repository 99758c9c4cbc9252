"""Kinds of KPIs that the forecast answers: what is to come, what was out of pattern."""

from collections.abc import Mapping
from datetime import timedelta

from psycopg2 import sql

from kpis.catalogue import Kpi
from kpis.kinds.base import Kind, each, no_rows
from kpis.periods import Days, Period
from kpis.reader import Reader
from kpis.temporal import has_forecast, kept_inboxes
from kpis.values import Part, Value


def forecast(
    reader: Reader, kpi: Kpi, period: Period, group: str | None
) -> list[Value]:
    """The episodes expected over the forecast's days, with those of each day."""
    scope = _scope(reader)
    if scope is None:
        return [Value(kpi, reason="not_filterable")]
    rows = reader.marts.read(
        sql.SQL(
            "select local_date, sum({n})::double precision as n"
            " from marts.{mart} where {scope} group by 1 order by 1"
        ).format(
            n=sql.Identifier(kpi.numerator),
            mart=sql.Identifier(kpi.mart),
            scope=scope,
        )
    )
    parts = tuple(Part(row["local_date"], row["n"]) for row in rows)
    total = sum(part.value or 0.0 for part in parts) if parts else None
    return [Value(kpi, None, total, cases=len(parts), parts=parts)]


def anomaly(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The unusual days among the last seven complete ones; all of them as parts."""
    scope = _scope(reader)
    if scope is None:
        return [Value(kpi, reason="not_filterable")]
    days = period.complete or period.shown
    week = Days(max(days.last - timedelta(days=6), days.first), days.last)
    rows = reader.marts.read(
        sql.SQL(
            "select local_date, sum(actual_episodes)::double precision as n"
            " from marts.{mart} where {scope}"
            " and local_date between %(first)s and %(last)s group by 1 order by 1"
        ).format(mart=sql.Identifier(kpi.mart), scope=scope),
        first=days.first,
        last=days.last,
    )
    parts = tuple(Part(row["local_date"], row["n"]) for row in rows)
    recent = sum(week.first <= row["local_date"] for row in rows)
    return [Value(kpi, None, float(recent), cases=recent, parts=parts)]


def _scope(reader: Reader) -> sql.Composable | None:
    """Return the condition of what is asked for; None where that has no forecast."""
    if not has_forecast(reader.marts, reader.filters):
        return None
    if not reader.filters.used and not reader.marts.limits:
        return sql.SQL("inbox_id is null")
    kept = kept_inboxes(reader.marts, reader.filters)
    return sql.SQL("inbox_id = any({}::integer[])").format(sql.Literal(kept))


KINDS: Mapping[str, Kind] = {
    "forecast": Kind(
        formula=(
            "soma_dos_próximos_dias({numerator})",
            "sum_of_the_next_days({numerator})",
        ),
        in_words="{numerator} per day",
        compute=each(forecast),
        rows=no_rows,
        has_groups=False,
    ),
    "anomaly": Kind(
        formula=(
            "dias_com_z_acima_de_3,5({numerator})",
            "days_with_z_over_3.5({numerator})",
        ),
        in_words="Σ {numerator} of the last 7 complete days",
        compute=each(anomaly),
        rows=no_rows,
        has_groups=False,
    ),
}
