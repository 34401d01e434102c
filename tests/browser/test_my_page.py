"""A member follows an organisation, sees what it publishes, and reads what they are told, all by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from actors import local
from actors.database import session
from actors.models import ORGANISATION
from flask_maillage.people import accounts, roles
from tests.browser.conftest import serving
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def _two_members(node: Flask) -> dict[str, str]:
    with node.app_context():
        local.ensure_application()
        union = local.create("union", ORGANISATION, "A union")
        roles.grant(accounts.add("ann@example.org", "Ann", "ann", PASSWORD), union, "editor")
        accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        session().commit()
    return {}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[str]:
    """The base URL of a node with a union, its editor Ann, and Bea."""
    with serving(tmp_path, _two_members) as (base_url, _places):
        yield base_url


def sign_in(browser: Browser, node: str, email: str) -> Page:
    page = browser.new_page(locale="en-GB")
    page.goto(f"{node}/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    return page


def press(page: Page, role: str, name: str) -> None:
    """Go to something with the tabulator, as who has no mouse does, and press it."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"{name} is not reached by keyboard")


def test_follow_see_and_read_by_keyboard(node: str, browser: Browser):
    bea = sign_in(browser, node, "bea@example.org")
    bea.goto(f"{node}/@union")
    press(bea, "button", "Follow A union")
    expect(bea.get_by_role("button", name="Follow no longer A union")).to_be_visible()

    ann = sign_in(browser, node, "ann@example.org")
    ann.goto(f"{node}/@union/events/new")
    ann.get_by_label("Title", exact=True).fill("A spring meeting")
    ann.get_by_label("Text", exact=True).fill("Come all.")
    ann.get_by_label("Start", exact=True).fill("2199-04-01T09:00")
    ann.get_by_role("button", name="Publish", exact=True).click()

    press(bea, "link", "Bea")
    expect(bea.get_by_role("heading", level=1)).to_have_text("Your page")
    expect(bea.get_by_role("link", name="A spring meeting")).to_be_visible()

    press(ann, "link", "new notifications")
    expect(ann.get_by_role("link", name="Bea follows A union")).to_be_visible()
    told = ann.get_by_role("listitem").filter(has_text="Bea follows A union")
    expect(told.get_by_role("button")).to_have_count(1)
    press(ann, "button", "Mark as read")
    expect(told.get_by_role("button")).to_have_count(0)
    ann.close()
    bea.close()
