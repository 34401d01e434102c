"""What letters of a follow-up do here: kept by the owner, told to a leader, to a seat that coordinates, or refused."""

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from federation.activities import recipients
from flask_maillage.calls import bounds, committee, letters
from flask_maillage.calls.codes import Refusal, Refused, refusal_of
from flask_maillage.calls.following import keeping, people, saying, telling
from flask_maillage.calls.models import CallLetter, Dossier
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.publications import keeping as publications
from flask_maillage.publications.attending import locking
from flask_maillage.publications.models import Publication


@takes(Shape.ENTRY)
def take_as_owner(taken: Taken) -> str | None:
    """Keep an entry of a leader or of a seat that coordinates; from a stranger it is nothing to us (FC-12)."""
    call = publications.find(taken.kept.call_iri)
    if call is None or not call.local or call.kind != "call" or call.actor not in taken.readers:
        return None
    call = locking.lock(call.id)
    dossier = _dossier(call, taken.kept.agreement_iri)
    if dossier is None:
        return None
    call, dossier = keeping.locked(dossier)
    by = people.author(call, taken.sender, dossier)
    if by.is_stranger:
        return None
    said = saying.read(taken.thing, taken.sender.iri)
    if said.context != people.of_dossier(dossier).collection:
        raise Refused(Refusal("unknown-application"))
    keeping.check(call, dossier, by, said.follow_up, taken.at)
    bounds.check_entries(dossier.id, taken.sender)
    if people.strangers(call, dossier.applicant_iri, recipients(taken.document)):
        raise Refused(Refusal("extra-recipient"))
    entry = keeping.keep(call, dossier, said, by=by, sender=taken.sender, letter=taken.kept)
    telling.coordinators(call, entry, by=taken.sender)
    return f"an entry: {entry.entry}"


@takes(Shape.ENTRY)
def take_as_leader(taken: Taken) -> str | None:
    """Tell a leader of this node that a coordinator wrote about their application; the letter is what is kept."""
    call = publications.find(taken.kept.call_iri)
    if call is None or not _coordinates(call, taken.sender):
        return None
    for reader in taken.readers:
        agreement = taken.kept.agreement_iri or _only_application(reader, call)
        if agreement is None or not letters.is_agreement(agreement, reader.iri):
            continue
        saying.read(taken.thing, taken.sender.iri)
        taken.kept.agreement_iri = agreement
        telling.leader(call, reader, agreement, taken.kept)
        return "an entry about an application of ours"
    return None


@takes(Shape.ENTRY)
def take_as_seat(taken: Taken) -> str | None:
    """Tell a member who coordinates that there is something new; it is read at the owner's, and not kept here."""
    call = publications.find(taken.kept.call_iri)
    if call is None:
        return None
    seats = [one for one in taken.readers if _holds_a_coordinating_seat(call, one)]
    if not seats or not (_coordinates(call, taken.sender) or _has_applied(taken.sender, call)):
        return None
    for seat in seats:
        telling.seat(call, seat, taken.kept)
    is_kept = call.local or taken.kept.sent or any(_has_applied(one, call) for one in taken.readers)
    if not is_kept:
        letters.erase(taken.kept)
    return "an entry in a follow-up that a member coordinates"


@takes(Shape.REFUSAL)
def take_refusal(taken: Taken) -> str | None:
    """Note that the owner did not take an entry that was written here; its page says why."""
    query = select(CallLetter).where(
        CallLetter.iri == taken.activity.object_id, CallLetter.sent, CallLetter.verb == str(Shape.ENTRY)
    )
    found, refusal = session().scalar(query), refusal_of(taken.document)
    if found is None or refusal is None or found.sender_iri not in {reader.iri for reader in taken.readers}:
        return None
    call = publications.find(found.call_iri)
    if call is None or call.actor.iri != taken.sender.iri:
        return None
    found.refused = refusal.code
    session().flush()
    return f"an entry was refused: {refusal.code}"


def _dossier(call: Publication, agreement: str | None) -> Dossier | None:
    query = select(Dossier).where(Dossier.call_id == call.id, Dossier.agreement_iri == agreement)
    return session().scalar(query.where(Dossier.purged_at.is_(None)))


def _coordinates(call: Publication, sender: Actor) -> bool:
    return sender.iri == call.actor.iri or _holds_a_coordinating_seat(call, sender)


def _holds_a_coordinating_seat(call: Publication, actor: Actor) -> bool:
    seat = committee.current(call).seat_of(actor.iri)
    return seat is not None and seat.coordinates


def _has_applied(actor: Actor, call: Publication) -> bool:
    return _applications(actor, call) != []


def _only_application(actor: Actor, call: Publication) -> str | None:
    """Return the one application that an actor sent to a call, where the letter does not lead to one of several."""
    found = _applications(actor, call)
    return found[0] if len(found) == 1 else None


def _applications(actor: Actor, call: Publication) -> list[str]:
    query = (
        select(CallLetter.agreement_iri)
        .distinct()
        .where(
            CallLetter.sender_iri == actor.iri,
            CallLetter.call_iri == call.iri,
            CallLetter.verb == str(Shape.OFFER),
            CallLetter.agreement_iri.is_not(None),
        )
    )
    return [iri for iri in session().scalars(query) if iri]
