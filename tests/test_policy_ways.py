"""Every way in and out, walked for a host that we do not deal with: refused, or not there, and no byte goes to it."""

import json

import pytest
from sqlalchemy import select

from actors import followers, following, iris, local, outbox, policy, remote
from actors.database import session
from actors.models import Delivery
from actors.node import node, now
from federation.activities import PUBLIC
from federation.errors import FederationError
from federation.signatures import sign
from flask_maillage.publications import keeping, replies
from flask_maillage.publications.attending import counting
from flask_maillage.publications.models import Attendance, Publication
from inboxes import consequences, polling
from inboxes.models import Letter, Polling
from tests.inboxes.letters import INBOXES, UNION, cavage, nothing_written, rfc9421
from tests.publications import board

SCHEMES = pytest.mark.parametrize("scheme", [cavage, rfc9421])
TARGETS = pytest.mark.parametrize("target", INBOXES)
ACTIVITY = "application/activity+json"


@pytest.fixture(params=["blocked", "below a blocked one", "outside the archipelago"])
def refused(request, app):
    """Let nothing be had to do with what is on `bad.test`, once called."""

    def refuse():
        with app.app_context():
            if request.param == "outside the archipelago":
                node().archipelago = True
                consequences.decide("good.test", level="allow")
            else:
                name = "bad.test" if request.param == "blocked" else "test"
                consequences.decide(name, level="block", force=True)
                if name == "test":
                    consequences.decide("good.test", level="allow")
            session().commit()

    return refuse


@pytest.fixture
def mallory(fediverse):
    return fediverse.actor("mallory", "bad.test", "mallory")


@pytest.fixture
def met(app, mallory):
    """Mallory's actor and an event of hers were kept while nothing was decided about her host."""
    with app.app_context():
        sender = remote.remember(mallory.document)
        keeping.keep(mallory.event(), sender)
        session().commit()
    return mallory


@SCHEMES
@TARGETS
@pytest.mark.parametrize("known", [True, False])
def test_letter_is_refused_before_any_fetch(app, client, clock, fediverse, mallory, refused, scheme, target, known):
    """A07."""
    if known:
        with app.app_context():
            remote.remember(mallory.document)
            session().commit()
    refused()
    with nothing_written(app, fediverse):
        draft = scheme(mallory, mallory.activity("Follow", UNION), target, clock())
        assert draft.send(client).status_code == 403


@TARGETS
def test_key_on_a_refused_host_is_not_fetched_for_somebody_elsewhere(
    app, client, clock, fediverse, mallory, refused, target
):
    alice = fediverse.actor("alice", "good.test")
    refused()
    with nothing_written(app, fediverse):
        draft = cavage(mallory, alice.activity("Follow", UNION), target, clock())
        assert draft.send(client).status_code == 403


@TARGETS
@pytest.mark.parametrize("verb", ["Create", "Update", "Delete", "Announce", "Like", "Undo", "Move", "Flag", "Join"])
def test_no_verb_is_heard(app, client, clock, fediverse, met, refused, target, verb):
    refused()
    with nothing_written(app, fediverse):
        assert cavage(met, met.activity(verb, met.event(2)), target, clock()).send(client).status_code == 403


def test_letter_that_waited_is_not_opened(app, client, clock, work, fediverse, met, refused):
    met.post(client, met.activity("Follow", UNION), now=clock())
    refused()
    sent = len(fediverse.arrived)
    work()
    assert len(fediverse.arrived) == sent
    with app.app_context():
        assert session().scalars(select(Letter)).one().state == "ignored"
        assert not followers.follows(remote.find(met.iri).id, local.find("union"))


def test_what_others_share_of_it_is_neither_fetched_nor_shown(app, client, clock, work, fediverse, mallory):
    alice = fediverse.actor("alice", "good.test")
    with app.app_context():
        sender = remote.remember(alice.document)
        followers.record(local.find("union"), sender, iri=iris.activity("union", "1"), state="accepted")
        consequences.decide("bad.test", level="block")
        session().commit()
    event = mallory.event()
    fediverse.put(event["id"], event)
    alice.post(client, alice.activity("Announce", event["id"]), now=clock())
    sent = len(fediverse.arrived)
    work()
    assert [one.host for one in fediverse.arrived[sent:]] == []
    with app.app_context():
        assert keeping.find(event["id"]) is None


def test_nobody_there_is_followed_found_or_read(app, fediverse, met, refused):
    refused()
    with nothing_written(app, fediverse), app.app_context():
        with pytest.raises(ValueError, match="blocked"):
            following.follow(local.find("union"), remote.find(met.iri))
        session().rollback()
        for name in (met.iri, f"@mallory@bad.test:{fediverse.port}", met.event()["id"]):
            with pytest.raises(FederationError):
                remote.find_document(name)


def test_nothing_is_written_or_carried_to_it(app, work, fediverse, met, refused):
    with app.app_context():
        outbox.post(local.find("union"), "Create", "http://localhost/x/1", to=[PUBLIC], inboxes=[met.inbox])
        session().commit()
    refused()
    with app.app_context():
        outbox.post(local.find("union"), "Create", "http://localhost/x/2", to=[PUBLIC], inboxes=[met.inbox])
        session().commit()
        assert [row.state for row in session().scalars(select(Delivery))] == ["cancelled"]
    work()
    assert fediverse.letters() == []


def test_delivery_that_was_written_before_anybody_knew_is_not_carried(app, work, fediverse, met):
    with app.app_context():
        outbox.post(local.find("union"), "Create", "http://localhost/x/1", to=[PUBLIC], inboxes=[met.inbox])
        policy.block("bad.test")
        session().commit()
    work()
    assert fediverse.letters() == []
    with app.app_context():
        assert [row.state for row in session().scalars(select(Delivery))] == ["cancelled"]


def test_its_outboxes_are_not_polled(app, fediverse, met, refused):
    with app.app_context():
        sender = remote.find(met.iri)
        followers.record(local.find("union"), sender, iri=iris.activity("union", "1"), state="accepted")
        session().add(Polling(actor_id=sender.id, due_at=now()))
        session().commit()
    refused()
    sent = len(fediverse.arrived)
    with app.app_context():
        polling.poll_due()
        polling.adopt()
        polling.poll_due()
    assert len(fediverse.arrived) == sent


def test_outbox_whose_turn_had_come_before_anybody_knew_is_not_read(app, fediverse, met):
    with app.app_context():
        sender = remote.find(met.iri)
        followers.record(local.find("union"), sender, iri=iris.activity("union", "1"), state="accepted")
        session().add(Polling(actor_id=sender.id, due_at=now()))
        policy.block("bad.test")
        session().commit()
    with app.app_context():
        polling.poll_due()
    assert fediverse.arrived == []


def test_who_registered_from_there_has_no_place(app, met):
    board.publish(app, "event", name="Ours")
    with app.app_context():
        event = session().scalars(select(Publication).where(Publication.local)).one()
        sender = remote.find(met.iri)
        coming = Attendance(
            publication_id=event.id, actor_id=sender.id, iri=f"{met.iri}/joins/1", state="accepted", created_at=now()
        )
        session().add(coming)
        session().flush()
        assert counting.participants(event) == 1
        policy.block("bad.test")
        assert counting.participants(event) == 0


def test_nothing_of_it_stands_on_a_page(app, client, fediverse, met, refused):
    with app.app_context():
        path = session().scalars(select(Publication)).one().page.removeprefix("http://localhost")
    handle = f"/@mallory@bad.test:{fediverse.port}"
    own = [path, f"{path}/feed.atom", f"{path}.ics", handle, f"{handle}/events", f"{handle}/feed.json"]
    lists = ["/", "/events", "/feed.atom", "/feed.rss", "/feed.json", "/calendar.ics", "/events/feed.atom"]
    assert [client.get(one).status_code for one in own] == [200] * len(own)
    assert all("An open evening" in client.get(one).text for one in lists)
    refused()
    assert [client.get(one).status_code for one in own] == [404] * len(own)
    assert [one for one in lists if "An open evening" in client.get(one).text] == []


@pytest.mark.parametrize("path", ["/actors/union", "/actors/union/outbox", "/actors/union/followers"])
def test_signed_reading_is_answered_as_if_there_were_nothing(app, client, clock, fediverse, met, refused, path):
    """A07."""
    refused()
    with nothing_written(app, fediverse):
        signed = sign(met.signer, "GET", f"http://localhost{path}", b"", now=clock())
        assert client.get(path, headers={"Accept": ACTIVITY, **signed}).status_code == 404


def test_what_its_people_did_with_ours_is_neither_counted_nor_shown(app, client, clock, work, met):
    path = board.publish(app, "event", name="Ours")
    with app.app_context():
        iri = session().scalars(select(Publication.iri).where(Publication.local)).one()
        followers.record(local.find("union"), remote.find(met.iri), iri=iris.activity("union", "1"), state="accepted")
        session().commit()
    reply = {
        "id": f"{met.iri}/notes/1",
        "type": "Note",
        "attributedTo": met.iri,
        "inReplyTo": iri,
        "content": "<p>Gladly said</p>",
        "to": [PUBLIC],
    }
    for number, (verb, thing) in enumerate((("Like", iri), ("Announce", iri), ("Create", reply)), start=2):
        met.post(client, met.activity(verb, thing, number, to=[PUBLIC]), now=clock())
    work()
    assert "Gladly said" in client.get(path).text
    with app.app_context():
        consequences.decide("bad.test", level="block")
        session().commit()
    assert "Gladly said" not in client.get(path).text
    with app.app_context():
        publication = keeping.find(iri)
        assert replies.for_its_people(publication) == []
    for collection in ("likes", "shares", "replies"):
        answer = client.get(f"{iri.removeprefix('http://localhost')}/{collection}", headers={"Accept": ACTIVITY})
        if answer.status_code == 200:
            assert json.loads(answer.data).get("totalItems") == 0, collection
