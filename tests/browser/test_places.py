"""A place is completed as one types, by keyboard alone; a reader who listens is told what there is."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def test_an_editor_completes_a_town_with_the_keyboard(served: str, browser: Browser):
    context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 740})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served}/@union/events/new")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()

    town = page.get_by_role("combobox", name="Town")
    options = page.locator("#locality ~ .places [role=option]")
    town.focus()
    page.keyboard.type("greno")
    expect(options.first).to_contain_text("Grenoble")
    expect(page.get_by_role("status").filter(has_text="The arrow keys choose")).to_have_count(1)
    expect(town).to_have_attribute("aria-expanded", "true")
    assert not Axe().run(page).response["violations"]
    assert page.evaluate("document.body.scrollWidth") <= 360

    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(town).to_have_value("greno")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(town).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    page.keyboard.press("Enter")

    expect(town).to_have_value("Grenoble")
    expect(town).to_be_focused()
    expect(page.locator("#region")).to_have_value("Auvergne-Rhône-Alpes")
    expect(page.locator("#country")).to_have_value("FR")
    expect(page.locator("#latitude")).to_have_value("45.17869")
    expect(page.get_by_role("heading", level=1)).to_have_text("A new event")

    page.locator("#latitude").evaluate("field => { field.value = '45.2' }")
    town.fill("")
    page.keyboard.type("38130")
    expect(options.first).to_contain_text("38130 Échirolles")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#postal_code")).to_have_value("38130")
    expect(town).to_have_value("Échirolles")
    expect(page.locator("#latitude")).to_have_value("45.2")
    assert all(url.startswith(served) for url in asked)
    context.close()


def test_places_are_added_to_a_list_one_by_one(furnished: Served, browser: Browser):
    page = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{furnished.base_url}/@ires/profile")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    added, lines = page.get_by_role("combobox", name="Add a place"), page.locator("#acts_in")
    lines.fill("")
    added.focus()
    page.keyboard.type("greno")
    expect(page.locator("#add-area ~ .places [role=option]").first).to_contain_text("Grenoble")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(lines).to_have_value("Grenoble (insee:38185)")
    expect(added).to_have_value("")
    page.keyboard.type("Belgium")
    page.keyboard.press("Enter")
    expect(lines).to_have_value("Grenoble (insee:38185)\nBelgium")
    assert page.url.endswith("/profile"), "Enter adds, and sends nothing"
    assert not Axe().run(page).response["violations"]
