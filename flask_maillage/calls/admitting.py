"""Applications that came too late to the owner and are held: what is known of them, and a person who decides (FC-34).

One is admitted only where a seat's own receipt of the same text says that it had it in time: then the owner's node was
down, and not the applicant late. Nobody is admitted by a machine, and no correction is.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from sqlalchemy import Select, func, select

from actors.database import session
from actors.models import Actor, Posted
from federation.activities import activity_of, recipients
from federation.errors import NotFound
from flask_maillage.calls import application as wire
from flask_maillage.calls import audit, copies, judging, letters, receipts, seats_by_mail, weighing
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.afterwards import erasing
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.desk.roles import Reader
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import CallLetter, Dossier, Receipt
from flask_maillage.calls.models.dossiers import WAITING
from flask_maillage.calls.registering import addressing, dossiers, initiatives
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken
from flask_maillage.publications.attending import locking
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from inboxes.models import Letter

HOUR = timedelta(hours=1)
LONGEST_REASON = 2000


class NotHeld(LookupError):
    """It is not held any more: somebody decided about it, the applicant took it back, or its time is over."""


@dataclass(frozen=True)
class Held:
    """An Offer that came too late; `in_time` is the seat's receipt that says otherwise, and `seat` whose that is."""

    letter: CallLetter
    name: str
    applicant: str
    in_time: Receipt | None
    seat: str = ""


def held(call: Publication, at: datetime) -> list[Held]:
    """Return the Offers to a call of ours that are held at a moment, in the order in which they came."""
    return [_held(call, letter) for letter in session().scalars(_query(call, at).order_by(CallLetter.id))]


def count(call: Publication, at: datetime) -> int:
    """Return how many Offers to a call of ours are held at a moment."""
    query = _query(call, at).with_only_columns(func.count())
    return session().scalar(query) or 0


def was_answering(call: Publication) -> bool:
    """Tell whether anything shows that this node was at work in the hour before the deadline: what it took and sent."""
    deadline = call.content.ends_at
    if deadline is None:
        return False
    taken = Letter.received_at.between(deadline - HOUR, deadline)
    kept = CallLetter.received_at.between(deadline - HOUR, deadline)
    sent = Posted.published_at.between(deadline - HOUR, deadline)
    queries = (select(Letter.id).where(taken), select(CallLetter.id).where(kept), select(Posted.id).where(sent))
    return any(session().scalar(query.limit(1)) is not None for query in queries)


def admit(
    call: Publication, number: int, by: Acting, reason: str, at: datetime, *, reader: Reader | None = None
) -> Dossier:
    """Register an application that came late here and in time elsewhere, and say so to who sent it.

    Args:
        call: one of ours.
        number: of the letter.
        by: who decides.
        reason: why, in their words.
        at: when.
        reader: the member who decides, where it is one: nobody admits their own (FC-44).

    Raises:
        NotHeld: it is not held any more.
        Refused: it may not be (`late` where nothing shows that it was in time), or is none that is taken.
    """
    call = locking.lock(call.id)
    if refusal := may(Action.ADMIT, by, call, None, at):
        raise Refused(refusal)
    found = _claimed(call, number, at)
    letter, proof = found.letter, found.in_time
    if proof is None or not reason.strip():
        raise Refused(Refusal("late", end_time=call.content.ends_at))
    sender = session().scalar(select(Actor).where(Actor.iri == letter.sender_iri))
    if sender is None or letter.agreement_iri is None:
        raise NotHeld
    if dossiers.of(call, letter.agreement_iri) is not None:
        raise Refused(Refusal("already-registered"))
    taken = _taken(letter, sender)
    application = wire.read(taken.thing)
    addressing.check(call, taken.document, application.committee_version, proof.received_at)
    if refusal := judging.judge(application, details_of(call.content)):
        raise Refused(refusal)
    initiative = initiatives.look(application, sender.iri, _nowhere)
    guest_id = dossiers.guest_of(sender, letter.agreement_iri)
    initiatives.check_distinct(call, application, sender.iri, guest_id=guest_id)
    letter.held_until = letter.refused = None
    dossier = dossiers.make(
        call,
        application,
        letter,
        sender,
        initiative,
        registered_at=letters.whole_second(at),
        late=True,
        admitted_by=by.iri,
        admitted_because=proof.iri,
        admission_reason=reason.strip()[:LONGEST_REASON],
    )
    if reader is not None and reader.acting(dossier, weighing.opinions(call, [dossier])).is_of_it:
        raise Refused(Refusal("own-application"))
    dossier.initiative_due_at = at if dossier.initiative_state == WAITING else None
    dossiers.log(dossier, "admit", by=by.iri, at=at, letter=letter, before="draft", after=dossier.state)
    receipts.make(
        call.actor,
        letter,
        to=[sender.iri],
        version=application.version,
        lost_too=True,
        dossier=dossiers.iri_of(dossier),
        admittedBecause=proof.iri,
    )
    seats_by_mail.tell(dossier)
    copies.keep(taken)
    return dossier


def refuse(call: Publication, number: int, by: Acting, at: datetime) -> None:
    """Let an application be refused for good, as its sender was told when it came; what it says is erased here.

    Raises:
        NotHeld: it is not held any more.
        Refused: they may not decide about it.
    """
    call = locking.lock(call.id)
    if refusal := may(Action.ADMIT, by, call, None, at):
        raise Refused(refusal)
    letter = _claimed(call, number, at).letter
    audit.append(call, "leave late", by=by.iri, at=at, letter=letter)
    erasing.held(letter)
    session().flush()


def _query(call: Publication, at: datetime) -> Select[CallLetter]:
    return select(CallLetter).where(
        CallLetter.call_iri == call.iri,
        CallLetter.verb == str(Shape.OFFER),
        CallLetter.held_until > at,
        CallLetter.document.is_not(None),
    )


def _claimed(call: Publication, number: int, at: datetime) -> Held:
    query = _query(call, at).where(CallLetter.id == number).with_for_update()
    letter = session().scalar(query.execution_options(populate_existing=True))
    if letter is None:
        raise NotHeld
    return _held(call, letter)


def _held(call: Publication, letter: CallLetter) -> Held:
    said = letters.document_of(letter).get("object", {})
    name = said.get("name")
    found = Held(letter, name if isinstance(name, str) else "", letter.sender_iri, None)
    deadline = call.content.ends_at
    theirs = Receipt.letter_id == letter.id, Receipt.matches, Receipt.via == receipts.BY_LETTER
    query = select(Receipt).where(*theirs, Receipt.seat_key != receipts.OWNER, Receipt.received_at <= deadline)
    proof = session().scalar(query.order_by(Receipt.received_at, Receipt.id).limit(1)) if deadline else None
    if proof is None:
        return found
    seats = receipts.seats_for(call, letter)
    who = next((seat.in_words for seat in seats if seat.key == proof.seat_key), proof.seat_key)
    return replace(found, in_time=proof, seat=who)


def _taken(letter: CallLetter, sender: Actor) -> Taken:
    document = letters.document_of(letter)
    query = select(Actor).where(Actor.local, Actor.iri.in_(recipients(document)), Actor.gone_at.is_(None))
    readers = tuple(session().scalars(query.order_by(Actor.id)))
    return Taken(Shape.OFFER, activity_of(document), sender, readers, letter, _nowhere)


def _nowhere(iri: str) -> NoReturn:
    """Fetch nothing while the call is locked: a chore looks at an initiative from elsewhere afterwards."""
    raise NotFound(f"{iri} is looked at later")
