"""New keys: announced with the old one, used where they are known, and the old one destroyed."""

import json

import pytest
from sqlalchemy import select

from actors import followers, following, local, outbox, remote, rotation
from actors.database import session
from actors.models import SIGNING, ActorKey, Delivery, Posted
from actors.node import now
from federation import keys
from federation.activities import PUBLIC
from federation.errors import BadSignature
from federation.signatures import Received, key_id_of, verify
from inboxes import pruning
from tests.fediverse import Answer

UNION = "http://localhost/actors/union"
ACCEPT = {"Accept": "application/activity+json"}
FIRST, SECOND = f"{UNION}#main-key", f"{UNION}#main-key-2"


class Careful:
    """A server that takes a key only from a document it read first, or from an Update signed with the one it knows."""

    def __init__(self, fediverse, host, clock):
        self.host, self.clock, self.known = host, clock, {}
        self.taken, self.refused = [], 0
        self.base = fediverse.address(host).rstrip("/")
        self.actor = fediverse.actor("alice", host)
        self.down = False
        for inbox in (self.actor.inbox, self.actor.shared_inbox):
            fediverse.answer(inbox, self.take)

    def meet(self, document):
        self.known[document["publicKey"]["id"]] = document["publicKey"]["publicKeyPem"]

    def take(self, arrived):
        if self.down:
            return Answer(503)
        received = Received("POST", arrived.path, arrived.headers, arrived.body, self.base)
        key_id = key_id_of(received)
        try:
            verify(received, keys.load_public(self.known[key_id]), now=self.clock())
        except (KeyError, BadSignature):
            self.refused += 1
            return Answer(401)
        document = arrived.json
        if document["type"] == "Update" and document["object"]["id"] == document["actor"]:
            self.known = {}
            self.meet(document["object"])
        self.taken.append((document["type"], key_id.partition("#")[2]))
        return Answer(202)


@pytest.fixture
def careful(app, client, clock, fediverse):
    server = Careful(fediverse, "a.test", clock)
    server.meet(client.get("/actors/union", headers=ACCEPT).json)
    follow(app, server.actor)
    return server


def host_name(server):
    return server.base.partition("://")[2]


def follow(app, actor):
    with app.app_context():
        alice = remote.remember(actor.document)
        followers.record(alice, local.find("union"), iri=f"{actor.iri}/follows/1", state="accepted")
        session().commit()


def rotate(app, handle="union"):
    with app.app_context():
        rotation.rotate(local.find(handle))
        session().commit()


def say(app, *inboxes, handle="union"):
    with app.app_context():
        actor = local.find(handle)
        inboxes = inboxes or tuple(followers.inboxes_of_followers(actor))
        outbox.post(actor, "Announce", f"{UNION}/events/1", to=[PUBLIC], inboxes=inboxes)
        session().commit()


def private_halves(app):
    with app.app_context():
        query = select(ActorKey.iri).where(ActorKey.purpose == SIGNING, ActorKey.private_encrypted.is_not(None))
        return sorted(iri for iri in session().scalars(query) if iri.startswith(UNION))


def test_document_shows_the_new_key_alone(app, client):
    before = client.get("/actors/union", headers=ACCEPT).json
    rotate(app)
    after = client.get("/actors/union", headers=ACCEPT).json
    assert before["publicKey"]["id"] == FIRST
    assert (after["publicKey"]["id"], after["publicKey"]["owner"]) == (SECOND, UNION)
    assert after["publicKey"]["publicKeyPem"] != before["publicKey"]["publicKeyPem"]
    assert after["assertionMethod"] == before["assertionMethod"]
    rotate(app)
    assert client.get("/actors/union", headers=ACCEPT).json["publicKey"]["id"] == f"{UNION}#main-key-3"


def test_announcement_is_an_update_of_the_whole_actor(app, client, clock, careful):
    clock.turn(hours=1)
    rotate(app)
    document = client.get("/actors/union", headers=ACCEPT).json
    with app.app_context():
        (posted,) = session().scalars(select(Posted).where(Posted.type == "Update"))
        update = json.loads(posted.body)
        assert (update["to"], update["cc"]) == ([PUBLIC], [f"{UNION}/followers"])
        assert update["object"] == {name: value for name, value in document.items() if name != "@context"}
        assert update["object"]["updated"] == "2026-11-21T13:00:00Z"


def test_server_that_refuses_unannounced_keys_follows(app, careful, work):
    rotate(app)
    say(app)
    work()
    say(app)
    work()
    assert careful.taken == [("Update", "main-key"), ("Announce", "main-key-2"), ("Announce", "main-key-2")]
    assert careful.refused == 0


def test_old_key_signs_for_a_host_until_it_knows_the_new_one(app, careful, clock, fediverse, work):
    """The announcement waits for its second try; what leaves meanwhile is signed with the key that the host knows."""
    other = Careful(fediverse, "b.test", clock)
    other.known = dict(careful.known)
    follow(app, other.actor)
    careful.down = True
    rotate(app)
    work()
    careful.down = False
    say(app)
    work()
    assert careful.taken == [("Announce", "main-key")]
    assert other.taken == [("Update", "main-key"), ("Announce", "main-key-2")]
    clock.turn(minutes=5)
    work()
    say(app)
    work()
    assert careful.taken == [("Announce", "main-key"), ("Update", "main-key"), ("Announce", "main-key-2")]
    assert (careful.refused, other.refused) == (0, 0)


def test_two_new_keys_at_once_are_announced_each_with_the_one_before(app, careful, clock, work):
    careful.down = True
    rotate(app)
    rotate(app)
    work()
    careful.down = False
    say(app)
    work()
    for _ in range(4):
        clock.turn(minutes=20)
        work()
    say(app)
    work()
    assert careful.taken == [
        ("Announce", "main-key"),
        ("Update", "main-key"),
        ("Update", "main-key-2"),
        ("Announce", "main-key-3"),
    ]
    assert careful.refused == 0


def test_one_inbox_of_a_host_that_took_it_is_enough(app, careful, fediverse, clock, work):
    """Another inbox of the host is down: the host knows the new key all the same."""
    neighbour = fediverse.actor("neighbour", "a.test", "bob", endpoints={})
    fediverse.answer(neighbour.inbox, Answer(503))
    fediverse.answer(careful.actor.shared_inbox, careful.take)
    follow(app, neighbour)
    rotate(app)
    work()
    fediverse.answer(neighbour.inbox, careful.take)
    say(app)
    clock.turn(minutes=5)
    work()
    assert careful.refused == 0
    assert [key for _, key in careful.taken] == ["main-key", "main-key-2", "main-key-2", "main-key-2"]


def test_host_that_refuses_the_announcement_gets_the_new_key(app, fediverse, clock, work, careful):
    fediverse.answer(careful.actor.shared_inbox, Answer(404))
    rotate(app)
    work()
    fediverse.answer(careful.actor.shared_inbox, Answer(202))
    say(app)
    work()
    assert fediverse.arrived[-1].headers["signature"].startswith(f'keyId="{SECOND}"')


def recipients_of_update(app):
    with app.app_context():
        query = select(Delivery.inbox).join(Posted).where(Posted.type == "Update", Posted.key_id.is_not(None))
        return sorted(session().scalars(query))


def test_announcement_goes_to_all_who_may_have_kept_the_key(app, clock, fediverse, work):
    follower = fediverse.actor("follower", "a.test")
    neighbour = fediverse.actor("neighbour", "a.test", "bob")
    followed = fediverse.actor("followed", "b.test")
    alone = fediverse.actor("alone", "c.test", endpoints={})
    member = fediverse.actor("member", "d.test")
    stranger = fediverse.actor("stranger", "e.test")
    former = fediverse.actor("former", "f.test")
    long_ago = fediverse.actor("ago", "g.test")
    with app.app_context():
        union = local.find("union")
        for actor in (follower, neighbour, followed, alone, member, stranger, former, long_ago):
            remote.remember(actor.document)
        for actor in (follower, neighbour):
            followers.record(remote.find(actor.iri), union, iri=f"{actor.iri}/1", state="accepted")
        followers.record(remote.find(former.iri), union, iri=f"{former.iri}/1", state="rejected")
        following.follow(union, remote.find(followed.iri))
        outbox.post(union, "Accept", UNION, to=[], inboxes=[long_ago.inbox])
        session().commit()
    work()
    clock.turn(days=31)
    with app.app_context():
        outbox.post(local.find("union"), "Accept", UNION, to=[], inboxes=[alone.inbox, member.inbox])
        session().commit()
    rotate(app)
    assert recipients_of_update(app) == sorted(
        [follower.shared_inbox, followed.shared_inbox, alone.inbox, member.shared_inbox]
    )


def test_nodes_own_key_is_announced_to_all_whom_it_asked_for_documents(app, clock, fediverse):
    early, late = fediverse.actor("early", "a.test"), fediverse.actor("late", "b.test")
    with app.app_context():
        remote.remember(early.document)
        session().commit()
    clock.turn(days=31)
    with app.app_context():
        remote.remember(late.document)
        session().commit()
    rotate(app, "relay")
    assert recipients_of_update(app) == [late.shared_inbox]


def test_documents_are_asked_for_with_the_key_that_the_host_knows(app, client, clock, fediverse, work):
    server = Careful(fediverse, "a.test", clock)
    server.meet(client.get("/actors/relay", headers=ACCEPT).json)
    server.down = True
    with app.app_context():
        remote.remember(server.actor.document)
        session().commit()
    rotate(app, "relay")
    work()

    def key_of_a_fetch():
        with app.app_context():
            remote.fetch_actor(server.actor.iri)
        return fediverse.arrived[-1].headers["signature"].partition('"')[2].partition('"')[0].partition("#")[2]

    assert key_of_a_fetch() == "main-key"
    server.down = False
    clock.turn(minutes=5)
    work()
    assert server.taken == [("Update", "main-key")]
    assert key_of_a_fetch() == "main-key-2"


def test_old_private_half_is_destroyed_when_every_host_knows(app, careful, clock, work):
    careful.down = True
    rotate(app)
    work()
    with app.app_context():
        pruning.prune()
    assert private_halves(app) == [FIRST, SECOND]
    careful.down = False
    clock.turn(minutes=5)
    work()
    with app.app_context():
        pruning.prune()
    assert private_halves(app) == [SECOND]
    rotate(app)
    assert private_halves(app) == [SECOND, f"{UNION}#main-key-3"]


def test_old_private_half_is_destroyed_after_seven_days_in_any_case(app, careful, clock, work):
    careful.down = True
    rotate(app)
    work()
    clock.turn(days=6, hours=23)
    with app.app_context():
        assert rotation.destroy_retired() == 0
        assert rotation.signer_for(local.find("union"), host_name(careful)).key_id == FIRST
    clock.turn(hours=1)
    with app.app_context():
        assert rotation.signer_for(local.find("union"), host_name(careful)).key_id == SECOND
        assert rotation.destroy_retired() == 1
        session().commit()
    assert private_halves(app) == [SECOND]
    with app.app_context():
        assert rotation.destroy_retired() == 0


def test_current_keys_are_never_destroyed(app, clock):
    clock.turn(days=400)
    with app.app_context():
        assert rotation.destroy_retired() == 0
    assert private_halves(app) == [FIRST]


def test_actor_without_a_key_cannot_announce_another(app):
    with app.app_context():
        union = local.find("union")
        for key in union.keys:
            key.private_encrypted = None
        session().flush()
        with pytest.raises(LookupError):
            rotation.rotate(union)


def test_destroyed_key_signs_nothing(app):
    with app.app_context():
        key = local.current_key(local.find("union"))
        key.private_encrypted = None
        with pytest.raises(LookupError, match="no private half"):
            local.signer_with(key)


def test_command_rotates_one_actor(app, careful):
    result = app.test_cli_runner().invoke(args=["maillage", "actor", "rotate-key", "union"])
    assert result.exit_code == 0, result.output
    assert result.output == "union has a new key; it is announced to 1 inboxes.\n"
    assert private_halves(app) == [FIRST, SECOND]


def test_command_rotates_all_actors_but_those_who_are_gone(app):
    with app.app_context():
        local.find("couriers").gone_at = now()
        session().commit()
    result = app.test_cli_runner().invoke(args=["maillage", "actor", "rotate-key", "--all"])
    assert result.exit_code == 0, result.output
    with app.app_context():
        current = {
            handle: local.current_key(local.find(handle)).iri for handle in ("relay", "union", "couriers", "ann")
        }
    assert {handle for handle, iri in current.items() if iri.endswith("#main-key-2")} == {"relay", "union", "ann"}


@pytest.mark.parametrize("words", [[], ["union", "--all"], ["nobody"]])
def test_command_asks_for_one_or_all(app, words):
    assert app.test_cli_runner().invoke(args=["maillage", "actor", "rotate-key", *words]).exit_code != 0
    assert private_halves(app) == [FIRST]
