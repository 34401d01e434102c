"""What others address to few of ours is kept for those, narrowed by its owner and widened by nobody (B12, B16)."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from actors import followers, local, policy, remote
from actors.database import session
from federation.activities import PUBLIC
from flask_maillage.people import accounts
from flask_maillage.publications import keeping, unsolicited
from flask_maillage.publications.models import Addressee, Publication
from tests.conftest import PASSWORD
from tests.publications.circle import told
from tests.publications.test_side_exits import COLLECTIONS, FEEDS, LISTS, RELAY
from tests.reader import Reader

EXITS = COLLECTIONS + RELAY + FEEDS + LISTS

ANN, UNION, COURIERS = (f"http://localhost/actors/{name}" for name in ("ann", "union", "couriers"))


@pytest.fixture
def bob(app, fediverse):
    """Somebody whom nobody here follows."""
    bob = fediverse.actor("bob", "b.test", "bob")
    with app.app_context():
        remote.remember(bob.document)
        session().commit()
    return bob


@pytest.fixture
def followed(app, bob):
    """Ann follows Bob."""
    follow(app, "ann", bob)
    return bob


def follow(app, handle, actor, state="accepted"):
    with app.app_context():
        followers.record(local.find(handle), remote.find(actor.iri), iri=f"http://localhost/f/{handle}", state=state)
        session().commit()


def kept(app, iri=None):
    """Return visibility and named readers of each copy, or of one."""
    with app.app_context():
        return {
            one.iri: (one.visibility, sorted(row.actor.handle for row in one.audience))
            for one in session().scalars(select(Publication).where(~Publication.local))
        }


def page_of(app, iri):
    with app.app_context():
        return urlsplit(keeping.find(iri).page).path


@pytest.fixture
def people(app):
    """Ann, and Zoe who has nothing to do with it; both signed in."""
    with app.app_context():
        accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)
        session().commit()
    found = {"ann": Reader(app), "zoe": Reader(app), "nobody": Reader(app)}
    found["ann"].sign_in()
    found["zoe"].sign_in("zoe@example.org")
    return found


def sees(people, path):
    return {name for name, one in people.items() if one.get(path).status_code == 200}


def limited(bob, *to, **more):
    return bob.event(to=list(to), cc=[], **more)


@pytest.mark.parametrize("to", ["followers", "ann"])
def test_it_is_kept_for_those_whom_it_is_for_and_shown_to_nobody_else(app, client, tell, followed, people, to):
    audience = followed.followers if to == "followers" else ANN
    before = {path: told(client.get(path)) for path in EXITS}
    thing = limited(followed, audience, name="Nocturnal assembly")
    assert tell(followed, "Create", thing, to=[audience]) == "done"
    assert kept(app) == {thing["id"]: ("followers", []) if to == "followers" else ("direct", ["ann"])}
    page = page_of(app, thing["id"])
    assert sees(people, page) == {"ann"}
    assert {path: told(client.get(path)) for path in EXITS} == before
    assert "Nocturnal assembly" in people["ann"].get("/account").text
    assert "Nocturnal assembly" not in people["zoe"].get("/account").text
    for form in ("atom", "rss", "json", "ics"):
        assert sees(people, f"{page}.{form}") == set()


@pytest.mark.parametrize("state", ["pending", "rejected"])
def test_who_was_not_accepted_is_no_reader(app, tell, bob, people, state):
    follow(app, "ann", bob, state)
    follow(app, "couriers", bob)
    tell(bob, "Create", limited(bob, bob.followers))
    assert sees(people, page_of(app, limited(bob)["id"])) == set()


def test_who_follows_no_longer_reads_no_more(app, tell, followed, people):
    tell(followed, "Create", limited(followed, followed.followers))
    page = page_of(app, limited(followed)["id"])
    assert sees(people, page) == {"ann"}
    with app.app_context():
        followers.remove(local.find("ann"), remote.find(followed.iri))
        session().commit()
    assert sees(people, page) == set()


@pytest.mark.parametrize("to", [[], ["http://b.test/users/friend"], [COURIERS]])
def test_what_names_nobody_here_who_may_be_found_is_not_kept(app, tell, bob, to):
    with app.app_context():
        local.find("couriers").federated = False
        session().commit()
    assert tell(bob, "Create", limited(bob, *to)) == "ignored"
    assert kept(app) == {}


def test_a_stranger_reaches_whom_they_name_and_no_follower_of_theirs(app, tell, bob, people):
    thing = limited(bob, ANN)
    assert tell(bob, "Create", thing) == "done"
    assert kept(app) == {thing["id"]: ("direct", ["ann"])}
    assert sees(people, page_of(app, thing["id"])) == {"ann"}


def test_a_stranger_may_not_write_for_everyone_by_naming_one(app, tell, bob):
    assert tell(bob, "Create", bob.event(to=[PUBLIC, ANN])) == "ignored"
    assert tell(bob, "Create", bob.event(to=[ANN], cc=[PUBLIC])) == "ignored"
    assert kept(app) == {}


def test_strangers_of_one_host_fill_no_table(app, tell, fediverse, bob, monkeypatch):
    monkeypatch.setattr(unsolicited, "MOST_OF_HOST", 3)
    friend = fediverse.actor("friend", "b.test", "alice")
    outcomes = [
        tell(who, "Create", limited(who, ANN, id=f"{who.iri}/events/{n}")) for who in (bob, friend) for n in "12"
    ]
    assert outcomes == ["done", "done", "done", "ignored"]
    other = fediverse.actor("other", "c.test", "mallory")
    assert tell(other, "Create", limited(other, ANN)) == "done"
    assert tell(bob, "Update", limited(bob, ANN, id=f"{bob.iri}/events/1", name="Anew")) == "done"
    follow(app, "union", bob)
    assert tell(bob, "Create", limited(bob, ANN, id=f"{bob.iri}/events/9")) == "done"


@pytest.mark.parametrize("carrier", ["object", "activity"])
def test_an_object_that_says_nothing_is_for_whom_its_activity_is(app, tell, followed, carrier):
    thing = limited(followed, ANN)
    if carrier == "activity":
        thing.pop("to"), thing.pop("cc")
    audience = {"to": [ANN]} if carrier == "activity" else {"to": [PUBLIC]}
    assert tell(followed, "Create", thing, **audience) == "done"
    assert kept(app)[thing["id"]] == ("direct", ["ann"])


@pytest.mark.parametrize(
    ("first", "then", "outcome"),
    [
        (["F"], [PUBLIC], ("followers", [])),
        (["F"], ["F", ANN], ("followers", ["ann"])),
        ([ANN], [PUBLIC], ("direct", ["ann"])),
        ([ANN], ["F"], ("direct", ["ann"])),
        ([ANN], [ANN, COURIERS], ("direct", ["ann"])),
        ([ANN, COURIERS], [ANN], ("direct", ["ann"])),
        (["F"], [ANN, UNION], ("direct", ["ann"])),
        ([PUBLIC], ["F"], ("followers", [])),
        ([PUBLIC], [ANN, UNION], ("direct", ["ann", "union"])),
        ([ANN], [COURIERS], None),
        (["F"], [COURIERS], None),
    ],
)
@pytest.mark.parametrize("verb", ["Update", "Create"])
def test_an_audience_narrows_and_never_widens(app, clock, tell, followed, first, then, outcome, verb):
    """B12: what is wider is passed over, and the rest of the change is taken."""
    first, then = ([followed.followers if one == "F" else one for one in audience] for audience in (first, then))
    tell(followed, "Create", limited(followed, *first), to=first)
    clock.turn(minutes=1)
    changed = limited(followed, *then, name="Anew", updated="2026-11-21T12:00:30Z")
    assert tell(followed, verb, changed, to=then) == "done"
    assert kept(app) == ({changed["id"]: outcome} if outcome else {})
    if outcome:
        with app.app_context():
            assert keeping.find(changed["id"]).name == "Anew"
    else:
        with app.app_context():
            assert session().scalars(select(Addressee)).all() == []


@pytest.mark.parametrize("change", [{"attributedTo": "http://b.test/users/friend"}, {"type": "Person"}])
def test_owner_and_kind_of_a_limited_copy_never_change(app, tell, followed, change):
    thing = limited(followed, ANN)
    tell(followed, "Create", thing)
    assert tell(followed, "Update", thing | {"name": "Anew"} | change) in ("failed", "ignored")
    with app.app_context():
        found = keeping.find(thing["id"])
        assert (found.name, found.kind, found.actor.iri) == ("An open evening", "event", followed.iri)


def test_narrowing_forgets_who_shared_it(app, tell, fediverse, followed):
    tell(followed, "Create", followed.event())
    carol = fediverse.actor("carol", "c.test", "alice")
    assert tell(carol, "Announce", followed.event()["id"]) == "done"
    tell(followed, "Update", limited(followed, followed.followers))
    with app.app_context():
        found = keeping.find(followed.event()["id"])
        assert (found.visibility, found.shares) == ("followers", [])
    assert tell(carol, "Announce", followed.event()["id"], 77) == "ignored"


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("form", ["by id", "embedded", "wrapped"])
def test_what_is_limited_is_shared_by_nobody(app, tell, fediverse, followed, known, form):
    """B16."""
    thing = limited(followed, followed.followers)
    if known:
        tell(followed, "Create", thing)
    fediverse.put(thing["id"], {"@context": "https://www.w3.org/ns/activitystreams", **thing})
    carol = fediverse.actor("carol", "c.test", "alice")
    with app.app_context():
        remote.remember(carol.document)
        session().commit()
    follow(app, "union", carol)
    public = thing | {"to": [PUBLIC]}
    forms = {"by id": thing["id"], "embedded": public, "wrapped": followed.activity("Create", public, 50)}
    assert tell(carol, "Announce", forms[form]) == "ignored"
    assert kept(app) == ({thing["id"]: ("followers", [])} if known else {})


def test_its_owner_takes_it_back(app, tell, followed, people):
    thing = limited(followed, ANN)
    tell(followed, "Create", thing)
    page = page_of(app, thing["id"])
    assert tell(followed, "Delete", {"id": thing["id"], "type": "Tombstone"}) == "done"
    assert kept(app) == {}
    assert sees(people, page) == set()


def test_a_blocked_host_is_read_by_nobody(app, tell, followed, people):
    tell(followed, "Create", limited(followed, ANN))
    page = page_of(app, limited(followed)["id"])
    with app.app_context():
        policy.block("b.test")
        session().commit()
    assert sees(people, page) == set()
    assert "An open evening" not in people["ann"].get("/account").text
