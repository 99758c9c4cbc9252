"""Visão executiva: how is the service doing?"""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from dashboards import charts, tables
from dashboards.cards import show_cards
from dashboards.changes import show_changes
from dashboards.frames import show_chart, show_empty, show_nothing, show_section
from dashboards.view import PageView
from kpis import Days, Mark
from reporting import colours, formats
from reporting.findings import executive
from reporting.findings.executive import FIRST, FUNNEL, STACKS
from reporting.rows import outcome_name
from reporting.texts import plain, say

MOST_UNITS = 12
STEP, BRANCH = 2, 1  # violet for customers, amber for people


def show(view: PageView) -> None:
    """Draw the page."""
    episodes = view.values(("episodes_total", "conversations_new"))
    if not any(isinstance(v, Exception) or v.cases for v in episodes.values()):
        show_empty(view)
        return
    show_summary(view)
    ids = view.ids("executive", FIRST)
    show_cards(view, ids[: len(FIRST)])
    st.subheader(say(view.language, "and_also"), anchor=False)
    show_cards(view, ids[len(FIRST) :], columns=7, is_compact=True)
    left, right = st.columns([5, 2])
    with left:
        show_section(view, show_outcomes_by_day)
    with right:
        show_section(view, show_changes, FIRST)
    left, right = st.columns(2)
    with left:
        show_section(view, show_outcomes)
        show_section(view, show_funnel)
    with right:
        show_section(view, show_units)


def show_summary(view: PageView) -> None:
    """Say in one sentence how it goes."""
    st.markdown(f"#### {plain(executive.summary(view))}")


def show_outcomes_by_day(view: PageView) -> None:
    """Chart the episodes of each day by outcome, and those of the days before."""
    language, period = view.language, view.period
    days = list(period.shown)
    stacks = {
        say(language, name): heights for name, heights in executive.stacks(view).items()
    }
    before = executive.episodes_before(view)
    line = None
    if before is not None:
        name = say(language, "previous_period")
        line = (name, list(before.values()), list(before))
    odd = executive.unusual_days(view)
    outcomes = executive.total(executive.by_day(view, "shown"))
    clicked = show_chart(
        view,
        "outcomes_by_day",
        executive.outcome_finding(outcomes, language),
        say(language, "outcome_caption"),
        charts.columns_by_day(
            days, stacks, line, period.is_last_day_partial, language, odd
        ),
        outcome_table(view, stacks),
    )
    for clicked_mark in clicked:
        curve, place = clicked_mark["curve_number"], clicked_mark["point_index"]
        mark = None
        if curve < len(stacks):
            day, mark = days[place], Mark(outcomes=list(STACKS.values())[curve])
        elif line is not None and curve == len(stacks):
            day = line[2][place]
        else:
            day = [row.local_date for row in odd if row.local_date in days][place]
        tables.open_list(view, "episodes_total", mark, Days(day, day))


def outcome_table(view: PageView, stacks: Mapping[str, list[float]]) -> Styler:
    """The numbers of the chart, the latest day first."""
    language = view.language
    names = pd.Index(executive.days_in_words(view), name=say(language, "day"))
    table = pd.DataFrame(stacks, index=names)
    table[say(language, "total")] = table.sum(axis=1)
    return table[::-1].style.format(partial(formats.count, language=language))


def show_outcomes(view: PageView) -> None:
    """Chart how episodes end, now and before."""
    language = view.language
    bars = {say(language, "now"): executive.total(executive.by_day(view, "shown"))}
    if view.period.previous is not None:
        bars[say(language, "before")] = executive.total(
            executive.by_day(view, "previous")
        )
    names = {outcome: outcome_name(outcome, language) for outcome in colours.OUTCOMES}
    table = pd.DataFrame(bars).rename(index=names)
    clicked = show_chart(
        view,
        "outcomes",
        say(language, "share_finding"),
        say(language, "share_caption"),
        charts.shares(bars, colours.OUTCOMES, names, language),
        table.style.format(partial(formats.count, language=language)),
    )
    for mark in clicked:
        outcome = charts.part_of_trace(colours.OUTCOMES)[mark["curve_number"]]
        days = view.period.shown if mark["point_index"] == 0 else view.period.previous
        tables.open_list(view, "episodes_total", Mark(outcomes=(outcome,)), days)


def show_funnel(view: PageView) -> None:
    """Chart how far the episodes of the period came; a click opens those of a step."""
    language, caption = view.language, say(view.language, "funnel_caption")
    found = executive.funnel(view)
    started = found["funnel_started"]
    if not started:
        show_nothing(view, caption)
        return
    names = {name: say(language, name) for name in FUNNEL}
    parts = [executive.share_of_step_before(found, name) for name in found]
    table = pd.DataFrame(
        {
            say(language, "episodes"): [
                formats.count(n, language) for n in found.values()
            ],
            say(language, "funnel_of_previous"): [
                formats.NO_VALUE if part is None else formats.percent(part, language)
                for part in parts
            ],
        },
        index=pd.Index(list(names.values()), name=say(language, "funnel_step")),
    )
    clicked = show_chart(
        view,
        "funnel",
        executive.funnel_finding(found, language),
        f"{caption}. {say(language, 'funnel_side')}",
        charts.coloured_bars(
            {names[name]: n for name, n in found.items()},
            [formats.count_and_share(n, n / started, language) for n in found.values()],
            [BRANCH if name == "funnel_with_human" else STEP for name in found],
            language,
        ),
        table,
    )
    for mark in clicked:
        taken = FUNNEL[list(found)[mark["point_index"]]]
        tables.open_list(view, "unanswered_rate", Mark(steps=taken), lado="denominador")


def show_units(view: PageView) -> None:
    """Chart the episodes of each unit; a click opens its list."""
    language = view.language
    caption = say(language, "unit_caption")
    found = executive.units(view)
    if not found:
        show_nothing(view, caption)
        return
    everything = sum(found.values())
    lengths = dict(list(found.items())[:MOST_UNITS])
    texts = [
        formats.count_and_share(length, length / everything, language)
        for length in lengths.values()
    ]
    table = pd.DataFrame(
        {say(language, "episodes"): list(found.values())},
        index=pd.Index(list(found), name=say(language, "unit")),
    )
    clicked = show_chart(
        view,
        "units",
        executive.unit_finding(found, language),
        caption,
        charts.ranked_bars(lengths, texts, language),
        table.style.format(partial(formats.count, language=language)),
    )
    if clicked:
        unit = list(lengths)[clicked[0]["point_index"]]
        tables.open_list(view, "episodes_total", un=unit)
