"""Tendências: where is it going, and which days were out of pattern?"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pandas as pd
import streamlit as st

from dashboards import charts, filters, marks, marts
from dashboards.cards import show_cards, show_label, show_value
from dashboards.frames import (
    pick_row,
    show_chart,
    show_empty,
    show_nothing,
    show_section,
)
from dashboards.view import View
from kpis import Days, Mark, Period, Value
from kpis.statistics import theil_sen
from kpis.temporal import WHOLE, Anomaly, Backtest
from reporting import formats
from reporting.texts import say

FIRST = (
    "volume_growth_mom", "week_over_week", "volume_forecast", "volume_anomaly",
    "busiest_weekday", "peak_hour", "response_time_trend", "csat_trend",
)  # fmt: skip
WEEKLY = ("episodes_total", "first_response_time", "csat_avg", "ai_automation_rate")
MONTHLY = (
    "episodes_total", "first_response_time", "resolution_rate", "ai_automation_rate",
    "csat_avg",
)  # fmt: skip
EPISODES = "mart_executive_episode_days"
WEEKS_OF_CALENDAR = 26
MOST_MONTHS = 13
RANGES = (30, 90, 365)
DAYS_BY_DAY = 92


def show(view: View) -> None:
    """Draw the page."""
    episodes = view.values(("episodes_total",))["episodes_total"]
    if isinstance(episodes, Value) and not episodes.cases:
        show_empty(view)
        return
    show_cards(view, view.ids("temporal", FIRST))
    show_section(view, show_volume)
    show_section(view, show_anomalies)
    show_section(view, show_measures)
    show_section(view, show_response_trend)
    show_section(view, show_weeks)
    left, right = st.columns(2)
    with left:
        show_section(view, show_profile, "busiest_weekday")
    with right:
        show_section(view, show_profile, "peak_hour")
    show_section(view, show_calendar)
    show_section(view, show_months)


def of_days(view: View, days: Days, previous: Days | None = None) -> View:
    """The same view of other days, those that are not over left out of comparisons."""
    yesterday = view.status.local_date - timedelta(days=1)
    complete = None
    if days.first <= yesterday:
        complete = Days(days.first, min(days.last, yesterday))
    link = view.link | {
        "p": [filters.CUSTOM],
        "de": [days.first.isoformat()],
        "ate": [days.last.isoformat()],
    }
    return replace(view, period=Period(days, complete, previous), link=link)


def open_days(view: View, days: Days, place: str | None = None) -> None:
    """Go to the episodes of some days, of one place if it is named."""
    link = of_days(view, days).linked(kpi="episodes_total")
    if place is not None:
        link["un"] = [place]
    st.switch_page(view.pages["conversas"], query_params=link)


def volumes(view: View) -> dict[date, float]:
    """Return the episodes of each day shown."""
    found = {
        row.group: row.sums["inbound_episodes"]
        for row in view.components(EPISODES, ("inbound_episodes",), "day")
        if row.span == "shown" and isinstance(row.group, date)
    }
    return {day: found.get(day, 0.0) for day in view.period.shown}


# ------------------------------------------------------------------ the volume


def show_volume(view: View) -> None:
    """Chart the episodes of each day, what is expected of the next, and the odd ones.

    The forecast follows only where the days shown go up to it.
    """
    language, shown = view.language, view.period.shown
    scope = marts.forecast_scope(view.status.version, view.filters)
    expected, odd = [], []
    if scope is not None:
        expected = marts.forecast(view.status.version, scope)
        odd = marts.anomalies(view.status.version, scope, shown)
    if expected and shown.last < expected[0].local_date - timedelta(days=1):
        expected = []
    by_day = volumes(view)
    total = sum(day.episodes_p50 for day in expected)
    finding = say(language, "volume_finding", days=len(shown))
    if expected:
        finding = say(
            language,
            "forecast_finding",
            days=len(expected),
            value=formats.count(total, language),
        )
    caption = say(language, "volume_caption")
    names = [formats.weekday(day, language) for day in by_day]
    table = pd.DataFrame(
        {
            say(language, "episodes"): [*by_day.values(), *[None] * len(expected)],
            say(language, "expected"): [
                *[None] * len(by_day),
                *[day.episodes_p50 for day in expected],
            ],
            say(language, "expected_from"): [
                *[None] * len(by_day),
                *[day.episodes_p10 for day in expected],
            ],
            say(language, "expected_to"): [
                *[None] * len(by_day),
                *[day.episodes_p90 for day in expected],
            ],
        },
        index=pd.Index(
            [*names, *[formats.weekday(day.local_date, language) for day in expected]],
            name=say(language, "day"),
        ),
        dtype=float,
    )
    clicked = show_chart(
        view,
        "volume",
        finding,
        f"{caption} {forecast_note(view, scope, bool(expected))}",
        charts.volume(by_day, expected, odd, language),
        table[::-1].style.format(
            partial(formats.count, language=language), na_rep=formats.NO_VALUE
        ),
        is_clickable=True,
    )
    for mark in clicked:
        if mark["curve_number"] == charts.VOLUME_CURVE:
            day = list(by_day)[mark["point_index"]]
            open_days(view, Days(day, day))
        if mark["curve_number"] == charts.ODD_CURVE:
            day = [row.local_date for row in odd if row.local_date in by_day][
                mark["point_index"]
            ]
            open_days(view, Days(day, day))
        if mark["curve_number"] == charts.EXPECTED_CURVE:
            st.caption(say(language, "forecast_not_listed"))


def forecast_note(view: View, scope: str | None, is_drawn: bool) -> str:
    """Say how far the forecast can be relied on, or why there is none."""
    language = view.language
    if scope is None:
        return say(language, "forecast_not_filterable")
    if not is_drawn:
        is_known = bool(marts.forecast(view.status.version, scope))
        return say(language, "forecast_later" if is_known else "forecast_too_early")
    trial = marts.backtest(view.status.version).get(scope)
    if trial is None or trial.wape is None:
        return say(language, "forecast_untested")
    return say(language, "forecast_error", **judged(trial, view))


def judged(trial: Backtest, view: View) -> dict[str, str]:
    """Write what the back-test found."""
    percent = partial(formats.percent, language=view.language)
    known = {
        "wape": trial.wape,
        "naive": trial.seasonal_naive_wape,
        "coverage": trial.coverage_80,
    }
    return {
        name: formats.NO_VALUE if share is None else percent(share)
        for name, share in known.items()
    }


def show_anomalies(view: View) -> None:
    """List the unusual days; who ticks one sees its episodes.

    With no filter, those of single inboxes, too: the whole may hide them.
    """
    language, shown = view.language, view.period.shown
    version = view.status.version
    scope = marts.forecast_scope(version, view.filters)
    with st.container(border=True):
        st.subheader(say(language, "anomalies_title"), anchor=False)
        if scope is None:
            st.caption(say(language, "forecast_not_filterable"))
            return
        inboxes = marts.inboxes(version)
        scopes = [scope, *(map(str, inboxes) if scope == WHOLE else ())]
        found = [odd for of in scopes for odd in marts.anomalies(version, of, shown)]
        found.sort(key=lambda odd: odd.local_date, reverse=True)
        if not found:
            st.caption(say(language, "anomalies_none"))
            return
        st.caption(say(language, "anomalies_hint"))
        picked = pick_row(
            pd.DataFrame([_anomaly(odd, view, inboxes) for odd in found]),
            "anomalies",
            say(language, "anomalies_title"),
        )
    if picked is not None:
        odd = found[picked]
        open_days(view, Days(odd.local_date, odd.local_date), _place(odd, view))


def _anomaly(odd: Anomaly, view: View, inboxes: Mapping[int, str]) -> dict[str, str]:
    language = view.language
    sign = "▲" if odd.direction == "up" else "▼"
    where = say(language, "everything")
    if odd.inbox_id is not None:
        where = inboxes.get(odd.inbox_id, f"#{odd.inbox_id}")
    return {
        say(language, "day"): formats.weekday(odd.local_date, language),
        say(language, "where"): where,
        say(language, "episodes"): (
            f"{sign} {formats.count(odd.actual_episodes, language)}"
        ),
        say(language, "expected"): formats.count(odd.expected_episodes, language),
        say(language, "deviation"): say(
            language, "deviation_value", value=formats.decimal(odd.z_score, language)
        ),
    }


def _place(odd: Anomaly, view: View) -> str | None:
    """What the link calls an inbox."""
    places = marts.places(view.status.version)
    return next(
        (n for n, inboxes in places.items() if inboxes == (odd.inbox_id,)), None
    )


# ------------------------------------------------------------------ over a longer time


def show_measures(view: View) -> None:
    """Chart the main numbers one below the other, over a time of one's own."""
    language, last = view.language, (view.period.complete or view.period.shown).last
    length = st.segmented_control(
        say(language, "measures_days"),
        RANGES,
        format_func=lambda n: say(language, "days", count=n),
        default=RANGES[1],
        required=True,
        key="measures days",
        label_visibility="collapsed",
    )
    first = max(last - timedelta(days=length - 1), view.status.first_date)
    by = "day" if length <= DAYS_BY_DAY else "week"
    span = of_days(view, Days(first, last))
    found: dict[str, dict[date, Value]] = {kpi_id: {} for kpi_id in WEEKLY}
    for value in span.course(WEEKLY, by):
        if isinstance(value.group, date):
            found[value.kpi.kpi_id][value.group] = value
    steps = sorted({step for values in found.values() for step in values})
    caption = say(language, f"measures_by_{by}")
    if len(steps) < 2:
        show_nothing(view, caption)
        return
    kept = {i: values for i, values in found.items() if values}
    names = {i: show_label(view.catalogue[i], language) for i in kept}
    numbers = {
        names[i]: [values[step].value if step in values else None for step in steps]
        for i, values in kept.items()
    }
    texts = {
        names[i]: [
            f"{formats.weekday(step, language)}: "
            + show_value(
                view.catalogue[i],
                values[step].value if step in values else None,
                language,
            )
            for step in steps
        ]
        for i, values in kept.items()
    }
    targets = {
        names[i]: target
        for i in kept
        if (target := view.catalogue[i].target) is not None
    }
    clicked = show_chart(
        view,
        "measures",
        say(language, "measures_finding"),
        caption,
        charts.small_multiples(steps, numbers, texts, targets, language),
        pd.DataFrame(
            {
                name: [text.partition(": ")[2] for text in of]
                for name, of in texts.items()
            },
            index=pd.Index(
                [formats.weekday(step, language) for step in steps],
                name=say(language, by),
            ),
        )[::-1],
        is_clickable=True,
    )
    for mark in clicked:
        kpi = view.catalogue[list(kept)[mark["curve_number"]]]
        start = steps[mark["point_index"]]
        end = start if by == "day" else min(start + timedelta(days=6), last)
        side = {"lado": "denominador"} if kpi.denominator else {}
        days = Days(max(start, first), end)
        marks.open_list(view, kpi.kpi_id, None, days, **side)


def show_response_trend(view: View) -> None:
    """Chart the median wait of the last weeks, its slope, and the target."""
    language = view.language
    value = view.values(("response_time_trend",))["response_time_trend"]
    if isinstance(value, Exception):
        raise value
    caption = say(language, "trend_caption")
    known = [part for part in value.parts if part.value is not None]
    if value.value is None or len(known) < 2:
        show_nothing(view, caption)
        return
    weeks = [part.key for part in known if isinstance(part.key, date)]
    medians = [part.value or 0.0 for part in known]
    numbers: list[float | None] = [None] * ((weeks[-1] - weeks[0]).days // 7 + 1)
    for week, median in zip(weeks, medians, strict=True):
        numbers[(week - weeks[0]).days // 7] = median
    slope = theil_sen(numbers)
    level = statistics.median(
        median - slope * step
        for step, median in enumerate(numbers)
        if median is not None
    )
    line = [level + slope * step for step in range(len(numbers))]
    days = [weeks[0] + timedelta(weeks=step) for step in range(len(numbers))]
    write = partial(formats.duration, language=language)
    of = view.catalogue["first_response_time"]
    heads = (show_label(of, language), say(language, "trend_line"))
    clicked = show_chart(
        view,
        "response_trend",
        say(
            language,
            "trend_finding",
            change=show_value(value.kpi, value.value, language),
        ),
        caption,
        charts.lines(
            days,
            {heads[0]: numbers, heads[1]: line},
            write,
            of.target,
            0,
            language,
            is_time=True,
        ),
        pd.DataFrame(
            {
                heads[0]: [
                    formats.NO_VALUE if n is None else write(n) for n in numbers
                ],
                heads[1]: [write(max(n, 0.0)) for n in line],
            },
            index=pd.Index(
                [formats.day(day, language) for day in days], name=say(language, "week")
            ),
        )[::-1],
        is_clickable=True,
    )
    for mark in clicked:
        day = days[mark["point_index"]]
        end = day + timedelta(days=6)
        marks.open_list(view, of.kpi_id, None, Days(day, end))


# ------------------------------------------------------------------ weeks and hours


def show_weeks(view: View) -> None:
    """Show the last seven days that are over against the seven before."""
    last = (view.period.complete or view.period.shown).last
    week = Days(last - timedelta(days=6), last)
    previous = week.back(7)
    is_known = previous.first >= view.status.first_date
    language = view.language
    st.subheader(say(language, "weeks_title"), anchor=False)
    st.caption(
        say(
            language,
            "week_over_week_caption",
            first=formats.full_date(week.first, language),
            last=formats.full_date(week.last, language),
        )
    )
    show_cards(of_days(view, week, previous if is_known else None), WEEKLY)


def show_profile(view: View, kpi_id: str) -> None:
    """Chart how many episodes begin on each weekday, or in each hour."""
    language = view.language
    value = view.values((kpi_id,))[kpi_id]
    if isinstance(value, Exception):
        raise value
    caption = say(language, f"profile_{kpi_id}")
    if value.value is None:
        show_nothing(view, caption)
        return
    heights = {int(str(part.key)): part.value or 0.0 for part in value.parts}
    keys: Sequence[int] = sorted(heights)
    if kpi_id == "busiest_weekday":
        keys = [day for day in (1, 2, 3, 4, 5, 6, 0) if day in heights]
        names = [formats.weekday_name(day, language, "abbreviated") for day in keys]
    else:
        names = [formats.hour_of_day(hour) for hour in keys]
    top = show_value(value.kpi, value.value, language)
    table = pd.DataFrame(
        {say(language, "per_occurrence"): [heights[key] for key in keys]}, index=names
    )
    clicked = show_chart(
        view,
        kpi_id,
        say(
            language,
            f"profile_{kpi_id}_finding",
            name=top[:1].upper() + top[1:],
            value=formats.decimal(heights[round(value.value)], language),
        ),
        caption,
        charts.profile(
            names,
            [heights[key] for key in keys],
            list(keys).index(round(value.value)),
            language,
        ),
        table.style.format(partial(formats.decimal, language=language)),
        is_clickable=True,
    )
    for mark in clicked:
        marks.open_list(
            view,
            "episodes_total",
            mark_of_profile(kpi_id, keys[mark["point_index"]]),
            view.period.complete or view.period.shown,
        )


def mark_of_profile(kpi_id: str, key: int) -> Mark:
    """Return what a column of a profile is the mean of."""
    if kpi_id == "busiest_weekday":
        return Mark(weekdays=(key,), is_without_holidays=True)
    return Mark(hours=(key,), is_without_holidays=True)


def show_calendar(view: View) -> None:
    """Chart each day of half a year, its holidays, and the days without a load."""
    language, last = view.language, view.period.shown.last
    monday = last - timedelta(days=last.weekday(), weeks=WEEKS_OF_CALENDAR - 1)
    days = Days(max(monday, view.status.first_date), last)
    known = marts.calendar(view.status.version, days)
    by_day = volumes(of_days(view, days))
    holidays = {
        day.local_date: day.holiday_name or "" for day in known if day.is_holiday
    }
    unloaded = [day.local_date for day in known if day.lacks_load]
    busiest = max(by_day, key=by_day.__getitem__)
    table = pd.DataFrame(
        {
            say(language, "episodes"): [
                formats.count(by_day[day], language) for day in by_day
            ],
            say(language, "note"): [
                ", ".join(
                    filter(
                        None,
                        [
                            holidays.get(day, ""),
                            say(language, "unloaded") if day in unloaded else "",
                        ],
                    )
                )
                for day in by_day
            ],
        },
        index=pd.Index(
            [formats.weekday(day, language) for day in by_day],
            name=say(language, "day"),
        ),
    )
    finding = say(
        language,
        "calendar_finding",
        day=formats.weekday(busiest, language),
        value=formats.count(by_day[busiest], language),
    )
    clicked = show_chart(
        view,
        "calendar",
        finding,
        say(language, "calendar_caption"),
        charts.calendar(by_day, holidays, unloaded, language),
        table[::-1],
        is_clickable=True,
    )
    for mark in clicked:
        if mark["curve_number"] == charts.CALENDAR_CURVE:
            day = list(by_day)[mark["point_index"]]
            open_days(view, Days(day, day))


# ------------------------------------------------------------------ months


def show_months(view: View) -> None:
    """Show the last months side by side; who ticks one sees its episodes."""
    language, last = view.language, view.period.shown.last
    month = last.replace(day=1)
    months: list[tuple[date, Days, bool]] = []
    while (
        len(months) < MOST_MONTHS
        and month + timedelta(days=31) > view.status.first_date
    ):
        end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        days = Days(max(month, view.status.first_date), min(end, last))
        if len(days) > 0:
            months.append((month, days, len(days) == len(Days(month, end))))
        month = (month - timedelta(days=1)).replace(day=1)
    span = Days(months[-1][1].first, last)
    found: dict[object, dict[str, Value]] = {}
    for value in of_days(view, span).groups(MONTHLY, "month"):
        found.setdefault(value.group, {})[value.kpi.kpi_id] = value
    daily = {
        first: found[first][MONTHLY[0]].value or 0.0
        if first in found and MONTHLY[0] in found[first]
        else 0.0
        for first, _, _ in months
    }
    rows = []
    for place, (first, days, is_whole) in enumerate(months):
        row = {say(language, "month"): _month(first, is_whole, view)}
        for kpi_id in MONTHLY:
            kpi = view.catalogue[kpi_id]
            known = found.get(first, {}).get(kpi_id)
            text = show_value(kpi, known.value if known else None, language)
            if known is not None and known.reason == "small_sample":
                text = say(language, "few", value=text)
            row[show_label(kpi, language)] = text
            if kpi_id == MONTHLY[0]:
                row[say(language, "per_day")] = formats.decimal(
                    daily[first] / len(days), language
                )
                row[say(language, "growth")] = _growth(months, place, daily, view)
        rows.append(row)
    with st.container(border=True):
        st.subheader(say(language, "months_title"), anchor=False)
        st.caption(say(language, "months_hint"))
        picked = pick_row(pd.DataFrame(rows), "months", say(language, "months_title"))
    if picked is not None:
        open_days(view, months[picked][1])


def _month(first: date, is_whole: bool, view: View) -> str:
    name = formats.month(first, view.language)
    return name if is_whole else say(view.language, "partial", day=name)


def _growth(
    months: Sequence[tuple[date, Days, bool]],
    place: int,
    volume: Mapping[date, float],
    view: View,
) -> str:
    """Write the change by day against the month before, of whole months."""
    pair = months[place : place + 2]
    if len(pair) < 2 or not all(is_whole for _, _, is_whole in pair):
        return formats.NO_VALUE
    now, before = (volume[first] / len(days) for first, days, _ in pair)
    if not before:
        return formats.NO_VALUE
    return f"{formats.signed(100 * (now / before - 1), view.language) or '0'}%"
