"""Pages on paper, in colours that the reader chose, and without motion keep what they say."""

import pytest
from playwright.sync_api import Browser

from actors import local
from actors.database import session
from actors.models import ORGANISATION
from tests.browser.conftest import serving
from tests.publications.board import publish

pytestmark = pytest.mark.browser
PRESSED = "nav, form, button, .button, input, footer"
VISIBLE = f"[...document.querySelectorAll('{PRESSED}')].filter(one => one.checkVisibility()).map(one => one.outerHTML)"


@pytest.fixture(scope="module")
def event(tmp_path_factory):
    """The address of the page of an event with a programme."""

    def fill(app):
        with app.app_context():
            local.ensure_application()
            local.create("union", ORGANISATION, "A union")
            session().commit()
        return {"event": publish(app, "event", name="A seminar")}

    with serving(tmp_path_factory.mktemp("faces"), fill) as (base_url, places):
        yield base_url + places["event"].removeprefix(base_url)


@pytest.fixture
def page(browser: Browser):
    """A window of a reader who prefers dark pages without motion."""
    context = browser.new_context(color_scheme="dark", reduced_motion="reduce", viewport={"width": 720, "height": 900})
    yield context.new_page()
    context.close()


def test_paper_has_the_text_and_its_address_in_black_on_white_and_nothing_to_press(page, event) -> None:
    page.goto(event)
    page.emulate_media(media="print")
    assert page.evaluate(VISIBLE) == []
    colours = page.evaluate("(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert page.locator(".programme").is_visible()
    assert page.get_by_role("paragraph").filter(has_text=event).is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 720


def test_forced_colours_tell_the_current_section_from_the_others(page, event) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(f"{event.partition('/@')[0]}/events")
    line = "one => getComputedStyle(one).borderBottomColor"
    current = page.locator(".sections [aria-current]").evaluate(line)
    others = page.locator(".sections a:not([aria-current])").evaluate_all(f"all => all.map({line})")
    assert len(others) == 4
    assert current not in others


def test_nothing_moves_for_who_wants_no_motion(page, event) -> None:
    page.goto(event)
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).transitionDuration !== '0s'"
        " || getComputedStyle(one).animationName !== 'none').length"
    )
    assert moving == 0
