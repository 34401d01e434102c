"""Reminders to who coordinates a call: nobody spoke for 60 days (FC-61), once for each gap; a step is due, once."""

from sqlalchemy import func, or_, select

from actors.database import reading, session
from actors.node import now
from flask_maillage.calls.following import keeping, telling
from flask_maillage.calls.following.board import SILENCE
from flask_maillage.calls.following.saying import NEXT_STEP
from flask_maillage.calls.models import Dossier, Entry, Placement
from flask_maillage.calls.states import FOLLOWED_UP, IN_COHORT
from flask_maillage.publications.call_states import DECIDED
from flask_maillage.publications.models import PUBLISHED, Publication
from inboxes.chores import chore

AT_ONCE = 50
OPEN = (IN_COHORT, FOLLOWED_UP)


@chore
def remind_follow_up() -> int:
    """Remind of silence and of steps that are due, and return of how many."""
    with reading():
        silent, due = _silent(), _due()
    return sum(_remind_of_silence(number) for number in silent) + sum(_remind_of_step(number) for number in due)


def _silent(number: int | None = None) -> list[int]:
    limit = now() - SILENCE
    placed = select(func.max(Placement.at)).where(Placement.dossier_id == Dossier.id).scalar_subquery()
    query = (
        select(Dossier.id)
        .join(Publication, Publication.id == Dossier.call_id)
        .where(Publication.state == PUBLISHED, Publication.status == DECIDED)
        .where(Dossier.state.in_(OPEN), Dossier.purged_at.is_(None), placed <= limit)
        .where(or_(Dossier.last_contact_at.is_(None), Dossier.last_contact_at <= limit))
        .where(or_(Dossier.reminded_at.is_(None), Dossier.reminded_at < placed))
    )
    if number is not None:
        query = query.where(Dossier.id == number)
    return list(session().scalars(query.order_by(Dossier.id).limit(AT_ONCE)))


def _due() -> list[int]:
    query = select(Entry.id).where(Entry.due_at <= now())
    return list(session().scalars(query.order_by(Entry.due_at).limit(AT_ONCE)))


def _remind_of_silence(number: int) -> int:
    dossier = session().get(Dossier, number)
    if dossier is None:
        return 0
    call, dossier = keeping.locked(dossier)
    is_silent = _silent(number) != []
    if is_silent:
        dossier.reminded_at = now()
        since = dossier.last_contact_at.isoformat() if dossier.last_contact_at else ""
        telling.remind(call, dossier, telling.SILENT, once=f"{dossier.identifier} {since} {now().isoformat()}")
    session().commit()
    return int(is_silent)


def _remind_of_step(number: int) -> int:
    entry = session().get(Entry, number)
    if entry is None:
        return 0
    call, dossier = keeping.locked(entry.dossier)
    session().refresh(entry)
    is_due = entry.due_at is not None and dossier.state in OPEN and call.status == DECIDED
    is_due = is_due and keeping.last(keeping.entries(dossier), NEXT_STEP) is entry
    entry.due_at = None
    if is_due:
        telling.remind(call, dossier, telling.NEXT_STEP, once=entry.iri)
    session().commit()
    return int(is_due)
