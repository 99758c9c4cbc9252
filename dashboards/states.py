"""What stands in for a page that cannot be shown."""

import logging

import streamlit as st

from reporting.texts import say


def show_state(name: str, icon: str, **values: str) -> None:
    """Say why there is no page, what to do, and offer to try again."""
    language = st.session_state.get("language", "pt")
    show_reason(name, icon, **values)
    st.button(say(language, "retry"))


def show_reason(name: str, icon: str, **values: str) -> None:
    """Say why there is no page, and what to do."""
    language = st.session_state.get("language", "pt")
    title = say(language, f"{name}_title")
    st.warning(f"**{title}**  \n{say(language, name, **values)}", icon=icon)


def show_failure(error: Exception) -> bool:
    """Stand in for a page that failed, for the reader has no use for a traceback."""
    logging.getLogger(__name__).error("a page failed", exc_info=error)
    show_state("failure", ":material/error:")
    return True
