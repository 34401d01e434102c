"""The roster of experts of an organisation: offered by themselves, or entered by its people with their consent.

It stays on this node (FC-58), and is for those who publish for the organisation and each expert for themselves.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from federation.sanitising import text_of_html
from flask_maillage.calls.desk.roles import Desk
from flask_maillage.calls.models import Dossier, Entry, Expert, Version
from flask_maillage.calls.sessions import matching
from flask_maillage.calls.sessions.matching import Needing, Offering, Suggestion
from flask_maillage.calls.sight import Thing
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.leaving import on_parting
from flask_maillage.publications.models import Publication
from flask_maillage.publications.topics import label_of
from inboxes.registry import on_departure

OWN = "own"
"""The consent of who offers themselves."""


def experts_of(owner: Actor) -> Sequence[Expert]:
    """Return who stands in the roster of an organisation, by name."""
    query = select(Expert).where(Expert.owner_id == owner.id, Expert.retired_at.is_(None))
    return session().scalars(query.order_by(Expert.name, Expert.id)).all()


def find(owner: Actor, identifier: str) -> Expert | None:
    """Return one of an organisation's experts."""
    return next((one for one in experts_of(owner) if one.identifier == identifier), None)


def own_entry(owner: Actor, actors: Iterable[Actor]) -> Expert | None:
    """Return the entry of one of these actors in the roster of an organisation."""
    iris = {actor.iri for actor in actors}
    return next((one for one in experts_of(owner) if one.actor_iri in iris), None)


def own_entries(actors: Iterable[Actor]) -> Sequence[Expert]:
    """Return every entry of these actors, whoever keeps it."""
    iris = [actor.iri for actor in actors]
    query = select(Expert).where(Expert.actor_iri.in_(iris), Expert.retired_at.is_(None)).order_by(Expert.id)
    return session().scalars(query).all()


def enter(owner: Actor, said: dict[str, Any], *, consent: str, known: Expert | None = None) -> Expert:
    """Put an expert into a roster, or change what it says of them.

    Args:
        owner: the organisation.
        said: `name`, `organisation`, `actor_iri`, `email`, `languages`, `competences`, `availability`.
        consent: how they agreed, in words, or `OWN`.
        known: whom it changes.
    """
    found = known or Expert(identifier=new_identifier(now()), owner_id=owner.id)
    for name, value in said.items():
        setattr(found, name, value)
    if found.consent != consent or found.consented_at is None:
        found.consent, found.consented_at = consent, now()
    session().add(found)
    session().flush()
    return found


def retire(expert: Expert) -> None:
    """Take an expert out of a roster: nothing of them stays but that somebody was there, for what they came to."""
    expert.name, expert.organisation, expert.email, expert.actor_iri = "", "", None, None
    expert.languages, expert.competences, expert.availability, expert.consent = [], [], "", ""
    expert.consented_at, expert.retired_at = None, now()
    session().flush()


@on_departure
@on_parting
def forget(actor: Actor) -> None:
    """An actor left for good, of this node or another: it stands in no roster any more."""
    for expert in own_entries([actor]):
        retire(expert)


def suggestions(desk: Desk, cohort: str, experts: Iterable[Expert]) -> list[Suggestion]:
    """Return which of these experts fit what the initiatives of a cohort need, as far as the reader sees those."""
    offering = [
        Offering(one.id, one.name, tuple(one.competences), tuple(one.languages))
        for one in experts
        if one.consented_at is not None
    ]
    those = [one for one in desk.dossiers if one.slot is not None and one.slot.cohort == cohort]
    return matching.suggestions((_needing(desk, one) for one in those), offering) if offering else []


def _needing(desk: Desk, dossier: Dossier) -> Needing:
    texts = _of_application(desk.call, dossier) if desk.sees(Thing.APPLICATION, dossier) else []
    texts += _of_outputs(dossier) if desk.sees(Thing.FOLLOW_UP, dossier) else []
    return Needing(dossier.identifier, dossier.language or "", tuple(texts))


def _of_application(call: Publication, dossier: Dossier) -> list[str]:
    query = select(Version.content).where(Version.dossier_id == dossier.id, Version.number == dossier.version)
    said = session().scalar(query) or {}
    named = details_of(call.content).topic_labels
    topics = [label_of(topic, named, dossier.language) for topic in said.get("topics", [])]
    answers = [str(answer.get("text") or "") for answer in said.get("answers", [])]
    answers += [str(choice) for answer in said.get("answers", []) for choice in answer.get("choices") or ()]
    initiative = said.get("initiative") or {}
    return [*topics, *said.get("sectors", []), *answers, str(initiative.get("summary") or "")]


def _of_outputs(dossier: Dossier) -> list[str]:
    query = select(Entry).where(Entry.dossier_id == dossier.id, Entry.entry == "outputs")
    found = session().scalars(query.order_by(Entry.id)).all()
    needs = [str(need) for one in found for need in one.facts.get("outputs", {}).get("needs", [])]
    return [*needs, *(text_of_html(one.content, limit=5000) for one in found)]
