"""Who is selected says yes or no (FC-55), by the owner's time of receipt; until nobody may any more (FC-56)."""

from datetime import datetime

from sqlalchemy import Select, select

from actors import iris
from actors.database import reading, session
from actors.node import now
from flask_maillage.calls import audit
from flask_maillage.calls.acting import CLOCK, acting
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.deciding import opening, publishing, stating, telling
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import Decision, Dossier
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.states import CONFIRMED, EXPIRED, REFUSED, SELECTED
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.publications.attending import locking
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import Publication
from inboxes.chores import chore

NOT_CONFIRMED = "Not confirmed in time."


@takes(Shape.CONFIRMATION)
def confirm(taken: Taken) -> str | None:
    """Somebody answers a selection of ours; from anybody but the applicant it is nothing to us."""
    query = select(Decision).where(Decision.result_iri == taken.activity.object_id)
    decision = session().scalar(query)
    if decision is None or decision.dossier.call.actor_id not in {reader.id for reader in taken.readers}:
        return None
    call = locking.lock(decision.dossier.call_id)
    dossier = locked(decision.dossier_id)
    by = acting(call, taken.sender, dossier)
    if taken.sender.iri != dossier.applicant_iri:
        return None
    publicise = taken.document.get("publicise", False)
    if not isinstance(publicise, bool):
        raise Refused(Refusal("malformed"))
    if stating.last_of(dossier) is not decision:
        raise Refused(Refusal("superseded"))
    yes = taken.activity.type == "Accept"
    refusal = may(Action.CONFIRM if yes else Action.REFUSE_PLACE, by, call, dossier, taken.at)
    if refusal is not None:
        raise Refused(refusal)
    if yes:
        dossier.state, dossier.confirmed_at, dossier.publicise = CONFIRMED, taken.at, publicise
    else:
        dossier.state, dossier.place_id, dossier.confirm_by = REFUSED, None, None
    session().flush()
    audit.append(
        call,
        "confirm" if yes else "refuse",
        by=taken.sender.iri,
        at=taken.at,
        subject=iris.dossier(call.iri, dossier.identifier),
        before=SELECTED,
        after=dossier.state,
        letter=taken.kept,
    )
    if not yes:
        opening.tell(call)
    return f"{dossier.state} {dossier.identifier}"


def locked(number: int) -> Dossier:
    """Return a dossier, locked and read anew; the row of its call is locked before."""
    query = select(Dossier).where(Dossier.id == number).with_for_update(of=Dossier)
    return session().scalars(query.execution_options(populate_existing=True)).one()


@chore
def expire_confirmations() -> int:
    """Let selections expire that were not confirmed in time, and return how many did."""
    done = 0
    with reading():
        numbers = list(session().scalars(_overdue(now()).limit(50)))
    for number in numbers:
        dossier = session().get(Dossier, number)
        if dossier is not None and _expire(dossier):
            done += 1
        session().commit()
    return done


def _overdue(at: datetime) -> Select[int]:
    return select(Dossier.id).where(Dossier.state == SELECTED, Dossier.confirm_by < at).order_by(Dossier.id)


def _expire(dossier: Dossier) -> bool:
    """Send the superseding decision and open the place; False where somebody confirmed, or decided anew, meanwhile."""
    call = locking.lock(dossier.call_id)
    dossier = locked(dossier.id)
    if may(Action.EXPIRE, CLOCK, call, dossier, now()) is not None:
        return False
    decision = _expired(call, dossier)
    dossier.state, dossier.place_id, dossier.confirm_by = EXPIRED, None, None
    dossier.decided_by, dossier.decided_at = call.actor.iri, decision.published_at
    session().flush()
    publishing.record(call, dossier, decision, act="expire", by=call.actor.iri, before=SELECTED)
    stating.write_all(call, [decision])
    telling.decided(call, decision)
    opening.tell(call)
    return True


def _expired(call: Publication, dossier: Dossier) -> Decision:
    """Write the decision; what somebody has in mind for the application comes after it."""
    last = stating.last_of(dossier)
    number = (last.number if last else 0) + 1
    pending = select(Decision).where(Decision.dossier_id == dossier.id, Decision.published_at.is_(None))
    if (waiting := session().scalar(pending)) is not None:
        waiting.number = number + 1
        session().flush()
    decision = Decision(
        dossier_id=dossier.id,
        number=number,
        outcome=EXPIRED,
        motives=words(dossier.language, NOT_CONFIRMED),
        arranged_by=call.actor.iri,
        arranged_at=now(),
    )
    publishing.make_true(call, decision, publishing.new_batch(call), now().replace(microsecond=0))
    session().add(decision)
    session().flush()
    return decision
