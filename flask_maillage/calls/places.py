"""The places of a call and of its cohorts: a row for each, made with the call and when there are more (FC-63).

Who is selected takes one, and where none is free nobody can be: there is no eleventh. Rows that nobody holds go when
there are fewer; one that is held stays, and a cohort cannot become smaller than the number of those who are in it.
"""

from collections.abc import Iterable
from math import inf

from sqlalchemy import delete, func, insert, select

from actors.database import session
from actors.node import now
from flask_maillage.calls import audit
from flask_maillage.calls.models import Dossier, Place, Slot
from flask_maillage.publications.changes import on_change
from flask_maillage.publications.content import Content
from flask_maillage.publications.forms.base import _, say
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.call_details import Cohort
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.rules import NotPossible


@on_change
def keep_places(call: Publication, before: Content | None) -> None:
    """Make the places that a published call says, let go of those that it says no longer, and log a raise."""
    if call.kind == "call" and call.state == PUBLISHED:
        settle(call)
        if before is not None and _number(call.content) > _number(before):
            audit.append(call, "raise places", by=call.actor.iri, at=now())


def settle(call: Publication) -> None:
    """Let a call of ours have as many places, and places in cohorts, as it says.

    A call that does not say how many may be selected has none in advance: `free` makes them.

    Raises:
        NotPossible: a cohort became smaller than the number of those who are in it.
    """
    details = details_of(call.content)
    if details.maximum_selected is not None:
        _settle_places(call, details.maximum_selected)
    _settle_slots(call, details.cohorts)


def maximum(call: Publication) -> int | None:
    """Return how many may be selected at once; None where the call says nothing of it."""
    return details_of(call.content).maximum_selected


def taken(call: Publication) -> int:
    """Return how many places are held now."""
    query = select(func.count()).where(Dossier.call_id == call.id, Dossier.place_id.is_not(None))
    return session().scalar(query) or 0


def free(call: Publication, wanted: int) -> list[Place]:
    """Return so many free places of a call whose row is locked, fewer where there are no more.

    Rows that lack are made up to the maximum; where there is none, as many as are wanted.
    """
    most = maximum(call)
    upto = most if most is not None else taken(call) + wanted
    _settle_places(call, upto)
    held = select(Dossier.place_id).where(Dossier.place_id.is_not(None), Dossier.call_id == call.id)
    query = select(Place).where(Place.call_id == call.id, Place.id.not_in(held), Place.number <= upto)
    return list(session().scalars(query.order_by(Place.number).limit(wanted).with_for_update()))


def free_in(call: Publication, cohort: Cohort, wanted: int) -> list[Slot]:
    """Return so many free places of a cohort of a call whose row is locked, fewer where there are no more."""
    _settle_slots(call, details_of(call.content).cohorts)
    held = select(Dossier.slot_id).where(Dossier.slot_id.is_not(None), Dossier.call_id == call.id)
    query = select(Slot).where(Slot.call_id == call.id, Slot.cohort == cohort.key, Slot.id.not_in(held))
    return list(session().scalars(query.order_by(Slot.number).limit(wanted).with_for_update()))


def _number(content: Content) -> float:
    """Return how many may be selected by what a call says, without end where it says nothing of it."""
    most = details_of(content).maximum_selected
    return inf if most is None else most


def _settle_places(call: Publication, wanted: int) -> None:
    held = select(Dossier.place_id).where(Dossier.call_id == call.id, Dossier.place_id.is_not(None))
    free = delete(Place).where(Place.call_id == call.id, Place.number > wanted, Place.id.not_in(held))
    session().execute(free.execution_options(synchronize_session=False))
    there = set(session().scalars(select(Place.number).where(Place.call_id == call.id)))
    missing = [{"call_id": call.id, "number": number} for number in range(1, wanted + 1) if number not in there]
    if missing:
        session().execute(insert(Place), missing)


def _settle_slots(call: Publication, cohorts: Iterable[Cohort]) -> None:
    capacities = {cohort.key: cohort.capacity for cohort in cohorts}
    held = set(
        session().scalars(select(Dossier.slot_id).where(Dossier.call_id == call.id, Dossier.slot_id.is_not(None)))
    )
    there: dict[str, list[int]] = {key: [] for key in capacities}
    gone = []
    rows = session().execute(select(Slot.id, Slot.cohort, Slot.number).where(Slot.call_id == call.id))
    for number_of_row, cohort, number in rows:
        if number <= capacities.get(cohort, 0):
            there[cohort].append(number)
        elif number_of_row in held:
            message = _("Somebody was placed there already: a group cannot become smaller than it is full.")
            raise NotPossible(say(message), "cohorts")
        else:
            gone.append(number_of_row)
    if gone:
        session().execute(delete(Slot).where(Slot.id.in_(gone)).execution_options(synchronize_session=False))
    missing = [
        {"call_id": call.id, "cohort": key, "number": number}
        for key, capacity in capacities.items()
        for number in range(1, capacity + 1)
        if number not in there[key]
    ]
    if missing:
        session().execute(insert(Slot), missing)
