"""What happened to memberships: written down in the transaction of what happened, and never changed."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import joinedload

from actors import policy
from actors.database import session
from actors.models import COALITION, ORGANISATION, PROJECT, TERRITORY, Actor
from actors.node import now
from flask_maillage.coalitions.models import WHAT, Membership, MembershipEvent

ENDINGS = ("left", "removed", "refused")
NOTE_LIMIT = 300
PUBLIC = tuple(what for what in WHAT if what not in ("asked", "invited", "refused", "unreachable", "shares"))
"""What of a group's past is for everybody."""
Listener = Callable[[Actor, Actor, str], None]
_listeners: list[Listener] = []


def on_happening(function: Listener) -> Listener:
    """Register a function of a higher room that is told of a group, a member and what happened between them."""
    _listeners.append(function)
    return function


def note(
    group: Actor,
    member: Actor,
    what: str,
    *,
    at: datetime | None = None,
    by: Actor | None = None,
    letter: str | None = None,
    words: str = "",
) -> None:
    """Write down what happened between a group and somebody.

    Args:
        group: the group.
        member: who belongs to it, or might have.
        what: one of `models.WHAT`.
        at: when, by the clock of who did it; else now.
        by: who did it; None where it came about by itself.
        letter: the id of the letter that told it.
        words: what else there is to say, as which role it is now.
    """
    if what not in WHAT:
        raise ValueError(f"nothing of the sort happens: {what}")
    session().add(
        MembershipEvent(
            group_id=group.id,
            member_id=member.id,
            what=what,
            at=at or now(),
            by_iri=by.iri if by is not None else None,
            letter_iri=letter,
            note=words[:NOTE_LIMIT],
        )
    )
    session().flush()
    for listener in _listeners:
        listener(group, member, what)


def ended_by(group: Actor, member: Actor, who: Actor) -> datetime | None:
    """Return when one of the two last ended something between them, by its own clock, or None."""
    query = select(func.max(MembershipEvent.at)).where(
        MembershipEvent.group_id == group.id,
        MembershipEvent.member_id == member.id,
        MembershipEvent.by_iri == who.iri,
        MembershipEvent.what.in_(ENDINGS),
    )
    return session().scalar(query)


def of_group(group: Actor, *, limit: int = 200) -> list[MembershipEvent]:
    """Return what everybody may know of a group's past, the newest first.

    Only those are named who once belonged to it: organisations, and persons while they stand in its list by their own
    consent; requests and refusals are nobody else's business.
    """
    began = select(MembershipEvent.member_id).where(
        MembershipEvent.group_id == group.id, MembershipEvent.what == "confirmed"
    )
    agreed = select(Membership.member_id).where(Membership.group_id == group.id, Membership.listed)
    named = select(Actor.id).where(policy.welcome(), or_(is_collective(), Actor.id.in_(agreed)))
    query = (
        select(MembershipEvent)
        .options(joinedload(MembershipEvent.member))
        .where(MembershipEvent.group_id == group.id, MembershipEvent.what.in_(PUBLIC))
        .where(MembershipEvent.member_id.in_(began), MembershipEvent.member_id.in_(named))
        .order_by(MembershipEvent.at.desc(), MembershipEvent.id.desc())
    )
    return list(session().scalars(query.limit(limit)))


def forget(actor: Actor) -> None:
    """Take away what happened between an actor and everybody: it is gone for good."""
    either = or_(MembershipEvent.group_id == actor.id, MembershipEvent.member_id == actor.id)
    session().execute(delete(MembershipEvent).where(either).execution_options(synchronize_session=False))


def let_go(limit: datetime) -> None:
    """Forget what happened before a moment between those who have nothing with each other any more."""
    pair = (Membership.group_id == MembershipEvent.group_id, Membership.member_id == MembershipEvent.member_id)
    idle = MembershipEvent.at < limit, ~exists().where(*pair)
    session().execute(delete(MembershipEvent).where(*idle).execution_options(synchronize_session=False))


def is_collective() -> ColumnElement[bool]:
    """Return the condition for actors that are no persons (`claims.is_collective`)."""
    return or_(
        Actor.kind.in_((ORGANISATION, PROJECT, COALITION, TERRITORY)),
        Actor.kind.is_(None) & Actor.type.in_(("Group", "Organization")),
    )


def between(group: Actor, member: Actor) -> list[MembershipEvent]:
    """Return all that happened between a group and somebody, the oldest first, for the people of either."""
    query = select(MembershipEvent).where(MembershipEvent.group_id == group.id, MembershipEvent.member_id == member.id)
    return list(session().scalars(query.order_by(MembershipEvent.id)))
