"""The parts of a page: a chart with its sentence and its numbers, or why not."""

import logging
from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboards import filters
from dashboards.charts import CONFIG
from kpis import DatabaseDownError
from reporting import formats
from reporting.kpi_words import how_to_switch_on
from reporting.texts import plain, say
from reporting.view import View

log = logging.getLogger(__name__)


def show_section(view: View, show: Callable[..., None], *arguments: object) -> None:
    """Draw a part of a page; where it fails, the others are still drawn.

    Raises DatabaseDownError, for then the others fail, too.
    """
    try:
        show(view, *arguments)
    except DatabaseDownError:
        raise
    except Exception as error:
        log.error("%s failed", show.__name__, exc_info=error)
        with st.container(border=True, height="stretch"):
            st.badge(
                say(view.language, "card_failed"), icon=":material/error:", color="red"
            )
            st.caption(say(view.language, "section_failed_help"))


def pick_row(table: pd.DataFrame, key: str, title: str, **options: Any) -> int | None:
    """Show a table of which a row can be ticked; return the one that is."""
    event = st.dataframe(
        table,
        hide_index=True,
        height="content",
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        alt=title,
        **options,
    )
    picked: list[int] = event["selection"]["rows"]
    return picked[0] if picked else None


def show_chart(
    view: View,
    key: str,
    finding: str,
    caption: str,
    figure: go.Figure,
    table: "pd.DataFrame | pd.io.formats.style.Styler | None" = None,
    is_clickable: bool = True,
) -> list[dict[str, Any]]:
    """Show a chart and, on demand, its numbers as a table.

    `key` tells the charts of a page apart. Return the marks that the reader clicked.
    """
    language, shown = view.language, view.period.shown
    with st.container(border=True, height="stretch"):
        st.subheader(plain(finding), anchor=False)
        st.caption(plain(caption))
        event = st.plotly_chart(
            figure,
            config=CONFIG,
            key=f"chart {key}",
            on_select="rerun" if is_clickable else "ignore",
            selection_mode="points",
            alt=say(
                language,
                "chart_alt",
                caption=caption,
                first=formats.full_date(shown.first, language),
                last=formats.full_date(shown.last, language),
                finding=finding,
            ),
        )
        if table is not None and st.toggle(
            say(language, "show_table"), key=f"table of {key}"
        ):
            st.table(table)
    if not is_clickable:
        return []
    return list(event["selection"]["points"])  # type: ignore[index]


def show_nothing(view: View, caption: str) -> None:
    """Stand in for a chart without anything on it."""
    with st.container(border=True, height="stretch"):
        st.subheader(say(view.language, "none_finding"), anchor=False)
        st.caption(plain(caption))


def show_empty(view: View) -> None:
    """Say that nothing happened, and offer the way back."""
    text = say(
        view.language,
        "empty",
        first=formats.full_date(view.period.shown.first, view.language),
        last=formats.full_date(view.period.shown.last, view.language),
    )
    title = say(view.language, "empty_title")
    st.info(f"**{title}**  \n{text}", icon=":material/search_off:")
    st.button(
        say(view.language, "clear_filters"), key="clear empty", on_click=filters.clear
    )


def show_switched_off(view: View, feature: str) -> None:
    """Say that a source of numbers is not switched on, and how to do it."""
    title = say(view.language, "reason_not_configured")
    how = how_to_switch_on(feature, view.language)
    st.info(f"**{title}**  \n{plain(how)}", icon=":material/power_settings_new:")
