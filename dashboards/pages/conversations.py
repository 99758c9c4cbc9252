"""Conversas: which ones are they, and what was said?"""

from datetime import date

import streamlit as st

import kpis
from dashboards import access, filters, tables
from dashboards.states import show_state
from dashboards.view import PageView
from kpis import Conversation, Mark, kind_of
from kpis.database import Row
from reporting import formats, marks
from reporting.findings import conversations
from reporting.findings.conversations import COLUMNS, ORDERS, SIDES
from reporting.kpi_words import describe, show_label
from reporting.rows import outcome_name
from reporting.texts import Language, plain, say
from reporting.view import ShownList

ROWS_PER_PAGE = 50
MESSAGES_AT_FIRST = 200
# How a sender is marked: the colour of the badge, its icon, and the side he stands on.
SENDERS = {
    "contact": ("violet", ":material/person:", "left"),
    "ai": ("primary", ":material/smart_toy:", "right"),
    "human": ("orange", ":material/support_agent:", "right"),
    "human_phone": ("orange", ":material/smartphone:", "right"),
    "automation": ("gray", ":material/bolt:", "right"),
}


def show(view: PageView) -> None:
    """Draw the page: one conversation if the link names it, otherwise the list."""
    asked = st.query_params.get("id", "")
    if asked.isdecimal() and int(asked) < 2**31:
        show_conversation(view, int(asked))
        return
    if asked:
        del st.query_params["id"]
    show_list(view)


# ------------------------------------------------------------------ the list


def show_list(view: PageView) -> None:
    """Show the rows that a KPI counts, and choose which and in which order."""
    language = view.language
    asked = conversations.asked(dict(st.query_params), view)
    kpi_id, side, order, page = asked.kpi_id, asked.side, asked.order, asked.page
    mark = marks.read(st.query_params.get_all(marks.KEY))
    found = view.values((kpi_id,))[kpi_id]
    if isinstance(found, Exception):
        raise found
    with st.container(horizontal=True, vertical_alignment="bottom"):
        listed = [i for i, kpi in view.catalogue.items() if kind_of(kpi).has_list]
        labels = {i: show_label(view.catalogue[i], language) for i in listed}
        kpi_id = st.selectbox(
            say(language, "list_kpi"),
            listed,
            index=listed.index(kpi_id),
            format_func=labels.__getitem__,
            key=f"list_kpi {kpi_id} {language}",
            on_change=_choose,
            args=("kpi", f"list_kpi {kpi_id} {language}"),
            width=320,
        )
        kpi = view.catalogue[kpi_id]
        if conversations.has_base(view, kpi_id):
            names = {"numerator": "list_numerator", "denominator": "list_denominator"}
            st.segmented_control(
                say(language, "list_side"),
                list(SIDES),
                format_func=lambda name: say(language, names[SIDES[name]]),
                default=next(name for name, of in SIDES.items() if of == side),
                required=True,
                key=f"list_side {side}",
                on_change=_choose,
                args=("lado", f"list_side {side}"),
            )
        st.selectbox(
            say(language, "order"),
            ORDERS,
            index=ORDERS.index(order),
            format_func=lambda name: say(language, f"order_{name}"),
            key=f"list_order {order} {language}",
            on_change=_choose,
            args=("ordem", f"list_order {order} {language}"),
            width=220,
        )
    try:
        listing = view.listing(
            kpi_id, side, order, ROWS_PER_PAGE, (page - 1) * ROWS_PER_PAGE, mark
        )
        pages = max(-(-listing.row_count // ROWS_PER_PAGE), 1)
        if page > pages:  # the link is from when there were more
            page = pages
            listing = view.listing(
                kpi_id, side, order, ROWS_PER_PAGE, (page - 1) * ROWS_PER_PAGE, mark
            )
    except KeyError:
        st.info(
            say(language, "not_listed", label=plain(show_label(kpi, language))),
            icon=":material/info:",
        )
        _show_mark(view, mark)
        return
    view.shown.listing = ShownList(found, side, order, mark)
    title = conversations.list_title(found, listing, language, bool(mark.used))
    st.subheader(plain(title), anchor=False)
    _show_mark(view, mark)
    st.caption(plain(describe(found, language)))
    if not listing.rows:
        st.info(say(language, "list_empty"), icon=":material/search_off:")
        st.button(
            say(language, "clear_filters"), key="clear empty", on_click=filters.clear
        )
        return
    tables.show_conversations(
        view, listing.rows, COLUMNS, f"list {kpi_id} {side} {order} {page}"
    )
    if pages > 1:
        st.pagination(
            pages,
            default=page,
            key=f"list_page {page} {pages}",
            on_change=_choose,
            args=("pagina", f"list_page {page} {pages}"),
        )


def _show_mark(view: PageView, mark: Mark) -> None:
    """Say what of the KPI is listed, to be taken away."""
    if not mark.used:
        return
    text = " · ".join(marks.describe(mark, view))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            plain(say(view.language, "only_mark", mark=text)),
            key="chip mark",
            icon=":material/close:",
            icon_position="right",
            on_click=_drop_mark,
            help=say(view.language, "drop_filter"),
        )


def _drop_mark() -> None:
    for name in (marks.KEY, "pagina"):
        if name in st.query_params:
            del st.query_params[name]


def _choose(name: str, key: str) -> None:
    """Let the link say what a widget of the list chose; another list starts anew."""
    st.query_params[name] = str(st.session_state[key])
    if name in ("kpi", "lado"):  # a mark is of its own list
        _drop_mark()
    if name != "pagina" and "pagina" in st.query_params:
        del st.query_params["pagina"]


# ------------------------------------------------------------------ one conversation


def show_conversation(view: PageView, conversation_id: int) -> None:
    """Show what is known about a conversation, and what was said in it."""
    language = view.language
    if st.button(
        say(language, "back_to_list"), icon=":material/arrow_back:", type="tertiary"
    ):
        st.switch_page(
            view.pages["conversas"], query_params=view.link | tables.list_link()
        )
    found = view.ask(kpis.conversation, conversation_id)
    if found is None:
        text = say(language, "no_conversation", number=conversation_id)
        st.info(text, icon=":material/search_off:")
        return
    try:
        access.log_opening(conversation_id)
    except access.LogUnavailableError:
        show_state("log_unavailable", ":material/lock:")
        return
    number = found.facts["display_id"]
    st.subheader(say(language, "conversation_title", number=f"#{number}"), anchor=False)
    facts, timeline = st.columns([1, 2], gap="medium")
    with facts:
        show_facts(view, found)
    with timeline, st.container(gap="xsmall"):
        show_timeline(view, found, conversation_id)


def show_facts(view: PageView, found: Conversation) -> None:
    """Show the conversation's facts, and those of each episode."""
    language = view.language
    with st.container(border=True, gap="xsmall"):
        _show_facts(conversations.facts(found, view))
    for episode in reversed(found.episodes):
        with st.container(border=True, gap="xsmall"):
            title = say(language, "episode_title", number=episode["episode_number"])
            outcome = outcome_name(episode["outcome"], language)
            st.markdown(f"**{plain(title)} · {plain(outcome)}**")
            _show_facts(conversations.facts_of_episode(episode, found, view))


def _show_facts(known: conversations.Facts) -> None:
    for name, text in known:
        with st.container(horizontal=True, gap="xsmall", wrap=False):
            st.caption(plain(name), width=110)
            st.text(text or formats.NO_VALUE)


def show_timeline(view: PageView, found: Conversation, conversation_id: int) -> None:
    """Show the last messages, the oldest of them first, as plain text."""
    language = view.language
    key = f"all of {conversation_id}"
    limit = 100_000 if st.session_state.get(key) else MESSAGES_AT_FIRST
    timeline = view.ask(kpis.messages, conversation_id, limit)
    hidden = timeline.message_count - len(timeline.messages)
    if hidden:
        count = formats.count(hidden, language)
        st.toggle(say(language, "earlier", count=count), key=key)
    handoffs = [e for e in found.episodes if e["handoff_at"] is not None]
    if timeline.messages:
        first = timeline.messages[0]["sent_at"]
        handoffs = [e for e in handoffs if not hidden or e["handoff_at"] >= first]
    day: date | None = None
    awaited: Row | None = None
    for message in timeline.messages:
        sent_on = message["local_sent_at"].date()
        if sent_on != day:
            day = sent_on
            _show_line(formats.long_date(day, language))
        while handoffs and handoffs[0]["handoff_at"] <= message["sent_at"]:
            awaited = handoffs.pop(0)
            _show_handoff(awaited, language)
        if awaited is not None and message["sender_class"] in ("human", "human_phone"):
            _show_wait("waited_human", awaited["human_response_seconds"], language)
            awaited = None
        else:
            _show_wait("waited", message["reply_seconds"], language)
        _show_message(message, language)
    for episode in handoffs:
        _show_handoff(episode, language)


def _show_handoff(episode: Row, language: Language) -> None:
    _show_line(conversations.handoff_line(episode, language), ":material/sync_alt:")


def _show_wait(key: str, seconds: float | None, language: Language) -> None:
    text = conversations.wait_line(key, seconds, language)
    if text is not None:
        _show_line(text, ":material/hourglass_top:")


def _show_line(text: str, icon: str = "") -> None:
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.caption(f"{icon} {plain(text)}".strip(), width="content")


def _show_message(message: Row, language: Language) -> None:
    sender = message["sender_class"]
    if sender not in SENDERS:  # what Chatwoot notes about itself
        _show_line(message["message_text"] or formats.NO_VALUE)
        return
    color, icon, side = SENDERS[sender]
    label = plain(conversations.sender_name(message, language))
    clock = formats.clock(message["local_sent_at"], language)
    with (
        st.container(horizontal=True, horizontal_alignment=side),  # type: ignore[arg-type]
        st.container(border=True, width=480, gap="xxsmall"),
    ):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.badge(label, icon=icon, color=color)  # type: ignore[arg-type]
            st.caption(clock, width="content")
            for mark, is_shown in (
                ("not_delivered", not message["is_delivered"]),
                ("reaction", message["is_reaction"]),
                ("copy", message["is_copy"]),
            ):
                if is_shown:
                    st.badge(say(language, mark), color="gray")
        if message["is_deleted"]:
            st.caption(say(language, "deleted"))
        elif message["message_text"]:
            st.text(message["message_text"])
        else:
            st.caption(f":material/attach_file: {say(language, 'attachment')}")
