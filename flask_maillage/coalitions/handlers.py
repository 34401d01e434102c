"""What others' letters do to memberships: Join, Leave, Invite, Offer, Ignore and their answers.

Events and groups share these verbs; what is about an event goes on to
`flask_maillage/publications/attending_handlers.py`. Communecter's order of arguments is read too
(`reference/network.md` §1.4): where the object is who acts, the thing is in `target`, perhaps as the id of the
activity that created it. Its `instrument` is read by nobody: it never gives a right.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from actors import iris, remote
from actors.database import session
from actors.models import Actor, Posted
from federation.activities import ACTOR_TYPES, Document, id_of, type_of
from flask_maillage.calls import answering
from flask_maillage.coalitions import inviting, memberships
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications import attending_handlers as events
from flask_maillage.publications import handlers as publications
from flask_maillage.publications import keeping
from flask_maillage.publications.leaving import on_parting
from inboxes.handlers.who import ours
from inboxes.models import Letter
from inboxes.pruning import on_pruning
from inboxes.registry import (
    WITH_TARGET,
    Context,
    Ignored,
    knows_types,
    on,
    on_collection,
    on_departure,
    on_repetition,
    on_retraction,
)

MOST_OPEN_OF_HOST = 50
"""How many requests of one server may wait for the people of one of ours (A11)."""


@knows_types
def type_of_membership(iri: str) -> str | None:
    """Return what began a membership, where only its row still knows."""
    state = session().scalar(select(Membership.state).where(Membership.iri == iri).limit(1))
    return None if state is None else "Invite" if state == "invited" else "Join"


@on_repetition
def belongs(letter: Letter) -> bool:
    """Tell whether a Join of a group still counts: until it is answered by a no, or its sender leaves."""
    group = remote.find(letter.object_iri or "")
    found = memberships.find(group, letter.sender) if group is not None else None
    return found is not None and found.state not in memberships.ENDED


@on("Join")
def join(context: Context) -> str:
    """Somebody asks to join a group of ours, or registers for an event that the letter gives another type."""
    iri = about(context)
    return events.join_event(context, iri) if _is_event(iri) else ask(context, iri)


@on("Leave")
def leave(context: Context) -> str:
    """Somebody leaves a group of ours, or an event."""
    iri = about(context)
    return events.leave_event(context, iri) if _is_event(iri) else _leave_group(context, iri)


@on("Delete", WITH_TARGET)
def remove_oneself(context: Context) -> str:
    """Communecter ends a membership by a Delete of the person with the group as target: never a deletion of anybody."""
    iri = context.activity.object_id
    if iri is None or (remote.find(iri) is None and iri != context.sender.iri):
        return publications.delete(context)
    if iri != context.sender.iri:
        raise Ignored("only members themselves, and the group's own people, end a membership")
    return _leave_group(context, resolved(context, context.activity.target_id))


@on("Offer")
def offer(context: Context) -> str:
    """Somebody offers to join a group of ours, or offers one of ours a place in theirs; other offers are ignored."""
    thing, target = context.activity.object, resolved(context, context.activity.target_id)
    if isinstance(thing, dict) and type_of(thing) == "Join" and id_of(thing.get("actor")) == context.sender.iri:
        return ask(context, id_of(thing.get("object")))
    if context.activity.object_id == context.sender.iri:
        return ask(context, target)
    if target is not None and answering.is_our_call(target):
        return answering.refuse(context)
    if context.activity.object_id is not None and iris.is_ours(context.activity.object_id) and target is not None:
        return inviting.invite(context, context.activity.object_id, target)
    raise Ignored("nothing that is taken here")


@on("Invite")
def invite(context: Context) -> str:
    """One of ours is invited to a group or an event: as the object (AS2) or as the target (Mobilizon)."""
    thing, target = context.activity.object_id, context.activity.target_id
    if thing is None or target is None:
        raise Ignored("says not who is invited, or to what")
    if iris.is_ours(thing) == iris.is_ours(target):
        raise Ignored("nobody of ours is invited to something elsewhere")
    return inviting.invite(context, *((thing, target) if iris.is_ours(thing) else (target, thing)))


@on("Ignore")
def ignore(context: Context) -> str:
    """The organisers of an event take no registrations (FEP-8a8e): nobody waits for their answer any more."""
    outcome = events.settle_join(context)
    if outcome is None:
        raise Ignored("ignores no Join of ours")
    return outcome


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
    return _leave_group(context, named or _group_joined_by(context, context.activity.object_id))


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
    return _leave_group(context, group) if group is not None else None


@on_collection
def change_members(context: Context, iri: str) -> str | None:
    """A group elsewhere adds or removes one of ours; or somebody takes themselves off a group of ours."""
    group = _group_of_collection(iri)
    if group is not None and group.local:
        if context.activity.type != "Remove" or _member_named(context.activity.object) != context.sender.iri:
            raise Ignored("the members of a group of ours are its people's business")
        return _leave_group(context, group.iri)
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


@on_departure
@on_parting
def forget(actor: Actor) -> None:
    """An actor left for good, ours or from elsewhere: nothing of its memberships stays."""
    memberships.forget(actor)


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget memberships that ended long ago."""
    ended = Membership.state.in_(memberships.ENDED), Membership.ended_at < limit
    session().execute(delete(Membership).where(*ended).execution_options(synchronize_session=False))


def about(context: Context) -> str | None:
    """Return the id of what somebody joins or leaves: the object, or the target where the object is who acts."""
    iri = context.activity.object_id
    return resolved(context, context.activity.target_id if iri == context.sender.iri else iri)


def resolved(context: Context, iri: str | None) -> str | None:
    """Return the object's id where a letter names the activity that created it (Communecter)."""
    ours_created = select(Posted.object_iri).where(Posted.iri == iri, Posted.type == "Create")
    theirs = select(Letter.object_iri).where(
        Letter.iri == iri, Letter.sender_id == context.sender.id, Letter.type == "Create"
    )
    return session().scalar(ours_created) or session().scalar(theirs) or iri


def ask(context: Context, iri: str | None) -> str:
    """Let the sender ask to join the group of ours with this id; its people are asked, whatever the letter claims."""
    group = _our_group(iri)
    events.check_rate(context.sender)
    known = memberships.find(group, context.sender)
    waits = known is not None and known.state in ("requested", "invited", "member")
    if not waits and memberships.open_of_host(group, context.sender.host) >= MOST_OPEN_OF_HOST:
        raise Ignored(f"too many of {context.sender.host} wait for {group.handle}")
    state = memberships.ask(group, context.sender, iri=context.activity.id, message=events.message_of(context))
    return f"joins {group.handle}: {state}"


def _leave_group(context: Context, iri: str | None) -> str:
    group = _our_group(iri)
    found = memberships.find(group, context.sender)
    if found is None or found.state not in ("requested", "invited", "member"):
        raise Ignored(f"did not belong to {group.handle}")
    memberships.end(found, "left")
    return f"belongs to {group.handle} no longer"


def _our_group(iri: str | None) -> Actor:
    group = ours(iri)
    if not memberships.is_group(group) or group.suspended_at is not None:
        raise Ignored("not about a group of ours")
    return group


def _is_event(iri: str | None) -> bool:
    return iri is not None and keeping.find(iri) is not None


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
