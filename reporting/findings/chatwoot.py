"""Chatwoot's own numbers beside ours, and why they differ."""

from collections.abc import Mapping
from dataclasses import replace

from kpis import Period, Value
from kpis.chatwoot import (
    NUMBERS,
    VERSION,
    ChatwootNumber,
    Unit,
    chatwoot_numbers,
    known_to_chatwoot,
)
from reporting import formats
from reporting.kpi_words import show_label, show_value
from reporting.texts import Language, say
from reporting.view import View


def kept(view: View) -> View:
    """Return the same view with the filters alone that Chatwoot has, too."""
    days = view.period.shown
    return replace(
        view,
        period=Period(days, days, None),
        filters=known_to_chatwoot(view.filters),
    )


def left_out(view: View) -> str | None:
    """Say which filters Chatwoot has not; None where it has all."""
    names = view.filters.used - known_to_chatwoot(view.filters).used
    if not names:
        return None
    told = ", ".join(
        say(view.language, name, or_else=name).lower() for name in sorted(names)
    )
    return say(view.language, "chatwoot_without_filters", names=told)


def caption(view: View) -> str:
    """Say of which days and which Chatwoot the numbers are."""
    language, days = view.language, view.period.shown
    return say(
        language,
        "chatwoot_caption",
        first=formats.full_date(days.first, language),
        last=formats.full_date(days.last, language),
        version=VERSION,
    )


def theirs(view: View, in_business_hours: bool) -> Mapping[str, float | None]:
    """Return Chatwoot's own numbers by their names; none where it has none."""
    return view.ask(
        chatwoot_numbers, view.period.shown, kept(view).filters, in_business_hours
    )


def ours(view: View) -> dict[str, Value | Exception]:
    """Return the KPIs that answer the same as Chatwoot's numbers."""
    return kept(view).values(tuple(dict.fromkeys(n.kpi_id for n in NUMBERS)))


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


def our_name(number: ChatwootNumber, view: View) -> str:
    """Name what stands on our side of a number."""
    label = show_label(view.catalogue[number.kpi_id], view.language)
    if number.side == "value":
        return label
    return f"{say(view.language, f'chatwoot_{number.name}_ours')} ({label})"
