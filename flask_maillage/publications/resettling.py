"""What an actor of ours published on another node before it moved here: ours from now on, and told to nobody.

Those who follow it have it already, under its former id; a `Create` would show it to them twice, and years late. The
object names that id in `alsoKnownAs`, so that a server which holds the former one knows the two for the same.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.publications import publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.life import revisions
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.programmes import versions
from flask_maillage.publications.rules import check_complete, check_image


@dataclass(frozen=True)
class Past:
    """Under which id, when and for whom it was published, and when it was changed last."""

    iri: str
    published: datetime
    updated: datetime
    readers: Audience


def find(actor: Actor, iri: str) -> Publication | None:
    """Return what an actor of ours took up of a former id of its own, whatever became of it since."""
    return session().scalar(select(Publication).where(Publication.actor_id == actor.id, Publication.formerly == iri))


def resettle(actor: Actor, content: Content, past: Past) -> Publication:
    """Publish something of an actor's past under a new id, with its dates; no server is told.

    Raises:
        NotPossible: it lacks what one of its kind needs.
    """
    check_complete(content)
    check_image(content)
    publication = publishing.draft(actor, kind_named(content.kind).at(content, now()), readers=past.readers)
    publication.state, publication.formerly = PUBLISHED, past.iri
    publication.published_at, publication.updated_at = past.published, max(past.published, past.updated)
    session().flush()
    revisions.record(publication, publication.updated_at)
    versions.release(publication, None)
    return publication
