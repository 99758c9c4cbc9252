"""What changed: the parts that moved a number most, each the way to its list."""

import streamlit as st

from dashboards.view import PageView
from kpis import Kpi
from kpis.contributions import Contribution
from reporting.findings import changes
from reporting.kpi_words import show_label
from reporting.texts import plain, say

MOST_SHOWN = 5


def show_changes(view: PageView, first: tuple[str, ...]) -> None:
    """Choose a KPI and a cut, and show what its change consists of."""
    language = view.language
    ids = changes.ids(view, first)
    with st.container(border=True, height="stretch"):
        st.subheader(say(language, "changes_title"), anchor=False)
        labels = {i: show_label(view.catalogue[i], language) for i in ids}
        kpi_id = st.selectbox(
            say(language, "changes_kpi"),
            ids,
            format_func=labels.__getitem__,
            key=f"changes kpi {language}",
            label_visibility="collapsed",
        )
        kpi = view.catalogue[kpi_id]
        cut = st.selectbox(
            say(language, "changes_by"),
            changes.cuts(kpi),
            format_func=lambda name: say(language, f"by_{name}"),
            key=f"changes by {language}",
            label_visibility="collapsed",
        )
        if view.period.previous is None:
            st.caption(say(language, "changes_none"))
            return
        _show_parts(view, kpi, cut, changes.found_parts(view, kpi, cut))


def _show_parts(view: PageView, kpi: Kpi, cut: str, found: list[Contribution]) -> None:
    language = view.language
    if not any(part.total for part in found):
        st.caption(say(language, "changes_nothing"))
        return
    total = sum(part.total for part in found)
    st.caption(plain(changes.caption(kpi, total, language)))
    shown, others = found[:MOST_SHOWN], found[MOST_SHOWN:]
    for part in shown:
        st.page_link(
            view.pages["conversas"],
            label=plain(changes.part_text(view, kpi, cut, part)),
            query_params=changes.link(view, kpi, cut, part.part),
            help="",
        )
        reasons = changes.reasons(kpi, part, language)
        if reasons is not None:
            st.caption(plain(reasons))
    if others:
        st.caption(plain(changes.others_text(kpi, others, language)))
    if changes.has_mix(found):
        st.caption(say(language, "changes_rate"))
