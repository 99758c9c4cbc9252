"""Visão executiva: how is the service doing?"""

from functools import partial

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from dashboards import formats, kpis
from dashboards.cards import kpi_card
from dashboards.charts import CONFIG, columns_by_day
from dashboards.filters import clear
from dashboards.kpis import MEDIAN, NINETY_PERCENT
from dashboards.periods import Period
from dashboards.texts import Language, say
from dashboards.view import View

# Each card: a KPI and, of a time, which quantile.
CARDS = (
    ("conversations_new", None),
    ("contacts_unique", None),
    ("conversations_resolved", None),
    ("resolution_rate", None),
    ("first_response_time", MEDIAN),
    ("first_response_time", NINETY_PERCENT),
    ("ai_share", None),
    ("human_share", None),
)
# By who answered; together they are all new conversations.
OUTCOMES = ("ai_only", "with_human", "unanswered")


def show(view: View) -> None:
    """Draw the page."""
    catalogue = kpis.catalogue(view.status.version)
    cards = [
        (
            catalogue[kpi_id],
            quantile,
            kpis.reading(
                view.status.version,
                catalogue[kpi_id],
                view.period,
                view.inbox_ids,
                quantile,
            ),
        )
        for kpi_id, quantile in CARDS
    ]
    if not any(reading.shown.cases for _, _, reading in cards):
        show_empty(view)
        return
    grid = st.grid(4, min_column_width=150, border=True)
    for kpi, quantile, reading in cards:
        with grid.cell():
            kpi_card(kpi, reading, quantile, view)
    show_conversations(view)


def show_empty(view: View) -> None:
    """Say that nothing happened, and offer the way back."""
    text = say(
        view.language,
        "empty",
        first=formats.full_date(view.period.shown.first, view.language),
        last=formats.full_date(view.period.shown.last, view.language),
    )
    title = say(view.language, "empty_title")
    st.info(f"**{title}**  \n{text}", icon=":material/search_off:")
    st.button(say(view.language, "clear_filters"), on_click=clear)


def show_conversations(view: View) -> None:
    """Chart the new conversations of each day by who answered."""
    language, period = view.language, view.period
    by_day = conversations_by_day(view)
    shown = by_day[by_day["period"] == "shown"]
    stacks = {say(language, outcome): list(shown[outcome]) for outcome in OUTCOMES}
    line = None
    if period.previous is not None:
        previous = by_day[by_day["period"] == "previous"]
        line = (
            say(language, "previous_period"),
            list(previous["conversations"]),
            list(previous.index),
        )
    finding = conversations_finding(shown, language)
    with st.container(border=True):
        st.subheader(finding, anchor=False)
        st.caption(say(language, "conversations_caption"))
        st.plotly_chart(
            columns_by_day(
                list(shown.index), stacks, line, period.is_last_day_partial, language
            ),
            config=CONFIG,
            key="conversations_by_day",
            alt=say(
                language,
                "chart_alt",
                first=formats.full_date(period.shown.first, language),
                last=formats.full_date(period.shown.last, language),
                finding=finding,
            ),
        )
        if st.toggle(say(language, "show_table"), key="conversations_table"):
            st.table(conversations_table(shown, period, language))


def conversations_by_day(view: View) -> pd.DataFrame:
    """Conversations and their outcomes, by period and day."""
    days = kpis.components_by_day(
        view.status.version,
        "mart_executive_conversation_days",
        ("new_conversations", "answered_conversations", "ai_only_conversations"),
        view.period,
        view.inbox_ids,
    ).set_index("local_date")
    return pd.DataFrame(
        {
            "period": days["period"],
            "conversations": days["new_conversations"],
            "ai_only": days["ai_only_conversations"],
            "with_human": days["answered_conversations"]
            - days["ai_only_conversations"],
            "unanswered": days["new_conversations"] - days["answered_conversations"],
        }
    )


def conversations_finding(shown: pd.DataFrame, language: Language) -> str:
    """Say what the chart shows."""
    conversations = shown["conversations"].sum()
    if not conversations:
        return say(language, "conversations_caption")
    shares = {
        outcome: formats.whole_percent(shown[outcome].sum() / conversations, language)
        for outcome in OUTCOMES
    }
    return say(
        language,
        "conversations_finding",
        conversations=formats.count(conversations, language),
        **shares,
    )


def conversations_table(
    shown: pd.DataFrame, period: Period, language: Language
) -> Styler:
    """The numbers of the chart, the latest day first."""
    days = {day: formats.weekday(day, language) for day in shown.index}
    if period.is_last_day_partial:
        last = period.shown.last
        days[last] = say(language, "partial", day=days[last])
    columns = [*OUTCOMES, "conversations"]
    table = shown[columns].rename(
        index=days, columns={name: say(language, name) for name in columns}
    )
    latest_first = table.rename_axis(say(language, "day"))[::-1]
    return latest_first.style.format(partial(formats.count, language=language))
