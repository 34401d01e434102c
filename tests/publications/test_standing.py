"""Whoever is suspended or on a blocked host is not shown at all: neither in lists nor by address."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors import local, policy
from actors.database import session
from actors.node import now
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible
from tests.publications import board

ACTIVITY = {"Accept": "application/activity+json"}
COLLECTIONS = ("outbox", "outbox/page/1", "followers", "following", "members", "calls", "calls/page/1", "featured")


def suspend(app: Flask, handle: str) -> None:
    with app.app_context():
        actor = local.find(handle)
        assert actor is not None
        actor.suspended_at = now()
        session().commit()


@pytest.mark.parametrize("blocked", ["partner.test", "test"])
def test_pages_of_a_blocked_host_are_not_there_until_the_block_ends(
    app: Flask, client: FlaskClient, blocked: str
) -> None:
    path = board.receive(app, "call")
    pages = [path, f"{path}/feed.atom", f"{path}.ics", "/@depot@partner.test", "/@depot@partner.test/calls"]
    pages.append("/@depot@partner.test/feed.json")
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    with app.app_context():
        policy.block(blocked)
        session().commit()
    assert [client.get(page).status_code for page in pages] == [404] * len(pages)


def test_nothing_of_a_suspended_actor_of_ours_is_read_by_anybody(app: Flask, client: FlaskClient) -> None:
    page = board.publish(app, "call")
    withdrawn = board.publish(app, "event")
    board.withdraw(app, withdrawn)
    with app.app_context():
        ids = [found.iri.removeprefix("http://localhost") for found in session().query(Publication)]
    suspend(app, "union")
    for path in (page, withdrawn, f"{page}.atom", "/@union", "/@union/calls", "/@union/feed.atom"):
        assert client.get(path).status_code == 404, path
    for path in ("/actors/union", *(f"/actors/union/{name}" for name in COLLECTIONS), *ids, f"{ids[0]}/organizers"):
        assert client.get(path, headers=ACTIVITY).status_code == 404, path
    for resource in ("acct:union@localhost", "http://localhost/actors/union", "http://localhost/@union"):
        assert client.get("/.well-known/webfinger", query_string={"resource": resource}).status_code == 404
    assert client.get("/actors/couriers", headers=ACTIVITY).status_code == 200


def test_object_of_a_deleted_actor_of_ours_is_gone(app: Flask, client: FlaskClient) -> None:
    board.publish(app, "call")
    with app.app_context():
        path = session().query(Publication).one().iri.removeprefix("http://localhost")
        actor = local.find("union")
        assert actor is not None
        actor.gone_at = now()
        session().commit()
    assert client.get(path, headers=ACTIVITY).status_code == 410


@pytest.mark.parametrize("column", ["suspended_at", "gone_at"])
def test_nothing_is_published_for_an_actor_that_may_not_speak(app: Flask, column: str) -> None:
    with app.app_context():
        actor = local.find("union")
        assert actor is not None
        publication = publishing.draft(actor, board.sample_of("call", now()))
        setattr(actor, column, now())
        with pytest.raises(NotPossible):
            publishing.publish(publication)
        assert publication.published_at is None


@pytest.mark.parametrize("column", [None, "suspended_at", "gone_at"])
@pytest.mark.parametrize("blocked", [None, "partner.test", "test", "a.partner.test"])
def test_one_actor_is_welcome_where_lists_show_it(app: Flask, column: str | None, blocked: str | None) -> None:
    with app.app_context():
        actor = board.partner()
        if column:
            setattr(actor, column, now())
        if blocked:
            policy.block(blocked)
        session().flush()
        listed = session().query(type(actor)).filter(policy.welcome(), type(actor).id == actor.id).count() == 1
        assert policy.is_welcome(actor) is listed
        assert listed is (column is None and blocked in (None, "a.partner.test"))


def test_block_of_our_own_host_hides_nothing_of_ours(app: Flask, client: FlaskClient) -> None:
    board.publish(app, "call", name="Still here")
    with app.app_context():
        policy.block("localhost")
        session().commit()
    assert client.get("/actors/relay", headers=ACTIVITY).status_code == 200
    assert "Still here" in client.get("/calls").text
