"""The report: the numbers of a period on two pages of A4, as PDF.

Typst sets it (report.typ); what it says comes from the query layer, through the same
functions as the pages.
"""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from dashboards import charts, freshness
from dashboards.cards import (
    show_change,
    show_label,
    show_main,
    show_value,
    show_versus,
)
from dashboards.exports import tables
from dashboards.filters import describe
from dashboards.pages import ai, executive, operation, quality
from dashboards.pages.conversations import DEFAULT_KPI
from dashboards.view import View
from kpis import Value
from reporting import formats
from reporting.files.harmless import clean
from reporting.texts import Language, say

TEMPLATE = Path(__file__).with_name("report.typ")
FONTS = "font_source_sans_pro"
LANGUAGE_CODES = {"pt": ("pt", "BR"), "en": ("en", "US")}
# In the order of executive.STACKS, and of operation.SENDERS.
STACK_COLORS = (
    charts.TEAL, charts.AMBER, charts.VIOLET, charts.BRICK, charts.MUTED,
)  # fmt: skip
SENDER_COLORS = (charts.TEAL, charts.AMBER, charts.VIOLET, charts.BRICK)
RATING_COLORS = ("#B42318", "#D9776C", charts.MUTED, "#A79DDD", charts.VIOLET)
# Levels on the second page, each with the KPIs that its page has first.
LEVELS = {
    "operational": ("operation", (*operation.LIVE, *operation.FIRST)),
    "ai": ("ai_page", (*ai.IDENTITY, ai.CONTAINMENT, *ai.FIRST)),
    "quality": ("quality", quality.FIRST),
}
# Several numbers in one, which a line of a table does not hold.
KINDS_WITHOUT_LINE = {"distribution", "terms"}
COLUMNS = (
    "export_kpi", "export_value", "report_before", "export_change", "export_status",
    "target", "export_n",
)  # fmt: skip
MOST_FILTERS = 4  # named of each kind
MOST_UNITS = 8
LONGEST_NAME = 26  # of a unit

Data = dict[str, Any]


def written(view: View) -> bytes:
    """Return the report of the days and filters of a view.

    Raises DataChangedError where a load has come since the page was drawn,
    DatabaseDownError, NoDataError.
    """
    data = gathered(view)
    tables.check_version(view)
    return _compiler().compile(  # type: ignore[return-value]
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(data)},
    )


@cache
def _compiler() -> typst.Compiler:
    """A compiler that knows no fonts but ours: a report is the same on any machine."""
    fonts = str(resources.files(FONTS) / "files")
    return typst.Compiler(
        root=TEMPLATE.parent, font_paths=[fonts], ignore_system_fonts=True
    )


def gathered(view: View) -> Data:
    """Return all that the report says, written in the reader's language."""
    language = view.language
    code, region = LANGUAGE_CODES[language]
    found = view.values((DEFAULT_KPI, "messages_total"))
    is_empty = not any(isinstance(v, Exception) or v.cases for v in found.values())
    ids = view.ids("executive", executive.FIRST)
    cards = [_card(kpi_id, value, view) for kpi_id, value in view.values(ids).items()]
    first = len(executive.FIRST)
    return {
        "language": code,
        "region": region,
        "title": say(language, "report_title"),
        "product": say(language, "product"),
        "days": _days(view),
        "warning": freshness.warning(view.status, language) or "",
        "sentence": tables.nothing(view) if is_empty else executive.summary(view),
        "pages": [say(language, "report_page", page=page) for page in (1, 2)],
        "footer": _footer(view),
        "cards": cards[:first],
        "more_title": say(language, "and_also"),
        "more": cards[first:],
        "by_day": None if is_empty else _by_day(view),
        "bars": [] if is_empty else _bars(view),
        "units": _units(view),
        "columns": [say(language, name) for name in COLUMNS],
        "levels": [_level(level, view) for level in LEVELS],
        "definitions_title": say(language, "export_definitions"),
        "definitions": [_definition(kpi_id, view) for kpi_id in ids],
    }


def _card(kpi_id: str, found: Value | Exception, view: View) -> Data:
    language, kpi = view.language, view.catalogue[kpi_id]
    line = {
        "id": kpi_id,
        "label": show_label(kpi, language),
        "value": formats.NO_VALUE,
        "before": formats.NO_VALUE,
        "versus": "",
        "change": formats.NO_VALUE,
        "status": "critical",
        "word": say(language, "card_failed"),
        "target": formats.NO_VALUE,
        "n": formats.NO_VALUE,
    }
    if kpi.target is not None:
        sign = "≤" if kpi.direction == "down" else "≥"
        line["target"] = f"{sign} {show_value(kpi, kpi.target, language)}"
    if isinstance(found, Exception):
        return line
    change = show_change(found, language)
    before = show_value(kpi, found.previous, language)
    return line | {
        "value": show_main(found, language),
        "before": before,
        "versus": show_versus(found, language) or "",
        "change": formats.NO_VALUE if change is None else str(change),
        "status": "none" if found.reason else found.status or "none",
        "word": tables.status_word(found, language),
        "n": formats.count(found.cases, language),
    }


def _level(level: str, view: View) -> Data:
    title, first = LEVELS[level]
    ids = [
        kpi_id
        for kpi_id in view.ids(level, first)
        if view.catalogue[kpi_id].kind not in KINDS_WITHOUT_LINE
        and view.catalogue[kpi_id].level == level
    ]
    found = view.values(tuple(ids))
    return {
        "title": say(view.language, title),
        "rows": [_card(kpi_id, value, view) for kpi_id, value in found.items()],
    }


def _definition(kpi_id: str, view: View) -> list[str]:
    kpi = view.catalogue[kpi_id]
    is_pt = view.language == "pt"
    definition = kpi.definition_pt if is_pt else kpi.definition_en
    return [show_label(kpi, view.language), definition]


# ------------------------------------------------------------------ charts


def _by_day(view: View) -> Data:
    """The episodes of each day by outcome, with those of the days before."""
    language, period = view.language, view.period
    shown = executive.by_day(view, "shown")
    previous = executive.by_day(view, "previous")
    days = list(period.shown)
    stacks = [
        {
            "name": say(language, name),
            "color": color,
            "heights": [
                sum(shown.get(day, {}).get(o, 0.0) for o in of) for day in days
            ],
        }
        for (name, of), color in zip(
            executive.STACKS.items(), STACK_COLORS, strict=True
        )
    ]
    before = list(period.previous) if period.previous is not None else []
    line = [sum(previous.get(day, {}).values()) for day in before]
    names = [formats.day(day, language) for day in days]
    if period.is_last_day_partial:
        names[-1] = say(language, "partial", day=names[-1])
    step = 1 if len(days) <= 10 else 7 * -(-len(days) // 70)
    highest = max([*(sum(shown.get(day, {}).values()) for day in days), *line, 1])
    return {
        "title": executive.outcome_finding(executive.total(shown), language),
        "caption": say(language, "outcome_caption"),
        "stacks": stacks,
        "line_name": say(language, "previous_period"),
        "line": line,
        "ticks": list(enumerate(names))[::-step],
        "step": _step(highest),
        "lines": math.ceil(highest / _step(highest)),
    }


def _step(highest: float) -> int:
    """The round number at whose multiples lines go across, five at most."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if 5 * step >= highest:
                return step
        power *= 10


def _bars(view: View) -> list[Data]:
    """Whole bars cut into shares: outcomes, who wrote, ratings."""
    language = view.language
    outcomes = executive.total(executive.by_day(view, "shown"))
    parts = {
        say(language, name): sum(outcomes[o] for o in of)
        for name, of in executive.STACKS.items()
    }
    bars = [_bar("report_outcomes", parts, STACK_COLORS, language)]
    sums = _sums(view, operation.SENDERS)
    parts = {say(language, sender): sums[sender] for sender in operation.SENDERS}
    bars.append(_bar("report_who_wrote", parts, SENDER_COLORS, language))
    sums = _sums(view, tuple(quality.COUNTS.values()))
    parts = {
        say(language, "report_rating", rating=rating): sums[name]
        for rating, name in sorted(quality.COUNTS.items())
    }
    bars.append(_bar("report_ratings", parts, RATING_COLORS, language))
    return [bar for bar in bars if bar["parts"]]


def _units(view: View) -> Data:
    """The units with most episodes, and their part of all."""
    language = view.language
    found = [value for value in view.groups((DEFAULT_KPI,), "unit") if value.value]
    amounts = {str(value.group): value.value or 0.0 for value in found}
    title = say(language, "unit_caption")
    if len(amounts) > MOST_UNITS:
        more = formats.count(len(amounts) - MOST_UNITS, language)
        title += f" ({say(language, 'report_more', count=more)})"
    largest = sorted(amounts.items(), key=lambda item: -item[1])[:MOST_UNITS]
    return {
        "title": title,
        "bars": [
            {
                "name": _short(clean(name)),
                "length": amount / largest[0][1],
                "text": _share(amount, sum(amounts.values()), language),
            }
            for name, amount in largest
        ],
    }


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _share(amount: float, whole: float, language: Language) -> str:
    count = formats.count(amount, language)
    return f"{count} ({formats.whole_percent(amount / whole, language)})"


def _sums(view: View, names: tuple[str, ...]) -> Mapping[str, float]:
    rows = view.components(quality.ACTIVITY, names)
    return next((row.sums for row in rows if row.span == "shown"), {}) or dict.fromkeys(
        names, 0.0
    )


def _bar(
    title: str, parts: Mapping[str, float], colors: Iterable[str], language: Language
) -> Data:
    whole = sum(parts.values())
    return {
        "title": say(language, title),
        "parts": [
            {
                "name": name,
                "share": amount / whole,
                "text": _share(amount, whole, language),
                "color": color,
            }
            for (name, amount), color in zip(parts.items(), colors, strict=True)
            if amount
        ],
    }


# ------------------------------------------------------------------ around them


def _days(view: View) -> str:
    language, period = view.language, view.period
    shown = _span(period.shown.first, period.shown.last, language)
    if period.previous is None:
        return f"{shown} · {say(language, 'report_not_compared')}"
    before = period.previous
    compared = say(
        language,
        "compared_with",
        first=formats.full_date(before.first, language),
        last=formats.full_date(before.last, language),
    )
    if period.is_last_day_partial:
        compared = say(language, "compared_without_today", compared=compared)
    return f"{shown} · {compared}"


def _span(first: date, last: date, language: Language) -> str:
    return say(
        language,
        "shown_days",
        first=formats.full_date(first, language),
        last=formats.full_date(last, language),
    )


def _footer(view: View) -> str:
    language = view.language
    return say(
        language,
        "report_footer",
        days=_days(view),
        filters=clean(_filters(view)),
        data=tables.freshness_of(view),
        made=formats.full_moment(tables.made_at(view), language),
    )


def _filters(view: View) -> str:
    """Name the filters in a line, of many only the first."""
    language = view.language
    parts = []
    for name, items in describe(view.link, view.status, language):
        named = ", ".join(items[:MOST_FILTERS])
        if len(items) > MOST_FILTERS:
            more = formats.count(len(items) - MOST_FILTERS, language)
            named += f" {say(language, 'report_more', count=more)}"
        parts.append(f"{name}: {named}")
    return " · ".join(parts) or say(language, "export_no_filters").lower()
