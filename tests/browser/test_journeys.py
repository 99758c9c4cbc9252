"""What a manager does on a morning, in a real browser."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pypdf
import pytest
from conftest import PROJECT_ROOT, Warehouse
from playwright.sync_api import BrowserContext, Download, Page, expect
from test_access import UNIT

from browser.conftest import OpenPage, settled
from browser.screen import (
    button,
    cards,
    click_longest_bar,
    link,
    list_title,
    menu,
    tick_row,
    way_to_list,
)
from dashboards.app import PAGES
from reporting.texts import say

TITLES = {address: title for title, address, _ in PAGES}
ADDRESSES = list(TITLES)
DEMANDS = {"pt": "Atendimentos", "en": "Episodes"}


# ------------------------------------------------------------------ filters, links


def test_from_a_number_to_its_conversations_to_one_and_back(
    open_page: OpenPage,
) -> None:
    kept = {"p": ["90d"], "un": [UNIT]}
    page = open_page(p="90d", un=UNIT)
    count = cards(page)[DEMANDS["pt"]]
    way_to_list(page, "episodes_total").click()
    heading = page.get_by_role("heading", level=3).first
    expect(heading).to_have_text(re.compile(rf"^{re.escape(count)} · {DEMANDS['pt']}"))
    of_list = kept | {"kpi": ["episodes_total"]}
    assert link(settled(page)) == of_list

    tick_row(page)
    expect(heading).to_have_text(re.compile(r"^Conversa #\d+"))
    of_one = link(settled(page))
    assert of_one.pop("id")
    assert of_one == of_list

    button(page, "Voltar à lista").click()
    expect(heading).to_have_text(re.compile(rf"^{re.escape(count)} · "))
    assert link(settled(page)) == of_list
    expect(button(page, f"Unidade: {UNIT}")).to_be_visible()

    menu(page, say("pt", "executive")).click()
    expect(page.get_by_test_id("stMetric").first).to_be_visible()
    assert link(settled(page)) == kept
    assert cards(page)[DEMANDS["pt"]] == count


def test_a_unit_that_is_chosen_stays_chosen(
    open_page: OpenPage, new_context: Callable[..., BrowserContext]
) -> None:
    page = open_page()
    everywhere = cards(page)
    page.get_by_role("combobox", name="Unidades").click()
    page.get_by_role("option", name=UNIT).click()
    page.keyboard.press("Escape")
    chip = button(page, f"Unidade: {UNIT}")
    expect(chip).to_be_visible()
    page.get_by_role("radio", name="90 dias").click()
    page.wait_for_url(re.compile("p=90d"))
    here = cards(settled(page))
    assert here.keys() == everywhere.keys()
    assert sum(here[label] != everywhere[label] for label in here) > len(here) / 2
    assert link(page) == {"un": [UNIT], "p": ["90d"]}
    for name in ("segmentos", "operacao"):
        menu(page, say("pt", TITLES[name])).click()
        page.wait_for_url(re.compile(name))
        expect(chip).to_be_visible()
        assert link(settled(page)) == {"un": [UNIT], "p": ["90d"]}

    there = cards(page)

    other = new_context().new_page()
    other.goto(page.url)
    assert cards(settled(other)) == there
    expect(button(other, f"Unidade: {UNIT}")).to_be_visible()
    expect(other.get_by_role("radio", name="90 dias")).to_be_checked()
    other.context.close()


def test_what_a_link_may_not_say_is_left_out(open_page: OpenPage) -> None:
    usual = cards(open_page())
    page = open_page(
        p="ontem", de="2026-13-40", ate="x", cmp="?", un="<b>Nenhures</b>",
        canal="pombo", time="99999999999999999999", ag="-1", hoje="sim", idioma="xx",
    )  # fmt: skip
    assert cards(page) == usual
    assert link(page) == {}


def test_a_bar_opens_the_conversations_that_it_counts(open_page: OpenPage) -> None:
    page = open_page(p="90d")
    chart = page.get_by_test_id("stPlotlyChart").first
    count = click_longest_bar(page, chart)
    page.wait_for_url(re.compile("/conversas"))
    settled(page)
    assert count > 1
    assert re.match(rf"{count} · {DEMANDS['pt']}", list_title(page))
    said = link(page)
    assert said["de"] == said["ate"]
    assert said["so"]


# ------------------------------------------------------------------ files


def downloaded(page: Page, kind: str) -> Download:
    label = say("pt", f"download_{kind}")
    with page.expect_download() as waiting:
        button(page, label).click()
    return waiting.value


def test_files_hold_what_the_screen_shows(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(p="90d", un=UNIT)
    screen = cards(page)
    button(page, "Baixar").click()
    files = {}
    for kind in ("csv", "xlsx", "pdf"):
        file = downloaded(page, kind)
        assert re.fullmatch(rf"allpfit-[\w-]+\.{kind}", file.suggested_filename)
        files[kind] = tmp_path / file.suggested_filename
        file.save_as(files[kind])

    text = files["csv"].read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert {row["Indicador"]: row["Na tela"] for row in rows} == screen
    assert all(UNIT in row["Filtros"] for row in rows)

    sheet = openpyxl.load_workbook(files["xlsx"]).worksheets[0]
    header, *lines = sheet.iter_rows(values_only=True)
    cells = [dict(zip(header, line, strict=True)) for line in lines]
    assert {cell["Indicador"]: cell["Na tela"] for cell in cells} == screen

    pages = [page.extract_text() for page in pypdf.PdfReader(files["pdf"]).pages]
    assert len(pages) == 2
    report = "".join("".join(pages).split())
    assert UNIT.replace(" ", "") in report
    for part in (DEMANDS["pt"], screen[DEMANDS["pt"]]):
        assert part.replace(" ", "") in report


# ------------------------------------------------------------------ how it looks


def test_the_switch_of_the_language_changes_all_of_it(open_page: OpenPage) -> None:
    page = open_page(p="90d")
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "pt-BR")
    in_portuguese = cards(page)
    page.get_by_role("radio", name="EN", exact=True).click()
    expect(html).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("en", "executive"))
    settled(page)
    in_english = cards(page)
    assert in_english.keys().isdisjoint(in_portuguese.keys() - in_english.keys())
    assert list(map(to_number, in_english.values())) == [
        to_number(value.translate(str.maketrans(",.", ".,")))
        for value in in_portuguese.values()
    ]
    assert in_english[DEMANDS["en"]]
    for title in TITLES.values():
        expect(menu(page, say("en", title))).to_be_visible()
    assert link(page) == {"p": ["90d"], "idioma": ["en"]}
    expect(html).to_have_attribute("lang", "en")
    page.get_by_role("radio", name="PT", exact=True).click()
    expect(html).to_have_attribute("lang", "pt-BR")
    assert cards(settled(page)) == in_portuguese
    assert link(page) == {"p": ["90d"]}


def to_number(text: str) -> str:
    """What of a value is the same in every language."""
    return "".join(re.findall(r"[\d.,+-]", text))


@pytest.mark.parametrize("kind", ["light", "dark"])
def test_it_is_as_dark_as_the_machine_of_the_reader(
    open_page: OpenPage, kind: str
) -> None:
    config = tomllib.loads(
        (PROJECT_ROOT / "dashboards/.streamlit/config.toml").read_text()
    )
    page = open_page(kind=kind)
    colours = page.get_by_test_id("stApp").evaluate(
        "(app) => [getComputedStyle(app).backgroundColor, getComputedStyle(app).color]"
    )
    theme = config["theme"][kind]
    assert colours == [rgb(theme["backgroundColor"]), rgb(theme["textColor"])]


def rgb(colour: str) -> str:
    numbers = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgb({', '.join(map(str, numbers))})"


@pytest.mark.parametrize("name", ADDRESSES)
def test_nothing_is_wider_than_a_phone(open_page: OpenPage, name: str) -> None:
    page = open_page(name, kind="phone")
    widths = page.evaluate(
        "() => [document.documentElement.scrollWidth,"
        " document.querySelector('[data-testid=stMain]').scrollWidth, innerWidth]"
    )
    assert max(widths[:2]) <= widths[2]
    expect(page.get_by_role("heading", level=1)).to_have_text(say("pt", TITLES[name]))


def test_the_menu_of_a_phone(open_page: OpenPage) -> None:
    page = open_page(kind="phone", p="90d")
    page.get_by_test_id("stExpandSidebarButton").click()
    entries = page.get_by_test_id("stSidebarNavLink")
    expect(entries).to_have_count(len(PAGES))
    entries.filter(has_text=say("pt", "operation")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("pt", "operation"))
    assert link(settled(page)) == {"p": ["90d"]}


# ------------------------------------------------------------------ texts of others

TRAPS = ("<script>", "=1+1", "\u200f", "{{ x }}", "https://", "\\N", "@SUM")


@pytest.mark.parametrize("trap", TRAPS, ids=json.dumps)
def test_what_customers_write_is_shown_as_text(
    open_page: OpenPage, shared: Warehouse, trap: str
) -> None:
    (number, text), *_ = shared.query(
        "select conversation_id, message_text from marts.mart_drilldown_messages"
        " where sender_class in ('contact', 'human', 'ai') and not is_deleted"
        " and strpos(message_text, %s) > 0 and length(message_text) < 1000"
        " order by sent_at desc, message_id",
        trap,
    )
    page = open_page("conversas", id=number)
    expect(page.get_by_role("heading", level=3).first).to_contain_text("#")
    texts = page.get_by_test_id("stText").all_inner_texts()
    assert text.split() in [shown.split() for shown in texts]
    assert not page.get_by_test_id("stText").locator("a, img, script").count()
