"""Kinds of KPIs that name the weekday or hour with the most."""

from collections.abc import Mapping
from datetime import date

from psycopg2 import sql

from kpis.catalogue import Kpi
from kpis.kinds.base import Kind, each
from kpis.periods import Days, Period
from kpis.reader import Reader, summed
from kpis.values import Part, Value


def peak(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The weekday or hour with the most per occurrence; holidays left out."""
    days = period.complete or period.shown
    holidays = _holidays(reader, days)
    working_days = [day for day in days if day not in holidays]
    free_of_holidays = sql.SQL("mart.local_date <> all({}::date[])").format(
        sql.Literal(sorted(holidays))
    )
    rows = reader.rows(
        kpi.mart,
        {"n": summed(kpi.numerator)},
        {"shown": days},
        kpi.dimension,
        condition=free_of_holidays,
    )
    sums = {row["group_key"]: row["n"] or 0.0 for row in rows}
    if kpi.dimension == "weekday":
        occurrences = {
            weekday: sum(day.isoweekday() % 7 == weekday for day in working_days)
            for weekday in range(7)
        }
    else:
        occurrences = dict.fromkeys(range(24), len(working_days))
    parts = tuple(
        Part(key, sums.get(key, 0.0) / times, round(sums.get(key, 0.0)))
        for key, times in occurrences.items()
        if times
    )
    cases = sum(part.cases for part in parts)
    top = max(parts, key=lambda part: part.value or 0.0, default=None)
    value = float(str(top.key)) if top and cases else None
    return [Value(kpi, None, value, cases=cases, parts=parts)]


def _holidays(reader: Reader, days: Days) -> set[date]:
    rows = reader.marts.read(
        "select local_date from marts.mart_temporal_days"
        " where is_holiday and local_date between %(first)s and %(last)s",
        first=days.first,
        last=days.last,
    )
    return {row["local_date"] for row in rows}


KINDS: Mapping[str, Kind] = {
    "peak": Kind(
        formula=(
            "máximo_por_ocorrência({numerator})",
            "maximum_per_occurrence({numerator})",
        ),
        in_words="{dimension} with the highest mean Σ {numerator}",
        compute=each(peak),
        has_groups=False,
    ),
}
