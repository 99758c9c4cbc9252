"""The filters of every page, which the link of the page keeps."""

import streamlit as st

from dashboards import formats, marts, periods
from dashboards.marts import LoadStatus
from dashboards.periods import Period
from dashboards.texts import Language, say
from dashboards.view import View

LANGUAGES: tuple[Language, ...] = ("pt", "en")


def read_link() -> None:
    """Take over what the link says, unless it is what was chosen here.

    What a link may not say falls back to the default. Streamlit forgets a choice whose
    widget was not on the page, as when the database did not answer; the link does not.
    """
    link = {name: st.query_params.get_all(name) for name in st.query_params}
    last = {name: values[-1] for name, values in link.items() if values}
    preset, language = last.get("p"), last.get("idioma")
    said = {
        "preset": preset if preset in periods.PRESETS else periods.DEFAULT_PRESET,
        "include_today": last.get("hoje") == "1",
        "units": link.get("un", []),
        "language": language if language in LANGUAGES else LANGUAGES[0],
    }
    is_news = link != st.session_state.get("link")
    for name, value in said.items():
        if is_news or name not in st.session_state:
            st.session_state[name] = value


def write_link() -> None:
    """Let the link say what was chosen; what is default is left out."""
    state = st.session_state
    link = {
        "p": [] if state.preset == periods.DEFAULT_PRESET else [state.preset],
        "hoje": ["1"] if state.include_today else [],
        "un": state.units,
        "idioma": [] if state.language == LANGUAGES[0] else [state.language],
    }
    link = {name: list(values) for name, values in link.items() if values}
    if link != {name: st.query_params.get_all(name) for name in st.query_params}:
        st.query_params.from_dict(link)
    state.link = link


def clear() -> None:
    """Choose the defaults again; the language stays."""
    st.session_state.preset = periods.DEFAULT_PRESET
    st.session_state.include_today = False
    st.session_state.units = []


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


def choose(status: LoadStatus, language: Language) -> View:
    """Show the filters in one row; return what is chosen."""
    places = marts.places(status.version)
    st.session_state.units = [unit for unit in st.session_state.units if unit in places]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            say(language, "period"),
            periods.PRESETS,
            format_func=lambda preset: say(language, preset),
            required=True,
            key="preset",
            label_visibility="collapsed",
        )
        st.multiselect(
            say(language, "units"),
            places,
            placeholder=say(language, "all_units"),
            key="units",
            select_all=False,
            label_visibility="collapsed",
            width=360,
        )
        st.toggle(
            say(language, "include_today"),
            help=say(language, "include_today_help"),
            key="include_today",
        )
    period = periods.choose(
        st.session_state.preset,
        status.first_date,
        status.local_date,
        st.session_state.include_today,
    )
    st.caption(_describe(period, status, language))
    inbox_ids = {
        inbox_id for unit in st.session_state.units for inbox_id in places[unit]
    }
    return View(language, status, period, tuple(sorted(inbox_ids)) or None)


def _describe(period: Period, status: LoadStatus, language: Language) -> str:
    shown = say(
        language,
        "shown_days",
        first=formats.full_date(period.shown.first, language),
        last=formats.full_date(period.shown.last, language),
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
    elif period.complete is None:
        compared = say(language, "nothing_complete")
    else:
        first = formats.full_date(status.first_date, language)
        compared = say(language, "not_compared", first=first)
    return f"{shown} · {compared}"
