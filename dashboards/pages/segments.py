"""Segmentos: which channel, unit, agent or team needs attention?"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements.lib.column_types import ColumnConfig

from dashboards import charts, tables
from dashboards.cards import show_cards
from dashboards.frames import show_chart, show_empty, show_nothing, show_section
from dashboards.view import PageView
from kpis import Value
from reporting import colours, formats
from reporting.findings import segments
from reporting.findings.segments import (
    AGENTS,
    BEST,
    CHANNELS,
    NEARLY,
    OVERLOAD,
    TEAMS,
    UNITS,
    WORST,
    Segments,
)
from reporting.kpi_words import describe, explain, show_label, show_value
from reporting.texts import plain, say

CARDS = ("episodes_total", "first_response_time", "ai_automation_rate", "csat_avg")
MOST_COMPARED = 3
SHADES = {
    BEST: "background-color: rgba(20,150,138,0.22)",
    WORST: "background-color: rgba(217,119,6,0.22)",
}
GREY = f"color: {colours.MUTED}"
TABS = ("segment_places", "segment_agents", "segment_teams")


def show(view: PageView) -> None:
    """Draw the page; a tab that is closed costs nothing."""
    episodes = view.values(("episodes_total",))["episodes_total"]
    if isinstance(episodes, Value) and not episodes.cases:
        show_empty(view)
        return
    names = [say(view.language, name) for name in TABS]
    tabs = st.tabs(names, key="segment_tab", on_change="rerun")
    for tab, draw in zip(tabs, (show_places, show_agents, show_teams), strict=True):
        if tab.open:
            with tab:
                draw(view)


def show_places(view: PageView) -> None:
    """Compare units, or kinds of channels."""
    language = view.language
    kind = st.segmented_control(
        say(language, "segment_by"),
        ("unit", "channel"),
        format_func=lambda name: say(language, name),
        default="unit",
        required=True,
        key="segment_by",
        label_visibility="collapsed",
    )
    show_section(view, show_table, CHANNELS if kind == "channel" else UNITS)


def show_agents(view: PageView) -> None:
    """Compare agents: their numbers, their load, who stands out."""
    show_section(view, show_table, AGENTS)
    show_section(view, show_quadrants)
    show_cards(view, ("agent_load_balance",), columns=4)
    show_section(view, show_load)
    show_section(view, show_ranking)


def show_teams(view: PageView) -> None:
    """Compare teams: their numbers, and how much of their targets they reach."""
    show_section(view, show_table, TEAMS)
    show_section(view, show_scorecard)


# ------------------------------------------------------------------ the table


def show_table(view: PageView, cut: Segments) -> None:
    """Show every KPI of each segment; who ticks one sees it alone."""
    language = view.language
    by_group = segments.by_segment(view, cut)
    with st.container(border=True):
        st.subheader(say(language, f"segment_title_{cut.group}"), anchor=False)
        st.caption(say(language, "segment_hint", best=BEST, worst=WORST))
        if not by_group:
            st.caption(say(language, "none_finding"))
            return
        whole = segments.whole(view, cut)
        keys = list(by_group)
        for key in keys:
            view.note(by_group[key], cut.name(key, view))
        view.note(whole, say(language, "total"))
        rows = [by_group[key] for key in keys]
        event = st.dataframe(
            table_of(view, cut, keys, [*rows, whole]),
            hide_index=True,
            height="content",
            column_config=_column_config(view, cut, whole),
            key=f"segments {cut.group}",
            on_select="rerun",
            selection_mode="multi-row",
            placeholder=formats.NO_VALUE,
            alt=say(language, f"segment_title_{cut.group}"),
        )
        for value in whole.values():
            if value.reason == "not_configured":
                label = plain(show_label(value.kpi, language))
                st.caption(f"{label}: {plain(explain(value, language))}")
    picked = [place for place in event["selection"]["rows"] if place < len(keys)]
    if len(picked) == 1:
        show_one(view, cut, keys[picked[0]])
    elif picked:
        places = sorted(picked[:MOST_COMPARED])
        chosen = {keys[place]: by_group[keys[place]] for place in places}
        show_section(view, show_compared, cut, chosen, whole)


def show_compared(
    view: PageView,
    cut: Segments,
    chosen: Mapping[object, dict[str, Value]],
    whole: Mapping[str, Value],
) -> None:
    """Chart two or three segments side by side, each number as a part of the whole's.

    Numbers that add up are compared with the mean of all segments; few cases are left
    out. A click opens the list.
    """
    language = view.language
    found = segments.compared(view, cut, chosen, whole)
    labels = [
        segments.column_name(view.catalogue[kpi_id], language) for kpi_id in found.ids
    ]
    clicked = show_chart(
        view,
        f"compared {cut.group}",
        say(language, "compared_finding", names=" × ".join(found.points)),
        say(language, "compared_caption"),
        charts.dumbbells(labels, found.points, found.texts, language),
        pd.DataFrame(found.texts, index=labels),
    )
    for mark in clicked:
        key = list(chosen)[mark["curve_number"]]
        kpi = view.catalogue[found.ids[mark["point_index"]]]
        side = {"lado": "denominador"} if kpi.denominator else {}
        tables.open_list(cut.alone(key, view), kpi.kpi_id, None, None, **side)


def table_of(
    view: PageView,
    cut: Segments,
    keys: Sequence[object],
    rows: Sequence[dict[str, Value]],
) -> Styler:
    """Return the table, a row for each segment and the last for the whole.

    The best and the worst of those with enough cases are marked with a sign, too.
    """
    language, ids = view.language, cut.columns(view)
    names = [cut.name(key, view) for key in keys] + [say(language, "total")]
    total = segments.cases_of(rows[-1], ids[0])
    columns: dict[str, list[object]] = {"segment": list(names)}
    for kpi_id in ids:
        columns[kpi_id] = [row[kpi_id].value if kpi_id in row else None for row in rows]
        if kpi_id == ids[0]:
            columns["share"] = [
                segments.cases_of(row, kpi_id) / total if total else None
                for row in rows
            ]
            columns["change"] = [
                row[kpi_id].change if kpi_id in row else None for row in rows
            ]
    if cut.group == "agent":
        messages = segments.messages_by_agent(view)
        columns["messages"] = [messages.get(key, 0.0) for key in keys]
        columns["messages"].append(sum(messages.values()))
    columns["course"] = [*segments.courses(view, cut, keys), None]
    table = pd.DataFrame(columns)
    for name in columns:
        if name not in ("segment", "course"):
            table[name] = table[name].astype(float)
    style = table.style
    nothing = formats.NO_VALUE
    without_ai = segments.places_without_ai(view, cut, keys)
    style = style.format(
        partial(formats.percent, language=language), subset=["share"], na_rep=nothing
    )
    style = style.format(
        lambda change: f"{formats.signed(float(str(change)), language) or '0'}%",
        subset=["change"],
        na_rep=nothing,
    )
    if "messages" in columns:
        style = style.format(
            partial(formats.count, language=language), subset=["messages"]
        )
    for kpi_id in ids:
        kpi = view.catalogue[kpi_id]
        write = partial(show_value, kpi, language=language)
        style = style.format(write, subset=[kpi_id], na_rep=nothing)
        idle = without_ai if kpi.feature == "ai" else set()
        column = [
            None if place in idle else row.get(kpi_id)
            for place, row in enumerate(rows[:-1])
        ]
        for place in idle:
            cell = pd.IndexSlice[[place], [kpi_id]]
            style = style.format(lambda _: say(language, "ai_off"), subset=cell)
            style = style.map(lambda _: GREY, subset=cell)
        for place, sign in segments.marked(column).items():
            cell = pd.IndexSlice[[place], [kpi_id]]
            style = style.format(partial(_signed, sign, write), subset=cell)
            style = style.map(lambda _, css: css, subset=cell, css=SHADES[sign])
        for place, value in enumerate([row.get(kpi_id) for row in rows]):
            if value is not None and value.reason == "small_sample":
                cell = pd.IndexSlice[[place], [kpi_id]]
                style = style.map(lambda _: GREY, subset=cell)
    whole = pd.IndexSlice[[len(rows) - 1], :]
    return style.map(lambda _: "font-weight: 600", subset=whole)


def _signed(sign: str, write: Callable[[float], str], value: float) -> str:
    return f"{sign} {write(value)}"


def _column_config(
    view: PageView, cut: Segments, whole: dict[str, Value]
) -> Mapping[str, ColumnConfig]:
    language = view.language
    config: dict[str, ColumnConfig] = {
        "segment": st.column_config.TextColumn(
            say(language, "channel" if cut is CHANNELS else cut.group),
            pinned=True,
            width=160,
        ),
        "share": st.column_config.Column(say(language, "share")),
        "change": st.column_config.Column(
            say(language, "column_change"), help=say(language, "column_change_help")
        ),
        "messages": st.column_config.Column(say(language, "messages")),
        "course": st.column_config.LineChartColumn(
            say(language, "column_course"), y_min=0
        ),
    }
    for kpi_id in cut.columns(view):
        kpi = view.catalogue[kpi_id]
        label = segments.column_name(kpi, language)
        value = whole.get(kpi_id)
        config[kpi_id] = st.column_config.Column(
            label, help=plain(describe(value, language)) if value else None
        )
    return config


def show_one(view: PageView, cut: Segments, key: object) -> None:
    """Show one segment alone, with the ways to its pages and conversations."""
    language = view.language
    alone = cut.alone(key, view)
    name = plain(cut.name(key, view))
    with st.container(border=True):
        st.subheader(name, anchor=False)
        with st.container(horizontal=True):
            for page, label, icon in (
                ("visao-executiva", "segment_page", ":material/filter_alt:"),
                ("conversas", "see_conversations", ":material/list:"),
            ):
                if page in view.pages:
                    st.page_link(
                        view.pages[page],
                        label=f"{say(language, label)} · {name}",
                        icon=icon,
                        query_params=alone.link
                        | ({"kpi": [CARDS[0]]} if page == "conversas" else {}),
                    )
        show_section(alone, _show_cards)


def _show_cards(view: PageView) -> None:
    show_cards(view, CARDS)


# ------------------------------------------------------------------ agents


def show_quadrants(view: PageView) -> None:
    """Chart agents by volume and quality, as large as their replies are slow.

    Quality is the rating, or the resolution where too few of them were rated.
    """
    language, caption = view.language, say(view.language, "quadrants_caption")
    found = segments.quadrants(view)
    if found is None:
        show_nothing(view, caption)
        return
    texts = {name: found.texts(name, language) for name in found.points}
    label = segments.column_name(found.kpi, language)
    names = (say(language, "column_agent_episodes"), label)
    clicked = show_chart(
        view,
        "quadrants",
        found.finding(language),
        caption,
        charts.quadrants(
            found.points,
            [" · ".join(of) for of in texts.values()],
            found.middle,
            names,
            partial(show_value, found.kpi, language=language),
            language,
        ),
        pd.DataFrame(
            list(texts.values()),
            columns=[*names, say(language, "column_agent_reply_time")],
            index=pd.Index(list(texts), name=say(language, "agent")),
        ),
    )
    for mark in clicked:
        agent = found.agents[mark["point_index"]]
        tables.open_list(AGENTS.alone(agent, view), "agent_episodes")


def show_load(view: PageView) -> None:
    """Chart the load of each agent; one with twice the mean is flagged in words."""
    language, caption = view.language, say(view.language, "load_caption")
    found = segments.loads(view)
    if found is None:
        show_nothing(view, caption)
        return
    texts = {name: found.text(name, language) for name in found.loads}
    clicked = show_chart(
        view,
        "load",
        found.finding(language),
        caption,
        charts.loads(found.loads, list(texts.values()), found.mean, OVERLOAD, language),
        pd.DataFrame(
            {say(language, "load"): list(texts.values())},
            index=pd.Index(list(texts), name=say(language, "agent")),
        ),
    )
    if clicked and clicked[0]["curve_number"] == 0:
        agent = found.agents[clicked[0]["point_index"]]
        tables.open_list(AGENTS.alone(agent, view), "agent_episodes")


def show_ranking(view: PageView) -> None:
    """List who stands out and who needs attention, and why."""
    language = view.language
    value = view.values(("agent_ranking",))["agent_ranking"]
    if isinstance(value, Exception):
        raise value
    st.subheader(plain(show_label(value.kpi, language)), anchor=False)
    st.caption(plain(describe(value, language)))
    found = segments.ranking(view, value)
    if not found:
        st.caption(say(language, "ranking_few", cases=value.kpi.minimum_cases))
        return
    for column, (title, agents), sign in zip(
        st.columns(2), found.items(), (BEST, WORST), strict=True
    ):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{sign} {say(language, title)}**")
            for standing in agents:
                st.page_link(
                    view.pages["conversas"],
                    label=plain(AGENTS.name(standing.agent, view)),
                    icon=":material/person:",
                    query_params=AGENTS.link(standing.agent, view)
                    | {"kpi": ["agent_episodes"]},
                )
                st.caption(plain(standing.text))


# ------------------------------------------------------------------ teams


def show_scorecard(view: PageView) -> None:
    """Show how much of each target the teams reach; a sign tells which are reached."""
    language = view.language
    found = [value for value in view.groups(("team_scorecard",), "team") if value.parts]
    with st.container(border=True):
        kpi = view.catalogue["team_scorecard"]
        st.subheader(plain(show_label(kpi, language)), anchor=False)
        st.caption(say(language, "scorecard_caption"))
        if not found:
            st.caption(say(language, "ranking_few", cases=kpi.minimum_cases))
            return
        ids = list(dict.fromkeys(str(p.key) for value in found for p in value.parts))
        table = pd.DataFrame(
            [
                {str(part.key): part.value for part in value.parts}
                | {"mean": value.value}
                for value in sorted(found, key=lambda value: -(value.value or 0.0))
            ],
            columns=[*ids, "mean"],
            index=[
                TEAMS.name(value.group, view)
                for value in sorted(found, key=lambda value: -(value.value or 0.0))
            ],
            dtype=float,
        )
        names = {
            kpi_id: show_label(view.catalogue[kpi_id], language) for kpi_id in ids
        } | {"mean": say(language, "scorecard_mean")}
        style = table.rename(columns=names).style
        style = style.format(
            partial(segments.attainment, language=language), na_rep=formats.NO_VALUE
        )
        st.table(style.map(_shade))


def _shade(cell: object) -> str:
    share = float(str(cell))
    if share >= 1:
        return SHADES[BEST]
    return SHADES[WORST] if share < NEARLY else ""
