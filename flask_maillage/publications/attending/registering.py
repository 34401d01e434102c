"""Who takes part in our events: registrations as they arrive, decided under a lock so that no place is given twice.

Answers go to the participant alone and name nobody else: who comes is for the people of the event's actor.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from actors import outbox, policy
from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import Document
from federation.sanitising import clean_text
from flask_maillage.publications import publishing
from flask_maillage.publications.attending.counting import is_full, takes_registrations
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import PUBLISHED, WITHDRAWN, Attendance, Publication
from flask_maillage.publications.rules import NotPossible
from inboxes.models import Letter

MESSAGE_LIMIT = 1000
SAYS_NO = ("declined", "left")


def find(event: Publication, actor: Actor) -> Attendance | None:
    """Return what is known of an actor's part in an event, ours or elsewhere."""
    return session().scalar(
        select(Attendance).where(Attendance.publication_id == event.id, Attendance.actor_id == actor.id)
    )


def attendances(event: Publication) -> list[Attendance]:
    """Return everybody who has or had to do with an event, the first to come first, for its editors."""
    query = (
        select(Attendance)
        .join(Attendance.actor)
        .options(joinedload(Attendance.actor))
        .where(Attendance.publication_id == event.id, policy.welcome())
        .order_by(Attendance.created_at, Attendance.id)
    )
    return list(session().scalars(query))


def of_host(event: Publication, host: str) -> int:
    """Return how many of one server have a row for an event, whatever they answered."""
    query = select(func.count()).select_from(Attendance).join(Actor, Actor.id == Attendance.actor_id)
    return session().scalar(query.where(Attendance.publication_id == event.id, Actor.host == host)) or 0


def register(event: Publication, actor: Actor, *, iri: str, message: str = "", says_so: bool = False) -> str:
    """Let somebody register for an event of ours, and return in a word what came of it.

    The answer is `Accept`, `Reject` with the reason, or `Ignore` (FEP-8a8e) where one does not register with us;
    none yet where the event's people approve each registration, or refused this one before. A repeated registration
    is answered again under its own id, whatever has changed meanwhile.

    Args:
        event: a publication of ours.
        actor: who comes, ours or from elsewhere.
        iri: the id of the letter: a Join, or an Accept of the event.
        message: what the participant adds.
        says_so: it is an Accept of the event itself (Friendica, gathio), which expects no Accept in return.
    """
    event = lock(event)
    known = find(event, actor)
    if known is not None and known.state == "accepted":
        known.iri = iri
        _reply(event, known, "" if says_so else "Accept")
        return "accepted"
    if not takes_registrations(event):
        _post(event, actor, "Ignore", iri)
        return "ignored"
    closed = _closed(event)
    if closed:
        _post(event, actor, "Reject", _letter_of(event, actor, iri), content=_in_its_language(event, closed))
        return "refused"
    full = is_full(event)
    waits = _is_restricted(event) or (known is not None and known.turned_away)
    state = "refused" if full else "requested" if waits else "accepted"
    found = record(event, actor, state, iri=iri, message=message)
    if full:
        _reply(event, found, "Reject", reason="This event is full.")
    elif state == "accepted":
        _reply(event, found, "" if says_so else "Accept")
        _tell_if_turned(event, was_full=False)
    return state


def say_no(event: Publication, actor: Actor, *, iri: str, state: str = "declined", message: str = "") -> Attendance:
    """Note that somebody does not come (`declined`) or may come (`tentative`); a place that was theirs is free."""
    event = lock(event)
    was_full = is_full(event)
    found = record(event, actor, state, iri=iri, message=message)
    _tell_if_turned(event, was_full=was_full)
    return found


def leave(event: Publication, actor: Actor) -> bool:
    """Note that somebody takes part no longer; False when they did not."""
    event = lock(event)
    was_full, found = is_full(event), find(event, actor)
    if found is None or found.state in SAYS_NO:
        return False
    found.state, found.message, found.answered_at = "left", "", now()
    session().flush()
    _tell_if_turned(event, was_full=was_full)
    return True


def answer(attendance: Attendance, *, accept: bool) -> None:
    """Accept a registration, or refuse it, also one that was accepted before; its people decide.

    Raises:
        NotPossible: there is nothing to answer, or no place left.
    """
    event = lock(attendance.publication)
    session().refresh(attendance)
    if attendance.state not in ("requested", "accepted", "refused") or not event.local:
        raise NotPossible(_("There is no registration to answer."))
    was_full = is_full(event)
    if accept and attendance.state != "accepted" and was_full:
        raise NotPossible(_("There is no place left."))
    attendance.state, attendance.answered_at = "accepted" if accept else "refused", now()
    attendance.turned_away = not accept
    session().flush()
    _reply(event, attendance, "Accept" if accept else "Reject", reason="Your registration was not accepted.")
    _tell_if_turned(event, was_full=was_full)


def record(event: Publication, actor: Actor, state: str, *, iri: str, message: str = "") -> Attendance:
    """Write down what an actor's part in an event is now; there is one row for the two."""
    found = find(event, actor)
    if found is None:
        found = Attendance(publication_id=event.id, actor_id=actor.id, iri=iri, state=state, created_at=now())
        session().add(found)
    elif found.state in SAYS_NO:
        found.created_at = now()
    found.iri, found.state, found.message = iri, state, clean_text(message, limit=MESSAGE_LIMIT)
    found.answered_at = None if state in ("requested", "invited") else now()
    session().flush()
    session().refresh(found)
    return found


def forget(actor: Actor) -> None:
    """Take away every part that an actor has in an event: it is gone for good."""
    query = select(Attendance).where(Attendance.actor_id == actor.id).options(joinedload(Attendance.publication))
    for found in session().scalars(query).all():
        event = found.publication
        leave(event, actor)
        session().delete(found)
    session().flush()


def lock(event: Publication) -> Publication:
    """Return the event, locked until the transaction ends: whoever else decides about its places waits."""
    query = select(Publication).where(Publication.id == event.id).with_for_update(of=Publication)
    return session().scalars(query.execution_options(populate_existing=True)).one()


def _closed(event: Publication) -> str:
    """Return why nobody can register for an event any more, or yet; empty where one can."""
    if event.state == WITHDRAWN:
        return "This event was withdrawn."
    if event.state != PUBLISHED:
        return "Registration is not open for this event."
    state = event.kind_of_it.state(event.content, now())
    sentences = {"past": "This event is over.", "cancelled": "This event was cancelled."}
    return sentences.get(state, "")


def _is_restricted(event: Publication) -> bool:
    return bool(event.details.get("join_mode") == "restricted")


def _in_its_language(event: Publication, sentence: str) -> str:
    return words(event.language, sentence)


def _tell_if_turned(event: Publication, *, was_full: bool) -> None:
    """Tell everyone when an event has become full, or free again; not at every registration."""
    if event.local and event.state == PUBLISHED and takes_registrations(event) and is_full(event) != was_full:
        publishing.tell_again(event)


def _reply(event: Publication, attendance: Attendance, verb: str, reason: str = "") -> None:
    if verb:
        content = _in_its_language(event, reason) if verb == "Reject" else None
        letter = _letter_of(event, attendance.actor, attendance.iri)
        _post(event, attendance.actor, verb, letter, content=content)


def _letter_of(event: Publication, actor: Actor, iri: str) -> Document:
    """Return what is answered, embedded with plain ids: the form that every server read for this project handles."""
    verb = session().scalar(select(Letter.type).where(Letter.iri == iri, Letter.sender_id == actor.id))
    return {"id": iri, "type": verb or "Join", "actor": actor.iri, "object": event.iri}


def _post(event: Publication, actor: Actor, verb: str, thing: Document | str, *, content: str | None = None) -> None:
    if not actor.local:
        outbox.post(event.actor, verb, thing, to=[actor.iri], inboxes=[actor.inbox], content=content)
