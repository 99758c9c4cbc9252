"""Measure the dashboard as a manager meets it: `python -m benchmarks.dashboard`.

Runs on the embedded warehouse of the settings, and needs a Chromium; for other sizes
make a warehouse first:

    DATA_DIR=/some/folder DEMO_CONVERSATIONS=100000 make run
    DATA_DIR=/some/folder python -m benchmarks.dashboard

Writes its tables into docs/performance.md. Browser, servers and readers share the
machine, so a figure holds what all of them take.
"""

import argparse
import random
import statistics
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

import psutil
from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.browser import (
    NoBrowserError,
    chromium,
    new_reader,
    serve,
    wait_until_drawn,
)
from benchmarks.load import DOCUMENT, machine, say
from benchmarks.measure import cpu_seconds
from benchmarks.reader import Reader
from benchmarks.report import replace, table
from dashboards.app import FIRST, PAGES
from ground import servers
from ground.settings import load_settings
from kpis import Marts

BEGIN = "<!-- begin: python -m benchmarks.dashboard -->"
HEAD = ("in milliseconds", "median", "95 %", "budget", "of the budget", "times")
# The first page is that of no address; it has one in the menu alone.
ADDRESSES = ("", *(address for _, address, _ in PAGES[1:]))
# What is clicked of the periods: each once unasked, then once more.
PRESETS = ("7 dias", "90 dias", "7 dias", "90 dias")
IS_REDRAWN = "() => window.seen.chartAt > window.seen.clickedAt"
SMALLEST_BAR_PIXELS = 8
PAUSE_SECONDS = (1.0, 5.0)  # between two clicks of one of many readers


@dataclass
class Figure:
    """What was measured many times, and what was aimed at."""

    text: str
    budget_ms: float | None = None
    budget_95_ms: float | None = None
    milliseconds: list[float] = field(default_factory=list)

    @property
    def median_ms(self) -> float:
        """The median."""
        return statistics.median(self.milliseconds)

    @property
    def high_ms(self) -> float:
        """The 95 % quantile; of less than twenty it is the slowest."""
        ordered = sorted(self.milliseconds)
        return ordered[int(0.95 * len(ordered))]

    def row(self) -> tuple[str, ...]:
        """The cells of a table."""
        if not self.milliseconds:
            return (self.text, "-", "-", "-", "-", "0")
        budget, ratio = "-", "-"
        if self.budget_ms is not None:
            budget = f"{self.budget_ms:,.0f}"
            ratio = f"{self.median_ms / self.budget_ms:.2f}"
        if self.budget_95_ms is not None:
            budget += f" (95 %: {self.budget_95_ms:,.0f})"
            ratio += f" ({self.high_ms / self.budget_95_ms:.2f})"
        times = str(len(self.milliseconds))
        shown = (f"{self.median_ms:,.0f}", f"{self.high_ms:,.0f}")
        return (self.text, *shown, budget, ratio, times)


class Links:
    """Links to as many days as are usual, each to others: nobody has asked before."""

    def __init__(self, first: date, today: date, chance: random.Random) -> None:
        starts = range((today - first).days - 31)
        self._left = [
            (first + timedelta(days=start), length)
            for start in starts
            for length in (28, 29, 30)
        ]
        chance.shuffle(self._left)

    def new(self) -> str:
        """Return the next link."""
        start, length = self._left.pop()
        end = start + timedelta(days=length)
        return urlencode({"p": "personalizado", "de": start, "ate": end})


def main() -> None:
    """Measure everything, and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=10, help="of each measurement")
    parser.add_argument("--readers", type=int, default=10, help="at the same time")
    parser.add_argument("--seconds", type=float, default=30, help="that they read")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    marts = Marts(load_settings().dashboard)
    (facts,) = marts.read(
        "select min(local_date) as first, max(local_date) as today,"
        " (select conversations from marts.mart_load_status) as conversations"
        " from marts.mart_temporal_days"
    )
    units = [
        row["unit"]
        for row in marts.read("select distinct unit from marts.mart_inboxes order by 1")
    ]
    links = Links(facts["first"], facts["today"], chance)
    command = " ".join(["python -m benchmarks.dashboard", *sys.argv[1:]])
    parts = [
        machine(command),
        f"The warehouse holds {facts['conversations']:,} conversations.",
    ]
    try:
        with serve() as (address, server_pid):
            with chromium() as browser:
                parts += in_browser(browser, address, units, arguments.times)
            parts += on_the_server(address, links, arguments.times)
            parts += together(
                address,
                server_pid,
                links,
                chance,
                arguments.readers,
                arguments.seconds,
            )
    except NoBrowserError as error:
        sys.exit(f"error: {error}")
    text = "\n\n".join(parts)
    print(text)
    replace(BEGIN, text, DOCUMENT)


# ------------------------------------------------------------------ in the browser


def in_browser(
    browser: Browser, address: str, units: Sequence[str], times: int
) -> list[str]:
    """Measure openings, changes of a filter and clicks, on the first page."""
    url = f"{address}/"
    # The server knows what the page shows, as for all but the first reader.
    with new_reader(browser) as reader:
        visit = first_visit(reader, url)
    figures = [
        *openings(browser, url, times),
        *filter_changes(browser, url, units[:times]),
        clicks(browser, url, times),
    ]
    return [
        "### In the browser",
        table(HEAD, [figure.row() for figure in figures]),
        visit,
    ]


def openings(browser: Browser, url: str, times: int) -> list[Figure]:
    """Measure how soon something is seen: with nothing in the cache, then with all."""
    cold = Figure("first visit of a browser: the first KPI is seen", 2500)
    cold_chart = Figure("first visit of a browser: the first chart is seen")
    warm = Figure("a later visit: the first KPI is seen", 1000)
    warm_chart = Figure("a later visit: the first chart is seen", 2000)
    say("openings")
    for _ in range(times):
        with new_reader(browser) as reader:
            for card, chart in ((cold, cold_chart), (warm, warm_chart)):
                page = opened(reader, url)
                card.milliseconds.append(seen(page, "cardAt"))
                chart.milliseconds.append(seen(page, "firstChartAt"))
                page.close()
    return [cold, cold_chart, warm, warm_chart]


def filter_changes(browser: Browser, url: str, units: Sequence[str]) -> list[Figure]:
    """Measure how soon another period is shown, by units, for it to be unasked."""
    chart, whole = "the first chart is redrawn", "all of the page is redrawn"
    new_text, known_text = (
        f"a filter is changed, {asked} before" for asked in ("not asked", "asked")
    )
    new, known = (Figure(f"{t}: {chart}", 500, 900) for t in (new_text, known_text))
    new_page, known_page = (Figure(f"{t}: {whole}") for t in (new_text, known_text))
    say("changes of a filter")
    with new_reader(browser) as reader:
        for unit in units:
            page = opened(reader, f"{url}?{urlencode({'un': unit})}")
            for turn, preset in enumerate(PRESETS):
                page.get_by_text(preset, exact=True).click()
                page.wait_for_function(IS_REDRAWN)
                wait_until_drawn(page)
                is_new = turn < len(set(PRESETS))
                of_chart, of_page = (new, new_page) if is_new else (known, known_page)
                clicked = seen(page, "clickedAt")
                of_chart.milliseconds.append(seen(page, "chartAt") - clicked)
                of_page.milliseconds.append(seen(page, "changedAt") - clicked)
            page.close()
    return [new, new_page, known, known_page]


def clicks(browser: Browser, url: str, times: int) -> Figure:
    """Measure how soon the list behind a bar is shown."""
    say("clicks")
    figure = Figure("a bar is clicked: its list is seen", 700)
    with new_reader(browser) as reader:
        for turn in range(times):
            page = opened(reader, url)
            click_bar(page, turn)
            page.wait_for_function("() => window.seen.listAt")
            figure.milliseconds.append(seen(page, "listAt") - seen(page, "clickedAt"))
            page.close()
    return figure


def click_bar(page: Page, turn: int) -> None:
    """Click a bar of the first chart that is not too low, another one each turn."""
    chart = page.locator(".js-plotly-plot").first
    chart.scroll_into_view_if_needed()
    boxes = [
        box
        for bar in chart.locator(".barlayer .point path").all()
        if (box := bar.bounding_box()) and box["height"] > SMALLEST_BAR_PIXELS
    ]
    box = boxes[7 * turn % len(boxes)]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.wait_for_selector(".hoverlayer .hovertext")  # the chart has noticed
    page.mouse.click(x, y)


def opened(reader: BrowserContext, url: str) -> Page:
    """Open a page, and wait until it is there."""
    page = reader.new_page()
    page.goto(url)
    wait_until_drawn(page)
    return page


def seen(page: Page, name: str) -> float:
    """Return a moment that the page has noted."""
    return float(page.evaluate("name => window.seen[name]", name))


def first_visit(reader: BrowserContext, url: str) -> str:
    """Say what a first visit takes from the server."""
    page = reader.new_page()
    network = reader.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    frames: list[int] = []
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.append(event["encodedDataLength"]),
    )
    network.on(
        "Network.webSocketFrameReceived",
        # Bytes come as base64.
        lambda event: frames.append(len(event["response"]["payloadData"]) * 3 // 4),
    )
    page.goto(url)
    wait_until_drawn(page)
    return (
        f"A first visit takes {len(sizes)} files of {sum(sizes) / 1e6:.2f} MB, and "
        f"{len(frames)} messages of {sum(frames) / 1e6:.2f} MB by web socket."
    )


# ------------------------------------------------------------------ on the server


def on_the_server(address: str, links: Links, times: int) -> list[str]:
    """Measure each page with days that nobody has asked for, and with them again."""
    figures = []
    say("the server alone")
    for page in ADDRESSES:
        new = Figure(f"{page or FIRST}, not asked before", 400)
        known = Figure(f"{page or FIRST}, asked before", 80)
        with Reader(address) as reader:
            reader.ask(page)
            for _ in range(times):
                query = links.new()
                new.milliseconds.append(1000 * reader.ask(page, query))
                known.milliseconds.append(1000 * reader.ask(page, query))
        figures += [new, known]
    return [
        "### The server alone, until the script of a page is over",
        table(HEAD, [figure.row() for figure in figures]),
    ]


# ------------------------------------------------------------------ many readers


def together(
    address: str,
    server_pid: int,
    links: Links,
    chance: random.Random,
    count: int,
    seconds: float,
) -> list[str]:
    """Let many read at once, with pauses: a page, then its filter changed, and so on.

    Raises the first failure of a reader.
    """
    say("readers at once")
    opening = Figure("another page is opened, the usual filter", 500, 900)
    change = Figure("a filter is changed, not asked before", 500, 900)
    failures: list[Exception] = []
    server = psutil.Process(server_pid)
    warehouse = servers.warehouse_cluster(load_settings().data_dir)
    ends_at = time.monotonic() + seconds

    def read(luck: random.Random) -> None:
        try:
            with Reader(address) as reader:
                while time.monotonic() < ends_at:
                    page = luck.choice(ADDRESSES)
                    for figure, query in ((opening, ""), (change, links.new())):
                        time.sleep(luck.uniform(*PAUSE_SECONDS))
                        figure.milliseconds.append(1000 * reader.ask(page, query))
        except Exception as error:
            failures.append(error)

    threads = [
        threading.Thread(target=read, args=(random.Random(chance.random()),))
        for _ in range(count)
    ]
    began = time.monotonic()
    before = (sum(server.cpu_times()[:2]), cpu_seconds(warehouse))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    dashboard = sum(server.cpu_times()[:2]) - before[0]
    database = cpu_seconds(warehouse) - before[1]
    for failure in failures:
        raise failure
    done = len(opening.milliseconds) + len(change.milliseconds)
    return [
        f"### {count} readers at once, the server alone",
        table(HEAD, [opening.row(), change.row()]),
        f"They asked {done} times in {took:.0f} s, each with pauses of "
        f"{PAUSE_SECONDS[0]:.0f} to {PAUSE_SECONDS[1]:.0f} s. The dashboard took "
        f"{dashboard / took:.2f} of a core, its database {database / took:.2f}.",
    ]


if __name__ == "__main__":
    main()
