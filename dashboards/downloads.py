"""The menu that offers what the page shows as files, made when one asks for them."""

import logging
from collections.abc import Callable

import streamlit as st

from dashboards import access, failed_downloads, marts
from dashboards.access import Reader
from dashboards.failed_downloads import Failures
from kpis import DatabaseDownError, NoDataError
from reporting import formats
from reporting.files import of_page as files
from reporting.files.tables import MOST_ROWS, DataChangedError
from reporting.texts import Language, say
from reporting.view import View

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
            most = formats.count(MOST_ROWS, language)
            st.caption(say(language, "download_help", rows=most))
            page = files.name(view, address)
            _offer("csv", CSV, page, lambda: files.csv(view, address), language, failed)
            _offer(
                "xlsx",
                XLSX,
                page,
                lambda: files.xlsx(view, address, title),
                language,
                failed,
            )
        page = files.name(view, say(language, "report_file"))
        _offer("pdf", PDF, page, lambda: files.pdf(view), language, failed)


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
