"""What goes into a file: the numbers of the page or its list, typed and in words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kpis import Kpi, Listing, Period, Value, kind_of
from kpis.database import Row
from kpis.status import load_status
from reporting import choices, formats, freshness, marks, rows
from reporting.files.table import Cell, Form, Number, Table, Unit
from reporting.findings import conversations, glossary
from reporting.kpi_words import (
    COUNTED,
    caveat,
    definition,
    show_label,
    show_main,
    show_value,
)
from reporting.texts import Language, say
from reporting.view import Link, ShownList, ShownValue, View

FORMS: dict[str, Form] = {
    "seconds": "seconds",
    "rate": "share",
    "points": "points",
    "percent_per_month": "share",
    "currency_brl": "money",
    "weekday": "count",
    "hour_of_day": "count",
}
# More rows than a manager reads; who needs all asks the warehouse.
MOST_ROWS = 10_000
ROWS_AT_ONCE = 2_000


class DataChangedError(Exception):
    """A load has changed the marts since the page was drawn."""

    def __init__(self) -> None:
        super().__init__(
            "the marts have changed since the page was drawn: load it again"
        )


def of_page(view: View, address: str) -> Table:
    """Return what the page shows: its list, its numbers, or the definitions.

    Raises DataChangedError, DatabaseDownError, NoDataError.
    """
    if view.shown.listing is not None:
        table = rows_of_list(view, view.shown.listing)
        warning = freshness.warning(view.status, view.language)
        if warning is None:
            return table
        return replace(table, note=" ".join(filter(None, [table.note, warning])))
    if address == "glossario":
        return definitions(view)
    return values(view)


# ------------------------------------------------------------------ numbers


def values(view: View) -> Table:
    """Return the numbers that the page shows, as it has computed them."""
    language = view.language
    columns = (
        "export_kpi", "export_segment", "export_value", "export_unit",
        "export_on_screen", "export_numerator", "export_denominator", "export_n",
        "export_previous", "export_change", "export_change_unit", "export_status",
        "target", "export_from", "export_to", "export_compared_from",
        "export_compared_to", "export_filters", "export_data",
    )  # fmt: skip
    shown = view.shown.values
    return Table(
        say(language, "export_kpis"),
        [say(language, name) for name in columns],
        [_value_row(kpi_id, of, view) for (kpi_id, *_), of in shown.items()],
        "" if shown else nothing(view),
    )


def nothing(view: View) -> str:
    """Say that there is nothing to show, as the page does."""
    language, shown = view.language, view.period.shown
    return say(
        language,
        "empty",
        first=formats.full_date(shown.first, language),
        last=formats.full_date(shown.last, language),
    )


def _value_row(kpi_id: str, of: ShownValue, view: View) -> list[Cell]:
    language, found = view.language, of.value
    kpi = view.catalogue[kpi_id]
    scope: list[Cell] = [
        _number(kpi.target, kpi),
        *days_of(of.period),
        kept(of.link, view),
        freshness_of(view),
    ]
    start: list[Cell] = [show_label(kpi, language), of.segment]
    if isinstance(found, Exception):
        failed = say(language, "card_failed")
        return [*start, None, None, None, *[None] * 6, failed, *scope]
    form = form_of(kpi)
    change_form: Form = {"pp": "points", "points": "decimal"}.get(  # type: ignore[assignment]
        kpi.change_unit, "share"
    )
    change = found.change
    if change is not None and change_form == "share":
        change /= 100
    return [
        *start,
        _number(found.value, kpi),
        Unit(form, say(language, f"measure_{kpi.unit}")),
        show_main(found, language),
        _plain(found.numerator),
        _plain(found.denominator),
        Number(found.cases, "count"),
        _number(found.previous, kpi),
        None if change is None else Number(change, change_form),
        None if change is None else Unit(change_form, change_unit(kpi, language)),
        status_word(found, language),
        *scope,
    ]


def form_of(kpi: Kpi) -> Form:
    """How the values of a KPI are written."""
    if kpi.unit in COUNTED and not kind_of(kpi).is_mean:
        return "count"
    return FORMS.get(kpi.unit, "decimal")


def change_unit(kpi: Kpi, language: Language) -> str:
    """What the change of a KPI is counted in."""
    return (
        say(language, "measure_difference")
        if kpi.change_unit == "points"
        else (kpi.change_unit)
    )


def status_word(value: Value, language: Language) -> str:
    """Say how a value stands, or why there is none to rely on."""
    if value.reason is not None:
        return say(language, f"reason_{value.reason}")
    return say(language, value.status) if value.status is not None else ""


def days_of(period: Period) -> list[Cell]:
    """The days shown and those compared with, each first and last."""
    shown, before = period.shown, period.previous
    compared: list[Cell] = [before.first, before.last] if before else [None, None]
    return [shown.first, shown.last, *compared]


def kept(link: Link, view: View) -> str:
    """Name the filters in a line."""
    language = view.language
    described = choices.describe(link, view.ask, language)
    parts = [f"{name}: {', '.join(items)}" for name, items in described]
    return " · ".join(parts) or say(language, "export_no_filters")


def freshness_of(view: View) -> str:
    """Say until when the data goes, and whether that is late."""
    language, status = view.language, view.status
    until = formats.full_moment(status.local_as_of, language)
    text = f"{until} · {freshness.word(status, language)}"
    warning = freshness.warning(status, language)
    return text if warning is None else f"{text}. {warning}"


def _number(value: float | None, kpi: Kpi) -> Number | None:
    if value is None:
        return None
    form = form_of(kpi)
    return Number(100 * value if form == "points" else value, form)


def _plain(value: float | None) -> Number | None:
    if value is None:
        return None
    return Number(value, "count" if float(value).is_integer() else "decimal")


# ------------------------------------------------------------------ the list


def rows_of_list(view: View, shown: ShownList) -> Table:
    """Return the list of the page with all its rows, up to MOST_ROWS.

    Raises DataChangedError where a load came in between.
    """
    language = view.language
    listing = _page(view, shown, 0)
    found = list(listing.rows)
    while len(found) < min(listing.row_count, MOST_ROWS):
        more = _page(view, shown, len(found))
        if not more.rows or more.row_count != listing.row_count:
            raise DataChangedError
        found += more.rows
    check_version(view)
    found = found[:MOST_ROWS]
    columns = list_columns(view)
    note = "" if found else say(language, "list_empty")
    if len(found) < listing.row_count:
        note = say(
            language,
            "export_cut",
            rows=formats.count(len(found), language),
            all=formats.count(listing.row_count, language),
        )
    return Table(
        say(language, "conversations_page"),
        list(columns),
        [[write(row) for write in columns.values()] for row in found],
        note,
    )


def check_version(view: View) -> None:
    """Raise DataChangedError if the marts are not those of the page any more."""
    if view.ask(load_status).version != view.status.version:
        raise DataChangedError


def list_columns(view: View) -> dict[str, Callable[[Row], Cell]]:
    """The columns of the list on the page, each with what writes a cell."""
    language = view.language
    found: dict[str, Callable[[Row], Cell]] = {}
    for name in conversations.COLUMNS:
        if name == "messages_by_sender":
            for sender in ("contact_messages", "ai_messages", "human_messages"):
                label = say(language, f"export_{sender}")
                found[label] = _counted(sender)
            continue
        label = say(language, rows.LABELS.get(name, name))
        if name in TYPED:
            found[label] = TYPED[name]
        else:
            found[label] = _written(name, view)
    return found


def _page(view: View, shown: ShownList, offset: int) -> Listing:
    return view.listing(
        shown.value.kpi.kpi_id,
        shown.side,
        shown.order,
        ROWS_AT_ONCE,
        offset,
        shown.mark,
    )


def _written(name: str, view: View) -> Callable[[Row], Cell]:
    def write(row: Row) -> Cell:
        text = str(rows.WRITERS[name](row, view))
        return None if text == formats.NO_VALUE else text

    return write


def _counted(name: str, form: Form = "count") -> Callable[[Row], Cell]:
    def write(row: Row) -> Cell:
        value = row[name]
        return None if value is None else Number(float(value), form)

    return write


def _started(row: Row) -> Cell:
    moment: datetime | None = row["started_at"]
    if moment is None:
        return None
    zone = ZoneInfo(row["local_timezone"])
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    return local.replace(tzinfo=None, microsecond=0)


def _amount(row: Row) -> Cell:
    return _plain(row["amount"])


# What is a number or a moment is one in the file, too.
TYPED: dict[str, Callable[[Row], Cell]] = {
    "display_id": _counted("display_id"),
    "started": _started,
    "first_response": _counted("first_response_seconds", "seconds"),
    "human_response": _counted("human_response_seconds", "seconds"),
    "resolution": _counted("resolution_seconds", "seconds"),
    "waiting": _counted("wait_seconds", "seconds"),
    "rating": _counted("csat_rating"),
    "amount": _amount,
}


# ------------------------------------------------------------------ around them


def definitions(view: View) -> Table:
    """Define every KPI, as the glossary does."""
    language = view.language
    columns = (
        "export_kpi", "export_id", "export_definition", "caveat", "formula", "axis",
        "target", "export_minimum",
    )  # fmt: skip
    found: list[list[Cell]] = [
        [
            show_label(kpi, language),
            kpi.kpi_id,
            definition(kpi, language),
            caveat(kpi, language) or None,
            kind_of(kpi).written(kpi, language),
            say(language, f"axis_{kpi.axis}"),
            glossary.target(kpi, language),
            Number(kpi.minimum_cases, "count"),
        ]
        for kpi in view.catalogue.values()
    ]
    title = say(language, "export_definitions")
    return Table(title, [say(language, name) for name in columns], found)


def scope(view: View, page: str, note: str) -> Table:
    """Say of which page, days and filters the file is, and how fresh the data is."""
    language = view.language
    first, last, compared_first, compared_last = days_of(view.period)
    found: list[list[Cell]] = [
        [say(language, "export_page"), page],
        [say(language, "export_from"), first],
        [say(language, "export_to"), last],
        [say(language, "export_compared_from"), compared_first],
        [say(language, "export_compared_to"), compared_last],
    ]
    described = choices.describe(view.link, view.ask, language)
    found += [[name, ", ".join(items)] for name, items in described]
    if not described:
        none = say(language, "export_no_filters")
        found.append([say(language, "export_filters"), none])
    listed = view.shown.listing
    if listed is not None and kind_of(listed.value.kpi).has_list:
        kpi, value = listed.value.kpi, listed.value.value
        found += [
            [say(language, "list_kpi"), show_label(kpi, language)],
            [say(language, "export_value"), show_value(kpi, value, language)],
        ]
        if listed.mark.used:
            only = ", ".join(marks.describe(listed.mark, view))
            found.append([say(language, "export_only"), only])
    found += [
        [say(language, "export_data"), freshness_of(view)],
        [say(language, "export_made"), made_at(view)],
    ]
    if note:
        found.append([say(language, "export_note"), note])
    columns = [say(language, "export_what"), say(language, "export_value")]
    return Table(say(language, "export_scope"), columns, found)


def made_at(view: View) -> datetime:
    """The time of now, as the data tells it."""
    ahead = view.status.local_as_of - view.status.as_of
    return freshness.now().replace(microsecond=0) + ahead
