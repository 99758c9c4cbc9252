"""The files of the dashboard: the same numbers as the screen, and harmless."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from xml.etree import ElementTree

import openpyxl
import pypdf
import pytest
import streamlit as st
from conftest import ANOTHER_BUILD, Warehouse
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest
from test_dashboard import (
    CONVERSATIONS_PAGE,
    EXECUTIVE,
    OPERATION,
    go,
    later,
    open_page,
    without_markup,
)

from dashboards import marts
from dashboards.app import PAGES
from kpis import Days, Filters, Period, dimensions, kind_of, periods
from reporting.files import csv_file, of_page, report, tables, xlsx_file
from reporting.files.harmless import clean, harmless
from reporting.files.table import Cell, Number, Table
from reporting.files.tables import DataChangedError
from reporting.kpi_words import show_value
from reporting.texts import TEXTS, Language, say
from reporting.view import View

__all__ = ["open_page"]  # the fixture

OpenPage = Callable[..., AppTest]
SEGMENTS, GLOSSARY = "segmentos", "glossario"
WITH_CARDS = [
    address
    for _, address, _ in PAGES
    if address not in (SEGMENTS, CONVERSATIONS_PAGE, GLOSSARY)
]
NUMBER = {"pt": re.compile(r"-?\d+(,\d+)?"), "en": re.compile(r"-?\d+(\.\d+)?")}


@dataclass
class Offered:
    """A file that the menu offers; it is made when it is asked for."""

    name: str
    make: Callable[[], bytes]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Offered]:
    """What the menu of the page that was opened last offers, by kind."""
    found: dict[str, Offered] = {}
    draw = st.download_button

    def note(label: str, data: Callable[[], bytes], name: str, *args, **others):
        found[name.rpartition(".")[2]] = Offered(name, data)
        return draw(label, data, name, *args, **others)

    monkeypatch.setattr(st, "download_button", note)
    return found


def rows_of(file: bytes, language: Language = "pt") -> list[dict[str, str]]:
    """Read a CSV file as Excel does in that language."""
    text = file.decode("utf-8-sig")
    delimiter, _ = csv_file.SEPARATORS[language]
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def workbook_of(file: bytes) -> openpyxl.Workbook:
    """Read a workbook, of which every part must be there and be XML."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))  # noqa: S314
    return openpyxl.load_workbook(io.BytesIO(file))


def pages_of(file: bytes) -> list[str]:
    """The text of each page of a PDF, in which any space is one space."""
    return [
        " ".join(page.extract_text().split())
        for page in pypdf.PdfReader(io.BytesIO(file)).pages
    ]


def shown_on(app: AppTest) -> list[tuple[str, str]]:
    """The label and the value of each card."""
    assert not app.exception
    return [(metric.label, without_markup(metric.value)) for metric in app.metric]


def view_of(language: Language = "pt", period: Period | None = None, **kept) -> View:
    """A view of the marts, without a page."""
    status = marts.now()
    period = period or periods.choose("30d", status.first_date, status.local_date)
    return View(language, status, period, Filters(**kept), marts.as_of(status.version))


# ------------------------------------------------------------------ as the screen


@pytest.mark.parametrize("language", ["pt", "en"])
@pytest.mark.parametrize("page", WITH_CARDS)
def test_csv_and_workbook_hold_what_the_cards_say(
    shared: Warehouse,
    open_page: OpenPage,
    offered: dict[str, Offered],
    page: str,
    language: Language,
) -> None:
    app = open_page(shared, page, p="90d", canal="whatsapp", idioma=language)
    screen = shown_on(app)
    assert len(screen) > 4
    names = {
        name: say(language, f"export_{name}")
        for name in ("kpi", "on_screen", "value", "filters", "from", "n")
    }
    rows = rows_of(offered["csv"].make(), language)
    assert sorted((row[names["kpi"]], row[names["on_screen"]]) for row in rows) == (
        sorted(screen)
    )
    sheet = workbook_of(offered["xlsx"].make()).worksheets[0]
    header, *lines = sheet.iter_rows(values_only=True)
    cells = [dict(zip(header, line, strict=True)) for line in lines]
    by_label = {
        kpi.label_pt if language == "pt" else kpi.label_en: kpi
        for kpi in view_of().catalogue.values()
    }
    for row, line in zip(rows, cells, strict=True):
        kpi = by_label[row[names["kpi"]]]
        assert line[names["kpi"]] == row[names["kpi"]]
        assert line[names["on_screen"]] == row[names["on_screen"]]
        assert "WhatsApp" in row[names["filters"]]
        assert isinstance(line[names["from"]], datetime)
        assert line[names["from"]].date() == date.fromisoformat(row[names["from"]])
        if not row[names["value"]]:
            assert line[names["value"]] is None
            continue
        # The raw numbers, written as the screen writes them, are those of the screen.
        assert NUMBER[language].fullmatch(row[names["value"]])
        value = float(row[names["value"]].replace(",", "."))
        form = tables.form_of(kpi)
        if form in ("share", "points"):
            value /= 100
        assert show_value(kpi, value, language) == row[names["on_screen"]]
        cell = line[names["value"]]
        if form == "seconds":  # openpyxl reads [h]:mm:ss as a time
            assert cell.total_seconds() == pytest.approx(value, abs=1)
            continue
        if form == "points":
            cell /= 100
        assert show_value(kpi, cell, language) == row[names["on_screen"]]


def test_segments_hold_what_the_table_says(
    shared: Warehouse, open_page: OpenPage, offered: dict[str, Offered]
) -> None:
    app = open_page(shared, SEGMENTS, p="90d")
    assert not app.exception
    table = app.dataframe[0].value
    rows = rows_of(offered["csv"].make())
    by_segment: dict[str, dict[str, float]] = {}
    known = {kpi.label_pt: kpi for kpi in view_of().catalogue.values()}
    for row in rows:
        if row["Valor"]:
            kpi = known[row["Indicador"]]
            value = float(row["Valor"].replace(",", "."))
            if tables.form_of(kpi) in ("share", "points"):
                value /= 100
            by_segment.setdefault(row["Segmento"], {})[kpi.kpi_id] = value
    assert list(by_segment) == list(table["segment"])
    compared = 0
    for _, line in table.iterrows():
        for kpi_id, value in by_segment[line["segment"]].items():
            if kpi_id in table.columns:
                assert line[kpi_id] == pytest.approx(value, abs=1e-5)
                compared += 1
    assert compared > 20


@pytest.mark.parametrize("language", ["pt", "en"])
def test_the_report_holds_what_the_cards_say(
    shared: Warehouse,
    open_page: OpenPage,
    offered: dict[str, Offered],
    language: Language,
) -> None:
    link = {"canal": "whatsapp", "cmp": "4semanas", "idioma": language}
    app = open_page(shared, EXECUTIVE, **link)
    screen = shown_on(app)
    changes = {metric.label: metric.delta for metric in app.metric if metric.delta}
    first, second = pages_of(offered["pdf"].make())
    assert len(screen) == 15
    for label, value in screen:
        assert f"{label} {value}" in first, label
    for label, change in changes.items():
        assert str(change).replace(" ", " ") in first, label
    assert "WhatsApp" in first
    assert "WhatsApp" in second
    assert say(language, "report_page", page=1) in first
    assert say(language, "report_page", page=2) in second
    (sentence,) = [m.value for m in app.markdown if m.value.startswith("#### ")]
    sentence = sentence.removeprefix("#### ").replace("\\", "")
    assert " ".join(sentence.split()) in first

    catalogue = view_of().catalogue
    compared = 0
    for page, level in ((OPERATION, "operational"), ("agente-de-ia", "ai")):
        labels = {
            kpi.label_pt if language == "pt" else kpi.label_en
            for kpi in catalogue.values()
            if kpi.level == level and kind_of(kpi).has_value
        }
        go(app, page)
        for label, value in shown_on(app.run()):
            if label in labels:
                assert f"{label} {value} " in second, label
                compared += 1
    assert compared > 20


def test_the_list_holds_every_row_and_only_masked_contacts(
    shared: Warehouse,
    open_page: OpenPage,
    offered: dict[str, Offered],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "ROWS_AT_ONCE", 37)
    app = open_page(shared, CONVERSATIONS_PAGE, p="90d", kpi="ai_automation_rate")
    assert not app.exception
    screen = app.dataframe[0].value
    rows = rows_of(offered["csv"].make())
    count = re.search(r"[\d.]+", app.subheader[0].value)
    assert count
    assert len(rows) == int(count[0].replace(".", ""))
    assert len(rows) > 2 * 37
    for row, (_, line) in zip(rows, screen.iterrows(), strict=False):
        assert f"#{row['Conversa']}" == line["display_id"]
        name = line["contact"].replace("—", "")
        assert row["Cliente"] == (f"'{name}" if name[:1] in ("=", "-") else name)
        assert row["Telefone"] == line["phone"].replace("—", "")
        assert row["Desfecho"] == line["outcome"]
    numbers = [row["Conversa"] for row in rows]
    days = [row["Início"][:10] for row in rows]
    assert all(map(date.fromisoformat, days))
    assert len(set(numbers)) > len(numbers) * 0.8
    full = {
        phone
        for (phone,) in shared.query(
            "select contact_phone from analytics.conversas_analytics"
            " where contact_phone is not null"
        )
    }
    file = offered["csv"].make().decode("utf-8-sig")
    assert full
    assert not [phone for phone in full if phone in file]

    book = workbook_of(offered["xlsx"].make())
    assert book.sheetnames == ["Conversas", "Definições", "Período e filtros"]
    sheet = book.worksheets[0]
    assert sheet.max_row == len(rows) + 1
    assert [cell.value for cell in sheet["A"][1:]] == [int(n) for n in numbers]

    monkeypatch.setattr(tables, "MOST_ROWS", 50)
    cut = rows_of(offered["csv"].make())
    assert len(cut) == 51
    assert cut[-1]["Conversa"].startswith(f"Cortado: 50 de {count[0]} linhas")


def test_one_conversation_and_the_glossary_offer_what_they_have(
    shared: Warehouse, open_page: OpenPage, offered: dict[str, Offered]
) -> None:
    open_page(shared, CONVERSATIONS_PAGE, id="1")
    assert list(offered) == ["pdf"]
    open_page(shared, GLOSSARY)
    rows = rows_of(offered["csv"].make())
    known = view_of().catalogue.values()
    assert [row["Indicador"] for row in rows] == [kpi.label_pt for kpi in known]
    book = workbook_of(offered["xlsx"].make())
    assert book.sheetnames == ["Definições", "Período e filtros"]


def test_files_are_named_and_made_on_a_click_only(
    shared: Warehouse, open_page: OpenPage, offered: dict[str, Offered]
) -> None:
    app = open_page(shared, OPERATION, p="7d")
    shown = view_of().status.local_date
    days = periods.choose("7d", date(2000, 1, 1), shown).shown
    assert offered["csv"].name == f"allpfit-operacao-{days.first}_{days.last}.csv"
    assert offered["xlsx"].name.startswith("allpfit-operacao-")
    assert offered["pdf"].name == f"allpfit-relatorio-{days.first}_{days.last}.pdf"
    buttons = app.get("download_button")
    assert len(buttons) == 3
    assert all(button.proto.deferred_file_id for button in buttons)
    assert not any(button.proto.url for button in buttons)


# ------------------------------------------------------------------ states


def test_states_are_words_in_the_files(
    warehouse: Warehouse,
    open_page: OpenPage,
    offered: dict[str, Offered],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warehouse.execute(
        "update marts.kpi_catalog set minimum_cases = 1000000"
        " where kpi_id = 'resolution_rate'"
    )
    warehouse.execute(
        "update marts.kpi_catalog set numerator = 'nothing' where kpi_id = 'csat_avg'"
    )
    app = open_page(warehouse)
    later(monkeypatch, hours=9 * 24)
    app.run()
    assert not app.exception
    rows = {row["Indicador"]: row for row in rows_of(offered["csv"].make())}
    assert rows["Taxa de resolução"]["Situação"] == "Amostra pequena"
    assert rows["Sentimento médio"]["Situação"] == "Não configurado"
    assert rows["CSAT médio"]["Situação"] == "Erro"
    assert rows["CSAT médio"]["Valor"] == ""
    assert all("Desatualizados" in row["Dados até"] for row in rows.values())
    first, _ = pages_of(offered["pdf"].make())
    for word in ("Amostra pequena", "Não configurado", "Erro", "Os dados param em"):
        assert word in first


def test_nothing_is_said_in_the_files(
    warehouse: Warehouse, open_page: OpenPage, offered: dict[str, Offered]
) -> None:
    warehouse.execute(
        "insert into marts.mart_teams (team_id, team_name) values (98765, 'Vazio')"
    )
    app = open_page(warehouse, time="98765")
    assert not app.metric
    header, note = offered["csv"].make().decode("utf-8-sig").splitlines()
    assert header.startswith("Indicador;")
    assert "não há conversas com os filtros escolhidos" in note
    book = workbook_of(offered["xlsx"].make())
    said = [str(cell.value) for cell in book["Período e filtros"]["B"]]
    assert "Vazio" in said
    assert any("não há conversas" in text for text in said)
    first, _ = pages_of(offered["pdf"].make())
    assert "não há conversas com os filtros escolhidos" in first


def test_a_load_in_between_gives_no_file(
    warehouse: Warehouse, open_page: OpenPage, offered: dict[str, Offered]
) -> None:
    open_page(warehouse, CONVERSATIONS_PAGE)
    warehouse.execute(ANOTHER_BUILD)
    for kind in ("csv", "xlsx", "pdf"):
        with pytest.raises(DataChangedError):
            offered[kind].make()


# ------------------------------------------------------------------ the report


def test_the_report_has_two_pages_whatever_is_in_it(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    open_page(warehouse)
    whole = view_of()
    first, last = whole.status.first_date, whole.status.local_date
    long = periods.between(Days(first, last), first, last)
    one = periods.between(Days(last, last), first, last)
    views = [view_of("en"), view_of(period=long), view_of(period=one)]
    views.append(view_of(teams=(98765,)))
    for view in views:
        assert len(pages_of(report.written(view))) == 2
    warehouse.execute(
        "update marts.mart_inboxes set unit = "
        "repeat('Unidade com um nome muito comprido 🏋 ', 5) || inbox_id"
    )
    warehouse.execute(
        "update marts.kpi_catalog set"
        " label_pt = label_pt || repeat(' muito comprido', 6),"
        " definition_pt = repeat(definition_pt || ' ', 8)"
    )
    warehouse.execute(
        "update marts.mart_features set is_configured = false where feature = 'csat'"
    )
    st.cache_data.clear()
    units = list(whole.ask(dimensions.places))
    link = {"un": units, "ag": [str(a) for a in whole.ask(dimensions.agents)]}
    crowded = pages_of(report.written(replace(view_of(), link=link)))
    assert len(crowded) == 2
    assert "Não configurado" in crowded[0]
    kept = view_of().values(view_of().ids("operational"))
    for value in kept.values():
        assert not isinstance(value, Exception)
        assert show_value(value.kpi, value.value, "pt") in crowded[1]


@pytest.mark.parametrize("language", ["pt", "en"])
def test_the_report_is_tagged_and_carries_its_fonts(
    shared: Warehouse, open_page: OpenPage, language: Language
) -> None:
    open_page(shared)
    # Typst checks the rules of accessible PDF; in use a name it has no letters for
    # must not cost the report.
    report.compiler().compile(
        report.TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(report.gathered(view_of(language)))},
        pdf_standards="ua-1",
    )
    pdf = pypdf.PdfReader(io.BytesIO(report.written(view_of(language))))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == {"pt": "pt-BR", "en": "en-US"}[language]
    assert say(language, "report_title") in str(pdf.metadata.title)
    for page in pdf.pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            described = inner.get_object()["/FontDescriptor"].get_object()
            assert any(str(key).startswith("/FontFile") for key in described)
        assert "/XObject" not in page["/Resources"]  # charts are lines, not pictures


# ------------------------------------------------------------------ harmless


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1",
        "\u00a0=1", "\u3000=1", "＝1+1", "＋1", "－1", "＠A1", "\u200b=1", "\ufeff=1",
        "\u202e=1", "\x00=1", "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0", "+55-11", "+5511999991234*2",
        '=HYPERLINK("http://x","y")', "﹦1+1", "﹢1", "﹣1", "﹫A1",
    ],
)  # fmt: skip
def test_a_formula_is_text(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize(
    "text",
    [
        "+55 •• •••••-3473", "+55 (11) 91234-5678", "+12,3%", "-1.234,5", "+4,5 pp",
        "-5,2% ao mês", "-5.2% a month",
        "Ana", "R$ 1,00", "a=b", "100%", "— ", "#12", "'quoted'", "",
    ],
)  # fmt: skip
def test_what_is_no_formula_stays(text: str) -> None:
    assert harmless(text) == text


@given(some.text())
def test_no_text_begins_a_formula(text: str) -> None:
    found = harmless(text)
    seen = found.lstrip()
    assert not seen.startswith(("=", "@", "＝", "＠", "＋", "－"))
    assert not found.startswith(("\t", "\r", "\n"))
    if seen.startswith(("+", "-")):
        assert not re.search(r"[!|'\"*/^&<>=]|\w\(", seen)
    assert harmless(clean(text)) == found


TEXT = some.text(
    some.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Zl", "Zp"])
    | some.sampled_from('\n\t;,"=+-@')
)


@given(some.lists(some.lists(TEXT, min_size=3, max_size=3), max_size=5))
def test_text_survives_a_csv_file(rows: list[list[str]]) -> None:
    table = Table("t", ["a", "b", "c"], [list(row) for row in rows])
    for language in ("pt", "en"):
        file = csv_file.written(table, language)
        assert file.startswith(b"\xef\xbb\xbf")
        delimiter, _ = csv_file.SEPARATORS[language]
        text = file.decode("utf-8-sig")
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert read[1:] == [[harmless(cell) for cell in row] for row in rows]
        assert all(
            after in (before, f"'{before}")
            for row, line in zip(rows, read[1:], strict=True)
            for before, after in zip(row, line, strict=True)
        )


def test_numbers_and_lines_are_those_of_excel() -> None:
    numbers: list[Cell] = [
        Number(1234.5, "decimal"),
        Number(0.3812345, "share"),
        Number(1000000, "count"),
        Number(-0.0000001, "decimal"),
        Number(-3.25, "points"),
        date(2026, 11, 2),
        datetime.fromisoformat("2026-11-02 09:05"),
        None,
    ]
    table = Table("t", [*"abcdefgh"], [numbers])
    assert csv_file.written(table, "pt").decode("utf-8-sig") == (
        "a;b;c;d;e;f;g;h\r\n"
        "1234,5;38,12345;1000000;0;-3,25;2026-11-02;2026-11-02 09:05:00;\r\n"
    )
    assert "1234.5,38.12345,1000000,0,-3.25," in (
        csv_file.written(table, "en").decode("utf-8-sig")
    )


def test_a_workbook_has_numbers_dates_and_never_a_formula() -> None:
    rows: list[list[Cell]] = [
        ["=1+1", Number(0.381, "share"), Number(5400, "seconds"), date(2026, 11, 2)],
        [
            "\x0b+cmd\u202e|x",
            Number(12, "count"),
            None,
            datetime.fromisoformat("2026-11-02 09:05"),
        ],
        ["x" * 40_000, Number(1.5, "money"), Number(-2, "points"), "http://a.example"],
    ]
    table = Table("t", ["text", "number", "time", "day"], rows, "the note")
    book = workbook_of(xlsx_file.written([table], "title", "pt"))
    sheet = book.active
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:D4"
    assert not [
        cell.coordinate for line in sheet for cell in line if cell.data_type == "f"
    ]
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].value == 0.381
    assert sheet["B2"].number_format == "0.0%"
    assert sheet["C2"].value.total_seconds() == 5400
    assert sheet["D2"].value == datetime.fromisoformat("2026-11-02")
    assert sheet["D2"].number_format == "dd/mm/yyyy"
    assert sheet["A3"].value == "\n+cmd|x"
    assert len(sheet["A4"].value) == 32_767
    assert sheet["D4"].hyperlink is None
    assert sheet["A6"].value == "the note"


def test_every_unit_has_its_word(shared: Warehouse, open_page: OpenPage) -> None:
    open_page(shared)
    units = {kpi.unit for kpi in view_of().catalogue.values()}
    assert {f"measure_{unit}" for unit in units} <= set(TEXTS)
    assert of_page.name(view_of(), "x").startswith("allpfit-x-")
