"""How far a letter about an application came: at whom it arrived, where it is still tried, and where it failed.

What its sender's node knows is in the rows of its deliveries (FC-10); what its receivers say, in receipts (FC-32).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from actors.database import session
from actors.models import Actor, Delivery, Posted
from flask_maillage.calls import receipts
from flask_maillage.calls.models import CallLetter, Receipt
from flask_maillage.publications import keeping
from flask_maillage.publications.call_parts import Seat

RECEIVED, WAITING, FAILED = "received", "waiting", "failed"
LOST = ("refused", "expired", "cancelled")
"""States of a delivery that is tried no more."""


@dataclass(frozen=True)
class Way:
    """One letter on its way to one server's inbox, as its sender's node knows it."""

    is_lost: bool
    arrived: bool
    attempts: int


@dataclass(frozen=True)
class SeatReceipt:
    """Whether a letter arrived at one seat: its receipt, or those of something else; neither yet, where both lack."""

    seat: Seat
    receipt: Receipt | None = None
    others: tuple[Receipt, ...] = ()
    way: Way | None = None
    """None where it is not this node that delivers it there: another's letter, a seat of this node, one by mail."""

    @property
    def state(self) -> str:
        """Return in a word whether it arrived there, is waited for, or will not arrive any more."""
        return _state(self.receipt, self.way)


@dataclass(frozen=True)
class Tally:
    """What is known of a letter's arrival: the owner's receipt, and what each seat said, in the committee's order."""

    owner: Receipt | None
    owner_way: Way | None
    seats: tuple[SeatReceipt, ...]

    @property
    def received(self) -> int:
        """At how many seats it arrived: the n of "n of N"."""
        return sum(1 for one in self.seats if one.receipt is not None)

    @property
    def of(self) -> int:
        """How many seats there are, mail seats included."""
        return len(self.seats)

    @property
    def owner_state(self) -> str:
        """Return in a word whether it arrived at the owner, who alone registers it."""
        return _state(self.owner, self.owner_way)


def tally(letter: CallLetter) -> Tally:
    """Return what is known here of the arrival of an Offer, an Update or an Undo, on whichever node."""
    rows = session().scalars(select(Receipt).where(Receipt.letter_id == letter.id).order_by(Receipt.id)).all()
    call = keeping.find(letter.call_iri)
    if call is None:
        return Tally(None, None, ())
    ways = ways_of(letter)
    owner = next((row for row in rows if row.seat_key == receipts.OWNER and row.matches), None)
    seats = tuple(
        _of(seat, rows, owner if seat.actor == call.actor.iri else None, ways)
        for seat in receipts.seats_for(call, letter)
    )
    return Tally(owner, ways.get(call.actor.iri), seats)


def ways_of(letter: CallLetter) -> dict[str, Way]:
    """Return by the ids of its receivers on other servers how a letter of this node is on its way to them."""
    if not letter.sent:
        return {}
    query = (
        select(Actor.iri, Delivery.state, Delivery.attempts)
        .join(Delivery, Delivery.inbox == Actor.inbox)
        .join(Posted, Posted.id == Delivery.activity_id)
        .where(Posted.iri == letter.iri)
        .order_by(Delivery.id)
    )
    rows = session().execute(query).all()
    return {iri: Way(state in LOST, state == "delivered", attempts) for iri, state, attempts in rows}


def _state(receipt: Receipt | None, way: Way | None) -> str:
    if receipt is not None:
        return RECEIVED
    return FAILED if way is not None and way.is_lost else WAITING


def _of(seat: Seat, rows: Sequence[Receipt], otherwise: Receipt | None, ways: dict[str, Way]) -> SeatReceipt:
    own = [row for row in rows if row.seat_key == seat.key]
    receipt = next((row for row in own if row.matches), otherwise)
    others = tuple(row for row in own if not row.matches)
    return SeatReceipt(seat, receipt, others, ways.get(seat.actor or ""))
