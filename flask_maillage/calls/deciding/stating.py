"""The letters in which the owner decides: `Accept`, `TentativeAccept` and `Reject` of an Offer (FC-52, FC-53)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from actors.database import session
from federation import markdown
from federation.activities import Document
from flask_maillage.calls import audit, posting
from flask_maillage.calls.arithmetic import Standing
from flask_maillage.calls.deciding import opinions
from flask_maillage.calls.models import CallLetter, Decision, Dossier, Version
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.subjects import Subject
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.models import Publication

VERBS = {"selected": "Accept", "reserve": "TentativeAccept", "declined": "Reject", "expired": "Reject"}


def write_all(call: Publication, decisions: Sequence[Decision]) -> list[CallLetter]:
    """Write the letters of decisions that were published together, whose records are in the log already.

    Each holds the head of that log. All are written before the first is handed over, since what somebody here does
    about theirs comes after all of them.
    """
    head = audit.head(call)
    seats = opinions.of_all(call, [decision.dossier for decision in decisions])
    kept = [_write(call, decision, head, seats[decision.dossier_id]) for decision in decisions]
    for letter in kept:
        posting.hand_over(letter)
    return kept


def offer_of(dossier: Dossier) -> Document:
    """Return the Offer of an application as letters name it."""
    query = select(CallLetter.iri).join(Version, Version.letter_id == CallLetter.id)
    iri = session().scalars(query.where(Version.dossier_id == dossier.id, Version.number == 1)).one()
    return {"id": iri, "type": "Offer", "actor": dossier.applicant_iri}


def agreement_of(call: Publication, decision: Decision) -> Document:
    """Return the `result` of a decision that selects, as confirmations and placements name it."""
    return {"id": decision.result_iri, "type": "Agreement", "attributedTo": call.actor.iri}


def said_of(decision: Decision, head: Document, supersedes: str | None) -> Document:
    """Return the `decision` of a letter."""
    more: dict[str, Any] = {
        "supersedes": supersedes,
        "rank": decision.rank,
        "confirmBy": timestamp(decision.confirm_by) if decision.confirm_by else None,
    }
    said = {"outcome": decision.outcome, "number": decision.number, "batch": decision.batch, "head": head}
    return said | {name: value for name, value in more.items() if value is not None}


def last_of(dossier: Dossier, *, before: int | None = None) -> Decision | None:
    """Return the last published decision of an application, or the last one before a number."""
    query = select(Decision).where(Decision.dossier_id == dossier.id, Decision.published_at.is_not(None))
    query = query if before is None else query.where(Decision.number < before)
    return session().scalar(query.order_by(Decision.number.desc()).limit(1))


def _write(call: Publication, decision: Decision, head: Document, seats: Standing) -> CallLetter:
    dossier = decision.dossier
    earlier = last_of(dossier, before=decision.number)
    return posting.write(
        call.actor,
        VERBS[decision.outcome],
        offer_of(dossier),
        shape=Shape.DECISION,
        subject=Subject(call.iri, dossier.agreement_iri),
        to=[dossier.applicant_iri],
        cc=[seat.actor for seat in opinions.judging(call, seats) if seat.actor],
        result=_result_of(call, decision) if decision.result_iri else None,
        lost_too=True,
        iri=decision.iri,
        at=decision.published_at,
        target=call.iri,
        decision=said_of(decision, head, earlier.iri if earlier else None),
        content=markdown.render(decision.motives) or None,
    )


def _result_of(call: Publication, decision: Decision) -> Document:
    commitment = {
        "id": f"{decision.result_iri}#commitment",
        "type": "Commitment",
        "satisfies": f"{call.iri}#intent",
        "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
    }
    return agreement_of(call, decision) | {"stipulates": commitment}
