"""Tables as sheets of a workbook, with real numbers, dates and percentages."""

import io
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reporting.files.harmless import clean
from reporting.files.table import Cell, Number, Table, Unit
from reporting.texts import Language

SECONDS_PER_DAY = 86_400
NUMBER_FORMATS = {
    "count": "#,##0",
    "decimal": "#,##0.00",
    "share": "0.0%",
    "seconds": "[h]:mm:ss",
    "money": '"R$" #,##0.00',
    "points": "0.0",
}
DATE_FORMATS = {"pt": "dd/mm/yyyy", "en": "yyyy-mm-dd"}
WIDTHS = (8, 60)
LONGEST_TEXT = 32_767  # of a cell in Excel


def written(tables: Sequence[Table], title: str, language: Language) -> bytes:
    """Return a workbook with a sheet for each table; text is never a formula."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": title})
        header = workbook.add_format(
            {"bold": True, "bg_color": "#0F766E", "font_color": "#FFFFFF",
             "text_wrap": True, "valign": "vcenter"}
        )  # fmt: skip
        text = workbook.add_format({"text_wrap": True, "valign": "top"})
        formats = {
            name: workbook.add_format({"num_format": pattern, "valign": "top"})
            for name, pattern in NUMBER_FORMATS.items()
        }
        day = DATE_FORMATS[language]
        formats["day"] = workbook.add_format({"num_format": day, "valign": "top"})
        formats["moment"] = workbook.add_format(
            {"num_format": f"{day} hh:mm", "valign": "top"}
        )
        formats["text"] = text
        for table in tables:
            sheet = workbook.add_worksheet(table.title[:31])
            _fill(sheet, table, header, formats)
    return file.getvalue()


def _fill(
    sheet: Worksheet,
    table: Table,
    header: Format,
    formats: dict[str, Format],
) -> None:
    widest = [len(name) for name in table.columns]
    for column, name in enumerate(table.columns):
        sheet.write_string(0, column, name, header)
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            length = _write(sheet, number, column, cell, formats)
            widest[column] = max(widest[column], length)
    for column, width in enumerate(widest):
        sheet.set_column(column, column, min(max(width + 2, WIDTHS[0]), WIDTHS[1]))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if table.note:  # apart, so that sorting leaves it where it is
        sheet.write_string(len(table.rows) + 2, 0, table.note)


def _write(
    sheet: Worksheet,
    row: int,
    column: int,
    cell: Cell,
    formats: dict[str, Format],
) -> int:
    """Write a cell, and return about how wide it is."""
    if cell is None or cell == "":
        return 0
    if isinstance(cell, Number):
        value = cell.value
        if cell.form == "seconds":
            value /= SECONDS_PER_DAY
        sheet.write_number(row, column, value, formats[cell.form])
        return 10
    if isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, formats["moment"])
        return 16
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["day"])
        return 10
    if isinstance(cell, Unit):
        text = "h:mm:ss" if cell.form == "seconds" else cell.word
    else:
        text = clean(cell)
    sheet.write_string(row, column, text[:LONGEST_TEXT], formats["text"])
    return max(map(len, text.split("\n")))
