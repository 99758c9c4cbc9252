"""A table as CSV that Excel opens by a double click, in the reader's language."""

import csv
import io
from datetime import date, datetime

from reporting.files.harmless import harmless
from reporting.files.table import Cell, Number, Table, Unit
from reporting.texts import Language

# Excel in Portuguese divides columns by a semicolon, in English by a comma.
SEPARATORS = {"pt": (";", ","), "en": (",", ".")}


def written(table: Table, language: Language) -> bytes:
    """Return the file; a share is in percent, a time in seconds."""
    delimiter, _ = SEPARATORS[language]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in table.columns])
    for row in table.rows:
        writer.writerow([_cell(cell, language) for cell in row])
    if table.note:
        writer.writerow([harmless(table.note)])
    return file.getvalue().encode("utf-8-sig")


def _cell(cell: Cell, language: Language) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Number):
        return _number(cell, language)
    if isinstance(cell, Unit):
        return "s" if cell.form == "seconds" else cell.word
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")  # Excel knows it in any language
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell)


def _number(number: Number, language: Language) -> str:
    _, point = SEPARATORS[language]
    value = 100 * number.value if number.form == "share" else number.value
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace(".", point)
