"""People without an account who register for an event of ours: by e-mail, confirmed by a link, forgotten afterwards.

A place is given when the link is used, never held before: nobody fills an event with addresses. Whoever types an
address is told the same whether we know it or not; only its owner reads the difference.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from actors.database import session
from actors.node import node, now
from federation.sanitising import clean_text
from flask_maillage.mail import queue
from flask_maillage.mail.addresses import deliverable
from flask_maillage.publications.attending import registering, waiting_list, wording
from flask_maillage.publications.attending.counting import is_full, registration_of, takes_registrations
from flask_maillage.publications.attending.locking import closed, lock
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.models import PUBLIC, UNLISTED, Attendance, Guest, Publication
from flask_maillage.publications.rules import NotPossible
from inboxes.pruning import on_pruning

Answers = list[dict[str, str]]
NAME_LIMIT = 100
MOST_UNCONFIRMED, MOST_GUESTS = 500, 20_000
"""How many addresses wait for their confirmation for one event, and how many guests it has at most."""
UNCONFIRMED_KEPT = timedelta(days=3)
ERASED_AT_ONCE = 500
REASONS = (
    _("This event is over."),
    _("This event was cancelled."),
    _("This event was withdrawn."),
    _("Registration is not open for this event."),
)


def check_open(event: Publication) -> None:
    """Raise `NotPossible` unless somebody may register for an event of ours with an e-mail address now."""
    if not offers(event):
        raise NotPossible(_("One does not register for this event here: see its page."))
    if reason := closed(event):
        raise NotPossible(reason)
    if is_full(event) and not waiting_list.is_kept(event):
        raise NotPossible(_("There is no place left."))


def offers(event: Publication) -> bool:
    """Tell whether guests are welcome at an event: its people want them, everybody may read it, mail goes out."""
    is_open = event.visibility in (PUBLIC, UNLISTED)
    return is_open and takes_registrations(event) and registration_of(event).guests and queue.is_on()


def ask(
    event: Publication,
    *,
    email: str,
    name: str,
    message: str,
    answers: Answers,
    shown: bool,
    language: str,
) -> None:
    """Note that somebody registers with an e-mail address, and send the link by which they confirm it.

    Where too much mail is asked for to this address, or about this event, nothing is sent, and nothing said of it.

    Raises:
        NotPossible: nobody can register now, or the address is none.
    """
    address = deliverable(email)
    if address is None:
        raise NotPossible(_("That is not an e-mail address: write it as name@example.org."), "email")
    event = lock(event.id)
    check_open(event)
    if not queue.may_be_asked_for(address, "registration", event.iri):
        return
    _check_room(event)
    guest = find(event, address)
    if guest is None:
        guest = Guest(publication_id=event.id, email=address, created_at=now(), language=language)
        session().add(guest)
    if guest.confirmed_at is None:
        guest.name, guest.message = clean_text(name, limit=NAME_LIMIT), clean_text(message, limit=1000)
        guest.answers, guest.shown, guest.language = answers, shown, language
        session().flush()
        message_to_them = wording.confirmation(event, guest)
    else:
        message_to_them = wording.known_already(event, guest)
    queue.write(address, message_to_them, purpose="registration: address", about=event.iri)


def confirm(guest: Guest) -> Attendance:
    """Register a guest who has shown that the address is theirs; a second time changes nothing.

    Raises:
        NotPossible: nobody can register any more.
    """
    event = lock(guest.publication_id)
    session().refresh(guest)
    known = registering.find(event, guest)
    if known is not None:
        return known
    if reason := closed(event):
        raise NotPossible(reason)
    if not takes_registrations(event):
        raise NotPossible(_("One does not register for this event here: see its page."))
    guest.confirmed_at = now()
    registering.register(event, guest, iri="", message=guest.message)
    found = registering.find(event, guest)
    if found is None:
        raise LookupError("a guest who has registered has no part")
    found.answers, found.shown = guest.answers, guest.shown
    session().flush()
    return found


def cancel(guest: Guest) -> None:
    """Let a guest take part no longer, and forget them; the place goes to who waits."""
    event = lock(guest.publication_id)
    registering.leave(event, guest)
    erase(Guest.id == guest.id)


def find(event: Publication, address: str) -> Guest | None:
    """Return the guest of an event with this address."""
    return session().scalar(select(Guest).where(Guest.publication_id == event.id, Guest.email == address))


def erase(*conditions: Any) -> int:
    """Forget guests, with the parts that they have in events, and return how many those were."""
    numbers = session().scalars(select(Guest.id).where(*conditions).limit(ERASED_AT_ONCE)).all()
    for model, column in ((Attendance, Attendance.guest_id), (Guest, Guest.id)):
        session().execute(delete(model).where(column.in_(numbers)).execution_options(synchronize_session=False))
    session().expire_all()
    return len(numbers)


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget guests some days after their event, and addresses that nobody confirmed; `limit` is for other rows."""
    while erase(Guest.confirmed_at.is_(None), Guest.created_at < now() - UNCONFIRMED_KEPT):
        session().commit()
    over = now() - timedelta(days=node().state["guest_days"])
    ends = func.coalesce(Publication.ends_at, Publication.starts_at)
    events = select(Publication).where(ends < over, Publication.id.in_(select(Guest.publication_id)))
    for number in [event.id for event in session().scalars(events) if _is_over(event)]:
        while erase(Guest.publication_id == number):
            session().commit()


def _is_over(event: Publication) -> bool:
    """Tell whether an event comes no more: one that recurs may, long after its first end."""
    return event.kind_of_it.state(event.content, now()) not in ("upcoming", "now")


def _check_room(event: Publication) -> None:
    count = select(func.count()).select_from(Guest).where(Guest.publication_id == event.id)
    unconfirmed = session().scalar(count.where(Guest.confirmed_at.is_(None))) or 0
    if unconfirmed >= MOST_UNCONFIRMED or (session().scalar(count) or 0) >= MOST_GUESTS:
        raise NotPossible(_("Too many people register at this moment: try again tomorrow."))
