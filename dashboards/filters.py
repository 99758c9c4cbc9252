"""The filters of every page, which the link of the page keeps."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Literal, get_args

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboards import marts
from dashboards.marts import LoadStatus
from dashboards.view import Link, View
from kpis import Days, Filters, Period, periods
from kpis.periods import Comparison
from reporting import formats
from reporting.texts import Language, plain, say

LANGUAGES: tuple[Language, ...] = ("pt", "en")
CUSTOM = "personalizado"
PRESETS = (periods.TODAY, "7d", "30d", periods.MONTH, "90d", CUSTOM)
COMPARISONS: dict[str, Comparison] = dict(
    zip(("anterior", "4semanas", "ano", "nenhuma"), get_args(Comparison), strict=True)
)
RESOLVERS = ("ai", "human", "ai_human", "none")
# What a filter is called in the link.
LISTS = {
    "accounts": "conta",
    "units": "un",
    "channels": "canal",
    "teams": "time",
    "agents": "ag",
    "labels": "et",
    "resolvers": "res",
}
KEYS = ("p", "de", "ate", "cmp", *LISTS.values(), "hoje", "idioma")
# What else a page keeps in its link.
KEYS_OF_PAGE = {"conversas": ("kpi", "lado", "ordem", "so", "pagina", "id")}


def read_language() -> Language:
    """Take over the language that the link says, and return the one to speak."""
    said = st.query_params.get("idioma")
    known = st.session_state.get("link", {}).get("idioma")
    if said in LANGUAGES and [said] != known:  # what is known may have been changed
        st.session_state.language = said
    return st.session_state.setdefault("language", LANGUAGES[0])  # type: ignore[no-any-return]


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
    for name, value in _said(link if is_news else state.link).items():
        if is_news or name not in state:
            state[name] = value
    state.page = page


def write_link() -> None:
    """Let the link say what was chosen; what is default is left out."""
    state = st.session_state
    kept = {
        key: st.query_params.get_all(key)
        for key in KEYS_OF_PAGE.get(state.page, ())
        if key in st.query_params
    }
    state.link = chosen()
    link = state.link | kept
    if link != whole_link():
        st.query_params.from_dict(link)


def whole_link() -> Link:
    """Return all that the link says, known or not."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def chosen() -> Link:
    """Return what is chosen, as a link says it."""
    state = st.session_state
    link = {name: [str(item) for item in state[key]] for key, name in LISTS.items()}
    if state.preset != periods.DEFAULT_PRESET:
        link["p"] = [state.preset]
    if state.preset == CUSTOM and len(state.range) == 2:
        link["de"], link["ate"] = ([day.isoformat()] for day in state.range)
    if state.comparison != next(iter(COMPARISONS)):
        link["cmp"] = [state.comparison]
    if state.include_today:
        link["hoje"] = ["1"]
    if state.language != LANGUAGES[0]:
        link["idioma"] = [state.language]
    return {key: link[key] for key in KEYS if link.get(key)}


def clear() -> None:
    """Choose the defaults again; the language stays."""
    for name, value in _said({}).items():
        if name != "language":
            st.session_state[name] = value


def choose_language() -> None:
    """Show the switch of the language."""
    st.segmented_control(
        say(st.session_state.language, "language"),
        LANGUAGES,
        format_func=str.upper,
        required=True,
        key="language",
        label_visibility="collapsed",
    )


def choose(
    status: LoadStatus, language: Language, pages: Mapping[str, StreamlitPage]
) -> View:
    """Show the filters in one row; return what is chosen."""
    state = st.session_state
    places = marts.places(status.version)
    options: dict[str, Sequence[object]] = {
        "accounts": marts.accounts(status.version),
        "units": list(places),
        "channels": marts.channel_kinds(status.version),
        "teams": list(marts.teams(status.version)),
        "agents": list(marts.agents(status.version)),
        "labels": marts.labels(status.version),
        "resolvers": RESOLVERS,
    }
    names = _names(status, language)
    for name, allowed in options.items():
        words = (_names(status, of)[name] for of in LANGUAGES)
        state[name] = _meant(state[name], allowed, words)
    versus = (partial(_versus, of) for of in LANGUAGES)
    (state.comparison,) = _meant([state.comparison], COMPARISONS, versus)
    _mend_range(status)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            say(language, "period"),
            PRESETS,
            format_func=lambda preset: say(language, preset),
            required=True,
            key="preset",
            label_visibility="collapsed",
            wrap=True,
        )
        if state.preset == CUSTOM:
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
            list(COMPARISONS),
            format_func=partial(_versus, language),
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
                disabled=state.preset in (periods.TODAY, CUSTOM),
            )
    _show_chips(names, language)
    period = _period(status)
    st.caption(_describe(period, status, language))
    inboxes = {inbox_id for unit in state.units for inbox_id in places[unit]}
    kept = Filters(
        inboxes=tuple(sorted(inboxes)),
        channel_kinds=tuple(state.channels),
        teams=tuple(state.teams),
        agents=tuple(state.agents),
        labels=tuple(state.labels),
        resolvers=tuple(state.resolvers),
        accounts=tuple(state.accounts),
    )
    return View(language, status, period, kept, chosen(), pages)


def describe(
    link: Link, status: LoadStatus, language: Language
) -> list[tuple[str, list[str]]]:
    """Name the filters of a link and what each keeps, in words."""
    names = _names(status, language)
    return [
        (
            say(language, name),
            [
                names[name](int(item) if name in ("teams", "agents") else item)
                for item in link[key]
            ],
        )
        for name, key in LISTS.items()
        if link.get(key)
    ]


def _names(
    status: LoadStatus, language: Language
) -> dict[str, Callable[[object], str]]:
    """How what one can filter by is called."""
    teams, agents = marts.teams(status.version), marts.agents(status.version)
    return {
        "accounts": str,
        "units": str,
        "labels": str,
        "channels": lambda kind: kind_name(str(kind), language),
        "teams": lambda team: teams[team] or say(language, "no_team"),  # type: ignore[index]
        "agents": lambda agent: agents[agent],  # type: ignore[index]
        "resolvers": lambda resolver: say(language, f"resolver_{resolver}"),
    }


def _versus(language: Language, name: object) -> str:
    return say(language, f"versus_{COMPARISONS[str(name)]}")


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


def kind_name(kind: str, language: Language) -> str:
    """Name a kind of channel; one we have no word for is its own."""
    return say(language, f"channel_{kind}", or_else=kind.capitalize())


def _link() -> Link:
    return {
        key: values for key in KEYS if (values := st.query_params.get_all(key)) != []
    }


def _said(link: Link) -> dict[str, object]:
    """Return what a link chooses; what it may not say is left at the default."""
    last = {name: values[-1] for name, values in link.items()}
    days = [_day(last.get(name)) for name in ("de", "ate")]
    preset = last.get("p")
    if preset not in PRESETS or (preset == CUSTOM and None in days):
        preset = periods.DEFAULT_PRESET
    said: dict[str, object] = {
        "preset": preset,
        "range": tuple(days) if preset == CUSTOM else (),
        "comparison": last.get("cmp"),
        "include_today": last.get("hoje") == "1",
        "language": last.get("idioma"),
    }
    if said["comparison"] not in COMPARISONS:
        said["comparison"] = next(iter(COMPARISONS))
    if said["language"] not in LANGUAGES:
        said["language"] = LANGUAGES[0]
    for key, name in LISTS.items():
        values: list[object] = list(dict.fromkeys(link.get(name, [])))
        if key in ("teams", "agents"):
            values = [int(str(value)) for value in values if str(value).isdecimal()]
        said[key] = values
    return said


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


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


def _period(status: LoadStatus) -> Period:
    state = st.session_state
    comparison = COMPARISONS[state.comparison]
    if state.preset == CUSTOM:
        # While the reader chooses, there is only the first day.
        shown = Days(state.range[0], state.range[-1])
        return periods.between(shown, status.first_date, status.local_date, comparison)
    return periods.choose(
        state.preset,
        status.first_date,
        status.local_date,
        state.include_today,
        comparison,
    )


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
    active = [(name, item) for name in LISTS for item in state[name]]
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


def _describe(period: Period, status: LoadStatus, language: Language) -> str:
    shown = say(
        language,
        "shown_days",
        first=formats.full_date(period.shown.first, language),
        last=formats.full_date(period.shown.last, language),
    )
    if period.complete is None:
        shown = say(
            language,
            "until_now",
            day=formats.full_date(period.shown.last, language),
            clock=formats.clock(status.local_as_of, language),
        )
    if period.previous is not None:
        compared = say(
            language,
            "compared_with",
            first=formats.full_date(period.previous.first, language),
            last=formats.full_date(period.previous.last, language),
        )
        if period.is_last_day_partial:
            compared = say(language, "compared_without_today", compared=compared)
    elif COMPARISONS[st.session_state.comparison] == "none":
        return shown
    elif period.complete is None:
        compared = say(language, "nothing_complete")
    else:
        first = formats.full_date(status.first_date, language)
        compared = say(language, "not_compared", first=first)
    return f"{shown} · {compared}"
