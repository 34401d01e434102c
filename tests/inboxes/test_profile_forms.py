"""Update and Delete of actors and objects in every form that peers give them, through both inboxes."""

import pytest
from sqlalchemy import select

from actors import followers, local, remote, tombstones
from actors.database import session
from flask_maillage.publications.models import Publication
from tests.fediverse import Answer
from tests.inboxes.letters import UNION


@pytest.fixture
def alice(app, fediverse):
    """Somebody whom the union follows, and who has published an event."""
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        known = remote.remember(alice.document)
        followers.record(local.find("union"), known, iri="http://localhost/f", state="accepted")
        session().commit()
    return alice


def forms_of_a_delete(thing):
    tombstone = {"id": thing["id"], "type": "Tombstone"}
    return {
        "by id": thing["id"],
        "a tombstone": tombstone,
        "a tombstone with its former type": tombstone
        | {"formerType": thing["type"], "deleted": "2026-11-21T10:00:00Z"},
        "a tombstone with odd former types": tombstone | {"formerType": [thing["type"], 7], "deleted": 9},
        "whole": thing,
        "a list of one": [tombstone],
    }


FORMS = list(forms_of_a_delete({"id": "", "type": ""}))


def names(app):
    with app.app_context():
        return session().scalars(select(Publication.name)).all()


def test_delete_of_an_object_in_every_form(app, tell, alice):
    for number, form in enumerate(FORMS):
        event = alice.event(number)
        tell(alice, "Create", event, f"create-{number}")
        assert names(app) == ["An open evening"], form
        assert tell(alice, "Delete", forms_of_a_delete(event)[form], f"delete-{number}") == "done", form
        assert names(app) == []
        assert tell(alice, "Create", event, f"again-{number}") == "ignored", "what was deleted does not come back"


def test_delete_of_an_object_by_somebody_else_changes_nothing(app, tell, fediverse, alice):
    """B11; and the owner may still publish what somebody else wished away."""
    event = alice.event()
    tell(alice, "Create", event)
    strangers = [fediverse.actor("mallory", host, "mallory") for host in ("a.test", "m.test")]
    for who in strangers:
        for form in forms_of_a_delete(event).values():
            assert tell(who, "Delete", form) in ("failed", "ignored")
    assert names(app) == ["An open evening"]
    other = alice.event(2)
    for who in strangers:
        tell(who, "Delete", other["id"])
    assert tell(alice, "Create", other) == "done"


@pytest.mark.parametrize("form", FORMS)
def test_delete_of_an_actor_in_every_form(app, tell, fediverse, alice, form):
    tell(alice, "Create", alice.event())
    for host in ("a.test", "m.test"):
        mallory = fediverse.actor("mallory", host, "mallory")
        tell(mallory, "Delete", forms_of_a_delete(alice.document)[form])
    with app.app_context():
        assert remote.find(alice.iri).gone_at is None
    assert names(app) == ["An open evening"]
    assert tell(alice, "Delete", forms_of_a_delete(alice.document)[form], "leaving") == "done"
    with app.app_context():
        gone = remote.find(alice.iri)
        assert gone.gone_at is not None
        assert tombstones.find(alice.iri, gone).former_type == "Person"
        assert not followers.follows_from_here(gone)
    assert names(app) == []


@pytest.mark.parametrize("form", ["whole", "by id", "a list of one"])
def test_update_of_an_actor_in_every_form_is_read_from_its_own_address(app, tell, alice, form):
    alice.document |= {"name": "Alice M.", "type": "Group", "alsoKnownAs": "http://b.test/users/alice"}
    alice.publish_profile()
    claimed = alice.document | {"name": "Forged", "inbox": "http://m.test/inbox", "type": "Application"}
    forms = {"whole": claimed, "by id": alice.iri, "a list of one": [claimed]}
    with app.app_context():
        row = remote.find(alice.iri).id
    assert tell(alice, "Update", forms[form]) == "done"
    with app.app_context():
        found = remote.find(alice.iri)
        assert (found.id, found.name, found.type) == (row, "Alice M.", "Group")
        assert (found.inbox, found.also_known_as) == (alice.inbox, ["http://b.test/users/alice"])


def test_update_that_cannot_be_confirmed_changes_nothing(app, tell, alice):
    for document in (
        alice.document | {"id": "http://a.test/users/bob"},
        alice.document | {"type": "Event"},
        alice.document | {"inbox": "http://m.test/inbox"},
        alice.document | {"preferredUsername": ""},
    ):
        alice.fediverse.put(alice.iri, document)
        assert tell(alice, "Update", alice.document | {"name": "Forged"}) in ("failed", "ignored"), document
    alice.fediverse.answer(alice.iri, Answer(404))
    assert tell(alice, "Update", alice.document | {"name": "Forged"}) in ("failed", "waiting")
    with app.app_context():
        found = remote.find(alice.iri)
        assert (found.name, found.type, found.inbox) == ("Alice", "Person", alice.inbox)


def test_update_of_an_object_keeps_its_id_its_owner_and_its_kind(app, tell, fediverse, alice):
    """B12."""
    bob = fediverse.actor("bob", "a.test", "bob")
    event = alice.event()
    tell(alice, "Create", event)
    later = {"updated": "2026-11-21T10:00:00Z", "name": "Forged"}
    for change in (
        {"attributedTo": bob.iri},
        {"attributedTo": [alice.iri, bob.iri]},
        {"id": f"{bob.iri}/events/1"},
        {"id": "http://localhost/actors/union/events/1"},
        {"type": "Article", "call": {}},
        {"attributedTo": UNION},
    ):
        tell(alice, "Update", event | later | change)
        assert "Forged" not in [name for name, iri in named(app) if iri == event["id"]], change
    with app.app_context():
        found = session().scalars(select(Publication).where(Publication.iri == event["id"])).one()
        assert (found.actor.iri, found.kind) == (alice.iri, "event")


def named(app):
    with app.app_context():
        return [(one.name, one.iri) for one in session().scalars(select(Publication))]


def test_block_in_every_form_ends_both_relations(app, tell, fediverse, alice):
    """A12; a block that is undone brings nothing back."""
    for form in (UNION, {"id": UNION, "type": "Group"}, [UNION]):
        tell(alice, "Follow", UNION)
        assert tell(alice, "Block", form) == "done", form
        with app.app_context():
            known, union = remote.find(alice.iri), local.find("union")
            assert followers.between(known, union) is None
            assert followers.between(union, known) is None
            followers.record(union, known, iri="http://localhost/f", state="accepted")
            session().commit()
    mallory = fediverse.actor("mallory", "m.test", "mallory")
    assert tell(mallory, "Block", alice.iri) == "ignored"
    tell(alice, "Block", UNION, "block")
    assert tell(alice, "Undo", alice.activity("Block", UNION, "block")) == "ignored"
    assert tell(alice, "Undo", f"{alice.iri}/activities/block") == "ignored"
    with app.app_context():
        assert not followers.follows_from_here(remote.find(alice.iri))
        assert followers.inboxes_of_followers(local.find("union")) == set()
