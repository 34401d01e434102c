"""What the owner of the story has in its tables when its decisions, placements and entries of the index were sent."""

from typing import Any

from sqlalchemy import select

from actors.database import session
from flask_maillage.calls import letters
from flask_maillage.calls.following import keeping, saying
from flask_maillage.calls.following.people import author
from flask_maillage.calls.models import Decision, Dossier, Place, Placement, Slot
from flask_maillage.publications import keeping as publications
from tests.federated_calls import play
from tests.federated_calls.cast import OWNER, Json, moment
from tests.federated_calls.story import DOSSIERS


def _dossier(letter: Json) -> Dossier | None:
    offer = letter["object"]["id"].partition("#")[0]
    return session().scalar(select(Dossier).where(Dossier.agreement_iri == offer))


def select_one(letter: Json) -> None:
    """Let the owner have decided that an application is selected, and have sent so."""
    dossier = _dossier(letter)
    if dossier is not None:
        at, said = moment(letter["published"]), letter["decision"]
        place = session().scalars(select(Place).where(Place.call_id == dossier.call_id).order_by(Place.number)).first()
        dossier.identifier = DOSSIERS[dossier.applicant_iri].rpartition("/")[2]
        dossier.state, dossier.place_id, dossier.confirm_by = "selected", place.id, moment(said["confirmBy"])  # type: ignore[union-attr]
        dossier.decided_by, dossier.decided_at = OWNER, at
        decision = Decision(dossier_id=dossier.id, number=said["number"], outcome="selected", motives="", departure="")
        decision.iri, decision.result_iri, decision.batch = letter["id"], letter["result"]["id"], said["batch"]
        decision.arranged_by, decision.arranged_at, decision.published_at = OWNER, at, at
        decision.confirm_by = dossier.confirm_by
        session().add(decision)
        session().flush()
        call: Any = publications.find(play.CALL)
        call.content = call.content.model_copy(update={"status": "decided"})
    play.put_letter(letter)


def place(letter: Json) -> None:
    """Let the owner have put an application into a cohort, and have sent so."""
    query = select(Decision).where(Decision.result_iri == letter["object"]["id"])
    decision = session().scalar(query)
    if decision is not None:
        dossier, cohort = decision.dossier, letter["target"].rpartition("/")[2]
        slot = Slot(call_id=dossier.call_id, cohort=cohort, number=1)
        session().add(slot)
        session().flush()
        dossier.slot_id, dossier.state = slot.id, "in_cohort"
        at, number = moment(letter["published"]), letter["placement"]["number"]
        row = Placement(dossier_id=dossier.id, number=number, cohort=cohort, iri=letter["id"], by_iri=OWNER, at=at)
        session().add(row)
        session().flush()
    play.put_letter(letter)


def enter(letter: Json) -> None:
    """Let the owner have written an entry, and have sent it."""
    play.put_letter(letter)
    owner = letters.find(OWNER, letter["id"])
    call = publications.find(play.CALL)
    dossier = session().scalar(select(Dossier).where(Dossier.agreement_iri == owner.agreement_iri))  # type: ignore[union-attr]
    if dossier is not None and call is not None and owner is not None:
        said = saying.read(letter["object"], OWNER)
        keeping.keep(call, dossier, said, by=author(call, call.actor, dossier), sender=call.actor, letter=owner)


def install() -> None:
    """Let `play` have these happen."""
    play.SENT_BY_US.update({"decision-selected": select_one, "cohort-add": place, "follow-up-result": enter})
