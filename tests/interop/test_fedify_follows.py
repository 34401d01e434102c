"""Fedify follows us and we follow Fedify: each finds the other's answer good."""

from sqlalchemy import select

from actors import following, local, remote
from actors.database import session
from actors.models import Follow
from tests.nodes import until


def followers_of(node, handle):
    """Return who follows an actor of the node, and in what state."""
    with node.app.app_context():
        return {relation.follower.iri: relation.state for relation in relations(Follow.followed_id, handle)}


def followed_by(node, handle):
    """Return whom an actor of the node follows, and in what state."""
    with node.app.app_context():
        return {relation.followed.iri: relation.state for relation in relations(Follow.follower_id, handle)}


def relations(side, handle):
    return session().scalars(select(Follow).where(side == local.find(handle).id)).all()


def test_fedify_follows_and_our_accept_is_accepted(node, fedify):
    union = node.add_actor("followed_one")

    follow = fedify.tell("follow", whom=f"@followed_one@127.0.0.1:{node.port}")

    accept = fedify.arrival("Accept", actorId=union)
    assert (accept["object"]["type"], accept["object"]["id"]) == ("Follow", follow)
    assert accept["object"]["actorId"] == fedify.iri
    assert accept["object"]["objectId"] == union
    assert followers_of(node, "followed_one") == {fedify.iri: "accepted"}
    until("the Accept to count", lambda: union in fedify.tell("following"))


def test_fedify_follows_and_is_refused(node, fedify):
    union = node.add_actor("careful_one")
    with node.app.app_context():
        local.find("careful_one").approves_followers = True
        session().commit()

    follow = fedify.tell("follow", whom=union)
    until("the request", lambda: followers_of(node, "careful_one") == {fedify.iri: "pending"})
    assert fedify.lookup(union)["manuallyApprovesFollowers"] is True
    with node.app.app_context():
        (relation,) = relations(Follow.followed_id, "careful_one")
        following.reject(relation)
        session().commit()

    assert fedify.arrival("Reject", actorId=union)["object"]["id"] == follow
    assert union not in fedify.tell("following")


def test_fedify_follows_no_more(node, fedify):
    union = node.add_actor("left_one")
    fedify.tell("follow", whom=union)
    fedify.arrival("Accept", actorId=union)

    fedify.tell("unfollow", whom=union)

    until("the follower to go", lambda: followers_of(node, "left_one") == {})


def test_we_follow_by_command_and_its_accept_makes_it_so(node, fedify):
    union = node.add_actor("following_one")

    asked = node.start("actor", "follow", "following_one", fedify.handle)

    assert asked.wait(30) == 0
    follow = fedify.arrival("Follow", actorId=union)
    assert follow["objectId"] == fedify.iri
    until("the follow to be accepted", lambda: followed_by(node, "following_one") == {fedify.iri: "accepted"})
    assert union in fedify.tell("followers")


def test_we_follow_no_more(node, fedify):
    union = node.add_actor("leaving_one")
    node.follow("leaving_one", fedify.iri)
    until("the follow to be accepted", lambda: followed_by(node, "leaving_one") == {fedify.iri: "accepted"})
    until("the follower to count", lambda: union in fedify.tell("followers"))

    with node.app.app_context():
        following.unfollow(local.find("leaving_one"), remote.find(fedify.iri))
        session().commit()

    assert fedify.arrival("Undo", actorId=union)["object"]["type"] == "Follow"
    until("the follower to go", lambda: union not in fedify.tell("followers"))
