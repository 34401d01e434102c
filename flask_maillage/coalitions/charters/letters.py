"""Letters about charters: members elsewhere agree to a version of a group of ours."""

from flask_maillage.coalitions import moments
from flask_maillage.coalitions.charters import agreeing, versions
from flask_maillage.publications.attending import handlers as events
from inboxes.registry import Context, Ignored, knows_types, on

ARTICLE = "Article"


@knows_types
def type_of_charter(iri: str) -> str | None:
    """Return the type of a version of a charter, ours or one elsewhere, by its id."""
    return ARTICLE if versions.with_iri(iri) is not None else None


@on("Accept", ARTICLE)
def accept_charter(context: Context) -> str:
    """Somebody elsewhere agrees to a version of the charter of a group of ours; it gives them nothing by itself.

    Raises:
        Ignored: there is no such version, or they agree to other words than those that stand there.
    """
    charter = versions.with_iri(context.activity.object_id or "")
    if charter is None or not charter.actor.local:
        raise Ignored("no charter of ours")
    events.check_rate(context.sender)
    thing = context.activity.object
    digest = thing.get("digest") if isinstance(thing, dict) else None
    if digest is not None and digest != charter.digest:
        raise Ignored("agrees to other words than those of this version")
    agreeing.take(charter, context.sender, context.activity.document, at=moments.said_at(context))
    return f"agrees to version {charter.number} of the charter of {charter.actor.handle}"
