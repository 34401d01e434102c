"""What the owner of the story decides on its own node: rows as they would be, before its letter is handed over."""

from actors.database import session
from actors.models import Actor
from actors.node import node
from flask_maillage.calls import places
from flask_maillage.calls.acting import acting
from flask_maillage.calls.cohorts import arrange
from flask_maillage.calls.models import CallLetter, CohortSession, Decision, Dossier, SessionRole, Slot
from flask_maillage.calls.models.dossiers import CLOSED, SELECTED
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from tests.federated_calls.cast import CALL, Json, moment
from tests.publications import board

NAMES = {"9d1": "q4w8"}
"""How a dossier is called in the story, by the last part of the id of its application."""


def the_call() -> Publication:
    """Return the call of the story, with the places of its cohorts."""
    call = keeping.find(CALL)
    assert call is not None
    if session().query(Slot).count() == 0:
        for cohort in details_of(call.content).cohorts:
            slots = range(1, cohort.capacity + 1)
            session().add_all(Slot(call_id=call.id, cohort=cohort.key, number=number) for number in slots)
        session().flush()
    return call


def dossier_of(offer_iri: str) -> Dossier:
    """Return the dossier of an Offer."""
    offer = session().query(CallLetter).filter_by(iri=offer_iri).one()
    return session().query(Dossier).filter_by(agreement_iri=offer.agreement_iri).one()


def decide(document: Json) -> None:
    """Let it be decided what a letter says, as of the moment at which it was written."""
    call, said = the_call(), document["decision"]
    dossier = dossier_of(document["object"]["id"])
    dossier.identifier = NAMES.get((dossier.agreement_iri or "").rpartition("/")[2], dossier.identifier)
    at, outcome = moment(document["published"]), said["outcome"]
    confirm_by = moment(said["confirmBy"]) if "confirmBy" in said else None
    takes_place = outcome == SELECTED
    dossier.place_id = places.free(call, 1)[0].id if takes_place else None
    dossier.state, dossier.rank, dossier.confirm_by = outcome, said.get("rank"), confirm_by
    dossier.decided_by, dossier.decided_at = document["actor"], at
    session().add(
        Decision(
            dossier_id=dossier.id,
            number=said["number"],
            outcome=outcome,
            rank=said.get("rank"),
            batch=said["batch"],
            confirm_by=confirm_by,
            arranged_by=document["actor"],
            arranged_at=at,
            published_at=at,
            iri=document["id"],
            result_iri=(document.get("result") or {}).get("id"),
        )
    )
    call.content = call.content.model_copy(update={"status": "decided"})
    session().flush()


def place(document: Json) -> None:
    """Put the confirmed application into the cohort that a letter names; its own letter stands for this one."""
    call = the_call()
    dossier = session().query(Dossier).join(Decision).filter(Decision.result_iri == document["object"]["id"]).one()
    owner = session().query(Actor).filter_by(iri=document["actor"]).one()
    arrange(call, {dossier.identifier: document["target"].rpartition("/")[2]}, acting(call, owner))


def close(document: Json) -> None:
    """Let the result of an application be written down, which closes it."""
    identifier = document["object"]["context"].split("/")[-2]
    session().query(Dossier).filter_by(identifier=identifier).one().state = CLOSED
    session().flush()


def invite(document: Json) -> None:
    """Hold the session to which a letter invites a leader."""
    call = the_call()
    content = board.sample_of("event", node().clock())
    event = publishing.draft(call.actor, content, identifier=document["target"].rpartition("/")[2])
    event.state, event.published_at = "published", node().clock()
    session().flush()
    held = CohortSession(call_id=call.id, cohort="1", event_id=event.id)
    session().add(held)
    session().flush()
    leads = session().query(Dossier).filter_by(applicant_iri=document["object"]).one()
    told = {"invite_iri": document["id"], "actor_iri": document["object"], "answer": "waiting"}
    session().add(SessionRole(session_id=held.id, role="leader", name=leads.name, dossier_id=leads.id, **told))
    session().flush()
    assert event.iri == document["target"]
