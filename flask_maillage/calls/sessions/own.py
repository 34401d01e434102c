"""The sessions of cohorts to which actors of this node are invited, from here or elsewhere, and their answers."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from actors import outbox, policy
from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls.sessions import answering
from flask_maillage.calls.sessions.people import ACCEPTED, DECLINED, TENTATIVE
from flask_maillage.publications.attending import locking, registering
from flask_maillage.publications.models import PUBLISHED, Attendance, Publication

STATES = ("invited", "accepted", "tentative", "declined")
VERBS = {ACCEPTED: "Accept", TENTATIVE: "TentativeAccept", DECLINED: "Reject"}
MOST = 100


def sessions_of(actors: Sequence[Actor]) -> list[Attendance]:
    """Return to which sessions of cohorts these actors are invited, the next first, those that are over last."""
    query = (
        select(Attendance)
        .join(Attendance.publication)
        .join(Publication.actor)
        .options(contains_eager(Attendance.publication).contains_eager(Publication.actor), joinedload(Attendance.actor))
        .where(Attendance.actor_id.in_([actor.id for actor in actors]), Attendance.state.in_(STATES))
        .where(Publication.kind == "event", Publication.state == PUBLISHED, policy.welcome())
        .where(Publication.details["cohort"].as_string().is_not(None))
        .order_by(Publication.starts_at, Publication.id)
    )
    found = session().scalars(query.limit(MOST)).all()
    return sorted(found, key=lambda part: bool(locking.closed(part.publication)))


def answer(part: Attendance, said: str) -> None:
    """Answer for an actor of this node, also another way than before; the session's owner is told.

    Raises:
        NotPossible: the session is over or called off.
    """
    event, actor = locking.lock(part.publication_id), part.actor
    if actor is None or not actor.local or part.state not in STATES:
        raise ValueError("only who is invited answers, and for themselves")
    answering.check_open(event)
    if not event.local:
        invite = {"id": part.iri, "type": "Invite", "actor": event.actor.iri}
        to, inboxes = [event.actor.iri], [event.actor.inbox]
        outbox.post(actor, VERBS[said], invite, to=to, inboxes=inboxes, letter_only=True)
    part.state, part.answered_at = said, now()
    session().flush()
    registering.tell_followers(part)
