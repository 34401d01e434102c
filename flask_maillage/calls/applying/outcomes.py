"""What came of an application, read from the letters about it: the decision that holds, a cohort, refusals, notices.

The letters are the truth: nothing of them is copied into the draft but its state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actors.node import now
from federation.activities import Document, id_of, recipients
from federation.sanitising import clean_html
from flask_maillage.calls import letters
from flask_maillage.calls.applying import drafts
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.codes import Refusal, refusal_of
from flask_maillage.calls.models import CallLetter, Draft
from flask_maillage.calls.models.drafts import REFUSED
from flask_maillage.calls.models.letters import HELD
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.content import HTML_LIMIT
from flask_maillage.publications.kinds import reading


@dataclass(frozen=True)
class Decided:
    """A decision about an application, as its owner wrote it."""

    iri: str
    outcome: str
    number: int
    at: datetime
    motives: str
    """Clean HTML."""
    rank: int | None
    confirm_by: datetime | None
    result: str | None
    """The id by which a selection is answered."""
    readers: tuple[str, ...]
    """The seats that were told of it."""
    answer: str | None = None
    """`accepted` or `refused`, where it was answered and the answer was not refused."""
    answered_at: datetime | None = None


def decision_of(draft: Draft, call: TheCall) -> Decided | None:
    """Return the decision that holds: the one with the greatest number (FC-53)."""
    return max(decisions_of(draft, call), key=lambda one: one.number, default=None)


def decisions_of(draft: Draft, call: TheCall) -> list[Decided]:
    """Return all decisions of the owner about an application."""
    agreement = drafts.agreement_of(draft)
    found = []
    for letter in _of_owner(letters.about(agreement, Shape.DECISION), call):
        document = letters.document_of(letter)
        said = document.get("decision")
        if isinstance(said, dict):
            found.append(_decided(letter, document, said, list(letters.about(agreement, Shape.CONFIRMATION)), draft))
    return found


def cohort_of(draft: Draft, call: TheCall) -> str | None:
    """Return what the cohort is called in which an application is, by the placement with the greatest number."""
    latest: tuple[int, Document] | None = None
    for letter in _of_owner(letters.about(drafts.agreement_of(draft), Shape.PLACEMENT), call):
        document = letters.document_of(letter)
        number = _number(document.get("placement"))
        if latest is None or number > latest[0]:
            latest = number, document
    if latest is None or latest[1].get("type") != "Add":
        return None
    target = id_of(latest[1].get("target"))
    names = {cohort.id_in(call.row.iri): cohort.name for cohort in call.details.cohorts}
    return names.get(target or "")


def erased_on(draft: Draft, call: TheCall) -> datetime | None:
    """Return when the owner will erase an application, where they said so."""
    moments = [
        reading.instant_of(thing.get("deleteAfter"), None)
        for letter in _of_owner(letters.about(drafts.agreement_of(draft), Shape.NOTICE), call)
        if isinstance(thing := letters.document_of(letter).get("object"), dict)
    ]
    return next((moment for moment in reversed(moments) if moment), None)


def refusal_of_letter(draft: Draft, iri: str | None) -> Refusal | None:
    """Return why a letter of ours was refused; the first word of it counts."""
    for refusal, answered in refusals_of(draft):
        if answered == iri:
            return refusal
    return None


def refusals_of(draft: Draft) -> Iterator[tuple[Refusal, str | None]]:
    """Yield the refusals of letters about an application, each with the id of the letter."""
    for letter in letters.about(drafts.agreement_of(draft), Shape.REFUSAL):
        document = letters.document_of(letter)
        refusal = refusal_of(document)
        if refusal is not None:
            yield refusal, id_of(document.get("object"))


def held_until(draft: Draft, call: TheCall) -> datetime | None:
    """Return until when the owner holds an Offer that came too late (FC-34); None where it does not, or not any more.

    Of a call of ours that is known; the owner of another holds it for fourteen days, counted from when it refused.
    """
    if draft.state != REFUSED or (draft.refusal or {}).get("reasonCode") != "late" or draft.offer_iri is None:
        return None
    offer = letters.find(draft.actor.iri, draft.offer_iri)
    until = offer.held_until if offer is not None else None
    if not call.row.local:
        said = letters.about(drafts.agreement_of(draft), Shape.REFUSAL)
        answers = [one for one in said if id_of(letters.document_of(one).get("object")) == draft.offer_iri]
        until = answers[0].received_at + HELD if answers else None
    return until if until is not None and until > now() else None


def _of_owner(found: Any, call: TheCall) -> Iterator[CallLetter]:
    owner = call.row.actor.iri
    return (one for one in found if one.sender_iri == owner and one.refused is None and one.document)


def _number(said: Any) -> int:
    return (reading.whole_number_of(said.get("number"), 1, 1_000_000) or 0) if isinstance(said, dict) else 0


def _decided(
    letter: CallLetter, document: Document, said: Document, answers: list[CallLetter], draft: Draft
) -> Decided:
    result, answer, answered_at = id_of(document.get("result")), None, None
    for one in answers:
        written = letters.document_of(one)
        refused = one.refused or refusal_of_letter(draft, one.iri)
        if id_of(written.get("object")) == result and result and one.sender_iri == draft.actor.iri and not refused:
            answer = "accepted" if written.get("type") == "Accept" else "refused"
            answered_at = one.received_at
    content = document.get("content")
    return Decided(
        iri=letter.iri,
        outcome=str(said.get("outcome")),
        number=_number(said),
        at=letter.received_at,
        motives=clean_html(content, limit=HTML_LIMIT) if isinstance(content, str) else "",
        rank=reading.whole_number_of(said.get("rank"), 1, 1_000_000),
        confirm_by=reading.instant_of(said.get("confirmBy"), None),
        result=result,
        readers=tuple(sorted(recipients({"to": document.get("cc") or []}))),
        answer=answer,
        answered_at=answered_at,
    )
