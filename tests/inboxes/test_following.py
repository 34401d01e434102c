"""A remote actor follows one of ours, and the other way round."""

from sqlalchemy import select

from actors import followers, following, local, remote
from actors.database import session
from actors.models import Follow
from inboxes.models import Letter


def test_follow_from_elsewhere_is_accepted_with_the_follow_embedded(app, client, clock, work, fediverse):
    alice = fediverse.actor("alice", "a.test")
    union = "http://localhost/actors/union"

    response = alice.post(client, alice.activity("Follow", union), "/actors/union/inbox", now=clock())
    work()

    assert response.status_code == 202
    assert response.data == b""
    (accept,) = fediverse.letters("/users/alice/inbox")
    assert (accept["type"], accept["actor"], accept["to"]) == ("Accept", union, [alice.iri])
    assert accept["object"] == {
        "id": f"{alice.iri}/activities/1",
        "type": "Follow",
        "actor": alice.iri,
        "object": union,
    }
    with app.app_context():
        assert session().scalars(select(Follow.state)).all() == ["accepted"]
        assert session().scalars(select(Letter.state)).all() == ["done"]


def test_undo_ends_a_follow(app, client, clock, work, fediverse):
    alice = fediverse.actor("alice", "a.test")
    follow = alice.activity("Follow", "http://localhost/actors/union")
    alice.post(client, follow, now=clock())
    alice.post(client, alice.activity("Undo", follow, 2), now=clock())
    work()

    with app.app_context():
        assert session().scalars(select(Follow)).all() == []


def test_our_follow_counts_only_after_its_accept(app, client, clock, work, fediverse):
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    with app.app_context():
        theirs = remote.remember(remote.look_up(bob.iri))
        relation = following.follow(local.find("union"), theirs)
        iri = relation.iri
        session().commit()
    work()
    (follow,) = fediverse.letters()
    assert (follow["id"], follow["type"], follow["object"]) == (iri, "Follow", bob.iri)
    with app.app_context():
        assert not followers.follows_from_here(remote.find(bob.iri))

    bob.post(client, bob.activity("Accept", follow), now=clock())
    work()

    with app.app_context():
        assert followers.follows_from_here(remote.find(bob.iri))


def test_following_again_does_not_end_what_holds(app, client, clock, work, fediverse):
    bob = fediverse.actor("bob", "b.test", "bob", "Group")
    with app.app_context():
        theirs = remote.remember(remote.look_up(bob.iri))
        following.follow(local.find("union"), theirs)
        session().commit()
    work()
    bob.post(client, bob.activity("Accept", fediverse.letters()[0]), now=clock())
    work()

    with app.app_context():
        assert following.follow(local.find("union"), remote.find(bob.iri)).state == "accepted"
        session().commit()
    work()

    assert [letter["type"] for letter in fediverse.letters()] == ["Follow"]
