"""KPI cards: value, change, course, target, cases, and the way to what is behind."""

import logging
from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from dashboards.view import PageView
from kpis import Kpi, Value, kind_of
from reporting import cards, freshness
from reporting.kpi_words import (
    describe,
    show_change,
    show_label,
    show_main,
    show_versus,
)
from reporting.texts import Language, plain, say
from reporting.view import Link

log = logging.getLogger(__name__)

Color = Literal["green", "orange", "red", "gray"]
STATUSES: dict[str, tuple[Color, str]] = {
    "met": ("green", ":material/check_circle:"),
    "attention": ("orange", ":material/warning:"),
    "critical": ("red", ":material/error:"),
}
DELTA_COLORS: dict[str, Literal["normal", "inverse", "off"]] = {
    "up": "normal",
    "down": "inverse",
    "neutral": "off",
}
LONGEST_BESIDE_CHANGE = 10  # characters, on a phone


def show_cards(
    view: PageView,
    kpi_ids: Sequence[str],
    columns: int | None = None,
    is_compact: bool = False,
    found: Mapping[str, Value | Exception] | None = None,
) -> None:
    """Show KPIs as cards in a grid, with values that are `found` already or not.

    A KPI that fails says so on its card; the others are shown.
    """
    found = view.values(tuple(kpi_ids)) if found is None else found
    view.note(found)
    courses = {} if is_compact else cards.courses(view, found)
    responders = cards.by_responder(view, found)
    left_out = cards.left_out(view, found)
    grid = st.grid(columns or _columns(len(found)), min_column_width=150, border=True)
    for kpi_id, value in found.items():
        with grid.cell():
            try:
                if isinstance(value, Exception):
                    raise value
                kpi_card(
                    value,
                    view,
                    courses.get(kpi_id),
                    responders.get(kpi_id),
                    left_out.get(kpi_id),
                    is_compact,
                )
            except Exception as error:
                log.error("the card of %s failed", kpi_id, exc_info=error)
                _show_error(view.catalogue[kpi_id], view.language)


def _columns(cards: int) -> int:
    """Four side by side, five where four would leave one alone in a row."""
    return 5 if cards > 4 and cards % 4 == 1 else 4


def kpi_card(
    value: Value,
    view: PageView,
    course: Sequence[float] | None = None,
    by_responder: Mapping[str, Value] | None = None,
    left_out: Value | None = None,
    is_compact: bool = False,
) -> None:
    """Show a KPI, in the cell of a grid."""
    language, kpi = view.language, value.kpi
    text = show_main(value, language)
    is_grey = value.reason == "small_sample" or freshness.state(view.status) == "stale"
    delta, versus = show_change(value, language), show_versus(value, language)
    # Beside the change of a narrow card a long one would be cut.
    is_below = is_compact or len(versus or "") > LONGEST_BESIDE_CHANGE
    with st.container(gap=None):
        # Beside the metric, for its own label does not wrap on a phone.
        label = show_label(kpi, language)
        st.caption(plain(label), help=plain(describe(value, language)))
        st.metric(
            label,
            f":gray[{text}]" if is_grey else text,
            delta,
            "off" if cards.is_change_unreliable(value) else DELTA_COLORS[kpi.direction],
            delta_description=None if is_below else versus,
            chart_data=list(course) if course else None,
            label_visibility="collapsed",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _show_status(value, language)
        footer = cards.footer(value, by_responder, left_out, language)
        if is_below and versus:
            footer = f"{versus} · {footer}"
        st.caption(footer, width="content")
    if value.reason not in ("not_configured", "not_filterable"):
        show_way(view, kpi, cards.own_days(value))


def show_way(view: PageView, kpi: Kpi, others: Link | None = None) -> None:
    """Link to the conversations that a KPI counts, where it counts any."""
    page = view.pages.get("conversas")
    if page is None or not kind_of(kpi).has_list:
        return
    st.page_link(
        page,
        label=say(view.language, "see_conversations"),
        icon=":material/list:",
        query_params=view.linked(kpi=kpi.kpi_id) | (others or {}),
        help="",
    )


def _show_status(value: Value, language: Language) -> None:
    status = value.status
    if value.reason is not None:
        st.badge(say(language, f"reason_{value.reason}"), color="gray")
    elif status is not None:
        color, icon = STATUSES[status]
        st.badge(say(language, status), icon=icon, color=color)


def _show_error(kpi: Kpi, language: Language) -> None:
    st.caption(plain(show_label(kpi, language)))
    st.badge(say(language, "card_failed"), icon=":material/error:", color="red")
    st.caption(say(language, "card_failed_help"))
