"""Segmentos: which channel, unit, agent or team needs attention?"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements.lib.column_types import ColumnConfig

from dashboards import charts, filters, marts
from dashboards.cards import (
    describe,
    explain,
    show_cards,
    show_label,
    show_value,
)
from dashboards.frames import show_chart, show_empty, show_nothing, show_section
from dashboards.view import View
from kpis import Filters, Value
from kpis.special import RANKED
from kpis.statistics import z_scores
from reporting import formats
from reporting.texts import plain, say

# What has a form of its own below the table.
KINDS_WITHOUT_COLUMN = {"balance", "ranking"}
CARDS = ("episodes_total", "first_response_time", "ai_automation_rate", "csat_avg")
EPISODES = "mart_executive_episode_days"
AGENT_DAYS = "mart_segment_agent_days"
OVERLOAD = 2  # times the mean load
MOST_RANKED = 5
MOST_COMPARED = 3
FEWEST_IN_QUADRANTS = 4
REASONS = 2
BEST, WORST = "▲", "▼"
SHADES = {
    BEST: "background-color: rgba(20,150,138,0.22)",
    WORST: "background-color: rgba(217,119,6,0.22)",
}
GREY = f"color: {charts.MUTED}"
TABS = ("segment_places", "segment_agents", "segment_teams")


@dataclass(frozen=True)
class Segments:
    """A way to cut the whole, as the query layer, the catalogue and the link say it."""

    group: str
    dimension: str
    parameter: str
    first: tuple[str, ...]
    course: tuple[str, str]
    keep: Callable[[Filters, object], Filters]
    name: Callable[[object, View], str]

    def columns(self, view: View) -> tuple[str, ...]:
        """The KPIs of the table; what else the level has comes last."""
        return tuple(
            kpi_id
            for kpi_id in view.ids("segment", self.first)
            if kpi_id in self.first
            or (
                (kpi := view.catalogue[kpi_id]).dimension == self.dimension
                and kpi.kind not in KINDS_WITHOUT_COLUMN
            )
        )

    def link(self, key: object, view: View) -> dict[str, list[str]]:
        """What a link says that keeps one of them, within what is kept already."""
        kept = [str(key)]
        if self.group == "unit":
            places = marts.places(view.status.version)
            chosen = view.link.get(self.parameter, [])
            of_unit = set(places.get(str(key), ()))
            kept = [name for name in chosen if set(places[name]) <= of_unit] or kept
        return view.link | {self.parameter: kept}

    def alone(self, key: object, view: View) -> View:
        """The view of one of them."""
        return replace(
            view, filters=self.keep(view.filters, key), link=self.link(key, view)
        )


def _int(key: object) -> int:
    return int(str(key))


PLACE_COLUMNS = (
    "channel_episodes", "channel_first_response_time", "human_response_time",
    "channel_resolution_rate", "channel_ai_automation_rate", "channel_csat",
    "reopened_rate",
)  # fmt: skip
UNITS = Segments(
    "unit",
    "channel_kind",
    "un",
    PLACE_COLUMNS,
    (EPISODES, "inbound_episodes"),
    lambda kept, key: replace(kept, units=(str(key),)),
    lambda key, _: str(key),
)
CHANNELS = Segments(
    "channel_kind",
    "channel_kind",
    "canal",
    PLACE_COLUMNS,
    (EPISODES, "inbound_episodes"),
    lambda kept, key: replace(kept, channel_kinds=(str(key),)),
    lambda key, view: filters.kind_name(str(key), view.language),
)
AGENTS = Segments(
    "agent",
    "agent",
    "ag",
    ("agent_episodes", "agent_reply_time", "agent_resolution_rate", "agent_csat"),
    (AGENT_DAYS, "agent_episodes"),
    lambda kept, key: replace(kept, agents=(_int(key),)),
    lambda key, view: marts.agents(view.status.version).get(_int(key), f"#{key}"),
)
TEAMS = Segments(
    "team",
    "team",
    "time",
    (
        "team_episodes", "first_response_time", "team_response_time", "resolution_rate",
        "ai_automation_rate", "team_csat", "reopened_rate", "team_scorecard",
    ),
    (EPISODES, "inbound_episodes"),
    lambda kept, key: replace(kept, teams=(_int(key),)),
    lambda key, view: marts.teams(view.status.version).get(_int(key), f"#{key}")
    or say(view.language, "no_team"),
)  # fmt: skip


def show(view: View) -> None:
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


def show_places(view: View) -> None:
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


def show_agents(view: View) -> None:
    """Compare agents: their numbers, their load, who stands out."""
    show_section(view, show_table, AGENTS)
    show_section(view, show_quadrants)
    show_cards(view, ("agent_load_balance",), columns=4)
    show_section(view, show_load)
    show_section(view, show_ranking)


def show_teams(view: View) -> None:
    """Compare teams: their numbers, and how much of their targets they reach."""
    show_section(view, show_table, TEAMS)
    show_section(view, show_scorecard)


# ------------------------------------------------------------------ the table


def show_table(view: View, segments: Segments) -> None:
    """Show every KPI of each segment; who ticks one sees it alone."""
    language, ids = view.language, segments.columns(view)
    by_group: dict[object, dict[str, Value]] = defaultdict(dict)
    for value in view.groups(ids, segments.group):
        if value.group is not None:
            by_group[value.group][value.kpi.kpi_id] = value
    volume = ids[0]
    by_group = defaultdict(
        dict,
        sorted(
            ((key, found) for key, found in by_group.items() if found_any(found)),
            key=lambda item: -(cases_of(item[1], volume)),
        ),
    )
    with st.container(border=True):
        st.subheader(say(language, f"segment_title_{segments.group}"), anchor=False)
        st.caption(say(language, "segment_hint", best=BEST, worst=WORST))
        if not by_group:
            st.caption(say(language, "none_finding"))
            return
        whole = {
            kpi_id: value
            for kpi_id, value in view.values(ids).items()
            if isinstance(value, Value)
        }
        keys = list(by_group)
        for key in keys:
            view.note(by_group[key], segments.name(key, view))
        view.note(whole, say(language, "total"))
        rows = [by_group[key] for key in keys]
        event = st.dataframe(
            table_of(view, segments, keys, [*rows, whole]),
            hide_index=True,
            height="content",
            column_config=_column_config(view, segments, whole),
            key=f"segments {segments.group}",
            on_select="rerun",
            selection_mode="multi-row",
            placeholder=formats.NO_VALUE,
            alt=say(language, f"segment_title_{segments.group}"),
        )
        for value in whole.values():
            if value.reason == "not_configured":
                label = plain(show_label(value.kpi, language))
                st.caption(f"{label}: {plain(explain(value, language))}")
    picked = [place for place in event["selection"]["rows"] if place < len(keys)]
    if len(picked) == 1:
        show_one(view, segments, keys[picked[0]])
    elif picked:
        places = sorted(picked[:MOST_COMPARED])
        chosen = {keys[place]: by_group[keys[place]] for place in places}
        show_section(view, show_compared, segments, chosen, whole)


def show_compared(
    view: View,
    segments: Segments,
    chosen: Mapping[object, dict[str, Value]],
    whole: Mapping[str, Value],
) -> None:
    """Chart two or three segments side by side, each number as a part of the whole's.

    Numbers that add up are compared with the mean of all segments; few cases are left
    out. A click opens the list.
    """
    language = view.language
    ids = [
        kpi_id
        for kpi_id in segments.columns(view)[1:]
        if kpi_id in whole and whole[kpi_id].value
    ]
    points: dict[str, list[float | None]] = {}
    texts: dict[str, list[str]] = {}
    for key, found in chosen.items():
        name = segments.name(key, view)
        values = [found.get(kpi_id) for kpi_id in ids]
        points[name] = [
            None
            if value is None or value.value is None or value.reason is not None
            else value.value / (whole[value.kpi.kpi_id].value or 1.0)
            for value in values
        ]
        texts[name] = [
            formats.NO_VALUE
            if value is None
            else show_value(value.kpi, value.value, language)
            for value in values
        ]
    labels = [
        say(
            language,
            f"column_{kpi_id}",
            or_else=show_label(view.catalogue[kpi_id], language),
        )
        for kpi_id in ids
    ]
    clicked = show_chart(
        view,
        f"compared {segments.group}",
        say(language, "compared_finding", names=" × ".join(points)),
        say(language, "compared_caption"),
        charts.dumbbells(labels, points, texts, language),
        pd.DataFrame(texts, index=labels),
        is_clickable=True,
    )
    for mark in clicked:
        key = list(chosen)[mark["curve_number"]]
        kpi = view.catalogue[ids[mark["point_index"]]]
        side = {"lado": ["denominador"]} if kpi.denominator else {}
        st.switch_page(
            view.pages["conversas"],
            query_params=segments.link(key, view) | {"kpi": [kpi.kpi_id]} | side,
        )


def found_any(found: dict[str, Value]) -> bool:
    """Whether there is anything to show of a segment."""
    return any(value.cases for value in found.values())


def cases_of(found: dict[str, Value], kpi_id: str) -> float:
    """How many cases a KPI of a segment has."""
    return found[kpi_id].cases if kpi_id in found else 0.0


def table_of(
    view: View,
    segments: Segments,
    keys: Sequence[object],
    rows: Sequence[dict[str, Value]],
) -> Styler:
    """Return the table, a row for each segment and the last for the whole.

    The best and the worst of those with enough cases are marked with a sign, too.
    """
    language, ids = view.language, segments.columns(view)
    names = [segments.name(key, view) for key in keys] + [say(language, "total")]
    total = cases_of(rows[-1], ids[0])
    columns: dict[str, list[object]] = {"segment": list(names)}
    for kpi_id in ids:
        columns[kpi_id] = [row[kpi_id].value if kpi_id in row else None for row in rows]
        if kpi_id == ids[0]:
            columns["share"] = [
                cases_of(row, kpi_id) / total if total else None for row in rows
            ]
            columns["change"] = [
                row[kpi_id].change if kpi_id in row else None for row in rows
            ]
    if segments.group == "agent":
        messages = messages_by_agent(view)
        columns["messages"] = [messages.get(key, 0.0) for key in keys]
        columns["messages"].append(sum(messages.values()))
    columns["course"] = [*courses(view, segments, keys), None]
    table = pd.DataFrame(columns)
    for name in columns:
        if name not in ("segment", "course"):
            table[name] = table[name].astype(float)
    style = table.style
    nothing = formats.NO_VALUE
    without_ai = places_without_ai(view, segments, keys)
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
        for place, sign in marked(column).items():
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


def marked(column: Sequence[Value | None]) -> dict[int, str]:
    """Return the places of the best and the worst, where these differ."""
    known = {
        place: value.value
        for place, value in enumerate(column)
        if value is not None and value.value is not None and value.reason is None
    }
    judged = next((value for value in column if value is not None), None)
    if judged is None or judged.kpi.direction == "neutral" or len(known) < 2:
        return {}
    low, high = min(known.values()), max(known.values())
    if low == high:
        return {}
    best, worst = (low, high) if judged.kpi.direction == "down" else (high, low)
    signs = {best: BEST, worst: WORST}
    return {place: signs[number] for place, number in known.items() if number in signs}


def courses(
    view: View, segments: Segments, keys: Sequence[object]
) -> list[list[float]]:
    """Return the volume of each day, for each segment."""
    mart, name = segments.course
    by_key: dict[object, dict[object, float]] = defaultdict(dict)
    for row in view.components(mart, (name,), segments.group, ("local_date",)):
        if row.span == "shown":
            by_key[row.group][row.by[0]] = row.sums[name]
    days = list(view.period.shown)
    return [[by_key[key].get(day, 0.0) for day in days] for key in keys]


def places_without_ai(
    view: View, segments: Segments, keys: Sequence[object]
) -> set[int]:
    """Return which segments the AI takes no part in: it does not perform badly."""
    if segments.group == "agent":
        return set()
    with_ai = {
        row.group
        for row in view.components(EPISODES, ("ai_episodes",), segments.group)
        if row.span == "shown" and row.sums["ai_episodes"]
    }
    return {place for place, key in enumerate(keys) if key not in with_ai}


def messages_by_agent(view: View) -> dict[object, float]:
    """Return how many messages each agent wrote in the episodes of the period."""
    rows = view.components(AGENT_DAYS, ("agent_messages",), "agent")
    return {
        row.group: row.sums["agent_messages"] for row in rows if row.span == "shown"
    }


def _column_config(
    view: View, segments: Segments, whole: dict[str, Value]
) -> Mapping[str, ColumnConfig]:
    language = view.language
    config: dict[str, ColumnConfig] = {
        "segment": st.column_config.TextColumn(
            say(language, "channel" if segments is CHANNELS else segments.group),
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
    for kpi_id in segments.columns(view):
        kpi = view.catalogue[kpi_id]
        label = say(language, f"column_{kpi_id}", or_else=show_label(kpi, language))
        value = whole.get(kpi_id)
        config[kpi_id] = st.column_config.Column(
            label, help=plain(describe(value, language)) if value else None
        )
    return config


def show_one(view: View, segments: Segments, key: object) -> None:
    """Show one segment alone, with the ways to its pages and conversations."""
    language = view.language
    alone = segments.alone(key, view)
    name = plain(segments.name(key, view))
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


def _show_cards(view: View) -> None:
    show_cards(view, CARDS)


# ------------------------------------------------------------------ agents


def show_quadrants(view: View) -> None:
    """Chart agents by volume and quality, as large as their replies are slow.

    Quality is the rating, or the resolution where too few of them were rated.
    """
    language = view.language
    by_kpi: dict[str, dict[object, Value]] = defaultdict(dict)
    for value in view.groups(RANKED, "agent"):
        if value.value is not None and value.reason is None:
            by_kpi[value.kpi.kpi_id][value.group] = value
    volume, speed = by_kpi["agent_episodes"], by_kpi["agent_reply_time"]
    quality = next(
        (
            kpi_id
            for kpi_id in ("agent_csat", "agent_resolution_rate")
            if len(set(by_kpi[kpi_id]) & set(volume)) >= FEWEST_IN_QUADRANTS
        ),
        None,
    )
    caption = say(language, "quadrants_caption")
    if quality is None:
        show_nothing(view, caption)
        return
    kpi, agents = view.catalogue[quality], [k for k in volume if k in by_kpi[quality]]
    write = partial(show_value, kpi, language=language)
    points, texts = {}, []
    for agent in agents:
        name = AGENTS.name(agent, view)
        if name in points:  # a namesake
            name = f"{name} #{agent}"
        slow = speed[agent].value or 0.0 if agent in speed else 0.0
        cases, good = volume[agent].value or 0.0, by_kpi[quality][agent].value or 0.0
        points[name] = (cases, good, slow)
        texts.append(
            f"{formats.count(cases, language)} · {write(good)} · "
            f"{formats.duration(slow, language) if slow else formats.NO_VALUE}"
        )
    middle = (
        statistics.median(length for length, _, _ in points.values()),
        statistics.median(height for _, height, _ in points.values()),
    )
    label = say(language, f"column_{quality}", or_else=show_label(kpi, language))
    both = [
        name for name, (x, y, _) in points.items() if x >= middle[0] and y >= middle[1]
    ]
    clicked = show_chart(
        view,
        "quadrants",
        say(language, "quadrants_finding", count=len(both), label=label),
        caption,
        charts.quadrants(
            points,
            texts,
            middle,
            (say(language, "column_agent_episodes"), label),
            write,
            language,
        ),
        pd.DataFrame(
            {
                say(language, "column_agent_episodes"): [
                    formats.count(x, language) for x, _, _ in points.values()
                ],
                label: [write(y) for _, y, _ in points.values()],
                say(language, "column_agent_reply_time"): [
                    formats.duration(z, language) if z else formats.NO_VALUE
                    for _, _, z in points.values()
                ],
            },
            index=pd.Index(list(points), name=say(language, "agent")),
        ),
        is_clickable=True,
    )
    for mark in clicked:
        st.switch_page(
            view.pages["conversas"],
            query_params=AGENTS.link(agents[mark["point_index"]], view)
            | {"kpi": ["agent_episodes"]},
        )


def show_load(view: View) -> None:
    """Chart the load of each agent; one with twice the mean is flagged in words."""
    language = view.language
    caption = say(language, "load_caption")
    value = view.values(("agent_load_balance",))["agent_load_balance"]
    if isinstance(value, Exception):
        raise value
    if not value.parts:
        show_nothing(view, caption)
        return
    loads = [part.value or 0.0 for part in value.parts]
    mean = statistics.fmean(loads)
    flagged = [load > OVERLOAD * mean for load in loads]
    names = [AGENTS.name(part.key, view) for part in value.parts]
    if len(set(names)) < len(names):  # a chart would take namesakes for one
        names = [f"{names[i]} #{part.key}" for i, part in enumerate(value.parts)]
    texts = [
        formats.decimal(load, language)
        + (f" ⚠ {say(language, 'load_flag')}" if is_over else "")
        for load, is_over in zip(loads, flagged, strict=True)
    ]
    over = [name for name, is_over in zip(names, flagged, strict=True) if is_over]
    finding = say(language, "load_none_over")
    if over:
        finding = say(language, "load_over", names=", ".join(over))
    clicked = show_chart(
        view,
        "load",
        finding,
        caption,
        charts.loads(
            dict(zip(names, loads, strict=True)), texts, mean, OVERLOAD, language
        ),
        pd.DataFrame(
            {say(language, "load"): texts},
            index=pd.Index(names, name=say(language, "agent")),
        ),
        is_clickable=True,
    )
    if clicked and clicked[0]["curve_number"] == 0:
        agent = value.parts[clicked[0]["point_index"]].key
        st.switch_page(
            view.pages["conversas"],
            query_params=AGENTS.link(agent, view) | {"kpi": ["agent_episodes"]},
        )


def show_ranking(view: View) -> None:
    """List who stands out and who needs attention, and why."""
    language = view.language
    value = view.values(("agent_ranking",))["agent_ranking"]
    if isinstance(value, Exception):
        raise value
    st.subheader(plain(show_label(value.kpi, language)), anchor=False)
    st.caption(plain(describe(value, language)))
    ranked = list(value.parts)
    if len(ranked) < 2:
        st.caption(say(language, "ranking_few", cases=value.kpi.minimum_cases))
        return
    half = min(MOST_RANKED, len(ranked) // 2)
    why = reasons(view, [part.key for part in ranked])
    for column, title, parts, side in zip(
        st.columns(2),
        ("ranking_top", "ranking_attention"),
        (ranked[:half], ranked[::-1][:half]),
        (1, -1),
        strict=True,
    ):
        with column, st.container(border=True, height="stretch"):
            sign = BEST if side > 0 else WORST
            st.markdown(f"**{sign} {say(language, title)}**")
            for part in parts:
                told = [
                    text
                    for score, text in sorted(why[part.key], key=lambda w: -side * w[0])
                    if side * score > 0
                ][:REASONS]
                name = plain(AGENTS.name(part.key, view))
                cases = say(
                    language, "cases", cases=formats.count(part.cases, language)
                )
                st.page_link(
                    view.pages["conversas"],
                    label=name,
                    icon=":material/person:",
                    query_params=AGENTS.link(part.key, view)
                    | {"kpi": ["agent_episodes"]},
                )
                st.caption(plain(" · ".join([*told, cases])))


def reasons(
    view: View, agents: Sequence[object]
) -> dict[object, list[tuple[float, str]]]:
    """Return what speaks for or against each agent, with its z-score."""
    by_kpi: dict[str, dict[object, Value]] = defaultdict(dict)
    for value in view.groups(RANKED, "agent"):
        if value.group in agents and value.reason is None and value.value is not None:
            by_kpi[value.kpi.kpi_id][value.group] = value
    found: dict[object, list[tuple[float, str]]] = defaultdict(list)
    for kpi_id, values in by_kpi.items():
        kpi = view.catalogue[kpi_id]
        label = say(
            view.language, f"column_{kpi_id}", or_else=show_label(kpi, view.language)
        )
        scores = z_scores([value.value or 0.0 for value in values.values()])
        for (agent, value), score in zip(values.items(), scores, strict=True):
            text = f"{label} {show_value(kpi, value.value, view.language)}"
            found[agent].append((-score if kpi.direction == "down" else score, text))
    return found


# ------------------------------------------------------------------ teams


def show_scorecard(view: View) -> None:
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
        style = style.format(partial(_reached, view), na_rep=formats.NO_VALUE)
        st.table(style.map(_shade))


def _reached(view: View, share: float) -> str:
    sign = "✓" if share >= 1 else "!" if share < 0.8 else "~"
    return f"{sign} {formats.whole_percent(share, view.language)}"


def _shade(cell: object) -> str:
    share = float(str(cell))
    if share >= 1:
        return SHADES[BEST]
    return SHADES[WORST] if share < 0.8 else ""
