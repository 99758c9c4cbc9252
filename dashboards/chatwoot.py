"""Chatwoot's own numbers beside ours, and why they differ."""

import pandas as pd
import streamlit as st

from dashboards.view import PageView
from kpis.chatwoot import NUMBERS, ChatwootNumber
from reporting.findings import chatwoot
from reporting.texts import CHATWOOT_NOTES, Language, plain, say


def show_chatwoot(view: PageView) -> None:
    """Compare what Chatwoot's reports show with the KPIs that answer the same."""
    language = view.language
    st.caption(chatwoot.caption(view))
    left_out = chatwoot.left_out(view)
    if left_out is not None:
        st.caption(left_out)
    in_business_hours = st.toggle(
        say(language, "chatwoot_business_hours"),
        key="chatwoot_business_hours",
        help=say(language, "chatwoot_business_hours_help"),
    )
    theirs = chatwoot.theirs(view, in_business_hours)
    if not theirs:
        st.info(say(language, "chatwoot_none"), icon=":material/search_off:")
        return
    ours = chatwoot.ours(view)
    names = [say(language, f"chatwoot_{name}") for name in ("number", "there", "here")]
    rows = [
        (
            _name_and_reason(number, language),
            _unbroken(chatwoot.write(number.unit, theirs[number.name], language)),
            f"{_unbroken(chatwoot.write_ours(number, ours[number.kpi_id], language))}"
            f"  \n:small[{plain(chatwoot.our_name(number, view))}]",
        )
        for number in NUMBERS
    ]
    table = pd.DataFrame(rows, columns=names).set_index(names[0])
    st.table(table, alt=say(language, "glossary_chatwoot"))
    with st.expander(say(language, "chatwoot_definitions")):
        st.markdown("\n".join(_definition(number, language) for number in NUMBERS))
    for note in CHATWOOT_NOTES:
        st.caption(say(language, note))


def _unbroken(text: str) -> str:
    """Keep a number on one line, however narrow its column."""
    return plain(text.replace(" ", "\u00a0"))


def _name_and_reason(number: ChatwootNumber, language: Language) -> str:
    """Name a number; the reason stands below, where a phone has room for it."""
    name = say(language, f"chatwoot_{number.name}")
    why = say(language, "chatwoot_why")
    differs = plain(say(language, f"chatwoot_{number.name}_differs"))
    return f"**{name}**  \n:small[{why}: {differs}]"


def _definition(number: ChatwootNumber, language: Language) -> str:
    name = say(language, f"chatwoot_{number.name}")
    counted = plain(say(language, f"chatwoot_{number.name}_is"))
    return f"- **{name}**: {counted}"
