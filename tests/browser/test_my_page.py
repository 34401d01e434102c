"""A member reads what they are told, by keyboard; to follow and to see what comes of it is in `test_journey.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from actors import following, local
from actors.database import session
from actors.models import ORGANISATION
from flask_maillage.people import accounts, roles
from tests.browser.conftest import serving
from tests.browser.keyboard import press
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def _two_members(node: Flask) -> dict[str, str]:
    with node.app_context():
        local.ensure_application()
        union = local.create("union", ORGANISATION, "A union")
        roles.grant(accounts.add("ann@example.org", "Ann", "ann", PASSWORD), union, "editor")
        bea = accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        following.follow(bea.actor, union)
        session().commit()
    return {}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[str]:
    """The base URL of a node with a union, its editor Ann, and Bea who follows it."""
    with serving(tmp_path, _two_members) as (base_url, _places):
        yield base_url


def sign_in(browser: Browser, node: str, email: str) -> Page:
    page = browser.new_page(locale="en-GB")
    page.goto(f"{node}/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    return page


def test_what_one_is_told_is_read_by_keyboard(node: str, browser: Browser):
    ann = sign_in(browser, node, "ann@example.org")
    press(ann, "a.unread")
    told = ann.get_by_role("listitem").filter(has_text="Bea follows A union")
    expect(told.get_by_role("link", name="Bea follows A union")).to_be_visible()
    expect(told.get_by_role("button")).to_have_count(1)
    press(ann, "li:has-text('Bea follows A union') button")
    expect(told.get_by_role("button")).to_have_count(0)
    ann.close()
