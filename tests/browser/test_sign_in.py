"""Signing in with a real provider, and what each role then sees."""

import re
from collections.abc import Callable, Iterator

import pytest
from conftest import Warehouse
from playwright.sync_api import BrowserContext, Page, expect
from test_access import (
    INSIDE,
    OUTSIDE,
    UNIT,
    a_conversation,
    guarding,
    provider,
)

from browser.conftest import Seen, settled
from browser.screen import button, cards

__all__ = ["provider"]  # a fixture


@pytest.fixture(scope="module")
def guarded(
    shared: Warehouse, provider: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a dashboard where people sign in."""
    with guarding(shared, provider, tmp_path_factory.mktemp("guarded")) as address:
        yield address


SignIn = Callable[..., Page]


@pytest.fixture
def signed_in(
    guarded: str, provider: str, seen: Seen, new_context: Callable[..., BrowserContext]
) -> Iterator[SignIn]:
    """Sign in as a person, in a browser of his own; return the first page."""
    made: list[BrowserContext] = []
    seen.provider = provider

    def sign_in(person: str, path: str = "") -> Page:
        made.append(new_context())
        page = made[-1].new_page()
        page.goto(f"{guarded}/{path}")
        button(page, "Entrar").click()
        page.locator("input[name=sub]").fill(person)
        page.get_by_role("button", name=re.compile("authorize", re.I)).click()
        page.wait_for_url(re.compile(re.escape(guarded)))
        button(page, "Sair").or_(page.get_by_text("@example.com")).first.wait_for()
        return settled(page)

    yield sign_in
    for context in made:
        context.close()


def sign_out(page: Page) -> None:
    button(page, "Sair").click()
    button(page, "End session").click()
    expect(button(page, "Entrar")).to_be_visible()


def go(page: Page, guarded: str, path: str) -> Page:
    page.goto(f"{guarded}/{path}")
    page.get_by_text("@example.com").first.wait_for()
    return settled(page)


def shown(page: Page) -> str:
    return page.get_by_test_id("stApp").inner_text()


def test_an_unknown_person_is_refused_and_may_leave(signed_in: SignIn) -> None:
    page = signed_in("estranha")
    expect(page.get_by_text("Você não tem acesso")).to_be_visible()
    assert "estranha@example.com" in shown(page)
    assert "AllpFit " not in shown(page)
    assert not cards(page)
    sign_out(page)


def test_a_manager_sees_every_unit_and_masked_contacts(
    signed_in: SignIn, guarded: str, shared: Warehouse
) -> None:
    page = signed_in("gestora")
    assert cards(page)
    number, phone, masked = a_conversation(shared, OUTSIDE)
    page = go(page, guarded, f"conversas?id={number}")
    assert str(masked) in shown(page)
    assert str(phone) not in page.content()


def test_an_auditor_sees_contacts(
    signed_in: SignIn, guarded: str, shared: Warehouse
) -> None:
    page = signed_in("auditor")
    number, phone, _ = a_conversation(shared, OUTSIDE)
    page = go(page, guarded, f"conversas?id={number}")
    assert str(phone) in shown(page)


def test_a_supervisor_sees_his_unit_only(
    signed_in: SignIn, guarded: str, shared: Warehouse
) -> None:
    manager = signed_in("gestora")
    of_unit = cards(go(manager, guarded, f"?p=90d&un={UNIT}"))
    of_all = cards(go(manager, guarded, "?p=90d"))
    page = signed_in("supervisora")
    own = cards(go(page, guarded, "?p=90d"))
    assert own == of_unit
    assert own != of_all
    # Neither is there another unit to choose, nor does a link choose it.
    page.get_by_role("combobox", name="Unidades").click()
    expect(page.get_by_role("option")).to_have_text([UNIT])
    assert cards(go(page, guarded, "?p=90d&un=AllpFit+Centro")) == own
    assert "AllpFit Centro" not in shown(page)

    inside, outside = (a_conversation(shared, where) for where in (INSIDE, OUTSIDE))
    page = go(page, guarded, f"conversas?id={inside[0]}")
    assert str(inside[2]) in shown(page)
    page = go(page, guarded, f"conversas?id={outside[0]}")
    expect(page.get_by_text(f"Não há conversa {outside[0]}")).to_be_visible()
    for secret in outside[1:]:
        assert str(secret) not in page.content()


def test_who_signs_out_sees_nothing_any_more(signed_in: SignIn, guarded: str) -> None:
    page = signed_in("gestora")
    page.get_by_role("button", name="gestora@example.com").click()
    sign_out(page)
    page.goto(f"{guarded}/operacao?p=90d")
    expect(button(page, "Entrar")).to_be_visible()
    assert "AllpFit " not in shown(page)
    assert not cards(page)
