"""A newcomer's whole journey by keyboard: signs up, finds a call, follows its project, registers after an error."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from actors import local
from actors.database import session
from actors.models import PROJECT
from actors.node import now
from flask_maillage import sample
from flask_maillage.publications.kinds.registration import Ask, Registration
from flask_maillage.territory.places import Place
from inboxes import worker
from tests import postbox as postboxes
from tests.browser.conftest import serving
from tests.browser.furnished import Places
from tests.browser.keyboard import press, write
from tests.people.newcomers import link_in
from tests.publications.board import publish

pytestmark = pytest.mark.browser
PASSWORD = "river lamp under seven"
SEND = "main form.form button[type=submit]"
Node = tuple[str, Callable[[str], str]]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node that anybody may join: its base URL, and what lets the mail go out and reads the link in the last one."""
    made: list[Flask] = []

    def fill(app: Flask) -> Places:
        made.append(app)
        with app.app_context():
            local.ensure_application()
            local.create("couriers", PROJECT, "Couriers together")
            session().commit()
            deadline = now() + timedelta(days=60)
            seminar = sample.seminar(now())
        for name, latitude, longitude in (("Coaching in the Alps", 45.2, 5.7), ("Coaching in Flanders", 50.6, 3.1)):
            place = Place(name="Hall", latitude=latitude, longitude=longitude)
            publish(app, "call", handle="couriers", name=name, place=place, ends_at=deadline)
        asks = Registration(asks=(Ask(question="Which workshop?", required=True), Ask(question="Your trade?")))
        details = seminar.details.model_copy(update={"registration": asks})
        publish(app, "event", handle="couriers", name="A seminar", details=details, place=None)
        return {}

    with postboxes.postbox() as box:
        mail = {"MAILLAGE_MAIL_SERVER": "127.0.0.1", "MAILLAGE_MAIL_PORT": box.port, "MAILLAGE_MAIL_SECURITY": "none"}
        with serving(tmp_path_factory.mktemp("journey"), fill, MAILLAGE_SIGN_UP="open", **mail) as (base_url, _):

            def link(beginning: str) -> str:
                worker.run_until_idle(made[0])
                return base_url + link_in(box.text(), beginning)

            yield base_url, link


@pytest.mark.parametrize(("locale", "width"), [("fr-FR", 360), ("en-GB", 1280)])
def test_a_newcomer_signs_up_finds_a_call_follows_its_project_and_registers(
    node: Node, browser: Browser, locale: str, width: int
) -> None:
    base_url, link = node
    context = browser.new_context(locale=locale, viewport={"width": width, "height": 800})
    page = context.new_page()
    _sign_up(page, base_url, link, email=f"zoe-{width}@example.org")
    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
    _find_near(page, base_url, "grenob")
    press(page, ".notice-name a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Coaching in the Alps")

    press(page, "main a[href$='/@couriers']")
    press(page, "form[action$='/follow'] button")
    expect(page.locator("form[action$='/follow'] [name=answer]").first).to_have_value("unfollow")
    press(page, ".me a[href$='/my']")
    expect(page.locator("section", has=page.locator("#followed")).locator(".notice-name")).to_contain_text(
        ["A seminar", "Coaching in Flanders", "Coaching in the Alps"]
    )
    page.get_by_role("link", name="A seminar").first.press("Enter")
    _register_after_an_error(page)
    press(page, ".me a[href$='/my']")
    expect(page.locator("aside, .aside").get_by_role("link", name="A seminar").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def _sign_up(page: Page, base_url: str, link: Callable[[str], str], *, email: str) -> None:
    page.goto(f"{base_url}/sign-in")
    press(page, "main a[href$='/sign-up']")
    for field, text in (("#name", "Zoé Martin"), ("#email", email), ("#password", PASSWORD)):
        write(page, field, text)
    press(page, SEND)
    page.goto(link("sign-up/confirm/"))
    write(page, "#password", PASSWORD)
    press(page, SEND)
    page.goto(f"{base_url}/account")
    press(page, "form[action$='/sign-out'] button")
    write(page, "#email", email)
    write(page, "#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".me")).to_contain_text("Zoé Martin")


def _find_near(page: Page, base_url: str, beginning: str) -> None:
    """Type the beginning of a town into the bar of filters, and choose what it is completed to."""
    page.goto(f"{base_url}/find")
    write(page, "#filter-near", beginning)
    expect(page.get_by_role("option").first).to_contain_text("Grenoble")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".chip").first).to_contain_text("Grenoble")
    expect(page.locator(".notice-name")).to_have_text(["Coaching in the Alps"])


def _register_after_an_error(page: Page) -> None:
    """Leave out what has to be answered, be led to it, and lose nothing of the rest."""
    press(page, "main a[href$='/register']")
    questions = page.locator("main form.form .field-stringfield input")
    workshop, trade = (f"#{questions.nth(number).get_attribute('id')}" for number in (0, 1))
    write(page, trade, "Cook & carpenter")
    write(page, "#message", "I come by train.")
    press(page, SEND)

    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Which workshop?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(workshop)).to_be_focused()
    expect(page.locator(workshop)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(workshop)).to_have_attribute("aria-describedby", f"{workshop[1:]}-error")
    expect(page.locator(f"{workshop}-error")).to_be_visible()
    expect(page.locator(trade)).to_have_value("Cook & carpenter")
    expect(page.locator("#message")).to_have_value("I come by train.")
    page.keyboard.type("Kitchens")
    press(page, SEND)
    expect(page.get_by_role("heading", level=1)).to_have_text("A seminar")
    expect(page.locator(".standing")).to_be_visible()
