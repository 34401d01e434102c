"""In a browser: three found a project, an organisation joins a coalition, and a stranger reads the coalition's page."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from actors import local
from actors.database import session
from actors.models import COALITION, ORGANISATION, Actor
from actors.node import now
from flask_maillage import sample
from flask_maillage.coalitions.joining import conditions
from flask_maillage.coalitions.questions import Question
from flask_maillage.people import accounts, roles
from flask_maillage.publications import publishing
from flask_maillage.territory import profiles
from tests.browser.conftest import RATES, serving
from tests.browser.furnished import Places
from tests.browser.passing import Passer, passer
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.later, pytest.mark.timeout(600)]
PEOPLE = {"ann": "Ann Peeters", "bea": "Bea Okonkwo", "zoe": "Zoé Martin"}
WHY = "What do you bring?"


@pytest.fixture
def base_url(tmp_path: Path) -> Iterator[str]:
    """A node with a coalition that Ann runs, and a cooperative for which Zoé writes and that has published."""

    def fill(app: Flask) -> Places:
        with app.app_context():
            local.ensure_application()
            members = {
                handle: accounts.add(f"{handle}@example.org", name, handle, PASSWORD) for handle, name in PEOPLE.items()
            }
            care, coop = local.create("care", COALITION, "Care for all"), local.create("coop", ORGANISATION, "La coopé")
            roles.grant(members["ann"], care, "admin")
            roles.grant(members["zoe"], coop, "editor")
            profiles.be(coop, "cooperative")
            conditions.change(care, conditions.Terms(questions=(Question(WHY, required=True),), welcome="Come in."))
            _publish(coop)
            session().commit()
        return {}

    with serving(tmp_path, fill, MAILLAGE_RATES=RATES) as (address, _):
        yield address


def _publish(actor: Actor) -> None:
    publishing.publish(publishing.draft(actor, sample.initiative(now())))


def test_founding_joining_and_the_page_of_a_coalition(base_url: str, browser: Browser) -> None:
    with ExitStack() as windows:

        def window(locale: str, width: int, scheme: Literal["light", "dark"] = "light") -> Passer:
            return windows.enter_context(passer(browser, base_url, locale=locale, width=width, scheme=scheme))

        ann, bea, zoe = window("en-GB", 1280), window("en-GB", 360), window("fr-FR", 360, "dark")
        for one, handle in ((ann, "ann"), (bea, "bea"), (zoe, "zoe")):
            one.sign_in(f"{handle}@example.org")
        propose(ann)
        consent(bea)
        consent(zoe)
        read_that_it_is_founded(ann)
        ask_to_join(zoe)
        accept(ann)
        read_what_belongs_together(window("en-GB", 1280))


def propose(ann: Passer) -> None:
    ann.go("/my/projects")
    ann.follow(ann.page.locator(".heading-actions a").first)
    ann.page.locator("#name").fill("A garden for all")
    ann.page.locator("#handle").fill("garden")
    ann.page.locator("#consents").check()
    ann.page.locator("#listed").check()
    ann.follow(ann.page.locator("main form button[type=submit]"))
    for who in ("bea", "zoe"):
        ann.page.locator("#who").fill(who)
        ann.follow(ann.page.get_by_role("button", name="Ask", exact=True))
    expect(ann.page.locator("main")).to_contain_text("Consents so far: 1 of 3")
    ann.examine("founders of a proposed project")


def consent(who: Passer) -> None:
    who.go("/my/projects")
    who.examine("asked to found")
    who.page.locator("input[name=listed]").check()
    who.follow(who.page.locator("button[name=do][value=consent]"))


def read_that_it_is_founded(ann: Passer) -> None:
    ann.go("/@garden")
    expect(ann.page.locator("body")).to_contain_text("Founded by 3 people")
    ann.examine("a project that is founded")


def ask_to_join(zoe: Passer) -> None:
    zoe.go("/@care")
    zoe.follow(zoe.page.get_by_role("link", name="Rejoindre"))
    expect(zoe.page.locator("main")).to_contain_text("Come in.")
    zoe.page.locator("#who").select_option("coop")
    zoe.follow(zoe.page.locator("main form button[type=submit]"))
    expect(zoe.page.locator("main")).to_contain_text("Répondez aux questions posées à tout le monde.")
    zoe.examine("a question that was not answered")
    zoe.page.get_by_label(WHY).fill("Deux cents vélos.")
    zoe.follow(zoe.page.locator("main form button[type=submit]"))
    zoe.examine("where one belongs, asked")


def accept(ann: Passer) -> None:
    ann.go("/@care/members/manage")
    expect(ann.page.locator("main")).to_contain_text("Deux cents vélos.")
    ann.follow(ann.page.get_by_role("button", name="Accept La coopé"))
    expect(ann.page.locator("main")).to_contain_text("confirmed by both")
    ann.examine("members of a coalition")


def read_what_belongs_together(stranger: Passer) -> None:
    stranger.go("/@care")
    stranger.follow(stranger.page.locator("a[href$='/@care/together']").first)
    main = stranger.page.locator("body")
    expect(main).to_contain_text("La coopé")
    expect(main).to_contain_text("Cooperative")
    expect(stranger.page.locator("main article, main .card, main li h3").first).to_be_visible()
    stranger.examine("the page of a coalition")
