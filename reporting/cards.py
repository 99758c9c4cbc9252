"""What stands on a card beside the value of a KPI."""

from collections.abc import Mapping
from dataclasses import replace

from kpis import Period, Value, kind_of
from reporting import choices, formats
from reporting.kpi_words import explain, show_label, show_value, write_cases
from reporting.texts import Language, say
from reporting.view import Link, View

# What says how it went, by day; the others say one thing of a whole period.
DAYS_OF_DAILY_COURSE = 92
# Who answers how fast is two numbers in one.
BY_RESPONDER = "responder_class"
# What rates of resolution leave out, and show beside them.
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
        and kind_of(value.kpi).has_course
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
        if is_daily and isinstance(of, Value) and kind_of(of.kpi).is_count:
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
        for kpi_id, value in found.items()
        if isinstance(value, Value)
        and value.kpi.also_by == BY_RESPONDER
        and value.value is not None
    )
    if not ids:
        return {}
    by_id: dict[str, dict[str, Value]] = {}
    for value in view.groups(ids, BY_RESPONDER):
        by_id.setdefault(value.kpi.kpi_id, {})[str(value.group)] = value
    return by_id


def left_out(view: View, found: Mapping[str, Value | Exception]) -> dict[str, Value]:
    """Return the share that each KPI leaves out of its denominator, if any."""
    ids = {
        kpi_id: value.kpi.left_out_kpi
        for kpi_id, value in found.items()
        if isinstance(value, Value) and value.kpi.left_out_kpi
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
    elif value.p90 is not None and share != MEDIAN:
        percent = formats.whole_percent(share, language)
        parts.append(say(language, "within_share", share=percent))
    if kind_of(value.kpi).told_parts == "each":
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
    days = kind_of(value.kpi).own_days(value)
    if days is None:
        return {}
    link = choices.of_days(days)
    return link | ({"lado": ["denominador"]} if value.kpi.denominator else {})
