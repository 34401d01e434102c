"""Rows of calls and applications for tests of what comes after them: a call of the union, and dossiers in it."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from actors import iris, local
from actors.database import session
from actors.identifiers import new_identifier
from actors.node import now
from flask_maillage.calls import letters
from flask_maillage.calls.models import CallLetter, Dossier, Place, Version
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Publication
from tests.publications import board

APPLICANT = "https://d.test/actors/riders"
CONTENT: dict[str, Any] = {
    "version": 1,
    "committeeVersion": 1,
    "language": "en",
    "territory": "FR",
    "topics": [],
    "sectors": ["Delivery"],
    "answers": [],
    "people": [],
    "initiative": {"name": "A pay log", "summary": "Forty riders write down what they are paid."},
}


def call_of(app: Flask, *, handle: str = "union", details: dict[str, Any] | None = None, **changes: Any) -> str:
    """Publish a call of ours with the sample's details, some of them changed, and return its id."""
    with app.app_context():
        actor = local.find(handle)
        assert actor is not None
        content = board.sample_of("call", now(), **changes)
        content = content.model_copy(update={"details": content.details.model_copy(update=details or {})})
        publication = publishing.draft(actor, content)
        publishing.publish(publication)
        session().commit()
        return publication.iri


def found(iri: str) -> Publication:
    """Return a publication by its id."""
    return session().scalars(select(Publication).where(Publication.iri == iri)).one()


def places_of(call: Publication) -> list[Place]:
    """Return the places of a call in their order."""
    return list(session().scalars(select(Place).where(Place.call_id == call.id).order_by(Place.number)))


def dossier_of(
    call: Publication,
    number: int = 1,
    *,
    applicant: str = APPLICANT,
    content: dict[str, Any] | None = None,
    **columns: Any,
) -> Dossier:
    """Write a registered application with its Offer and its first version, as if it had arrived now."""
    moment = letters.whole_second(now())
    said = CONTENT | (content or {})
    agreement = f"{applicant}/applications/{number}"
    offer = {"id": f"{agreement}#offer", "type": "Offer", "actor": applicant, "target": call.iri, "object": agreement}
    letter = CallLetter(
        sender_iri=applicant,
        iri=offer["id"],
        verb=str(Shape.OFFER),
        call_iri=call.iri,
        agreement_iri=agreement,
        sent=False,
        received_at=moment,
        digest=letters.digest_of_document(offer),
        document=json.dumps(offer),
    )
    session().add(letter)
    session().flush()
    dossier = Dossier(
        identifier=new_identifier(moment),
        call_id=call.id,
        applicant_iri=applicant,
        agreement_iri=agreement,
        initiative_state="described",
        name=f"Application {number}",
        territory=said["territory"],
        language=said["language"],
        state="submitted",
        version=1,
        committee_version=1,
        registered_at=moment,
        late=False,
        publicise=False,
    )
    for name, value in columns.items():
        setattr(dossier, name, value)
    dossier.versions.append(
        Version(
            number=1,
            letter_id=letter.id,
            committee_version=1,
            content=said,
            digest=letter.digest,
            received_at=moment,
        )
    )
    session().add(dossier)
    session().flush()
    return dossier


def corrected(dossier: Dossier, content: dict[str, Any]) -> Version:
    """Write a later version of an application, as if its letter had been the one before."""
    last = dossier.versions[-1]
    dossier.version += 1
    version = Version(
        number=dossier.version,
        letter_id=last.letter_id,
        committee_version=1,
        content=(last.content or {}) | content | {"version": dossier.version},
        digest=last.digest,
        received_at=last.received_at,
    )
    dossier.versions.append(version)
    session().flush()
    return version


def selected(call: Publication, numbers: Iterable[int], **columns: Any) -> list[Dossier]:
    """Write selected applications that hold the first places of a call, which are made where they lack."""
    made = []
    for number in numbers:
        place = session().scalar(select(Place).where(Place.call_id == call.id, Place.number == number))
        if place is None:
            place = Place(call_id=call.id, number=number)
            session().add(place)
            session().flush()
        by = {"decided_by": iris.actor("union"), "decided_at": now(), "confirm_by": now() + timedelta(days=14)}
        made.append(dossier_of(call, number, **(by | {"state": "selected", "place_id": place.id} | columns)))
    return made
