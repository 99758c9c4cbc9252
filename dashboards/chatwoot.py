"""Chatwoot's own numbers beside ours, and why they differ."""

import pandas as pd
import streamlit as st

from dashboards import marts
from dashboards.cards import show_label, show_value
from dashboards.view import View
from kpis import Filters, Kpi, Period, Value
from kpis.chatwoot import (
    NUMBERS,
    VERSION,
    ChatwootNumber,
    Unit,
    known_to_chatwoot,
)
from reporting import formats
from reporting.texts import CHATWOOT_NOTES, Language, plain, say


def show_chatwoot(view: View) -> None:
    """Compare what Chatwoot's reports show with the KPIs that answer the same."""
    language, days = view.language, view.period.shown
    st.caption(
        say(
            language,
            "chatwoot_caption",
            first=formats.full_date(days.first, language),
            last=formats.full_date(days.last, language),
            version=VERSION,
        )
    )
    filters = known_to_chatwoot(view.filters)
    _show_what_is_left_out(view, filters)
    in_business_hours = st.toggle(
        say(language, "chatwoot_business_hours"),
        key="chatwoot_business_hours",
        help=say(language, "chatwoot_business_hours_help"),
    )
    theirs = marts.chatwoot_numbers(
        view.status.version, days, filters, in_business_hours
    )
    if not theirs:
        st.info(say(language, "chatwoot_none"), icon=":material/search_off:")
        return
    ours = marts.values_or_errors(
        view.status.version,
        tuple(dict.fromkeys(number.kpi_id for number in NUMBERS)),
        Period(days, days, None),
        filters,
    )
    names = [say(language, f"chatwoot_{name}") for name in ("number", "there", "here")]
    rows = [
        (
            _name_and_reason(number, language),
            _unbroken(write(number.unit, theirs[number.name], language)),
            _our_side(number, ours[number.kpi_id], view.catalogue, language),
        )
        for number in NUMBERS
    ]
    table = pd.DataFrame(rows, columns=names).set_index(names[0])
    st.table(table, alt=say(language, "glossary_chatwoot"))
    with st.expander(say(language, "chatwoot_definitions")):
        st.markdown("\n".join(_definition(number, language) for number in NUMBERS))
    for note in CHATWOOT_NOTES:
        st.caption(say(language, note))


def write(unit: Unit, value: float | None, language: Language) -> str:
    """Write one of Chatwoot's numbers."""
    if value is None:
        return formats.NO_VALUE
    writers = {
        "count": formats.count,
        "seconds": formats.duration,
        "rate": formats.percent,
    }
    return writers[unit](value, language)


def write_ours(
    number: ChatwootNumber, value: Value | Exception, language: Language
) -> str:
    """Write our number, or why there is none."""
    if isinstance(value, Exception):
        return say(language, "card_failed")
    ours = number.ours(value)
    if ours is None:
        reason = say(language, f"reason_{value.reason or 'no_data'}")
        return f"{formats.NO_VALUE} ({reason.lower()})"
    if number.side == "value":
        return show_value(value.kpi, ours, language)
    return formats.count(ours, language)


def _our_side(
    number: ChatwootNumber,
    value: Value | Exception,
    catalogue: dict[str, Kpi],
    language: Language,
) -> str:
    label = show_label(catalogue[number.kpi_id], language)
    if number.side != "value":
        label = f"{say(language, f'chatwoot_{number.name}_ours')} ({label})"
    ours = write_ours(number, value, language)
    return f"{_unbroken(ours)}  \n:small[{plain(label)}]"


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


def _show_what_is_left_out(view: View, filters: Filters) -> None:
    left_out = view.filters.used - filters.used
    if left_out:
        names = ", ".join(
            say(view.language, name, or_else=name).lower() for name in sorted(left_out)
        )
        st.caption(say(view.language, "chatwoot_without_filters", names=names))
