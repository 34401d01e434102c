"""A letter about a call as its receivers see it, whichever way it came, and who wants to see which."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from actors.models import Actor
from actors.node import now
from federation import proofs
from federation.activities import Activity, Document
from flask_maillage.calls.models import CallLetter
from flask_maillage.calls.shapes import Shape


@dataclass(frozen=True)
class Taken:
    """A letter that was stored (`kept`), with who sent it and who of this node it is for.

    An applicant or a seat on the owner's node is treated like any other (FC-29): what its letter does is done by the
    same functions, in the transaction that wrote it.
    """

    shape: Shape
    activity: Activity
    sender: Actor
    readers: tuple[Actor, ...]
    """The actors of this node whom it names in `to` or `cc`."""
    kept: CallLetter
    fetch: Callable[[str], Document]
    """Returns the document at an address, between two runs where it has to be fetched (`Context.document`).

    Raises `FederationError` where it cannot be had; on this node's own letters for what is not here.
    """

    @property
    def document(self) -> Document:
        """The whole letter."""
        return self.activity.document

    @property
    def thing(self) -> Document:
        """Its object where that is embedded, else an empty one."""
        return self.activity.object if isinstance(self.activity.object, dict) else {}

    @property
    def at(self) -> datetime:
        """The time of receipt (FC-11)."""
        return self.kept.received_at

    @property
    def vouched(self) -> bool:
        """Whether its sender made a proof of it: one that does not hold was answered 401 before (FC-4)."""
        proof = proofs.read(self.document, now=now())
        return proof is not None and proof.method.partition("#")[0] == self.sender.iri


Taker = Callable[[Taken], str | None]
_takers: dict[Shape, list[Taker]] = {shape: [] for shape in Shape}


def takes(*shapes: Shape) -> Callable[[Taker], Taker]:
    """Register a function for letters of a shape.

    All functions of a shape are asked, in the order of registration, since one node may hold the owner, a seat and an
    applicant; each returns in a few words what it did, or None where the letter is nothing to it. It may raise
    `codes.Refused`: then nothing of what any of them did stays, and the refusal is sent to the sender alone (FC-12).
    """

    def register(taker: Taker) -> Taker:
        for shape in shapes:
            _takers[shape].append(taker)
        return taker

    return register


def takers_of(shape: Shape) -> list[Taker]:
    """Return who is to be asked about letters of a shape."""
    return list(_takers[shape])
