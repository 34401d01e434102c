"""What others put first: the Add and Remove of their `featured` collections, and what stands first on their pages."""

from actors.models import Actor
from actors.node import now
from flask_maillage.publications import keeping, listing
from flask_maillage.publications.models import Publication
from inboxes.registry import Context, Ignored, on_collection


@on_collection
def feature(context: Context, collection: str) -> str | None:
    """An actor puts a publication of its own first, or no longer; None where that is not its featured collection."""
    if collection != context.sender.featured:
        return None
    publication = keeping.find(context.activity.object_id) if context.activity.object_id else None
    if publication is None or publication.actor_id != context.sender.id:
        raise Ignored("features nothing of its own that is kept here")
    if context.activity.type == "Remove":
        publication.featured_at = None
        return f"no longer first: {publication.name}"
    publication.featured_at = publication.featured_at or now()
    return f"first: {publication.name}"


def featured(actor: Actor) -> listing.Query:
    """Return what an actor puts first, the last one first, as far as everybody may see it."""
    query = listing.visible(actor=actor).where(Publication.featured_at.is_not(None))
    return query.order_by(Publication.featured_at.desc(), Publication.id.desc())
