"""KPI cards: value, change, course, target and number of cases."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboards import formats, freshness
from dashboards.kpis import MEDIAN, NINETY_PERCENT, Kpi, Reading, Value
from dashboards.texts import Language, plain, say
from dashboards.view import View

# A value of fewer cases is not reliable.
SMALL_SAMPLE = 20

Color = Literal["green", "orange", "red"]
STATUSES: dict[str, tuple[Color, str]] = {
    "met": ("green", ":material/check_circle:"),
    "attention": ("orange", ":material/warning:"),
    "critical": ("red", ":material/error:"),
}
FORMATS: dict[str, Callable[[float, Language], str]] = {
    "conversations": formats.count,
    "contacts": formats.count,
    "seconds": formats.duration,
    "rate": formats.percent,
}
DELTA_COLORS: dict[str, Literal["normal", "inverse", "off"]] = {
    "up": "normal",
    "down": "inverse",
    "neutral": "off",
}
QUANTILES = {MEDIAN: "median", NINETY_PERCENT: "ninety_percent"}


def kpi_card(kpi: Kpi, reading: Reading, quantile: float | None, view: View) -> None:
    """Show a KPI, in the cell of a grid."""
    language, shown = view.language, reading.shown
    label, details = kpi.label(language), ""
    if quantile is not None:
        name = QUANTILES[quantile]
        label, details = say(language, name, label=label), say(language, f"{name}_help")
    value = show_value(kpi, shown.value, language)
    is_grey = is_small_sample(shown) or freshness.state(view.status) == "stale"
    is_change_unreliable = any(
        map(is_small_sample, (reading.complete, reading.previous))
    )
    with st.container(gap=None):
        # Beside the metric, for its own label does not wrap on a phone.
        st.caption(plain(label), help=plain(_help(kpi, shown, details, language)))
        st.metric(
            label,
            f":gray[{value}]" if is_grey else value,
            _delta(kpi, reading, language),
            "off" if is_change_unreliable else DELTA_COLORS[kpi.direction],
            delta_description=_versus(kpi, reading, language),
            chart_data=_course(reading),
            label_visibility="collapsed",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        # The target of a time is that of its median.
        status = None if quantile == NINETY_PERCENT else kpi.status(shown.value)
        if is_small_sample(shown):
            st.badge(say(language, "small_sample"), color="gray")
        elif status is not None:
            color, icon = STATUSES[status]
            st.badge(say(language, status), icon=icon, color=color)
        st.caption(_footer(kpi, reading, language), width="content")


def show_value(kpi: Kpi, value: float | None, language: Language) -> str:
    """Write a value in the unit of its KPI."""
    if value is None:
        return formats.NO_VALUE
    return FORMATS[kpi.unit](value, language)


def change(kpi: Kpi, reading: Reading) -> float | None:
    """Return the change in percentage points for a rate, in percent otherwise."""
    now, before = reading.complete.value, reading.previous.value
    if now is None or before is None:
        return None
    if kpi.unit == "rate":
        return 100 * (now - before)
    return 100 * (now / before - 1) if before else None


def is_small_sample(value: Value) -> bool:
    """Whether there are cases, but too few."""
    return 0 < value.cases < SMALL_SAMPLE


def _delta(kpi: Kpi, reading: Reading, language: Language) -> str | int | None:
    difference = change(kpi, reading)
    if difference is None:
        return None
    text = formats.signed(difference, language)
    if not text:
        return 0  # a number: a text of zero would be painted as a rise
    return f"{text} {say(language, 'points')}" if kpi.unit == "rate" else f"{text}%"


def _course(reading: Reading) -> list[float] | None:
    values = [day.value for day in reading.by_day.values() if day.value is not None]
    return values if len(values) > 1 else None


def _versus(kpi: Kpi, reading: Reading, language: Language) -> str | None:
    if reading.previous.value is None:
        return None
    value = show_value(kpi, reading.previous.value, language)
    return say(language, "versus", value=value)


def _footer(kpi: Kpi, reading: Reading, language: Language) -> str:
    if not reading.by_responder:
        return _cases(reading.shown, language)
    return " · ".join(
        f"{say(language, responder)} {show_value(kpi, value.value, language)}"
        for responder, value in sorted(reading.by_responder.items())
    )


def _cases(value: Value, language: Language) -> str:
    return say(language, "cases", cases=formats.count(value.cases, language))


def _help(kpi: Kpi, shown: Value, details: str, language: Language) -> str:
    sentences = [kpi.definition(language), details]
    if kpi.target is not None:
        limit = "target_at_most" if kpi.direction == "down" else "target_at_least"
        target = show_value(kpi, kpi.target, language)
        sentences.append(say(language, limit, target=target))
    if is_small_sample(shown):
        sentences.append(say(language, "small_sample_help", cases=SMALL_SAMPLE))
    sentences.append(_cases(shown, language) + ".")
    return " ".join(filter(None, sentences))
