"""A call of ours that deliberates, with applicants and seats elsewhere who are known, for tests of deciding."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from actors.models import Actor
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.deciding import arranging, publishing
from flask_maillage.calls.deciding.arranging import Wish
from flask_maillage.calls.models import Dossier, Review
from flask_maillage.publications.call_parts import Cohort, Seat
from flask_maillage.publications.models import Publication
from tests.calls import making
from tests.fediverse import Fediverse, RemoteActor
from tests.inboxes import vouching

UNION = "http://localhost/actors/union"
COORDINATOR = Acting(iri=UNION, coordinator=True)
COHORTS = (Cohort(key="1", name="Session 1", capacity=2), Cohort(key="2", name="Session 2", capacity=2))


def seat(fediverse: Fediverse, name: str = "seat") -> RemoteActor:
    """Return somebody of a committee, who lives elsewhere."""
    return fediverse.actor(name, "b.test", "bob")


def applicant(fediverse: Fediverse, number: int) -> RemoteActor:
    """Return somebody who applies from elsewhere."""
    found = fediverse.actor(f"group{number}", "d.test", kind="Group")
    vouching.lists_key(found)
    return found


def vouch(actor: RemoteActor, letter: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Return a letter of an applicant with a proof of it."""
    return vouching.vouched(letter, f"{actor.iri}#ed25519-key", at)


def call_of(app: Flask, fediverse: Fediverse, count: int, **details: Any) -> str:
    """Publish a call that deliberates with so many registered applications, and return its id.

    Both seats have found them admissible; the first lives elsewhere, the second has no actor.
    """
    judge = seat(fediverse)
    seats = (Seat(key="ires", name="A", actor=judge.iri), Seat(key="etuc", name="B"))
    changed = {"committee": seats, "maximum_selected": 2, "cohorts": ()} | details
    iri = making.call_of(app, details=changed)
    with app.app_context():
        call = making.found(iri)
        call.status = "deliberating"
        remote.remember(judge.document)
        for number in range(1, count + 1):
            one = applicant(fediverse, number)
            remote.remember(one.document)
            dossier = making.dossier_of(call, number, applicant=one.iri)
            opine(dossier, "admissible")
        session().commit()
    return iri


def opine(dossier: Dossier, opinion: str, *, seats: Sequence[str] = ("ires", "etuc"), number: int = 1) -> None:
    """Let seats say what they think of an application."""
    for key in seats:
        review = Review(
            dossier_id=dossier.id,
            seat_key=key,
            number=number,
            iri=f"https://b.test/reviews/{dossier.id}-{key}",
            by_iri="https://b.test/users/seat",
            opinion=opinion,
            scores={},
            content="",
            received_at=dossier.registered_at,
        )
        session().add(review)
    session().flush()


def dossiers(call: Publication) -> list[Dossier]:
    """Return the dossiers of a call in their order."""
    return list(session().scalars(select(Dossier).where(Dossier.call_id == call.id).order_by(Dossier.id)))


def wish(call: Publication, *outcomes: str, motives: str = "Because.", reason: str = "We had to.") -> None:
    """Arrange decisions for the applications in their order; an empty word leaves one as it is."""
    found = {line.dossier.id: line for line in arranging.lines(call, COORDINATOR)}
    wishes = {
        dossier.identifier: Wish(outcome, found[dossier.id].mark, motives=motives, departure=reason)
        for dossier, outcome in zip(dossiers(call), outcomes, strict=False)
        if outcome
    }
    arranging.arrange(call, wishes, COORDINATOR)


def publish(call: Publication, *outcomes: str) -> publishing.Published:
    """Arrange and publish."""
    wish(call, *outcomes)
    return publishing.publish(call, COORDINATOR)


def union() -> Actor:
    """Return the owner."""
    found = local.find("union")
    assert found is not None
    return found
