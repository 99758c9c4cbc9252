"""Kinds of KPIs that compare months or weeks, whatever the period."""

import calendar
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from kpis.catalogue import Kpi
from kpis.contributions import Sums
from kpis.kinds.base import Kind, each
from kpis.kinds.percentiles import (
    MEDIAN,
    measured_by,
    read_durations,
    times,
    values_of,
)
from kpis.periods import Days, Period, month_of
from kpis.reader import Reader, summed
from kpis.statistics import quantiles, theil_sen
from kpis.values import Part, Value

DAYS_PER_MONTH = 365.25 / 12
WEEKS_OF_TREND = 12
FEWEST_WEEKS = 6
SIDES = ("previous", "shown")


def growth(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The last complete month against the one before, by day."""
    months = _months(period)
    is_whole = _reaches_back(reader, months["previous"])
    found = []
    for key, (before, now) in _sums(reader, kpi, months, group).items():
        daily = [
            sums.numerator / len(months[name])
            for name, sums in zip(SIDES, (before, now), strict=True)
        ]
        found.append(
            Value(
                kpi,
                key,
                _growth(daily[1], daily[0]) if is_whole else None,
                cases=round(now.numerator),
                previous_cases=round(before.numerator),
                parts=_parts(months, daily),
            )
        )
    return found


def change(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The ratio of the last complete month less that of the month before."""
    months = _months(period)
    is_whole = _reaches_back(reader, months["previous"])
    found = []
    for key, sides in _sums(reader, kpi, months, group).items():
        ratios = [sums.value for sums in sides]
        cases = [int(sums.denominator or 0.0) for sums in sides]
        value = None
        if is_whole and ratios[0] is not None and ratios[1] is not None:
            value = ratios[1] - ratios[0]
        enough = min(cases) >= kpi.minimum_cases
        found.append(
            Value(
                kpi,
                key,
                value,
                cases=min(cases),
                reason=None if enough or value is None else "small_sample",
                parts=_parts(months, ratios, cases),
            )
        )
    return found


def week_over_week(
    reader: Reader, kpi: Kpi, period: Period, group: str | None
) -> list[Value]:
    """The last seven complete days against the seven before."""
    week = _week_to((period.complete or period.shown).last)
    weeks = {"shown": week, "previous": week.back(7)}
    is_whole = _reaches_back(reader, weeks["previous"])
    return [
        Value(
            kpi,
            key,
            _growth(now.numerator, before.numerator) if is_whole else None,
            cases=round(now.numerator),
            previous_cases=round(before.numerator),
            parts=_parts(weeks, (before.numerator, now.numerator)),
        )
        for key, (before, now) in _sums(reader, kpi, weeks, group).items()
    ]


def trend(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The slope of the last weeks' medians, as a share of their level per month."""
    latest = _week_to((period.complete or period.shown).last)
    weeks = {
        f"week {number:02}": latest.back(7 * number) for number in range(WEEKS_OF_TREND)
    }
    durations = read_durations(reader, {measured_by(kpi)}, weeks, group)
    found = []
    for key in {key for _, key, _ in durations} or {None}:
        parts = []
        for name in sorted(weeks, reverse=True):
            values = values_of(kpi, name, key, durations)
            if len(values) >= kpi.minimum_cases:
                (median,) = quantiles(values, (kpi.quantile or MEDIAN,))
                parts.append(Part(weeks[name].first, median, len(values)))
        medians = [part.value for part in parts if part.value is not None]
        value = None
        if len(medians) >= FEWEST_WEEKS and (level := statistics.median(medians)):
            # A week with too few cases leaves a gap.
            by_week = {part.key: part.value for part in parts}
            steps = [by_week.get(weeks[name].first) for name in sorted(weeks)[::-1]]
            value = theil_sen(steps) / level * DAYS_PER_MONTH / 7
        cases = sum(part.cases for part in parts)
        found.append(Value(kpi, key, value, cases=cases, parts=tuple(parts)))
    return found


def _week_to(last: date) -> Days:
    return Days(last - timedelta(days=6), last)


def _months(period: Period) -> dict[str, Days]:
    """Return the last month over at the end of the period, and the one before."""
    last = (period.complete or period.shown).last
    if last.day < calendar.monthrange(last.year, last.month)[1]:
        last = last.replace(day=1) - timedelta(days=1)
    shown = month_of(last)
    return {"shown": shown, "previous": month_of(shown.first - timedelta(days=1))}


def _reaches_back(reader: Reader, days: Days) -> bool:
    """Whether there is data of all these days, as far as the past goes."""
    (row,) = reader.marts.read(
        "select min(local_date) as first_date from marts.mart_temporal_days"
    )
    return row["first_date"] is not None and row["first_date"] <= days.first


def _sums(
    reader: Reader, kpi: Kpi, spans: Mapping[str, Days], group: str | None
) -> dict[object, tuple[Sums, Sums]]:
    """Return what each group adds up to, before and now; of none, nothing."""
    columns = {"n": summed(kpi.numerator)}
    if kpi.denominator:
        columns["d"] = summed(kpi.denominator)
    nothing = Sums(0.0, 0.0 if kpi.denominator else None)
    found: dict[object, dict[str, Sums]] = defaultdict(dict)
    for row in reader.rows(kpi.mart, columns, spans, group):
        found[row["group_key"]][row["span"]] = Sums(
            row["n"] or 0.0, (row["d"] or 0.0) if kpi.denominator else None
        )
    return {
        key: (by_span.get("previous", nothing), by_span.get("shown", nothing))
        for key, by_span in (found or {None: {}}).items()
    }


def _growth(now: float, before: float) -> float | None:
    return now / before - 1 if before else None


def _parts(
    spans: Mapping[str, Days],
    values: Sequence[float | None],
    cases: Sequence[int] = (0, 0),
) -> tuple[Part, ...]:
    return tuple(
        Part(spans[name].first, value, count)
        for name, value, count in zip(SIDES, values, cases, strict=True)
    )


def _first_day(value: Value) -> date | None:
    """Return the day on which what is compared now begins."""
    first = value.parts[-1].key if value.parts else None
    return first if isinstance(first, date) else None


def _month(value: Value) -> Days | None:
    first = _first_day(value)
    return month_of(first) if first else None


def _week(value: Value) -> Days | None:
    first = _first_day(value)
    return Days(first, first + timedelta(days=6)) if first else None


KINDS: Mapping[str, Kind] = {
    "growth": Kind(
        formula=("mês_sobre_mês({numerator})", "month_over_month({numerator})"),
        in_words=(
            "Σ {numerator} per day of the last complete month / the month before − 1"
        ),
        compute=each(growth),
        own_days=_month,
        is_change=True,
    ),
    "change": Kind(
        formula=(
            "diferença_entre_meses({numerator} ÷ {denominator})",
            "difference_of_months({numerator} ÷ {denominator})",
        ),
        in_words=(
            "Σ {numerator} / Σ {denominator} of the last complete month"
            " − the month before"
        ),
        compute=each(change),
        own_days=_month,
        is_change=True,
    ),
    "week_over_week": Kind(
        formula=("7_dias_sobre_7_dias({numerator})", "7_days_over_7_days({numerator})"),
        in_words="Σ {numerator} of the last 7 complete days / the 7 before − 1",
        compute=each(week_over_week),
        own_days=_week,
        is_change=True,
    ),
    "trend": Kind(
        formula=("tendência_Theil_Sen({metric})", "Theil_Sen_slope({metric})"),
        in_words="Theil-Sen slope of the weekly {quantile} of {metric}",
        compute=each(trend),
        rows=times,
    ),
}
