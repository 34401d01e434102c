"""Images, sounds and films of hosts from which none are taken: not kept, and let go of where they were."""

from sqlalchemy import select

from actors import policy
from actors.database import session
from actors.models import Actor
from federation.activities import Document
from federation.media import without_media
from flask_maillage.publications.enclosures import attaching
from flask_maillage.publications.kinds import attachments
from flask_maillage.publications.models import Publication
from inboxes.consequences import on_media_refusal


def as_taken(document: Document, actor: Actor) -> Document:
    """Return a document of a remote actor as it may be kept here."""
    return without_media(document) if policy.refuses_media(actor.iri) else document


@on_media_refusal
def let_go(actor: Actor) -> None:
    """Take the media out of the copies of a remote actor's publications; only its next Update brings any back."""
    query = select(Publication).where(Publication.actor_id == actor.id, Publication.document.is_not(None))
    for publication in session().scalars(query):
        publication.document = without_media(publication.document or {})
        left = attachments.read(publication.document)
        publication.image, publication.attachments = None, [one.model_dump(mode="json") for one in left["attachments"]]
        attaching.let_go_of_copy(publication)
