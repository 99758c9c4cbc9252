"""The shell of the dashboard: what is around every page, and what stands in for one."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import filters, freshness, marts
from dashboards.exports import menu
from dashboards.pages import (
    ai,
    conversations,
    executive,
    glossary,
    operation,
    quality,
    segments,
    trends,
)
from dashboards.states import show_state
from dashboards.texts import plain, say
from dashboards.view import View
from kpis import DatabaseDownError, NoDataError

ICON = str(Path(__file__).with_name("icon.svg"))
LOGO = str(Path(__file__).with_name("logo.svg"))

# Each page: its title among the texts, its address, and what draws it.
PAGES: tuple[tuple[str, str, Callable[[View], None]], ...] = (
    ("executive", "visao-executiva", executive.show),
    ("operation", "operacao", operation.show),
    ("ai_page", "agente-de-ia", ai.show),
    ("quality", "qualidade", quality.show),
    ("segments", "segmentos", segments.show),
    ("trends", "tendencias", trends.show),
    ("conversations_page", "conversas", conversations.show),
    ("glossary", "glossario", glossary.show),
)


def main() -> None:
    """Draw the shell, and in it the page that the reader opened."""
    language = filters.read_language()
    st.set_page_config(
        page_title=say(language, "product"), page_icon=ICON, layout="wide"
    )
    st.logo(LOGO, size="large")

    def drawn_by(show: Callable[[View], None]) -> Callable[[], None]:
        return lambda: show(view)

    pages = {
        address: st.Page(
            drawn_by(show),
            title=say(language, title),
            url_path=address,
            default=address == PAGES[0][1],
        )
        for title, address, show in PAGES
    }
    page = st.navigation(list(pages.values()), position="top")
    address = next(name for name, known in pages.items() if known is page)
    filters.read_link(address)
    language = st.session_state.language
    with st.container(horizontal_alignment="center"), st.container(width=1440):
        badge, files = _show_header(page.title)
        try:
            status = marts.load_status()
            with badge:
                freshness.show_badge(status, language)
            freshness.show_banner(status, language)
            view = filters.choose(status, language, pages)
            page.run()
            with files:
                menu.show(view, address, page.title)
        except NoDataError:
            show_state("no_data", ":material/hourglass_empty:")
        except DatabaseDownError:
            marts.forget()
            show_state("down", ":material/cloud_off:")
        filters.write_link()


def _show_header(title: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Show the title and the language.

    Return where the badge of freshness goes, and the menu of files.
    """
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    ):
        st.title(plain(title), anchor=False, width="content")
        with st.container(
            horizontal=True, vertical_alignment="center", width="content"
        ):
            badge = st.empty()
            filters.choose_language()
            files = st.container(width="content")
    return badge, files


if __name__ == "__main__":
    main()
