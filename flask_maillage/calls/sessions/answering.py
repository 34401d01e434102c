"""What those invited to a session of ours answer: by letter, on a page of this node, or by the link of a mail.

A later answer counts, by the time at which it was written: one that comes late says nothing over it.
"""

from datetime import datetime

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import Activity
from flask_maillage.calls.models import CohortSession, SessionRole
from flask_maillage.calls.sessions.people import ACCEPTED, DECLINED, TENTATIVE, WAITING, WITHDRAWN
from flask_maillage.publications.attending import locking, registering
from flask_maillage.publications.attending.handlers import check_rate, message_of
from flask_maillage.publications.kinds import reading
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.rules import NotPossible
from inboxes.registry import Context, Handler, Ignored, knows_types, on_claim

ANSWERS = {"Accept": ACCEPTED, "TentativeAccept": TENTATIVE, "Reject": DECLINED}
OF_PART = {
    "invited": WAITING,
    "accepted": ACCEPTED,
    "tentative": TENTATIVE,
    "declined": DECLINED,
    "left": DECLINED,
    "refused": DECLINED,
}
"""What a part in the event says of the invitation."""


@knows_types
def type_of_invite(iri: str) -> str | None:
    """Return the type of an invitation of ours to a session."""
    return "Invite" if session().scalar(select(SessionRole.id).where(SessionRole.invite_iri == iri)) else None


@on_claim
def claim(activity: Activity, sender: Actor) -> Handler | None:
    """Claim an answer to an invitation of ours to a session, or to its event, by somebody who is invited to it."""
    if activity.type not in ANSWERS or activity.object_id is None:
        return None
    return _take if _asked(activity.object_id, sender) or _is_invite(activity.object_id) else None


def _take(context: Context) -> str:
    activity, sender = context.activity, context.sender
    held = _asked(activity.object_id or "", sender)
    if held is None:
        raise Ignored("answers an invitation of somebody else, or one that was taken back")
    check_rate(sender)
    event = locking.lock(held.event_id)
    said_at = _said_at(context)
    roles = roles_of(held, sender.iri)
    if any(role.answered_at is not None and said_at < role.answered_at for role in roles):
        raise Ignored("something later was answered already")
    if locking.closed(event):
        raise Ignored("the session is over, or called off")
    answer = ANSWERS[activity.type]
    known = registering.find(event, sender)
    iri = known.iri if known is not None else activity.id
    registering.record(event, sender, answer, iri=iri, message=message_of(context))
    for role in roles:
        role.answer, role.answered_at = answer, said_at
    session().flush()
    return f"{answer}: {event.name}"


@registering.on_part
def follow(part: Attendance) -> None:
    """Note what somebody's part in a session's event says of their invitation, whichever way it came to be."""
    held = session().scalar(select(CohortSession).where(CohortSession.event_id == part.publication_id))
    if held is None or part.actor is None or part.state not in OF_PART:
        return
    for role in roles_of(held, part.actor.iri):
        role.answer, role.answered_at = OF_PART[part.state], part.answered_at
    session().flush()


def answer_by_mail(role: SessionRole, answer: str) -> None:
    """Note what somebody without an actor answers.

    Raises:
        NotPossible: the session is over or called off.
    """
    event = locking.lock(role.session.event_id)
    check_open(event)
    role.answer, role.answered_at = answer, now()
    session().flush()


def check_open(event: Publication) -> None:
    """Raise `NotPossible` where nobody can answer any more."""
    if reason := locking.closed(event):
        raise NotPossible(reason)


def roles_of(held: CohortSession, actor_iri: str) -> list[SessionRole]:
    """Return as what an actor is invited to a session."""
    query = select(SessionRole).where(SessionRole.session_id == held.id, SessionRole.actor_iri == actor_iri)
    return list(session().scalars(query.where(SessionRole.answer != WITHDRAWN).order_by(SessionRole.id)))


def _asked(iri: str, sender: Actor) -> CohortSession | None:
    """Return the session that an id leads to, of an invitation or of the event, where the sender is invited to it."""
    query = (
        select(CohortSession)
        .join(SessionRole, SessionRole.session_id == CohortSession.id)
        .join(Publication, Publication.id == CohortSession.event_id)
        .where(SessionRole.actor_iri == sender.iri, SessionRole.answer != WITHDRAWN)
    )
    found = session().scalar(query.where(SessionRole.invite_iri == iri).limit(1))
    return found or session().scalar(query.where(Publication.iri == iri).limit(1))


def _is_invite(iri: str) -> bool:
    return type_of_invite(iri) is not None


def _said_at(context: Context) -> datetime:
    """Return when an answer was written, as it says, and never after it came here."""
    said = reading.instant_of(context.activity.document.get("published"), None)
    received = context.letter.received_at
    return min(said, received) if said is not None else received
