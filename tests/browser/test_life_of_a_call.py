"""The whole life of a call from the three points of view, in a browser: who runs it, who applies, who judges."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser

from actors import local
from actors.database import session
from actors.models import ORGANISATION, PROJECT
from flask_maillage.people import accounts, roles
from tests import postbox as postboxes
from tests.browser.conftest import RATES, serving
from tests.browser.furnished import Places
from tests.browser.life import applying, by_mail, coordinating, judging
from tests.browser.passing import Clock, Node, Passer, passer
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.later, pytest.mark.timeout(1200)]
PEOPLE = {"ann": "Ann Peeters", "bea": "Bea Okonkwo", "carl": "Carl Berg", "zoe": "Zoé Martin"}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node with a union that Ann runs, a project for which Zoé writes, and two members who sit in committees."""
    made: list[Flask] = []
    clock = Clock()

    def fill(app: Flask) -> Places:
        made.append(app)
        app.extensions["maillage"].clock = clock
        with app.app_context():
            local.ensure_application()
            union = local.create("union", ORGANISATION, "A union")
            couriers = local.create("couriers", PROJECT, "Les coursiers ensemble")
            members = {
                handle: accounts.add(f"{handle}@example.org", name, handle, PASSWORD) for handle, name in PEOPLE.items()
            }
            for member in members.values():
                member.actor.federated = True
            roles.grant(members["ann"], union, "editor")
            roles.grant(members["zoe"], couriers, "editor")
            session().commit()
        return {}

    with postboxes.postbox() as box:
        mail = {"MAILLAGE_MAIL_SERVER": "127.0.0.1", "MAILLAGE_MAIL_PORT": box.port, "MAILLAGE_MAIL_SECURITY": "none"}
        with serving(tmp_path, fill, MAILLAGE_RATES=RATES, **mail) as (base_url, _):
            yield Node(made[0], base_url, clock, box)


def test_a_call_from_its_first_word_to_its_last_follow_up(node: Node, browser: Browser) -> None:
    with ExitStack() as windows:

        def window(locale: str, width: int, scheme: Literal["light", "dark"] = "light") -> Passer:
            return windows.enter_context(passer(browser, node.base_url, locale=locale, width=width, scheme=scheme))

        ann, zoe, ida = window("en-GB", 1280), window("fr-FR", 360, "dark"), window("en-GB", 1280)
        ann.sign_in("ann@example.org")
        path = coordinating.publish(ann)
        applying.apply_by_keyboard(zoe)
        applying.correct(zoe)
        by_mail.receive(node, ida, zoe)
        by_mail.apply(node, ida, path)

        node.clock.ahead = timedelta(days=4)
        coordinating.deliberate(ann, path)
        carl, bea = window("en-GB", 1280), window("fr-FR", 1280)
        judging.judge(carl, "carl@example.org", ("4", "3"), "It lasts from the first day.")
        judging.judge_the_second(carl)
        judging.judge(bea, "bea@example.org", ("5", "2"), "It **lasts**.")
        judging.declare_a_conflict(bea)
        coordinating.decide(ann, path)
        judging.read_what_was_decided(carl)

        application = applying.confirm(node, zoe)
        coordinating.gather(ann, path)
        applying.bring(node, zoe, application)
        coordinating.follow_up(ann, path)
        applying.answer(node, zoe, application)
        coordinating.close(ann)
        applying.read_the_end(node, zoe)
        by_mail.read_a_refusal(node, ida)
        coordinating.read_the_log(ann, path)
