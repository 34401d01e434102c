"""Who sat in the committee of a call when, and to whom an application has to go (FC-15, FC-19, FC-20).

Each published change of who holds seats makes a version, a row that is never changed but for the moment at which the
next one took its place. Others' calls have no rows here: of them, the version is known that they say now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, select

from actors.database import reading, session
from actors.models import Actor, Posted
from actors.node import now
from flask_maillage.calls.letters import whole_second
from flask_maillage.calls.models import Committee
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.changes import on_change
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import PUBLISHED, Publication
from inboxes.chores import chore

STILL_TAKEN = timedelta(hours=24)
"""How long a version that was replaced is still taken (FC-20)."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Sitting:
    """One version of a committee: its number, its seats in their order, and from when until when it held."""

    number: int
    seats: tuple[Seat, ...]
    owner: str
    """The id of the actor whose call it is."""
    from_at: datetime
    until_at: datetime | None = None

    @property
    def actors(self) -> tuple[str, ...]:
        """The actors of the seats that have one, in their order."""
        return tuple(dict.fromkeys(seat.actor for seat in self.seats if seat.actor))

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom an application names: the owner and the actors of all seats (FC-19)."""
        return tuple(dict.fromkeys((self.owner, *self.actors)))

    def seat_of(self, iri: str) -> Seat | None:
        """Return the seat that an actor holds in this version."""
        return next((seat for seat in self.seats if seat.actor == iri), None)

    def seat(self, key: str) -> Seat | None:
        """Return the seat with a key."""
        return next((seat for seat in self.seats if seat.key == key), None)


def current(call: Publication) -> Sitting:
    """Return the committee of a call as it says it now, of ours and of others'."""
    details = details_of(call.content)
    row = _row(call, details.committee_version) if call.local else None
    if row is not None:
        return _sitting(call, row)
    return Sitting(details.committee_version, details.committee, call.actor.iri, call.published_at or call.created_at)


def version(call: Publication, number: int) -> Sitting | None:
    """Return a version of a committee by its number; None for one that there never was, or that is not known here."""
    row = _row(call, number) if call.local else None
    if row is not None:
        return _sitting(call, row)
    said = current(call)
    return said if said.number == number else None


def at(call: Publication, moment: datetime) -> Sitting | None:
    """Return the version that held at a moment; None before the first."""
    query = select(Committee).where(Committee.call_id == call.id, Committee.from_at <= moment)
    row = session().scalar(query.order_by(Committee.version.desc()).limit(1))
    return _sitting(call, row) if row is not None else None


def acceptable(call: Publication, number: int, at: datetime) -> bool:
    """Tell whether an application may name a version of a call of ours at a moment, its time of receipt (FC-20).

    That is the current one, and one that was replaced less than 24 hours before.
    """
    found = version(call, number)
    if found is None:
        return False
    return found.until_at is None or at - found.until_at < STILL_TAKEN


def whole(sitting: Sitting, recipients: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return who is missing among the recipients of an application, and who is there too many (FC-19); both sorted."""
    wanted, named = set(sitting.recipients), set(recipients)
    return sorted(wanted - named), sorted(named - wanted)


def seats_of(actor: Actor) -> list[tuple[Publication, Seat]]:
    """Return the calls, of this node and of others, in which an actor holds a seat now, with that seat; newest first.

    What they declined is none of them, whatever its owner says (FC-78).
    """
    query = (
        select(Publication)
        .where(Publication.kind == "call", Publication.state == PUBLISHED)
        .where(cast(Publication.details, String).contains(actor.iri, autoescape=True))
        .order_by(Publication.published_at.desc(), Publication.id.desc())
    )
    declined = _declined_by(actor)
    found = ((call, current(call).seat_of(actor.iri)) for call in session().scalars(query) if call.iri not in declined)
    return [(call, seat) for call, seat in found if seat is not None]


def held_by(actor: Actor, call: Publication) -> Seat | None:
    """Return the seat that an actor holds now in the committee of a call; None where they declined it (FC-78)."""
    return None if call.iri in _declined_by(actor) else current(call).seat_of(actor.iri)


def _declined_by(actor: Actor) -> set[str]:
    query = select(Posted.object_iri).where(Posted.actor_id == actor.id, Posted.type == "Reject")
    return {iri for iri in session().scalars(query) if iri}


@on_change
def keep_version(call: Publication, before: Content | None) -> None:
    """Write down the committee of a call that was published just now, or that is another than before."""
    if call.kind == "call" and call.state == PUBLISHED:
        settle(call)


def settle(call: Publication) -> None:
    """Write down the version of the committee that a call of ours says, unless that was done."""
    details = details_of(call.content)
    latest = session().scalar(
        select(Committee).where(Committee.call_id == call.id).order_by(Committee.version.desc()).limit(1)
    )
    if latest is not None and latest.version >= details.committee_version:
        return
    from_at = whole_second(now())
    if latest is not None:
        from_at = max(from_at, latest.from_at + _SECOND)
        latest.until_at = from_at
    seats = [seat.model_dump(mode="json") for seat in details.committee]
    session().add(Committee(call_id=call.id, version=details.committee_version, seats=seats, from_at=from_at))
    session().flush()


def _without_version() -> int | None:
    known = select(Committee.call_id).where(Committee.call_id == Publication.id).exists()
    query = select(Publication.id).where(Publication.kind == "call", Publication.local, ~known)
    return session().scalar(query.where(Publication.state == PUBLISHED).limit(1))


@chore
def settle_committees() -> int:
    """Write down the committee of one call that was published before committees were kept."""
    with reading():
        number = _without_version()
    if number is None:
        return 0
    query = select(Publication).where(Publication.id == number, Publication.state == PUBLISHED)
    call = session().scalar(query.with_for_update(of=Publication, skip_locked=True))
    if call is None:
        return 0
    settle(call)
    session().commit()
    return 1


def _row(call: Publication, number: int) -> Committee | None:
    return session().scalar(select(Committee).where(Committee.call_id == call.id, Committee.version == number))


def _sitting(call: Publication, row: Committee) -> Sitting:
    seats = tuple(Seat.model_validate(seat) for seat in row.seats)
    return Sitting(row.version, seats, call.actor.iri, row.from_at, row.until_at)
