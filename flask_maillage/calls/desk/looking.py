"""A member's look at a committee of theirs: the same whether the call is this node's or another's.

Here the documents are made, elsewhere they are fetched with the seat's own signature; what follows does not tell them
apart. A transaction that was open when another server is asked is ended first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from actors import rotation
from actors.database import session
from actors.models import Actor
from federation.activities import Document, host_of, id_of
from federation.signatures import Signer
from flask_maillage.calls import committee, giving
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.desk import documents as made
from flask_maillage.calls.desk import elsewhere
from flask_maillage.calls.desk.entries import Entry, Text, entries
from flask_maillage.calls.desk.roles import Desk, Reader, desk_of, member_at
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.sight import Thing
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication


@dataclass(frozen=True)
class Place:
    """Where a member sits, or for whom they coordinate: a call, and who they are there."""

    reader: Reader
    acting: Acting
    actor: Actor | None
    """The actor of this node that holds the seat; None for a coordinator without one."""

    @property
    def call(self) -> Publication:
        """The call."""
        return self.reader.call

    @property
    def seat(self) -> Seat | None:
        """The seat, as the call says it."""
        return next((one for one in details_of(self.call.content).committee if one.key == self.acting.seat), None)


@dataclass(frozen=True)
class Listed:
    """The applications that a member finds; `reached` is False where the owner could not be asked."""

    entries: list[Entry]
    reached: bool = True
    desk: Desk | None = None
    """What the member finds, on the owner's own node."""
    owner: elsewhere.Owner | None = None

    def find(self, key: str) -> Entry | None:
        """Return an application by what stands for it in addresses."""
        return next((one for one in self.entries if one.key == key), None)


@dataclass(frozen=True)
class Far:
    """What the deciding functions ask of an application that another node keeps."""

    state: str
    applicant_iri: str
    guest_id: int | None = None
    decided_at: datetime | None = None
    confirm_by: datetime | None = None
    purge_at: datetime | None = None
    purged_at: datetime | None = None


def place_of(call: Publication, member: Any) -> Place | None:
    """Return where a member sits at a call, or None for a stranger: nobody is told more (FC-12)."""
    reader = member_at(call, member)
    found = reader.at_the_call
    actor = next((one for one in reader.actors if one.iri == found.iri), None) if found.seat else None
    if actor is not None and not call.local and call.id not in {one.id for one, _ in committee.seats_of(actor)}:
        return None
    if not reader.is_of_committee or (actor is None and not call.local):
        return None
    return Place(reader, found, actor)


def listed(place: Place) -> Listed:
    """Return what a member finds; from another node it is fetched, with no transaction open."""
    return _here(place) if place.call.local else _elsewhere(place)


def dossier_of(found: Listed, entry: Entry) -> Document | None:
    """Return the dossier of an application as this member may read it; None where there is none, or nobody to ask."""
    if found.desk is not None:
        row = row_of(found, entry)
        return made.dossier(found.desk, row) if row is not None else None
    session().rollback()
    return elsewhere.document(found.owner, entry.dossier) if found.owner is not None and entry.dossier else None


def judgements(found: Listed, shown: Iterable[Entry]) -> dict[str, Document]:
    """Return by application what a member may read of its opinions, for a page of a list."""
    if found.desk is not None:
        rows = {one.agreement_iri: one for one in found.desk.dossiers}
        return {one.agreement: made.judged(found.desk, rows[one.agreement]) for one in shown if one.agreement in rows}
    session().rollback()
    asked = {one.agreement: one.dossier for one in shown if one.dossier}
    return elsewhere.several(found.owner, asked) if found.owner is not None else {}


def row_of(found: Listed, entry: Entry) -> Dossier | None:
    """Return the row of an application on the owner's own node."""
    rows = found.desk.dossiers if found.desk is not None else ()
    return next((one for one in rows if one.agreement_iri == entry.agreement), None)


def texts_of(found: Listed, entry: Entry, dossier: Document | None) -> Sequence[Text]:
    """Return the versions of an application: those that are here, or, where later ones did not come, the owner's."""
    last = entry.text.number if entry.text else 0
    if found.owner is None or dossier is None or entry.version <= last or entry.recused:
        return entry.texts
    session().rollback()
    theirs = [
        elsewhere.text_of_agreement(one) for one in elsewhere.versions(found.owner, id_of(dossier.get("versions")))
    ]
    return [one for one in theirs if one is not None] or entry.texts


def acting_at(place: Place, found: Listed, entry: Entry) -> Acting:
    """Return what a member is to one application."""
    row = row_of(found, entry)
    if found.desk is not None and row is not None:
        return found.desk.roles[row.id]
    return replace(place.acting, recused=entry.recused, reviewed=entry.reviewed)


def asked_of(found: Listed, entry: Entry) -> Dossier | Far:
    """Return what `may` asks of an application."""
    return row_of(found, entry) or Far(entry.state, entry.applicant)


def signer_of(place: Place, address: str) -> Signer | None:
    """Return what signs a member's own GET of a file; None for a coordinator without a seat."""
    return rotation.signer_for(place.actor, host_of(address)) if place.actor is not None else None


def _here(place: Place) -> Listed:
    desk = desk_of(place.reader)
    lacking = made.incomplete(desk.dossiers)
    items = [made.item(desk, one, lacking) for one in desk.dossiers]
    texts: dict[str, Sequence[Text]] = {**(elsewhere.copies(place.actor, place.call.iri) if place.actor else {})}
    texts |= {one.agreement_iri: _texts(desk, one) for one in desk.dossiers}
    given = giving.given_by(place.actor, texts) if place.actor else {}
    return Listed(entries(items, texts, given, place.actor), desk=desk)


def _texts(desk: Desk, dossier: Dossier) -> list[Text]:
    if not desk.sees(Thing.APPLICATION, dossier):
        return []
    return [
        Text(one.number, {"name": dossier.name, **one.content}, dossier.applicant_iri, one.received_at, one.digest)
        for one in dossier.versions
        if one.content is not None
    ]


def _elsewhere(place: Place) -> Listed:
    assert place.actor is not None
    owner = elsewhere.owner_of(place.call, place.actor)
    session().rollback()
    items = elsewhere.applications(owner) if owner is not None else None
    texts = elsewhere.copies(place.actor, place.call.iri)
    named = [*texts, *(iri for item in items or () if (iri := id_of(item.get("object"))))]
    given = giving.given_by(place.actor, named)
    return Listed(entries(items, texts, given, place.actor), items is not None, owner=owner)
