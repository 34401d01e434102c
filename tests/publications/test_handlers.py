"""What others publish: kept, changed and erased at its owner's word alone, and read from its own server."""

import json

import pytest
from sqlalchemy import select

from actors import following, iris, local, policy, remote, tombstones
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from federation.activities import PUBLIC
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.models import Publication, Share
from inboxes.models import Letter
from tests.fediverse import Answer

ANSWERS = ("ignored", "failed")


def call(actor, number=1, **more):
    return actor.event(number, type="Article", name="A call", url=f"{actor.iri}/c/{number}") | {
        "call": {"deadline": "2027-01-13T22:59:59Z"},
        **more,
    }


def initiative(actor, number=1, **more):
    return actor.event(number, type="Article", name="An initiative") | {"initiative": {}, **more}


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""

    def said(actor, kind, thing, number=1, **more):
        document = actor.activity(kind, thing, number, **more)
        assert actor.post(client, document, now=clock()).status_code == 202
        work()
        with app.app_context():
            return session().scalars(select(Letter.state).where(Letter.iri == document["id"])).one()

    return said


@pytest.fixture
def follow(app):
    """Let the union follow a remote actor, accepted."""

    def followed(actor):
        with app.app_context():
            relation = following.follow(local.find("union"), remote.remember(remote.look_up(actor.iri)))
            relation.state = "accepted"
            session().commit()

    return followed


@pytest.fixture
def bob(fediverse, follow):
    """A group on b.test that the union follows."""
    actor = fediverse.actor("bob", "b.test", "bob", "Group")
    follow(actor)
    return actor


def kept(app):
    with app.app_context():
        query = select(Publication).where(~Publication.local)
        return {one.iri: one.name for one in session().scalars(query)}


def test_create_of_a_followed_actor_is_kept_with_its_provenance(app, say, bob):
    assert say(bob, "Create", bob.event()) == "done"
    with app.app_context():
        copy = keeping.find(bob.event()["id"])
        assert (copy.kind, copy.local, copy.actor.iri, copy.visibility) == ("event", False, bob.iri, "public")
        assert (copy.author_id, copy.name, copy.document["name"]) == (None, "An open evening", "An open evening")


@pytest.mark.parametrize(("make", "kind"), [(call, "call"), (initiative, "initiative")])
def test_create_of_the_other_kinds_is_kept(app, say, bob, make, kind):
    assert say(bob, "Create", make(bob)) == "done"
    with app.app_context():
        assert keeping.find(make(bob)["id"]).kind == kind


def test_create_named_only_is_fetched(app, say, bob, fediverse):
    fediverse.put(bob.event()["id"], {"@context": "https://www.w3.org/ns/activitystreams", **bob.event()})
    assert say(bob, "Create", bob.event()["id"]) == "done"
    assert list(kept(app)) == [bob.event()["id"]]


@pytest.mark.parametrize("verb", ["Create", "Update"])
def test_object_named_on_another_server_is_not_even_fetched(app, say, bob, fediverse, verb):
    carol = fediverse.actor("carol", "c.test", "mallory")
    serve(fediverse, carol.event())
    assert say(bob, verb, carol.event()["id"]) == "failed"
    assert [one for one in fediverse.arrived if one.host == "c.test"] == []


@pytest.mark.parametrize("verb", ["Create", "Update"])
@pytest.mark.parametrize("more", [{}, {"to": ["http://localhost/actors/union", PUBLIC]}])
def test_publication_of_somebody_nobody_follows_is_not_kept(app, say, fediverse, verb, more):
    """Even where it is addressed to us: else any stranger writes on the first page."""
    alice = fediverse.actor("alice", "a.test")
    assert say(alice, verb, alice.event(), **more) == "ignored"
    assert kept(app) == {}


def test_pending_follow_is_not_yet_a_follow(app, say, fediverse):
    carol = fediverse.actor("carol", "c.test", "bob")
    with app.app_context():
        following.follow(local.find("union"), remote.remember(remote.look_up(carol.iri)))
        session().commit()
    assert say(carol, "Create", carol.event()) == "ignored"
    assert kept(app) == {}


@pytest.mark.parametrize(
    "author",
    [1, None, [], {}, "x", ["http://b.test/1", "http://b.test/2"], "http://localhost/actors/union"],
)
def test_odd_author_is_refused(app, say, bob, author):
    """B08; a number was once taken for a local row's id elsewhere."""
    assert say(bob, "Create", bob.event(attributedTo=author)) in ANSWERS
    assert kept(app) == {}


@pytest.mark.parametrize("host", ["b.test", "m.test"])
@pytest.mark.parametrize("verb", ["Create", "Update"])
def test_publication_in_anothers_name_is_refused(app, say, bob, follow, fediverse, host, verb):
    mallory = fediverse.actor("mallory", host, "mallory")
    follow(mallory)
    assert say(mallory, verb, bob.event()) in ANSWERS
    assert say(mallory, verb, bob.event(attributedTo=mallory.iri), 2) in (
        ANSWERS if host != "b.test" else (*ANSWERS, "done")
    )
    with app.app_context():
        copy = keeping.find(bob.event()["id"])
        assert copy is None or copy.actor.iri == mallory.iri


@pytest.mark.parametrize("iri", ["http://localhost/actors/union/events/x", "http://LOCALHOST/actors/union/events/x"])
def test_object_on_our_own_host_is_refused(app, say, bob, iri):
    """B09."""
    assert say(bob, "Create", bob.event() | {"id": iri}) == "failed"
    assert say(bob, "Delete", iri, 2) == "ignored"
    assert kept(app) == {}


@pytest.mark.parametrize("host", ["b.test", "m.test"])
def test_update_and_delete_by_others_change_nothing(app, say, bob, follow, fediverse, host):
    """B11: by the stored owner, whatever the letter says."""
    say(bob, "Create", bob.event())
    mallory = fediverse.actor("mallory", host, "mallory")
    follow(mallory)
    forged = bob.event(name="Forged")
    for number, (verb, thing) in enumerate(
        [
            ("Update", forged),
            ("Update", forged | {"attributedTo": mallory.iri}),
            ("Create", forged | {"attributedTo": mallory.iri}),
            ("Update", forged | {"attributedTo": mallory.iri, "to": [mallory.iri], "cc": []}),
            ("Delete", forged["id"]),
            ("Delete", {"id": forged["id"], "type": "Tombstone"}),
        ]
    ):
        assert say(mallory, verb, thing, number) in ANSWERS
    assert kept(app) == {bob.event()["id"]: "An open evening"}
    assert say(bob, "Update", bob.event(name="Another evening"), 2) == "done"
    assert kept(app) == {bob.event()["id"]: "Another evening"}


def test_update_keeps_kind_owner_and_audience(app, say, bob):
    """B12."""
    say(bob, "Create", bob.event(to=[bob.followers], cc=[PUBLIC]))
    assert say(bob, "Update", call(bob), 2) == "failed"
    assert say(bob, "Update", bob.event(type="Person"), 3) in ANSWERS
    assert say(bob, "Update", bob.event(attributedTo=f"{bob.iri}2"), 4) == "failed"
    assert say(bob, "Update", bob.event(to=[PUBLIC]), 5) == "done"
    with app.app_context():
        copy = keeping.find(bob.event()["id"])
        assert (copy.kind, copy.actor.iri, copy.visibility) == ("event", bob.iri, "unlisted")


def test_update_to_fewer_readers_is_honoured(app, say, bob):
    say(bob, "Create", bob.event())
    assert say(bob, "Update", bob.event(to=[bob.followers], cc=[PUBLIC]), 2) == "done"
    with app.app_context():
        assert keeping.find(bob.event()["id"]).visibility == "unlisted"
    assert say(bob, "Update", bob.event(to=[bob.followers], cc=[]), 3) == "done"
    with app.app_context():
        assert keeping.find(bob.event()["id"]).visibility == "followers"
    assert say(bob, "Update", bob.event(to=[f"{bob.iri}s/friend"], cc=[]), 4) == "done"
    assert kept(app) == {}


@pytest.mark.parametrize("audience", [{"to": ["http://b.test/users/friend"], "cc": []}, {"to": [], "cc": []}])
def test_what_is_for_nobody_here_is_not_kept(app, say, bob, audience):
    assert say(bob, "Create", bob.event(**audience)) == "ignored"
    assert kept(app) == {}


@pytest.mark.parametrize("spelling", ["as:Public", "Public", PUBLIC])
def test_every_spelling_of_public_counts(app, say, bob, spelling):
    assert say(bob, "Create", bob.event(to=spelling)) == "done"
    with app.app_context():
        assert keeping.find(bob.event()["id"]).visibility == "public"


def test_delete_erases_the_copy_and_a_late_create_does_not_bring_it_back(app, say, bob):
    say(bob, "Create", bob.event())
    assert say(bob, "Delete", {"id": bob.event()["id"], "type": "Tombstone", "formerType": "Event"}, 2) == "done"
    assert kept(app) == {}
    assert say(bob, "Create", bob.event(), 3) == "ignored"
    assert say(bob, "Update", bob.event(), 4) == "ignored"
    with app.app_context():
        assert tombstones.find(bob.event()["id"], remote.find(bob.iri)).former_type == "Event"


def test_delete_before_create_is_remembered(app, say, bob):
    assert say(bob, "Delete", bob.event()["id"]) == "done"
    assert say(bob, "Create", bob.event(), 2) == "ignored"
    assert kept(app) == {}


def test_delete_by_a_neighbour_does_not_keep_the_owner_from_publishing(app, say, bob, fediverse):
    mallory = fediverse.actor("mallory", "b.test", "mallory")
    mallory_known = say(mallory, "Follow", "http://localhost/actors/couriers", 0)
    assert mallory_known == "done"
    say(mallory, "Delete", bob.event()["id"])
    assert say(bob, "Create", bob.event()) == "done"
    assert list(kept(app)) == [bob.event()["id"]]


def test_delete_of_an_actor_erases_its_publications_and_shares(app, say, bob, follow, fediverse):
    carol = fediverse.actor("carol", "c.test", "mallory", "Group")
    follow(carol)
    say(bob, "Create", bob.event())
    say(carol, "Create", carol.event())
    say(bob, "Announce", carol.event()["id"], 2)
    say(carol, "Announce", bob.event()["id"], 2)
    assert say(bob, "Delete", bob.iri, 3) == "done"
    assert list(kept(app)) == [carol.event()["id"]]
    with app.app_context():
        assert session().scalars(select(Share)).all() == []
    fediverse.put(bob.event(7)["id"], {"@context": "https://www.w3.org/ns/activitystreams", **bob.event(7)})
    assert say(carol, "Announce", bob.event(7)["id"], 3) == "ignored"


def test_what_arrives_is_sanitised_before_it_is_kept(app, say, bob):
    nasty = bob.event(
        name="<script>alert(1)</script>Evening\u202e",
        content='<p onclick="x()">Come<script>alert(1)</script><a href="javascript:x()">by</a></p>',
        summary="<img src=x onerror=y>",
        url="javascript:alert(1)",
    )
    assert say(bob, "Create", nasty) == "done"
    with app.app_context():
        copy = keeping.find(nasty["id"])
        shown = copy.html + copy.summary
        assert not [word for word in ("script", "onclick", "onerror", "javascript") if word in shown]
        assert copy.url == nasty["id"]
        assert "\u202e" not in copy.name


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_number_beyond_all_bounds_ends_the_letter(app, client, clock, say, bob, work, number):
    body = json.dumps(bob.activity("Create", bob.event(x="N"))).replace('"N"', number).encode()
    response = client.post("/inbox", data=body, headers=bob.headers("/inbox", body, now=clock()))
    assert response.status_code in (202, 400)
    for _ in range(12):
        work()
        clock.turn(days=1)
    with app.app_context():
        assert "waiting" not in session().scalars(select(Letter.state)).all()


# shares


@pytest.fixture
def carol(fediverse):
    """Somebody on c.test whom nobody here follows."""
    return fediverse.actor("carol", "c.test", "mallory")


def serve(fediverse, document, **more):
    fediverse.put(document["id"], {"@context": "https://www.w3.org/ns/activitystreams", **document}, **more)


def test_announce_brings_what_the_origin_says_and_not_what_the_letter_says(app, say, bob, carol, fediverse):
    """B15."""
    serve(fediverse, carol.event())
    forged = carol.event(name="Forged", content="<p>Forged</p>")
    assert say(bob, "Announce", forged) == "done"
    assert kept(app) == {carol.event()["id"]: "An open evening"}
    with app.app_context():
        (share,) = session().scalars(select(Share)).all()
        assert (share.actor.iri, share.publication.actor.iri) == (bob.iri, carol.iri)


def test_announce_of_a_create_names_its_object(app, say, bob, carol, fediverse):
    serve(fediverse, carol.event())
    assert say(bob, "Announce", carol.activity("Create", carol.event(name="Forged"), 5)) == "done"
    assert kept(app) == {carol.event()["id"]: "An open evening"}


def test_announce_by_somebody_nobody_follows_fetches_nothing(app, say, carol, fediverse):
    serve(fediverse, carol.event())
    alice = fediverse.actor("alice", "a.test")
    assert say(alice, "Announce", carol.event()["id"]) == "ignored"
    assert carol.event()["id"].rpartition(":")[2].partition("/")[2] not in [one.path[1:] for one in fediverse.arrived]
    assert kept(app) == {}


@pytest.mark.parametrize(
    "served",
    [
        "private",
        "missing",
        "forbidden",
        "other id",
        "other author",
        "uploaded",
        "other host's author",
        "not a publication",
        "a create",
    ],
)
def test_announce_of_what_cannot_be_shown_shows_nothing(app, say, bob, carol, fediverse, served):
    """B16, and what only looks like an object of its host."""
    document = carol.event()
    if served == "private":
        serve(fediverse, carol.event(to=[carol.followers], cc=[]))
    elif served == "forbidden":
        fediverse.answer(document["id"], Answer(403))
    elif served == "other id":
        fediverse.put(document["id"], document | {"id": carol.event(2)["id"]})
    elif served == "other author":
        serve(fediverse, document | {"attributedTo": [carol.iri, bob.iri]})
    elif served == "uploaded":
        serve(fediverse, document, content_type="application/json")
    elif served == "other host's author":
        serve(fediverse, document | {"attributedTo": bob.iri})
    elif served == "not a publication":
        serve(fediverse, {"id": document["id"], "type": "Note", "attributedTo": carol.iri, "to": [PUBLIC]})
    elif served == "a create":
        serve(fediverse, carol.activity("Create", carol.event(2)) | {"id": document["id"]})
    assert say(bob, "Announce", document) in ANSWERS
    assert kept(app) == {}
    with app.app_context():
        assert session().scalars(select(Share)).all() == []


def test_announce_of_something_on_a_blocked_host_fetches_nothing(app, say, bob, carol, fediverse):
    serve(fediverse, carol.event())
    with app.app_context():
        policy.block("c.test")
        session().commit()
    fediverse.arrived.clear()
    assert say(bob, "Announce", carol.event()["id"]) == "ignored"
    assert [one for one in fediverse.arrived if one.method == "GET"] == []


def ours(app, state="published"):
    """Write a publication of the union, and return its id."""
    with app.app_context():
        source = session().scalars(select(Publication).where(~Publication.local)).first()
        publication = publishing.draft(local.find("union"), source.content)
        if state != "draft":
            publishing.publish(publication)
        if state == "withdrawn":
            publishing.withdraw(publication)
        session().commit()
        return publication.iri


@pytest.mark.parametrize(("state", "shares"), [("published", 1), ("draft", 0), ("withdrawn", 0)])
def test_announce_of_ours_counts_once_and_only_when_public(app, say, bob, state, shares):
    say(bob, "Create", bob.event())
    iri = ours(app, state)
    for number in (2, 3):
        say(bob, "Announce", iri, number)
    with app.app_context():
        assert len(session().scalars(select(Share)).all()) == shares
        assert keeping.find(iri).state == state


def test_announce_of_nothing_of_ours_is_not_fetched_from_ourselves(app, say, bob, clock, fediverse):
    with app.app_context():
        iri = iris.publication("union", "events", new_identifier(clock()))
    fediverse.arrived.clear()
    for number, spelled in enumerate((iri, iri.replace("localhost", "LOCALHOST"))):
        assert say(bob, "Announce", spelled, number) == "ignored"
    assert [one for one in fediverse.arrived if one.method == "GET"] == []


@pytest.mark.parametrize("form", ["whole", "by id"])
def test_undo_of_an_announce_by_who_announced_alone(app, say, bob, carol, follow, fediverse, form):
    follow(carol)
    say(bob, "Create", bob.event())
    say(bob, "Announce", bob.event()["id"], 2)
    whole = bob.activity("Announce", bob.event()["id"], 2)
    thing = whole if form == "whole" else whole["id"]
    assert say(carol, "Undo", thing, 3) == "ignored"
    with app.app_context():
        assert len(session().scalars(select(Share)).all()) == 1
    assert say(bob, "Undo", thing, 3) == "done"
    with app.app_context():
        assert session().scalars(select(Share)).all() == []


@pytest.mark.parametrize("standing", ["suspended", "blocked", "blocked above", "gone"])
def test_things_of_who_is_not_welcome_are_not_listed(app, say, bob, clock, standing):
    say(bob, "Create", bob.event())
    query = select(Publication.iri).join(Actor, Actor.id == Publication.actor_id).where(policy.welcome())
    with app.app_context():
        assert session().scalars(query).all() == [bob.event()["id"]]
        if standing.startswith("blocked"):
            policy.block("b.test" if standing == "blocked" else "test")
        else:
            setattr(remote.find(bob.iri), f"{standing}_at", clock())
        session().commit()
        assert session().scalars(query).all() == []
