"""Our actors take part in events, ours and elsewhere: they ask, are answered or invited, and may leave again.

Nobody is shown as taking part before the event's people have accepted; only they answer.
"""

from collections.abc import Sequence

from sqlalchemy import select

from actors import iris, outbox
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from federation.activities import id_of, ids_of, same_origin
from flask_maillage.people.notifying.writing import notify, people_of
from flask_maillage.publications import audience
from flask_maillage.publications.attending import registering, telling
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.models import PUBLISHED, Attendance, Publication
from flask_maillage.publications.notices import EVENT_INVITED
from flask_maillage.publications.rules import NotPossible

ANSWERABLE = {
    "accepted": ("requested", "waiting", "refused", "ignored", "accepted"),
    "refused": ("requested", "waiting", "accepted"),
    "waiting": ("requested",),
    "ignored": ("requested",),
}
"""From which states an answer leads where; who has left is not brought back by a late Accept."""


def join(
    actor: Actor,
    event: Publication,
    message: str = "",
    *,
    answers: Sequence[dict[str, str]] = (),
    shown: bool = False,
) -> Attendance:
    """Let an actor of ours ask to take part in an event; for one of ours it is decided at once.

    Raises:
        NotPossible: it is no event, is over or called off, one registers elsewhere, or it is for others.
    """
    check_joinable(event)
    if not audience.includes(event, [actor.id]):
        raise NotPossible(_("This event is for others."))
    known = registering.find(event, actor)
    if known is not None and known.state in ("requested", "accepted", "waiting"):
        return known
    if event.local:
        iri = iris.activity(actor.handle, new_identifier(now()))
        registering.register(event, actor, iri=iri, message=message)
        found = session().scalars(select(Attendance).where(Attendance.iri == iri)).one()
        found.answers, found.shown = list(answers), shown
        session().flush()
        return found
    to, inboxes = _organisers(event)
    posted = outbox.post(actor, "Join", event.iri, to=to, inboxes=inboxes, participationMessage=message or None)
    return registering.record(event, actor, "requested", iri=posted.iri, message=message)


def check_joinable(event: Publication) -> None:
    """Raise `NotPossible` unless one can ask to take part in an event.

    Where its server does not say how one takes part, one may ask: it answers by `Ignore`, or not at all.
    """
    _check_ahead(event)
    details = event.content.details
    is_elsewhere = isinstance(details, EventDetails) and details.join_mode == "external"
    if is_elsewhere or (event.document or {}).get("joinMode") == "none":
        raise NotPossible(_("One does not register for this event here: see its page."))


def _check_ahead(event: Publication) -> None:
    if event.kind != "event" or event.state != PUBLISHED:
        raise NotPossible(_("One can take part in events only."))
    if event.kind_of_it.state(event.content, now()) in ("past", "cancelled"):
        raise NotPossible(_("This event is over, or was cancelled."))


def leave(actor: Actor, event: Publication) -> bool:
    """Let an actor of ours take part no longer, and tell the organisers; False when it did not."""
    known = registering.find(event, actor)
    if known is None or known.state not in ("requested", "accepted", "waiting", "tentative", "ignored"):
        return False
    if not event.local:
        to, inboxes = _organisers(event)
        outbox.post(actor, "Leave", event.iri, to=to, inboxes=inboxes)
    return registering.leave(event, actor)


def settle(attendance: Attendance, state: str) -> bool:
    """Note what the organisers answered to a Join of ours; False where it answers nothing that was asked."""
    if attendance.state not in ANSWERABLE[state]:
        return False
    is_news = attendance.state != state
    attendance.state, attendance.answered_at = state, now()
    session().flush()
    if is_news:
        telling.note(attendance, state)
    return True


def invite(event: Publication, actor: Actor, *, iri: str, message: str = "") -> bool:
    """Note that an actor of ours is invited to an event; False where it asked already, takes part or said no."""
    known = registering.find(event, actor)
    if known is not None and known.state not in ("invited", "left"):
        return False
    is_news = known is None or known.state != "invited"
    registering.record(event, actor, "invited", iri=iri, message=message)
    if is_news:
        notify(EVENT_INVITED, people_of(actor), actor=event.actor, subject=actor, publication_id=event.id)
    return True


def answer_invite(attendance: Attendance, *, accept: bool) -> None:
    """Answer an invitation to an event, for an actor of ours; the organisers are told.

    Raises:
        NotPossible: it is not open any more.
    """
    actor = attendance.actor
    if attendance.state != "invited" or actor is None or not actor.local:
        raise NotPossible(_("This invitation was answered or taken back."))
    if accept:
        _check_ahead(attendance.publication)
    to, inboxes = _organisers(attendance.publication)
    verb = "Accept" if accept else "Reject"
    outbox.post(actor, verb, attendance.iri, to=to, inboxes=inboxes)
    attendance.state, attendance.answered_at = "accepted" if accept else "declined", now()
    session().flush()
    registering.tell_followers(attendance)


def invitations(actors: list[Actor]) -> list[Attendance]:
    """Return the invitations to events that these actors have not answered, the newest first."""
    query = (
        select(Attendance)
        .where(Attendance.actor_id.in_([actor.id for actor in actors]), Attendance.state == "invited")
        .order_by(Attendance.id.desc())
    )
    return list(session().scalars(query.limit(100)))


def may_answer(event: Publication, sender: Actor) -> bool:
    """Tell whether somebody speaks for an event of elsewhere.

    Its stored owner does, and whom its object names as `actor` or organiser on the same server: Mobilizon answers
    from the group or from the organiser. A neighbour on that server does not.
    """
    document = event.document or {}
    named = {event.actor.iri, id_of(document.get("actor")), *_named_organisers(document)}
    return sender.id == event.actor_id or (sender.iri in named and same_origin(sender.iri, event.iri))


def _named_organisers(document: dict[str, object]) -> list[str]:
    organisers = document.get("organizers")
    if not isinstance(organisers, dict):
        return []
    return ids_of(organisers.get("items") or organisers.get("orderedItems"))


def _organisers(event: Publication) -> tuple[list[str], set[str]]:
    """Return whom to write to about an event of elsewhere: its owner, and its `actor` on the same server."""
    owner, second = event.actor, id_of((event.document or {}).get("actor"))
    to = [owner.iri]
    inboxes = {owner.inbox}
    if second and second != owner.iri and same_origin(second, event.iri):
        to.append(second)
        known = session().scalar(select(Actor).where(Actor.iri == second, ~Actor.local, Actor.gone_at.is_(None)))
        inboxes |= {known.inbox} if known else set()
    return to, inboxes
