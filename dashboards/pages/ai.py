"""Agente de IA: what does the AI solve, and what does it hand over?"""

from functools import partial

import pandas as pd
import streamlit as st

from dashboards import charts, tables
from dashboards.cards import show_cards, show_way
from dashboards.frames import (
    show_chart,
    show_empty,
    show_nothing,
    show_section,
    show_switched_off,
)
from dashboards.view import PageView
from kpis import Mark, Value
from reporting import formats
from reporting.colours import AMBER, BRICK, MUTED, TEAL, VIOLET
from reporting.findings import ai
from reporting.findings.ai import CONTAINMENT, FIRST, IDENTITY, REASONS, WORST
from reporting.kpi_words import explain, show_value
from reporting.marks import link_to
from reporting.texts import plain, say

MOST_REASONS = 10
# Who resolved, with the colour of the theme: teal, amber, a weak amber, grey.
RESOLVERS = {"ai": 0, "human": 1, "ai_human": 1 + charts.COLOURS, "none": -1}
WORST_ROWS = 20
MINUTES = [half / 2 for half in range(1, 61)]
NODES = {
    "flow_entry": VIOLET,
    "flow_ai": TEAL,
    "flow_without_ai": MUTED,
    "flow_ai_resolved": TEAL,
    "flow_abandoned": VIOLET,
    "flow_handed_off": AMBER,
    "flow_resolved": AMBER,
    "flow_open": BRICK,
}


def show(view: PageView) -> None:
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


def show_identity(view: PageView) -> None:
    """Show what automation consists of: taking part, and solving what one takes."""
    found = view.values(IDENTITY)
    sentence = ai.identity_finding(found, view.language)
    if sentence:
        st.markdown(f"#### {plain(sentence)}")
    st.caption(plain(say(view.language, "identity_caption")))
    columns = st.columns([10, 1, 10, 1, 10], vertical_alignment="center", gap="small")
    for column, kpi_id in zip(columns[::2], IDENTITY, strict=True):
        with column:
            show_cards(view, (kpi_id,), columns=1, found={kpi_id: found[kpi_id]})
    for column, sign in zip(columns[1::2], "×=", strict=True):
        column.markdown(f"### {sign}", text_alignment="center")


def show_containment(view: PageView) -> None:
    """Show how much stayed with the AI, how much it solved, and what lies between."""
    language, gap = view.language, ai.gap(view)
    if gap is None:
        return
    with st.container(border=True):
        st.subheader(plain(gap.finding(language)), anchor=False)
        st.caption(plain(say(language, "gap_caption")))
        for column, (bar, of) in zip(st.columns(3), gap.bars.items(), strict=True):
            share, kpi_id = of
            with column:
                text = plain(gap.text(bar, language))
                st.progress(min(max(share, 0.0), 1.0), text)
                if bar != "gap_left":
                    show_way(view, view.catalogue[kpi_id])
                    continue
                # Of the gap there is a list of those who gave up only.
                name = say(language, "flow_abandoned")
                _show_list(view, name, kpi_id)


def show_assumption(view: PageView) -> None:
    """Print what the hours saved assume, and what another assumption would give."""
    language, saved = view.language, ai.hours_saved(view)
    if saved is None:
        return
    with st.container(border=True, height="stretch"):
        title = say(language, "hours_title")
        st.subheader(plain(title), anchor=False)
        st.caption(plain(saved.assumption(language)))
        tried = st.select_slider(
            say(language, "minutes_per_reply_try"),
            sorted({*MINUTES, saved.minutes}),
            value=saved.minutes,
            format_func=partial(formats.decimal, language=language),
            key="minutes per reply",
            help=say(language, "minutes_per_reply_help"),
        )
        st.markdown(f"#### {plain(saved.tried(tried, language))}")


def show_parameters(view: PageView) -> None:
    """Print what the definitions of the page's numbers take for granted."""
    st.caption(plain(ai.parameters_used(view)))


# ------------------------------------------------------------------ in charts


def show_flow(view: PageView) -> None:
    """Chart the way of the episodes through the AI."""
    language, caption = view.language, say(view.language, "flow_caption")
    found = ai.flow(view)
    counts = ai.counts(found)
    if not counts.get("flow_ai"):
        show_nothing(view, caption)
        return
    used = list(counts)
    names = {node: say(language, node) for node in used}
    nodes = [
        (f"{names[node]} · {formats.count(n, language)}", NODES[node])
        for node, n in counts.items()
    ]
    links = [
        (used.index(start), used.index(end), n) for (start, end), n in found.items()
    ]
    steps = pd.MultiIndex.from_tuples(
        [(names[start], names[end]) for start, end in found],
        names=[say(language, "flow_from"), say(language, "flow_to")],
    )
    table = pd.DataFrame({say(language, "episodes"): list(found.values())}, index=steps)
    show_chart(
        view,
        "flow",
        ai.flow_finding(counts, language),
        caption,
        charts.flow(nodes, links, st.context.theme.type == "dark", language),
        table.style.format(partial(formats.count, language=language)),
        is_clickable=False,
    )
    # The bands of the chart cannot be clicked.
    with st.popover(say(language, "flow_lists"), icon=":material/list:"):
        for (start, end), n in found.items():
            text = f"{names[start]} → {names[end]} · {formats.count(n, language)}"
            st.page_link(
                view.pages["conversas"],
                label=plain(text),
                query_params=link_to(
                    view,
                    "unanswered_rate",
                    ai.mark_of_step(start, end),
                    lado="denominador",
                ),
                help="",
            )


def show_messages_before_handoff(view: PageView) -> None:
    """Chart after how many messages the AI hands over."""
    language, caption = view.language, say(view.language, "handoff_messages_caption")
    found = ai.messages_before_handoff(view)
    total = sum(found.values())
    if not total:
        show_nothing(view, caption)
        return
    heights = {ai.at_least(messages, language): n for messages, n in found.items()}
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
    table = pd.DataFrame(
        {say(language, "episodes"): list(heights.values())},
        index=pd.Index(list(heights), name=say(language, "messages")),
    )
    clicked = show_chart(
        view,
        "messages_before_handoff",
        ai.handoff_messages_finding(found, language),
        caption,
        charts.columns(heights, hovers, language),
        table.style.format(partial(formats.count, language=language)),
    )
    for mark in clicked:
        messages = list(found)[mark["point_index"]]
        tables.open_list(view, "handoff_rate", Mark(handoff_messages=(messages,)))


def show_reasons(view: PageView) -> None:
    """Chart why the AI hands over."""
    language, caption = view.language, say(view.language, "reasons_caption")
    kpi = view.catalogue[REASONS]
    (mix,) = view.values((kpi.kpi_id,)).values()
    if isinstance(mix, Exception):
        raise mix
    if mix.reason == "not_configured":
        _show_off(view, "reasons_title", explain(mix, language))
        return
    found = ai.reasons(view)
    total = sum(found.values())
    if not total:
        show_nothing(view, caption)
        return
    top = dict(list(found.items())[:MOST_REASONS])
    names = {reason: ai.reason_name(reason, language) for reason in found}
    texts = [formats.count_and_share(n, n / total, language) for n in top.values()]
    table = pd.DataFrame(
        {say(language, "episodes"): list(found.values())},
        index=pd.Index(list(names.values()), name=say(language, "handoff_reason")),
    )
    clicked = show_chart(
        view,
        "reasons",
        ai.reasons_finding(found, language),
        caption,
        charts.ranked_bars(
            {names[reason]: n for reason, n in top.items()}, texts, language
        ),
        table.style.format(partial(formats.count, language=language)),
    )
    for mark in clicked:
        reason = list(top)[mark["point_index"]] or ""
        tables.open_list(view, kpi.kpi_id, Mark(reasons=(reason,)), lado="denominador")


def show_ratings(view: PageView) -> None:
    """Chart the mean rating by who resolved; a click opens the rated episodes."""
    language, caption = view.language, say(view.language, "ratings_caption")
    kpi = view.catalogue[ai.RATINGS]
    (whole,) = view.values((kpi.kpi_id,)).values()
    if isinstance(whole, Exception):
        raise whole
    if whole.reason == "not_configured":
        _show_off(view, "ratings_title", explain(whole, language))
        return
    found = ai.ratings(view)
    if not found:
        show_nothing(view, caption)
        return
    names = {name: say(language, f"rated_{name}") for name in found}
    texts = [ai.rating_text(value, language) for value in found.values()]
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
        ai.ratings_finding(found, language),
        caption,
        charts.coloured_bars(
            {names[name]: value.value or 0.0 for name, value in found.items()},
            texts,
            [RESOLVERS[name] for name in found],
            language,
        ),
        table,
    )
    if clicked:
        resolver = list(found)[clicked[0]["point_index"]]
        tables.open_list(view, kpi.kpi_id, lado="denominador", res=resolver)


def show_worst(view: PageView) -> None:
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
        tables.show_conversations(view, found.rows, ai.WORST_COLUMNS, f"worst {name}")


def _show_list(view: PageView, label: str, kpi_id: str) -> None:
    """Link to what a KPI counts, under a name of its own."""
    page = view.pages.get("conversas")
    if page is not None:
        st.page_link(
            page,
            label=plain(label),
            icon=":material/list:",
            query_params=view.linked(kpi=kpi_id),
        )


def _show_off(view: PageView, title: str, how: str) -> None:
    """Stand in for a chart whose source is not switched on."""
    with st.container(border=True, height="stretch"):
        st.subheader(plain(say(view.language, title)), anchor=False)
        st.badge(say(view.language, "reason_not_configured"), color="gray")
        st.caption(plain(how))
