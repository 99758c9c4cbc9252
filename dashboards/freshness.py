"""How fresh the data is: a badge on every page, a banner where it is not."""

from typing import Literal

import streamlit as st

from kpis.status import LoadStatus
from reporting.freshness import state, until, warning
from reporting.texts import Language, plain, say

BADGES: dict[str, tuple[Literal["green", "orange", "red"], str]] = {
    "fresh": ("green", ":material/check_circle:"),
    "building": ("green", ":material/sync:"),
    "unbuilt": ("orange", ":material/warning:"),
    "late": ("orange", ":material/schedule:"),
    "stale": ("red", ":material/error:"),
}


def show_badge(status: LoadStatus, language: Language) -> None:
    """Say until when the data goes and when it was loaded, or which load waits."""
    color, icon = BADGES[state(status)]
    text = until(status, language)
    if status.new_accounts:
        text += " · " + say(language, "new_accounts", names=plain(status.new_accounts))
        icon = icon if color == "red" else ":material/warning:"
        color = color if color == "red" else "orange"
    st.badge(text, icon=icon, color=color)


def show_banner(status: LoadStatus, language: Language) -> None:
    """Warn where the numbers are not those of now."""
    text = warning(status, language)
    if text is None:
        return
    if state(status) == "stale":
        st.error(text, icon=":material/error:")
    else:
        st.warning(text, icon=":material/warning:")
