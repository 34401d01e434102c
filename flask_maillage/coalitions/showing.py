"""The Relationships that letters show: embedded, or by the id at which the sender's own server has them."""

from sqlalchemy import or_, select

from actors import remote
from actors.database import session
from actors.models import Actor
from federation.activities import PUBLIC, Document, id_of, is_web_iri, recipients, same_origin, type_of
from flask_maillage.coalitions import claims, memberships
from flask_maillage.coalitions.models import Membership
from inboxes.registry import Context

OPEN = ("requested", "invited", "member")


def shown(context: Context) -> Document | None:
    """Return the Relationship that a letter is about: in it, known by its id, or read from the sender's own server.

    Nothing is fetched for senders with whom none of ours has anything, nor about what is taken away.

    Raises:
        Wanted: it is to be fetched.
        FederationError: it could not be.
    """
    thing = context.activity.object
    if isinstance(thing, dict):
        return thing if type_of(thing) == "Relationship" else None
    if not isinstance(thing, str) or not is_web_iri(thing) or not same_origin(thing, context.sender.iri):
        return None
    rows = _rows_with(context.sender)
    for row in rows:
        for side in claims.SIDES:
            if claims.actor_of(row, side).id == context.sender.id and claims.iri(row, side) == thing:
                return claims.document(row, side)
    if not rows or context.activity.type == "Remove" or remote.find(thing) is not None:
        return None
    found = context.document(thing)
    return found if type_of(found) == "Relationship" else None


def row_of(context: Context, relationship: Document | None, member: str | None) -> Membership | None:
    """Return the membership between the sender and one of ours that a letter is about, or None.

    Args:
        context: the letter.
        relationship: what it shows.
        member: the id of the member, where it names that alone.
    """
    sender = context.sender
    if relationship is not None and id_of(relationship.get("object")) == sender.iri:
        group = remote.find(id_of(relationship.get("subject")) or "")
        return memberships.find(group, sender) if group is not None and group.local else None
    if relationship is not None:
        about_itself = id_of(relationship.get("subject")) == sender.iri
        member = id_of(relationship.get("object")) if about_itself else None
    found = remote.find(member or "")
    return memberships.find(sender, found) if found is not None and found.local else None


def note_consent(context: Context, row: Membership, side: str) -> None:
    """Let a person elsewhere stand in our public list while what their own server last said of it was for everybody."""
    if side == claims.MEMBER:
        row.listed = PUBLIC in recipients(context.activity.document)
        session().flush()


def _rows_with(sender: Actor) -> list[Membership]:
    """Return the open memberships between somebody elsewhere and those of ours."""
    either = or_(Membership.group_id == sender.id, Membership.member_id == sender.id)
    return list(session().scalars(select(Membership).where(either, Membership.state.in_(OPEN)).limit(500)))
