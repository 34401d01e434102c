"""A member writes a call in a browser without JavaScript: the whole way from sign-in to withdrawal."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser):
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def fits(page: Page) -> bool:
    """Tell whether nothing sticks out to the right of a narrow screen."""
    return page.locator("html").bounding_box()["width"] <= 360 and page.evaluate("document.body.scrollWidth") <= 360


def test_a_member_writes_corrects_publishes_edits_and_withdraws_a_call(served: str, page: Page):
    page.goto(f"{served}/@union/calls/new")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A new call")
    assert fits(page)

    page.get_by_label("Title", exact=True).fill("Coaching for ten")
    page.get_by_label("Text", exact=True).fill("Come **all**.")
    page.get_by_label("Last day to apply").fill(day(-1))
    page.get_by_text("What is offered").click()
    page.get_by_label("Support offered").fill("Two days together")
    page.get_by_role("button", name="Publish", exact=True).click()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("One thing to correct")
    expect(summary).to_contain_text("choose a day to come")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Coaching for ten")
    expect(page.get_by_label("Support offered")).to_have_value("Two days together")
    assert fits(page)

    page.get_by_label("Last day to apply").fill(day(60))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#shown > .prose strong", has_text="all")).to_be_visible()
    expect(page.locator("#shown")).to_contain_text("Two days together")
    assert fits(page)

    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Published.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Coaching for ten")
    address = page.url

    page.goto(f"{address}/edit")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Come **all**.")
    page.get_by_label("Text", exact=True).fill("Come *everybody*.")
    page.get_by_role("button", name="Publish the changes").click()
    expect(page.locator("main")).to_contain_text("Come everybody.")

    page.goto(f"{address}/edit")
    page.get_by_role("link", name="Withdraw it").click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("status")).to_contain_text("Withdrawn.")
    assert page.goto(address).status == 410

    page.goto(f"{served}/account")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
