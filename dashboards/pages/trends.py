"""Tendências: where is it going, and which days were out of pattern?"""

from datetime import timedelta
from functools import partial

import pandas as pd
import streamlit as st

from dashboards import charts, tables
from dashboards.cards import show_cards
from dashboards.frames import (
    pick_row,
    show_chart,
    show_empty,
    show_nothing,
    show_section,
)
from dashboards.view import PageView
from kpis import Days, Value
from reporting import formats
from reporting.findings import trends
from reporting.findings.trends import FIRST, WEEKLY, of_days
from reporting.kpi_words import show_label, show_value
from reporting.texts import say

RANGES = (30, 90, 365)


def show(view: PageView) -> None:
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


def open_days(view: PageView, days: Days, place: str | None = None) -> None:
    """Go to the episodes of some days, of one place if it is named."""
    kept = {"un": place} if place is not None else {}
    tables.open_list(of_days(view, days), "episodes_total", None, None, **kept)


# ------------------------------------------------------------------ the volume


def show_volume(view: PageView) -> None:
    """Chart the episodes of each day, what is expected of the next, and the odd ones.

    The forecast follows only where the days shown go up to it.
    """
    language, by_day = view.language, trends.volumes(view)
    outlook = trends.outlook(view)
    expected, odd = outlook.expected, outlook.unusual
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
        trends.volume_finding(view, expected),
        f"{caption} {trends.forecast_note(view, outlook.scope, bool(expected))}",
        charts.volume(by_day, expected, odd, language),
        table[::-1].style.format(
            partial(formats.count, language=language), na_rep=formats.NO_VALUE
        ),
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


def show_anomalies(view: PageView) -> None:
    """List the unusual days; who ticks one sees its episodes.

    With no filter, those of single inboxes, too: the whole may hide them.
    """
    language = view.language
    with st.container(border=True):
        st.subheader(say(language, "anomalies_title"), anchor=False)
        found = trends.unusual_days(view)
        if found is None:
            st.caption(say(language, "forecast_not_filterable"))
            return
        if not found:
            st.caption(say(language, "anomalies_none"))
            return
        st.caption(say(language, "anomalies_hint"))
        picked = pick_row(
            pd.DataFrame([trends.unusual_day(odd, view) for odd in found]),
            "anomalies",
            say(language, "anomalies_title"),
        )
    if picked is not None:
        odd = found[picked]
        open_days(view, Days(odd.local_date, odd.local_date), trends.place(odd, view))


# ------------------------------------------------------------------ over a longer time


def show_measures(view: PageView) -> None:
    """Chart the main numbers one below the other, over a time of one's own."""
    language = view.language
    length = st.segmented_control(
        say(language, "measures_days"),
        RANGES,
        format_func=lambda n: say(language, "days", count=n),
        default=RANGES[1],
        required=True,
        key="measures days",
        label_visibility="collapsed",
    )
    found = trends.measures(view, length)
    steps, by = found.steps, found.by
    caption = say(language, f"measures_by_{by}")
    if len(steps) < 2:
        show_nothing(view, caption)
        return
    of = [view.catalogue[kpi_id] for kpi_id in found.found]
    names = [show_label(kpi, language) for kpi in of]
    days = [formats.weekday(step, language) for step in steps]
    numbers = [[found.value(kpi.kpi_id, step) for step in steps] for kpi in of]
    texts = [
        [show_value(kpi, number, language) for number in row]
        for kpi, row in zip(of, numbers, strict=True)
    ]
    hovers = [
        [f"{day}: {text}" for day, text in zip(days, row, strict=True)] for row in texts
    ]
    targets = {
        name: kpi.target
        for name, kpi in zip(names, of, strict=True)
        if kpi.target is not None
    }
    clicked = show_chart(
        view,
        "measures",
        say(language, "measures_finding"),
        caption,
        charts.small_multiples(
            steps,
            dict(zip(names, numbers, strict=True)),
            dict(zip(names, hovers, strict=True)),
            targets,
            language,
        ),
        pd.DataFrame(
            dict(zip(names, texts, strict=True)),
            index=pd.Index(days, name=say(language, by)),
        )[::-1],
    )
    for mark in clicked:
        kpi, step = of[mark["curve_number"]], steps[mark["point_index"]]
        side = {"lado": "denominador"} if kpi.denominator else {}
        tables.open_list(view, kpi.kpi_id, None, found.days_of(step), **side)


def show_response_trend(view: PageView) -> None:
    """Chart the median wait of the last weeks, its slope, and the target."""
    language, caption = view.language, say(view.language, "trend_caption")
    found = trends.response_trend(view)
    if found is None:
        show_nothing(view, caption)
        return
    days, numbers, line = found.weeks, found.medians, found.line
    write = partial(formats.duration, language=language)
    of = view.catalogue["first_response_time"]
    heads = (show_label(of, language), say(language, "trend_line"))
    clicked = show_chart(
        view,
        "response_trend",
        found.finding,
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
    )
    for mark in clicked:
        day = days[mark["point_index"]]
        end = day + timedelta(days=6)
        tables.open_list(view, of.kpi_id, None, Days(day, end))


# ------------------------------------------------------------------ weeks and hours


def show_weeks(view: PageView) -> None:
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


def show_profile(view: PageView, kpi_id: str) -> None:
    """Chart how many episodes begin on each weekday, or in each hour."""
    language, caption = view.language, say(view.language, f"profile_{kpi_id}")
    found = trends.profile(view, kpi_id)
    if found is None:
        show_nothing(view, caption)
        return
    keys, heights = list(found.heights), list(found.heights.values())
    names = [found.name(key, language) for key in keys]
    table = pd.DataFrame({say(language, "per_occurrence"): heights}, index=names)
    clicked = show_chart(
        view,
        kpi_id,
        found.finding,
        caption,
        charts.profile(names, heights, keys.index(found.top), language),
        table.style.format(partial(formats.decimal, language=language)),
    )
    for mark in clicked:
        tables.open_list(
            view,
            "episodes_total",
            trends.mark_of_profile(kpi_id, keys[mark["point_index"]]),
            view.period.complete or view.period.shown,
        )


def show_calendar(view: PageView) -> None:
    """Chart each day of half a year, its holidays, and the days without a load."""
    language, found = view.language, trends.calendar(view)
    by_day = found.by_day
    table = pd.DataFrame(
        {
            say(language, "episodes"): [
                formats.count(by_day[day], language) for day in by_day
            ],
            say(language, "note"): [found.note(day, language) for day in by_day],
        },
        index=pd.Index(
            [formats.weekday(day, language) for day in by_day],
            name=say(language, "day"),
        ),
    )
    clicked = show_chart(
        view,
        "calendar",
        found.finding(language),
        say(language, "calendar_caption"),
        charts.calendar(by_day, found.holidays, found.unloaded, language),
        table[::-1],
    )
    for mark in clicked:
        if mark["curve_number"] == charts.CALENDAR_CURVE:
            day = list(by_day)[mark["point_index"]]
            open_days(view, Days(day, day))


# ------------------------------------------------------------------ months


def show_months(view: PageView) -> None:
    """Show the last months side by side; who ticks one sees its episodes."""
    language, months = view.language, trends.months(view)
    rows = trends.rows_of_months(view, months)
    with st.container(border=True):
        st.subheader(say(language, "months_title"), anchor=False)
        st.caption(say(language, "months_hint"))
        picked = pick_row(pd.DataFrame(rows), "months", say(language, "months_title"))
    if picked is not None:
        open_days(view, months[picked].days)
