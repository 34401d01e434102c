"""How an application stands, for the page that its people see: versions, receipts, deliveries that are late or lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from federation.activities import Document, host_of, recipients
from flask_maillage.calls import arrivals, letters, wording
from flask_maillage.calls.applying import drafts
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.models import CallLetter, Committee, Draft, Receipt
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.call_parts import Seat
from flask_maillage.web.language import gettext as _

PROOFS = (
    Shape.OFFER,
    Shape.CORRECTION,
    Shape.WITHDRAWAL,
    Shape.RECEIPT,
    Shape.REFUSAL,
    Shape.DECISION,
    Shape.CONFIRMATION,
    Shape.PLACEMENT,
    Shape.NOTICE,
    Shape.PURGE,
)
"""What an applicant may have of the letters about their application; opinions are none of them."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads an application: a seat, or who owns the call; by name, and where they read it."""

    name: str
    host: str
    """Empty for who gets it by mail."""
    iri: str | None


@dataclass(frozen=True)
class Confirmed:
    """A receipt, with whose it is."""

    name: str
    at: datetime
    via: str
    matches: bool


@dataclass(frozen=True)
class Late:
    """A recipient whom a letter has not reached, and whether it is still tried."""

    name: str
    is_lost: bool


@dataclass(frozen=True)
class Sent:
    """One version that was sent."""

    number: int
    at: datetime
    digest: str
    refused: str | None
    owner_at: datetime | None
    confirmed: tuple[Confirmed, ...]
    members: int
    """How many seats the committee has that it went to."""
    awaited: tuple[str, ...]
    """The members of whom no receipt came."""
    late: tuple[Late, ...]
    name: str
    answers: tuple[tuple[str, str], ...]
    """What was ticked and each question that was answered, with the answer in words."""

    @property
    def count(self) -> int:
        """How many seats confirmed that they received the same letter."""
        return sum(1 for one in self.confirmed if one.matches)


def readers_of(call: TheCall) -> list[Reader]:
    """Return who will read an application: the owner and each seat, with the server on which they do."""
    owner = call.row.actor
    seats = [Reader(seat.in_words, host_of(seat.actor) if seat.actor else "", seat.actor)
             for seat in call.details.committee]  # fmt: skip
    return [Reader(owner.name or owner.address, host_of(owner.iri), owner.iri), *seats]


def versions_of(draft: Draft, call: TheCall) -> list[Sent]:
    """Return what was sent of an application, the newest first; an Offer that was refused is one too."""
    found = letters.about(drafts.agreement_of(draft), Shape.OFFER, Shape.CORRECTION)
    return [_sent(letter, call) for letter in reversed(found) if letter.sender_iri == draft.actor.iri]


def letters_of(draft: Draft) -> list[Document]:
    """Return the letters about an application that its applicant wrote or got, with their proofs, in their order."""
    own = draft.actor.iri
    found = (letters.document_of(one) for one in letters.about(drafts.agreement_of(draft), *PROOFS))
    return [one for one in found if one and (one.get("actor") == own or own in recipients(one))]


def late_of(letter: CallLetter) -> tuple[Late, ...]:
    """Return the recipients whom a letter has not reached though it was tried, by name."""
    ways = arrivals.ways_of(letter)
    late = {iri: way for iri, way in ways.items() if way.is_lost or (way.attempts and not way.arrived)}
    names = _names_of(late)
    return tuple(Late(names[iri], way.is_lost) for iri, way in late.items())


def _sent(letter: CallLetter, call: TheCall) -> Sent:
    agreement = letters.document_of(letter).get("object")
    agreement = agreement if isinstance(agreement, dict) else {}
    said = agreement.get("application")
    said = said if isinstance(said, dict) else {}
    seats = _seats(call, said.get("committeeVersion"))
    receipts = session().scalars(select(Receipt).where(Receipt.letter_id == letter.id).order_by(Receipt.id)).all()
    owner_at = next((one.received_at for one in receipts if not one.seat_key and one.matches), None)
    return Sent(
        number=int(said.get("version") or 1),
        at=letter.received_at,
        digest=letter.digest,
        refused=letter.refused,
        owner_at=owner_at,
        confirmed=tuple(_confirmed(one, seats) for one in receipts if one.seat_key),
        members=len(seats),
        awaited=tuple(seat.in_words for seat in seats if seat.key not in {one.seat_key for one in receipts}),
        late=late_of(letter),
        name=str(agreement.get("name") or ""),
        answers=tuple(_answers(said, call)),
    )


def _seats(call: TheCall, version: object) -> list[Seat]:
    """Return the seats of the committee to which a version went; of another server's call those of now."""
    if call.row.local:
        query = select(Committee.seats).where(Committee.call_id == call.row.id, Committee.version == version)
        kept = session().scalar(query) if isinstance(version, int) else None
        if kept is not None:
            return [Seat.model_validate(one) for one in kept]
    return list(call.details.committee)


def _confirmed(receipt: Receipt, seats: Iterable[Seat]) -> Confirmed:
    name = next((seat.in_words for seat in seats if seat.key == receipt.seat_key), receipt.by_iri)
    return Confirmed(name, receipt.received_at, receipt.via, receipt.matches)


def _answers(said: Document, call: TheCall) -> Iterable[tuple[str, str]]:
    facts = wording.facts(said, call.details)
    ticked = ((_("Territory"), (facts.territory,)), (_("Topics"), facts.topics), (_("Sectors"), facts.sectors))
    yield from ((label, ", ".join(words)) for label, words in ticked if any(words))
    given = {one.get("key"): one for one in said.get("answers") or () if isinstance(one, dict)}
    for question in call.details.questions:
        answer = given.get(question.key)
        if answer is not None:
            file = answer.get("attachment") or {}
            yield question.label, answer.get("text") or ", ".join(answer.get("choices") or ()) or file.get("name") or ""


def _names_of(iris: Iterable[str]) -> dict[str, str]:
    query = select(Actor.iri, Actor.name, Actor.handle).where(Actor.iri.in_(iris))
    return {iri: name or handle for iri, name, handle in session().execute(query)}
