"""How fresh the data is: a badge on every page, a banner where it is not."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import streamlit as st

from dashboards.marts import LoadStatus
from ground.settings import LATE_AFTER
from reporting import formats
from reporting.texts import Language, plain, say

STALE_AFTER = LATE_AFTER + timedelta(days=1)  # a second daily load has not come

BADGES: dict[str, tuple[Literal["green", "orange", "red"], str]] = {
    "fresh": ("green", ":material/check_circle:"),
    "building": ("green", ":material/sync:"),
    "unbuilt": ("orange", ":material/warning:"),
    "late": ("orange", ":material/schedule:"),
    "stale": ("red", ":material/error:"),
}


def now() -> datetime:
    """The moment, in UTC; the pages ask the clock for nothing else."""
    return datetime.now(UTC).replace(tzinfo=None)


def age(status: LoadStatus) -> timedelta:
    """How long ago the data showed Chatwoot as it was."""
    return now() - status.as_of


def state(status: LoadStatus) -> str:
    """Return fresh, building or unbuilt where a later load waits, late or stale."""
    if age(status) > STALE_AFTER:
        return "stale"
    if age(status) > LATE_AFTER:
        return "late"
    if status.unbuilt_local_loaded_at is not None:
        return "building" if status.is_building else "unbuilt"
    return "fresh"


def word(status: LoadStatus, language: Language) -> str:
    """Say the state in a word or two."""
    loaded = status.unbuilt_local_loaded_at
    return say(
        language,
        state(status),
        loaded="" if loaded is None else formats.clock(loaded, language),
    )


def show_badge(status: LoadStatus, language: Language) -> None:
    """Say until when the data goes and when it was loaded, or which load waits."""
    color, icon = BADGES[state(status)]
    until = say(
        language,
        "data_until" if status.unbuilt_local_loaded_at is None else "shown_until",
        moment=formats.moment(status.local_as_of, language),
        loaded=formats.clock(status.local_loaded_at, language),
    )
    text = f"{until} · {word(status, language)}"
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


def warning(status: LoadStatus, language: Language) -> str | None:
    """Say why the numbers are not those of now, or not to be relied on.

    None where nothing is wrong. A build at work is not.
    """
    moment = formats.moment(status.local_as_of, language)
    if status.is_mixed and not status.is_building:
        return say(language, "mixed_banner", since=_failed_since(status, language))
    if state(status) == "stale":
        return say(
            language,
            "stale_banner",
            moment=moment,
            age=formats.age(age(status), language),
        )
    if status.has_failed_checks:
        return say(language, "checks_banner", since=_failed_since(status, language))
    if status.has_failed_build:
        return say(
            language,
            "build_banner",
            moment=moment,
            since=_failed_since(status, language),
        )
    if status.has_failed_load:
        return say(language, "failed_banner", moment=moment)
    return None


def _failed_since(status: LoadStatus, language: Language) -> str:
    since = status.build_failed_local_since or status.local_loaded_at
    return formats.moment(since, language)
