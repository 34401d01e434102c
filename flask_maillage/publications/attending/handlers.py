"""What others' letters do to registrations: for our events, and answers to ours elsewhere.

Join, Leave, and Accept, Reject and TentativeAccept of an event itself (`reference/events.md` §1.6). Verbs that groups
share with events are told apart in `flask_maillage/coalitions/handlers.py`, which calls the functions here.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from actors.database import session
from actors.models import Actor
from actors.node import node
from federation.activities import id_of, type_of
from federation.errors import TooMany
from flask_maillage.publications import audience, keeping
from flask_maillage.publications.attending import registering, taking_part
from flask_maillage.publications.attending.counting import takes_registrations
from flask_maillage.publications.models import PUBLISHED, Attendance, Publication
from inboxes.models import Letter
from inboxes.pruning import on_pruning
from inboxes.registry import Context, Ignored, knows_types, on, on_departure, on_repetition, on_retraction

MOST_OF_HOST = 2000
"""How many rows one server gets for one event: actors are made in no time (A11)."""
BY_ACTOR, BY_HOST = "registrations of an actor", "registrations of a host"
OUR_WORDS = {"Accept": "accepted", "TentativeAccept": "waiting", "Reject": "refused", "Ignore": "ignored"}


@knows_types
def type_of_publication(iri: str) -> str | None:
    """Return the type of a publication that is here, ours or a copy."""
    found = keeping.find(iri)
    return found.kind_of_it.as2_type if found is not None else None


@on_repetition
def takes_part(letter: Letter) -> bool:
    """Tell whether a Join of an event still counts: until its sender leaves."""
    event = keeping.find(letter.object_iri or "")
    found = registering.find(event, letter.sender) if event is not None else None
    return found is not None and found.state not in registering.SAYS_NO


@on("Join", "Event")
def join(context: Context) -> str:
    """Somebody registers for an event of ours (Mobilizon, FEP-8a8e)."""
    return join_event(context, context.activity.object_id)


@on("Leave", "Event")
def leave(context: Context) -> str:
    """Somebody takes part in an event of ours no longer."""
    return leave_event(context, context.activity.object_id)


@on("Accept", "Event")
def accept_event(context: Context) -> str:
    """Somebody says yes to an event of ours, without a Join (Friendica, gathio)."""
    event = our_event(context, context.activity.object_id)
    outcome = registering.register(
        event, context.sender, iri=context.activity.id, message=message_of(context), says_so=True
    )
    return f"comes to {event.name}: {outcome}"


@on("Reject", "Event")
@on("TentativeAccept", "Event")
def decline_event(context: Context) -> str:
    """Somebody says no, or perhaps, to an event of ours (Friendica, gathio)."""
    event = our_event(context, context.activity.object_id)
    if event.state != PUBLISHED or not takes_registrations(event):
        raise Ignored("nobody registers for it here")
    state = "declined" if context.activity.type == "Reject" else "tentative"
    registering.say_no(event, context.sender, iri=context.activity.id, state=state, message=message_of(context))
    return f"{state}: {event.name}"


def join_event(context: Context, iri: str | None) -> str:
    """Register the sender for the event of ours with this id."""
    event = our_event(context, iri)
    outcome = registering.register(event, context.sender, iri=context.activity.id, message=message_of(context))
    return f"registers for {event.name}: {outcome}"


def leave_event(context: Context, iri: str | None) -> str:
    """Let the sender take part no longer in the event of ours with this id."""
    found = keeping.find(iri) if iri else None
    if found is None or not found.local or not registering.leave(found, context.sender):
        raise Ignored("did not take part")
    return f"takes part no longer in {found.name}"


@on_retraction
def retract(context: Context, iri: str) -> str | None:
    """Somebody undoes a registration, by the id of the letter that made it, which only we may still know."""
    query = select(Attendance).where(Attendance.iri == iri, Attendance.actor_id == context.sender.id)
    found = session().scalar(query)
    return leave_event(context, found.publication.iri) if found is not None else None


def undo_join(context: Context) -> str | None:
    """Undo the sender's registration by its id, or by the event that the embedded Join names; None for no event.

    Raises:
        Ignored: the Join that is embedded is somebody else's.
    """
    iri, thing = context.activity.object_id, context.activity.object
    if isinstance(thing, dict) and id_of(thing.get("actor", context.sender.iri)) != context.sender.iri:
        raise Ignored("not the sender's to undo")
    if iri is not None and (outcome := retract(context, iri)) is not None:
        return outcome
    named = id_of(thing.get("object")) if isinstance(thing, dict) else None
    return leave_event(context, named) if named and keeping.find(named) is not None else None


def settle_join(context: Context) -> str | None:
    """Note what the organisers answer to a Join of ours to their event; None where it is no such Join.

    Raises:
        Ignored: the sender does not speak for the event (B14), or answers nothing that was asked.
    """
    found = _our_part(context.activity.object)
    if found is None:
        return None
    if not taking_part.may_answer(found.publication, context.sender):
        raise Ignored("does not speak for the event")
    state = OUR_WORDS[context.activity.type]
    if not taking_part.settle(found, state):
        raise Ignored("answers no Join of ours")
    return f"{found.name} for {found.publication.name}: {state}"


def our_event(context: Context, iri: str | None) -> Publication:
    """Return the event of ours that a letter is about.

    Raises:
        Ignored: there is none for the sender to know of, or its server has filled its share of the list.
        TooMany: the sender, or its server, is faster than people are; the letter is opened again later.
    """
    event = keeping.find(iri) if iri else None
    if event is None or not event.local or event.kind != "event" or not audience.includes(event, [context.sender.id]):
        raise Ignored("not about an event of ours")
    if event.actor.gone_at is not None or event.actor.suspended_at is not None:
        raise Ignored("its actor is gone or suspended")
    known = registering.find(event, context.sender)
    if known is None and registering.of_host(event, context.sender.host) >= MOST_OF_HOST:
        raise Ignored(f"too many of {context.sender.host} for this event")
    check_rate(context.sender)
    return event


def check_rate(sender: Actor) -> None:
    """Raise `TooMany` where an actor or its server joins and leaves faster than people do."""
    rates = node().rates
    if not (rates.allow(BY_ACTOR, sender.iri) and rates.allow(BY_HOST, sender.host)):
        raise TooMany(f"too many registrations from {sender.iri}")


def message_of(context: Context) -> str:
    """Return what somebody adds to a letter, in Mobilizon's term or the common one."""
    document = context.activity.document
    words = document.get("participationMessage") or document.get("content")
    return words if isinstance(words, str) else ""


def _our_part(thing: Any) -> Attendance | None:
    """Return the part of an actor of ours that an answer is about: by the Join's id, or by who joins what.

    FEP-8a8e lets an `Ignore` name the event as the Join's target.
    """
    query = select(Attendance).join(Attendance.actor).join(Attendance.publication)
    query = query.where(Actor.local, ~Publication.local, Attendance.state != "invited")
    found = session().scalar(query.where(Attendance.iri == (id_of(thing) or "")))
    if found is not None or not isinstance(thing, dict) or type_of(thing) != "Join":
        return found
    event = id_of(thing.get("object")) or id_of(thing.get("target"))
    return session().scalar(query.where(Actor.iri == (id_of(thing.get("actor")) or ""), Publication.iri == event))


@on_departure
def forget_parts(actor: Actor) -> None:
    """A remote actor left for good: its places are free."""
    registering.forget(actor)


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget who did not come, was refused or left long ago; who takes part stays on the list."""
    ended = Attendance.state.in_((*registering.SAYS_NO, "refused", "ignored")), Attendance.answered_at < limit
    session().execute(delete(Attendance).where(*ended).execution_options(synchronize_session=False))
