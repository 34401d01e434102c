"""What others' letters answer and take back about memberships: Accept, Reject and Undo, and changes of members.

Each side answers for itself: a group for its own members (B14), somebody invited for themselves.
"""

from typing import Any

from sqlalchemy import select

from actors import remote
from actors.database import session
from actors.models import Actor
from federation.activities import ACTOR_TYPES, Document, id_of, type_of
from flask_maillage.coalitions import inviting, memberships
from flask_maillage.coalitions.handlers import leave_group
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.attending import handlers as events
from inboxes.registry import Context, Ignored, on, on_collection, on_retraction


@on("Accept", "Join", "Member")
@on("Reject", "Join", "Member")
def answer_to_join(context: Context) -> str:
    """The organisers of an event, or a group, answer a Join of ours; Mobilizon names the `Member` instead."""
    outcome = events.settle_join(context)
    if outcome is not None:
        return outcome
    found = _asked(context)
    if context.activity.type == "Accept":
        if found.state not in ("requested", "member"):
            raise Ignored("answers no Join of ours")
        memberships.begin(found)
    else:
        memberships.end(found, "removed" if found.state == "member" else "refused")
    return f"{found.member.handle} in {found.group.handle}: {found.state}"


@on("TentativeAccept", "Join")
def wait_for_a_place(context: Context) -> str:
    """The organisers of a full event tell one of ours that it stands on their waiting list."""
    outcome = events.settle_join(context)
    if outcome is None:
        raise Ignored("answers no Join of ours")
    return outcome


@on("Accept", "Invite")
@on("Reject", "Invite")
def answer_to_invite(context: Context) -> str:
    """Whom a group of ours has invited answers."""
    found = _invited_by_us(context)
    if found is None:
        raise Ignored("answers no Invite of ours")
    if context.activity.type == "Accept":
        memberships.begin(found)
    else:
        memberships.end(found, "refused")
    return f"{found.member.address} in {found.group.handle}: {found.state}"


@on("Undo", "Invite")
def undo_invite(context: Context) -> str:
    """An invitation is taken back; or refused, as Communecter writes a refusal."""
    found = _invited_by_us(context)
    if found is not None:
        memberships.end(found, "refused")
        return f"{found.member.address} in {found.group.handle}: refused"
    return inviting.take_back(context)


@on("Undo", "Join")
def undo_join(context: Context) -> str:
    """Somebody takes a Join back, from an event or from a group."""
    if (outcome := events.undo_join(context)) is not None:
        return outcome
    thing = context.activity.object
    named = id_of(thing.get("object")) if isinstance(thing, dict) else None
    return leave_group(context, named or _group_joined_by(context, context.activity.object_id))


@on("Undo", "Reject", "TentativeAccept")
def undo_answer(context: Context) -> str:
    """Somebody takes a no or a perhaps to an event back."""
    iri = context.activity.object_id
    outcome = events.retract(context, iri) if iri else None
    if outcome is None:
        raise Ignored("undoes nothing that is known here")
    return outcome


@on_retraction
def retract(context: Context, iri: str) -> str | None:
    """Somebody takes a Join of a group back by an id that only we still know."""
    group = _group_joined_by(context, iri)
    return leave_group(context, group) if group is not None else None


@on_collection
def change_members(context: Context, iri: str) -> str | None:
    """A group elsewhere adds or removes one of ours; or somebody takes themselves off a group of ours."""
    group = _group_of_collection(iri)
    if group is not None and group.local:
        if context.activity.type != "Remove" or _member_named(context.activity.object) != context.sender.iri:
            raise Ignored("the members of a group of ours are its people's business")
        return leave_group(context, group.iri)
    member = remote.find(_member_named(context.activity.object) or "")
    found = memberships.find(context.sender, member) if member is not None and member.local else None
    if found is None or iri == context.sender.featured:
        return None
    if context.activity.type == "Remove" and found.state in ("member", "invited", "requested"):
        memberships.end(found, "removed")
    elif context.activity.type == "Add" and found.state in ("requested", "member"):
        memberships.begin(found)
    else:
        raise Ignored("ours did not ask for it, or is out already")
    return f"{found.member.handle} in {found.group.handle}: {found.state}"


def _asked(context: Context) -> Membership:
    """Return the membership that one of ours has asked the sender for: by the Join's id, or by the pair in it.

    Raises:
        Ignored: there is none; a group answers for itself alone (B14).
    """
    thing: Any = context.activity.object
    query = select(Membership).join(Membership.member).where(Actor.local, Membership.group_id == context.sender.id)
    query = query.where(Membership.state.in_(("requested", "member")))
    found = session().scalar(query.where(Membership.iri == (context.activity.object_id or "")))
    if found is None and isinstance(thing, dict) and id_of(thing.get("object")) == context.sender.iri:
        found = session().scalar(query.where(Actor.iri == (id_of(thing.get("actor")) or "")))
    if found is None:
        raise Ignored("answers no Join of ours")
    return found


def _invited_by_us(context: Context) -> Membership | None:
    """Return the open invitation of a group of ours to the sender: by its id, or by the group that the letter names."""
    thing = context.activity.object
    query = select(Membership).join(Membership.group).where(Actor.local, Membership.member_id == context.sender.id)
    query = query.where(Membership.state == "invited")
    found = session().scalar(query.where(Membership.iri == (context.activity.object_id or "")))
    if found is None and isinstance(thing, dict):
        found = session().scalar(query.where(Actor.iri.in_(_ids_in(thing))))
    return found


def _ids_in(document: Document) -> list[str]:
    return [iri for key in ("actor", "object", "target") if (iri := id_of(document.get(key)))]


def _group_joined_by(context: Context, iri: str | None) -> str | None:
    query = select(Actor.iri).join(Membership, Membership.group_id == Actor.id)
    return session().scalar(query.where(Membership.iri == (iri or ""), Membership.member_id == context.sender.id))


def _group_of_collection(iri: str) -> Actor | None:
    """Return the group whose members are meant: named by itself, or by its collection of members."""
    return remote.find(iri) or remote.find(iri.removesuffix("/members"))


def _member_named(thing: Any) -> str | None:
    """Return the id of the member: given as such, or in Mobilizon's `Member` or a `Relationship`."""
    if not isinstance(thing, dict) or type_of(thing) in ACTOR_TYPES:
        return id_of(thing)
    if type_of(thing) == "Member":
        return id_of(thing.get("actor"))
    return id_of(thing.get("object")) if type_of(thing) == "Relationship" else id_of(thing)
