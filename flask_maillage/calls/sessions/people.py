"""Who belongs to a session: the leaders of its cohort, the committee's coordinators, and what those invited say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from federation.sanitising import text_of_html
from flask_maillage.calls import states
from flask_maillage.calls.models import CohortSession, Dossier, SessionRole, Slot
from flask_maillage.publications.content import SUMMARY_LIMIT
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import PUBLISHED, Publication

LEADER, COORDINATOR, EXPERT, FACILITATOR = "leader", "coordinator", "expert", "facilitator"
ROLES = (LEADER, COORDINATOR, EXPERT, FACILITATOR)
WAITING, ACCEPTED, TENTATIVE, DECLINED, WITHDRAWN = "waiting", "accepted", "tentative", "declined", "withdrawn"


@dataclass(frozen=True)
class Leader:
    """Who leads one initiative of a cohort: an actor, or a guest, who has none."""

    dossier: Dossier
    actor: Actor | None

    @property
    def name(self) -> str:
        """The initiative, or who leads it where that has no name."""
        return self.dossier.name or (self.actor.name if self.actor else self.dossier.identifier)


def leaders(call: Publication, cohort: str) -> list[Leader]:
    """Return who leads the initiatives that are in a cohort now, in the order of their registration."""
    query = (
        select(Dossier)
        .join(Slot, Slot.id == Dossier.slot_id)
        .where(Slot.call_id == call.id, Slot.cohort == cohort, Dossier.state.in_(states.LED))
        .order_by(Dossier.id)
    )
    found = session().scalars(query).all()
    known = _actors(one.applicant_iri for one in found if one.guest_id is None)
    return [Leader(one, known.get(one.applicant_iri) if one.guest_id is None else None) for one in found]


def coordinators(call: Publication) -> list[Actor]:
    """Return the actors whose seats coordinate the follow-up, beside the owner's own people."""
    seats = [seat.actor for seat in details_of(call.content).committee if seat.coordinates and seat.actor]
    known = _actors(seats)
    return [known[iri] for iri in dict.fromkeys(seats) if iri in known and known[iri].id != call.actor_id]


def when_and_where(event: Publication, language: str | None = None) -> str:
    """Return in a sentence when and where an event is, as plain text."""
    content = event.content.model_copy(update={"language": language}) if language else event.content
    return text_of_html(event.kind_of_it.summary(content), limit=SUMMARY_LIMIT)


def session_of(call: Publication, cohort: str) -> CohortSession | None:
    """Return the session of a cohort: the last one that was not taken back."""
    query = (
        select(CohortSession)
        .join(Publication, Publication.id == CohortSession.event_id)
        .where(CohortSession.call_id == call.id, CohortSession.cohort == cohort, Publication.state == PUBLISHED)
    )
    return session().scalar(query.order_by(CohortSession.id.desc()).limit(1))


def roles_in(held: CohortSession) -> Sequence[SessionRole]:
    """Return who was invited to a session, without those whose invitation was taken back."""
    query = select(SessionRole).where(SessionRole.session_id == held.id, SessionRole.answer != WITHDRAWN)
    order = {role: number for number, role in enumerate(ROLES)}
    return sorted(session().scalars(query.order_by(SessionRole.id)), key=lambda one: order[one.role])


def actors_of(roles: Sequence[SessionRole]) -> dict[str, Actor]:
    """Return the actors of those who were invited, by their ids."""
    return _actors(one.actor_iri for one in roles if one.actor_iri)


def _actors(iris: Iterable[str]) -> dict[str, Actor]:
    wanted = list(iris)
    query = select(Actor).where(Actor.iri.in_(wanted), Actor.gone_at.is_(None))
    return {actor.iri: actor for actor in session().scalars(query)}
