"""What somebody is to a call and to one of its applications: found from stored rows, never from what a letter says.

Who acts for the owner: whom the owner's node lets publish in its name (`people.roles`); who administers the node is
nobody by that. Whether a seat is recused, has given its opinion, or shares a cohort is known to other rooms, which pass
it as `facts`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypedDict, Unpack

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from flask_maillage.calls.states import Dossier
from flask_maillage.people import current, roles
from flask_maillage.people.models import Member
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication


@dataclass(frozen=True)
class Acting:
    """Somebody, as they are to a call and to one application; one who is nothing of all this is a stranger.

    `seat` is the key of the seat that they hold now, `coordinates` says that it is marked so. `own` is a seat or a
    coordinator that is named in the application or carries the initiative (FC-44); `recused` one that said so
    (FC-45). `reviewed`: they gave their opinion. `cohort`: they lead an application of the same cohort; `shares`: they
    let the others of their cohort reach them (FC-79). `clock` is the node itself, when a time has come.
    """

    iri: str = ""
    actor_id: int | None = None
    coordinator: bool = False
    seat: str = ""
    coordinates: bool = False
    applicant: bool = False
    guest: bool = False
    own: bool = False
    recused: bool = False
    reviewed: bool = False
    cohort: bool = False
    shares: bool = False
    clock: bool = False

    @property
    def is_of_it(self) -> bool:
        """Whether the application is their own, so that they judge nothing of it."""
        return self.own or self.applicant

    @property
    def is_stranger(self) -> bool:
        """Whether they may not know what there is: letters of theirs are ignored, pages are not there (FC-12)."""
        return not (self.coordinator or self.seat or self.applicant or self.clock)


class Facts(TypedDict, total=False):
    """What other rooms know of somebody and an application; each is false where it is not said."""

    own: bool
    recused: bool
    reviewed: bool
    cohort: bool
    shares: bool


STRANGER = Acting()
CLOCK = Acting(clock=True)


def acting(call: Publication, actor: Actor | None, dossier: Dossier | None = None, **facts: Unpack[Facts]) -> Acting:
    """Return what an actor is to a call of ours: the sender of a letter, who reads a collection.

    A member of this node who signs with their own actor is also what their roles make of them.
    """
    if actor is None or not _is_there(actor):
        return STRANGER
    query = select(Member).where(Member.actor_id == actor.id)
    member = session().scalar(query) if actor.local else None
    coordinates = actor.id == call.actor_id or (member is not None and roles.may(member, roles.EDIT, call))
    return _as(call, [actor], coordinates, dossier, facts)


def of_member(call: Publication, member: Any, dossier: Dossier | None = None, **facts: Unpack[Facts]) -> Acting:
    """Return what somebody who is signed in here is to a call of ours, by all actors for whom they may write."""
    if member is None:
        return STRANGER
    actors = [actor for actor in current.actors_to_publish_for(member) if _is_there(actor)]
    return _as(call, actors, current.may(member, roles.EDIT, call), dossier, facts)


def of_actors(call: Publication, actors: Iterable[Actor], coordinator: bool, dossier: Dossier) -> Acting:
    """Return what somebody is to one application of a call, of whom it is known already whether they coordinate it."""
    return _as(call, [actor for actor in actors if _is_there(actor)], coordinator, dossier, {})


def of_guest(guest_id: int, dossier: Dossier) -> Acting:
    """Return what a guest, known by the link of a mail, is to an application: its applicant, or a stranger."""
    is_theirs = dossier.guest_id == guest_id
    return Acting(iri=dossier.applicant_iri, applicant=True, guest=True) if is_theirs else STRANGER


def of_mail_seat(call: Publication, key: str, **facts: Unpack[Facts]) -> Acting:
    """Return what who holds the link of a mail seat is: that seat, while the committee has it and it has no actor."""
    seat = next((one for one in _committee(call) if one.key == key and not one.actor), None)
    return STRANGER if seat is None else replace(Acting(seat=seat.key, coordinates=seat.coordinates), **facts)


def _as(call: Publication, actors: list[Actor], coordinator: bool, dossier: Dossier | None, facts: Facts) -> Acting:
    """Return what these actors are together; the one that holds the seat, else the applicant, else the first, acts."""
    by_iri = {actor.iri: actor for actor in actors}
    seat = next((one for one in _committee(call) if one.actor in by_iri), None)
    whose = dossier.applicant_iri if dossier is not None and dossier.applicant_iri in by_iri else None
    actor = by_iri.get(next((iri for iri in (seat and seat.actor, whose, *by_iri) if iri), ""))
    found = Acting(
        iri=actor.iri if actor else "",
        actor_id=actor.id if actor else None,
        coordinator=coordinator,
        seat=seat.key if seat else "",
        coordinates=seat is not None and seat.coordinates,
        applicant=whose is not None,
        guest=dossier is not None and whose is not None and dossier.guest_id is not None,
    )
    return replace(found, **facts)


def _committee(call: Publication) -> Iterable[Seat]:
    """Return the seats of now: who left reads nothing more (FC-66)."""
    return details_of(call.content).committee


def _is_there(actor: Actor) -> bool:
    return actor.gone_at is None and actor.suspended_at is None
