"""The menu that offers what the page shows as files, made when one asks for them."""

import logging
from collections.abc import Callable

import streamlit as st

from dashboards import access, failed_downloads, marts
from dashboards.access import Reader
from dashboards.exports import report, tables
from dashboards.exports.tables import DataChangedError
from dashboards.failed_downloads import Failures
from dashboards.view import View
from kpis import DatabaseDownError, NoDataError
from reporting import formats
from reporting.files import csv_file, xlsx_file
from reporting.texts import Language, say

CSV = "text/csv"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


log = logging.getLogger(__name__)


def show(view: View, address: str, title: str) -> None:
    """Offer the files of a page, once it is drawn.

    One conversation has no numbers of its own: of it there is only the report.
    """
    language = view.language
    failed = failed_downloads.of_session(language)
    has_table = address != "conversas" or view.shown.listing is not None
    with (
        st.popover(say(language, "download"), icon=":material/download:"),
        st.container(width=300),
    ):
        if has_table:
            most = formats.count(tables.MOST_ROWS, language)
            st.caption(say(language, "download_help", rows=most))
            page = name(view, address)
            _offer("csv", CSV, page, lambda: csv(view, address), language, failed)
            _offer(
                "xlsx",
                XLSX,
                page,
                lambda: xlsx(view, address, title),
                language,
                failed,
            )
        page = name(view, say(language, "report_file"))
        _offer("pdf", PDF, page, lambda: report.written(view), language, failed)


def name(view: View, page: str) -> str:
    """Name a file after the product, the page and the days, without its ending."""
    shown = view.period.shown
    return f"allpfit-{page}-{shown.first.isoformat()}_{shown.last.isoformat()}"


def csv(view: View, address: str) -> bytes:
    """Make the CSV file of a page."""
    return csv_file.written(tables.of_page(view, address), view.language)


def xlsx(view: View, address: str, title: str) -> bytes:
    """Make the workbook of a page: its table, the definitions, days and filters."""
    table = tables.of_page(view, address)
    sheets = [table, tables.scope(view, title, table.note)]
    if address != "glossario":
        sheets.insert(1, tables.definitions(view))
    return xlsx_file.written(sheets, title, view.language)


def _offer(
    kind: str,
    mime: str,
    file_name: str,
    make: Callable[[], bytes],
    language: Language,
    failed: Failures,
) -> None:
    reader = access.current()  # when the file is made there is no session to ask
    st.download_button(
        say(language, f"download_{kind}"),
        lambda: _made(kind, make, reader, language, failed),
        f"{file_name}.{kind}",
        mime,
        key=f"download {kind}",
        on_click="ignore",
        width="stretch",
    )


def _made(
    kind: str,
    make: Callable[[], bytes],
    reader: Reader,
    language: Language,
    failed: Failures,
) -> bytes:
    """Make a file as the reader may have it, or tell him and the log why not."""
    try:
        with access.reading_as(reader):
            return make()
    except Exception as error:
        why = str(error).strip() or type(error).__name__
        log.error("the %s file of a %s cannot be made: %s", kind, reader.role, why)
        if isinstance(error, DatabaseDownError):
            marts.forget()
        title = say(language, "file_failed")
        failed.tell(f"**{title}**  \n{say(language, _reason(error))}")
        raise


def _reason(error: Exception) -> str:
    if isinstance(error, DataChangedError | NoDataError):
        return "file_failed_changed"
    if isinstance(error, DatabaseDownError):
        return "file_failed_down"
    return "file_failed_otherwise"
