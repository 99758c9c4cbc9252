"""The door of the pages to the marts, and what was asked there, kept while they stay.

Each answer is kept by the version of the marts, which is another one for other marts
and for other limits: what one reader asked for is never shown to one who may see less.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

import kpis
from dashboards import access
from ground.database import Database
from ground.embedded import EmbeddedPostgresError
from ground.settings import ConfigurationError, load_settings
from kpis import DatabaseDownError, Marts, health
from kpis.status import LoadStatus, load_status
from reporting.view import Ask

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

# What may be another while the marts are the same: it is asked anew each time.
ALWAYS_ASKED: tuple[object, ...] = (
    load_status,
    health.last_load,
    health.runs,
    health.failures,
)
# What has many rows, of which fewer are kept.
LISTS: tuple[object, ...] = (
    kpis.listing,
    kpis.comments,
    kpis.conversation,
    kpis.messages,
)


@st.cache_resource(show_spinner=False)
def _database() -> Database:
    return load_settings().dashboard


def marts() -> Marts:
    """The marts, as far as the reader may see them.

    Raises DatabaseDownError where there is no server to ask, PermissionError for one
    who may read nothing.
    """
    reader = access.current()
    try:
        return Marts(_database(), reader.limits, reader.sees_contacts)
    except (EmbeddedPostgresError, ConfigurationError) as error:
        raise DatabaseDownError(str(error)) from error


def forget() -> None:
    """Read the settings again at the next attempt: a server may have moved."""
    _database.clear()


def now() -> LoadStatus:
    """Read which load the marts show now.

    Raises DatabaseDownError or NoDataError.
    """
    return load_status(marts())


def as_of(version: str) -> Ask:
    """Return what asks the marts, and keeps the answers as those of a version."""

    def ask(
        question: Callable[Concatenate[Marts, Given], Answer],
        /,
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Answer:
        if question in ALWAYS_ASKED:
            return question(marts(), *given, **named)
        find = _rows if question in LISTS else _numbers
        # To hash what is given field by field takes Streamlit longer than a page.
        asked = f"{_name(question)} {given} {named}"
        found: Answer = find(version, asked, lambda: question(marts(), *given, **named))
        return found

    return ask


def _name(question: Callable[..., object]) -> str:
    """Tell a question from all others.

    Raises ValueError for one that has no name, by which it could be kept.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    if "<" in name:
        raise ValueError(f"{name} is not the only one of this name")
    return name


@st.cache_data(ttl="10m", max_entries=1024, show_spinner=False)
def _numbers(version: str, asked: str, _find: Callable[[], object]) -> Any:
    del version, asked
    return _find()


@st.cache_data(ttl="10m", max_entries=256, show_spinner=False)
def _rows(version: str, asked: str, _find: Callable[[], object]) -> Any:
    del version, asked
    return _find()
