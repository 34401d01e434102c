"""Who takes part in a follow-up: the owner, the seats that coordinate, and the leader of the application (FC-59)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import acting, committee, letters, weighing
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.following.saying import CONTACT_DETAILS
from flask_maillage.calls.models import CallLetter, Dossier
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications import keeping
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.models import Publication

STILL_TAKEN = timedelta(hours=24)
"""How long a letter may still name a seat that coordinated before (as FC-20 has it for applications)."""


@dataclass(frozen=True)
class Followed:
    """An application that is followed, as who writes about it knows it; `dossier` on the owner's node alone."""

    call: Publication
    agreement: str
    leader: str
    collection: str
    """The id of its entries."""
    dossier: Dossier | None = None


def of_dossier(dossier: Dossier) -> Followed:
    """Return an application to a call of ours."""
    collection = iris.dossier_part(dossier.call.iri, dossier.identifier, "follow-up")
    return Followed(dossier.call, dossier.agreement_iri, dossier.applicant_iri, collection, dossier)


def of_leader(call_iri: str, agreement: str, leader: str, dossier_iri: str | None) -> Followed | None:
    """Return an application of a leader of this node; None where nothing says yet where its entries are.

    Args:
        call_iri: its call, here or elsewhere.
        agreement: its id.
        leader: the applicant's id.
        dossier_iri: what the owner's receipt named.
    """
    call = keeping.find(call_iri)
    if call is None:
        return None
    if call.local:
        query = select(Dossier).where(Dossier.call_id == call.id, Dossier.agreement_iri == agreement)
        dossier = session().scalar(query)
        return of_dossier(dossier) if dossier is not None else None
    collection = _named_by_the_owner(call, agreement) or (f"{dossier_iri}/follow-up" if dossier_iri else None)
    return Followed(call, agreement, leader, collection) if collection else None


def author(call: Publication, sender: Actor, dossier: Dossier) -> Acting:
    """Return what the sender of an entry is to an application: for the owner only the owner's actor writes."""
    said = weighing.opinions(call, [dossier])
    found = acting.acting(call, sender, dossier)
    found = replace(found, coordinator=sender.id == call.actor_id)
    return replace(
        found,
        own=(bool(found.seat) or found.coordinator) and said.is_own(dossier, [sender.iri]),
        recused=bool(found.seat) and said.has_recused(dossier, found.seat),
    )


def coordinating(call: Publication, dossier: Dossier | None = None) -> list[Seat]:
    """Return the seats with an actor that coordinate now; of a call of ours without those that judge nothing of it."""
    seats = [seat for seat in committee.current(call).seats if seat.coordinates and seat.actor]
    if dossier is None:
        return seats
    said = weighing.opinions(call, [dossier])
    return [seat for seat in seats if not (said.has_recused(dossier, seat.key) or said.is_own(dossier, [seat.actor]))]


def recipients(followed: Followed, writer: str, entry: str) -> list[str]:
    """Return whom an entry names: owner, coordinating seats, leader but its writer; of contact details the owner."""
    owner = followed.call.actor.iri
    if entry == CONTACT_DETAILS:
        return [owner]
    seats = [seat.actor for seat in coordinating(followed.call, followed.dossier) if seat.actor]
    return [iri for iri in dict.fromkeys([owner, followed.leader, *seats]) if iri != writer]


def strangers(call: Publication, leader: str, named: Iterable[str]) -> list[str]:
    """Return those of the recipients of an entry who have nothing to do with it."""
    before = committee.at(call, now() - STILL_TAKEN)
    sittings = [committee.current(call), *([before] if before is not None else [])]
    seats = {seat.actor for one in sittings for seat in one.seats if seat.coordinates}
    return sorted(set(named) - seats - {call.actor.iri, leader})


def _named_by_the_owner(call: Publication, agreement: str) -> str | None:
    """Return where the owner's own entries say that they stand."""
    for letter in reversed(letters.about(agreement, Shape.ENTRY)):
        if letter.sender_iri == call.actor.iri and (context := _context(letter)):
            return context
    return None


def _context(letter: CallLetter) -> str | None:
    thing = letters.document_of(letter).get("object")
    context = thing.get("context") if isinstance(thing, dict) else None
    return context if isinstance(context, str) else None
