"""Who is in which cohort (FC-57): placed, moved, swapped, removed, in one transaction and never over capacity."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from actors import iris
from actors.database import session
from actors.identifiers import new_identifier
from actors.node import now
from flask_maillage.calls import audit, letters, places, posting, weighing
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.deciding import opinions, stating
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import CallLetter, Decision, Dossier, Placement
from flask_maillage.calls.sessions import inviting
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.states import CONFIRMED, FOLLOWED_UP, IN_COHORT
from flask_maillage.calls.subjects import Subject
from flask_maillage.publications.attending import locking
from flask_maillage.publications.call_parts import Cohort
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication

PLACEABLE = (CONFIRMED, IN_COHORT, FOLLOWED_UP)


class Full(ValueError):
    """A cohort would have more than its capacity; `cohort` is its key."""

    def __init__(self, cohort: str) -> None:
        """Keep which."""
        super().__init__(cohort)
        self.cohort = cohort


class Moved(ValueError):
    """Somebody else has placed one of these applications since they were looked at."""


def placed(call: Publication) -> dict[str, str]:
    """Return the cohort's key of each application that may be placed, by identifier; empty where it is in none."""
    query = select(Dossier).where(Dossier.call_id == call.id, Dossier.state.in_(PLACEABLE)).order_by(Dossier.id)
    return {one.identifier: one.slot.cohort if one.slot else "" for one in session().scalars(query)}


def capacities(call: Publication) -> dict[str, Cohort]:
    """Return the cohorts of a call by their keys, in its order."""
    return {cohort.key: cohort for cohort in details_of(call.content).cohorts}


def place(call: Publication, dossier: Dossier, cohort: str, by: Acting) -> None:
    """Put one confirmed application into a cohort, or move it to another one.

    Raises:
        Refused: it may not be placed.
        Full: that cohort has no place left.
    """
    arrange(call, {dossier.identifier: cohort}, by)


def arrange(call: Publication, wanted: Mapping[str, str], by: Acting, *, seen: Mapping[str, str] | None = None) -> int:
    """Put applications into cohorts, all in one transaction, and return how many were placed or moved.

    Those that change places with one another have one `swap` in common. Nobody is taken out of a cohort but by moving:
    who was placed is in exactly one until they withdraw.

    Args:
        call: one of ours.
        wanted: the cohort's key by the identifier of the dossier; those that are not named, or empty, stay.
        by: the coordinator.
        seen: where they stood before the coordinator's eyes; None for a command.

    Raises:
        Refused: an application may not be placed.
        Full: a cohort would have more than its capacity.
        Moved: one of these stands elsewhere by now.
    """
    call = locking.lock(call.id)
    known, stands = capacities(call), placed(call)
    coming = {name: key for name, key in wanted.items() if key in known and stands.get(name) not in (None, key)}
    if seen is not None and any(seen.get(name, "") != stands[name] for name in coming):
        raise Moved
    query = select(Dossier).where(Dossier.call_id == call.id, Dossier.identifier.in_(coming))
    query = query.order_by(Dossier.id).with_for_update(of=Dossier).execution_options(populate_existing=True)
    dossiers = session().scalars(query).all()
    for dossier in dossiers:
        refusal = may(Action.PLACE, by, call, dossier, now())
        if refusal is not None:
            raise Refused(refusal)
    before = {dossier.id: (dossier.state, stands[dossier.identifier]) for dossier in dossiers}
    for dossier in dossiers:  # who moves leaves first; a slot is held by one alone
        dossier.slot_id, dossier.state = None, CONFIRMED
    session().flush()
    _take_slots(call, dossiers, coming)
    for dossier in dossiers:
        dossier.state = before[dossier.id][0] if before[dossier.id][0] != CONFIRMED else IN_COHORT
    session().flush()
    moving = [one for one in dossiers if before[one.id][1]]
    swap = f"{call.iri}/swaps/{new_identifier(now())}" if _is_exchange(moving, before, coming) else None
    at, who = letters.whole_second(now()), by.iri or call.actor.iri
    written = []
    for dossier in dossiers:
        shared = swap if before[dossier.id][1] else None
        letter = _write(call, dossier, "Add", coming[dossier.identifier], by=who, at=at, swap=shared)
        _record(call, dossier, "place", letter, by=who, at=at, before=before[dossier.id][0])
        written.append(letter)
    for letter in written:
        posting.hand_over(letter)
    inviting.settle(call)
    return len(written)


def remove(call: Publication, dossier: Dossier, *, by: str) -> bool:
    """Say that an application that was withdrawn is in its cohort no longer; False where it was in none.

    Args:
        call: its call, whose row is locked.
        dossier: it, whose slot is free already.
        by: the id of who withdrew it.
    """
    last = last_of(dossier)
    if last is None or last.cohort is None:
        return False
    letter = _write(call, dossier, "Remove", last.cohort, by=by, at=letters.whole_second(now()), swap=None)
    posting.hand_over(letter)
    inviting.settle(call)
    return True


def last_of(dossier: Dossier) -> Placement | None:
    """Return the last placement of an application."""
    query = select(Placement).where(Placement.dossier_id == dossier.id).order_by(Placement.number.desc())
    return session().scalar(query.limit(1))


def _take_slots(call: Publication, dossiers: Sequence[Dossier], coming: Mapping[str, str]) -> None:
    for key, cohort in capacities(call).items():
        entering = [dossier for dossier in dossiers if coming[dossier.identifier] == key]
        found = places.free_in(call, cohort, len(entering)) if entering else []
        if len(found) < len(entering):
            raise Full(key)
        for dossier, slot in zip(entering, found, strict=True):
            dossier.slot_id, dossier.state = slot.id, IN_COHORT
    session().flush()


def _is_exchange(moving: list[Dossier], before: Mapping[int, tuple[str, str]], coming: Mapping[str, str]) -> bool:
    """Tell whether those who move go where others of them come from."""
    left = {before[one.id][1] for one in moving}
    entered = {coming[one.identifier] for one in moving}
    return bool(moving) and bool(left & entered)


def _write(
    call: Publication, dossier: Dossier, verb: str, cohort: str, *, by: str, at: datetime, swap: str | None
) -> CallLetter:
    """Write the letter of a placement and its row; the letter is handed over by the caller."""
    decision, known = _selection(dossier), capacities(call).get(cohort)
    seats = opinions.judging(call, weighing.standing(dossier))
    counted = session().scalar(select(func.max(Placement.number)).where(Placement.dossier_id == dossier.id)) or 0
    number, iri = counted + 1, f"{call.iri}/placements/{new_identifier(now())}"
    letter = posting.write(
        call.actor,
        verb,
        stating.agreement_of(call, decision),
        shape=Shape.PLACEMENT,
        subject=Subject(call.iri, dossier.agreement_iri),
        to=[dossier.applicant_iri, *(seat.actor for seat in seats if seat.actor)],
        lost_too=True,
        iri=iri,
        at=at,
        target=known.id_in(call.iri) if known is not None else iris.cohort(call.iri, cohort),
        placement={"number": number} | ({"swap": swap} if swap else {}),
    )
    where = cohort if verb == "Add" else None
    session().add(Placement(dossier_id=dossier.id, number=number, cohort=where, swap=swap, iri=iri, by_iri=by, at=at))
    session().flush()
    return letter


def _selection(dossier: Dossier) -> Decision:
    """Return the decision whose `result` was confirmed."""
    query = select(Decision).where(Decision.dossier_id == dossier.id, Decision.result_iri.is_not(None))
    return session().scalars(query.order_by(Decision.number.desc()).limit(1)).one()


def _record(
    call: Publication, dossier: Dossier, act: str, letter: CallLetter, *, by: str, at: datetime, before: str
) -> None:
    subject = iris.dossier(call.iri, dossier.identifier)
    audit.append(call, act, by=by, at=at, subject=subject, before=before, after=dossier.state, letter=letter)
