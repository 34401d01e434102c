"""Receipts: who says when what arrived (FC-30 to FC-33); made by the owner and by seats, taken by applicant and owner.

A receipt of a letter that is not here yet is kept as a letter, and counted when what it is about arrives.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from federation.activities import Document, id_of, same_origin
from flask_maillage.calls import bounds, committee, letters, posting
from flask_maillage.calls.models import CallLetter, Receipt
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.subjects import Subject
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.publications import keeping
from flask_maillage.publications.attending import locking
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds import reading
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.models import Publication

BY_LETTER, BY_MAIL, HERE = "letter", "mail", "here"
OWNER = ""
"""The key of the owner's own receipts."""
ANSWERED = (Shape.OFFER, Shape.CORRECTION, Shape.WITHDRAWAL, Shape.ERASURE)


def make(
    by: Actor,
    letter: CallLetter,
    *,
    to: Iterable[str],
    version: int,
    seat_key: str = OWNER,
    via: str = HERE,
    received_at: datetime | None = None,
    lost_too: bool = False,
    **more: Any,
) -> Receipt | None:
    """Send a receipt of a letter, and write its row; None where there is one of this seat already.

    Args:
        by: the seat's actor, or the owner.
        letter: what arrived.
        to: the applicant, and the owner where a seat sends it.
        version: of the application.
        seat_key: whose it is; empty for the owner's own.
        via: how it was said that it arrived.
        received_at: when it did; the letter's time of receipt where nothing else is said.
        lost_too: whether who cannot be written to is named all the same, and gets nothing.
        more: further properties, as `dossier`, `seat`, `admittedBecause`.

    Raises:
        posting.NotForThem: one of them cannot be written to; nothing was written.
    """
    if _of_seat(letter, seat_key) is not None:
        return None
    moment = letters.whole_second(received_at or letter.received_at)
    iri = iris.of_call(by.handle, "receipts", new_identifier(now()))
    row = Receipt(
        letter_id=letter.id,
        seat_key=seat_key,
        by_iri=by.iri,
        iri=iri,
        received_at=moment,
        digest=letter.digest,
        via=via,
        matches=True,
    )
    session().add(row)
    session().flush()
    if via == BY_MAIL:
        more = {"seat": seat_key, "via": BY_MAIL, **more}
    thing = document_of(row, letter, version=version, to=list(to), **more)
    subject = _subject(letter)
    posting.send(by, "Create", thing, shape=Shape.RECEIPT, subject=subject, to=list(to), lost_too=lost_too)
    return row


def document_of(row: Receipt, letter: CallLetter, *, version: int, to: list[str], **more: Any) -> Document:
    """Return a receipt as it is sent; what it says of the letter never changes (FC-33)."""
    return {
        "id": row.iri,
        "type": "Receipt",
        "attributedTo": row.by_iri,
        "context": letter.call_iri,
        "inReplyTo": letter.iri,
        "version": version,
        "receivedAt": timestamp(row.received_at),
        "digestMultibase": row.digest,
        "to": to,
        **more,
    }


def update(row: Receipt, letter: CallLetter, *, version: int, to: list[str], by: Actor, **more: Any) -> CallLetter:
    """Send an `Update` of a receipt of the owner's, which says more than the first (FC-40)."""
    thing = document_of(row, letter, version=version, to=to, **more)
    return posting.send(by, "Update", thing, shape=Shape.RECEIPT, subject=_subject(letter), to=to)


def _subject(letter: CallLetter) -> Subject:
    return Subject(letter.call_iri, letter.agreement_iri)


def owners(letter: CallLetter) -> Receipt | None:
    """Return the owner's receipt of a letter."""
    return _of_seat(letter, OWNER)


def _of_seat(letter: CallLetter, seat_key: str) -> Receipt | None:
    query = select(Receipt).where(Receipt.letter_id == letter.id, Receipt.seat_key == seat_key, Receipt.matches)
    return session().scalar(query)


@takes(Shape.RECEIPT)
def take(taken: Taken) -> str | None:
    """Somebody says that a letter about an application arrived: the applicant is told, and the owner (FC-32)."""
    bounds.check_rate(taken.sender, bounds.RECEIPTS)
    thing = taken.thing
    if session().scalar(select(Receipt.id).where(Receipt.iri == id_of(thing))) is not None:
        return _again(taken)
    call = keeping.find(taken.kept.call_iri)
    _lock(call)
    letter = _letter(id_of(thing.get("inReplyTo")), taken.kept.call_iri)
    if letter is not None:
        return count(letter, taken.document, taken.sender.iri)
    if call is None or not call.local or taken.sender.iri not in _actors(call):
        return None
    bounds.check_waiting(taken.kept)
    return "kept until what it is about arrives"


def count(letter: CallLetter, document: Document, by_iri: str) -> str | None:
    """Keep a receipt of a letter that is here; None for a stranger's, or one that cannot be read.

    One with another digest is kept and counts for nothing; each seat counts once for each letter.
    """
    thing = document["object"]
    call = keeping.find(letter.call_iri)
    received_at = reading.instant_of(thing.get("receivedAt"), None)
    digest = thing.get("digestMultibase")
    key = _key_of(call, letter, by_iri, thing) if call is not None else None
    if key is None or received_at is None or not isinstance(digest, str):
        return None
    is_same = digest == letter.digest
    if _of_seat(letter, key) is not None if is_same else bounds.is_one_too_many(letter, key):
        return None
    session().add(
        Receipt(
            letter_id=letter.id,
            seat_key=key,
            by_iri=by_iri,
            iri=thing["id"],
            received_at=letters.whole_second(received_at),
            digest=digest[:100],
            via=BY_MAIL if thing.get("via") == "mail" else BY_LETTER,
            matches=is_same,
        )
    )
    session().flush()
    return "a receipt" if is_same else "a receipt of something else"


@posting.when_held
def count_those_that_waited(letter: CallLetter) -> None:
    """Count receipts of a letter that came before it did."""
    _lock(keeping.find(letter.call_iri))
    query = select(CallLetter).where(
        CallLetter.call_iri == letter.call_iri,
        CallLetter.verb == str(Shape.RECEIPT),
        CallLetter.agreement_iri.is_(None),
    )
    for waited in session().scalars(query).all():
        document = letters.document_of(waited)
        if id_of(document.get("object", {}).get("inReplyTo")) == letter.iri:
            waited.agreement_iri = letter.agreement_iri
            count(letter, document, waited.sender_iri)


def _lock(call: Publication | None) -> None:
    """Let a receipt and what it is about not miss each other where two workers have them at the same moment."""
    if call is not None and call.local:
        locking.lock(call.id)


def _again(taken: Taken) -> str | None:
    """Take an `Update` of the owner's receipt, which says what lacks; a `Create` of ours that was handed over."""
    call = keeping.find(taken.kept.call_iri)
    if taken.activity.type == "Update":
        is_owner = call is not None and taken.sender.iri == call.actor.iri
        return "the receipt says more" if is_owner else None
    return "a receipt of ours" if taken.kept.sent else None


def lacking(agreement_iri: str, version: int) -> list[Document]:
    """Return what the owner said that a version lacks, by its last word (FC-40): `key` and `reasonCode`."""
    found: list[Document] = []
    for letter in letters.about(agreement_iri, Shape.RECEIPT):
        thing = letters.document_of(letter).get("object", {})
        said = thing.get("incomplete")
        if thing.get("version") == version and isinstance(said, list):
            found = [one for one in said if isinstance(one, dict)]
    return found


def _letter(iri: str | None, call_iri: str) -> CallLetter | None:
    query = select(CallLetter).where(
        CallLetter.iri == iri,
        CallLetter.call_iri == call_iri,
        CallLetter.verb.in_([str(shape) for shape in ANSWERED]),
    )
    return session().scalar(query.order_by(CallLetter.id).limit(1)) if iri else None


def _actors(call: Publication) -> set[str]:
    """Return the actors of the seats that an application may still be addressed to."""
    said = committee.current(call)
    before = committee.version(call, said.number - 1)
    still = (before,) if before is not None and committee.acceptable(call, before.number, now()) else ()
    return {actor for sitting in (said, *still) for actor in sitting.actors}


def _key_of(call: Publication, letter: CallLetter, by_iri: str, thing: Document) -> str | None:
    """Return for which seat of the letter's committee a receipt counts, or empty for the owner's; None for nobody's."""
    seats = seats_for(call, letter)
    if not same_origin(str(thing["id"]), by_iri):
        return None
    if by_iri == call.actor.iri:
        key = thing.get("seat")
        if key is None:
            return OWNER
        return next((seat.key for seat in seats if seat.key == key and not seat.actor), None)
    return next((seat.key for seat in seats if seat.actor == by_iri), None)


def seats_for(call: Publication, letter: CallLetter) -> tuple[Seat, ...]:
    """Return the seats over which the receipts of a letter are counted: those of the version that it states (FC-20).

    A withdrawal states none: it is counted over those of the version that it takes back.
    """
    stated = letter
    if letter.verb not in (str(Shape.OFFER), str(Shape.CORRECTION)):
        before = letters.about(letter.agreement_iri or "", Shape.OFFER, Shape.CORRECTION)
        stated = next((one for one in reversed(before) if one.sender_iri == letter.sender_iri), letter)
    application = letters.document_of(stated).get("object", {}).get("application", {})
    version = application.get("committeeVersion") if isinstance(application, dict) else None
    known = committee.version(call, version) if isinstance(version, int) else None
    return (known or committee.current(call)).seats
