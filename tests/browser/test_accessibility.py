"""Who cannot see the page, or has no mouse, reads it too."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Warehouse
from playwright.sync_api import Page, expect

from browser.conftest import OpenPage, settled
from browser.screen import cards, way_to_list
from dashboards.app import PAGES
from reporting.texts import say

TITLES = {address: title for title, address, _ in PAGES}
# What Streamlit draws and we cannot: the rule, and in what it finds fault.
OF_STREAMLIT: dict[str, tuple[str, ...]] = {
    # The line of a card: the number beside it says the same.
    "svg-img-alt": ("stMetricChart",),
}
MOST_STEPS = 120
FOCUSED = """() => {
    const here = document.activeElement;
    const part = here.closest('[data-testid]');
    return {
        part: part ? part.dataset.testid : '',
        name: here.getAttribute('aria-label') || here.textContent.trim(),
        href: here.getAttribute('href') || '',
    };
}"""


def findings(page: Page) -> list[str]:
    """The grave ones, except Streamlit's own: the rule and what breaks it."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if not is_of_streamlit(page, rule["id"], node["target"][-1])
    ]


def is_of_streamlit(page: Page, rule: str, target: str) -> bool:
    parts = OF_STREAMLIT.get(rule, ())
    inside = ", ".join(f"[data-testid={part}]" for part in parts)
    return bool(parts) and bool(
        page.locator(target).first.evaluate("(n, s) => !!n.closest(s)", inside)
    )


@pytest.mark.parametrize("kind", ["light", "dark"])
@pytest.mark.parametrize("name", TITLES)
def test_a_page_is_drawn_and_has_no_grave_finding(
    open_page: OpenPage, name: str, kind: str
) -> None:
    page = open_page(name, kind=kind, p="90d")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("pt", TITLES[name]))
    assert not findings(page)


@pytest.mark.parametrize("kind", ["light", "dark"])
def test_a_conversation_has_no_grave_finding(
    open_page: OpenPage, shared: Warehouse, kind: str
) -> None:
    number = shared.value(
        "select conversation_id from marts.mart_drilldown_messages"
        " where sender_class in ('contact', 'ai', 'human', 'human_phone')"
        " group by 1 having count(*) < 100"
        " order by count(distinct sender_class) desc, 1 desc limit 1"
    )
    page = open_page("conversas", kind=kind, id=number)
    expect(page.get_by_role("heading", level=3).first).to_contain_text("Conversa #")
    assert not findings(page)


def test_tab_reaches_filters_and_cards(open_page: OpenPage) -> None:
    page = open_page(p="90d")
    count = next(iter(cards(page).values()))
    way = way_to_list(page, "episodes_total")
    without_focus = way.screenshot()
    reached = []
    while not reached or "kpi=episodes_total" not in reached[-1]["href"]:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
        assert len(reached) < MOST_STEPS, json.dumps(reached, ensure_ascii=False)
    names = " | ".join(step["name"] for step in reached)
    for title in TITLES.values():
        assert say("pt", title) in names
    for key in ("90d", "comparison", "units", "more_filters", "download"):
        assert say("pt", key) in names, key
    assert way.screenshot() != without_focus
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=3).first
    expect(heading).to_contain_text(f"{count} · ")
    settled(page)
