"""Invitations that arrive: to a group or to an event elsewhere, from its own server, for one of ours to answer."""

from sqlalchemy import select

from actors import followers, iris, policy, remote
from actors.database import session
from actors.models import Actor
from federation.activities import ACTOR_TYPES, Document, id_of, same_origin, type_of, visibility
from flask_maillage.coalitions import claims, memberships, moments
from flask_maillage.coalitions.communecter import projects, wishes
from flask_maillage.coalitions.founding import arriving as founding
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications import audience, keeping, unsolicited
from flask_maillage.publications.attending import handlers as events
from flask_maillage.publications.attending import taking_part
from flask_maillage.publications.models import Attendance, Publication
from inboxes.handlers.who import ours
from inboxes.models import Letter
from inboxes.registry import Context, Ignored

MOST_OPEN_OF_HOST = 50
"""How many invitations of one server may wait for one of ours (A11)."""


def invite(context: Context, invitee: str, thing: str) -> str:
    """Note that one of ours is invited to a group or to an event; a person answers.

    Only the server where the group or event lives is believed, and asked what it is.

    Raises:
        Ignored: nobody of ours, nothing of the sender's server, or there is nothing to invite to.
    """
    actor = ours(invitee)
    named, thing = thing, _created_by(context, thing)
    if not same_origin(thing, context.sender.iri):
        raise Ignored("invites to what is on another server")
    events.check_rate(context.sender)
    if _open(actor, context.sender.host) >= MOST_OPEN_OF_HOST:
        raise Ignored(f"too many invitations from {context.sender.host}")
    found = projects.known(named) or _event_or_group(context, thing, actor, named)
    iri, message = context.activity.id, events.message_of(context)
    if isinstance(found, Publication):
        if not taking_part.invite(found, actor, iri=iri, message=message):
            raise Ignored("has answered already, or takes part")
        return f"invites {actor.handle} to {found.name}"
    if founding.is_founders(context):
        return founding.invite(context, actor, found)
    known = memberships.find(found, actor)
    if known is not None and known.state == "member":
        raise Ignored("is a member already")
    at = moments.said_at(context)
    if claims.is_outdated(known, found, actor, claims.GROUP, at):
        raise Ignored("has said something newer")
    wishes.note(context, memberships.record(found, actor, "invited", iri=iri, message=message, at=at))
    return f"invites {actor.handle} to {found.handle}"


def take_back(context: Context) -> str:
    """Take back an invitation that the sender has written.

    Raises:
        Ignored: there is none that waits.
    """
    iri = context.activity.object_id or ""
    to_event = select(Attendance).join(Attendance.actor).where(Actor.local, Attendance.iri == iri)
    to_group = select(Membership).join(Membership.member).where(Actor.local, Membership.iri == iri)
    attendance = session().scalar(to_event.where(Attendance.state == "invited"))
    membership = session().scalar(to_group.where(Membership.state == "invited"))
    if attendance is not None and same_origin(attendance.publication.iri, context.sender.iri):
        session().delete(attendance)
        session().flush()
        return "invitation to an event taken back"
    if membership is not None and same_origin(membership.group.iri, context.sender.iri):
        memberships.end(membership, "removed", by=claims.GROUP, at=moments.said_at(context), letter=context.activity.id)
        return "invitation to a group taken back"
    raise Ignored("undoes nothing that is known here")


def _created_by(context: Context, iri: str) -> str:
    """Return the object's id where the letter names its Create (Communecter)."""
    query = select(Letter.object_iri).where(Letter.iri == iri, Letter.sender_id == context.sender.id)
    return session().scalar(query.where(Letter.type == "Create")) or iri


def _open(actor: Actor, host: str) -> int:
    query = select(Attendance.id).join(Attendance.publication).join(Publication.actor)
    query = query.where(Attendance.actor_id == actor.id, Attendance.state == "invited", Actor.host == host)
    to_events = len(session().scalars(query.limit(MOST_OPEN_OF_HOST)).all())
    return to_events + memberships.open_of_host(actor, host)


def _event_or_group(context: Context, iri: str, invitee: Actor, named: str) -> Publication | Actor:
    """Return what one of ours is invited to: known, or read from its own server."""
    known = keeping.find(iri) or remote.find(iri)
    document: Document = {} if known is not None else _document(context, iri)
    if type_of(document) == "Create":
        inner = id_of(document.get("object"))
        if inner is None or not same_origin(inner, iri):
            raise Ignored("names an activity without its object")
        known = keeping.find(inner)
        document = {} if known is not None else context.document(inner)
    if isinstance(known, Publication) and type_of(known.document) == "Project":
        document = known.document or {}
    if type_of(document) == "Project":
        return projects.remember(context, document, (named, iri))
    if known is None and type_of(document) in ACTOR_TYPES:
        known = remote.remember(remote.checked_actor(document))
    found = known if known is not None else _keep(context, document, invitee)
    is_group = isinstance(found, Actor) and memberships.is_group(found)
    is_event = isinstance(found, Publication) and found.kind == "event" and audience.includes(found, [invitee.id])
    if not is_group and not is_event:
        raise Ignored("invites neither to a group nor to an event")
    return found


def _document(context: Context, iri: str) -> Document:
    """Return what stands at an address; an event that the letter carries is taken from it where it is the sender's.

    What is for a few is not given to the node's own actor, who fetches.
    """
    carried = [context.activity.object, context.activity.document.get("target")]
    own = (one for one in carried if isinstance(one, dict) and one.get("id") == iri and type_of(one) == "Event")
    return next((one for one in own if id_of(one.get("attributedTo")) == context.sender.iri), None) or context.document(
        iri
    )


def _keep(context: Context, document: Document, invitee: Actor) -> Publication:
    """Keep a copy of an event to which one of ours is invited, in no list: nobody fills ours by inviting."""
    if type_of(document) != "Event" or iris.is_ours(document["id"]):
        raise Ignored("invites neither to a group nor to an event")
    author = context.actor(keeping.author_of(document))
    if policy.is_blocked(author.iri) or author.suspended_at is not None or author.gone_at is not None:
        raise Ignored("its author is gone, suspended or blocked")
    if visibility(document) == "limited" and not unsolicited.has_room(author):
        raise Ignored(f"too much from {author.host} that nobody asked for")
    kept = keeping.keep(
        document,
        author,
        activity=context.activity.document,
        readers=[invitee],
        looked_up=not followers.follows_from_here(author),
    )
    if kept is None:
        raise Ignored("is not shown here")
    return kept
