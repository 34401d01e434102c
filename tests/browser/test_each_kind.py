"""An editor looks at each kind and publishes it; an error is corrected by keyboard alone; nothing typed is lost."""

import re

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.test_autosave import sign_in
from tests.browser.test_writing import day

pytestmark = pytest.mark.browser

FILLED = {
    "calls": {"Title": "Coaching for ten", "Text": "Come.", "Last day to apply": day(60)},
    "events": {"Title": "A seminar", "Text": "Come.", "Start": "2199-03-01T09:00", "Town": "Grenoble"},
    "initiatives": {"Title": "A pay log", "Text": "We write down what we are paid."},
    "news": {"Text": "The minutes are out."},
}


@pytest.fixture(scope="module")
def page(served: str, browser: Browser):
    context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 740})
    opened = context.new_page()
    sign_in(opened, f"{served}/account")
    yield opened
    context.close()


@pytest.mark.parametrize("slug", FILLED)
def test_an_editor_publishes_each_kind(served: str, page: Page, slug: str) -> None:
    page.goto(f"{served}/@union/{slug}/new")
    for label, text in FILLED[slug].items():
        page.get_by_label(re.compile(rf"^{label}( \(optional\))?$")).first.fill(text)
    page.locator("main form button[value=preview]:not(.unseen)").click()
    for label in FILLED[slug].keys() & {"Title", "Text"}:
        expect(page.locator("#shown")).to_contain_text(FILLED[slug][label])
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Published.")).to_be_visible()
    assert re.search(rf"/@union/{slug}/[\w-]+$", page.url)
    for label in FILLED[slug].keys() & {"Title", "Text", "Town"}:
        expect(page.locator("main")).to_contain_text(FILLED[slug][label])
    page.goto(f"{served}/{slug}")
    expect(page.locator("main")).to_contain_text(FILLED[slug].get("Title", FILLED[slug]["Text"]))


def test_an_error_is_found_and_corrected_by_keyboard_alone(served: str, page: Page) -> None:
    page.goto(f"{served}/@union/events/new")
    page.get_by_label("Title", exact=True).focus()
    page.keyboard.type("An evening")
    page.get_by_role("button", name="Publish", exact=True).press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    target = (focused.get_attribute("href") or "").removeprefix("#")
    page.keyboard.press("Enter")
    field = page.locator(f"[id='{target}']")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert page.locator(f"[id='{target}-error']").is_visible()
    expect(page.get_by_label("Title", exact=True)).to_have_value("An evening")
    page.get_by_label("Start", exact=True).fill("2199-03-01T09:00")
    page.get_by_label("Text", exact=True).fill("Come.")
    page.get_by_role("button", name="Publish", exact=True).press("Enter")
    expect(page.get_by_role("status").filter(has_text="Published.")).to_be_visible()


def test_enter_in_a_field_shows_what_was_written_and_leaves_nothing_unasked(served: str, page: Page) -> None:
    page.goto(f"{served}/@union/news/new")
    page.get_by_label("Text", exact=True).fill("Almost said.")
    page.get_by_label("Title", exact=True).press("Enter")
    expect(page.locator("#shown > .prose")).to_contain_text("Almost said.")
    assert page.url.endswith("/@union/news/new") or page.url.endswith("/edit")
    page.goto(f"{served}/news")
    expect(page.locator("main")).not_to_contain_text("Almost said.")


def test_who_leaves_a_form_that_does_not_save_itself_is_asked_first(served: str, page: Page) -> None:
    page.goto(f"{served}/@union/events/new")
    page.get_by_label("Title", exact=True).fill("An afternoon")
    page.get_by_label("Text", exact=True).fill("Come.")
    page.get_by_label("Start", exact=True).fill("2199-03-01T09:00")
    page.locator("main details", has=page.locator("button[value=programme]")).locator("summary").first.click()
    page.locator("main form button[value=programme]").click()
    address = page.url
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    title = page.locator("#row-0-name")
    title.click()
    page.get_by_role("link", name="An afternoon").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("An afternoon")
    assert asked == [], "nothing was typed"

    page.goto(address)
    title.click()
    page.keyboard.type("Opening")
    with page.expect_event("dialog"):
        page.get_by_role("link", name="An afternoon").click()
    assert asked == ["beforeunload"]
    expect(title).to_have_value("Opening")
    page.locator("main form button[value^=add]").first.click()
    expect(title).to_have_value("Opening")
    assert asked == ["beforeunload"], "what is sent is not left behind"
    with page.expect_event("dialog"):
        page.get_by_role("link", name="An afternoon").click()
    page.locator("main form button[value=save]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("An afternoon")
    assert asked == ["beforeunload"] * 2
    page.remove_listener("dialog", stay)
