"""Erasing what an application says, wherever this node keeps it: as its owner, and for its members who hold seats.

What stays: ids, digests, times, states and decisions without their reasons, and the log. What an applicant of this node
wrote stays theirs, in their own list.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, update

from actors import iris
from actors.database import session
from actors.models import Actor, Delivery, Posted
from actors.node import now
from federation.activities import recipients
from flask_maillage.calls import letters, private_files
from flask_maillage.calls.models import (
    ApplicationFile,
    CallLetter,
    CommitteeCopy,
    Decision,
    Dossier,
    Draft,
    Entry,
    GivenOpinion,
    Guest,
    PrivateFile,
    Review,
    SessionRole,
    Version,
)
from flask_maillage.calls.models.dossiers import DESCRIBED
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.models import Publication

SAY_NOTHING = (str(Shape.PURGE), str(Shape.ERASURE))
"""Letters that say nothing of an application but that it is to be erased: they have to arrive."""


def dossier(found: Dossier) -> list[str]:
    """Erase a dossier of ours: letters, files, opinions, reasons, entries, and what it says of a guest.

    Returns:
        The names of files whose bytes are to be removed once this is committed (`private_files.remove`).
    """
    names = _files(found)
    for table in (Review, Entry, SessionRole):
        session().execute(delete(table).where(table.dossier_id == found.id))
    silent = {"motives": "", "departure": ""}
    session().execute(delete(Decision).where(Decision.dossier_id == found.id, Decision.published_at.is_(None)))
    session().execute(update(Decision).where(Decision.dossier_id == found.id).values(silent))
    for version in found.versions:
        version.content = None
    found.name = found.territory = found.admission_reason = ""
    found.initiative_iri, found.initiative_state, found.initiative_due_at = None, DESCRIBED, None
    found.initiative_carriers, found.publicise = [], False
    if found.guest is not None:
        found.guest.email, found.guest.name, found.guest.organisation = None, "", ""
    names += _guests_draft(found)
    _letters(found.agreement_iri, keep_for_applicant=found.guest_id is None)
    session().flush()
    return names


def copies(agreement_iri: str, seats: Iterable[Actor]) -> int:
    """Erase what members of ours got and derived of an application for a seat that they hold; return how many copies.

    The letters themselves go with the last copy, where neither the owner nor the applicant keeps them here.
    """
    numbers = [seat.id for seat in seats]
    about = select(CallLetter.id).where(CallLetter.agreement_iri == agreement_iri)
    theirs = CommitteeCopy.seat_actor_id.in_(numbers), CommitteeCopy.letter_id.in_(about)
    gone = session().execute(delete(CommitteeCopy).where(*theirs).execution_options(synchronize_session="fetch"))
    given = GivenOpinion.seat_actor_id.in_(numbers), GivenOpinion.agreement_iri == agreement_iri
    session().execute(delete(GivenOpinion).where(*given).execution_options(synchronize_session="fetch"))
    is_kept = select(CommitteeCopy.id).where(CommitteeCopy.letter_id.in_(about)).limit(1)
    ours = select(Dossier.id).where(Dossier.agreement_iri == agreement_iri, Dossier.purged_at.is_(None)).limit(1)
    if session().scalar(is_kept) is None and session().scalar(ours) is None:
        _letters(agreement_iri, keep_for_applicant=True)
    session().flush()
    return int(gone.rowcount)  # type: ignore[attr-defined]


def guests(call: Publication) -> None:
    """Erase guests of a call who sent nothing that was registered, with what they wrote and what was refused."""
    sent = select(Dossier.guest_id).where(Dossier.call_id == call.id, Dossier.guest_id.is_not(None))
    for guest in session().scalars(select(Guest).where(Guest.call_id == call.id, Guest.id.not_in(sent))).all():
        written = session().scalar(select(Draft).where(Draft.guest_id == guest.id))
        if written is not None:
            agreement = iris.of_call(written.actor.handle, "applications", written.identifier)
            _letters(agreement, keep_for_applicant=False)
        _draft_of(guest.id)
        session().delete(guest)
    session().flush()


def draft(found: Draft) -> None:
    """Erase an application of this node as its applicant keeps it: the form, its files, and letters about it.

    What its owner here, or a seat here, keeps of it is theirs to erase first.
    """
    agreement = iris.of_call(found.actor.handle, "applications", found.identifier)
    _delete(session().scalars(select(PrivateFile).where(PrivateFile.draft_id == found.id)).all())
    session().delete(found)
    session().flush()
    copies(agreement, ())


def letter(found: CallLetter) -> None:
    """Erase one letter, and call back what of it is still on its way."""
    posted = select(Posted.id).where(Posted.iri == found.iri)
    session().execute(
        update(Delivery)
        .where(Delivery.activity_id.in_(posted), Delivery.state == "pending")
        .values(state="cancelled", settled_at=now(), outcome="erased")
        .execution_options(synchronize_session="fetch")
    )
    letters.erase(found)


def held(found: CallLetter) -> None:
    """Hold a letter no longer, and erase it but for an applicant of this node, whose own copy it is too.

    Of a withdrawal whose application never came nothing stays: it is about no call with which it could go.
    """
    if not found.call_iri:
        session().delete(found)
        return
    found.held_until = None
    theirs = _applicant_here(found.agreement_iri) if found.agreement_iri else None
    if not (theirs and _is_theirs(found, theirs)):
        letter(found)


def _letters(agreement_iri: str, *, keep_for_applicant: bool) -> None:
    kept_for = _applicant_here(agreement_iri) if keep_for_applicant else None
    for found in letters.about(agreement_iri):
        if found.verb in SAY_NOTHING:
            continue
        if found.document is not None and not (kept_for and _is_theirs(found, kept_for)):
            letter(found)


def _applicant_here(agreement_iri: str) -> str | None:
    """Return the id of the applicant where that is a member or an organisation of this node that still has it."""
    query = select(Draft, Actor).join(Actor, Actor.id == Draft.actor_id).where(Draft.guest_id.is_(None))
    query = query.where(Draft.identifier == agreement_iri.rpartition("/")[2])
    found = session().execute(query).first()
    if found is None or iris.of_call(found[1].handle, "applications", found[0].identifier) != agreement_iri:
        return None
    return str(found[1].iri)


def _is_theirs(found: CallLetter, applicant_iri: str) -> bool:
    return found.sender_iri == applicant_iri or applicant_iri in recipients(letters.document_of(found))


def _files(found: Dossier) -> list[str]:
    """Erase what the versions name; a file that the applicant's own application here names too stays theirs."""
    numbers = select(Version.id).where(Version.dossier_id == found.id)
    rows = session().scalars(select(ApplicationFile).where(ApplicationFile.version_id.in_(numbers))).all()
    kept = {row.file_id: row.file for row in rows if row.file is not None}
    for row in rows:
        session().delete(row)
    session().flush()
    return _delete([file for file in kept.values() if not _is_of_an_applicant(file)])


def _is_of_an_applicant(file: PrivateFile) -> bool:
    if file.draft_id is None:
        return False
    query = select(Draft.id).where(Draft.id == file.draft_id, Draft.guest_id.is_(None))
    return session().scalar(query) is not None


def _guests_draft(found: Dossier) -> list[str]:
    """Erase what a guest wrote here: the form with its files."""
    return _draft_of(found.guest_id) if found.guest_id is not None else []


def _draft_of(guest_id: int) -> list[str]:
    written = session().scalar(select(Draft).where(Draft.guest_id == guest_id))
    if written is None:
        return []
    names = _delete(session().scalars(select(PrivateFile).where(PrivateFile.draft_id == written.id)).all())
    session().delete(written)
    session().flush()
    return names


def _delete(files: Sequence[PrivateFile]) -> list[str]:
    return [private_files.delete(file) for file in files]
