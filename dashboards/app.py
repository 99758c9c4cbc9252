"""The shell of the dashboard: what is around every page, and what stands in for one."""

from pathlib import Path

import streamlit as st

from dashboards import filters, freshness, marts
from dashboards.pages import executive
from dashboards.states import show_state
from dashboards.texts import say

ICON = str(Path(__file__).with_name("icon.svg"))
LOGO = str(Path(__file__).with_name("logo.svg"))


def main() -> None:
    """Draw the shell, and in it the page that the reader opened."""
    filters.read_link()
    language = st.session_state.language
    st.set_page_config(
        page_title=say(language, "product"), page_icon=ICON, layout="wide"
    )
    st.logo(LOGO, size="large")

    def executive_page() -> None:
        executive.show(view)

    page = st.navigation(
        [
            st.Page(
                executive_page,
                title=say(language, "executive"),
                url_path="visao-executiva",
                default=True,
            )
        ],
        position="top",
    )
    with st.container(horizontal_alignment="center"), st.container(width=1440):
        with st.container(
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
        ):
            st.title(page.title, anchor=False, width="content")
            aside = st.container(
                horizontal=True, vertical_alignment="center", width="content"
            )
        with aside:
            badge = st.empty()
            filters.choose_language()
        try:
            status = marts.load_status()
            with badge:
                freshness.show_badge(status, language)
            freshness.show_banner(status, language)
            view = filters.choose(status, language)
            page.run()
        except marts.NoDataError:
            show_state("no_data", ":material/hourglass_empty:")
        except marts.DatabaseDownError:
            show_state("down", ":material/cloud_off:")
        filters.write_link()


if __name__ == "__main__":
    main()
