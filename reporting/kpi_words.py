"""A KPI and its values in words: as a card, a list, a file or a mail says them."""

from collections.abc import Callable

from kpis import Kpi, Value, kind_of
from reporting import formats
from reporting.texts import Language, say

COUNTED = {
    "episodes", "conversations", "contacts", "messages", "agents", "answers", "terms",
    "days",
}  # fmt: skip
FORMATS: dict[str, Callable[[float, Language], str]] = {
    "seconds": formats.duration,
    "hours": formats.hours,
    "rate": formats.percent,
    "points": lambda value, language: (
        f"{formats.signed(100 * value, language) or '0'} pp"
    ),
    "rating": formats.rating,
    "index": lambda value, language: formats.signed(value, language, 2) or "0",
    "ratio": formats.rating,
    # "Segunda", for "segunda-feira" is cut on a phone.
    "weekday": lambda value, language: formats.weekday_name(
        round(value), language
    ).partition("-")[0],
    "hour_of_day": lambda value, _: formats.hour_of_day(round(value)),
    "percent_per_month": lambda value, language: say(
        language, "per_month", value=_signed_percent(value, language)
    ),
    "currency_brl": formats.money,
}


def show_label(kpi: Kpi, language: Language) -> str:
    """Name a KPI."""
    return kpi.label_pt if language == "pt" else kpi.label_en


def definition(kpi: Kpi, language: Language) -> str:
    """Say what a KPI counts."""
    return kpi.definition_pt if language == "pt" else kpi.definition_en


def caveat(kpi: Kpi, language: Language) -> str:
    """Say what to mind about a KPI, if anything."""
    return (kpi.caveat_pt if language == "pt" else kpi.caveat_en) or ""


def show_value(kpi: Kpi, value: float | None, language: Language) -> str:
    """Write a value in the unit of its KPI."""
    if value is None:
        return formats.NO_VALUE
    kind = kind_of(kpi)
    if kpi.unit == "rate" and kind.is_change:
        return _signed_percent(value, language)
    if kpi.unit == "rating" and kind.is_change:
        return formats.signed(value, language, 2) or "0"
    if kpi.unit in COUNTED:
        number = formats.decimal if kind.is_mean else formats.count
        return number(value, language)
    return FORMATS[kpi.unit](value, language)


def show_main(value: Value, language: Language) -> str:
    """Write what stands on the card of a KPI: its value, or the main of its parts."""
    if value.value is not None:
        return show_value(value.kpi, value.value, language)
    return _main_part(value, language) or formats.NO_VALUE


def show_change(value: Value, language: Language) -> str | int | None:
    """Write a change; the number 0 where it would show as zero."""
    if value.change is None:
        return None
    unit = value.kpi.change_unit
    text = formats.signed(value.change, language, 2 if unit == "points" else 1)
    if not text:
        return 0  # a number: a text of zero would be painted as a rise
    return text + {"pp": f" {say(language, 'points')}", "%": "%"}.get(unit, "")


def show_versus(value: Value, language: Language) -> str | None:
    """Write the value before; None where there is nothing to compare with."""
    if value.previous is None:
        return None
    before = show_value(value.kpi, value.previous, language)
    return say(language, "versus", value=before)


def describe(value: Value, language: Language) -> str:
    """Say what a KPI counts, its caveat, its target and its cases."""
    kpi = value.kpi
    sentences = [definition(kpi, language), caveat(kpi, language)]
    if kpi.target is not None:
        limit = "target_at_most" if kpi.direction == "down" else "target_at_least"
        target = show_value(kpi, kpi.target, language)
        sentences.append(say(language, limit, target=target))
        if not kpi.has_confirmed_target:
            sentences.append(say(language, "proposed_target"))
    if value.reason == "small_sample":
        sentences.append(say(language, "small_sample_help", cases=kpi.minimum_cases))
    elif value.reason is not None:
        sentences.append(explain(value, language))
    sentences.append(write_cases(value, language).capitalize() + ".")
    return " ".join(filter(None, sentences))


def explain(value: Value, language: Language) -> str:
    """Say why there is no value, and what to do about it."""
    if value.reason == "not_configured":
        return how_to_switch_on(value.kpi.feature, language)
    return say(language, f"{value.reason}_help")


def write_cases(value: Value, language: Language) -> str:
    """Say how many cases there were, and of what."""
    cases, unit = formats.count(value.cases, language), value.kpi.unit_of_cases
    if unit is None:
        return say(language, "cases", cases=cases)
    return say(language, "cases_of", what=say(language, f"measure_{unit}"), cases=cases)


def how_to_switch_on(feature: object, language: Language) -> str:
    """Say how to have a source of numbers that is off."""
    return say(
        language,
        f"how_{feature}",
        or_else=say(language, "not_configured_help"),
    )


def _main_part(value: Value, language: Language) -> str:
    """The first of several numbers, where these are all that a KPI has."""
    if not value.parts or value.reason not in (None, "small_sample"):
        return ""
    top = max(value.parts, key=lambda part: part.value or 0.0)
    if top.value is None or kind_of(value.kpi).told_parts != "largest":
        return ""
    key = str(top.key).rpartition("_")[2]
    return say(language, "most", name=key, value=formats.percent(top.value, language))


def _signed_percent(value: float, language: Language) -> str:
    return f"{formats.signed(100 * value, language) or '0'}%"
