"""Who asks to follow stands where those who publish for the actor see it, and they alone answer."""

import pytest
from sqlalchemy import select

from actors import followers, local, policy, remote
from actors.database import reading, session
from actors.models import Follow
from flask_maillage.people import accounts
from tests.reader import Reader


@pytest.fixture
def alice(app, fediverse):
    """Somebody who asks to follow the union."""
    alice = fediverse.actor("alice", "a.test")
    union = local.find("union")
    union.approves_followers = True
    followers.record(remote.remember(alice.document), union, iri=f"{alice.iri}/f", state="pending")
    session().commit()
    return alice


@pytest.fixture
def ann(app):
    reader = Reader(app)
    assert reader.sign_in().status_code == 303
    return reader


def state():
    with reading():
        return session().scalars(select(Follow.state)).one()


@pytest.mark.parametrize(
    ("answer", "becomes", "verb"), [("accept", "accepted", "Accept"), ("refuse", "rejected", "Reject")]
)
def test_people_of_the_actor_answer(app, work, fediverse, alice, ann, answer, becomes, verb):
    assert "1 asks to follow" in ann.get("/account").text
    page = ann.get("/account/followers")
    assert alice.iri.split("/")[2] in page.text
    done = ann.post(f"/account/followers/1/{answer}", ann.form(page))
    assert (done.status_code, done.headers["Location"]) == (303, "/account/followers")
    assert state() == becomes
    work()
    assert [one["type"] for one in fediverse.letters("/users/alice/inbox")] == [verb]
    assert "asks to follow" not in ann.get("/account").text
    assert "Nobody waits" in ann.get("/account/followers").text
    assert ann.post(f"/account/followers/1/{answer}", ann.form(page)).status_code == 404


def test_others_neither_see_nor_answer(app, alice, ann):
    accounts.add("bea@example.org", "Bea", "bea", "twelve apples")
    session().commit()
    bea = Reader(app)
    bea.sign_in("bea@example.org", "twelve apples")
    assert "asks to follow" not in bea.get("/account").text
    page = bea.get("/account/followers")
    assert "alice" not in page.text
    token = bea.form(bea.get("/account"))
    assert bea.post("/account/followers/1/accept", token).status_code == 404
    assert Reader(app).get("/account/followers").status_code == 303
    assert Reader(app).post("/account/followers/1/accept").status_code == 303
    assert ann.post("/account/followers/1/accept").status_code == 400
    assert ann.post(f"/account/followers/{10**30}/accept", ann.form(ann.get("/account/followers"))).status_code == 404
    assert state() == "pending"


def test_those_on_a_host_that_was_blocked_are_not_asked_about(app, alice, ann):
    policy.block("a.test")
    session().commit()
    assert "asks to follow" not in ann.get("/account").text
    assert "alice" not in ann.get("/account/followers").text
