"""What stands on a card beside the value of a KPI."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from kpis import Days, Period, Value
from reporting import choices, formats
from reporting.kpi_words import CHANGES, explain, show_label, show_value, write_cases
from reporting.texts import Language, say
from reporting.view import Link, View

# What says how it went, by day; the others say one thing of a whole period.
KINDS_WITH_COURSE = {"sum", "ratio", "distinct", "distinct_ratio", "percentile"}
DAYS_OF_DAILY_COURSE = 92
# Who answers how fast is two numbers in one.
BY_RESPONDER = ("first_response_time",)
# What rates of resolution leave out, and show beside them.
LEFT_OUT_OF = {"resolvable_episodes": "stopped_at_our_question_rate"}
MEDIAN = 0.5


def courses(
    view: View, found: Mapping[str, Value | Exception]
) -> dict[str, list[float]]:
    """Return how KPIs went over the days that are over, or weeks of a long period."""
    days = view.period.complete
    ids = tuple(
        kpi_id
        for kpi_id, value in found.items()
        if isinstance(value, Value)
        and value.value is not None
        and value.kpi.kind in KINDS_WITH_COURSE
    )
    if days is None or not ids:
        return {}
    alone = replace(view, period=Period(days, days, None))
    is_daily = len(days) <= DAYS_OF_DAILY_COURSE
    by_id: dict[str, dict[object, float]] = {}
    try:
        course = alone.course(ids, "day" if is_daily else "week")
    except KeyError:
        return {}
    for value in course:
        if value.value is not None:
            by_id.setdefault(value.kpi.kpi_id, {})[value.group] = value.value
    points_of = {}
    for kpi_id, by_day in by_id.items():
        of = found[kpi_id]
        if is_daily and isinstance(of, Value) and of.kpi.kind in ("sum", "distinct"):
            by_day = {day: by_day.get(day, 0.0) for day in days}
        points = [by_day[day] for day in sorted(by_day, key=str)]
        if not is_daily:
            points = points[1:-1]  # weeks of which only a part is in the period
        if len(points) > 1:
            points_of[kpi_id] = points
    return points_of


def by_responder(
    view: View, found: Mapping[str, Value | Exception]
) -> dict[str, dict[str, Value]]:
    """Return the values of what answers by AI and by people, where both count."""
    ids = tuple(
        kpi_id
        for kpi_id in BY_RESPONDER
        if isinstance(value := found.get(kpi_id), Value) and value.value is not None
    )
    if not ids:
        return {}
    by_id: dict[str, dict[str, Value]] = {}
    for value in view.groups(ids, "responder_class"):
        by_id.setdefault(value.kpi.kpi_id, {})[str(value.group)] = value
    return by_id


def left_out(view: View, found: Mapping[str, Value | Exception]) -> dict[str, Value]:
    """Return the share that each KPI leaves out of its denominator, if any."""
    ids = {
        kpi_id: LEFT_OUT_OF[value.kpi.denominator]
        for kpi_id, value in found.items()
        if isinstance(value, Value) and value.kpi.denominator in LEFT_OUT_OF
    }
    shares = view.values(tuple(dict.fromkeys(ids.values()))) if ids else {}
    return {
        kpi_id: share
        for kpi_id, share_id in ids.items()
        if isinstance(share := shares.get(share_id), Value) and share.value is not None
    }


def is_change_unreliable(value: Value) -> bool:
    """Whether too few cases changed to say that something did."""
    fewest = value.kpi.minimum_cases
    return min(value.cases, value.previous_cases) < fewest


def footer(
    value: Value,
    by_responder: Mapping[str, Value] | None,
    left_out: Value | None,
    language: Language,
) -> str:
    """Say what stands below the value: its cases, or what it consists of."""
    if value.reason not in (None, "small_sample"):
        return explain(value, language)
    parts = []
    for responder in ("ai", "human"):
        if by_responder and responder in by_responder:
            time = show_value(value.kpi, by_responder[responder].value, language)
            parts.append(f"{say(language, responder)} {time}")
    share = value.kpi.quantile or MEDIAN
    if not parts and value.p90 is not None and share == MEDIAN:
        time = show_value(value.kpi, value.p90, language)
        parts.append(say(language, "nine_in_ten", value=time))
    elif value.kpi.kind == "percentile" and share != MEDIAN:
        percent = formats.whole_percent(share, language)
        parts.append(say(language, "within_share", share=percent))
    if value.kpi.kind == "ratio":
        parts += [
            say(
                language,
                f"part_{part.key}",
                value=show_value(value.kpi, part.value, language),
            )
            for part in value.parts
        ]
    if value.kpi.unit == "hours":
        parts.append(say(language, "estimate"))
    if value.kpi.metric == "human_response":
        parts.append(say(language, "in_working_hours"))
    if not parts or value.kpi.counted_by:
        parts.append(write_cases(value, language))
    if left_out is not None:
        stopped = show_value(left_out.kpi, left_out.value, language)
        parts.append(f"{show_label(left_out.kpi, language).lower()} {stopped}")
    return " · ".join(parts)


def own_days(value: Value) -> Link:
    """Return the days that a KPI counts whatever the period, as a link says them."""
    if value.kpi.kind not in CHANGES or not value.parts:
        return {}
    first = value.parts[-1].key
    if not isinstance(first, date):
        return {}
    last = first + timedelta(days=6)
    if value.kpi.kind != "week_over_week":
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    link = choices.of_days(Days(first, last))
    return link | ({"lado": ["denominador"]} if value.kpi.denominator else {})
