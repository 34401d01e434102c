"""What actors do to ours: Follow, Undo, Update and Delete of oneself, Block; by effect, not by status."""

import pytest
from sqlalchemy import select

from actors import followers, following, local, remote, tombstones
from actors.database import session
from actors.models import Actor, Follow
from inboxes.models import Letter
from tests.fediverse import Answer
from tests.inboxes.letters import UNION, cavage, rfc9421

COURIERS = "http://localhost/actors/couriers"


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""

    def said(actor, kind, thing, number=1, **more):
        response = actor.post(client, actor.activity(kind, thing, number, **more), now=clock())
        assert response.status_code == 202
        work()
        with app.app_context():
            return session().scalars(select(Letter.state).where(Letter.iri == f"{actor.iri}/activities/{number}")).one()

    return said


def states(app):
    with app.app_context():
        return {
            (one.follower.handle, one.followed.handle): one.state for one in session().scalars(select(Follow)).all()
        }


def test_follow_waits_where_somebody_approves(app, say, work, fediverse):
    with app.app_context():
        local.find("union").approves_followers = True
        session().commit()
    alice = fediverse.actor("alice", "a.test")
    assert say(alice, "Follow", UNION) == "done"
    assert states(app) == {("alice", "union"): "pending"}
    assert fediverse.letters() == []
    with app.app_context():
        assert followers.inboxes_of_followers(local.find("union")) == set()
        following.accept(followers.between(remote.find(alice.iri), local.find("union")))
        session().commit()
    work()
    assert [letter["type"] for letter in fediverse.letters("/users/alice/inbox")] == ["Accept"]


def test_second_follow_is_accepted_again_under_its_own_id(app, say, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    say(alice, "Follow", UNION, 2)
    assert [letter["object"]["id"] for letter in fediverse.letters()] == [
        f"{alice.iri}/activities/1",
        f"{alice.iri}/activities/2",
    ]
    assert states(app) == {("alice", "union"): "accepted"}


@pytest.mark.parametrize("thing", ["http://localhost/actors/nobody", "http://localhost/", "http://a.test/users/bob"])
def test_follow_of_nobody_here_is_ignored(app, say, fediverse, thing):
    assert say(fediverse.actor("alice", "a.test"), "Follow", thing) == "ignored"
    assert states(app) == {}


def test_follow_of_a_deleted_actor_is_ignored(app, say, clock, fediverse):
    with app.app_context():
        local.find("union").gone_at = clock()
        session().commit()
    assert say(fediverse.actor("alice", "a.test"), "Follow", UNION) == "ignored"


@pytest.mark.parametrize("form", ["whole", "by id", "with another id", "without id"])
def test_undo_of_a_follow_counts_in_every_form(app, say, fediverse, form):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    whole = alice.activity("Follow", UNION)
    forms = {
        "whole": whole,
        "by id": whole["id"],
        "with another id": whole | {"id": f"{alice.iri}/activities/99"},
        "without id": {key: value for key, value in whole.items() if key != "id"},
    }
    assert say(alice, "Undo", forms[form], 2) == "done"
    assert states(app) == {}


@pytest.mark.parametrize("form", ["whole", "by id"])
@pytest.mark.parametrize("host", ["a.test", "m.test"])
def test_undo_of_anothers_follow_changes_nothing(app, say, fediverse, host, form):
    alice, mallory = fediverse.actor("alice", "a.test"), fediverse.actor("mallory", host, "mallory")
    say(alice, "Follow", UNION)
    whole = alice.activity("Follow", UNION)
    assert say(mallory, "Undo", whole if form == "whole" else whole["id"], 2) == "ignored"
    assert states(app) == {("alice", "union"): "accepted"}


@pytest.mark.parametrize("kind", ["Block", "Like", "Join"])
def test_undo_of_something_else_about_an_actor_leaves_the_follow(app, say, fediverse, kind):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    heard = say(alice, "Undo", alice.activity(kind, UNION, 5), 2)
    assert heard == ("done" if kind == "Join" else "ignored"), "of a Join: one from before is not taken any more"
    assert states(app) == {("alice", "union"): "accepted"}


@pytest.mark.parametrize("kind", ["Like", "Announce", "Undo", "Delete", "Invented"])
def test_letter_that_nothing_takes_back_is_opened_once(app, client, clock, work, fediverse, kind):
    """However often it comes, and however fresh its signature is."""
    alice = fediverse.actor("alice", "a.test")
    document = alice.activity(kind, f"{UNION}/events/1", 2)

    def comes():
        assert alice.post(client, document, now=clock()).status_code == 202
        work()
        with app.app_context():
            letter = session().scalars(select(Letter)).one()
            return letter.state, letter.received_at, letter.settled_at

    first = comes()
    clock.turn(hours=1)
    assert comes() == first


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421", "created"])
def test_follow_after_an_undo_counts_again_under_the_same_id(app, client, clock, work, say, fediverse, scheme):
    alice = fediverse.actor("alice", "a.test")
    follow = alice.activity("Follow", UNION)
    first = cavage(alice, follow, "/inbox", clock())
    first.send(client)
    work()
    clock.turn(minutes=5)
    say(alice, "Undo", follow, 2)
    clock.turn(minutes=5)
    assert first.send(client).status_code == 202
    work()
    assert states(app) == {}, "the old bytes played again"

    if scheme == "created":
        covered, moment = "(request-target) host (created) digest", int(clock().timestamp())
        special = {"(created)": moment}
        again = cavage(
            alice,
            follow,
            "/inbox",
            clock(),
            covered=covered,
            algorithm="hs2019",
            extra=f"created={moment},",
            special=special,
        )
    else:
        again = (cavage if scheme == "cavage" else rfc9421)(alice, follow, "/inbox", clock())
    assert again.send(client).status_code == 202
    work()
    assert states(app) == {("alice", "union"): "accepted"}
    assert [letter["type"] for letter in fediverse.letters()] == ["Accept", "Accept"]

    clock.turn(minutes=5)
    say(alice, "Undo", follow, 3)
    clock.turn(minutes=5)
    for old in (first, again):
        assert old.send(client).status_code == 202
        work()
    assert states(app) == {}, "the second letter played again after the second Undo"


def test_old_follow_with_an_unsigned_new_date_does_not_count_again(app, client, clock, work, say, fediverse):
    """The time that counts is the one that the signature covers."""
    alice = fediverse.actor("alice", "a.test")
    follow, moment = alice.activity("Follow", UNION), int(clock().timestamp())
    first = cavage(
        alice,
        follow,
        "/inbox",
        clock(),
        covered="(request-target) host (created) digest",
        algorithm="hs2019",
        extra=f"created={moment},",
        special={"(created)": moment},
    )
    first.send(client)
    work()
    clock.turn(minutes=5)
    say(alice, "Undo", follow, 2)
    clock.turn(minutes=5)
    assert first.but(date="Sat, 21 Nov 2026 12:10:00 GMT").send(client).status_code == 202
    work()
    assert states(app) == {}


def test_actor_that_changes_itself_is_read_from_its_own_address(app, say, fediverse):
    """The letter's own copy is not believed: it may be old, or relayed."""
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    alice.document["name"] = "Alice Martin<script>"
    alice.publish_profile()
    assert say(alice, "Update", alice.document | {"name": "Forged"}, 2) == "done"
    with app.app_context():
        assert remote.find(alice.iri).name.startswith("Alice Martin")
        assert remote.find(alice.iri).id == session().scalars(select(Follow.follower_id)).one()


def test_update_of_another_actor_changes_nothing(app, say, fediverse):
    alice, mallory = fediverse.actor("alice", "a.test"), fediverse.actor("mallory", "a.test", "mallory")
    say(alice, "Follow", UNION)
    assert say(mallory, "Update", alice.document | {"name": "Forged"}, 2) == "ignored"
    assert say(mallory, "Update", alice.iri, 3) in ("ignored", "failed")
    with app.app_context():
        assert remote.find(alice.iri).name == "Alice"


def test_update_cannot_move_the_inbox_to_another_server(app, say, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    for change in ({"inbox": "http://m.test/inbox"}, {"inbox": None}, {"type": "Event"}):
        alice.document |= {"inbox": alice.inbox, "type": "Person"} | change
        alice.publish_profile()
        assert say(alice, "Update", alice.iri, str(change)[2:6] + str(len(str(change)))) == "failed"
    alice.document |= {"inbox": alice.inbox, "type": "Person", "endpoints": {"sharedInbox": "http://m.test/inbox"}}
    alice.publish_profile()
    assert say(alice, "Update", alice.iri, 9) == "done"
    with app.app_context():
        assert (remote.find(alice.iri).inbox, remote.find(alice.iri).shared_inbox) == (alice.inbox, None)


def test_address_that_leads_to_another_actor_changes_neither(app, say, fediverse):
    alice, mallory = fediverse.actor("alice", "a.test"), fediverse.actor("mallory", "m.test", "mallory")
    say(alice, "Follow", UNION)
    fediverse.answer(alice.iri, Answer(302, headers={"Location": mallory.iri}))
    assert say(alice, "Update", alice.iri, 2) == "ignored"
    with app.app_context():
        assert remote.find(mallory.iri) is None


def test_actor_that_leaves_is_remembered_as_gone(app, client, clock, say, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    assert say(alice, "Delete", alice.iri, 2) == "done"
    assert states(app) == {("alice", "union"): "rejected"}
    with app.app_context():
        assert remote.find(alice.iri).gone_at is not None
        assert tombstones.find(alice.iri, remote.find(alice.iri)).former_type == "Person"
        assert followers.inboxes_of_followers(local.find("union")) == set()
    alice.post(client, alice.activity("Follow", UNION, 3), now=clock())
    with app.app_context():
        assert session().scalars(select(Letter.iri).where(Letter.type == "Follow")).all() == [
            f"{alice.iri}/activities/1"
        ]


def test_delete_of_another_actor_changes_nothing(app, say, fediverse):
    alice, mallory = fediverse.actor("alice", "a.test"), fediverse.actor("mallory", "a.test", "mallory")
    say(alice, "Follow", UNION)
    say(mallory, "Delete", alice.iri, 2)
    with app.app_context():
        assert remote.find(alice.iri).gone_at is None
    assert states(app) == {("alice", "union"): "accepted"}


def test_block_ends_both_relations_and_tells_nobody(app, say, work, fediverse):
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Follow", UNION)
    with app.app_context():
        following.follow(local.find("union"), remote.find(alice.iri))
        session().commit()
    work()
    sent = len(fediverse.letters())
    assert say(alice, "Block", UNION, 2) == "done"
    assert states(app) == {}
    assert len(fediverse.letters()) == sent


def test_reject_of_an_accepted_follow_ends_it(app, say, fediverse):
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    with app.app_context():
        relation = following.follow(local.find("union"), remote.remember(remote.look_up(bob.iri)))
        followers.answer(relation, "accepted")
        session().commit()
        iri = relation.iri
    assert say(bob, "Reject", iri) == "done"
    with app.app_context():
        assert not followers.follows_from_here(remote.find(bob.iri))


def test_unfollow_sends_an_undo_that_embeds_the_follow(app, work, fediverse):
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    with app.app_context():
        relation = following.follow(local.find("union"), remote.remember(remote.look_up(bob.iri)))
        iri = relation.iri
        assert following.unfollow(local.find("union"), remote.find(bob.iri))
        session().commit()
    work()
    undo = fediverse.letters()[-1]
    assert (undo["type"], undo["object"]["id"], undo["object"]["object"]) == ("Undo", iri, bob.iri)


def test_document_that_never_comes_ends_the_letter_after_its_tries(app, client, clock, work, fediverse):
    alice = fediverse.actor("alice", "a.test")
    alice.post(client, alice.activity("Follow", UNION), now=clock())
    work()
    fediverse.answer(alice.iri, Answer(503))
    alice.post(client, alice.activity("Update", alice.iri, 2), now=clock())
    for _ in range(12):
        work()
        clock.turn(hours=6)
    with app.app_context():
        letter = session().scalars(select(Letter).where(Letter.type == "Update")).one()
        assert (letter.state, letter.attempts) == ("failed", 8)
        assert session().scalars(select(Actor.name).where(Actor.iri == alice.iri)).one() == "Alice"
