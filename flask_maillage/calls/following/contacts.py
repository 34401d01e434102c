"""Who of a cohort's leaders wants to be reached by the others, and how (FC-79): the last word of each counts."""

from collections.abc import Iterable

from sqlalchemy import select

from actors.database import session
from flask_maillage.calls.following.saying import CONTACT_DETAILS, Contact
from flask_maillage.calls.models import Dossier, Entry, Slot
from flask_maillage.calls.states import LED
from flask_maillage.publications.models import Publication


def shared(dossiers: Iterable[Dossier]) -> dict[int, Contact]:
    """Return by the number of a dossier how its leader is reached, of those who share that."""
    query = select(Entry).where(Entry.dossier_id.in_([one.id for one in dossiers]), Entry.entry == CONTACT_DETAILS)
    last: dict[int, Entry] = {}
    for entry in session().scalars(query.order_by(Entry.at, Entry.id)):
        last[entry.dossier_id] = entry
    return {
        number: Contact.model_validate(entry.facts["contact"])
        for number, entry in last.items()
        if entry.facts.get("contact")
    }


def cohorts_shared_by(call: Publication, iris: Iterable[str], *, guest_id: int | None = None) -> frozenset[str]:
    """Return the cohorts of a call in which one of these actors leads an application and shares how to reach them."""
    query = (
        select(Dossier)
        .join(Slot, Slot.id == Dossier.slot_id)
        .where(Dossier.call_id == call.id, Dossier.applicant_iri.in_(list(iris)), Dossier.state.in_(LED))
    )
    query = query.where(Dossier.guest_id.is_(None) if guest_id is None else Dossier.guest_id == guest_id)
    found = list(session().scalars(query))
    those = shared(found)
    return frozenset(one.slot.cohort for one in found if one.slot is not None and one.id in those)


def of_cohort(call: Publication, cohort: str) -> list[tuple[Dossier, Contact]]:
    """Return the applications of a cohort whose leaders share how to reach them, with that."""
    query = (
        select(Dossier)
        .join(Slot, Slot.id == Dossier.slot_id)
        .where(Dossier.call_id == call.id, Slot.cohort == cohort, Dossier.purged_at.is_(None))
    )
    found = list(session().scalars(query.order_by(Slot.number)))
    those = shared(found)
    return [(one, those[one.id]) for one in found if one.id in those]
