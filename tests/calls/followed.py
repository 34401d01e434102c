"""A decided call with a leader elsewhere in a cohort and a seat that coordinates, for tests of the follow-up."""

from datetime import datetime
from typing import Any

from flask import Flask

from actors import iris, remote
from actors.database import session
from actors.node import now
from flask_maillage.calls import cohorts
from flask_maillage.calls.models import Dossier
from flask_maillage.publications.call_parts import Seat
from tests.calls import decided, making
from tests.fediverse import Fediverse, RemoteActor


def call_of(app: Flask, fediverse: Fediverse, placed: int = 2, count: int = 3) -> str:
    """Publish a decided call: `count` applications are confirmed, the first `placed` of them stand in cohort 1."""
    fourth = coordinating(fediverse)
    iri = decided.call_of(app, fediverse, count, maximum_selected=4, cohorts=decided.COHORTS)
    with app.app_context():
        call = making.found(iri)
        details: Any = call.content.details
        seats = (*details.committee, Seat(key="guide", name="A guide", actor=fourth.iri, coordinates=True))
        call.content = call.content.model_copy(
            update={
                "status": "deliberating",
                "details": details.model_copy(
                    update={"committee": seats, "committee_version": details.committee_version + 1}
                ),
            }
        )
        remember(fourth)
        session().flush()
        decided.publish(call, *["selected"] * count)
        for number, dossier in enumerate(decided.dossiers(call), 1):
            dossier.state, dossier.confirmed_at = "confirmed", now()
            session().flush()
            if number <= placed:
                cohorts.place(call, dossier, "1", decided.COORDINATOR)
        session().commit()
    return iri


def remember(actor: RemoteActor) -> None:
    """Let this node know an actor, and the key by which they sign."""
    remote.remember(actor.document, confirmed=actor.key_id)


def coordinating(fediverse: Fediverse) -> RemoteActor:
    """Return who holds the seat that coordinates, elsewhere."""
    return fediverse.actor("guide", "c.test", "alice")


def collection(call_iri: str, dossier: Dossier) -> str:
    """Return the id of the entries of an application."""
    return iris.dossier_part(call_iri, dossier.identifier, "follow-up")


def entry(
    author: str, context: str, kind: str, at: datetime, *, to: list[str], number: int = 1, **facts: Any
) -> dict[str, Any]:
    """Return the letter of an entry, in the shape of the fixtures."""
    iri, moment = f"{author}/entries/{number}", at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "@context": ["https://www.w3.org/ns/activitystreams"],
        "id": f"{iri}#create-1",
        "type": "Create",
        "actor": author,
        "published": moment,
        "to": to,
        "object": {
            "id": iri,
            "type": "Note",
            "attributedTo": author,
            "context": context,
            "published": moment,
            "to": to,
            "content": facts.pop("content", "<p>We spoke.</p>"),
            "followUp": {"entry": kind, **facts},
        },
    }
