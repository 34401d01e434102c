"""How much others may make this node do and keep about calls: letters in a time, and rows that wait for something.

A letter that is one too many changes nothing and is opened later; when it arrived counts (FC-11). So does one for which
there is no more room: what it waits for may have come by then.
"""

from sqlalchemy import ColumnElement, func, select

from actors.database import session
from actors.models import Actor
from actors.node import node
from federation.errors import TooMany
from flask_maillage.calls.models import CallLetter, Entry, Receipt
from flask_maillage.calls.shapes import Shape

APPLICATIONS, ENTRIES, RECEIPTS = "applications", "entries", "receipts"
"""What is counted of an actor and of a host, by its name in `actors/rates.py`."""
MOST_EARLY, MOST_EARLY_OF_HOST = 20, 200
"""How many withdrawals may wait for their Offers (FC-36)."""
MOST_HELD, MOST_HELD_OF_HOST = 10, 200
"""How many Offers to one call that came too late are kept, in case somebody admits them (FC-34)."""
MOST_WAITING = 1000
"""How many receipts of one seat may wait for what they are about, in one call."""
MOST_OTHERS = 5
"""How many receipts of something else are kept, of one seat for one letter (FC-32)."""
MOST_ENTRIES = 1000
"""How many entries of one author a follow-up has."""


def check_rate(sender: Actor, what: str = APPLICATIONS) -> None:
    """Raise `TooMany` where an actor elsewhere or its server sends more than people do: the letter waits."""
    rates = node().rates
    if not sender.local and not (
        rates.allow(f"{what} of an actor", sender.iri) and rates.allow(f"{what} of a host", sender.host)
    ):
        raise TooMany(f"too many {what} from {sender.iri}")


def check_early(sender: Actor) -> None:
    """Raise `TooMany` where too many withdrawals of an actor or of its server wait for Offers that did not come."""
    check_rate(sender)
    waiting = CallLetter.verb == str(Shape.WITHDRAWAL), CallLetter.call_iri == "", CallLetter.held_until.is_not(None)
    if _is_full(sender, MOST_EARLY, MOST_EARLY_OF_HOST, *waiting):
        raise TooMany(f"too many withdrawals from {sender.iri} wait for their applications")


def may_hold(letter: CallLetter, sender: Actor) -> bool:
    """Tell whether there is room to keep an Offer that came too late; it is refused with or without."""
    held = (
        CallLetter.verb == str(Shape.OFFER),
        CallLetter.call_iri == letter.call_iri,
        CallLetter.held_until.is_not(None),
    )
    return sender.local or not _is_full(sender, MOST_HELD, MOST_HELD_OF_HOST, *held)


def check_waiting(letter: CallLetter) -> None:
    """Raise `TooMany` where too many receipts of a seat wait for what they are about."""
    waiting = select(func.count(CallLetter.id)).where(
        CallLetter.sender_iri == letter.sender_iri,
        CallLetter.call_iri == letter.call_iri,
        CallLetter.verb == str(Shape.RECEIPT),
        CallLetter.agreement_iri.is_(None),
        CallLetter.id != letter.id,
    )
    if (session().scalar(waiting) or 0) >= MOST_WAITING:
        raise TooMany(f"too many receipts from {letter.sender_iri} wait for what they are about")


def is_one_too_many(letter: CallLetter, seat_key: str) -> bool:
    """Tell whether a seat sent as many receipts of something else for a letter as are kept."""
    others = select(func.count(Receipt.id)).where(
        Receipt.letter_id == letter.id, Receipt.seat_key == seat_key, ~Receipt.matches
    )
    return (session().scalar(others) or 0) >= MOST_OTHERS


def check_entries(dossier_id: int, author: Actor) -> None:
    """Raise `TooMany` where somebody elsewhere wrote as many entries of a follow-up as are kept of them."""
    written = select(func.count(Entry.id)).where(Entry.dossier_id == dossier_id, Entry.by_iri == author.iri)
    if not author.local and (session().scalar(written) or 0) >= MOST_ENTRIES:
        raise TooMany(f"too many entries of a follow-up from {author.iri}")


def _is_full(sender: Actor, most: int, most_of_host: int, *conditions: ColumnElement[bool]) -> bool:
    counted = select(func.count(CallLetter.id)).where(*conditions)
    if (session().scalar(counted.where(CallLetter.sender_iri == sender.iri)) or 0) >= most:
        return True
    of_host = counted.join(Actor, Actor.iri == CallLetter.sender_iri).where(Actor.host == sender.host)
    return (session().scalar(of_host) or 0) >= most_of_host
