"""The files of the menu, as every role downloads them while no answer is kept."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import psycopg2
import pypdf
import pytest
from conftest import ANOTHER_BUILD, TestServer, Warehouse
from playwright.sync_api import BrowserContext, Page, expect
from psycopg2 import sql
from test_access import UNIT, free_port, guarding, provider, serving

from browser.conftest import settled
from browser.screen import button, cards
from browser.test_sign_in import SignIn, signed_in
from reporting.texts import Language, say

__all__ = ["provider", "signed_in"]  # fixtures

PAGE, LIST = "?p=90d", "conversas?p=90d&kpi=ai_automation_rate"
SEE_CONTACTS = ("auditor", "admin")
OpenAs = Callable[[str, str], Page]


@pytest.fixture(scope="module")
def warehouse(
    template: str, new_warehouse: Callable[..., Warehouse]
) -> Iterator[Warehouse]:
    """A built warehouse, whose marts get a new version with each page."""
    made = new_warehouse(template)
    yield made
    made.connection.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def guarded(warehouse: Warehouse, provider: str, folder: Path) -> Iterator[str]:
    """The address of a dashboard where people sign in."""
    with guarding(warehouse, provider, folder) as address:
        yield address


@pytest.fixture(scope="module")
def unguarded(
    warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a dashboard that anybody on this machine reads."""
    folder = tmp_path_factory.mktemp("local")
    with serving(warehouse, folder, free_port()) as address:
        yield address


@pytest.fixture
def open_as(
    warehouse: Warehouse,
    signed_in: SignIn,
    guarded: str,
    unguarded: str,
    new_context: Callable[..., BrowserContext],
) -> OpenAs:
    """Open a page as a person, or as `local`, while no answer is kept."""
    pages: dict[str, Page] = {}

    def open_(person: str, path: str) -> Page:
        if person not in pages:
            is_local = person == "local"
            pages[person] = new_context().new_page() if is_local else signed_in(person)
        # Answers are kept by the version of the marts.
        warehouse.execute(ANOTHER_BUILD)
        page = pages[person]
        page.goto(f"{unguarded if person == 'local' else guarded}/{path}")
        page.get_by_role("button", name=re.compile("^(Baixar|Download)$")).wait_for()
        return settled(page)

    return open_


def downloaded(page: Page, kind: str) -> bytes:
    button(page, say("pt", "download")).click()
    with page.expect_download() as waiting:
        button(page, say("pt", f"download_{kind}")).click()
    return Path(waiting.value.path()).read_bytes()


def rows_of(file: bytes) -> list[dict[str, str]]:
    text = file.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def lines_of(file: bytes) -> list[dict[str, object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]
    header, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]


def contacts(warehouse: Warehouse, condition: str = "true") -> dict[int, set[object]]:
    """The phones of conversations by their number: as they are, and masked."""
    rows = warehouse.query(
        "select display_id, contact_phone, masked_contact_phone"
        f" from marts.mart_drilldown_conversations where {condition}"
    )
    return {int(str(number)): set(phones) for number, *phones in rows}


@pytest.mark.parametrize(
    "person", ["gestora", "supervisora", "auditor", "administradora", "local"]
)
def test_every_file_comes_and_holds_what_the_role_may_see(
    warehouse: Warehouse, open_as: OpenAs, person: str
) -> None:
    role = {"administradora": "admin"}.get(person, person)
    screen = cards(open_as(person, PAGE))
    assert screen
    for kind, read in (("csv", rows_of), ("xlsx", lines_of)):
        rows = read(downloaded(open_as(person, PAGE), kind))
        assert {row["Indicador"]: row["Na tela"] for row in rows} == screen

    report = downloaded(open_as(person, PAGE), "pdf")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(report)).pages]
    assert len(pages) == 2
    text = " ".join(" ".join(pages).split())
    others = [
        name
        for (name,) in warehouse.query(
            "select distinct unit from marts.mart_inboxes where unit <> %s", UNIT
        )
    ]
    assert len(others) > 5
    named = [name for name in others if str(name) in text]
    assert UNIT in text
    assert bool(named) == (person != "supervisora")

    own = contacts(warehouse, f"unit = '{UNIT}'")
    all_of_them = contacts(warehouse)
    full, masked = (
        {
            str(phone)
            for (phone,) in warehouse.query(
                f"select {name} from marts.mart_drilldown_conversations"
                f" where {name} is not null"
            )
        }
        for name in ("contact_phone", "masked_contact_phone")
    )
    for kind, read in (("csv", rows_of), ("xlsx", lines_of)):
        page = open_as(person, LIST)
        count = re.search(r"[\d.]+", page.get_by_role("heading", level=3).inner_text())
        assert count
        rows = read(downloaded(page, kind))
        assert len(rows) == int(count[0].replace(".", ""))
        numbers = {int(str(row["Conversa"])) for row in rows}
        assert numbers <= own.keys() or person != "supervisora"
        assert len(numbers - own.keys()) > 10 or person == "supervisora"
        assert numbers <= all_of_them.keys()
        phones = {str(row["Telefone"]) for row in rows if row["Telefone"]}
        assert len(phones) > 3
        assert phones <= (full if role in SEE_CONTACTS else masked - full)


# ------------------------------------------------------------------ what fails


@contextmanager
def closed(server: TestServer, warehouse: Warehouse) -> Iterator[None]:
    """Let nobody into the database, and put out who is in."""

    def allow(may_enter: bool) -> None:
        with psycopg2.connect(**server.cluster.connection()) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            name = sql.Identifier(warehouse.name)
            cursor.execute(
                sql.SQL("alter database {} allow_connections {}").format(
                    name, sql.Literal(may_enter)
                )
            )
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = %s and usename = %s",
                (warehouse.name, warehouse.reader["user"]),
            )
        connection.close()

    allow(False)
    try:
        yield
    finally:
        allow(True)


def ask(page: Page, kind: str, language: Language = "pt") -> None:
    button(page, say(language, "download")).click()
    button(page, say(language, f"download_{kind}")).click()


@pytest.mark.parametrize("person", ["supervisora", "local"])
@pytest.mark.parametrize("language", ["pt", "en"])
def test_a_file_that_cannot_be_made_says_so_and_the_log_says_why(
    warehouse: Warehouse,
    warehouse_server: TestServer,
    open_as: OpenAs,
    folder: Path,
    person: str,
    language: Language,
) -> None:
    page = open_as(person, PAGE + ("&idioma=en" if language == "en" else ""))
    screen = cards(page)
    log = (folder / "errors.log") if person != "local" else None
    before = len(log.read_text()) if log else 0
    with closed(warehouse_server, warehouse):
        ask(page, "pdf", language)
        said = page.get_by_role("alertdialog").filter(
            has_text=say(language, "file_failed")
        )
        expect(said).to_contain_text(say(language, "file_failed_down"))
    # The page stays as it is, filters and all; what Streamlit says itself does not.
    assert cards(settled(page)) == screen
    assert "p=90d" in page.url
    expect(page.get_by_text("Failed to generate file")).to_be_hidden()
    if log:
        why = log.read_text()[before:]
        assert "the pdf file of a supervisor cannot be made: " in why
        assert "is not currently accepting connections" in why
    # Once more, and it comes.
    with page.expect_download():
        button(page, say(language, "download_pdf")).click()


def test_who_closes_the_menu_is_told_all_the_same(
    warehouse: Warehouse, open_as: OpenAs
) -> None:
    page = open_as("gestora", LIST)
    with psycopg2.connect(**warehouse.owner) as holder:
        cursor = holder.cursor()
        cursor.execute("lock table raw_chatwoot.builds")
        ask(page, "csv")
        page.keyboard.press("Escape")
        expect(button(page, say("pt", "download_csv"))).to_have_count(0)
        cursor.execute(ANOTHER_BUILD)
    holder.close()
    said = page.get_by_role("alertdialog").filter(has_text=say("pt", "file_failed"))
    expect(said).to_contain_text(say("pt", "file_failed_changed"))
    expect(page.get_by_role("heading", level=3).first).to_be_visible()
    assert "kpi=ai_automation_rate" in page.url
