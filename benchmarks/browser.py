"""The dashboard as it is served, and a browser without a window that looks at it."""

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ground.settings import PROJECT_ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
# Nothing below the header has changed for so long, and the script is over.
QUIET_MS = 500
MILLISECONDS_AT_MOST = 60_000
# Notes in the page when it was clicked, and when what is waited for came; times are
# those of the page's own clock, which starts as it is opened.
WATCH = """
const seen = window.seen = {changedAt: 0, chartAt: 0, ranAt: 0, clickedAt: 0};
const first = {
  cardAt: '[data-testid=stMetricValue]',
  firstChartAt: '.js-plotly-plot .main-svg',
};
addEventListener('pointerdown', () => {
  seen.clickedAt = performance.now();
  delete seen.listAt;
}, true);
new MutationObserver(changes => {
  const now = performance.now();
  for (const [name, what] of Object.entries(first))
    if (!seen[name] && document.querySelector(what)) seen[name] = now;
  if (!seen.listAt && document.querySelector('[data-testid=stDataFrame]'))
    seen.listAt = now;
  const main = document.querySelector('[data-testid=stMain]');
  const chart = document.querySelector('.js-plotly-plot');
  for (const {type, target} of changes) {
    if (type === 'attributes') {
      seen.ranAt = now;
      continue;
    }
    if (main?.contains(target)) seen.changedAt = now;
    if (chart?.contains(target)) seen.chartAt = now;
  }
}).observe(document, {
  subtree: true, childList: true, characterData: true,
  attributes: true, attributeFilter: ['data-test-script-state'],
});
"""
IS_DRAWN = f"""() => {{
  const app = document.querySelector('[data-testid=stApp]');
  // A quick script is over before anyone sees it run.
  const lastAt = Math.max(window.seen.changedAt, window.seen.ranAt);
  return app?.dataset.testScriptState === 'notRunning'
    && lastAt > window.seen.clickedAt
    && !document.querySelector('[data-testid=stSkeleton]')
    && performance.now() - lastAt > {QUIET_MS};
}}"""


class NoBrowserError(Exception):
    """There is no Chromium; the message says how to get one."""


@contextmanager
def serve() -> Iterator[tuple[str, int]]:
    """Serve the dashboard of the settings; return its address and process id.

    Raises RuntimeError where it does not start; its own words are on stderr.
    """
    with closing(socket.create_server(("127.0.0.1", 0))) as unused:
        port = unused.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "dashboards", "--port", str(port)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        if not server.stdout.readline().startswith("dashboard: "):
            raise RuntimeError("the dashboard did not start")
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=20)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a Chromium of the machine. Raises NoBrowserError."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise NoBrowserError("no Chromium found: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def new_reader(
    browser: Browser, width: int = 1366, height: int = 900, is_dark: bool = False
) -> BrowserContext:
    """Open a browser profile with nothing in its cache, of a reader in Brazil."""
    context = browser.new_context(
        locale="pt-BR",
        timezone_id="America/Sao_Paulo",
        viewport={"width": width, "height": height},
        color_scheme="dark" if is_dark else "light",
    )
    context.set_default_timeout(MILLISECONDS_AT_MOST)
    context.add_init_script(WATCH)
    return context


def wait_until_drawn(page: Page) -> None:
    """Wait until the script is over and the page has come to rest."""
    page.wait_for_function(IS_DRAWN)
