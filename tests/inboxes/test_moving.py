"""Move: those of ours who follow an actor go with it, and only where both its ends say so."""

import pytest
from sqlalchemy import select

from actors import followers, following, local, remote
from actors.database import session
from actors.models import Follow
from tests.inboxes.letters import UNION

COURIERS = "http://localhost/actors/couriers"


@pytest.fixture
def old(fediverse):
    return fediverse.actor("depot", "old.test", "bob", "Group")


@pytest.fixture
def new(fediverse, old):
    return fediverse.actor("depot", "new.test", "alice", "Group", alsoKnownAs=[old.iri])


@pytest.fixture
def followed(app, old, work):
    """The union follows the old actor."""
    with app.app_context():
        relation = following.follow(local.find("union"), remote.remember(old.document))
        followers.answer(relation, "accepted")
        session().commit()
    work()


def ours(app):
    """Return whom the union follows, with the state of it."""
    with app.app_context():
        query = select(Follow).where(Follow.follower_id == local.find("union").id)
        return {one.followed.host.partition(":")[0]: one.state for one in session().scalars(query)}


def moved_to(app, actor):
    with app.app_context():
        return remote.find(actor.iri).moved_to


def test_those_who_follow_go_along(app, tell, fediverse, old, new, followed):
    assert tell(old, "Move", old.iri, target=new.iri) == "done"
    assert ours(app) == {"new.test": "pending"}
    assert moved_to(app, old) == new.iri
    sent = [(letter["type"], letter["object"]) for letter in fediverse.letters()]
    assert sent[1] == ("Follow", new.iri)
    assert (sent[2][0], sent[2][1]["object"]) == ("Undo", old.iri)


@pytest.mark.parametrize("target", ["embedded", "a list of one"])
def test_target_may_be_embedded_and_is_read_from_its_own_server(app, tell, fediverse, old, new, followed, target):
    claim = dict(new.document)
    new.document["alsoKnownAs"] = []
    new.publish_profile()
    assert tell(old, "Move", old.document, target=claim if target == "embedded" else [claim]) == "ignored"
    assert ours(app) == {"old.test": "accepted"}
    new.document["alsoKnownAs"] = old.iri
    new.publish_profile()
    assert tell(old, "Move", old.document, target=claim if target == "embedded" else [claim]) == "done"
    assert ours(app) == {"new.test": "pending"}


def test_move_by_somebody_else_changes_nothing(app, tell, fediverse, old, new, followed):
    """B21; neither a neighbour, nor the new actor itself, nor a stranger moves an actor."""
    for who in (fediverse.actor("mallory", "old.test", "mallory"), new, fediverse.actor("mallory", "m.test")):
        assert tell(who, "Move", old.iri, target=new.iri) == "ignored"
    assert ours(app) == {"old.test": "accepted"}
    assert moved_to(app, old) is None


def test_move_whose_object_is_another_moves_neither(app, tell, fediverse, old, new, followed):
    mallory = fediverse.actor("mallory", "old.test", "mallory")
    new.document["alsoKnownAs"] = [old.iri, mallory.iri]
    new.publish_profile()
    for thing in (old.iri, old.document, [old.iri, mallory.iri], "http://localhost/actors/union", {}):
        assert tell(mallory, "Move", thing, target=new.iri) == "ignored", thing
    assert (moved_to(app, old), moved_to(app, mallory)) == (None, None)
    assert ours(app) == {"old.test": "accepted"}


def test_new_actor_that_does_not_name_the_old_one_gets_nobody(app, tell, fediverse, old, followed):
    for number, aliases in enumerate((None, [], "http://old.test/users/depot", [old.iri + "x"], 7, {"a": 1})):
        other = fediverse.actor(f"other{number}", "new.test", alsoKnownAs=aliases)
        assert tell(old, "Move", old.iri, target=other.iri) == "ignored", aliases
    assert ours(app) == {"old.test": "accepted"}


def test_move_without_a_target_that_can_be_one_changes_nothing(app, tell, old, followed):
    for target in (None, 7, "nowhere", old.iri, [], {"id": "nowhere"}):
        assert tell(old, "Move", old.iri, target=target) == "ignored", target
    assert tell(old, "Move", old.iri, target="http://gone.test/users/depot") in ("failed", "waiting")
    assert ours(app) == {"old.test": "accepted"}


def test_second_move_waits_for_a_week(app, tell, clock, fediverse, old, new, followed):
    third = fediverse.actor("depot", "third.test", "alice", "Group", alsoKnownAs=[old.iri])
    tell(old, "Move", old.iri, target=new.iri)
    clock.turn(days=6)
    assert tell(old, "Move", old.iri, target=third.iri) == "ignored"
    assert moved_to(app, old) == new.iri
    clock.turn(days=2)
    assert tell(old, "Move", old.iri, target=third.iri) == "done"
    assert moved_to(app, old) == third.iri


def test_nobody_goes_in_circles(app, tell, fediverse, old, new, followed):
    old.document["alsoKnownAs"] = [new.iri]
    old.publish_profile()
    tell(old, "Move", old.iri, target=new.iri)
    before = len(fediverse.letters())
    assert tell(new, "Move", new.iri, target=old.iri) == "ignored"
    assert ours(app) == {"new.test": "pending"}
    assert len(fediverse.letters()) == before


def test_new_actor_that_says_it_moved_away_gets_nobody(app, tell, old, new, followed):
    new.document["movedTo"] = "http://third.test/users/depot"
    new.publish_profile()
    assert tell(old, "Move", old.iri, target=new.iri) == "ignored"
    assert ours(app) == {"old.test": "accepted"}


def test_move_to_one_of_ours_is_believed_where_ours_names_the_old_one(app, tell, fediverse, old, followed):
    assert tell(old, "Move", old.iri, target=COURIERS) == "ignored"
    with app.app_context():
        local.find("couriers").also_known_as = [old.iri]
        local.find("union").also_known_as = [old.iri]
        session().commit()
    fetched = len(fediverse.arrived)
    assert tell(old, "Move", old.iri, target=COURIERS) == "done"
    assert ours(app) == {"localhost": "accepted"}
    assert [one.path for one in fediverse.arrived[fetched:] if one.method == "GET"] == []


def test_move_to_the_follower_itself_only_ends_the_relation(app, tell, old, followed):
    with app.app_context():
        local.find("union").also_known_as = [old.iri]
        session().commit()
    assert tell(old, "Move", old.iri, target=UNION) == "done"
    assert ours(app) == {}


def test_page_of_one_who_moved_says_where_to(app, client, tell, old, new, followed):
    tell(old, "Move", old.iri, target=new.iri)
    with app.app_context():
        path = f"/@{remote.find(old.iri).page_handle}"
    page = client.get(path).text
    assert "moved to another address" in page
    with app.app_context():
        assert f'href="/@{remote.find(new.iri).page_handle}"' in page
