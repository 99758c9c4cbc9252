"""The report: the numbers of a period on two pages of A4, as PDF.

Typst sets it (report.typ); what it says comes from the query layer, through the same
functions as the pages.
"""

import json
import math
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from kpis import Value, kind_of
from reporting import choices, colours, formats, freshness
from reporting.files import tables
from reporting.files.harmless import clean
from reporting.findings import ai, executive, operation, quality
from reporting.findings.conversations import DEFAULT_KPI
from reporting.kpi_words import (
    definition,
    show_change,
    show_label,
    show_main,
    show_value,
    show_versus,
)
from reporting.texts import Language, say
from reporting.view import View

TEMPLATE = Path(__file__).with_name("report.typ")
FONTS = "font_source_sans_pro"
LANGUAGE_CODES = {"pt": ("pt", "BR"), "en": ("en", "US")}
# Levels on the second page, each with the KPIs that its page has first.
LEVELS = {
    "operational": ("operation", (*operation.LIVE, *operation.FIRST)),
    "ai": ("ai_page", (*ai.IDENTITY, ai.CONTAINMENT, *ai.FIRST)),
    "quality": ("quality", quality.FIRST),
}
# Several numbers in one, which a line of a table does not hold.
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
    return compiler().compile(  # type: ignore[return-value]
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(data)},
    )


@cache
def compiler() -> typst.Compiler:
    """Return a compiler with our fonts alone: a report is the same on any machine."""
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
        if kind_of(view.catalogue[kpi_id]).has_value
        and view.catalogue[kpi_id].level == level
    ]
    found = view.values(tuple(ids))
    return {
        "title": say(view.language, title),
        "rows": [_card(kpi_id, value, view) for kpi_id, value in found.items()],
    }


def _definition(kpi_id: str, view: View) -> list[str]:
    language, kpi = view.language, view.catalogue[kpi_id]
    return [show_label(kpi, language), definition(kpi, language)]


# ------------------------------------------------------------------ charts


def _by_day(view: View) -> Data:
    """The episodes of each day by outcome, with those of the days before."""
    language, period = view.language, view.period
    days = list(period.shown)
    stacks = executive.stacks(view)
    line = list((executive.episodes_before(view) or {}).values())
    names = [formats.day(day, language) for day in days]
    if period.is_last_day_partial:
        names[-1] = say(language, "partial", day=names[-1])
    step = 1 if len(days) <= 10 else 7 * -(-len(days) // 70)
    highest = max([*map(sum, zip(*stacks.values(), strict=True)), *line, 1])
    outcomes = executive.total(executive.by_day(view, "shown"))
    return {
        "title": executive.outcome_finding(outcomes, language),
        "caption": say(language, "outcome_caption"),
        "stacks": [
            {"name": say(language, name), "color": color, "heights": heights}
            for (name, heights), color in zip(
                stacks.items(), colours.STACKS, strict=True
            )
        ],
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
    bars = [_bar("report_outcomes", parts, colours.STACKS, language)]
    sums = _sums(view, operation.SENDERS)
    parts = {say(language, sender): sums[sender] for sender in operation.SENDERS}
    bars.append(_bar("report_who_wrote", parts, colours.SENDERS, language))
    sums = _sums(view, tuple(quality.COUNTS.values()))
    parts = {
        say(language, "report_rating", rating=rating): sums[name]
        for rating, name in sorted(quality.COUNTS.items())
    }
    bars.append(_bar("report_ratings", parts, colours.RATINGS_OF_REPORT, language))
    return [bar for bar in bars if bar["parts"]]


def _units(view: View) -> Data:
    """The units with most episodes, and their part of all."""
    language = view.language
    amounts = executive.units(view)
    title = say(language, "unit_caption")
    if len(amounts) > MOST_UNITS:
        more = formats.count(len(amounts) - MOST_UNITS, language)
        title += f" ({say(language, 'report_more', count=more)})"
    largest = list(amounts.items())[:MOST_UNITS]
    everything = sum(amounts.values())
    return {
        "title": title,
        "bars": [
            {
                "name": _short(clean(name)),
                "length": amount / largest[0][1],
                "text": formats.count_and_share(amount, amount / everything, language),
            }
            for name, amount in largest
        ],
    }


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


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
                "text": formats.count_and_share(amount, amount / whole, language),
                "color": color,
            }
            for (name, amount), color in zip(parts.items(), colors, strict=True)
            if amount
        ],
    }


# ------------------------------------------------------------------ around them


def _days(view: View) -> str:
    language, period = view.language, view.period
    shown = choices.days_in_words(period.shown, language)
    compared = choices.compared_in_words(period, language)
    if compared is None:
        compared = say(language, "report_not_compared")
    return f"{shown} · {compared}"


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
    for name, items in choices.describe(view.link, view.ask, language):
        named = ", ".join(items[:MOST_FILTERS])
        if len(items) > MOST_FILTERS:
            more = formats.count(len(items) - MOST_FILTERS, language)
            named += f" {say(language, 'report_more', count=more)}"
        parts.append(f"{name}: {named}")
    return " · ".join(parts) or say(language, "export_no_filters").lower()
