"""What is said without a page: no Streamlit and no Plotly, and the same files."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import openpyxl
import pypdf
from conftest import PROJECT_ROOT, Warehouse

WITHOUT_PAGES = """
import importlib
import pkgutil
import sys
from pathlib import Path


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("streamlit", "plotly", "dashboards"):
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Missing())
import reporting

names = [m.name for m in pkgutil.walk_packages(reporting.__path__, "reporting.")]
for name in names:
    importlib.import_module(name)

from ground.settings import load_settings
from kpis import Filters, Mark, Marts, periods
from kpis.status import load_status
from reporting.files import of_page
from reporting.findings import executive
from reporting.view import ShownList, View, asked_of

ask = asked_of(Marts(load_settings().dashboard))
status = ask(load_status)
period = periods.choose("90d", status.first_date, status.local_date)
view = View("pt", status, period, Filters(), ask)
view.note(view.values(executive.FIRST))
folder = Path(sys.argv[1])
(folder / "page.csv").write_bytes(of_page.csv(view, "visao-executiva"))
(folder / "page.xlsx").write_bytes(of_page.xlsx(view, "visao-executiva", "Visão"))
(folder / "report.pdf").write_bytes(of_page.pdf(view))
(total,) = view.values(("episodes_total",)).values()
view.shown.listing = ShownList(total, "numerator", "newest", Mark())
(folder / "list.csv").write_bytes(of_page.csv(view, "conversas"))
print(len(names), round(total.value), executive.summary(view))
"""


def test_every_file_is_made_without_what_draws_pages(
    shared: Warehouse, tmp_path: Path
) -> None:
    login = shared.reader
    made = subprocess.run(
        [sys.executable, "-c", WITHOUT_PAGES, str(tmp_path)],
        cwd=PROJECT_ROOT,
        env={
            "PATH": "",
            "LOCAL_DB_HOST": login["host"],
            "LOCAL_DB_PORT": str(login["port"]),
            "LOCAL_DB_NAME": login["dbname"],
            "LOCAL_DB_USER": "nobody",
            "LOCAL_DB_PASSWORD": "unused",
            "DASHBOARD_DB_USER": login["user"],
            "DASHBOARD_DB_PASSWORD": login["password"],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    modules, total, *sentence = made.stdout.split()
    files = len(list((PROJECT_ROOT / "reporting").rglob("*.py")))
    assert int(modules) == files - 1  # the room itself
    assert sentence[:2] == ["90", "dias:"]

    def rows(name: str) -> list[dict[str, str]]:
        text = (tmp_path / name).read_text("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))

    assert rows("page.csv")[0]["Valor"] == total
    assert len(rows("list.csv")) >= int(total)
    book = openpyxl.load_workbook(tmp_path / "page.xlsx")
    assert len(book.worksheets) == 3
    assert len(pypdf.PdfReader(tmp_path / "report.pdf").pages) == 2
