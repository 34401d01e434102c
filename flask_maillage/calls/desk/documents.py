"""The documents of the desk, as each reader sees them: lists and dossiers, with exactly what `sees` lets stand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from actors import iris
from actors.database import session
from federation import markdown
from federation.activities import Document
from flask_maillage.calls import committee, letters, states
from flask_maillage.calls.arithmetic import RECUSED
from flask_maillage.calls.desk.roles import Desk
from flask_maillage.calls.following import contacts
from flask_maillage.calls.models import (
    ApplicationFile,
    Decision,
    Dossier,
    Placement,
    Receipt,
    Review,
    Version,
)
from flask_maillage.calls.models.files import FAILED
from flask_maillage.calls.registering import files
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.sight import Thing
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.kinds.call import details_of

VERBS = {"selected": "Accept", "reserve": "TentativeAccept", "declined": "Reject", "expired": "Reject"}


def iri_of(desk: Desk, dossier: Dossier) -> str:
    """Return the id of a dossier."""
    return iris.dossier(desk.call.iri, dossier.identifier)


def item(desk: Desk, dossier: Dossier, lacking: Mapping[int, list[Document]]) -> Document:
    """Return a dossier as it stands in the list of applications."""
    acting = desk.roles[dossier.id]
    said: Document = {
        "id": iri_of(desk, dossier),
        "type": "Dossier",
        "name": dossier.name,
        "object": dossier.agreement_iri,
        "state": state_for(desk, dossier),
    }
    if desk.sees(Thing.APPLICATION, dossier):
        said |= {"version": dossier.version, "attributedTo": dossier.applicant_iri, "territory": dossier.territory}
    if desk.sees(Thing.REGISTRATION, dossier):
        said["incomplete"] = lacking.get(dossier.id, [])
    if acting.seat and (acting.recused or acting.is_of_it):
        said["recused"] = True
    if acting.seat:
        said["reviewedByReader"] = acting.reviewed and not acting.recused
    return said


def dossier(desk: Desk, found: Dossier) -> Document:
    """Return a dossier as a reader sees it; a property of which they see nothing is not there."""
    iri = iri_of(desk, found)
    said: Document = {"id": iri, "type": "Dossier", "context": desk.call.iri, "state": state_for(desk, found)}
    for thing, properties in PROPERTIES:
        if desk.sees(thing, found):
            said |= properties(desk, found)
    if desk.sees(Thing.DECISION, found) and (decided := _decisions(found)):
        said["decisions"] = decided
    if desk.sees(Thing.COHORTS, found) and (placed := _placements(found)):
        said["placements"] = placed
    if desk.sees(Thing.FOLLOW_UP, found) and found.state in states.LED:
        said["followUp"] = iris.dossier_part(desk.call.iri, found.identifier, "follow-up")
    return said


def _registered(desk: Desk, found: Dossier) -> Document:
    deadline = deadline_then(desk.call.content, found.registered_at)
    return {
        "registered": timestamp(found.registered_at),
        **({"deadline": timestamp(deadline)} if deadline is not None else {}),
    }


def _application(desk: Desk, found: Dossier) -> Document:
    versions = iris.dossier_part(desk.call.iri, found.identifier, "versions")
    kept = files.copies(found)
    said = {"object": found.agreement_iri, "version": found.version, "versions": versions}
    return said | ({"files": kept} if kept else {})


def judged(desk: Desk, found: Dossier) -> Document:
    """Return of a dossier what a reader sees of the opinions alone."""
    said: Document = {"quorum": _quorum(desk, found)} if desk.sees(Thing.RECUSALS, found) else {}
    return said | ({"reviews": _reviews(desk, found)} if desk.sees(Thing.OPINIONS, found) else {})


def deadline_then(content: Content, moment: datetime) -> datetime | None:
    """Return the deadline of a call as it was at a moment: before the extensions that came later."""
    deadline = content.ends_at
    for extension in sorted(details_of(content).extensions, key=lambda one: one.extended_at, reverse=True):
        if extension.extended_at > moment:
            deadline = extension.before
    return deadline


def incomplete(dossiers: Sequence[Dossier]) -> dict[int, list[Document]]:
    """Return by dossier which files of the last version lack, and why (FC-40)."""
    query = (
        select(Dossier.id, ApplicationFile.key, ApplicationFile.code)
        .join(Version, Version.id == ApplicationFile.version_id)
        .join(Dossier, (Dossier.id == Version.dossier_id) & (Dossier.version == Version.number))
        .where(Dossier.id.in_([one.id for one in dossiers]), ApplicationFile.state == FAILED)
        .order_by(ApplicationFile.id)
    )
    found: dict[int, list[Document]] = {}
    for number, key, code in session().execute(query):
        found.setdefault(number, []).append({"key": key, "reasonCode": code})
    return found


def received_by(desk: Desk, found: Dossier) -> Document:
    """Return who received an application: of the last version of which a seat did, else of the last one."""
    counted = select(Receipt).where(Receipt.matches, Receipt.seat_key != "").order_by(Receipt.id)
    by_letter: dict[int, dict[str, Receipt]] = {}
    for receipt in session().scalars(counted.where(Receipt.letter_id.in_([one.letter_id for one in found.versions]))):
        by_letter.setdefault(receipt.letter_id, {})[receipt.seat_key] = receipt
    last = found.versions[-1]
    shown = next((one for one in reversed(found.versions) if one.letter_id in by_letter), last)
    seats = seats_at(desk, shown.committee_version)
    receipts = by_letter.get(shown.letter_id, {})
    return {
        "version": shown.number,
        "seats": len(seats),
        "receipts": [_receipt(seat, receipts[seat.key]) for seat in seats if seat.key in receipts],
    }


def seats_at(desk: Desk, version: int) -> Sequence[Seat]:
    """Return the seats of a version of the committee (FC-20); of one that is not kept, those of now."""
    kept = committee.version(desk.call, version)
    return kept.seats if kept is not None else desk.said.details.committee


def version_documents(found: Dossier) -> list[Document]:
    """Return the Agreements of all versions as the owner stored them, the first one first."""
    documents = (letters.document_of(one.letter).get("object") for one in found.versions)
    return [one for one in documents if isinstance(one, dict)]


def decisions(desk: Desk) -> list[Document]:
    """Return the decisions that a reader sees, the published ones in their order; then, for coordinators, the rest."""
    query = (
        select(Decision)
        .where(Decision.dossier_id.in_([one.id for one in desk.dossiers]))
        .order_by(Decision.published_at.is_(None), Decision.published_at, Decision.id)
    )
    by_id = {one.id: one for one in desk.dossiers}
    found = ((one, by_id[one.dossier_id]) for one in session().scalars(query))
    return [
        _decision(desk, one, about)
        for one, about in found
        if desk.sees(Thing.DECISION if one.published_at else Thing.PENDING, about)
    ]


def cohorts(desk: Desk) -> list[Document]:
    """Return the call's cohorts with the applications in them that a reader sees; empty ones for who sees all."""
    sees_all = desk.reader.is_of_committee
    listed = []
    for cohort in desk.said.details.cohorts:
        members = [one for one in desk.dossiers if one.slot is not None and one.slot.cohort == cohort.key]
        if members or sees_all:
            listed.append(
                {
                    "id": cohort.id_in(desk.call.iri),
                    "type": "OrderedCollection",
                    "name": cohort.name,
                    "capacity": cohort.capacity,
                    "totalItems": len(members),
                    "orderedItems": [_member(desk, one) for one in members],
                }
                | _contacts(desk, members)
            )
    return listed


def state_for(desk: Desk, found: Dossier) -> str:
    """Return the state that a reader may know; what they may not is the state before it."""
    state = found.state
    if state == states.SUBMITTED:
        return desk.said.state(found) if desk.sees(Thing.OPINIONS, found) else state
    if state in (states.FOLLOWED_UP, states.CLOSED) and not desk.sees(Thing.FOLLOW_UP, found):
        state = states.IN_COHORT
    if state == states.IN_COHORT and not desk.sees(Thing.COHORTS, found):
        state = states.CONFIRMED
    if state in (states.CONFIRMED, states.REFUSED) and not desk.sees(Thing.CONFIRMATION, found):
        state = states.SELECTED
    if state in states.DECIDED and not desk.sees(Thing.DECISION, found):
        state = states.SUBMITTED
    return state


def _receipt(seat: Seat, receipt: Receipt) -> Document:
    return {"seat": seat.key, **({"id": seat.actor} if seat.actor else {}), "receipt": receipt.iri}


def _quorum(desk: Desk, found: Dossier) -> Document:
    standing = desk.said.standing(found)
    said: Document = {"needed": standing.needed, "given": standing.given}
    if standing.recused:
        said["recused"] = sorted(standing.recused)
    if desk.sees(Thing.OPINIONS, found):
        said |= {"opinions": standing.opinions, "comesTo": standing.comes_to}
    return said


def _reviews(desk: Desk, found: Dossier) -> list[Document]:
    """Return the last review of each seat of the committee, in its order."""
    said, judged = desk.said.of(found), _judged(found)
    shown = (said[seat.key] for seat in desk.said.details.committee if seat.key in said)
    return [_review(desk, found, one, judged.get(one.by_iri)) for one in shown]


def _judged(found: Dossier) -> dict[str, int]:
    """Return by seat's actor which version of an application its last letter was about, as that says."""
    sent = (one for one in letters.about(found.agreement_iri, Shape.REVIEW) if one.refused is None)
    things = ((one.sender_iri, letters.document_of(one).get("object")) for one in sent)
    versions = ((sender, thing.get("version")) for sender, thing in things if isinstance(thing, dict))
    return {sender: version for sender, version in versions if isinstance(version, int)}


def _review(desk: Desk, found: Dossier, review: Review, version: int | None) -> Document:
    by_owner = review.by_iri == desk.call.actor.iri
    said: Document = {
        "id": review.iri,
        "type": "Review",
        "attributedTo": review.by_iri,
        **({"seat": review.seat_key} if by_owner else {}),
        "context": desk.call.iri,
        "inReplyTo": found.agreement_iri,
        **({"version": version} if version is not None else {}),
        "opinion": review.opinion,
    }
    if review.opinion != RECUSED and review.scores:
        said["scores"] = [{"key": key, "points": points} for key, points in review.scores.items()]
    if review.content:
        said["content"] = review.content
    return said | {"to": [desk.call.actor.iri]}


def _decisions(found: Dossier) -> list[Any]:
    query = select(Decision.iri).where(Decision.dossier_id == found.id, Decision.iri.is_not(None))
    return list(session().scalars(query.order_by(Decision.number.desc())))


def _placements(found: Dossier) -> list[str]:
    query = select(Placement.iri).where(Placement.dossier_id == found.id).order_by(Placement.number.desc())
    return list(session().scalars(query))


def _decision(desk: Desk, one: Decision, about: Dossier) -> Document:
    facts = {"outcome": one.outcome, "number": one.number, "rank": one.rank, "batch": one.batch}
    facts |= {"confirmBy": timestamp(one.confirm_by) if one.confirm_by else None}
    said: Document = {"type": VERBS[one.outcome]}
    if one.iri is not None and one.published_at is not None:
        said |= {"id": one.iri, "published": timestamp(one.published_at)}
    else:
        said["pending"] = True
    said |= {"object": about.agreement_iri, "context": iri_of(desk, about)}
    said["decision"] = {name: value for name, value in facts.items() if value is not None}
    if one.motives and desk.sees(Thing.MOTIVES, about):
        said["content"] = markdown.render(one.motives)
    return said


PROPERTIES: tuple[tuple[Thing, Callable[[Desk, Dossier], Document]], ...] = (
    (Thing.RECEIPTS, _registered),
    (Thing.APPLICATION, _application),
    (Thing.RECEIPTS, lambda desk, found: {"receivedBy": received_by(desk, found)}),
    (Thing.REGISTRATION, lambda _, found: {"incomplete": incomplete([found]).get(found.id, [])}),
    (Thing.RECUSALS, lambda desk, found: {"quorum": _quorum(desk, found)}),
    (Thing.OPINIONS, lambda desk, found: {"reviews": _reviews(desk, found)}),
)
"""What stands in a dossier for whom (FC-65): by the row of the table that says who sees it."""


def _contacts(desk: Desk, members: Sequence[Dossier]) -> Document:
    """Return how leaders are reached who share that, for who may see it (FC-79)."""
    seen = [one for one in members if desk.sees(Thing.CONTACTS, one)]
    shared = contacts.shared(seen)
    said = [
        {"attributedTo": one.applicant_iri, **shared[one.id].model_dump(exclude_defaults=True)}
        for one in seen
        if one.id in shared
    ]
    return {"contacts": said} if said else {}


def _member(desk: Desk, found: Dossier) -> Document:
    return {"type": "Dossier", "id": iri_of(desk, found), "name": found.name, "attributedTo": found.applicant_iri}
