"""Who may say what: rows B01 to B26 of `protocol.md` §4.4 at both inboxes, and again when the worker opens a letter."""

import json

import pytest
from sqlalchemy import select

from actors import followers, following, local, policy, remote
from actors.database import session
from actors.models import Follow
from inboxes.models import Letter
from tests.fediverse import Answer
from tests.inboxes.letters import INBOXES, UNION, cavage, nothing_written, rfc9421
from tests.inboxes.test_receiving import fresh_rates

OURS = "http://localhost/actors/couriers"


def by_mallory_as_alice(alice, mallory, t, n):
    return cavage(mallory, alice.activity("Follow", UNION), t, n)


def by_an_unknown_neighbour(alice, mallory, t, n):
    """Same host, a key that is good, and neither of the two was met before."""
    neighbour = alice.fediverse.actor("neighbour", "a.test", "mallory")
    return cavage(neighbour, alice.activity("Follow", UNION), t, n)


def by_mallory_with_alices_key_id(alice, mallory, t, n):
    return cavage(mallory, alice.activity("Follow", UNION), t, n, key_id=alice.key_id)


def rfc9421_by_mallory_as_alice(alice, mallory, t, n):
    return rfc9421(mallory, alice.activity("Follow", UNION), t, n)


def key_that_names_a_foreign_owner(alice, mallory, t, n):
    mallory.document["publicKey"]["owner"] = alice.iri
    mallory.publish_profile()
    return cavage(mallory, mallory.activity("Follow", UNION), t, n)


def key_document_with_a_foreign_id(alice, mallory, t, n):
    key_id = alice.fediverse.address("m.test", "/key")
    pem = mallory.document["publicKey"]["publicKeyPem"]
    alice.fediverse.put(key_id, {"id": alice.key_id, "owner": alice.iri, "publicKeyPem": pem})
    return cavage(mallory, mallory.activity("Follow", UNION), t, n, key_id=key_id)


def key_of_a_neighbour(alice, mallory, t, n):
    """A key document on the victim's own host that claims the victim as its owner, unlisted by the victim."""
    key_id = alice.fediverse.address("a.test", "/uploads/key")
    pem = mallory.document["publicKey"]["publicKeyPem"]
    alice.fediverse.put(key_id, {"id": key_id, "owner": alice.iri, "publicKeyPem": pem})
    return cavage(mallory, alice.activity("Follow", UNION), t, n, key_id=key_id)


def activity_id_on_another_host(alice, mallory, t, n):
    document = alice.activity("Follow", UNION) | {"id": f"{mallory.iri}/activities/1"}
    return cavage(alice, document, t, n)


def actor_document_with_another_id(alice, mallory, t, n):
    alice.document["id"] = mallory.iri
    alice.publish_profile()
    return cavage(alice, alice.activity("Follow", UNION), t, n)


def served_as(content_type):
    def make(alice, mallory, t, n):
        body = json.dumps(alice.document).encode()
        alice.fediverse.answer(alice.iri, Answer(body=body, content_type=content_type))
        return cavage(alice, alice.activity("Follow", UNION), t, n)

    return make


def redirected_to_mallory(alice, mallory, t, n):
    alice.fediverse.answer(alice.iri, Answer(302, headers={"Location": mallory.iri}))
    return cavage(mallory, alice.activity("Follow", UNION), t, n, key_id=alice.key_id)


def actor_with(**more):
    def make(alice, mallory, t, n):
        alice.document |= more
        alice.publish_profile()
        return cavage(alice, alice.activity("Follow", UNION), t, n)

    return make


def speaking_for_ours(iri):
    def make(alice, mallory, t, n):
        document = {"id": f"{iri}/activities/1", "type": "Follow", "actor": iri, "object": UNION}
        return cavage(mallory, document, t, n, key_id=f"{iri}#main-key")

    return make


FORGED = {
    "B01 another actor": (by_mallory_as_alice, 401, 0),
    "B01 another actor, RFC 9421": (rfc9421_by_mallory_as_alice, 401, 0),
    "B01 another actor with his key id": (by_mallory_with_alices_key_id, 401, 1),
    "B01 a neighbour on the host": (by_an_unknown_neighbour, 401, 1),
    "B02 key of a foreign owner": (key_that_names_a_foreign_owner, 401, 1),
    "B03 key document with a foreign id": (key_document_with_a_foreign_id, 401, 1),
    "B03 unlisted key on the victim's host": (key_of_a_neighbour, 401, 2),
    "B06 activity of another host": (activity_id_on_another_host, 401, 0),
    "B18 actor with another id": (actor_document_with_another_id, 401, 1),
    "B18 actor that leads elsewhere": (redirected_to_mallory, 401, 3),
    "B19 plain JSON": (served_as("application/json"), 401, 1),
    "B19 HTML": (served_as("text/html"), 401, 1),
    "B19 an upload": (served_as("application/octet-stream"), 401, 1),
    "B19 ld+json without profile": (served_as("application/ld+json"), 401, 1),
    "an inbox elsewhere": (actor_with(inbox="http://m.test/inbox"), 401, 1),
    "no name": (actor_with(preferredUsername=""), 401, 1),
    "not an actor": (actor_with(type="Note"), 401, 1),
    "smuggled keywords": (actor_with(**{"@graph": []}), 401, 1),
    "one of ours": (speaking_for_ours(OURS), 403, 0),
    "one of ours in capitals": (speaking_for_ours(OURS.replace("localhost", "LOCALHOST")), 403, 0),
    "one of ours with its port": (speaking_for_ours(OURS.replace("localhost", "localhost:80")), 403, 0),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_letter_is_refused_without_a_trace(app, client, clock, fediverse, name):
    """B24: at both inboxes."""
    draft, status, fetches = FORGED[name]
    for target in INBOXES:
        alice = fediverse.actor("alice", "a.test")
        mallory = fediverse.actor("mallory", "m.test", "mallory")
        fresh_rates(app)
        with nothing_written(app, fediverse, fetches=fetches):
            assert draft(alice, mallory, target, clock()).send(client).status_code == status


def test_known_key_does_not_speak_for_another_actor_of_its_host(app, client, clock, fediverse):
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "a.test", "bob")
    for number, actor in enumerate((alice, bob)):
        assert cavage(actor, actor.activity("Follow", UNION, number), "/inbox", clock()).send(client).status_code == 202
    with nothing_written(app, fediverse):
        forged = cavage(bob, alice.activity("Follow", OURS, 9), "/inbox", clock())
        assert forged.send(client).status_code == 401


def test_one_of_ours_is_never_written_from_outside(app, fediverse):
    with app.app_context():
        before = local.find("union").name
        document = fediverse.actor("alice", "a.test").document | {"name": "Forged"}
        for iri in (UNION, UNION.replace("localhost", "LocalHost:80")):
            with pytest.raises(Exception, match="lives here"):
                remote.remember(document | {"id": iri})
        assert local.find("union").name == before


# opened by the worker


def outcome(app):
    with app.app_context():
        letter = session().scalars(select(Letter).order_by(Letter.id.desc())).first()
        return letter.state, letter.outcome


def test_worker_refuses_a_letter_that_lost_its_verified_sender(app, client, clock, work, fediverse):
    """B25: the row says who was verified; a body that says otherwise is not opened."""
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "b.test", "bob")
    bob.post(client, bob.activity("Follow", UNION), now=clock())
    work()
    alice.post(client, alice.activity("Follow", UNION), now=clock())
    with app.app_context():
        letter = session().scalars(select(Letter).order_by(Letter.id.desc())).first()
        letter.sender = remote.find(bob.iri)
        session().commit()
    work()
    assert outcome(app)[0] == "failed"
    with app.app_context():
        assert followers.between(remote.find(alice.iri), local.find("union")) is None


@pytest.mark.parametrize("standing", ["suspended", "blocked", "gone"])
def test_letter_that_waited_while_its_sender_fell_is_ignored(app, client, clock, work, fediverse, standing):
    alice = fediverse.actor("alice", "a.test")
    alice.post(client, alice.activity("Follow", UNION), now=clock())
    with app.app_context():
        if standing == "blocked":
            policy.block("a.test")
        else:
            setattr(remote.find(alice.iri), f"{standing}_at", clock())
        session().commit()
    work()
    assert outcome(app)[0] == "ignored"
    with app.app_context():
        assert session().scalars(select(Follow)).all() == []


def test_suspended_sender_is_answered_and_nothing_is_kept(app, client, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    alice.post(client, alice.activity("Follow", UNION), now=clock())
    with app.app_context():
        remote.find(alice.iri).suspended_at = clock()
        session().commit()
    with nothing_written(app, fediverse):
        assert alice.post(client, alice.activity("Undo", UNION, 2), now=clock()).status_code == 202


def asked_for(app, followed):
    """Let the union ask to follow somebody, and return the id of its Follow."""
    with app.app_context():
        relation = following.follow(local.find("union"), remote.remember(remote.look_up(followed.iri)))
        session().commit()
        return relation.iri


def answers(iri, followed):
    whole = {"id": iri, "type": "Follow", "actor": UNION, "object": followed.iri}
    return {
        "by id": iri,
        "whole": whole,
        "without id": {key: value for key, value in whole.items() if key != "id"},
        "with another id": whole | {"id": f"{UNION}/activities/other"},
    }


@pytest.mark.parametrize("verb", ["Accept", "Reject"])
@pytest.mark.parametrize("form", ["by id", "whole", "without id", "with another id"])
def test_answer_to_our_follow_counts_in_every_form(app, client, clock, work, fediverse, verb, form):
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    iri = asked_for(app, bob)
    bob.post(client, bob.activity(verb, answers(iri, bob)[form]), now=clock())
    work()
    with app.app_context():
        assert followers.between(local.find("union"), remote.find(bob.iri)).state == f"{verb.lower()}ed"


@pytest.mark.parametrize("form", ["by id", "whole", "without id", "with another id"])
def test_accept_by_a_third_party_changes_nothing(app, client, clock, work, fediverse, form):
    """B14, with the relation that the letter speaks of really waiting."""
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    iri = asked_for(app, bob)
    mallory.post(client, mallory.activity("Accept", answers(iri, bob)[form]), now=clock())
    work()
    assert outcome(app)[0] == "ignored"
    with app.app_context():
        assert followers.between(local.find("union"), remote.find(bob.iri)).state == "pending"


def test_accept_of_a_follow_never_sent_changes_nothing(app, client, clock, work, fediverse):
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    invented = {"id": f"{UNION}/activities/1", "type": "Follow", "actor": UNION, "object": bob.iri}
    bob.post(client, bob.activity("Accept", invented), now=clock())
    work()
    assert outcome(app)[0] == "ignored"
    with app.app_context():
        assert session().scalars(select(Follow)).all() == []


def test_accept_for_another_node_of_a_like_named_actor_changes_nothing(app, client, clock, work, fediverse):
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    asked_for(app, bob)
    elsewhere = {"type": "Follow", "actor": "http://other.test/actors/union", "object": bob.iri}
    bob.post(client, bob.activity("Accept", elsewhere), now=clock())
    work()
    assert outcome(app)[0] == "ignored"


def test_accept_of_something_else_than_a_follow_changes_nothing(app, client, clock, work, fediverse):
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    iri = asked_for(app, bob)
    thing = {"id": iri, "type": "Join", "actor": UNION, "object": bob.iri}
    bob.post(client, bob.activity("Accept", thing), now=clock())
    work()
    assert outcome(app)[0] == "ignored"
    with app.app_context():
        assert followers.between(local.find("union"), remote.find(bob.iri)).state == "pending"
