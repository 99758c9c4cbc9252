"""What a page shows, as a file of each kind, and what that is called."""

from reporting.files import csv_file, report, tables, xlsx_file
from reporting.view import View


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


def pdf(view: View) -> bytes:
    """Make the report of the days and filters of a page, as PDF."""
    return report.written(view)
