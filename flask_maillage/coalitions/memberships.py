"""Who belongs to a group: asked for, invited, accepted, ended; by each side for itself and never for the other.

A group's own row of a membership is the truth where the group lives here; for a group elsewhere the row is what that
group has told us. Nothing that a peer calls an `instrument` gives a right: whoever joins is a member, no more.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from actors import iris, outbox, policy
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import COALITION, ORGANISATION, PROJECT, Actor
from actors.node import now
from federation.activities import Document
from federation.sanitising import clean_text
from flask_maillage.coalitions import notices
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds.base import timestamp

GROUPS = frozenset({ORGANISATION, PROJECT, COALITION})
HAS_MEMBER = "https://w3id.org/maillage#hasMember"
MESSAGE_LIMIT = 1000
ENDED = ("refused", "left", "removed")


class NotPossible(ValueError):
    """What was asked for cannot be done with the membership as it is; the text says why, to a person."""


def is_group(actor: Actor) -> bool:
    """Tell whether an actor is one that others can belong to."""
    return actor.kind in GROUPS or (not actor.local and actor.type in ("Group", "Organization"))


def find(group: Actor, member: Actor) -> Membership | None:
    """Return what is known between a group and somebody, whatever its state."""
    query = select(Membership).where(Membership.group_id == group.id, Membership.member_id == member.id)
    return session().scalar(query.with_for_update(of=Membership))


def of_group(group: Actor) -> list[Membership]:
    """Return those who belong to a group, ask to, or are asked to, for the people of the group."""
    other = select(Actor.id).where(policy.welcome())
    query = (
        select(Membership)
        .options(joinedload(Membership.member))
        .where(Membership.group_id == group.id, Membership.state.not_in(ENDED), Membership.member_id.in_(other))
        .order_by(Membership.created_at, Membership.id)
    )
    return list(session().scalars(query))


def invitations(actors: Iterable[Actor]) -> list[Membership]:
    """Return the invitations that these actors have not answered, the newest first."""
    ids = [actor.id for actor in actors]
    other = select(Actor.id).where(policy.welcome())
    query = (
        select(Membership)
        .options(joinedload(Membership.group), joinedload(Membership.member))
        .where(Membership.member_id.in_(ids), Membership.state == "invited", Membership.group_id.in_(other))
        .order_by(Membership.id.desc())
    )
    return list(session().scalars(query.limit(100)))


def count(group: Actor) -> int:
    """Return how many belong to a group; who they are is told to its people only."""
    query = select(func.count()).where(Membership.group_id == group.id, Membership.state == "member")
    return session().scalar(query) or 0


def open_of_host(actor: Actor, host: str) -> int:
    """Return how many requests and invitations between one of ours and one server wait for a person."""
    other = select(Actor.id).where(Actor.host == host)
    query = select(func.count()).where(
        Membership.state.in_(("requested", "invited")),
        or_(
            (Membership.group_id == actor.id) & Membership.member_id.in_(other),
            (Membership.member_id == actor.id) & Membership.group_id.in_(other),
        ),
    )
    return session().scalar(query) or 0


def record(group: Actor, member: Actor, state: str, *, iri: str, message: str = "") -> Membership:
    """Write down what is between a group and somebody now; there is one row for the two."""
    found = find(group, member)
    before = found.state if found is not None else None
    if found is None:
        found = Membership(group_id=group.id, member_id=member.id, iri=iri, state=state, created_at=now())
        session().add(found)
    elif found.state in ENDED:
        found.created_at, found.began_at, found.ended_at, found.role = now(), None, None, "member"
    found.iri, found.message = iri, clean_text(message, limit=MESSAGE_LIMIT)
    found.answered_at = None
    return _set(found, state, before)


def ask(group: Actor, member: Actor, *, iri: str, message: str = "") -> str:
    """Let somebody ask to join a group of ours: its people decide, unless they had invited whoever asks."""
    known = find(group, member)
    if known is not None and known.state == "member":
        known.iri = iri
        _answer(known, "Accept", _join_of(known), result=_relationship(known))
        return "member"
    if known is not None and known.state == "invited":
        known.iri = iri
        begin(known)
        _answer(known, "Accept", _join_of(known), result=_relationship(known))
        return "member"
    record(group, member, "requested", iri=iri, message=message)
    return "requested"


def begin(membership: Membership) -> None:
    """Let a membership begin: both sides have said so."""
    if membership.state != "member":
        membership.began_at, membership.ended_at = now(), None
        _set(membership, "member", membership.state)


def end(membership: Membership, state: str) -> None:
    """End a membership, a request or an invitation, as `refused`, `left` or `removed`."""
    membership.ended_at, membership.message = now(), ""
    _set(membership, state, membership.state)


def join(member: Actor, group: Actor, message: str = "") -> Membership:
    """Let an actor of ours ask to join a group, here or elsewhere.

    Raises:
        NotPossible: it is no group, or the same actor.
    """
    if not is_group(group) or group.id == member.id or group.gone_at is not None:
        raise NotPossible(_("One can join organisations, projects and coalitions only."))
    known = find(group, member)
    if known is not None and known.state in ("requested", "member"):
        return known
    if group.local:
        ask(group, member, iri=iris.activity(member.handle, new_identifier(now())), message=message)
        return _there(find(group, member))
    posted = outbox.post(
        member, "Join", group.iri, to=[group.iri], inboxes=[group.inbox], participationMessage=message or None
    )
    return record(group, member, "requested", iri=posted.iri, message=message)


def leave(member: Actor, group: Actor) -> bool:
    """Let an actor of ours leave a group, or take its request back; False when there was neither."""
    known = find(group, member)
    if known is None or known.state not in ("requested", "member"):
        return False
    if not group.local:
        outbox.post(member, "Leave", group.iri, to=[group.iri], inboxes=[group.inbox])
    end(known, "left")
    return True


def invite(group: Actor, member: Actor, message: str = "") -> Membership:
    """Let a group of ours invite somebody; who has asked already is accepted.

    Raises:
        NotPossible: it is no group of ours, or the same actor, or one that is gone.
    """
    if not (group.local and is_group(group)) or group.id == member.id or member.gone_at is not None:
        raise NotPossible(_("Only an organisation, a project or a coalition invites, and somebody else."))
    known = find(group, member)
    if known is not None and known.state in ("invited", "member"):
        return known
    if known is not None and known.state == "requested":
        answer(known, "accept")
        return known
    if member.local:
        return record(group, member, "invited", iri=iris.activity(group.handle, new_identifier(now())), message=message)
    words = clean_text(message, limit=MESSAGE_LIMIT) or None
    to, inboxes = [member.iri], [member.inbox]
    posted = outbox.post(
        group, "Invite", member.iri, to=to, inboxes=inboxes, target=group.iri, content=words, proof=True
    )
    return record(group, member, "invited", iri=posted.iri, message=message)


def answer(membership: Membership, what: str) -> None:
    """Answer for a group of ours: `accept` or `reject` who asks, `remove` who belongs to it or was invited.

    Raises:
        NotPossible: there is nothing of the sort to answer.
    """
    possible = {"accept": ("requested",), "reject": ("requested",), "remove": ("member", "invited")}
    if not membership.group.local or membership.state not in possible[what]:
        raise NotPossible(_("There is nothing to answer like this: somebody may have been faster."))
    if what == "accept":
        begin(membership)
        _answer(membership, "Accept", _join_of(membership), result=_relationship(membership))
    elif what == "reject":
        _answer(membership, "Reject", _join_of(membership))
        end(membership, "refused")
    else:
        _remove(membership)


def answer_invite(membership: Membership, *, accept: bool) -> None:
    """Answer an invitation for an actor of ours, with a proof that others can check.

    Raises:
        NotPossible: it is not open any more.
    """
    if membership.state != "invited" or not membership.member.local:
        raise NotPossible(_("This invitation was answered or taken back."))
    group, member = membership.group, membership.member
    if not group.local:
        verb = "Accept" if accept else "Reject"
        outbox.post(member, verb, membership.iri, to=[group.iri], inboxes=[group.inbox], proof=True)
    if accept:
        begin(membership)
    else:
        end(membership, "refused")


def forget(actor: Actor) -> None:
    """Take away what is between an actor and everybody: it is gone for good."""
    either = or_(Membership.group_id == actor.id, Membership.member_id == actor.id)
    for found in session().scalars(select(Membership).where(either)).all():
        session().delete(found)
    session().flush()


def _remove(membership: Membership) -> None:
    """End a membership at the group's word, or take an invitation back."""
    group, member = membership.group, membership.member
    if membership.state == "invited":
        _answer(membership, "Undo", {"id": membership.iri, "type": "Invite", "actor": group.iri, "object": member.iri})
    else:
        members = iris.collection(group.handle, "members")
        _answer(membership, "Remove", member.iri, target=members, origin=group.iri)
    end(membership, "removed")


def _answer(membership: Membership, verb: str, thing: Document | str, **more: Any) -> None:
    """Write to a member elsewhere, and to nobody else, with a proof that the member can show."""
    member = membership.member
    if not member.local:
        outbox.post(membership.group, verb, thing, to=[member.iri], inboxes=[member.inbox], proof=True, **more)


def _join_of(membership: Membership) -> Document:
    return {
        "id": membership.iri,
        "type": "Join",
        "actor": membership.member.iri,
        "object": membership.group.iri,
    }


def _relationship(membership: Membership) -> Document:
    """Return what the group says of the membership, for its member to show."""
    return {
        "type": "Relationship",
        "subject": membership.group.iri,
        "relationship": HAS_MEMBER,
        "object": membership.member.iri,
        "role": membership.role,
        "published": timestamp(membership.began_at or now()),
    }


def _set(membership: Membership, state: str, before: str | None) -> Membership:
    membership.state = state
    if state not in ("requested", "invited"):
        membership.answered_at = now()
    session().flush()
    session().refresh(membership)
    notices.tell(membership, before)
    return membership


def _there(membership: Membership | None) -> Membership:
    if membership is None:
        raise LookupError("the membership was not written")
    return membership
