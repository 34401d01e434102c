"""A server of Communecter, with actors, objects and activities at the addresses that its documentation gives."""

from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.models import Membership
from tests.fediverse import Answer, Fediverse, RemoteActor

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
HOST = "communecter.test"
UNION, COURIERS = "http://localhost/actors/union", "http://localhost/actors/couriers"
OWNER = "hajavololona"
UUID = "332566bc-6a3c-4f0e-9d52-6f2b6f0f6f10"


class Inhabitant(RemoteActor):
    """An actor of the server, at an id of Communecter's form."""

    def __init__(self, fediverse: Fediverse, path: str, key: str, kind: str) -> None:
        name = path.rpartition("/")[2]
        super().__init__(fediverse, name, HOST, key, kind, {})
        before, self.iri = self.iri, fediverse.address(HOST, f"/api/activitypub/{path}")
        said = {key: _moved(value, before, self.iri) for key, value in self.document.items()}
        self.document, self.inbox = said, f"{self.iri}/inbox"
        self.followers, self.key_id = f"{self.iri}/followers", f"{self.iri}#main-key"
        self.signer = replace(self.signer, key_id=self.key_id)
        self.publish_profile()
        fediverse.answer(self.inbox, Answer(202))


class Communecter:
    """The server: two persons, an organisation, a project of the first person, and what they wrote."""

    def __init__(self, fediverse: Fediverse) -> None:
        self.fediverse = fediverse
        self.owner = Inhabitant(fediverse, "users/u/hajavololona", "alice", "Person")
        self.other = Inhabitant(fediverse, "users/u/armelwanes", "bob", "Person")
        self.organisation = Inhabitant(fediverse, "groups/g/ecofriendly", "mallory", "Group")
        self.project = Inhabitant(fediverse, f"projects/p/{UUID}", "mallory", "Group")
        self.place = {
            "type": "Place",
            "id": self.at("/address/332566bc"),
            "address": {
                "type": "PostalAddress",
                "addressCountry": "FR",
                "addressLocality": "Grenoble",
                "addressRegion": "Auvergne-Rhône-Alpes",
                "postalCode": "38000",
                "streetAddress": "1 place Victor Hugo",
            },
        }

    def at(self, path: str) -> str:
        """Return an address of the server."""
        return self.fediverse.address(HOST, path)

    def object(self, number: str) -> str:
        """Return the id of an object."""
        return self.at(f"/api/activitypub/object/id/{number}")

    def serve(self, document: dict[str, Any]) -> str:
        """Serve a document at its id, and return that."""
        self.fediverse.put(document["id"], document)
        return str(document["id"])

    def letter(self, kind: str, thing: Any, number: str, *, by: RemoteActor | None = None, **more: Any) -> Any:
        """Return an activity in the envelope of the documentation, with its offset without colon; served, too."""
        actor = by or self.owner
        document = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": kind,
            "id": self.at(f"/api/activitypub/activity/id/{number}"),
            "actor": actor.iri,
            "object": thing,
            "published": "2026-11-21T09:00:00+0000",
            "to": [PUBLIC],
            **more,
        }
        self.serve(document)
        return document

    def event(self, **more: Any) -> dict[str, Any]:
        """Return an event by the table of `objects/event.md`."""
        return {
            "type": "Event",
            "id": self.object("64a15d71d725c"),
            "attachment": [
                {
                    "type": "Document",
                    "name": "Flyer",
                    "url": self.at("/flyer.pdf"),
                    "mediaType": "application/pdf",
                    "category": "document",
                },
                {
                    "type": "Link",
                    "name": "Registration",
                    "mediaType": "text/html",
                    "category": "url",
                    "url": self.at("/registration"),
                },
            ],
            "attributedTo": self.owner.iri,
            "content": "An evening for all",
            "name": "Open garden",
            "startTime": "2026-12-15T10:00:00Z",
            "endTime": "2026-12-15T15:00:00Z",
            "location": self.place,
            "published": "2026-11-20T09:00:00Z",
            "url": self.at("/#page.type.events.id.1"),
            "description": "An evening",
            **more,
        }

    def project_object(self, **more: Any) -> dict[str, Any]:
        """Return the project by the table of `objects/project.md`."""
        return {
            "type": "Project",
            "id": self.object("64a15d71d7300"),
            "uuid": UUID,
            "slug": "sharedGarden",
            "email": "garden@communecter.test",
            "attachment": [
                {
                    "type": "Link",
                    "name": "Website",
                    "mediaType": "text/html",
                    "category": "url",
                    "url": "https://garden.example/",
                }
            ],
            "attributedTo": self.owner.iri,
            "content": "A garden that is shared",
            "name": "Shared garden",
            "startTime": "2026-07-02T14:22:00Z",
            "endTime": "2027-07-31T14:21:00Z",
            "location": self.place,
            "published": "2026-11-20T09:00:00Z",
            "url": self.at("/#page.type.projects.id.1"),
            "shortDescription": "A garden",
            "progress": "Development",
            **more,
        }

    def note(self, **more: Any) -> dict[str, Any]:
        """Return a note by the table of `objects/note.md`."""
        return {
            "type": "Note",
            "id": self.object("64a15d71d7400"),
            "attributedTo": self.owner.iri,
            "content": "The gate is open",
            "published": "2026-11-20T09:00:00Z",
            "sensitive": False,
            "spoilerText": "",
            "visibility": "public",
            "mediaAttachments": [
                {"type": "Image", "name": "Gate", "url": self.at("/gate.png"), "mediaType": "image/png"}
            ],
            "tag": ["garden", "gate"],
            **more,
        }

    def note_as_exemplified(self) -> dict[str, Any]:
        """Return a note as the documentation's example has it: by other names, and attributed to a name alone."""
        document = self.note(author="John Doe", tags=["garden"], attachments=[])
        return {name: document[name] for name in document if name not in ("attributedTo", "mediaAttachments", "tag")}


def _moved(value: Any, before: str, after: str) -> Any:
    if isinstance(value, str):
        return value.replace(before, after)
    return {key: _moved(one, before, after) for key, one in value.items()} if isinstance(value, dict) else value


def of(app: Flask, group: str, member: str) -> Membership:
    """Return a membership by handles, within an application's context."""
    by_handle = {actor.handle: actor for actor in session().scalars(select(Actor))}
    found = memberships.find(by_handle[group], by_handle[member])
    assert found is not None
    return found
