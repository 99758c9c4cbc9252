"""KPIs that are more than a sum or a share: trends, peaks, comparisons of people."""

import calendar
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from psycopg2 import sql

from kpis.catalogue import Kpi
from kpis.database import Marts
from kpis.filters import Filters, where
from kpis.periods import Days, Period
from kpis.query import (
    Reader,
    Sums,
    counted_once,
    is_of_its_side,
    measured_by,
    plain,
    read_durations,
    summed,
    values_of,
)
from kpis.statistics import quantiles, theil_sen, variation, z_scores
from kpis.values import Part, Value

DAYS_PER_MONTH = 365.25 / 12
WEEKS_OF_TREND = 12
FEWEST_WEEKS = 6
FORECAST_DIMENSIONS = {"inboxes", "units", "channel_kinds", "accounts"}
WHOLE = [0]  # no inbox's id
MOST_TERMS = 20
FEWEST_COMMENTS_WITH_TERM = 2
RANKED = ("agent_episodes", "agent_csat", "agent_reply_time", "agent_resolution_rate")
SCORED = ("team_csat", "team_response_time", "resolution_rate", "ai_automation_rate")
BEST_SCORE = 1.5  # more of one does not make up for any lack of another


def growth(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The last complete month against the one before, by day."""
    months = _months(period)
    is_whole = _reaches_back(reader, months["previous"])
    rows = reader.rows(kpi.mart, {"n": summed(kpi.numerator)}, months, group)
    sums: dict[object, dict[str, float]] = defaultdict(dict)
    for row in rows:
        sums[row["group_key"]][row["span"]] = row["n"] or 0.0
    found = []
    for key, by_month in (sums or {None: {}}).items():
        daily = {
            name: by_month.get(name, 0.0) / len(days) for name, days in months.items()
        }
        value = _ratio(daily["shown"], daily["previous"]) if is_whole else None
        cases = round(by_month.get("shown", 0.0))
        parts = tuple(
            Part(months[name].first, daily[name]) for name in ("previous", "shown")
        )
        found.append(
            Value(
                kpi,
                key,
                value,
                cases=cases,
                parts=parts,
                previous_cases=round(by_month.get("previous", 0.0)),
            )
        )
    return found


def change(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The ratio of the last complete month less that of the month before."""
    months = _months(period)
    is_whole = _reaches_back(reader, months["previous"])
    columns = {"n": summed(kpi.numerator), "d": summed(kpi.denominator or "")}
    sums: dict[object, dict[str, Sums]] = defaultdict(dict)
    for row in reader.rows(kpi.mart, columns, months, group):
        sums[row["group_key"]][row["span"]] = Sums(row["n"] or 0.0, row["d"] or 0.0)
    found = []
    for key, by_month in (sums or {None: {}}).items():
        now, before = (
            by_month.get(name, Sums(0.0, 0.0)) for name in ("shown", "previous")
        )
        ratios = [sums_of.value(kpi) for sums_of in (before, now)]
        enough = min(now.cases, before.cases) >= kpi.minimum_cases
        value = None
        if is_whole and ratios[0] is not None and ratios[1] is not None:
            value = ratios[1] - ratios[0]
        found.append(
            Value(
                kpi,
                key,
                value,
                cases=min(now.cases, before.cases),
                reason=None if enough or value is None else "small_sample",
                parts=tuple(
                    Part(months[name].first, ratio, sums_of.cases)
                    for name, ratio, sums_of in zip(
                        ("previous", "shown"), ratios, (before, now), strict=True
                    )
                ),
            )
        )
    return found


def trend(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The slope of the last weeks' medians, as a share of their level per month."""
    last = (period.complete or period.shown).last
    weeks = {
        f"week {number:02}": Days(last, last).back(7 * number)
        for number in range(WEEKS_OF_TREND)
    }
    weeks = {
        name: Days(day.first - timedelta(days=6), day.last)
        for name, day in weeks.items()
    }
    durations = read_durations(reader, {measured_by(kpi)}, weeks, group)
    found = []
    for key in {key for _, key, _ in durations} or {None}:
        parts = []
        for name in sorted(weeks, reverse=True):
            values = values_of(kpi, name, key, durations)
            if len(values) >= kpi.minimum_cases:
                (median,) = quantiles(values, (kpi.quantile or 0.5,))
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


def peak(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The weekday or hour with the most per occurrence; holidays left out."""
    if group is not None:
        raise KeyError(f"{kpi.kpi_id} has no group {group}")
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


def week_over_week(
    reader: Reader, kpi: Kpi, period: Period, group: str | None
) -> list[Value]:
    """The last seven complete days against the seven before."""
    last = (period.complete or period.shown).last
    week = Days(last - timedelta(days=6), last)
    spans = {"shown": week, "previous": week.back(7)}
    is_whole = _reaches_back(reader, spans["previous"])
    sums: dict[object, dict[str, float]] = defaultdict(dict)
    for row in reader.rows(kpi.mart, {"n": summed(kpi.numerator)}, spans, group):
        sums[row["group_key"]][row["span"]] = row["n"] or 0.0
    return [
        Value(
            kpi,
            key,
            _ratio(by_week.get("shown", 0.0), by_week.get("previous", 0.0))
            if is_whole
            else None,
            cases=round(by_week.get("shown", 0.0)),
            previous_cases=round(by_week.get("previous", 0.0)),
            parts=tuple(
                Part(spans[name].first, by_week.get(name, 0.0))
                for name in ("previous", "shown")
            ),
        )
        for key, by_week in (sums or {None: {}}).items()
    ]


def forecast(
    reader: Reader, kpi: Kpi, period: Period, group: str | None
) -> list[Value]:
    """The episodes expected over the forecast's days, with those of each day."""
    inboxes = _scope(reader, kpi, group)
    if inboxes is None:
        return [Value(kpi, reason="not_filterable")]
    rows = reader.marts.read(
        sql.SQL(
            "select local_date, sum({n})::double precision as n"
            " from marts.{mart} where {scope} group by 1 order by 1"
        ).format(
            n=sql.Identifier(kpi.numerator),
            mart=sql.Identifier(kpi.mart),
            scope=_in_scope(inboxes),
        )
    )
    parts = tuple(Part(row["local_date"], row["n"]) for row in rows)
    total = sum(part.value or 0.0 for part in parts) if parts else None
    return [Value(kpi, None, total, cases=len(parts), parts=parts)]


def anomaly(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The unusual days among the last seven complete ones; all of them as parts."""
    inboxes = _scope(reader, kpi, group)
    if inboxes is None:
        return [Value(kpi, reason="not_filterable")]
    days = period.complete or period.shown
    week = Days(max(days.last - timedelta(days=6), days.first), days.last)
    rows = reader.marts.read(
        sql.SQL(
            "select local_date, sum(actual_episodes)::double precision as n"
            " from marts.{mart} where {scope}"
            " and local_date between %(first)s and %(last)s group by 1 order by 1"
        ).format(mart=sql.Identifier(kpi.mart), scope=_in_scope(inboxes)),
        first=days.first,
        last=days.last,
    )
    parts = tuple(Part(row["local_date"], row["n"]) for row in rows)
    recent = sum(week.first <= row["local_date"] for row in rows)
    return [Value(kpi, None, float(recent), cases=recent, parts=parts)]


def balance(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The spread of episodes per worked day between agents."""
    if group is not None:
        raise KeyError(f"{kpi.kpi_id} has no group {group}")
    columns = {"n": summed(kpi.numerator), "days": counted_once("local_date")}
    loads: dict[str, list[Part]] = {"shown": [], "complete": [], "previous": []}
    for row in reader.rows(kpi.mart, columns, period.spans, "agent"):
        if row["n"]:
            part = Part(row["group_key"], row["n"] / row["days"], round(row["n"]))
            loads[row["span"]].append(part)
    if period.complete == period.shown:
        loads["complete"] = loads["shown"]
    shown, now, before = (
        variation([part.value or 0.0 for part in loads[span]])
        for span in ("shown", "complete", "previous")
    )
    return [
        Value(
            kpi,
            None,
            shown,
            cases=sum(part.cases for part in loads["shown"]),
            complete=now,
            previous=before,
            previous_cases=sum(part.cases for part in loads["previous"]),
            change=kpi.change(now, before),
            parts=tuple(sorted(loads["shown"], key=lambda part: -(part.value or 0.0))),
        )
    ]


def ranking(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """Agents by their mean z-score over volume, rating, speed and resolution."""
    if group is not None:
        raise KeyError(f"{kpi.kpi_id} has no group {group}")
    by_agent = _by_group(reader, RANKED, period, "agent")
    volumes = {key: found.cases for key, found in by_agent["agent_episodes"].items()}
    ranked = [key for key, cases in volumes.items() if cases >= kpi.minimum_cases]
    scores: dict[object, list[float]] = defaultdict(list)
    for values in by_agent.values():
        known = [
            key
            for key in ranked
            if key in values
            and values[key].value is not None
            and values[key].cases >= values[key].kpi.minimum_cases
        ]
        numbers = [values[key].value or 0.0 for key in known]
        for key, score in zip(known, z_scores(numbers), strict=True):
            is_better_low = values[key].kpi.direction == "down"
            scores[key].append(-score if is_better_low else score)
    parts = sorted(
        (Part(key, statistics.fmean(scores[key]), volumes[key]) for key in ranked),
        key=lambda part: -(part.value or 0.0),
    )
    cases = sum(volumes.values())
    return [Value(kpi, None, None, cases=cases, parts=tuple(parts))]


def scorecard(
    reader: Reader, kpi: Kpi, period: Period, group: str | None
) -> list[Value]:
    """How much of their targets teams reach: the mean over KPIs with a value."""
    if group not in (None, "team"):
        raise KeyError(f"{kpi.kpi_id} has no group {group}")
    by_team = _by_group(reader, (*SCORED, "team_episodes"), period, "team")
    volumes = by_team.pop("team_episodes")
    found = []
    for key, volume in volumes.items():
        parts = tuple(
            Part(kpi_id, _attainment(values[key]), values[key].cases)
            for kpi_id, values in by_team.items()
            if key in values and values[key].cases >= values[key].kpi.minimum_cases
        )
        reached = [part.value for part in parts if part.value is not None]
        mean = statistics.fmean(reached) if reached else None
        found.append(Value(kpi, key, mean, cases=volume.cases, parts=parts))
    if group == "team":
        return found
    total = sum(value.cases for value in found if value.value is not None)
    weighted = sum((value.value or 0.0) * value.cases for value in found)
    return [
        Value(
            kpi,
            None,
            weighted / total if total else None,
            cases=total,
            parts=tuple(Part(value.group, value.value, value.cases) for value in found),
        )
    ]


def terms(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The terms that most comments of one side hold, each counted once a comment."""
    if group is not None:
        raise KeyError(f"{kpi.kpi_id} has no group {group}")
    of_side = is_of_its_side(kpi)
    spans = {"shown": period.shown}
    columns = {"comments": counted_once(kpi.numerator)}
    rows = reader.rows(kpi.mart, columns, spans, by=("term",), condition=of_side)
    # A comment of signs alone holds no term, and is one.
    totals = reader.rows("mart_quality_comments", columns, spans, condition=of_side)
    comments = totals[0]["comments"] if totals else 0
    parts = sorted(
        (
            Part(row["term"], row["comments"] / comments, row["comments"])
            for row in rows
            if row["comments"] >= FEWEST_COMMENTS_WITH_TERM
        ),
        key=lambda part: (-part.cases, str(part.key)),
    )[:MOST_TERMS]
    return [Value(kpi, None, None, cases=comments, parts=tuple(parts))]


Special = Callable[[Reader, Kpi, Period, str | None], list[Value]]
SPECIAL: Mapping[str, Special] = {
    "growth": growth,
    "change": change,
    "trend": trend,
    "peak": peak,
    "week_over_week": week_over_week,
    "forecast": forecast,
    "anomaly": anomaly,
    "balance": balance,
    "ranking": ranking,
    "scorecard": scorecard,
    "terms": terms,
}


def _months(period: Period) -> dict[str, Days]:
    """Return the last month over at the end of the period, and the one before."""
    last = (period.complete or period.shown).last
    if last.day < calendar.monthrange(last.year, last.month)[1]:
        last = last.replace(day=1) - timedelta(days=1)
    shown = Days(last.replace(day=1), last)
    end = shown.first - timedelta(days=1)
    return {"shown": shown, "previous": Days(end.replace(day=1), end)}


def _reaches_back(reader: Reader, days: Days) -> bool:
    """Whether there is data of all these days, as far as the past goes."""
    (row,) = reader.marts.read(
        "select min(local_date) as first_date from marts.mart_temporal_days"
    )
    return row["first_date"] is not None and row["first_date"] <= days.first


def _ratio(now: float, before: float) -> float | None:
    return now / before - 1 if before else None


def _holidays(reader: Reader, days: Days) -> set[date]:
    rows = reader.marts.read(
        "select local_date from marts.mart_temporal_days"
        " where is_holiday and local_date between %(first)s and %(last)s",
        first=days.first,
        last=days.last,
    )
    return {row["local_date"] for row in rows}


def _scope(reader: Reader, kpi: Kpi, group: str | None) -> list[int] | None:
    """Return the inboxes kept, WHOLE for all; None where a filter has no forecast."""
    if group is not None:
        raise KeyError(f"{kpi.kpi_id} has no group {group}")
    if not has_forecast(reader.marts, reader.filters):
        return None
    if not reader.filters.used and not reader.marts.limits:
        return WHOLE
    return kept_inboxes(reader.marts, reader.filters)


def has_forecast(marts: Marts, filters: Filters) -> bool:
    """Whether the filters, and the limits of the reader, leave whole inboxes."""
    return not filters.used - FORECAST_DIMENSIONS and not marts.limits.teams


def kept_inboxes(marts: Marts, filters: Filters) -> list[int]:
    """Return the inboxes that filters of FORECAST_DIMENSIONS keep."""
    rows = marts.read(
        sql.SQL("select inbox_id from marts.mart_inboxes as mart where {}").format(
            where("mart_inboxes", filters)
        ),
        **filters.bound(),
    )
    return [row["inbox_id"] for row in rows]


def _in_scope(inboxes: list[int]) -> sql.Composable:
    if inboxes == WHOLE:
        return sql.SQL("inbox_id is null")
    return sql.SQL("inbox_id = any({}::integer[])").format(sql.Literal(inboxes))


def _by_group(
    reader: Reader, kpi_ids: tuple[str, ...], period: Period, group: str
) -> dict[str, dict[object, Value]]:
    kpis = [reader.known[kpi_id] for kpi_id in kpi_ids]
    # Nothing else is compared than the days shown.
    period = Period(period.shown, period.shown, None)
    return {
        kpi_id: {value.group: value for value in found}
        for kpi_id, found in plain(reader, kpis, period, group).items()
    }


def _attainment(value: Value) -> float | None:
    """Return the share of the target that is reached, as a fraction of 1."""
    target = value.kpi.target
    if value.value is None or target is None:
        return None
    if value.kpi.direction == "down":
        return min(target / value.value, BEST_SCORE) if value.value else BEST_SCORE
    return min(value.value / target, BEST_SCORE)
