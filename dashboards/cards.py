"""KPI cards: value, change, course, target, cases, and the way to what is behind."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import streamlit as st

from dashboards import freshness
from dashboards.view import View
from kpis import Kpi, Period, Value
from reporting import formats
from reporting.texts import Language, plain, say

log = logging.getLogger(__name__)

Color = Literal["green", "orange", "red", "gray"]
STATUSES: dict[str, tuple[Color, str]] = {
    "met": ("green", ":material/check_circle:"),
    "attention": ("orange", ":material/warning:"),
    "critical": ("red", ":material/error:"),
}
DELTA_COLORS: dict[str, Literal["normal", "inverse", "off"]] = {
    "up": "normal",
    "down": "inverse",
    "neutral": "off",
}
COUNTED = {
    "episodes", "conversations", "contacts", "messages", "agents", "answers", "terms",
    "days",
}  # fmt: skip
MEANS = {"ratio", "per_distinct"}
CHANGES = {"change", "growth", "week_over_week"}
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
# What says how it went, by day; the others say one thing of a whole period.
KINDS_WITH_COURSE = {"sum", "ratio", "distinct", "distinct_ratio", "percentile"}
DAYS_OF_DAILY_COURSE = 92
# Who answers how fast is two numbers in one.
BY_RESPONDER = ("first_response_time",)
# What rates of resolution leave out, and show beside them.
LEFT_OUT_OF = {"resolvable_episodes": "stopped_at_our_question_rate"}
MEDIAN = 0.5
LONGEST_BESIDE_CHANGE = 10  # characters, on a phone
# What there is no list of conversations for.
KINDS_WITHOUT_LIST = {"forecast", "anomaly"}


def show_cards(
    view: View,
    kpi_ids: Sequence[str],
    columns: int | None = None,
    is_compact: bool = False,
    found: Mapping[str, Value | Exception] | None = None,
) -> None:
    """Show KPIs as cards in a grid, with values that are `found` already or not.

    A KPI that fails says so on its card; the others are shown.
    """
    found = view.values(tuple(kpi_ids)) if found is None else found
    view.note(found)
    courses = {} if is_compact else _courses(view, found)
    responders = _by_responder(view, found)
    left_out = _left_out(view, found)
    grid = st.grid(columns or _columns(len(found)), min_column_width=150, border=True)
    for kpi_id, value in found.items():
        with grid.cell():
            try:
                if isinstance(value, Exception):
                    raise value
                kpi_card(
                    value,
                    view,
                    courses.get(kpi_id),
                    responders.get(kpi_id),
                    left_out.get(kpi_id),
                    is_compact,
                )
            except Exception as error:
                log.error("the card of %s failed", kpi_id, exc_info=error)
                _show_error(view.catalogue[kpi_id], view.language)


def _columns(cards: int) -> int:
    """Four side by side, five where four would leave one alone in a row."""
    return 5 if cards > 4 and cards % 4 == 1 else 4


def kpi_card(
    value: Value,
    view: View,
    course: Sequence[float] | None = None,
    by_responder: Mapping[str, Value] | None = None,
    left_out: Value | None = None,
    is_compact: bool = False,
) -> None:
    """Show a KPI, in the cell of a grid."""
    language, kpi = view.language, value.kpi
    text = show_main(value, language)
    is_grey = value.reason == "small_sample" or freshness.state(view.status) == "stale"
    delta, versus = show_change(value, language), show_versus(value, language)
    # Beside the change of a narrow card a long one would be cut.
    is_below = is_compact or len(versus or "") > LONGEST_BESIDE_CHANGE
    with st.container(gap=None):
        # Beside the metric, for its own label does not wrap on a phone.
        label = show_label(kpi, language)
        st.caption(plain(label), help=plain(describe(value, language)))
        st.metric(
            label,
            f":gray[{text}]" if is_grey else text,
            delta,
            "off" if _is_change_unreliable(value) else DELTA_COLORS[kpi.direction],
            delta_description=None if is_below else versus,
            chart_data=list(course) if course else None,
            label_visibility="collapsed",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _show_status(value, language)
        footer = _footer(value, by_responder, left_out, language)
        if is_below and versus:
            footer = f"{versus} · {footer}"
        st.caption(footer, width="content")
    if value.reason not in ("not_configured", "not_filterable"):
        show_way(view, kpi, **_own_days(value))


def _own_days(value: Value) -> dict[str, str]:
    """Return the days that a KPI counts whatever the period, as a link says them."""
    if value.kpi.kind not in CHANGES or not value.parts:
        return {}
    first = value.parts[-1].key
    if not isinstance(first, date):
        return {}
    last = first + timedelta(days=6)
    if value.kpi.kind != "week_over_week":
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    days = {"p": "personalizado", "de": first.isoformat(), "ate": last.isoformat()}
    return days | ({"lado": "denominador"} if value.kpi.denominator else {})


def show_way(view: View, kpi: Kpi, **others: str) -> None:
    """Link to the conversations that a KPI counts, where it counts any."""
    page = view.pages.get("conversas")
    if page is None or not is_listed(kpi):
        return
    st.page_link(
        page,
        label=say(view.language, "see_conversations"),
        icon=":material/list:",
        query_params=view.linked(kpi=kpi.kpi_id, **others),
        help="",
    )


def is_listed(kpi: Kpi) -> bool:
    """Whether kpis.listing has the rows that a KPI counts."""
    return kpi.kind not in KINDS_WITHOUT_LIST


def show_label(kpi: Kpi, language: Language) -> str:
    """Name a KPI."""
    return kpi.label_pt if language == "pt" else kpi.label_en


def show_value(kpi: Kpi, value: float | None, language: Language) -> str:
    """Write a value in the unit of its KPI."""
    if value is None:
        return formats.NO_VALUE
    if kpi.unit == "rate" and kpi.kind in CHANGES:
        return _signed_percent(value, language)
    if kpi.unit == "rating" and kpi.kind in CHANGES:
        return formats.signed(value, language, 2) or "0"
    if kpi.unit in COUNTED:
        number = formats.decimal if kpi.kind in MEANS else formats.count
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
    is_pt = language == "pt"
    sentences = [
        kpi.definition_pt if is_pt else kpi.definition_en,
        (kpi.caveat_pt if is_pt else kpi.caveat_en) or "",
    ]
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
    sentences.append(_cases(value, language).capitalize() + ".")
    return " ".join(filter(None, sentences))


def explain(value: Value, language: Language) -> str:
    """Say why there is no value, and what to do about it."""
    if value.reason == "not_configured":
        return say(
            language,
            f"how_{value.kpi.feature}",
            or_else=say(language, "not_configured_help"),
        )
    return say(language, f"{value.reason}_help")


def _show_status(value: Value, language: Language) -> None:
    status = value.status
    if value.reason is not None:
        st.badge(say(language, f"reason_{value.reason}"), color="gray")
    elif status is not None:
        color, icon = STATUSES[status]
        st.badge(say(language, status), icon=icon, color=color)


def _show_error(kpi: Kpi, language: Language) -> None:
    st.caption(plain(show_label(kpi, language)))
    st.badge(say(language, "card_failed"), icon=":material/error:", color="red")
    st.caption(say(language, "card_failed_help"))


def _courses(
    view: View, found: Mapping[str, Value | Exception]
) -> dict[str, list[float]]:
    """Return how KPIs went over the days that are over, or weeks of a long period."""
    days = view.period.complete
    ids = tuple(
        kpi_id
        for kpi_id, value in found.items()
        if isinstance(value, Value)
        and value.value is not None
        and value.kpi.kind in KINDS_WITH_COURSE
    )
    if days is None or not ids:
        return {}
    alone = View(view.language, view.status, Period(days, days, None), view.filters)
    is_daily = len(days) <= DAYS_OF_DAILY_COURSE
    by_id: dict[str, dict[object, float]] = {}
    try:
        course = alone.course(ids, "day" if is_daily else "week")
    except KeyError:
        return {}
    for value in course:
        if value.value is not None:
            by_id.setdefault(value.kpi.kpi_id, {})[value.group] = value.value
    courses = {}
    for kpi_id, by_day in by_id.items():
        of = found[kpi_id]
        if is_daily and isinstance(of, Value) and of.kpi.kind in ("sum", "distinct"):
            by_day = {day: by_day.get(day, 0.0) for day in days}
        points = [by_day[day] for day in sorted(by_day, key=str)]
        if not is_daily:
            points = points[1:-1]  # weeks of which only a part is in the period
        if len(points) > 1:
            courses[kpi_id] = points
    return courses


def _by_responder(
    view: View, found: Mapping[str, Value | Exception]
) -> dict[str, dict[str, Value]]:
    ids = tuple(
        kpi_id
        for kpi_id in BY_RESPONDER
        if isinstance(value := found.get(kpi_id), Value) and value.value is not None
    )
    if not ids:
        return {}
    by_id: dict[str, dict[str, Value]] = {}
    for value in view.groups(ids, "responder_class"):
        by_id.setdefault(value.kpi.kpi_id, {})[str(value.group)] = value
    return by_id


def _left_out(view: View, found: Mapping[str, Value | Exception]) -> dict[str, Value]:
    """The share that each KPI leaves out of its denominator, if any."""
    ids = {
        kpi_id: LEFT_OUT_OF[value.kpi.denominator]
        for kpi_id, value in found.items()
        if isinstance(value, Value) and value.kpi.denominator in LEFT_OUT_OF
    }
    shares = view.values(tuple(dict.fromkeys(ids.values()))) if ids else {}
    return {
        kpi_id: share
        for kpi_id, share_id in ids.items()
        if isinstance(share := shares.get(share_id), Value) and share.value is not None
    }


def _is_change_unreliable(value: Value) -> bool:
    fewest = value.kpi.minimum_cases
    return min(value.cases, value.previous_cases) < fewest


def _footer(
    value: Value,
    by_responder: Mapping[str, Value] | None,
    left_out: Value | None,
    language: Language,
) -> str:
    if value.reason not in (None, "small_sample"):
        return explain(value, language)
    parts = []
    for responder in ("ai", "human"):
        if by_responder and responder in by_responder:
            time = show_value(value.kpi, by_responder[responder].value, language)
            parts.append(f"{say(language, responder)} {time}")
    share = value.kpi.quantile or MEDIAN
    if not parts and value.p90 is not None and share == MEDIAN:
        time = show_value(value.kpi, value.p90, language)
        parts.append(say(language, "nine_in_ten", value=time))
    elif value.kpi.kind == "percentile" and share != MEDIAN:
        percent = formats.whole_percent(share, language)
        parts.append(say(language, "within_share", share=percent))
    if value.kpi.kind == "ratio":
        parts += [
            say(
                language,
                f"part_{part.key}",
                value=show_value(value.kpi, part.value, language),
            )
            for part in value.parts
        ]
    if value.kpi.unit == "hours":
        parts.append(say(language, "estimate"))
    if value.kpi.metric == "human_response":
        parts.append(say(language, "in_working_hours"))
    if not parts or value.kpi.counted_by:
        parts.append(_cases(value, language))
    if left_out is not None:
        stopped = show_value(left_out.kpi, left_out.value, language)
        parts.append(f"{show_label(left_out.kpi, language).lower()} {stopped}")
    return " · ".join(parts)


def _cases(value: Value, language: Language) -> str:
    cases, unit = formats.count(value.cases, language), value.kpi.unit_of_cases
    if unit is None:
        return say(language, "cases", cases=cases)
    return say(language, "cases_of", what=say(language, f"measure_{unit}"), cases=cases)


def _main_part(value: Value, language: Language) -> str:
    """The first of several numbers, where these are all that a KPI has."""
    if not value.parts or value.reason not in (None, "small_sample"):
        return ""
    top = max(value.parts, key=lambda part: part.value or 0.0)
    key = str(top.key).rpartition("_")[2] if value.kpi.kind == "distribution" else ""
    if top.value is None or not key:
        return ""
    return say(language, "most", name=key, value=formats.percent(top.value, language))


def _signed_percent(value: float, language: Language) -> str:
    return f"{formats.signed(100 * value, language) or '0'}%"
