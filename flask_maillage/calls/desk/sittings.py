"""The calls in which a member holds a seat, or that they coordinate, and how much waits for them there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import committee, states
from flask_maillage.calls.models import CallLetter, CommitteeCopy, Dossier, GivenOpinion
from flask_maillage.calls.shapes import Shape
from flask_maillage.people.current import actors_to_publish_for
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.models import PUBLISHED, Publication


@dataclass(frozen=True)
class Sitting:
    """One seat of a member: the call, and how many applications wait for their opinion."""

    call: Publication
    seat: Seat
    waiting: int
    applications: int
    state: str


def sittings(member: Any) -> list[Sitting]:
    """Return the seats of a member, the newest call first; those of calls that are archived last."""
    found = [one for actor in actors_to_publish_for(member) for one in sittings_of(actor)]
    return sorted(found, key=lambda one: one.state in ("archived", "cancelled"))


def sittings_of(actor: Actor) -> list[Sitting]:
    """Return the seats of an actor of ours, with what waits for it, by what came here."""
    return [_sitting(actor, call, seat) for call, seat in committee.seats_of(actor)]


def waiting_for(actor: Actor, call_iri: str) -> tuple[int, int]:
    """Return how many applications to a call wait for an actor's opinion, and how many came here in all."""
    came = set(_agreements(actor, call_iri, Shape.OFFER))
    withdrawn = set(_agreements(actor, call_iri, Shape.WITHDRAWAL))
    said = select(GivenOpinion.agreement_iri).where(
        GivenOpinion.seat_actor_id == actor.id,
        GivenOpinion.call_iri == call_iri,
        GivenOpinion.sent_at.is_not(None),
        GivenOpinion.refusal.is_(None),
    )
    return len(came - withdrawn - set(session().scalars(said))), len(came)


def coordinated(member: Any) -> Sequence[tuple[Publication, int]]:
    """Return the calls of this node that a member may coordinate and to which somebody applied, with how many did."""
    actors = [actor.id for actor in actors_to_publish_for(member)]
    query = (
        select(Publication, func.count(Dossier.id))
        .join(Dossier, Dossier.call_id == Publication.id)
        .where(Publication.actor_id.in_(actors), Publication.local, Publication.state == PUBLISHED)
        .where(Dossier.purged_at.is_(None))
        .group_by(Publication.id)
        .order_by(Publication.id.desc())
    )
    return [(call, count) for call, count in session().execute(query)]


def _sitting(actor: Actor, call: Publication, seat: Seat) -> Sitting:
    waiting, came = waiting_for(actor, call.iri)
    state = states.state_of(call, now())
    is_time = state in ("closed", "deliberating")
    return Sitting(call, seat, waiting if is_time else 0, came, state)


def _agreements(actor: Actor, call_iri: str, shape: Shape) -> Iterable[str]:
    query = (
        select(CallLetter.agreement_iri)
        .join(CommitteeCopy, CommitteeCopy.letter_id == CallLetter.id)
        .where(
            CommitteeCopy.seat_actor_id == actor.id,
            CommitteeCopy.call_iri == call_iri,
            CommitteeCopy.hidden_at.is_(None),
            CallLetter.verb == str(shape),
            CallLetter.agreement_iri.is_not(None),
        )
    )
    return session().scalars(query)
