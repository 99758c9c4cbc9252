"""The dashboard as it is served, and a real browser that reads it."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from conftest import SECONDS_AT_MOST, Warehouse
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    expect,
    sync_playwright,
)
from test_access import free_port, serving

from reporting.texts import say

FOLDER = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "browser tests left out: no Chromium; sudo apt-get install chromium, "
    "or CHROMIUM=/path/to/it"
)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]  # fmt: skip
OWN_HOSTS = {"127.0.0.1", "localhost"}
DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
KINDS = {
    "light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "has_touch": True},
}
MILLISECONDS_AT_MOST = 1000 * SECONDS_AT_MOST

# The server has finished, the page has drawn what it sent, nothing is left of before.
IS_SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const all = (selector) => [...document.querySelectorAll(selector)];
    return app
        && app.dataset.testScriptState === 'notRunning'
        && app.dataset.testConnectionState === 'CONNECTED'
        && !all('[data-stale=true], [data-testid=stSkeleton]').length
        && all('[data-testid=stPlotlyChart]').every((c) => c.querySelector('.main-svg'))
        && all('[data-testid=stDataFrame]').every((t) => t.querySelector('canvas'));
}"""
FAILURES = ("card_failed_help", "section_failed_help", "failure_title", "down_title")

OpenPage = Callable[..., Page]


def chromium() -> str | None:
    """Where the browser is."""
    found = os.environ.get("CHROMIUM")
    return (
        shutil.which(found)
        if found
        else next(filter(None, map(shutil.which, BROWSERS)), None)
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave these tests out where there is no browser, unless it must be there."""
    own = [item for item in items if FOLDER in item.path.parents]
    if not own or chromium():
        return
    if os.environ.get("REQUIRE_BROWSER"):
        raise pytest.UsageError(MISSING.replace("left out", "cannot run"))
    for item in own:
        item.add_marker(pytest.mark.skip(MISSING))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(MISSING in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(MISSING)


# ------------------------------------------------------------------ server, browser


@pytest.fixture(scope="package")
def served(
    shared: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a dashboard that anybody on this machine reads."""
    with serving(shared, tmp_path_factory.mktemp("served"), free_port()) as address:
        yield address


@pytest.fixture(scope="package")
def browser(shared: Warehouse) -> Iterator[Browser]:
    """Chromium; the warehouse comes first, for dbt runs in this process."""
    expect.set_options(timeout=MILLISECONDS_AT_MOST)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@dataclass
class Seen:
    """What the pages of a context asked for, and what went wrong in them."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    provider: str | None = None  # of sign-in: its pages are not ours

    def watch(self, context: BrowserContext) -> BrowserContext:
        context.set_default_timeout(MILLISECONDS_AT_MOST)
        context.on("request", self._note)
        context.on("page", self._watch_page)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        return context

    def _note(self, request: Request) -> None:
        asked_by = request.headers.get("referer", "")
        if self.provider is None or not asked_by.startswith(self.provider):
            self.requests.append(request.url)

    def _watch_page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self.requests.append(socket.url))

    def strangers(self) -> set[str]:
        """Hosts that are not this machine."""
        return {
            host
            for url in self.requests
            if (host := urlsplit(url).hostname) and host not in OWN_HOSTS
        }


@pytest.fixture(scope="package")
def seen() -> Seen:
    return Seen()


@pytest.fixture(autouse=True)
def _asks_nobody_else(seen: Seen) -> Iterator[None]:
    """No page asks a third party for anything, and no script of it fails."""
    yield
    strangers, errors = seen.strangers(), list(seen.errors)
    seen.requests.clear()
    seen.errors.clear()
    assert not strangers
    assert not errors


@pytest.fixture(scope="package")
def new_context(
    browser: Browser, seen: Seen
) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser of somebody in Brazil, without cookies."""
    made: list[BrowserContext] = []

    def make(kind: str = "light") -> BrowserContext:
        context = browser.new_context(
            locale="pt-BR", timezone_id="America/Sao_Paulo", **KINDS[kind]
        )
        made.append(seen.watch(context))
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture(scope="package")
def contexts(new_context: Callable[..., BrowserContext]) -> dict[str, BrowserContext]:
    """A browser of each kind, which keeps the files it has loaded."""
    return {kind: new_context(kind) for kind in KINDS}


@pytest.fixture
def open_page(served: str, contexts: dict[str, BrowserContext]) -> Iterator[OpenPage]:
    """Open a page of the dashboard, with a link's parameters, and wait for it."""
    pages: list[Page] = []

    def open_(address: str = "", kind: str = "light", **link: str | list[str]) -> Page:
        pages.append(contexts[kind].new_page())
        pages[-1].goto(f"{served}/{address}?{urlencode(link, doseq=True)}")
        return settled(pages[-1])

    yield open_
    for page in pages:
        page.close()


def settled(page: Page) -> Page:
    """Wait until the page is drawn; it must have no failure on it."""
    page.wait_for_function(IS_SETTLED)
    assert not page.get_by_test_id("stException").count()
    shown = page.get_by_test_id("stApp").inner_text()
    for language in ("pt", "en"):
        assert not [name for name in FAILURES if say(language, name) in shown]
    return page
