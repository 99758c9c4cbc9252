"""What a reader finds on the screen."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from reporting.texts import say

CARDS = """() => Object.fromEntries(
    [...document.querySelectorAll('[data-testid=stMetric]')].map((card) => [
        card.querySelector('[data-testid=stMetricLabel]').textContent.trim(),
        card.querySelector('[data-testid=stMetricValue]').textContent.trim(),
    ])
)"""
# The middle of the longest bar of a chart, and what it counts.
LONGEST_BAR = """(chart) => {
    const plot = chart.querySelector('.js-plotly-plot');
    const bars = [...plot.querySelectorAll('.bars .point path')].map((path) => {
        const box = path.getBoundingClientRect();
        const bar = path.parentElement.__data__;
        return { x: box.x + box.width / 2, y: box.y + box.height / 2, count: bar.s };
    });
    return bars.reduce((longest, bar) => (bar.count > longest.count ? bar : longest));
}"""
ROW_HEIGHT = 35  # of a table, which is a canvas


def cards(page: Page) -> dict[str, str]:
    """The value of each card, by its label."""
    found: dict[str, str] = page.evaluate(CARDS)
    return found


def link(page: Page) -> dict[str, list[str]]:
    """What the link of the page says."""
    return parse_qs(urlsplit(page.url).query)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def menu(page: Page, title: str) -> Locator:
    """The entry of a page in the menu."""
    return page.get_by_test_id("stTopNavLink").filter(has_text=title)


def way_to_list(page: Page, kpi_id: str) -> Locator:
    """The link under a card."""
    return page.locator(f'a[href*="kpi={kpi_id}"]').first


def list_title(page: Page) -> str:
    return page.get_by_role("heading", level=3).first.inner_text()


def click_longest_bar(page: Page, chart: Locator) -> int:
    """Click a bar; return what it counts."""
    chart.scroll_into_view_if_needed()
    bar: dict[str, Any] = chart.evaluate(LONGEST_BAR)
    page.mouse.move(bar["x"], bar["y"])
    # A click counts once the chart has found what is under the pointer.
    expect(chart.locator(".hoverlayer .hovertext")).not_to_have_count(0)
    page.mouse.click(bar["x"], bar["y"])
    return int(bar["count"])


def tick_row(page: Page, number: int = 0) -> None:
    """Tick a row of the table that the page tells to tick a row of."""
    page.get_by_text(say("pt", "open_hint")).scroll_into_view_if_needed()
    box = page.get_by_test_id("stDataFrame").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + ROW_HEIGHT / 2, box["y"] + ROW_HEIGHT * (number + 1.5))
