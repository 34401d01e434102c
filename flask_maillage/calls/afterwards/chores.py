"""What the worker erases when its time has come, one application at a time, and of what it warns before."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import selectinload

from actors.database import reading, session
from actors.node import now
from flask_maillage.calls import private_files
from flask_maillage.calls.afterwards import erasing, purging
from flask_maillage.calls.models import CallLetter, CommitteeCopy, Dossier, Guest
from flask_maillage.calls.models.dossiers import HOLDING, SUBMITTED
from flask_maillage.publications.attending import locking
from flask_maillage.publications.models import PUBLISHED, WITHDRAWN, Publication
from inboxes.chores import chore
from inboxes.pruning import on_pruning

AT_ONCE = 20


@chore
def warn_before_purge() -> int:
    """Write down when applications are to be erased, and tell those people whose last thirty days begin."""
    with reading():
        number = session().scalar(_planless().limit(1)) or session().scalar(_soon().limit(1))
    if number is None:
        return 0
    dossier = _locked(number, Dossier.purged_at.is_(None))
    if dossier is None:
        return 0
    purging.plan(dossier, dossier.call)
    is_soon = dossier.purge_at is not None and dossier.purge_at <= now() + purging.NOTICE
    if is_soon and dossier.purge_told_at is None:
        purging.warn(dossier)
    session().commit()
    return 1


@chore
def purge_applications() -> int:
    """Erase one application whose day has come, if it was told thirty days before."""
    due = select(Dossier.id).where(Dossier.purge_at <= now(), Dossier.purged_at.is_(None))
    due = due.where(Dossier.purge_told_at.is_not(None)).order_by(Dossier.purge_at)
    with reading():
        number = session().scalar(due.limit(1))
    if number is None:
        return 0
    dossier = _locked(number, Dossier.purged_at.is_(None))
    if dossier is None:
        return 0
    purging.plan(dossier, dossier.call)
    is_due = dossier.purge_at is not None and dossier.purge_at <= now() and dossier.purge_told_at is not None
    names = purging.purge(dossier) if is_due else []
    session().commit()
    private_files.remove(names)
    return 1


@chore
def forget_held() -> int:
    """Erase what was held in case somebody admits it (FC-34), and seats' copies whose time is over."""
    held = select(CallLetter).where(CallLetter.held_until <= now())
    copies = select(CommitteeCopy).where(CommitteeCopy.erase_at <= now())
    with reading():
        if session().scalar(held.limit(1)) is None and session().scalar(copies.limit(1)) is None:
            return 0
    done = 0
    for letter in session().scalars(held.limit(AT_ONCE).with_for_update(skip_locked=True)).all():
        erasing.held(letter)
        done += 1
    for copy in session().scalars(copies.limit(AT_ONCE).with_for_update(of=CommitteeCopy, skip_locked=True)).all():
        if copy.letter.agreement_iri is not None:
            erasing.copies(copy.letter.agreement_iri, [copy.seat])
        done += 1
    session().commit()
    return done


@on_pruning
def forget_guests(limit: datetime) -> None:
    """Forget guests who sent nothing that was registered to a call that is over, its deadline too for a while."""
    registered = select(Dossier.id).where(Dossier.guest_id == Guest.id).exists()
    over = Publication.status.in_(purging.OVER), Publication.ends_at < limit
    query = select(Guest.call_id).join(Publication, Publication.id == Guest.call_id).where(*over, ~registered)
    for number in session().scalars(query.distinct()).all():
        erasing.guests(locking.lock(number))
        session().commit()


def _planless() -> Select[Any]:
    """Ask for applications that are not selected and have no day yet, of calls that are over."""
    ended = (Publication.state == PUBLISHED) & Publication.status.in_(purging.OVER)
    over = or_(ended, Publication.state == WITHDRAWN)
    counts_from = or_(Dossier.decided_at.is_not(None), Dossier.withdrawn_at.is_not(None), Dossier.state == SUBMITTED)
    return (
        select(Dossier.id)
        .join(Publication, Publication.id == Dossier.call_id)
        .where(
            over, counts_from, Dossier.state.not_in(HOLDING), Dossier.purge_at.is_(None), Dossier.purged_at.is_(None)
        )
        .order_by(Dossier.id)
    )


def _soon() -> Select[Any]:
    """Ask for applications whose people are to be told."""
    soon = Dossier.purge_at <= now() + purging.NOTICE
    untold = Dossier.purge_told_at.is_(None), Dossier.purged_at.is_(None)
    return select(Dossier.id).where(soon, *untold).order_by(Dossier.purge_at)


def _locked(number: int, condition: ColumnElement[bool]) -> Dossier | None:
    """Return a dossier under the lock of its call and its own; None where it is no more as it was."""
    call_id = session().scalar(select(Dossier.call_id).where(Dossier.id == number))
    if call_id is None:
        return None
    locking.lock(call_id)
    query = select(Dossier).where(Dossier.id == number, condition).options(selectinload(Dossier.versions))
    return session().scalar(query.with_for_update(of=Dossier).execution_options(populate_existing=True))
