"""What others' letters do to memberships: Join, Leave, Invite, Offer, Ignore.

Events and groups share these verbs; what is about an event goes on to
`flask_maillage/publications/attending/handlers.py`. Communecter's order of arguments is read too: where the object is
who acts, the thing is in `target`, perhaps as the id of the activity that created it. Its `instrument` is shown to who
answers (`communecter/wishes.py`), and never gives a right.
"""

from datetime import datetime

from sqlalchemy import delete, or_, select

from actors import iris, remote
from actors.database import session
from actors.models import Actor, Posted
from actors.node import node
from federation.activities import id_of, type_of
from flask_maillage.calls import answering
from flask_maillage.coalitions import claims, history, inviting, memberships, moments, questions
from flask_maillage.coalitions.communecter import our_projects, projects, wishes
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications import handlers as publications
from flask_maillage.publications import keeping
from flask_maillage.publications.attending import handlers as events
from flask_maillage.publications.leaving import on_parting
from flask_maillage.web.language import translate
from inboxes.handlers.who import ours
from inboxes.models import Letter
from inboxes.pruning import on_pruning
from inboxes.registry import (
    WITH_TARGET,
    Context,
    Ignored,
    knows_types,
    on,
    on_departure,
    on_repetition,
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
    return events.leave_event(context, iri) if _is_event(iri) else leave_group(context, iri)


@on("Delete", WITH_TARGET)
def remove_oneself(context: Context) -> str:
    """Communecter ends a membership by a Delete of the person with the group as target: never a deletion of anybody."""
    iri = context.activity.object_id
    if iri is None or (remote.find(iri) is None and iri != context.sender.iri):
        return publications.delete(context)
    if iri != context.sender.iri:
        return projects.take_out(context, iri, context.activity.target_id)
    return leave_group(context, resolved(context, context.activity.target_id))


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


@on_departure
@on_parting
def forget(actor: Actor) -> None:
    """An actor left for good, ours or from elsewhere: nothing of its memberships stays."""
    memberships.forget(actor)


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget memberships of persons that ended long ago, and those of others that never began.

    Those of organisations stay, so that a group's past can be read.
    """
    ended = Membership.state.in_(memberships.ENDED), Membership.ended_at < limit
    persons = Membership.member_id.in_(select(Actor.id).where(~history.is_collective()))
    idle = *ended, or_(Membership.began_at.is_(None), persons)
    session().execute(delete(Membership).where(*idle).execution_options(synchronize_session=False))
    history.let_go(limit)


def about(context: Context) -> str | None:
    """Return the id of what somebody joins or leaves: the object, or the target where the object is who acts."""
    iri = context.activity.object_id
    return resolved(context, context.activity.target_id if iri == context.sender.iri else iri)


def resolved(context: Context, iri: str | None) -> str | None:
    """Return the id of the event or group that a letter names by its Create, or by a project's object (Communecter)."""
    ours_created = select(Posted.object_iri).where(Posted.iri == iri, Posted.type == "Create")
    theirs = select(Letter.object_iri).where(
        Letter.iri == iri, Letter.sender_id == context.sender.id, Letter.type == "Create"
    )
    return our_projects.meant(session().scalar(ours_created) or session().scalar(theirs) or iri)


def ask(context: Context, iri: str | None) -> str:
    """Let the sender ask to join the group of ours with this id; its people are asked, whatever the letter claims."""
    group = _our_group(iri)
    if memberships.is_over(group):
        raise Ignored(f"{group.handle} is closed")
    events.check_rate(context.sender)
    known, at = memberships.find(group, context.sender), moments.said_at(context)
    if claims.is_outdated(known, group, context.sender, claims.MEMBER, at):
        raise Ignored(f"has said something newer to {group.handle}")
    waits = known is not None and known.state in ("requested", "invited", "member")
    if group.moved_to is not None and not waits:
        raise Ignored(f"{group.handle} moved: one joins it at its new address")
    if not waits and memberships.open_of_host(group, context.sender.host) >= MOST_OPEN_OF_HOST:
        raise Ignored(f"too many of {context.sender.host} wait for {group.handle}")
    message = events.message_of(context)
    iri, answers = context.activity.id, questions.answers_in(context.activity.document.get("answers"))
    try:
        state = memberships.ask(group, context.sender, iri=iri, message=message, answers=answers, at=at)
    except memberships.NotPossible as refusal:
        memberships.refuse(group, context.sender, iri, translate(group.language or node().language, str(refusal)))
        return f"may not join {group.handle}"
    if state == "requested" and (row := memberships.find(group, context.sender)) is not None:
        wishes.note(context, row)
    return f"joins {group.handle}: {state}"


def leave_group(context: Context, iri: str | None) -> str:
    """End what the sender has with the group of ours with this id."""
    group, sender, at = _our_group(iri), context.sender, moments.said_at(context)
    found, letter = memberships.find(group, sender), context.activity.id
    if found is not None and found.state == "invited" and moments.was_before(context, found.created_at):
        raise Ignored(f"is older than the invitation of {group.handle}")
    if claims.is_outdated(found, group, sender, claims.MEMBER, at):
        raise Ignored(f"has said something newer to {group.handle}")
    if found is None or found.state not in ("requested", "invited", "member"):
        events.check_rate(sender)
        history.note(group, sender, "left", at=at, by=sender, letter=letter)
        return f"did not belong to {group.handle}: a Join from before is not taken any more"
    memberships.end(found, "left", by=claims.MEMBER, at=at, letter=letter)
    return f"belongs to {group.handle} no longer"


def _our_group(iri: str | None) -> Actor:
    group = ours(iri)
    if not memberships.is_group(group) or group.suspended_at is not None:
        raise Ignored("not about a group of ours")
    return group


def _is_event(iri: str | None) -> bool:
    return iri is not None and keeping.find(iri) is not None
