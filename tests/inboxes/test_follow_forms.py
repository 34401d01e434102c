"""Follow, Accept, Reject and Undo in every form that peers give them, through both inboxes; floods of them."""

import pytest
from sqlalchemy import func, select

from actors import followers, following, local, remote
from actors.database import session
from actors.models import Follow
from federation.activities import PUBLIC
from inboxes.handlers import following as handlers
from tests.inboxes.letters import UNION, rows


def states(app):
    with app.app_context():
        return {
            (one.follower.handle, one.followed.handle): one.state for one in session().scalars(select(Follow)).all()
        }


@pytest.fixture
def bob(fediverse):
    return fediverse.actor("bob", "b.test", "bob", "Group")


@pytest.fixture
def asked(app, bob, work):
    """The union asked to follow bob: the id of its Follow."""
    with app.app_context():
        iri = following.follow(local.find("union"), remote.remember(bob.document)).iri
        session().commit()
    work()
    return iri


COURIERS = "http://localhost/actors/couriers"
UNION_DOCUMENT = {"id": UNION, "type": "Group", "preferredUsername": "union", "inbox": f"{UNION}/inbox"}
FOLLOWED = {
    "by id": UNION,
    "embedded": UNION_DOCUMENT,
    "a list of one": [UNION],
    "a list of one embedded": [UNION_DOCUMENT],
    "a link": {"type": "Link", "href": UNION},
}


@pytest.mark.parametrize("form", FOLLOWED)
def test_follow_in_every_form_is_accepted_under_its_own_id(app, tell, fediverse, form):
    alice = fediverse.actor("alice", "a.test")
    assert tell(alice, "Follow", FOLLOWED[form]) == "done"
    assert states(app) == {("alice", "union"): "accepted"}
    (accept,) = fediverse.letters("/users/alice/inbox")
    follow = {"id": f"{alice.iri}/activities/1", "type": "Follow", "actor": alice.iri, "object": UNION}
    assert (accept["type"], accept["object"]) == ("Accept", follow)


def test_actor_in_a_list_of_one_is_that_actor(app, client, clock, work, fediverse):
    alice = fediverse.actor("alice", "a.test")
    alice.post(client, alice.activity("Follow", UNION, actor=[alice.iri]), now=clock())
    work()
    assert states(app) == {("alice", "union"): "accepted"}


def test_follow_of_what_is_no_actor_is_ignored(app, tell, fediverse):
    """Relays are followed by a Follow of the public collection; we are none."""
    alice = fediverse.actor("alice", "a.test")
    for thing in (PUBLIC, "as:Public", "http://localhost/inbox", [UNION, COURIERS], {}, "", []):
        assert tell(alice, "Follow", thing) == "ignored", thing
    assert states(app) == {}


def test_follow_of_one_who_is_not_to_be_found_is_ignored(app, tell, fediverse):
    with app.app_context():
        local.find("couriers").federated = False
        session().commit()
    assert tell(fediverse.actor("alice", "a.test"), "Follow", COURIERS) == "ignored"
    assert states(app) == {}


def forms_of_an_answer(iri, bob):
    whole = {"id": iri, "type": "Follow", "actor": UNION, "object": bob.iri}
    return {
        "by id": iri,
        "embedded": whole,
        "a list of one": [whole],
        "with actors embedded": whole | {"actor": UNION_DOCUMENT, "object": bob.document},
        "under an id of its own": whole | {"id": f"{bob.iri}/follows/7"},
        "without id": {key: value for key, value in whole.items() if key != "id"},
        "without object": {"type": "Follow", "actor": UNION},
        "the follower alone": UNION,
    }


FORMS = list(forms_of_an_answer("", type("Nobody", (), {"iri": "", "document": {}})))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("verb", "state"), [("Accept", "accepted"), ("Reject", "rejected")])
def test_answer_counts_in_every_form(app, tell, asked, bob, form, verb, state):
    assert tell(bob, verb, forms_of_an_answer(asked, bob)[form]) == "done"
    assert states(app) == {("union", "bob"): state}


@pytest.mark.parametrize("host", ["b.test", "m.test"])
def test_answer_of_a_third_party_changes_nothing(app, tell, asked, bob, fediverse, host):
    """B14; the neighbour on bob's own server has no say either."""
    mallory = fediverse.actor("mallory", host, "mallory")
    for verb in ("Accept", "Reject"):
        for name, form in forms_of_an_answer(asked, bob).items():
            assert tell(mallory, verb, form) == "ignored", name
    assert states(app) == {("union", "bob"): "pending"}


@pytest.mark.parametrize("verb", ["Accept", "Reject"])
def test_answer_to_a_follow_that_was_never_sent_is_nothing(app, client, clock, work, tell, bob, fediverse, verb):
    forms = forms_of_an_answer(f"{UNION}/activities/0190a5c4-2d9e-7000-8000-000000000000", bob)
    for number, form in enumerate(forms.values()):
        assert tell(bob, verb, form, f"never-{number}") == "ignored"
    assert states(app) == {}
    assert fediverse.letters() == []


def test_answer_for_anothers_follow_of_ours_is_nothing(app, tell, asked, fediverse):
    """Mallory accepts, as if it had been asked, what the union asked of bob."""
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    whole = {"id": asked, "type": "Follow", "actor": UNION, "object": mallory.iri}
    assert tell(mallory, "Accept", whole) == "ignored"
    assert states(app) == {("union", "bob"): "pending"}


def test_answer_that_names_a_follow_of_somebody_else_is_nothing(app, tell, asked, bob, fediverse):
    """Bob was asked, and accepts what another was asked."""
    other = fediverse.actor("other", "b.test")
    whole = {"id": f"{UNION}/activities/1", "type": "Follow", "actor": UNION, "object": other.iri}
    assert tell(bob, "Accept", whole) == "ignored"
    assert states(app) == {("union", "bob"): "pending"}


def test_reject_and_undo_of_an_accept_end_what_was_accepted(app, tell, asked, bob):
    whole = {"id": asked, "type": "Follow", "actor": UNION, "object": bob.iri}
    tell(bob, "Accept", whole)
    assert tell(bob, "Reject", whole) == "done"
    assert states(app) == {("union", "bob"): "rejected"}
    tell(bob, "Accept", whole)
    assert tell(bob, "Undo", bob.activity("Accept", whole)) == "done"
    assert states(app) == {("union", "bob"): "rejected"}
    with app.app_context():
        assert not followers.follows_from_here(remote.find(bob.iri))


def test_undo_by_an_id_that_only_the_follow_still_has(app, tell, fediverse):
    """The letter was forgotten after a month; the relation keeps the id."""
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        followers.record(
            remote.remember(alice.document), local.find("union"), iri=f"{alice.iri}/follows/9", state="accepted"
        )
        session().commit()
    mallory = fediverse.actor("mallory", "a.test", "mallory")
    assert tell(mallory, "Undo", f"{alice.iri}/follows/9") == "ignored"
    assert states(app) == {("alice", "union"): "accepted"}
    assert tell(alice, "Undo", f"{alice.iri}/follows/9") == "done"
    assert states(app) == {}


def test_undo_of_something_else_leaves_the_follow(app, tell, fediverse):
    alice = fediverse.actor("alice", "a.test")
    tell(alice, "Follow", UNION)
    for kind in ("Block", "Like", "Announce", "Join", "Frobnicate"):
        tell(alice, "Undo", alice.activity(kind, UNION, 55))
        assert states(app) == {("alice", "union"): "accepted"}, kind


def test_flood_of_one_host_does_not_fill_the_list_of_who_asks(app, tell, fediverse, monkeypatch):
    """A11: those who ask are bounded for each host and for each actor of ours; who stands in the list stays."""
    monkeypatch.setattr(handlers, "MAX_PENDING_OF_HOST", 2)
    monkeypatch.setattr(handlers, "MAX_PENDING_OF_ACTOR", 3)
    with app.app_context():
        local.find("union").approves_followers = True
        session().commit()
    flood = [tell(fediverse.actor(f"m{number}", "m.test"), "Follow", UNION) for number in range(4)]
    others = [tell(fediverse.actor("alice", f"{host}.test"), "Follow", UNION) for host in ("a", "b")]
    assert (flood, others) == (["done", "done", "ignored", "ignored"], ["done", "ignored"])
    assert tell(fediverse.actor("m0", "m.test"), "Follow", UNION) == "done", "asking again is not one more"
    assert len(states(app)) == 3


def test_flood_of_new_followers_is_put_off_and_not_lost(app, tell, work, clock, fediverse, monkeypatch):
    monkeypatch.setattr(handlers, "MAX_NEW_OF_HOST", 2)
    flood = [tell(fediverse.actor(f"m{number}", "m.test"), "Follow", UNION) for number in range(3)]
    assert flood == ["done", "done", "waiting"]
    assert tell(fediverse.actor("alice", "a.test"), "Follow", UNION) == "done"
    for _ in range(3):
        clock.turn(hours=1)
        work()
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(Follow)) == 4


def test_ignored_verbs_do_nothing(app, tell, fediverse):
    alice = fediverse.actor("alice", "a.test")
    tell(alice, "Frobnicate", UNION)
    before, sent = rows(app), len(fediverse.arrived)
    for verb in ("Read", "View", "Listen", "Arrive", "Travel", "Question", "Dislike"):
        assert tell(alice, verb, UNION, verb) == "ignored"
    after = rows(app)
    assert {name for name in after if after[name] != before[name]} <= {"maillage_letters", "maillage_letter_readers"}
    assert len(fediverse.arrived) == sent
