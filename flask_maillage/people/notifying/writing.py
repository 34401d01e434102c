"""Writing notifications, in the transaction of what causes them: the one seam that every room calls."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, or_, select

from actors.database import session
from actors.models import PERSON, Actor
from actors.node import now
from flask_maillage.people.models import PUBLISHING_ROLES, Member, Role
from flask_maillage.people.notifying import at_once, preferences
from flask_maillage.people.notifying.kinds import DIGEST, MAIL, PAGE, Kind
from flask_maillage.people.notifying.models import Notification

MOST_UNREAD = 200
"""How many of one kind wait unread for one member; what strangers cause must not fill the table."""
A_DAY = timedelta(days=1)


def notify(
    kind: Kind,
    members: Iterable[Member],
    *,
    actor: Actor | None = None,
    subject: Actor | None = None,
    publication_id: int | None = None,
    detail: str = "",
    once: str | None = None,
) -> int:
    """Tell members something, by the channels that each of them chose for it; return how many are told.

    Args:
        kind: what it is.
        members: whom; who is suspended or gone is told nothing.
        actor: who did it; they themselves are not told.
        subject: to which actor.
        publication_id: the row of the publication that it is about.
        detail: a word that the kind understands.
        once: what makes a second one the same; it is passed over.
    """
    people = [one for one in members if _is_here(one) and (actor is None or one.actor_id != actor.id)]
    said = preferences.of_all(people)
    told = 0
    for member in people:
        chosen = preferences.channels(said.get(member.id), kind)
        if not chosen or _was_told(member, kind, once) or _is_flooded(member, kind):
            continue
        notification = Notification(
            member=member,
            kind=kind.name,
            actor=actor,
            subject=subject,
            publication_id=publication_id,
            detail=detail,
            once=once,
            on_page=PAGE in chosen,
            in_digest=DIGEST in chosen,
            created_at=now(),
        )
        session().add(notification)
        session().flush()
        told += 1
        if MAIL in chosen:
            at_once.mail(notification, kind)
    return told


def take_back(kind: Kind, *, actor: Actor, subject: Actor) -> None:
    """Let go of what nobody has to read any more: a question that was answered or taken back."""
    query = select(Notification).where(
        Notification.kind == kind.name, Notification.actor_id == actor.id, Notification.subject_id == subject.id
    )
    for notification in session().scalars(query).all():
        session().delete(notification)
    session().flush()


def people_of(actor: Actor) -> list[Member]:
    """Return the members who publish for an actor of ours, or who are it."""
    query = select(Member).where(Member.actor_id == actor.id)
    if actor.kind != PERSON:
        held = select(Role.member_id).where(Role.actor_id == actor.id, Role.role.in_(PUBLISHING_ROLES))
        query = select(Member).where(Member.id.in_(held))
    return list(session().scalars(query.order_by(Member.id)))


def concerns(notification: Notification) -> bool:
    """Tell whether what happened to an actor of ours concerns its reader now: they are it, or publish for it."""
    member, actor = notification.member, notification.subject
    if actor is None or actor.id == member.actor_id:
        return actor is not None
    held = session().get(Role, (member.id, actor.id))
    return held is not None and held.role in PUBLISHING_ROLES


def members_who_are(actors: Iterable[Actor | None]) -> list[Member]:
    """Return the members of ours who are one of these actors."""
    numbers = [actor.id for actor in actors if actor is not None and actor.local]
    return list(session().scalars(select(Member).where(Member.actor_id.in_(numbers)).order_by(Member.id)))


def moderators() -> list[Member]:
    """Return who moderates the node: those named for it, and who administers it."""
    query = select(Member).where(or_(Member.is_admin, Member.is_moderator))
    return list(session().scalars(query.order_by(Member.id)))


def _is_here(member: Member) -> bool:
    return member.actor.gone_at is None and member.actor.suspended_at is None


def _was_told(member: Member, kind: Kind, once: str | None) -> bool:
    if once is None:
        return False
    query = select(Notification.id).where(Notification.member_id == member.id, Notification.kind == kind.name)
    return session().scalar(query.where(Notification.once == once)) is not None


def _is_flooded(member: Member, kind: Kind) -> bool:
    """What is only mailed is never read here: it counts for a day."""
    waiting = select(func.count()).where(
        Notification.member_id == member.id,
        Notification.kind == kind.name,
        Notification.read_at.is_(None),
        or_(Notification.on_page, Notification.in_digest, Notification.created_at > now() - A_DAY),
    )
    return (session().scalar(waiting) or 0) >= MOST_UNREAD
