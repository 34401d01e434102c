"""A call near a commune by keyboard, on the map and in the agenda; the list is in `test_journey.py`."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from actors import local
from actors.database import session
from actors.models import ORGANISATION
from flask_maillage.territory.places import Place
from tests.browser.conftest import serving
from tests.browser.keyboard import tab_to
from tests.publications.board import publish

pytestmark = pytest.mark.browser
DEADLINE = datetime(2199, 3, 13, 22, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """The base URL of a node with a call near Grenoble and one near Lille."""

    def fill(app):
        with app.app_context():
            union = local.create("union", ORGANISATION, "A union")
            local.ensure_application()
            session().commit()
            assert union.id
        for name, latitude, longitude in (("Coaching in the Alps", 45.2, 5.7), ("Coaching in Flanders", 50.6, 3.1)):
            place = Place(name="Hall", latitude=latitude, longitude=longitude)
            publish(app, "call", name=name, place=place, ends_at=DEADLINE)
        return {}

    with serving(tmp_path_factory.mktemp("finding"), fill) as (base_url, _):
        yield base_url


def test_an_open_call_near_a_commune_by_keyboard(node: str, browser: Browser) -> None:
    page = browser.new_page(locale="en-GB", viewport={"width": 1280, "height": 900})
    page.goto(f"{node}/find?near=Grenoble&km=20")
    tab_to(page, "nav.tabs a[href*='view=map']")
    page.keyboard.press("Enter")
    pin = page.locator(".map-pin")
    expect(pin).to_have_count(1)
    expect(page.locator(".map-rows li")).to_have_count(1)
    tab_to(page, ".map-pin")
    expect(page.locator(".map-rows li.is-lit")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".map-popup a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".map-popup")).to_have_count(0)

    page.goto(f"{node}/find?view=agenda&day=2199-03-01&near=Grenoble")
    expect(page.locator(".month .slot-call a")).to_have_text("Coaching in the Alps")
    tab_to(page, ".month .slot-call a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Coaching in the Alps")
    page.close()


def test_around_me_asks_at_a_press_only_and_sends_about_a_kilometre(node: str, browser: Browser) -> None:
    context = browser.new_context(
        locale="en-GB", permissions=["geolocation"], geolocation={"latitude": 45.18765, "longitude": 5.71234}
    )
    page = context.new_page()
    page.goto(f"{node}/find")
    assert "lat=" not in page.url
    page.get_by_role("button", name="Around me").click()
    page.wait_for_url("**lat=45.19**")
    assert page.url.endswith("km=20&lat=45.19&lon=5.71")
    expect(page.locator(".notice-name")).to_have_text(["Coaching in the Alps"])
    context.close()
