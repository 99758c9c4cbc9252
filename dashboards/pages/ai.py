"""Agente de IA: what does the AI solve, and what does it hand over?"""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from itertools import pairwise

import pandas as pd
import streamlit as st

from dashboards import charts, marks, marts, tables
from dashboards.cards import explain, show_cards, show_value, show_way
from dashboards.frames import (
    show_chart,
    show_empty,
    show_nothing,
    show_section,
    show_switched_off,
)
from dashboards.view import View
from kpis import Mark, Value
from kpis.listing import Order
from kpis.marks import MOST_HANDOFF_MESSAGES
from reporting import formats
from reporting.texts import Language, plain, say

# The first two multiplied are the third.
IDENTITY = ("ai_involvement_rate", "ai_resolution_rate", "ai_automation_rate")
FIRST = (
    "ai_durable_resolution_rate", "reopened_rate", "ai_abandoned_rate", "handoff_rate",
    "ai_hours_saved", "csat_ai_vs_human", "ai_first_response_time", "time_to_handoff",
)  # fmt: skip
# Drawn apart, beside the resolution that it is not.
CONTAINMENT = "containment_rate"
FACTS = "mart_drilldown_episodes"
MOST_REASONS = 10
# Who resolved, with the colour of the theme: teal, amber, a weak amber, grey.
RESOLVERS = {"ai": 0, "human": 1, "ai_human": 1 + charts.COLOURS, "none": -1}
WORST_ROWS = 20
# What went wrong: whose list, in which order, and which of it.
WORST: dict[str, tuple[str, Order, Mark]] = {
    "loops": ("ai_depth", "largest", Mark()),
    "ratings": (
        "ai_involvement_rate",
        "worst_rating",
        Mark(ratings=(1, 2, 3), steps=("with_ai",)),
    ),
    "returns": ("ai_resolved_episodes_count", "newest", Mark(steps=("returned",))),
}
WORST_COLUMNS = (
    "display_id", "amount", "started", "outcome", "rating", "contact", "unit", "agent",
)  # fmt: skip
PARAMETERS = (
    "episode_gap_hours", "maturity_hours", "return_window_days", "minutes_per_reply",
    "long_ai_episode_replies",
)  # fmt: skip
REASONS = "handoff_reason_mix"
MINUTES = [half / 2 for half in range(1, 61)]
# Where an episode goes in the flow: what it is called and its colour.
NODES = {
    "flow_entry": charts.VIOLET,
    "flow_ai": charts.TEAL,
    "flow_without_ai": charts.MUTED,
    "flow_ai_resolved": charts.TEAL,
    "flow_abandoned": charts.VIOLET,
    "flow_handed_off": charts.AMBER,
    "flow_resolved": charts.AMBER,
    "flow_open": charts.BRICK,
}
ENDS = {
    "ai_resolved_confirmed": "flow_ai_resolved",
    "ai_resolved_assumed": "flow_ai_resolved",
    "ai_abandoned": "flow_abandoned",
    "human_resolved": "flow_resolved",
    "ai_human_resolved": "flow_resolved",
}
OPEN_OUTCOMES = ("waiting_us", "waiting_customer", "unanswered")
NODE_STEPS = {
    "flow_ai": ("with_ai",),
    "flow_without_ai": ("without_ai",),
    "flow_handed_off": ("with_ai", "handed_off"),
}

Flow = dict[tuple[str, str], float]


def show(view: View) -> None:
    """Draw the page."""
    activity = view.values(("episodes_total", IDENTITY[0]))
    involvement = activity[IDENTITY[0]]
    if isinstance(involvement, Value) and involvement.reason == "not_configured":
        show_switched_off(view, "ai")
        return
    if not any(isinstance(v, Exception) or v.cases for v in activity.values()):
        show_empty(view)
        return
    show_identity(view)
    show_section(view, show_containment)
    shown = {*IDENTITY, CONTAINMENT}
    (mix,) = view.values((REASONS,)).values()
    if isinstance(mix, Value) and mix.reason == "not_configured":
        shown.add(REASONS)  # its chart says how to get it
    show_cards(view, [i for i in view.ids("ai", FIRST) if i not in shown])
    show_section(view, show_flow)
    left, right = st.columns(2)
    with left:
        show_section(view, show_messages_before_handoff)
    with right:
        show_section(view, show_reasons)
    left, right = st.columns(2)
    with left:
        show_section(view, show_ratings)
    with right:
        show_section(view, show_assumption)
    show_section(view, show_worst)
    show_section(view, show_parameters)


# ------------------------------------------------------------------ in numbers


def show_identity(view: View) -> None:
    """Show what automation consists of: taking part, and solving what one takes."""
    found = view.values(IDENTITY)
    texts = [
        show_value(value.kpi, value.value, view.language)
        for value in found.values()
        if isinstance(value, Value) and value.value is not None
    ]
    if len(texts) == len(IDENTITY):
        involvement, resolution, automation = texts
        sentence = say(
            view.language,
            "identity_finding",
            involvement=involvement,
            resolution=resolution,
            automation=automation,
        )
        st.markdown(f"#### {plain(sentence)}")
    st.caption(plain(say(view.language, "identity_caption")))
    columns = st.columns([10, 1, 10, 1, 10], vertical_alignment="center", gap="small")
    for column, kpi_id in zip(columns[::2], IDENTITY, strict=True):
        with column:
            show_cards(view, (kpi_id,), columns=1, found={kpi_id: found[kpi_id]})
    for column, sign in zip(columns[1::2], "×=", strict=True):
        column.markdown(f"### {sign}", text_alignment="center")


def show_containment(view: View) -> None:
    """Show how much stayed with the AI, how much it solved, and what lies between."""
    language = view.language
    resolution = view.catalogue["ai_resolution_rate"]
    found = view.values((CONTAINMENT, resolution.kpi_id, "ai_abandoned_rate"))
    contained, resolved, abandoned = (
        value.value if isinstance(value, Value) else None for value in found.values()
    )
    if contained is None or resolved is None or abandoned is None:
        return
    gap = max(contained - resolved, 0.0)
    percent = partial(formats.percent, language=language)
    finding = say(language, "gap_finding", gap=percent(gap))
    rows = (
        ("gap_contained", contained, CONTAINMENT),
        ("gap_resolved", resolved, resolution.kpi_id),
        ("gap_left", gap, "ai_abandoned_rate"),
    )
    with st.container(border=True):
        st.subheader(plain(finding), anchor=False)
        st.caption(plain(say(language, "gap_caption")))
        for column, (key, share, kpi_id) in zip(st.columns(3), rows, strict=True):
            with column:
                text = say(
                    language,
                    key,
                    value=percent(share),
                    abandoned=percent(abandoned),
                    others=percent(max(gap - abandoned, 0.0)),
                )
                st.progress(min(max(share, 0.0), 1.0), plain(text))
                if key != "gap_left":
                    show_way(view, view.catalogue[kpi_id])
                    continue
                # Of the gap there is a list of those who gave up only.
                name = say(language, "flow_abandoned")
                _show_list(view, name, kpi_id)


def show_assumption(view: View) -> None:
    """Print what the hours saved assume, and what another assumption would give."""
    language = view.language
    (saved,) = view.values(("ai_hours_saved",)).values()
    parameters = marts.parameters(view.status.version)
    minutes = parameters.get("minutes_per_reply")
    if isinstance(saved, Exception) or not saved.value or not minutes:
        return
    text = say(
        language,
        "hours_assumption",
        hours=formats.hours(saved.value, language),
        minutes=formats.decimal(minutes, language),
    )
    with st.container(border=True, height="stretch"):
        title = say(language, "hours_title")
        st.subheader(plain(title), anchor=False)
        st.caption(plain(text))
        tried = st.select_slider(
            say(language, "minutes_per_reply_try"),
            sorted({*MINUTES, minutes}),
            value=minutes,
            format_func=partial(formats.decimal, language=language),
            key="minutes per reply",
            help=say(language, "minutes_per_reply_help"),
        )
        hours = saved.value * tried / minutes
        parts = [formats.hours(hours, language)]
        cost = parameters.get("hourly_cost_brl")
        if cost is not None:
            parts.append(formats.money(hours * cost, language))
        st.markdown(f"#### {plain(' · '.join(parts))}")


def show_parameters(view: View) -> None:
    """Print what the definitions of the page's numbers take for granted."""
    language = view.language
    known = marts.parameters(view.status.version)
    parts = [
        say(language, f"used_{name}", value=_number(value, language))
        for name in PARAMETERS
        if (value := known.get(name)) is not None
    ]
    text = say(language, "parameters", parameters=" · ".join(parts))
    st.caption(plain(text))


# ------------------------------------------------------------------ in charts


def flow(view: View) -> Flow:
    """Return how many judged episodes went from where to where."""
    rows = view.components(
        FACTS, ("matured_episodes",), None, ("has_ai", "has_handoff", "outcome")
    )
    found: Flow = defaultdict(float)
    for row in rows:
        n = row.sums["matured_episodes"]
        if row.span != "shown" or not n:
            continue
        has_ai, has_handoff, outcome = row.by
        steps = ["flow_entry", "flow_ai" if has_ai else "flow_without_ai"]
        if has_ai and has_handoff:
            steps.append("flow_handed_off")
        steps.append(ENDS.get(str(outcome), "flow_open"))
        for step in pairwise(steps):
            found[step] += n
    return dict(found)


def show_flow(view: View) -> None:
    """Chart the way of the episodes through the AI."""
    language, caption = view.language, say(view.language, "flow_caption")
    found = flow(view)
    total = _into("flow_entry", found, outgoing=True)
    with_ai = _into("flow_ai", found)
    if not with_ai:
        show_nothing(view, caption)
        return
    used = [n for n in NODES if any(n in step for step in found)]
    counts = {node: _into(node, found) or total for node in used}
    names = {node: say(language, node) for node in used}
    nodes = [
        (f"{names[node]} · {formats.count(counts[node], language)}", NODES[node])
        for node in used
    ]
    links = [
        (used.index(start), used.index(end), n) for (start, end), n in found.items()
    ]
    handed_off = counts.get("flow_handed_off", 0.0)
    finding = say(
        language,
        "flow_finding",
        resolved=formats.whole_percent(
            counts.get("flow_ai_resolved", 0.0) / with_ai, language
        ),
        handed_off=formats.whole_percent(handed_off / with_ai, language),
        abandoned=formats.whole_percent(
            counts.get("flow_abandoned", 0.0) / with_ai, language
        ),
    )
    steps = pd.MultiIndex.from_tuples(
        [(names[start], names[end]) for start, end in found],
        names=[say(language, "flow_from"), say(language, "flow_to")],
    )
    table = pd.DataFrame({say(language, "episodes"): list(found.values())}, index=steps)
    show_chart(
        view,
        "flow",
        finding,
        caption,
        charts.flow(nodes, links, st.context.theme.type == "dark", language),
        table.style.format(partial(formats.count, language=language)),
    )
    # The bands of the chart cannot be clicked.
    with st.popover(say(language, "flow_lists"), icon=":material/list:"):
        for (start, end), n in found.items():
            text = f"{names[start]} → {names[end]} · {formats.count(n, language)}"
            st.page_link(
                view.pages["conversas"],
                label=plain(text),
                query_params=marks.link_to(
                    view,
                    "unanswered_rate",
                    mark_of_step(start, end),
                    lado="denominador",
                ),
                help="",
            )


def mark_of_step(start: str, end: str) -> Mark:
    """Return what goes from one node of the flow to another, of the judged episodes."""
    steps = [step for node in (start, end) for step in NODE_STEPS.get(node, ())]
    if start == "flow_ai" and end != "flow_handed_off":
        steps.append("not_handed_off")
    outcomes = tuple(outcome for outcome, node in ENDS.items() if node == end)
    if end == "flow_open":
        outcomes = OPEN_OUTCOMES
    return Mark(outcomes=outcomes, steps=tuple(dict.fromkeys(steps)))


def _into(node: str, found: Flow, outgoing: bool = False) -> float:
    end = 0 if outgoing else 1
    return sum(n for step, n in found.items() if step[end] == node)


def messages_before_handoff(view: View) -> dict[int, float]:
    """Return how many episodes were handed over after how many messages.

    The last number stands for itself and all above.
    """
    rows = view.components(
        FACTS, ("ai_handed_off_episodes",), None, ("messages_before_handoff",)
    )
    found: dict[int, float] = defaultdict(float)
    for row in rows:
        n = row.sums["ai_handed_off_episodes"]
        if row.span == "shown" and n:
            messages = int(str(row.by[0]))
            found[min(messages, MOST_HANDOFF_MESSAGES)] += n
    return {messages: found[messages] for messages in sorted(found)}


def show_messages_before_handoff(view: View) -> None:
    """Chart after how many messages the AI hands over."""
    language, caption = view.language, say(view.language, "handoff_messages_caption")
    found = messages_before_handoff(view)
    total = sum(found.values())
    if not total:
        show_nothing(view, caption)
        return
    heights = {
        _at_least(messages, language): found.get(messages, 0.0)
        for messages in range(min(found), max(found) + 1)
    }
    hovers = [
        say(
            language,
            "handoff_messages_hover",
            messages=messages,
            episodes=formats.count(n, language),
            share=formats.percent(n / total, language),
        )
        for messages, n in heights.items()
    ]
    most = max(found, key=lambda messages: found[messages])
    table = pd.DataFrame(
        {say(language, "episodes"): list(heights.values())},
        index=pd.Index(list(heights), name=say(language, "messages")),
    )
    clicked = show_chart(
        view,
        "messages_before_handoff",
        say(
            language,
            "handoff_messages_finding",
            messages=_at_least(most, language),
            share=formats.whole_percent(found[most] / total, language),
        ),
        caption,
        charts.columns(heights, hovers, language),
        table.style.format(partial(formats.count, language=language)),
        is_clickable=True,
    )
    for mark in clicked:
        messages = min(found) + mark["point_index"]
        marks.open_list(view, "handoff_rate", Mark(handoff_messages=(messages,)))


def reasons(view: View) -> dict[str | None, float]:
    """Return the handoffs by reason, the most frequent first; None is not informed."""
    rows = view.components(FACTS, ("handed_off_episodes",), "handoff_reason")
    found = {
        None if row.group is None else str(row.group): row.sums["handed_off_episodes"]
        for row in rows
        if row.span == "shown" and row.sums["handed_off_episodes"]
    }
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def show_reasons(view: View) -> None:
    """Chart why the AI hands over."""
    language, caption = view.language, say(view.language, "reasons_caption")
    kpi = view.catalogue[REASONS]
    (mix,) = view.values((kpi.kpi_id,)).values()
    if isinstance(mix, Exception):
        raise mix
    if mix.reason == "not_configured":
        _show_off(view, "reasons_title", explain(mix, language))
        return
    found = reasons(view)
    total = sum(found.values())
    if not total:
        show_nothing(view, caption)
        return
    top = dict(list(found.items())[:MOST_REASONS])
    names = {reason: reason or say(language, "no_reason") for reason in found}
    texts = [
        f"{formats.count(n, language)} ({formats.whole_percent(n / total, language)})"
        for n in top.values()
    ]
    first = next(iter(found))
    table = pd.DataFrame(
        {say(language, "episodes"): list(found.values())},
        index=pd.Index(list(names.values()), name=say(language, "handoff_reason")),
    )
    clicked = show_chart(
        view,
        "reasons",
        say(
            language,
            "reasons_finding",
            reason=names[first],
            share=formats.whole_percent(found[first] / total, language),
        ),
        caption,
        charts.ranked_bars(
            {names[reason]: n for reason, n in top.items()}, texts, language
        ),
        table.style.format(partial(formats.count, language=language)),
        is_clickable=True,
    )
    for mark in clicked:
        reason = list(top)[mark["point_index"]] or ""
        marks.open_list(view, kpi.kpi_id, Mark(reasons=(reason,)), lado="denominador")


def show_ratings(view: View) -> None:
    """Chart the mean rating by who resolved; a click opens the rated episodes."""
    language, caption = view.language, say(view.language, "ratings_caption")
    kpi = view.catalogue["csat_ai_vs_human"]
    (whole,) = view.values((kpi.kpi_id,)).values()
    if isinstance(whole, Exception):
        raise whole
    if whole.reason == "not_configured":
        _show_off(view, "ratings_title", explain(whole, language))
        return
    by_resolver = {
        str(value.group): value
        for value in view.groups((kpi.kpi_id,), "resolver")
        if value.value is not None
    }
    found = {name: by_resolver[name] for name in RESOLVERS if name in by_resolver}
    if not found:
        show_nothing(view, caption)
        return
    names = {name: say(language, f"rated_{name}") for name in found}
    texts = [_rating_text(value, language) for value in found.values()]
    table = pd.DataFrame(
        {
            say(language, "rating"): [
                show_value(kpi, value.value, language) for value in found.values()
            ],
            "n": [formats.count(value.cases, language) for value in found.values()],
        },
        index=pd.Index(list(names.values()), name=say(language, "resolvers")),
    )
    clicked = show_chart(
        view,
        "ratings_by_resolver",
        _ratings_finding(found, names, language),
        caption,
        charts.coloured_bars(
            {names[name]: value.value or 0.0 for name, value in found.items()},
            texts,
            [RESOLVERS[name] for name in found],
            language,
        ),
        table,
        is_clickable=True,
    )
    if clicked:
        resolver = list(found)[clicked[0]["point_index"]]
        st.switch_page(
            view.pages["conversas"],
            query_params=view.linked(kpi=kpi.kpi_id, lado="denominador", res=resolver),
        )


def _rating_text(value: Value, language: Language) -> str:
    cases = say(language, "cases", cases=formats.count(value.cases, language))
    text = f"{show_value(value.kpi, value.value, language)} · {cases}"
    if value.reason == "small_sample":
        text += f" · {say(language, 'reason_small_sample').lower()}"
    return text


def _ratings_finding(
    found: Mapping[str, Value], names: Mapping[str, str], language: Language
) -> str:
    judged = {name: v for name, v in found.items() if v.reason is None}
    if len(judged) < 2:
        return say(language, "ratings_few")
    best = max(judged, key=lambda name: judged[name].value or 0.0)
    value = judged[best]
    return say(
        language,
        "ratings_finding",
        who=names[best],
        value=show_value(value.kpi, value.value, language),
    )


def show_worst(view: View) -> None:
    """Show the episodes of the AI that are worth reading, by what went wrong."""
    language = view.language
    with st.container(border=True):
        st.subheader(say(language, "worst_title"), anchor=False)
        name = st.segmented_control(
            say(language, "worst_title"),
            list(WORST),
            format_func=lambda name: say(language, f"worst_{name}"),
            default=next(iter(WORST)),
            required=True,
            key="worst",
            label_visibility="collapsed",
        )
        kpi_id, order, mark = WORST[name]
        st.caption(say(language, f"worst_{name}_caption", count=WORST_ROWS))
        found = view.listing(kpi_id, order=order, limit=WORST_ROWS, mark=mark)
        if not found.rows:
            st.caption(say(language, "worst_none"))
            return
        tables.show_conversations(view, found.rows, WORST_COLUMNS, f"worst {name}")


def _show_list(view: View, label: str, kpi_id: str) -> None:
    """Link to what a KPI counts, under a name of its own."""
    page = view.pages.get("conversas")
    if page is not None:
        st.page_link(
            page,
            label=plain(label),
            icon=":material/list:",
            query_params=view.linked(kpi=kpi_id),
        )


def _show_off(view: View, title: str, how: str) -> None:
    """Stand in for a chart whose source is not switched on."""
    with st.container(border=True, height="stretch"):
        st.subheader(plain(say(view.language, title)), anchor=False)
        st.badge(say(view.language, "reason_not_configured"), color="gray")
        st.caption(plain(how))


def _at_least(messages: int, language: Language) -> str:
    if messages < MOST_HANDOFF_MESSAGES:
        return str(messages)
    return say(language, "or_more", count=messages)


def _number(value: float, language: Language) -> str:
    if value.is_integer():
        return formats.count(value, language)
    return formats.decimal(value, language)
