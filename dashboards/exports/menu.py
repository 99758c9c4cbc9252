"""The menu that offers what the page shows as files, made when one asks for them."""

from collections.abc import Callable

import streamlit as st

from dashboards import formats
from dashboards.exports import csv_file, report, tables, xlsx_file
from dashboards.texts import Language, say
from dashboards.view import View

CSV = "text/csv"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(view: View, address: str, title: str) -> None:
    """Offer the files of a page, once it is drawn.

    One conversation has no numbers of its own: of it there is only the report.
    """
    language = view.language
    has_table = address != "conversas" or view.shown.listing is not None
    with (
        st.popover(say(language, "download"), icon=":material/download:"),
        st.container(width=300),
    ):
        if has_table:
            most = formats.count(tables.MOST_ROWS, language)
            st.caption(say(language, "download_help", rows=most))
            _offer("csv", CSV, name(view, address), lambda: csv(view, address))
            _offer(
                "xlsx", XLSX, name(view, address), lambda: xlsx(view, address, title)
            )
        report_name = name(view, say(language, "report_file"))
        _offer("pdf", PDF, report_name, lambda: report.written(view))


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


def _offer(kind: str, mime: str, file_name: str, make: Callable[[], bytes]) -> None:
    language: Language = st.session_state.language
    st.download_button(
        say(language, f"download_{kind}"),
        make,
        f"{file_name}.{kind}",
        mime,
        key=f"download {kind}",
        on_click="ignore",
        width="stretch",
    )
