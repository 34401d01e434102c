"""A person is found by other servers, and by strangers, when they have agreed to it (A09)."""

import pytest
from sqlalchemy import select

from actors import following, local, remote
from actors.database import session
from actors.models import Actor
from actors.node import node
from actors.rates import Rates
from flask_maillage.people import accounts
from flask_maillage.publications import publishing
from flask_maillage.publications.audience import Audience
from tests.conftest import PASSWORD
from tests.publications.circle import read, told
from tests.publications.test_objects import content
from tests.reader import Reader

ACTIVITY = {"Accept": "application/activity+json"}
PLACES = ("", "/outbox", "/outbox/page/1", "/followers", "/following", "/members", "/calls", "/activities/x")


@pytest.fixture
def zoe(app):
    """A member who was not asked yet."""
    with app.app_context():
        accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)
        session().commit()
    reader = Reader(app)
    reader.sign_in("zoe@example.org")
    return reader


def agreed(app):
    with app.app_context():
        return session().scalars(select(Actor.federated).where(Actor.handle == "zoe")).one()


@pytest.mark.parametrize("place", PLACES)
def test_who_was_not_asked_looks_like_nobody_to_servers(client, zoe, place):
    assert told(client.get(f"/actors/zoe{place}", headers=ACTIVITY)) == told(
        client.get(f"/actors/nobody{place}", headers=ACTIVITY)
    )


@pytest.mark.parametrize("resource", ["acct:{}@localhost", "http://localhost/actors/{}", "http://localhost/@{}"])
def test_nor_are_they_found_by_their_handle(client, zoe, resource):
    answers = [
        told(client.get("/.well-known/webfinger", query_string={"resource": resource.format(name)}))
        for name in ("zoe", "nobody")
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_nor_do_they_get_letters(client, clock, fediverse, zoe):
    alice = fediverse.actor("alice", "a.test")
    follow = alice.activity("Follow", "http://localhost/actors/zoe")
    assert alice.post(client, follow, "/actors/zoe/inbox", now=clock()).status_code == 404


def test_strangers_find_no_page_of_them_and_members_do(client, zoe):
    for path in ("/@zoe", "/@zoe/events", "/@zoe/feed.atom"):
        assert client.get(path).status_code == 404
        assert client.get(path).text.replace("zoe", "nobody") == client.get(path.replace("zoe", "nobody")).text
    assert zoe.get("/@zoe").status_code == 200


def test_a_box_on_the_account_page_says_yes_and_no(app, client, zoe):
    assert "federated" not in zoe.form(zoe.get("/account"), "csrf_token") or not agreed(app)
    page = zoe.get("/account")
    token = zoe.form(page)["csrf_token"]
    zoe.post("/account/federation", {"csrf_token": token, "federated": "y"})
    assert agreed(app)
    assert client.get("/actors/zoe", headers=ACTIVITY).status_code == 200
    assert client.get("/.well-known/webfinger?resource=acct:zoe@localhost").status_code == 200
    zoe.post("/account/federation", {"csrf_token": token})
    assert not agreed(app)


@pytest.mark.parametrize("data", [{}, {"federated": "y"}])
def test_a_form_of_nobodys_changes_nothing(app, zoe, data):
    zoe.post("/account/federation", data)
    assert not agreed(app)
    Reader(app).post("/account/federation", data)
    assert not agreed(app)


def test_to_follow_somebody_elsewhere_says_yes_and_to_stop_does_not(app, fediverse, zoe):
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        following.follow(local.find("zoe"), local.find("union"))
        session().commit()
    assert not agreed(app)
    with app.app_context():
        following.follow(local.find("zoe"), remote.remember(alice.document))
        session().commit()
    assert agreed(app)
    with app.app_context():
        local.find("zoe").federated = False
        following.unfollow(local.find("zoe"), remote.find(alice.iri))
        session().commit()
    assert not agreed(app)


@pytest.mark.parametrize(("visibility", "yes"), [("public", True), ("unlisted", True), ("followers", False)])
def test_to_publish_for_everyone_in_ones_own_name_says_yes(app, client, zoe, visibility, yes):
    with app.app_context():
        one = publishing.draft(local.find("zoe"), content(), readers=Audience(visibility))
        publishing.publish(one)
        session().commit()
        iri = one.iri
    assert agreed(app) is yes
    assert read(client, iri).status_code == (200 if yes else 404)


def test_what_somebody_published_who_says_no_later_is_shown_to_nobody(app, client, zoe):
    with app.app_context():
        one = publishing.draft(local.find("zoe"), content(name="By Zoe"))
        publishing.publish(one)
        local.find("zoe").federated = False
        session().commit()
        iri, page = one.iri, one.page
    assert read(client, iri).status_code == 404
    assert client.get(page).status_code == 404
    for path in ("/", "/events", "/feed.atom", "/calendar.ics"):
        assert "By Zoe" not in client.get(path).text


def test_who_asks_for_handle_after_handle_is_slowed_down(app, client):
    with app.app_context():
        node().rates = Rates({"webfinger": "3 per minute", "paging": "3 per minute"})
    for path in ("/.well-known/webfinger?resource=acct:union@localhost", "/actors/union/outbox/page/1"):
        assert [client.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert int(client.get(path).headers["Retry-After"]) > 0
        elsewhere = client.get(path, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
        assert elsewhere.status_code == 200


@pytest.mark.parametrize(("answer", "found"), [("on", 200), ("off", 404)])
def test_a_command_says_it_for_a_member(app, client, zoe, answer, found):
    result = app.test_cli_runner().invoke(args=["maillage", "member", "federate", "zoe@example.org", answer])
    assert result.exit_code == 0, result.output
    assert "@zoe@localhost" in result.output
    assert client.get("/actors/zoe", headers=ACTIVITY).status_code == found
    missing = app.test_cli_runner().invoke(args=["maillage", "member", "federate", "nobody@example.org", answer])
    assert (missing.exit_code, "Nobody here" in missing.output) == (1, True)
