"""What somebody is to a call and to each of its applications, found from rows: the one `acting` of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select

from actors.database import session
from actors.models import NODE, Actor
from flask_maillage.calls import acting as acts
from flask_maillage.calls import states, weighing
from flask_maillage.calls.acting import STRANGER, Acting
from flask_maillage.calls.following import contacts
from flask_maillage.calls.models import Dossier, Slot
from flask_maillage.calls.sight import Thing, sees
from flask_maillage.calls.weighing import Opinions
from flask_maillage.people.current import actors_to_publish_for
from flask_maillage.publications.models import Publication


@dataclass(frozen=True)
class Reader:
    """Somebody at a desk: an actor that signed, or a member who is signed in with all actors for whom they write."""

    call: Publication
    actors: tuple[Actor, ...]
    member: Any = None

    @cached_property
    def at_the_call(self) -> Acting:
        """What they are to the call, without any application."""
        return self._found(None)

    @cached_property
    def iris(self) -> frozenset[str]:
        """The ids that they act under."""
        return frozenset(actor.iri for actor in self.actors)

    @cached_property
    def is_of_committee(self) -> bool:
        """Whether they see that applications are there, whosever these are."""
        return sees(self.at_the_call, Thing.PRESENCE, self.call)

    def acting(
        self,
        dossier: Dossier,
        said: Opinions,
        led: frozenset[str] = frozenset(),
        shared: frozenset[str] = frozenset(),
    ) -> Acting:
        """Return what they are to one application.

        Args:
            dossier: the application.
            said: what the seats said of it.
            led: the cohorts in which they lead an application.
            shared: those of them in which they let the others reach them (FC-79).
        """
        found = self._found(dossier)
        if found.is_stranger and not led:
            return found
        review = said.of(dossier).get(found.seat) if found.seat else None
        return replace(
            found,
            own=(bool(found.seat) or found.coordinator) and said.is_own(dossier, self.iris),
            recused=bool(found.seat) and said.has_recused(dossier, found.seat),
            reviewed=review is not None,
            cohort=dossier.slot is not None and dossier.slot.cohort in led,
            shares=dossier.slot is not None and dossier.slot.cohort in shared,
        )

    def _found(self, dossier: Dossier | None) -> Acting:
        if not self.actors:
            return STRANGER
        if dossier is not None:  # asked for each application of a list: no question to the database
            return acts.of_actors(self.call, self.actors, self.at_the_call.coordinator, dossier)
        if self.member is not None:
            return acts.of_member(self.call, self.member)
        return acts.acting(self.call, self.actors[0])


def reader_of(call: Publication, actor: Actor | None) -> Reader:
    """Return an actor that signed, as the reader of a desk: a person's own, never a server's (FC-64)."""
    return Reader(call, () if actor is None or actor.kind == NODE else (actor,))


def member_at(call: Publication, member: Any) -> Reader:
    """Return who is signed in here, as the reader of a desk."""
    return Reader(call, tuple(actors_to_publish_for(member)) if member is not None else (), member)


@dataclass(frozen=True)
class Desk:
    """What a reader finds at a call: the applications that they may see, and what they are to each."""

    reader: Reader
    dossiers: Sequence[Dossier]
    said: Opinions
    roles: dict[int, Acting]

    @property
    def call(self) -> Publication:
        """The call."""
        return self.reader.call

    def sees(self, thing: Thing, dossier: Dossier) -> bool:
        """Say whether they see a thing of an application."""
        return sees(self.roles[dossier.id], thing, self.call, dossier)


def desk_of(reader: Reader, *identifiers: str) -> Desk:
    """Return what a reader finds of a call of ours: all that they may see, or those of these identifiers."""
    query = select(Dossier).where(Dossier.call_id == reader.call.id, Dossier.purged_at.is_(None))
    if identifiers:
        query = query.where(Dossier.identifier.in_(identifiers))
    if not reader.is_of_committee:
        query = query.where(Dossier.applicant_iri.in_(reader.iris))
    return _seen(reader, list(session().scalars(query.order_by(Dossier.id))), frozenset())


def cohorts_of(reader: Reader) -> Desk:
    """Return the placed applications whose cohorts a reader sees: a leader those of their own cohort too."""
    led = select(Slot.cohort).join(Dossier, Dossier.slot_id == Slot.id).where(Dossier.call_id == reader.call.id)
    own = led.where(Dossier.applicant_iri.in_(reader.iris), Dossier.guest_id.is_(None), Dossier.state.in_(states.LED))
    query = select(Dossier).join(Dossier.slot).where(Dossier.call_id == reader.call.id).order_by(Dossier.id)
    return _seen(reader, list(session().scalars(query)), frozenset(session().scalars(own)), Thing.COHORTS)


def _seen(reader: Reader, dossiers: list[Dossier], led: frozenset[str], thing: Thing = Thing.PRESENCE) -> Desk:
    said = weighing.opinions(reader.call, dossiers)
    shared = contacts.cohorts_shared_by(reader.call, reader.iris)
    roles = {one.id: reader.acting(one, said, led, shared) for one in dossiers}
    kept = [one for one in dossiers if sees(roles[one.id], thing, reader.call, one)]
    return Desk(reader, kept, said, roles)
