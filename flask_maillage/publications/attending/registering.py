"""Who takes part in our events: registrations as they arrive, decided under a lock so that no place is given twice.

Members, guests and letters from other servers pass through `register` alike. Who comes is for the people of the
event's actor; nothing here tells it to anybody else.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from actors import policy
from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.sanitising import clean_text
from flask_maillage.publications import publishing
from flask_maillage.publications.attending import telling, waiting_list
from flask_maillage.publications.attending.counting import in_state, is_full, takes_registrations
from flask_maillage.publications.attending.locking import closed, lock
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import PUBLISHED, Attendance, Guest, Publication
from flask_maillage.publications.rules import NotPossible

MESSAGE_LIMIT = 1000
MOST_SHOWN = 200
SAYS_NO = ("declined", "left")
Who = Actor | Guest
Follower = Callable[[Attendance], None]
_followers: list[Follower] = []


def on_part(function: Follower) -> Follower:
    """Register a function that is told, in the same transaction, of every change of somebody's part in an event."""
    _followers.append(function)
    return function


def tell_followers(attendance: Attendance) -> None:
    """Tell those who registered (`on_part`) that somebody's part in an event is another one now."""
    for function in _followers:
        function(attendance)


def find(event: Publication, who: Who) -> Attendance | None:
    """Return what is known of somebody's part in an event, ours or elsewhere."""
    return session().scalar(select(Attendance).where(Attendance.publication_id == event.id, _is_of(who)))


def attendances(event: Publication) -> list[Attendance]:
    """Return everybody who has or had to do with an event, the first to come first, for its editors."""
    query = (
        select(Attendance)
        .outerjoin(Attendance.actor)
        .options(joinedload(Attendance.actor), joinedload(Attendance.guest))
        .where(Attendance.publication_id == event.id, or_(Attendance.guest_id.is_not(None), policy.welcome()))
        .order_by(Attendance.created_at, Attendance.id)
    )
    return list(session().scalars(query))


def shown_names(event: Publication) -> list[str]:
    """Return the names of those who take part and want to be shown, for the event's page and nothing else."""
    query = in_state(select(Attendance), event, "accepted").where(Attendance.shown)
    query = query.options(joinedload(Attendance.actor), joinedload(Attendance.guest)).order_by(Attendance.id)
    return [found.name for found in session().scalars(query.limit(MOST_SHOWN))]


def of_host(event: Publication, host: str) -> int:
    """Return how many of one server have a row for an event, whatever they answered."""
    query = select(func.count()).select_from(Attendance).join(Actor, Actor.id == Attendance.actor_id)
    return session().scalar(query.where(Attendance.publication_id == event.id, Actor.host == host)) or 0


def register(event: Publication, who: Who, *, iri: str, message: str = "", says_so: bool = False) -> str:
    """Let somebody register for an event of ours, and return in a word what came of it.

    The answer is `Accept`, `Reject` with the reason, or `Ignore` (FEP-8a8e) where one does not register with us;
    nothing decided yet where the event's people approve each registration or refused this one before, and
    `TentativeAccept` with a number where a waiting list is kept. A repeated registration is answered again under its
    own id, whatever has changed meanwhile.

    Args:
        event: a publication of ours.
        who: who comes: an actor, ours or from elsewhere, or a guest who has confirmed their address.
        iri: the id of the letter: a Join, or an Accept of the event; empty for a guest.
        message: what the participant adds.
        says_so: it is an Accept of the event itself (Friendica, gathio), which expects no Accept in return.
    """
    event = lock(event.id)
    known = find(event, who)
    if known is not None and known.state == "accepted":
        known.iri = iri
        if not says_so:
            telling.accepted(event, known)
        return "accepted"
    reason = "" if takes_registrations(event) else "ignored"
    if reason or (reason := closed(event)):
        return _turn_away(event, who, iri, reason)
    was_full = is_full(event)
    waiting_list.promote(event)
    state = _outcome(event, known)
    found = record(event, who, state, iri=iri, message=message)
    _tell(event, found, says_so=says_so)
    tell_if_turned(event, was_full=was_full)
    return state


def say_no(event: Publication, who: Who, *, iri: str, state: str = "declined", message: str = "") -> Attendance:
    """Note that somebody does not come (`declined`) or may come (`tentative`); a place that was theirs is free."""
    event = lock(event.id)
    was_full = is_full(event)
    found = record(event, who, state, iri=iri, message=message)
    waiting_list.promote(event)
    tell_if_turned(event, was_full=was_full)
    return found


def leave(event: Publication, who: Who) -> bool:
    """Note that somebody takes part no longer; False when they did not. Who waits first gets the place."""
    event = lock(event.id)
    was_full, found = is_full(event), find(event, who)
    if found is None or found.state in SAYS_NO:
        return False
    found.state, found.queue_number, found.message, found.answers = "left", None, "", []
    found.shown, found.answered_at = False, now()
    session().flush()
    tell_followers(found)
    if event.local:
        waiting_list.promote(event)
    tell_if_turned(event, was_full=was_full)
    return True


def answer(attendance: Attendance, *, accept: bool) -> None:
    """Accept a registration, or refuse it, also one that was accepted before; its people decide.

    Who is accepted where no place is left waits for one, where a waiting list is kept.

    Raises:
        NotPossible: there is nothing to answer, or no place left.
    """
    event = lock(attendance.publication_id)
    session().refresh(attendance)
    if attendance.state not in ("requested", "accepted", "waiting", "refused") or not event.local:
        raise NotPossible(_("There is no registration to answer."))
    was_full = is_full(event)
    if accept and attendance.state in ("requested", "refused"):
        waiting_list.promote(event)
    is_late = accept and attendance.state != "accepted" and is_full(event)
    if is_late and (attendance.state == "waiting" or not waiting_list.is_kept(event)):
        raise NotPossible(_("There is no place left."))
    number = waiting_list.next_number(event) if is_late else None
    _set(attendance, "waiting" if is_late else "accepted" if accept else "refused", number)
    attendance.turned_away = not accept
    session().flush()
    tell_followers(attendance)
    if is_late:
        telling.waiting(event, attendance, waiting_list.position(attendance))
    else:
        telling.answered(event, attendance, "Your registration was not accepted.")
    if not accept:
        waiting_list.promote(event)
    tell_if_turned(event, was_full=was_full)


def record(event: Publication, who: Who, state: str, *, iri: str, message: str = "") -> Attendance:
    """Write down what somebody's part in an event is now; there is one row for the two."""
    found = find(event, who)
    number = waiting_list.next_number(event) if state == "waiting" else None
    if found is None:
        key: dict[str, Any] = {"actor_id": who.id} if isinstance(who, Actor) else {"guest_id": who.id}
        found = Attendance(publication_id=event.id, iri=iri, created_at=now(), **key)
        session().add(found)
    elif found.state in SAYS_NO:
        found.created_at = now()
    found.iri, found.message = iri, clean_text(message, limit=MESSAGE_LIMIT)
    _set(found, state, number)
    session().flush()
    session().refresh(found)
    tell_followers(found)
    return found


def forget(actor: Actor) -> None:
    """Take away every part that an actor has in an event: it is gone for good."""
    query = select(Attendance).where(Attendance.actor_id == actor.id).options(joinedload(Attendance.publication))
    for found in session().scalars(query).all():
        leave(found.publication, actor)
        session().delete(found)
    session().flush()


def tell_if_turned(event: Publication, *, was_full: bool) -> None:
    """Tell everyone when an event has become full, or free again; not at every registration."""
    if event.local and event.state == PUBLISHED and takes_registrations(event) and is_full(event) != was_full:
        publishing.tell_again(event)


def _outcome(event: Publication, known: Attendance | None) -> str:
    """Return what a registration becomes: whoever registers again while waiting keeps their number."""
    is_late = is_full(event)
    if known is not None and known.state == "waiting" and is_late:
        return "waiting"
    if is_late and not waiting_list.is_kept(event):
        return "refused"
    if event.details.get("join_mode") == "restricted" or (known is not None and known.turned_away):
        return "requested"
    return "waiting" if is_late else "accepted"


def _set(found: Attendance, state: str, number: int | None) -> None:
    """Set a state; who waits already keeps their number."""
    found.queue_number = (found.queue_number or number) if state == "waiting" else None
    found.state = state
    found.answered_at = None if state in ("requested", "waiting", "invited") else now()


def _tell(event: Publication, found: Attendance, *, says_so: bool) -> None:
    if found.state == "accepted" and not says_so:
        telling.accepted(event, found)
    elif found.state == "waiting":
        telling.waiting(event, found, waiting_list.position(found))
    elif found.state == "requested":
        telling.asked(event, found)
    elif found.state == "refused":
        telling.refused(event, found, "This event is full.")


def _turn_away(event: Publication, who: Who, iri: str, reason: str) -> str:
    """Answer who cannot register at all, without a row; a guest is told by who asked (`guests.confirm`)."""
    if isinstance(who, Actor):
        if reason == "ignored":
            telling.post(event, who, "Ignore", iri)
        else:
            telling.post(event, who, "Reject", telling.letter_of(event, who, iri), words(event.language, reason))
    return "ignored" if reason == "ignored" else "refused"


def _is_of(who: Who) -> ColumnElement[bool]:
    return Attendance.actor_id == who.id if isinstance(who, Actor) else Attendance.guest_id == who.id
