"""The seat's side of opinions: what a member of this node thinks, sent to the call's owner, here or elsewhere (FC-42).

The private note stays in its row: no letter holds it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from actors import iris
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from federation import markdown
from federation.activities import recipients
from flask_maillage.calls import letters, posting
from flask_maillage.calls.arithmetic import RECUSED
from flask_maillage.calls.codes import Refusal, refusal_of
from flask_maillage.calls.models import CallLetter, CommitteeCopy, GivenOpinion
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.subjects import Subject
from flask_maillage.calls.taken import Taken, takes

CONTENT_LIMIT = 10_000
"""Characters of a reason or a note; a letter has 256 KiB."""


@dataclass(frozen=True)
class Opinion:
    """What a member says of an application; `content` is Markdown."""

    opinion: str
    points: Mapping[str, int]
    content: str = ""


def given_by(seat: Actor, agreements: Iterable[str]) -> dict[str, GivenOpinion]:
    """Return by application what a seat of this node said, or noted, of these."""
    query = select(GivenOpinion).where(
        GivenOpinion.seat_actor_id == seat.id, GivenOpinion.agreement_iri.in_(list(agreements))
    )
    return {one.agreement_iri: one for one in session().scalars(query)}


def note(seat: Actor, call_iri: str, agreement: str, text: str) -> GivenOpinion:
    """Keep a private note about an application; it never leaves this node."""
    row = _row(seat, call_iri, agreement)
    row.private_note = text
    session().flush()
    return row


def give(seat: Actor, owner_iri: str, call_iri: str, agreement: str, version: int, said: Opinion) -> GivenOpinion:
    """Send an opinion or a recusal to the owner of a call, alone; the caller has asked whether it may be.

    The owner decides: `refusal` of the row says why it was not taken, at once where the owner is of this node.

    Raises:
        NotForThem: this node may not or cannot deliver to the owner; nothing was sent.
    """
    row = _row(seat, call_iri, agreement)
    is_first = not _was_taken(seat, agreement)
    review = row.review_iri or iris.of_call(seat.handle, "reviews", new_identifier(now()))
    is_recusal = said.opinion == RECUSED
    content = "" if is_recusal else markdown.render(said.content)
    thing: dict[str, Any] = {
        "id": review,
        "type": "Review",
        "attributedTo": seat.iri,
        "context": call_iri,
        "inReplyTo": agreement,
        "version": version,
        "opinion": said.opinion,
        "to": [owner_iri],
    }
    if said.points and not is_recusal:
        thing["scores"] = [{"key": key, "points": points} for key, points in said.points.items()]
    if content:
        thing["content"] = content
    letter = posting.write(
        seat,
        "Create" if is_first else "Update",
        thing,
        shape=Shape.REVIEW,
        subject=Subject(call_iri, agreement),
        to=[owner_iri],
    )
    row.opinion, row.review_iri, row.sent_at, row.refusal = said.opinion, review, now(), None
    row.scores, row.content = ({}, "") if is_recusal else (dict(said.points), said.content)
    session().flush()
    posting.hand_over(letter)
    if is_recusal and row.refusal is None:
        _hide(seat, agreement)
    return row


@takes(Shape.REFUSAL)
def take_refusal(taken: Taken) -> str | None:
    """Note that the owner did not take the last opinion of a seat of ours, with the reason."""
    refused = _refused_letter(taken)
    refusal = refusal_of(taken.document)
    if refused is None or refusal is None:
        return None
    refused.refused = refusal.code
    row = session().scalar(
        select(GivenOpinion)
        .join(Actor, Actor.id == GivenOpinion.seat_actor_id)
        .where(Actor.iri == refused.sender_iri, GivenOpinion.agreement_iri == refused.agreement_iri)
    )
    newest = [one for one in letters.about(refused.agreement_iri or "", Shape.REVIEW) if _is_by(one, refused)]
    if row is not None and newest[-1].id == refused.id:
        row.refusal = refusal.document()
    session().flush()
    return f"an opinion was refused: {refusal.code}"


def refusal_in(row: GivenOpinion | None) -> Refusal | None:
    """Return why the owner did not take an opinion, or None where that is not known of."""
    return refusal_of(row.refusal) if row is not None and row.refusal else None


def _refused_letter(taken: Taken) -> CallLetter | None:
    """Return our own `Review` that a `Reject` names, where it comes from whom that was sent to."""
    query = select(CallLetter).where(
        CallLetter.iri == taken.activity.object_id, CallLetter.sent, CallLetter.verb == str(Shape.REVIEW)
    )
    found = session().scalar(query)
    if found is None or found.sender_iri not in {reader.iri for reader in taken.readers}:
        return None
    return found if taken.sender.iri in recipients(letters.document_of(found)) else None


def _is_by(letter: CallLetter, other: CallLetter) -> bool:
    return letter.sender_iri == other.sender_iri


def _was_taken(seat: Actor, agreement: str) -> bool:
    """Tell whether a letter of this seat about an application went out that was not refused."""
    sent = letters.about(agreement, Shape.REVIEW)
    return any(one.sender_iri == seat.iri and one.refused is None for one in sent)


def _row(seat: Actor, call_iri: str, agreement: str) -> GivenOpinion:
    found = given_by(seat, [agreement]).get(agreement)
    if found is None:
        found = GivenOpinion(seat_actor_id=seat.id, call_iri=call_iri, agreement_iri=agreement, scores={})
        session().add(found)
        session().flush()
    return found


def _hide(seat: Actor, agreement: str) -> None:
    """Hide the copies of an application from who is recused from it (FC-67)."""
    about = select(CallLetter.id).where(CallLetter.agreement_iri == agreement)
    session().execute(
        update(CommitteeCopy)
        .where(CommitteeCopy.seat_actor_id == seat.id, CommitteeCopy.letter_id.in_(about))
        .values(hidden_at=now())
        .execution_options(synchronize_session="fetch")
    )
