"""Our projects in Communecter's form: a `Project` object and its `Create`, beside the actor that all others know."""

import uuid

from flask import Response

from actors import iris, outbox
from actors.database import session
from actors.documents import actor_document, timestamp
from actors.following import on_new_follower
from actors.models import PROJECT, PROPOSED, Actor, Follow
from actors.negotiation import activity_response
from actors.views import documents, present
from federation.activities import PUBLIC, Document, context, envelope
from federation.errors import NotFound
from federation.sanitising import text_of_html
from flask_maillage.coalitions.communecter import speaking
from flask_maillage.coalitions.founding.models import Project

OBJECT, CREATED = "/project", "/project/created"
SHORT = 140
TERMS = {
    name: f"https://w3id.org/maillage#{name}"
    for name in ("Project", "uuid", "slug", "shortDescription", "progress", "category")
}
"""Communecter's terms, which stand in no context of its own."""


def object_iri(actor: Actor) -> str:
    """Return the id of the `Project` object of a project of ours."""
    return actor.iri + OBJECT


def created_iri(actor: Actor) -> str:
    """Return the id of the `Create` of that object, by which Communecter means the project."""
    return actor.iri + CREATED


def meant(iri: str | None) -> str | None:
    """Return the id of the actor where an id means a project of ours by its object or its Create; else the id."""
    if iri is None or not iris.is_ours(iri):
        return iri
    return iri.removesuffix(CREATED).removesuffix(OBJECT)


def describe(actor: Actor) -> Document:
    """Return a project of ours as Communecter documents one; its membership is told by letters alone."""
    whole, known = actor_document(actor), session().get(Project, actor.id)
    said = {
        "@context": [*context(), TERMS],
        "type": "Project",
        "id": object_iri(actor),
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, actor.iri)),
        "slug": actor.handle,
        "attributedTo": actor.iri,
        "name": actor.name,
        "content": actor.summary,
        "shortDescription": text_of_html(actor.summary, limit=SHORT),
        "location": whole.get("location"),
        "attachment": _attached(whole, actor),
        "progress": known.progress if known is not None else None,
        "startTime": timestamp(known.activated_at) if known is not None and known.activated_at else None,
        "endTime": timestamp(known.closed_at) if known is not None and known.closed_at else None,
        "published": whole["published"],
        "updated": whole["updated"],
        "url": actor.url,
        "to": [PUBLIC],
    }
    return {name: value for name, value in said.items() if value not in (None, "")}


def creation(actor: Actor) -> Document:
    """Return the activity by which a project of ours was made: its object is given by its id alone."""
    return envelope(
        "Create",
        iri=created_iri(actor),
        actor=actor.iri,
        thing=object_iri(actor),
        to=[PUBLIC],
        cc=[],
        published=timestamp(actor.published_at),
    )


@documents.get(f"/actors/<handle>{OBJECT}")
def project(handle: str) -> Response:
    """Give the object of a project."""
    return activity_response(describe(_project(handle)))


@documents.get(f"/actors/<handle>{CREATED}")
def created(handle: str) -> Response:
    """Give the activity that made it."""
    return activity_response(creation(_project(handle)))


@on_new_follower
def tell_what_it_is(relation: Follow) -> None:
    """Send the project to somebody of Communecter's who begins to follow it: there it is no actor, but an object."""
    project, follower = relation.followed, relation.follower
    is_project = project.kind == PROJECT and project.phase != PROPOSED
    if is_project and not follower.local and speaking.is_theirs(follower.iri):
        outbox.post(project, "Create", object_iri(project), to=[PUBLIC], cc=[follower.iri], inboxes=[follower.inbox])


def _project(handle: str) -> Actor:
    found = present(handle)
    if found.kind != PROJECT or found.phase == PROPOSED:
        raise NotFound(f"{handle} is no project")
    return found


def _attached(whole: Document, actor: Actor) -> list[Document]:
    """Return the image, the banner and the website, by the names that Communecter gives them."""
    found = [
        {"type": "Document", "name": name, "url": image["url"], "mediaType": image["mediaType"], "category": "image"}
        for key, name in (("icon", "Image"), ("image", "Banner"))
        if isinstance(image := whole.get(key), dict) and {"url", "mediaType"} <= image.keys()
    ]
    if actor.website:
        link = {"type": "Link", "name": "Website", "mediaType": "text/html", "category": "url", "url": actor.website}
        found.append(link)
    return found
