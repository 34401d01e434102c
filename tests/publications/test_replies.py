"""Replies to ours: who sees which, who may show them, whose word changes or erases them."""

import pytest
from sqlalchemy import select

from actors import followers, local, policy, remote
from actors.database import session
from federation.activities import PUBLIC
from flask_maillage.people import accounts
from flask_maillage.publications import replies
from flask_maillage.publications.models import Publication, Reply
from inboxes.models import Letter
from tests.publications import board
from tests.reader import Reader

WORDS = "<p>When does it <b>end</b>?<script>alert(1)</script></p>"


@pytest.fixture
def page(app):
    return board.publish(app, "call")


@pytest.fixture
def call(app, page):
    """The id of a published call of ours."""
    with app.app_context():
        return session().scalars(select(Publication.iri)).one()


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


@pytest.fixture
def ann(app):
    reader = Reader(app)
    assert reader.sign_in().status_code == 303
    return reader


def note(actor, iri, number=1, **more):
    return {
        "id": f"{actor.iri}/notes/{number}",
        "type": "Note",
        "attributedTo": actor.iri,
        "inReplyTo": iri,
        "content": WORDS,
        "published": "2026-11-20T09:00:00Z",
        "to": [PUBLIC],
        "cc": ["http://localhost/actors/union"],
        **more,
    }


def kept(app):
    with app.app_context():
        return [(one.state, one.public, one.html) for one in session().scalars(select(Reply).order_by(Reply.id))]


def outcome(app):
    with app.app_context():
        return session().scalars(select(Letter.outcome).order_by(Letter.id.desc())).first()


def follow(app, actor):
    with app.app_context():
        known = remote.remember(actor.document)
        followers.record(local.find("union"), known, iri="http://localhost/f", state="accepted")
        session().commit()


def ids(client, call):
    path = f"{call}/replies".removeprefix("http://localhost")
    return client.get(path, headers={"Accept": "application/activity+json"}).get_json()["orderedItems"]


def test_reply_of_a_stranger_waits_until_somebody_shows_it(app, client, tell, alice, page, call, ann):
    assert tell(alice, "Create", note(alice, call)) == "done"
    assert [one[:2] for one in kept(app)] == [("held", True)]
    assert "<script>alert" not in kept(app)[0][2]
    assert "When does it" not in client.get(page).text
    assert ids(client, call) == []

    seen = ann.get(page)
    assert "When does it" in seen.text
    assert "It waits" in seen.text
    shown = ann.post(f"{page}/replies/1/shown", ann.form(seen))
    assert (shown.status_code, shown.headers["Location"]) == (303, f"{page}#replies")

    public = client.get(page).text
    assert "When does it" in public
    assert f"@alice@{remote_host(alice)}" in public
    assert f'href="{alice.iri}/notes/1"' in public
    assert ids(client, call) == [f"{alice.iri}/notes/1"]

    ann.post(f"{page}/replies/1/hidden", ann.form(ann.get(page)))
    assert "When does it" not in client.get(page).text
    assert ids(client, call) == []
    assert "Hidden" in ann.get(page).text


def remote_host(actor):
    return actor.iri.split("/")[2]


def test_reply_of_one_whom_we_follow_is_shown_at_once(app, client, tell, alice, page, call):
    follow(app, alice)
    tell(alice, "Create", note(alice, call))
    assert "When does it" in client.get(page).text
    assert ids(client, call) == [f"{alice.iri}/notes/1"]


def test_direct_reply_is_for_the_people_of_the_actor_alone(app, client, tell, alice, page, call, ann):
    follow(app, alice)
    tell(alice, "Create", note(alice, call, to=["http://localhost/actors/union"], cc=[]))
    assert kept(app)[0][1] is False
    assert "When does it" not in client.get(page).text
    assert ids(client, call) == []
    assert "Written to you only" in ann.get(page).text
    ann.post(f"{page}/replies/1/shown", ann.form(ann.get(page)))
    assert "When does it" not in client.get(page).text, "what was not public does not become public"


def test_only_who_may_edit_sees_and_judges(app, client, tell, alice, page, call):
    tell(alice, "Create", note(alice, call))
    with app.app_context():
        accounts.add("bea@example.org", "Bea", "bea", "twelve apples")
        session().commit()
    bea = Reader(app)
    bea.sign_in("bea@example.org", "twelve apples")
    assert "When does it" not in bea.get(page).text
    token = bea.form(bea.get("/account"))
    assert bea.post(f"{page}/replies/1/shown", token).status_code == 403
    assert Reader(app).post(f"{page}/replies/1/shown").status_code == 303
    assert kept(app)[0][0] == "held"


def test_judging_needs_a_page_of_ours_and_a_reply_to_this_publication(app, tell, alice, page, call, ann):
    tell(alice, "Create", note(alice, call))
    other = board.publish(app, "event")
    token = ann.form(ann.get(page))
    assert ann.post(f"{page}/replies/1/shown").status_code == 400
    assert ann.post(f"{other}/replies/1/shown", token).status_code == 404
    for number in (2, 10**30):
        assert ann.post(f"{page}/replies/{number}/shown", token).status_code == 404
    assert ann.post(f"{page}/replies/1/held", token).status_code == 404
    assert kept(app)[0][0] == "held"


@pytest.mark.parametrize("kind", ["Note", "Article", "Page", "Question"])
def test_reply_in_every_form(app, tell, alice, call, kind):
    forms = [call, [call], {"id": call, "type": "Article"}, {"type": "Link", "href": call}]
    for number, form in enumerate(forms):
        assert tell(alice, "Create", note(alice, form, number, type=kind)) == "done", form
    assert tell(alice, "Create", note(alice, f"{alice.iri}/notes/0", 9, type=kind)) == "done", "a reply to a reply"
    assert len(kept(app)) == 5


def test_reply_named_by_its_id_is_fetched(app, tell, fediverse, alice, call):
    thing = note(alice, call)
    fediverse.put(thing["id"], thing)
    assert tell(alice, "Create", thing["id"]) == "done"
    assert len(kept(app)) == 1


def test_what_is_no_reply_is_not_kept(app, tell, alice, call):
    for number, change in enumerate(
        (
            {"type": "Event", "name": "x", "startTime": "2026-12-01T10:00:00Z"},
            {"content": ""},
            {"content": "<p> </p><script>x</script>"},
            {"content": None, "name": "a vote"},
            {"inReplyTo": None},
            {"inReplyTo": [7, call]},
            {"inReplyTo": f"{call}x"},
            {"inReplyTo": "http://a.test/1"},
        )
    ):
        tell(alice, "Create", note(alice, call, number) | change)
        assert kept(app) == [], change


def test_reply_to_what_is_not_published_is_not_kept(app, tell, alice, page, call):
    board.change(app, page, state="draft", published_at=None)
    assert tell(alice, "Create", note(alice, call)) == "ignored"
    assert kept(app) == []


def test_owner_changes_and_erases_and_nobody_else_does(app, tell, fediverse, alice, call):
    mallory = fediverse.actor("mallory", "a.test", "mallory")
    thing = note(alice, call)
    tell(alice, "Create", thing)
    forged = thing | {"content": "<p>Forged</p>", "updated": "2026-11-21T11:00:00Z"}
    for change in (forged, forged | {"attributedTo": mallory.iri}):
        assert tell(mallory, "Update", change) in ("failed", "ignored")
        assert tell(mallory, "Create", change) in ("failed", "ignored")
    assert tell(mallory, "Delete", thing["id"]) == "failed"
    assert len(kept(app)) == 1
    assert "Forged" not in kept(app)[0][2]
    assert tell(alice, "Update", forged | {"content": "<p>At last</p>"}) == "done"
    assert kept(app)[0][2] == "<p>At last</p>"
    assert tell(alice, "Update", thing) == "ignored", "what is older undoes nothing"
    assert kept(app)[0][2] == "<p>At last</p>"
    assert tell(alice, "Delete", {"id": thing["id"], "type": "Tombstone", "formerType": "Note"}) == "done"
    assert kept(app) == []
    assert tell(alice, "Create", thing) == "ignored", "what was deleted does not come back"


def test_reply_that_was_let_through_is_looked_at_again_when_it_changes(app, tell, alice, page, call, ann):
    thing = note(alice, call)
    tell(alice, "Create", thing)
    ann.post(f"{page}/replies/1/shown", ann.form(ann.get(page)))
    changed = thing | {"content": "<p>Buy pills</p>", "updated": "2026-11-21T11:00:00Z"}
    assert tell(alice, "Update", changed) == "done"
    assert kept(app)[0][0] == "held"
    narrowed = changed | {"to": [alice.followers], "cc": [], "updated": "2026-11-21T11:30:00Z"}
    tell(alice, "Update", narrowed)
    assert kept(app)[0][1] is False
    tell(alice, "Update", changed | {"updated": "2026-11-21T11:40:00Z"})
    assert kept(app)[0][1] is False, "an audience never widens"


def test_author_who_leaves_or_is_blocked_is_seen_no_more(app, client, tell, fediverse, alice, page, call):
    bob = fediverse.actor("bob", "b.test", "bob")
    for who in (alice, bob):
        follow(app, who)
        tell(who, "Create", note(who, call))
    assert tell(alice, "Delete", alice.iri) == "done"
    assert len(kept(app)) == 1
    with app.app_context():
        policy.block("b.test")
        session().commit()
    assert "When does it" not in client.get(page).text
    assert ids(client, call) == []


def test_withdrawn_publication_keeps_no_replies(app, tell, alice, page, call):
    tell(alice, "Create", note(alice, call))
    board.withdraw(app, page)
    assert kept(app) == []


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("MAX_OF_ACTOR", "of its author"),
        ("MAX_OF_PUBLICATION", "too many replies to it"),
        ("MAX_HELD_OF_HOST", "wait"),
    ],
)
def test_replies_are_bounded(app, tell, alice, call, monkeypatch, limit, reason):
    monkeypatch.setattr(replies, limit, 2)
    told = [tell(alice, "Create", note(alice, call, number)) for number in range(3)]
    assert told == ["done", "done", "ignored"]
    assert reason in outcome(app)


def test_long_reply_is_cut(app, tell, alice, call):
    tell(alice, "Create", note(alice, call, content="<p>" + "long " * 20_000))
    assert 0 < len(kept(app)[0][2]) <= replies.HTML_LIMIT + 100
