"""Who belongs to a group: asked for, invited, accepted, ended; by each side for itself and never for the other.

What each side says is kept apart (`claims.py`); the state is what has become of it here. Nothing that a peer calls an
`instrument` gives a right: whoever joins is a member, no more.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from actors import iris, outbox, policy
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import CLOSED, COALITION, MERGED, ORGANISATION, PROJECT, Actor
from actors.node import now
from federation.activities import Document
from federation.sanitising import clean_text
from flask_maillage.coalitions import announcing, claims, history, notices
from flask_maillage.coalitions.claims import GROUP, MEMBER, SIDES
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.forms.base import _

GROUPS = frozenset({ORGANISATION, PROJECT, COALITION})
MESSAGE_LIMIT = 1000
NOTHING_TO_ANSWER = _("There is nothing to answer like this: somebody may have been faster.")
ENDED = history.ENDINGS
changes: list[Callable[[Membership, str | None], None]] = []
"""Who is told of each new state of a membership, with the state before, in the same transaction."""


Door = Callable[[Actor, Actor, Mapping[str, str]], bool]
doors: list[Door] = []
"""What everybody passes who asks to join a group of ours, with the group, who asks, and what they answered."""


class NotPossible(ValueError):
    """What was asked for cannot be done with the membership as it is; the text says why, to a person."""


def on_change(function: Callable[[Membership, str | None], None]) -> Callable[[Membership, str | None], None]:
    """Register a function that is told of each new state of a membership."""
    changes.append(function)
    return function


def on_asking(function: Door) -> Door:
    """Register a function that tells whether somebody belongs to a group without its people being asked.

    It raises `NotPossible` where they may not join at all.
    """
    doors.append(function)
    return function


def is_group(actor: Actor) -> bool:
    """Tell whether an actor is one that others can belong to."""
    return actor.kind in GROUPS or (not actor.local and actor.type in ("Group", "Organization"))


def is_over(group: Actor) -> bool:
    """Tell whether a group is closed or merged into another: nobody joins it any more."""
    return group.phase in (CLOSED, MERGED)


def find(group: Actor, member: Actor) -> Membership | None:
    """Return what is known between a group and somebody, whatever its state."""
    query = select(Membership).where(Membership.group_id == group.id, Membership.member_id == member.id)
    return session().scalar(query.with_for_update(of=Membership))


def between(group: Actor, member: Actor) -> Membership | None:
    """Return the same to be shown, without holding it."""
    query = select(Membership).where(Membership.group_id == group.id, Membership.member_id == member.id)
    return session().scalar(query)


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


def record(
    group: Actor,
    member: Actor,
    state: str,
    *,
    iri: str,
    message: str = "",
    at: datetime | None = None,
    quietly: bool = False,
) -> Membership:
    """Write down that somebody asks to join a group (`requested`), or is `invited`; there is one row for the two.

    Args:
        group: the group.
        member: who asks, or is invited.
        state: which of the two.
        iri: the id of the Join or the Invite.
        message: what was said with it.
        at: when, by the clock of who did it; else now.
        quietly: whether nobody is told, since they were asked in another way.
    """
    found = find(group, member)
    before = found.state if found is not None else None
    moment, side = at or now(), MEMBER if state == "requested" else GROUP
    if found is None:
        found = Membership(
            identifier=new_identifier(now()),
            group_id=group.id,
            member_id=member.id,
            iri=iri,
            state=state,
            role="member",
            created_at=now(),
        )
        session().add(found)
    elif found.state in ENDED:
        found.created_at, found.began_at, found.ended_at, found.role = now(), None, None, "member"
        found.territory, found.territory_name, found.since, found.until = None, "", None, None
        found.suspended_at, found.labels, found.answers, found.shares, found.listed = None, [], {}, "none", False
    found.iri, found.message = iri, clean_text(message, limit=MESSAGE_LIMIT)
    found.answered_at = found.wish = None
    found.group_says_at, found.member_says_at = (moment, None) if side == GROUP else (None, moment)
    found.group_document = found.member_document = None
    by = group if side == GROUP else member
    history.note(group, member, "asked" if side == MEMBER else "invited", at=moment, by=by, letter=iri)
    return _set(found, state, before, quietly=quietly)


def ask(
    group: Actor,
    member: Actor,
    *,
    iri: str,
    message: str = "",
    answers: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> str:
    """Let somebody ask to join a group of ours: its people decide, unless they had invited whoever asks, or it is open.

    Args:
        group: the group.
        member: who asks.
        iri: the id of the Join.
        message: what was said with it.
        answers: to the group's questions, by question.
        at: when, by the clock of who asks; else now.

    Raises:
        NotPossible: they may not join.
    """
    known = find(group, member)
    if known is not None and known.state in ("invited", "member"):
        known.iri = iri
        if not member.local:
            claims.take(known, MEMBER, at or now(), letter=iri)
        begin(known)
        _accept(known)
        return "member"
    said = dict(answers or {})
    answered = [door(group, member, said) for door in doors]
    enters = bool(answered) and all(answered)
    found = record(group, member, "requested", iri=iri, message=message, at=at, quietly=enters)
    found.answers = said
    session().flush()
    if enters:
        begin(found)
        _accept(found)
    return found.state


def refuse(group: Actor, member: Actor, iri: str, why: str) -> None:
    """Tell who asks from elsewhere to join a group of ours that they may not, and why."""
    thing = {"id": iri, "type": "Join", "actor": member.iri, "object": group.iri}
    outbox.post(group, "Reject", thing, to=[member.iri], inboxes=[member.inbox], content=why, proof=True)


def begin(membership: Membership) -> None:
    """Let a membership begin: both sides have said so, each of ours claims it, and followers are told.

    What a side elsewhere says was written down before (`claims.take`).
    """
    if membership.state == "member":
        return
    membership.began_at, membership.ended_at = now(), None
    if membership.group.local:
        membership.since = membership.since or now().date()
    if not (membership.group.local and membership.member.local):
        membership.compare_at = now() + claims.COMPARED_AFTER
    before = membership.state
    _set(membership, "member", before)
    for side in SIDES:
        if claims.actor_of(membership, side).local:
            claims.say(membership, side)
    announcing.added(membership, answered=before != "invited")


def end(membership: Membership, state: str, *, by: str, at: datetime | None = None, letter: str | None = None) -> None:
    """End a membership, a request or an invitation, as `refused`, `left` or `removed`.

    No side of ours claims it any more; of a side elsewhere only its own word counts.

    Args:
        membership: which one.
        state: what becomes of it.
        by: the side that ended it, `claims.GROUP` or `claims.MEMBER`.
        at: when, by that side's clock; else now.
        letter: the id of the letter that told it.
    """
    before, actor = membership.state, claims.actor_of(membership, by)
    ours = [side for side in SIDES if claims.actor_of(membership, side).local]
    if before == "member":
        for side in ours:
            agrees = side != by and announcing.reads(membership, side)
            announcing.removed(membership, side, to_other=agrees or side == by == GROUP)
    history.note(membership.group, membership.member, state, at=at, by=actor, letter=letter)
    for side in {*ours, by}:
        claims.withdraw(membership, side)
    membership.ended_at, membership.message, membership.compare_at = now(), "", None
    _set(membership, state, before)


def join(member: Actor, group: Actor, message: str = "", answers: Mapping[str, str] | None = None) -> Membership:
    """Let an actor of ours ask to join a group, here or elsewhere, with answers to its questions, by question.

    Raises:
        NotPossible: it is no group, or the same actor, or one that may not join a group of ours.
    """
    if not is_group(group) or group.id == member.id or group.gone_at is not None:
        raise NotPossible(_("One can join organisations, projects and coalitions only."))
    if group.moved_to is not None:
        raise NotPossible(_("It moved to another address: ask to join there."))
    known = find(group, member)
    if known is not None and known.state in ("requested", "member"):
        return known
    if is_over(group):
        raise NotPossible(_("It is closed: nobody joins it any more."))
    if group.local:
        ask(group, member, iri=iris.activity(member.handle, new_identifier(now())), message=message, answers=answers)
        return _there(find(group, member))
    posted = outbox.post(
        member,
        "Join",
        group.iri,
        to=[group.iri],
        inboxes=[group.inbox],
        participationMessage=message or None,
        answers=[{"question": question, "content": text} for question, text in (answers or {}).items()] or None,
    )
    return record(group, member, "requested", iri=posted.iri, message=message)


def leave(member: Actor, group: Actor) -> bool:
    """Let an actor of ours leave a group, or take its request back; False when there was neither."""
    known = find(group, member)
    if known is None or known.state not in ("requested", "member"):
        return False
    if not group.local:
        outbox.post(member, "Leave", group.iri, to=[group.iri], inboxes=[group.inbox])
    end(known, "left", by=MEMBER)
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
        raise NotPossible(NOTHING_TO_ANSWER)
    if what == "accept":
        begin(membership)
        _accept(membership)
    elif what == "reject":
        _answer(membership, "Reject", _join_of(membership))
        end(membership, "refused", by=GROUP)
    else:
        _remove(membership)


def answer_invite(membership: Membership, *, accept: bool) -> None:
    """Answer an invitation for an actor of ours, with a proof that others can check.

    Raises:
        NotPossible: it is not open any more.
    """
    if membership.state != "invited" or not membership.member.local:
        raise NotPossible(_("This invitation was answered or taken back."))
    if accept:
        begin(membership)
    _answer_group(membership, "Accept" if accept else "Reject")
    if not accept:
        end(membership, "refused", by=MEMBER)


def forget(actor: Actor) -> None:
    """Take away what is between an actor and everybody: it is gone for good."""
    either = or_(Membership.group_id == actor.id, Membership.member_id == actor.id)
    for found in session().scalars(select(Membership).where(either)).all():
        session().delete(found)
    session().flush()
    history.forget(actor)


def _remove(membership: Membership) -> None:
    """End a membership at the group's word, or take an invitation back."""
    group, member = membership.group, membership.member
    if membership.state == "invited":
        _answer(membership, "Undo", {"id": membership.iri, "type": "Invite", "actor": group.iri, "object": member.iri})
    end(membership, "removed", by=GROUP)


def _accept(membership: Membership) -> None:
    """Tell a member elsewhere that it is one, with the group's Relationship, which it can show."""
    result = membership.group_document or claims.say(membership, GROUP)
    _answer(membership, "Accept", _join_of(membership), result=result)


def _answer_group(membership: Membership, verb: str) -> None:
    """Answer the invitation of a group elsewhere, with a proof that it can show."""
    group, member = membership.group, membership.member
    if not group.local:
        more: dict[str, Any] = {"result": membership.member_document} if verb == "Accept" else {}
        outbox.post(member, verb, membership.iri, to=[group.iri], inboxes=[group.inbox], proof=True, **more)


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


def _set(membership: Membership, state: str, before: str | None, *, quietly: bool = False) -> Membership:
    membership.state = state
    if state not in ("requested", "invited"):
        membership.answered_at = now()
    session().flush()
    session().refresh(membership)
    if not quietly:
        notices.tell(membership, before)
    for heard in changes:
        heard(membership, before)
    return membership


def _there(membership: Membership | None) -> Membership:
    if membership is None:
        raise LookupError("the membership was not written")
    return membership
