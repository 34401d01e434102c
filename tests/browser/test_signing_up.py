"""A newcomer signs up from a phone, confirms the address by the mail, signs in, and chooses another password."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from actors import local
from actors.database import session
from inboxes import worker
from tests import postbox as postboxes
from tests.browser.conftest import serving
from tests.browser.furnished import Places
from tests.people.newcomers import link_in
from tests.postbox import Postbox

pytestmark = pytest.mark.browser
FIRST, SECOND = "river lamp under seven", "seven lamps over rivers"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Flask, Postbox]]:
    """A node that anybody may join, its mail in a postbox."""
    made: list[Flask] = []

    def fill(app: Flask) -> Places:
        made.append(app)
        with app.app_context():
            local.ensure_application()
            session().commit()
        return {}

    with postboxes.postbox() as box:
        mail = {"MAILLAGE_MAIL_SERVER": "127.0.0.1", "MAILLAGE_MAIL_PORT": box.port, "MAILLAGE_MAIL_SECURITY": "none"}
        with serving(tmp_path_factory.mktemp("joined"), fill, MAILLAGE_SIGN_UP="open", **mail) as (base_url, _):
            yield base_url, made[0], box


def test_a_newcomer_signs_up_and_gets_in_again(node: tuple[str, Flask, Postbox], browser: Browser) -> None:
    base_url, app, box = node
    page = browser.new_page(locale="en-GB", viewport={"width": 360, "height": 740})
    page.goto(f"{base_url}/sign-in")
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("Your name").fill("Zoé Martin")
    page.get_by_label("E-mail address").fill("zoe@example.org")
    page.get_by_label("Password").fill("azerty123456")
    _press(page, "Sign up")
    expect(page.get_by_role("alert")).to_contain_text("first that anybody would try")
    expect(page.get_by_label("Your name")).to_have_value("Zoé Martin")
    page.get_by_label("Password").fill(FIRST)
    _press(page, "Sign up")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")

    page.goto(base_url + _link(app, box, "sign-up/confirm/"))
    page.get_by_label("The password that you chose").fill(FIRST)
    _press(page, "Confirm and sign in")
    expect(page.get_by_text("Welcome: your account is open.")).to_be_visible()
    page.goto(f"{base_url}/account")
    _press(page, "Sign out")

    page.goto(f"{base_url}/sign-in")
    page.get_by_role("link", name="I do not know my password any more").click()
    page.get_by_label("E-mail address").fill("zoe@example.org")
    _press(page, "Send the link")
    page.goto(base_url + _link(app, box, "password/new/"))
    page.get_by_label("New password", exact=True).fill(SECOND)
    page.get_by_label("New password, again").fill(SECOND)
    _press(page, "Use this password")
    page.get_by_label("E-mail address").fill("zoe@example.org")
    page.get_by_label("Password").fill(SECOND)
    _press(page, "Sign in")
    page.goto(f"{base_url}/account/sessions")
    expect(page.get_by_text("The one in hand")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


def _press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def _link(app: Flask, box: Postbox, beginning: str) -> str:
    """Let the mail go out, and return the path in the last one."""
    worker.run_until_idle(app)
    return link_in(box.text(), beginning)
