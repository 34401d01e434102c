"""Who is invited to a session of a cohort as what, here and elsewhere; and whose invitation is taken back (FC-58).

Who is invited may read the event, and nothing else by that. One actor may be invited as
several things; it answers once.
"""

from sqlalchemy import select

from actors import outbox
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import posting
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import CohortSession, Dossier, Expert, SessionRole
from flask_maillage.calls.sessions import answering, people, telling
from flask_maillage.calls.sessions.people import LEADER, WAITING, WITHDRAWN
from flask_maillage.publications import audience, publishing
from flask_maillage.publications.attending import locking, registering, taking_part
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import DIRECT, PUBLISHED, Publication

MESSAGES = {
    "leader": "You are invited as the leader of your initiative.",
    "coordinator": "You are invited as a coordinator.",
    "expert": "You are invited as an expert.",
    "facilitator": "You are invited as a facilitator.",
}


class NotReached(LookupError):
    """Somebody cannot be invited: gone, suspended, blocked, or without any address."""


def invite(
    held: CohortSession, role: str, by: Acting, *, actor: Actor | None = None, expert: Expert | None = None
) -> SessionRole:
    """Invite somebody to a session as a coordinator, an expert or a facilitator; again where that was taken back.

    Args:
        held: the session.
        role: as what.
        by: the coordinator.
        actor: whom; None for an expert who has none, or whose roster says which.
        expert: who it is in the roster of the call's owner.

    Raises:
        Refused: whoever wants it does not coordinate this call, or it is not decided.
        NotReached: neither a letter nor a mail can go there.
    """
    call = locking.lock(held.call_id)
    refusal = may(Action.INVITE, by, call, None, now())
    if refusal is not None:
        raise Refused(refusal)
    if expert is not None and (expert.owner_id != call.actor_id or expert.consented_at is None):
        raise NotReached(expert.identifier)
    if actor is None and expert is not None and expert.actor_iri:
        actor = session().scalar(select(Actor).where(Actor.iri == expert.actor_iri))
    if actor is not None and posting.unreachable([actor.iri]):
        raise NotReached(actor.iri)
    if actor is None and (expert is None or not expert.email):
        raise NotReached(expert.identifier if expert else "")
    name = expert.name if expert is not None else actor.name or actor.handle if actor is not None else ""
    return _invite(held, role, name=name, actor=actor, expert=expert)


def take_back(role: SessionRole, by: Acting) -> None:
    """Take an invitation back; of a leader, only by taking their initiative out of the cohort.

    Raises:
        Refused: whoever wants it does not coordinate this call.
    """
    call = locking.lock(role.session.call_id)
    refusal = may(Action.INVITE, by, call, None, now())
    if refusal is not None:
        raise Refused(refusal)
    if role.role != LEADER:
        _withdraw(role)


def settle(call: Publication) -> None:
    """Let each session of a call have the leaders of its cohort as they are now: who came is invited, who left is not.

    Called by whatever changes who is in which cohort, under the lock of the call.
    """
    query = select(CohortSession).where(CohortSession.call_id == call.id).order_by(CohortSession.id)
    for held in session().scalars(query).all():
        if held.event.state != PUBLISHED or locking.closed(held.event):
            continue
        there = {one.dossier.id: one for one in people.leaders(call, held.cohort)}
        for role in people.roles_in(held):
            if role.role == LEADER and role.dossier_id not in there:
                _withdraw(role)
        invite_leaders(held, list(there.values()))


def invite_leaders(held: CohortSession, leaders: list[people.Leader]) -> None:
    """Invite those of these leaders who are not invited yet, where they can be reached; all are on the list."""
    asked = {one.dossier_id for one in people.roles_in(held)}
    for leader in leaders:
        if leader.dossier.id not in asked:
            _invite(held, LEADER, name=leader.name, actor=leader.actor, dossier=leader.dossier)


def invite_coordinators(held: CohortSession, actors: list[Actor]) -> None:
    """Invite the committee's coordinators."""
    for actor in actors:
        _invite(held, people.COORDINATOR, name=actor.name or actor.handle, actor=actor)


def _invite(
    held: CohortSession,
    role: str,
    *,
    name: str,
    actor: Actor | None,
    dossier: Dossier | None = None,
    expert: Expert | None = None,
) -> SessionRole:
    found = _known(held, role, actor=actor, dossier=dossier, expert=expert)
    if found is not None and found.answer != WITHDRAWN:
        return found
    if found is None:
        found = SessionRole(session_id=held.id, role=role, name=_free_name(held, role, name))
        session().add(found)
    found.actor_iri = actor.iri if actor else None
    found.dossier_id, found.expert_id = dossier.id if dossier else None, expert.id if expert else None
    found.invite_iri = f"{held.event.iri}/invites/{new_identifier(now())}"
    found.answer, found.answered_at = WAITING, None
    session().flush()
    if actor is None:
        telling.invite(held, found)
    elif not posting.unreachable([actor.iri]):
        _open_to(held.event, actor)
        _ask(held.event, found, actor)
        part = registering.find(held.event, actor)
        if part is not None:
            answering.follow(part)
    return found


def _ask(event: Publication, role: SessionRole, actor: Actor) -> None:
    """Send the invitation, with the event in it: who is invited elsewhere cannot read it before."""
    message, iri = words(event.language, MESSAGES[role.role]), role.invite_iri or ""
    if actor.local:
        taking_part.invite(event, actor, iri=iri, message=message)
    else:
        known = registering.find(event, actor)
        if known is None or known.state in ("invited", "left"):
            registering.record(event, actor, "invited", iri=iri, message=message)
    outbox.post(
        event.actor,
        "Invite",
        actor.iri,
        to=[actor.iri],
        inboxes=[actor.inbox],
        letter_only=True,
        iri=iri,
        target=publishing.document(event),
        instrument={"as": role.role},
        content=message,
    )


def _open_to(event: Publication, actor: Actor) -> None:
    """Let an actor read the event, who is told of it by their invitation."""
    readers = audience.of(event)
    if not audience.includes(event, [actor.id]):
        audience.put(event, Audience(DIRECT, (*readers.named, actor)))


def _withdraw(role: SessionRole) -> None:
    """Take an invitation back, and the event from who is there as nothing else."""
    role.answer, role.answered_at = WITHDRAWN, now()
    session().flush()
    held = role.session
    others = {one.actor_iri for one in people.roles_in(held)}
    actor = people.actors_of([role]).get(role.actor_iri or "")
    if actor is None or actor.iri in others:
        return
    event, stub = held.event, {"id": role.invite_iri, "type": "Invite", "actor": held.event.actor.iri}
    outbox.post(event.actor, "Undo", stub, to=[actor.iri], inboxes=[actor.inbox], letter_only=True)
    registering.leave(event, actor)
    named = tuple(one for one in audience.of(event).named if one.id != actor.id)
    publishing.revise(event, event.content, Audience(DIRECT, named or (event.actor,)))


def _known(
    held: CohortSession, role: str, *, actor: Actor | None, dossier: Dossier | None, expert: Expert | None
) -> SessionRole | None:
    query = select(SessionRole).where(SessionRole.session_id == held.id, SessionRole.role == role)
    if dossier is not None:
        return session().scalar(query.where(SessionRole.dossier_id == dossier.id))
    if actor is not None:
        return session().scalar(query.where(SessionRole.actor_iri == actor.iri))
    return session().scalar(query.where(SessionRole.expert_id == expert.id)) if expert is not None else None


def _free_name(held: CohortSession, role: str, name: str) -> str:
    """Return a name that nobody of that role has, since two initiatives may be called the same."""
    query = select(SessionRole.name).where(SessionRole.session_id == held.id, SessionRole.role == role)
    taken, found, number = set(session().scalars(query)), name, 2
    while found in taken:
        found, number = f"{name} ({number})", number + 1
    return found
