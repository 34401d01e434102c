"""What is typed in a real browser saves itself, survives the closing of the window, and waits for its author."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.test_writing import day, pytestmark
from tests.conftest import PASSWORD

__all__ = ["pytestmark"]


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(address)  # and its scripts: what is typed before they listen saves itself with the next letter


def type_and_rest(page: Page, label: str, text: str) -> None:
    """Type, and leave the page for a moment: what is typed is saved then, or after some seconds."""
    page.get_by_label(label, exact=True).fill(text)
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )


def test_what_is_typed_saves_itself_and_is_there_again(served: str, browser: Browser):
    context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 740})
    page = context.new_page()
    sign_in(page, f"{served}/@union/calls/new")
    saved = page.locator("#autosave")

    type_and_rest(page, "Title", "Saved by itself")
    expect(saved).to_contain_text("Saved at")
    assert page.url.endswith("/edit")
    type_and_rest(page, "Text", "Come.")
    expect(saved).to_contain_text("Saved at")
    page.evaluate("document.querySelector('[name=csrf_token]').value = 'stale'")
    type_and_rest(page, "Text", "Come all.")
    expect(saved).to_contain_text("Saved at")
    address = page.url
    page.close()

    page = context.new_page()
    page.goto(f"{served}/account")
    page.get_by_role("link", name="Saved by itself").first.click()
    assert page.url == address
    expect(page.get_by_label("Text", exact=True)).to_have_value("Come all.")
    page.get_by_label("Last day to apply").fill(day(60))
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Published.")

    page.goto(address)
    type_and_rest(page, "Text", "Come later.")
    expect(page.locator("#autosave")).to_contain_text("Readers see it once you publish the changes.")
    page.goto(address.removesuffix("/edit"))
    expect(page.locator("main")).to_contain_text("Come all.")
    page.goto(address)
    page.get_by_role("link", name="Go on with them").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Come later.")
    page.get_by_role("button", name="Publish the changes").click()
    expect(page.locator("main")).to_contain_text("Come later.")
    context.close()
