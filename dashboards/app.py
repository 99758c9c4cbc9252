"""The shell of the dashboard: what is around every page, and what stands in for one."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import access, downloads, filters, freshness, marts
from dashboards.access import Reader, Refused
from dashboards.language import tell_browser
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
from dashboards.states import show_reason, show_state
from dashboards.view import PageView
from kpis import DatabaseDownError, NoDataError, dimensions
from reporting.texts import plain, say

ICON = str(Path(__file__).with_name("icon.svg"))
LOGO = str(Path(__file__).with_name("logo.svg"))

# Each page: its title among the texts, its address, and what draws it.
PAGES: tuple[tuple[str, str, Callable[[PageView], None]], ...] = (
    ("executive", "visao-executiva", executive.show),
    ("operation", "operacao", operation.show),
    ("ai_page", "agente-de-ia", ai.show),
    ("quality", "qualidade", quality.show),
    ("segments", "segmentos", segments.show),
    ("trends", "tendencias", trends.show),
    ("conversations_page", "conversas", conversations.show),
    ("glossary", "glossario", glossary.show),
)
FIRST = PAGES[0][1]


def main() -> None:
    """Draw the shell, and in it the page that the reader opened."""
    language = filters.read_language()
    st.set_page_config(
        page_title=say(language, "product"), page_icon=ICON, layout="wide"
    )
    st.logo(LOGO, size="large")

    def drawn_by(show: Callable[[PageView], None]) -> Callable[[], None]:
        return lambda: show(view)

    pages = {
        address: st.Page(
            drawn_by(show),
            title=say(language, title),
            url_path="" if address == FIRST else address,
            default=address == FIRST,
        )
        for title, address, show in PAGES
    }
    # The first page has no address of its own; who types one gets there all the same.
    alias = st.Page(
        lambda: st.switch_page(pages[FIRST], query_params=filters.whole_link()),
        title=pages[FIRST].title,
        url_path=FIRST,
        visibility="hidden",
    )
    reader = access.reader()
    if isinstance(reader, Refused):
        st.navigation([*pages.values(), alias], position="hidden")
        _show_refusal(reader)
        tell_browser(st.session_state.language)
        return
    page = st.navigation([*pages.values(), alias], position="top")
    if page is alias:
        page.run()
    address = next(name for name, known in pages.items() if known is page)
    filters.read_link(address)
    language = st.session_state.language
    with st.container(horizontal_alignment="center"), st.container(width=1440):
        badge, files = _show_header(page.title, reader)
        try:
            status = marts.now()
            ask = marts.as_of(status.version)
            with badge:
                freshness.show_badge(status, language)
            freshness.show_banner(status, language)
            if reader.limits and not ask(dimensions.places):
                names = plain(_limits(reader))
                show_state("nothing_allowed", ":material/lock:", names=names)
                tell_browser(language)
                return
            view = filters.choose(status, ask, language, pages)
            page.run()
            with files:
                downloads.show(view, address, page.title)
        except NoDataError:
            show_state("no_data", ":material/hourglass_empty:")
        except DatabaseDownError:
            marts.forget()
            show_state("down", ":material/cloud_off:")
        filters.write_link()
        tell_browser(language)


def _show_refusal(refused: Refused) -> None:
    """Stand in for every page: sign in, or why there is nothing to see."""
    language = st.session_state.language
    with (
        st.container(horizontal_alignment="center"),
        st.container(width=640, gap="medium"),
    ):
        with st.container(horizontal=True, horizontal_alignment="right"):
            filters.choose_language()
        email = plain(refused.email or say(language, "no_account"))
        show_reason(refused.reason, ":material/lock:", email=email)
        if refused.reason == "signed_out":
            st.button(
                say(language, "sign_in"),
                icon=":material/login:",
                type="primary",
                on_click=st.login,
            )
        else:
            _show_sign_out()


def _show_sign_out() -> None:
    st.button(
        say(st.session_state.language, "sign_out"),
        icon=":material/logout:",
        on_click=st.logout,
    )


def _limits(reader: Reader) -> str:
    limits = reader.limits
    return ", ".join((*limits.units, *limits.teams, *limits.accounts))


def _show_reader(reader: Reader) -> None:
    """Say as whom one reads, and what of it; offer to leave."""
    language = st.session_state.language
    with st.popover(plain(reader.email), icon=":material/account_circle:"):
        st.markdown(f"**{say(language, f'role_{reader.role}')}**")
        if reader.limits:
            st.caption(plain(say(language, "limited_to", names=_limits(reader))))
        _show_sign_out()


def _show_header(title: str, reader: Reader) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Show the title, the language and the reader.

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
            if reader != access.LOCAL:
                _show_reader(reader)
    return badge, files


if __name__ == "__main__":
    main()
