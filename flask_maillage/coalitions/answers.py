"""What others' letters answer and take back about memberships: Accept, Reject and Undo, and changes of members.

Each side answers for itself: a group for its own members (B14), somebody invited for themselves.
"""

from typing import Any

from sqlalchemy import select

from actors import remote
from actors.database import session
from actors.iris import is_ours
from actors.models import Actor
from federation.activities import ACTOR_TYPES, Document, id_of, type_of
from flask_maillage.coalitions import claims, inviting, memberships, moments, showing
from flask_maillage.coalitions.claims import GROUP, MEMBER
from flask_maillage.coalitions.communecter import projects, wishes
from flask_maillage.coalitions.founding import arriving as founding
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
        take(context, found, GROUP, context.activity.document.get("result"))
        wishes.take_word(context, found)
    else:
        end(context, found, "removed" if found.state == "member" else "refused", by=GROUP)
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
    """Whom a group of ours has invited answers, or whom a project of ours asked to found it."""
    if (outcome := founding.answer(context)) is not None:
        return outcome
    found = _invited_by_us(context)
    if found is None:
        raise Ignored("answers no Invite of ours")
    if context.activity.type == "Accept":
        take(context, found, MEMBER, context.activity.document.get("result"))
    else:
        end(context, found, "refused", by=MEMBER)
    return f"{found.member.address} in {found.group.handle}: {found.state}"


@on("Undo", "Invite")
def undo_invite(context: Context) -> str:
    """An invitation is taken back; or refused, as Communecter writes a refusal."""
    if (outcome := founding.answer(context) or founding.take_back(context)) is not None:
        return outcome
    found = _invited_by_us(context)
    if found is not None:
        end(context, found, "refused", by=MEMBER)
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
    """A side elsewhere adds or removes its claim; or somebody takes themselves off a group of ours."""
    group = _group_of_collection(iri)
    if group is not None and group.local:
        if context.activity.type != "Remove" or _member_named(context.activity.object) != context.sender.iri:
            raise Ignored("the members of a group of ours are its people's business")
        return leave_group(context, group.iri)
    if iri == context.sender.featured:
        return None
    shown = showing.shown(context)
    found = showing.row_of(context, shown, _member_named(context.activity.object))
    if found is None:
        return None
    side = GROUP if found.group_id == context.sender.id else MEMBER
    if context.activity.type == "Remove":
        if found.state == "requested" and moments.was_before(context, found.created_at):
            raise Ignored("is older than what ours asks now")
        end(context, found, "removed" if side == GROUP else "left", by=side)
    else:
        take(context, found, side, shown)
        showing.note_consent(context, found, side)
    return f"{found.member.handle} in {found.group.handle}: {found.state}"


@on("Update", "Relationship")
def change_claim(context: Context) -> str:
    """A side elsewhere says something else of a membership: its role, its territory, its dates, that it rests."""
    shown = showing.shown(context)
    found = showing.row_of(context, shown, None)
    if found is None or shown is None:
        raise Ignored("about no membership with one of ours")
    side = GROUP if found.group_id == context.sender.id else MEMBER
    if claims.kept_form(found, side, shown) is None:
        raise Ignored("shows no Relationship of its own")
    take(context, found, side, shown)
    showing.note_consent(context, found, side)
    return f"{found.member.handle} in {found.group.handle}: {found.state}"


def take(context: Context, found: Membership, side: str, shown: Any) -> None:
    """Write down that the sender claims a membership, which begins by that where the other side wants it too.

    Raises:
        Ignored: it ended, or the sender has said something newer.
    """
    wanted = {GROUP: ("requested", "member"), MEMBER: ("invited", "member")}
    if found.state not in wanted[side]:
        raise Ignored("ours did not ask for it, or is out already")
    if not claims.take(found, side, moments.said_at(context, shown), shown, letter=context.activity.id):
        raise Ignored("has said something newer")
    memberships.begin(found)


def end(context: Context, found: Membership, state: str, *, by: str) -> None:
    """Let the sender end what is between the two; where the other side ended it, it agrees, and claims it no longer.

    Raises:
        Ignored: it ended before, or the sender has said something newer.
    """
    at = moments.said_at(context)
    has_ended = found.state in memberships.ENDED
    if has_ended and claims.says_at(found, by) is None:
        raise Ignored("has ended already")
    if claims.is_outdated(found, found.group, found.member, by, at):
        raise Ignored("has said something newer")
    if has_ended:
        claims.withdraw(found, by)
        return
    memberships.end(found, state, by=by, at=at, letter=context.activity.id)


def _asked(context: Context) -> Membership:
    """Return the membership that one of ours has asked the sender for: by the Join's id, or by the pair in it.

    Raises:
        Ignored: there is none; a group answers for itself alone (B14).
    """
    thing: Any = context.activity.object
    query = (
        select(Membership)
        .join(Membership.member)
        .where(Actor.local, Membership.group_id.in_(projects.spoken_for(context.sender)))
    )
    query = query.where(Membership.state.in_(("requested", "member")))
    found = session().scalar(query.where(Membership.iri == (context.activity.object_id or "")))
    if found is None and is_ours(context.activity.object_id or ""):
        raise Ignored("answers a Join that is not the last one of ours")
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
