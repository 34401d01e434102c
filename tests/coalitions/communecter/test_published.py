"""What Communecter publishes: given by its id, changed beside its object, notes in two spellings."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from actors import remote
from actors.database import session
from flask_maillage.publications.models import Publication
from tests.coalitions.communecter.server import Communecter
from tests.fediverse import Answer

Hear = Callable[..., str]


def copies(app: Flask) -> list[Any]:
    """Return what is kept: kind, name, clean text."""
    with app.app_context():
        return [(one.kind, one.name, one.content.html) for one in session().scalars(select(Publication))]


@pytest.mark.usefixtures("followed")
def test_event_given_by_its_id_is_read_on_its_server(app: Flask, theirs: Communecter, hear: Hear) -> None:
    letter = theirs.letter("Create", theirs.serve(theirs.event()), "create-event")
    assert hear(theirs.owner, letter) == "done"
    with app.app_context():
        found = session().scalars(select(Publication)).one()
        assert (found.kind, found.name) == ("event", "Open garden")
        assert found.content.place.locality == "Grenoble"
        assert [one.url for one in found.content.attachments] == [theirs.at("/flyer.pdf")]


@pytest.mark.usefixtures("followed")
def test_project_given_by_its_id_is_an_initiative(app: Flask, theirs: Communecter, hear: Hear) -> None:
    letter = theirs.letter("Create", theirs.serve(theirs.project_object()), "create-project")
    assert hear(theirs.owner, letter) == "done"
    with app.app_context():
        found = session().scalars(select(Publication)).one()
        assert (found.kind, found.name, found.content.details.stage) == ("initiative", "Shared garden", "emerging")
        assert found.content.details.website == "https://garden.example/"


@pytest.mark.usefixtures("followed")
def test_object_on_another_server_is_refused(app: Flask, theirs: Communecter, hear: Hear) -> None:
    foreign = theirs.fediverse.address("elsewhere.test", "/api/activitypub/object/id/1")
    theirs.fediverse.put(foreign, theirs.event(id=foreign))
    assert hear(theirs.owner, theirs.letter("Create", foreign, "create-foreign")) == "failed"
    assert copies(app) == []


@pytest.mark.usefixtures("followed")
def test_both_spellings_of_a_note_are_news(app: Flask, theirs: Communecter, hear: Hear) -> None:
    assert hear(theirs.owner, theirs.letter("Create", theirs.serve(theirs.note()), "create-note")) == "done"
    with app.app_context():
        found = session().scalars(select(Publication)).one()
        assert (found.name, sorted(found.content.tags)) == ("The gate is open", ["garden", "gate"])
        assert found.content.image is not None
    other = theirs.note_as_exemplified() | {"id": theirs.object("64a15d71d7401"), "content": "Come in"}
    assert hear(theirs.owner, theirs.letter("Create", theirs.serve(other), "create-note-2")) == "done"
    assert [name for _, name, _ in copies(app)] == ["The gate is open", "Come in"]


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize("visibility", ["private", "direct"])
def test_note_for_a_few_that_names_nobody_is_not_kept(
    app: Flask, theirs: Communecter, hear: Hear, visibility: str
) -> None:
    thing = theirs.serve(theirs.note(visibility=visibility))
    assert hear(theirs.owner, theirs.letter("Create", thing, "create-note")) == "ignored"
    assert copies(app) == []


@pytest.mark.usefixtures("followed")
def test_update_by_id_is_read_anew_or_taken_from_beside_the_object(app: Flask, theirs: Communecter, hear: Hear) -> None:
    event = theirs.event()
    hear(theirs.owner, theirs.letter("Create", theirs.serve(event), "create-event"))
    theirs.serve(event | {"name": "Open garden, anew", "updated": "2026-11-21T09:30:00Z"})
    assert hear(theirs.owner, theirs.letter("Update", event["id"], "update-1")) == "done"
    assert [name for _, name, _ in copies(app)] == ["Open garden, anew"]

    theirs.fediverse.answer(event["id"], Answer(404))
    said = {"name": "Garden by night", "content": "With lamps", "published": "2026-11-21T09:45:00+0000"}
    assert hear(theirs.other, theirs.letter("Update", event["id"], "update-2", by=theirs.other, **said)) == "failed"
    assert hear(theirs.owner, theirs.letter("Update", event["id"], "update-3", **said)) == "done"
    ((_, name, text),) = copies(app)
    assert (name, "With lamps" in text) == ("Garden by night", True)


@pytest.mark.usefixtures("followed")
def test_delete_by_id_takes_the_copy_away(app: Flask, theirs: Communecter, hear: Hear) -> None:
    event = theirs.serve(theirs.event())
    hear(theirs.owner, theirs.letter("Create", event, "create-event"))
    assert hear(theirs.other, theirs.letter("Delete", event, "delete-1", by=theirs.other)) == "failed"
    assert hear(theirs.owner, theirs.letter("Delete", event, "delete-2")) == "done"
    assert copies(app) == []


@pytest.mark.usefixtures("followed")
def test_what_we_have_no_use_for_is_passed_over(app: Flask, theirs: Communecter, hear: Hear) -> None:
    badge = {
        "type": "Badge",
        "id": theirs.at("/badge/id/12345"),
        "attachment": [],
        "attributedTo": theirs.owner.iri,
        "content": "For gardeners",
        "name": "Gardener",
        "published": "2026-11-20T09:00:00Z",
    }
    union = "http://localhost/actors/union"
    letters = (
        theirs.letter("Create", badge, "badge-1"),
        theirs.letter("Update", theirs.serve(badge), "badge-2"),
        theirs.letter(
            "Offer",
            badge["id"],
            "badge-3",
            target=union,
            instrument={"type": "Object", "narrative": "You dig", "attenteRecepteur": True},
        ),
        theirs.letter("Accept", theirs.at("/api/activitypub/activity/id/badge-3"), "badge-4"),
        theirs.letter(
            "Reject",
            theirs.at("/api/activitypub/activity/id/badge-3"),
            "badge-5",
            instrument={"revokeAuthor": theirs.owner.iri, "revokeReason": "No"},
        ),
        theirs.letter("Create", {"type": "Organization", "name": "Friends", "summary": "Of gardens"}, "group-1"),
        theirs.letter(
            "Update",
            {"type": "Organization", "id": theirs.organisation.iri, "name": "Foes", "summary": "Of gardens"},
            "group-2",
        ),
        theirs.letter("Delete", theirs.organisation.iri, "group-3"),
        theirs.letter("Offer", {"type": "Role", "name": "Treasurer"}, "role", target=union, context=union),
    )
    outcomes = {letter["id"].rpartition("/")[2]: hear(theirs.owner, letter) for letter in letters}
    assert outcomes.pop("group-3") == "done", "of what is deleted nothing is taken later"
    assert set(outcomes.values()) == {"ignored"}, outcomes
    assert copies(app) == []
    with app.app_context():
        group = remote.find(theirs.organisation.iri)
        assert group is not None
        assert (group.name, group.gone_at) == ("Ecofriendly", None), "nobody speaks for another actor"
