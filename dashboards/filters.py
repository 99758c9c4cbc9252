"""The filters of every page, which the link of the page keeps."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboards.view import PageView
from kpis import dimensions, periods
from kpis.status import LoadStatus
from reporting import choices
from reporting.texts import Language, plain, say
from reporting.view import Ask, Link


def read_language() -> Language:
    """Take over the language that the link says, and return the one to speak."""
    said = st.query_params.get("idioma")
    known = st.session_state.get("link", {}).get("idioma")
    # What is known may have been changed.
    if said in choices.LANGUAGES and [said] != known:
        st.session_state.language = said
    return st.session_state.setdefault("language", choices.LANGUAGES[0])  # type: ignore[no-any-return]


def read_link(page: str) -> None:
    """Take over what the link says, unless it is what was chosen here.

    What a link may not say falls back to the default. Streamlit forgets a choice whose
    widget was not on the page, as when the database did not answer; the link does not.
    Its menu opens a page with an empty link, which says nothing about the filters.
    """
    state = st.session_state
    link = _link()
    is_menu = not link and (
        state.get("page") not in (None, page)
        # Going back, the browser comes by what the menu opened once more.
        or (state.get("page_of_menu") == page and bool(state.link))
    )
    if is_menu or state.get("page") != page:
        state.page_of_menu = page if is_menu else None
    is_news = link != state.get("link") and not is_menu
    for name, value in choices.said(link if is_news else state.link).items():
        if is_news or name not in state:
            state[name] = value
    state.page = page


def write_link() -> None:
    """Let the link say what was chosen; what is default is left out."""
    state = st.session_state
    kept = {
        key: st.query_params.get_all(key)
        for key in choices.KEYS_OF_PAGE.get(state.page, ())
        if key in st.query_params
    }
    state.link = choices.link_of(_chosen())
    link = state.link | kept
    if link != whole_link():
        st.query_params.from_dict(link)


def whole_link() -> Link:
    """Return all that the link says, known or not."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def clear() -> None:
    """Choose the defaults again; the language stays."""
    for name, value in choices.said({}).items():
        if name != "language":
            st.session_state[name] = value


def choose_language() -> None:
    """Show the switch of the language."""
    st.segmented_control(
        say(st.session_state.language, "language"),
        choices.LANGUAGES,
        format_func=str.upper,
        required=True,
        key="language",
        label_visibility="collapsed",
    )


def choose(
    status: LoadStatus,
    ask: Ask,
    language: Language,
    pages: Mapping[str, StreamlitPage],
) -> PageView:
    """Show the filters in one row; return what is chosen."""
    state = st.session_state
    places = ask(dimensions.places)
    options: dict[str, Sequence[object]] = {
        "accounts": ask(dimensions.accounts),
        "units": list(places),
        "channels": ask(dimensions.channel_kinds),
        "teams": list(ask(dimensions.teams)),
        "agents": list(ask(dimensions.agents)),
        "labels": ask(dimensions.labels),
        "resolvers": choices.RESOLVERS,
    }
    names = choices.names(ask, language)
    for name, allowed in options.items():
        words = (choices.names(ask, of)[name] for of in choices.LANGUAGES)
        state[name] = _meant(state[name], allowed, words)
    versus = (partial(choices.versus, of) for of in choices.LANGUAGES)
    (state.comparison,) = _meant([state.comparison], choices.COMPARISONS, versus)
    _mend_range(status)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            say(language, "period"),
            choices.PRESETS,
            format_func=lambda preset: say(language, preset),
            required=True,
            key="preset",
            label_visibility="collapsed",
            wrap=True,
        )
        if state.preset == choices.CUSTOM:
            st.date_input(
                say(language, "period"),
                min_value=status.first_date,
                max_value=status.local_date,
                format="DD/MM/YYYY" if language == "pt" else "MM/DD/YYYY",
                key="range",
                label_visibility="collapsed",
                width=240,
            )
        st.selectbox(
            say(language, "comparison"),
            list(choices.COMPARISONS),
            format_func=partial(choices.versus, language),
            key="comparison",
            required=True,
            label_visibility="collapsed",
            width=190,
        )
        if len(options["accounts"]) > 1:
            _pick("accounts", options, names, language, label_visibility="collapsed")
        _pick("units", options, names, language, label_visibility="collapsed")
        with st.popover(say(language, "more_filters"), icon=":material/tune:"):
            for name in ("channels", "teams", "agents", "labels", "resolvers"):
                _pick(name, options, names, language)
            st.toggle(
                say(language, "include_today"),
                help=say(language, "include_today_help"),
                key="include_today",
                disabled=state.preset in (periods.TODAY, choices.CUSTOM),
            )
    _show_chips(names, language)
    chosen = _chosen()
    period = choices.period_of(chosen, status)
    st.caption(choices.describe_days(chosen, period, status, language))
    kept, link = choices.filters_of(chosen, places), choices.link_of(chosen)
    return PageView(language, status, period, kept, ask, link, pages=pages)


def _chosen() -> choices.Chosen:
    return {name: st.session_state[name] for name in choices.said({})}


def _meant(
    said: Iterable[object],
    options: Collection[object],
    words: Iterable[Callable[[object], str]],
) -> list[object]:
    """Return the options that a choice stands for; what it may not say is left out.

    The browser sends the label. After a switch of the language that is one which the
    choice does not have any more, and Streamlit passes it on as it is.
    """
    if all(item in options for item in said):
        return list(said)
    by_label = {name(option): option for name in words for option in options}
    found = [item if item in options else by_label.get(str(item)) for item in said]
    return [item for item in found if item in options]


def _link() -> Link:
    return {
        key: values
        for key in choices.KEYS
        if (values := st.query_params.get_all(key)) != []
    }


def _mend_range(status: LoadStatus) -> None:
    """Keep the range of days within the data; the last month where there is none."""
    state = st.session_state
    days = [min(max(day, status.first_date), status.local_date) for day in state.range]
    if not days:
        yesterday = max(status.local_date - timedelta(days=1), status.first_date)
        days = [max(yesterday - timedelta(days=29), status.first_date), yesterday]
    if len(days) == 2:
        days.sort()
    state.range = tuple(days)


def _pick(
    name: str,
    options: Mapping[str, Sequence[object]],
    names: Mapping[str, Callable[[object], str]],
    language: Language,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> None:
    st.multiselect(
        say(language, name),
        options[name],
        format_func=names[name],
        placeholder=say(language, f"all_{name}"),
        key=name,
        select_all=False,
        label_visibility=label_visibility,
        width=300,
    )


def _show_chips(
    names: Mapping[str, Callable[[object], str]], language: Language
) -> None:
    """Show what is filtered by, each of it to be taken away."""
    state = st.session_state
    active = [(name, item) for name in choices.LISTS for item in state[name]]
    if not active:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for name, item in active:
            st.button(
                f"{say(language, f'one_of_{name}')}: {plain(names[name](item))}",
                key=f"chip {name} {item}",
                icon=":material/close:",
                icon_position="right",
                on_click=_drop,
                args=(name, item),
                help=say(language, "drop_filter"),
            )
        st.button(
            say(language, "clear_filters"),
            key="clear",
            type="tertiary",
            on_click=clear,
        )


def _drop(name: str, item: object) -> None:
    st.session_state[name] = [kept for kept in st.session_state[name] if kept != item]
