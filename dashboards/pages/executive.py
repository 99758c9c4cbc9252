"""Visão executiva: how is the service doing?"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from dashboards import charts, marks, marts
from dashboards.cards import show_cards, show_change, show_value
from dashboards.changes import show_changes
from dashboards.frames import show_chart, show_empty, show_nothing, show_section
from dashboards.view import View
from kpis import Days, Mark, Value
from reporting import formats
from reporting.texts import Language, plain, say

# The most important first; what else the level has comes below.
FIRST = (
    "episodes_total", "first_response_time", "ai_automation_rate", "csat_avg",
    "resolution_rate", "human_intervention_rate", "escalation_rate", "ai_hours_saved",
)  # fmt: skip
SUMMARY = ("episodes_total", "ai_automation_rate", "human_response_time")
EPISODES = "mart_executive_episode_days"
# Each demand has one outcome. How strong its colour is and which: teal for the AI,
# amber for the team, violet for the customer, brick for us, grey for not yet known.
OUTCOMES = {
    "ai_resolved_confirmed": (0, 1.0),
    "ai_resolved_assumed": (0, 0.65),
    "ai_human_resolved": (1, 0.65),
    "human_resolved": (1, 1.0),
    "waiting_customer": (2, 1.0),
    "ai_abandoned": (2, 0.65),
    "waiting_us": (3, 0.65),
    "unanswered": (3, 1.0),
    "immature": (-1, 1.0),
}
COMPONENTS = {outcome: f"{outcome}_episodes" for outcome in OUTCOMES}
STACKS = {
    "stack_ai": ("ai_resolved_confirmed", "ai_resolved_assumed"),
    "stack_team": ("human_resolved", "ai_human_resolved"),
    "stack_customer": ("waiting_customer", "ai_abandoned"),
    "stack_us": ("waiting_us", "unanswered"),
    "stack_immature": ("immature",),
}
MOST_UNITS = 12
FACTS = "mart_drilldown_episodes"
# What an episode went through at each step; the last is a branch.
FUNNEL = {
    "funnel_started": (),
    "funnel_answered": ("answered",),
    "funnel_resolved": ("answered", "resolved"),
    "funnel_rated": ("answered", "resolved", "rated"),
    "funnel_with_human": ("answered", "with_human"),
}
STEP, BRANCH = 2, 1  # violet for customers, amber for people

Outcomes = dict[str, float]


def show(view: View) -> None:
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


def show_summary(view: View) -> None:
    """Say in one sentence how it goes."""
    st.markdown(f"#### {plain(summary(view))}")


def summary(view: View) -> str:
    """Put the period, volume, automation and waiting time into one sentence."""
    language, days = view.language, len(view.period.shown)
    episodes, automation, human = view.values(SUMMARY).values()
    parts = []
    if isinstance(episodes, Value) and episodes.value is not None:
        text = say(
            language,
            "summary_episodes",
            value=show_value(episodes.kpi, episodes.value, language),
        )
        change = show_change(episodes, language)
        parts.append(f"{text} ({change})" if change else text)
    for key, value in (("automation", automation), ("human", human)):
        if isinstance(value, Value) and value.value is not None:
            shown = show_value(value.kpi, value.value, language)
            text = say(language, f"summary_{key}", value=shown)
            target = show_value(value.kpi, value.kpi.target, language)
            if value.status is not None:
                note = say(language, f"summary_{value.status}", target=target)
                text = f"{text} ({note})"
            parts.append(text)
    period = say(language, "summary_period", days=days)
    if days == 1:
        period = say(language, "summary_one_day")
    return f"{period}: {', '.join(parts)}."


def show_outcomes_by_day(view: View) -> None:
    """Chart the episodes of each day by outcome, and those of the days before."""
    language, period = view.language, view.period
    shown, previous = by_day(view, "shown"), by_day(view, "previous")
    days = list(period.shown)
    caption = say(language, "outcome_caption")
    stacks = {
        say(language, name): [sum(shown[day].get(o, 0.0) for o in of) for day in days]
        for name, of in STACKS.items()
    }
    line = None
    if period.previous is not None:
        before = list(period.previous)
        line = (
            say(language, "previous_period"),
            [sum(previous[day].values()) for day in before],
            before,
        )
    scope = marts.forecast_scope(view.status.version, view.filters)
    odd = []
    if scope is not None:
        odd = marts.anomalies(view.status.version, scope, period.shown)
    clicked = show_chart(
        view,
        "outcomes_by_day",
        outcome_finding(total(shown), language),
        caption,
        charts.columns_by_day(
            days, stacks, line, period.is_last_day_partial, language, odd
        ),
        outcome_table(view, stacks),
        is_clickable=True,
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
        marks.open_list(view, "episodes_total", mark, Days(day, day))


def by_day(view: View, span: str) -> Mapping[date, Outcomes]:
    """Return the outcomes of the episodes of each day."""
    rows = view.components(EPISODES, tuple(COMPONENTS.values()), "day")
    found: defaultdict[date, Outcomes] = defaultdict(dict)
    for row in rows:
        if row.span == span and isinstance(row.group, date):
            found[row.group] = {
                outcome: row.sums[name] for outcome, name in COMPONENTS.items()
            }
    return found


def total(days: Mapping[date, Outcomes]) -> Outcomes:
    """Add up the outcomes of days."""
    return {
        outcome: sum(of_day.get(outcome, 0.0) for of_day in days.values())
        for outcome in OUTCOMES
    }


def outcome_finding(outcomes: Outcomes, language: Language) -> str:
    """Say what the chart shows."""
    judged = sum(outcomes.values()) - outcomes["immature"]
    if not judged:
        return say(language, "outcome_caption")
    share = {
        name: formats.whole_percent(sum(outcomes[o] for o in of) / judged, language)
        for name, of in STACKS.items()
    }
    return say(
        language,
        "outcome_finding",
        ai=share["stack_ai"],
        team=share["stack_team"],
        waiting=share["stack_us"],
    )


def outcome_table(view: View, stacks: Mapping[str, list[float]]) -> Styler:
    """The numbers of the chart, the latest day first."""
    language, period = view.language, view.period
    names = [formats.weekday(day, language) for day in period.shown]
    if period.is_last_day_partial:
        names[-1] = say(language, "partial", day=names[-1])
    table = pd.DataFrame(stacks, index=pd.Index(names, name=say(language, "day")))
    table[say(language, "total")] = table.sum(axis=1)
    return table[::-1].style.format(partial(formats.count, language=language))


def show_outcomes(view: View) -> None:
    """Chart how episodes end, now and before."""
    language = view.language
    bars = {say(language, "now"): total(by_day(view, "shown"))}
    if view.period.previous is not None:
        bars[say(language, "before")] = total(by_day(view, "previous"))
    names = {outcome: outcome_name(outcome, language) for outcome in OUTCOMES}
    table = pd.DataFrame(bars).rename(index=names)
    clicked = show_chart(
        view,
        "outcomes",
        say(language, "share_finding"),
        say(language, "share_caption"),
        charts.shares(bars, OUTCOMES, names, language),
        table.style.format(partial(formats.count, language=language)),
        is_clickable=True,
    )
    for mark in clicked:
        outcome = charts.part_of_trace(OUTCOMES)[mark["curve_number"]]
        days = view.period.shown if mark["point_index"] == 0 else view.period.previous
        marks.open_list(view, "episodes_total", Mark(outcomes=(outcome,)), days)


def funnel(view: View) -> dict[str, float]:
    """Return how many judged episodes came to each step, and to a person.

    Each step is a part of the one before; a person is a branch of the answered.
    """
    rows = view.components(
        FACTS,
        ("matured_episodes",),
        None,
        ("first_response_class", "resolver", "csat_rating", "has_human"),
    )
    found = dict.fromkeys(FUNNEL, 0.0)
    for row in rows:
        if row.span != "shown":
            continue
        response, resolver, rating, has_human = row.by
        went = {"answered": response is not None, "resolved": resolver != "none"}
        went |= {"rated": rating is not None, "with_human": bool(has_human)}
        for name, steps in FUNNEL.items():
            if all(went[step] for step in steps):
                found[name] += row.sums["matured_episodes"]
    return found


def show_funnel(view: View) -> None:
    """Chart how far the episodes of the period came; a click opens those of a step."""
    language, caption = view.language, say(view.language, "funnel_caption")
    found = funnel(view)
    started = found["funnel_started"]
    if not started:
        show_nothing(view, caption)
        return
    share = {
        name: formats.whole_percent(n / started, language) for name, n in found.items()
    }
    names = {name: say(language, name) for name in FUNNEL}
    steps = list(FUNNEL)[:-1]  # the branch is none
    before = dict(zip(steps[1:], steps, strict=False)) | {
        "funnel_with_human": "funnel_answered"
    }
    table = pd.DataFrame(
        {
            say(language, "episodes"): [
                formats.count(n, language) for n in found.values()
            ],
            say(language, "funnel_of_previous"): [
                formats.percent(n / found[before[name]], language)
                if name in before and found[before[name]]
                else formats.NO_VALUE
                for name, n in found.items()
            ],
        },
        index=pd.Index(list(names.values()), name=say(language, "funnel_step")),
    )
    clicked = show_chart(
        view,
        "funnel",
        say(
            language,
            "funnel_finding",
            answered=share["funnel_answered"].rstrip("%"),
            resolved=share["funnel_resolved"].rstrip("%"),
        ),
        f"{caption}. {say(language, 'funnel_side')}",
        charts.coloured_bars(
            {names[name]: n for name, n in found.items()},
            [
                f"{formats.count(n, language)} ({share[name]})"
                for name, n in found.items()
            ],
            [BRANCH if name == "funnel_with_human" else STEP for name in found],
            language,
        ),
        table,
        is_clickable=True,
    )
    for mark in clicked:
        taken = FUNNEL[list(found)[mark["point_index"]]]
        marks.open_list(view, "unanswered_rate", Mark(steps=taken), lado="denominador")


def outcome_name(outcome: str, language: Language) -> str:
    """Name an outcome."""
    return say(language, "immature_outcome" if outcome == "immature" else outcome)


def show_units(view: View) -> None:
    """Chart the episodes of each unit; a click opens its list."""
    language = view.language
    caption = say(language, "unit_caption")
    found = [value for value in view.groups(("episodes_total",), "unit") if value.value]
    found = sorted(found, key=lambda value: -(value.value or 0.0))
    if not found:
        show_nothing(view, caption)
        return
    everything = sum(value.value or 0.0 for value in found)
    top = found[0]
    lengths = {str(value.group): value.value or 0.0 for value in found[:MOST_UNITS]}
    texts = [
        f"{formats.count(length, language)}"
        f" ({formats.whole_percent(length / everything, language)})"
        for length in lengths.values()
    ]
    table = pd.DataFrame(
        {say(language, "episodes"): [value.value or 0.0 for value in found]},
        index=pd.Index(
            [str(value.group) for value in found], name=say(language, "unit")
        ),
    )
    clicked = show_chart(
        view,
        "units",
        say(
            language,
            "unit_finding",
            unit=top.group,
            share=formats.whole_percent((top.value or 0.0) / everything, language),
        ),
        caption,
        charts.ranked_bars(lengths, texts, language),
        table.style.format(partial(formats.count, language=language)),
        is_clickable=True,
    )
    if clicked:
        unit = list(lengths)[clicked[0]["point_index"]]
        st.switch_page(
            view.pages["conversas"],
            query_params=view.linked(kpi="episodes_total", un=unit),
        )
