"""Somebody without an account registers from a phone: what a browser says of the forms is taken for ours."""

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def test_a_guest_registers_with_an_address(served: str, browser: Browser):
    organiser = browser.new_page(locale="en-GB")
    organiser.goto(f"{served}/@union/events/new")
    organiser.get_by_label("E-mail address").fill("ann@example.org")
    organiser.get_by_label("Password").fill(PASSWORD)
    organiser.locator("main").get_by_role("button", name="Sign in").click()
    organiser.get_by_label("Title", exact=True).fill("A seminar")
    organiser.get_by_label("Text", exact=True).fill("Come all.")
    organiser.get_by_label("Start", exact=True).fill("2199-03-01T09:00")
    organiser.get_by_role("button", name="Publish", exact=True).click()
    expect(organiser.get_by_role("heading", level=1)).to_have_text("A seminar")

    guest = browser.new_page(locale="en-GB", viewport={"width": 360, "height": 740})
    guest.goto(organiser.url)
    guest.get_by_role("link", name="Register").click()
    guest.get_by_label("Your name").fill("Zoé")
    guest.get_by_label("Your e-mail address").fill("zoe@example.org")
    guest.locator("main").get_by_role("button", name="Register").click()

    expect(guest.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    organiser.close()
    guest.close()
