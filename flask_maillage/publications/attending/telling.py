"""How those who register are told what came of it: by letter to their server, by mail to guests.

An answer goes to the participant alone and names nobody else. What a member of ours has just done on a page, the page
tells; what others decide later they hear by mail.
"""

from sqlalchemy import select

from actors import outbox
from actors.database import session
from actors.models import Actor
from actors.node import node
from federation.activities import Document
from flask_maillage.mail import queue
from flask_maillage.people.models import Member
from flask_maillage.people.notifying.writing import members_who_are, notify
from flask_maillage.publications.attending import wording
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.notices import REGISTRATION
from flask_maillage.web.language import LANGUAGES
from inboxes.models import Letter

WAITING = "No place is left: you are number {number} on the waiting list."


def accepted(event: Publication, attendance: Attendance) -> None:
    """Tell somebody that they have a place."""
    _letter(event, attendance, "Accept")
    _mail_guest(event, attendance, "accepted")


def asked(event: Publication, attendance: Attendance) -> None:
    """Tell a guest that the event's people will answer; a letter waits for its answer."""
    _mail_guest(event, attendance, "requested")


def waiting(event: Publication, attendance: Attendance, number: int) -> None:
    """Tell somebody their number on the waiting list; nothing is decided by it.

    `TentativeAccept` is what says so on the wire: peers that do not know it go on waiting for an answer.
    """
    content = words(event.language, WAITING, number=number)
    _letter(event, attendance, "TentativeAccept", content)
    _mail_guest(event, attendance, "waiting", number=number)


def promoted(event: Publication, attendance: Attendance) -> None:
    """Tell somebody who waited that they have a place."""
    _letter(event, attendance, "Accept")
    _mail(event, attendance, "promoted")
    note(attendance, "promoted")


def refused(event: Publication, attendance: Attendance, reason: str) -> None:
    """Tell somebody why they have no place."""
    _letter(event, attendance, "Reject", words(event.language, reason))
    _mail_guest(event, attendance, "full")


def answered(event: Publication, attendance: Attendance, reason: str) -> None:
    """Tell somebody what the event's people answered, where that is yes or no."""
    if attendance.state == "accepted":
        _letter(event, attendance, "Accept")
    else:
        _letter(event, attendance, "Reject", words(event.language, reason))
    _mail(event, attendance, attendance.state)
    note(attendance, attendance.state)


def note(attendance: Attendance, what: str) -> None:
    """Note for a member of ours what others decided about their registration, here or elsewhere."""
    people = members_who_are([attendance.actor])
    notify(REGISTRATION, people, publication_id=attendance.publication_id, detail=what)


def post(event: Publication, actor: Actor, verb: str, thing: Document | str, content: str | None = None) -> None:
    """Send an answer to somebody elsewhere."""
    if not actor.local:
        outbox.post(event.actor, verb, thing, to=[actor.iri], inboxes=[actor.inbox], content=content)


def letter_of(event: Publication, actor: Actor, iri: str) -> Document:
    """Return what is answered, embedded with plain ids: the form that every server read for this project handles."""
    verb = session().scalar(select(Letter.type).where(Letter.iri == iri, Letter.sender_id == actor.id))
    return {"id": iri, "type": verb or "Join", "actor": actor.iri, "object": event.iri}


def reader_of(event: Publication, attendance: Attendance) -> tuple[str, str] | None:
    """Return the e-mail address and the language of a participant; None for who has none here.

    The language is the one that a member chose, or in which a guest registered; else the event's.
    """
    guest = attendance.guest
    query = select(Member.email, Member.language).where(Member.actor_id == attendance.actor_id)
    found = (guest.email, guest.language) if guest is not None else session().execute(query).one_or_none()
    if found is None:
        return None
    email, language = found
    return email, language if language in LANGUAGES else event.language or node().language


def _letter(event: Publication, attendance: Attendance, verb: str, content: str | None = None) -> None:
    if attendance.actor is not None and not attendance.actor.local:
        thing = letter_of(event, attendance.actor, attendance.iri)
        post(event, attendance.actor, verb, thing, content)


def _mail_guest(event: Publication, attendance: Attendance, what: str, number: int = 0) -> None:
    if attendance.guest is not None:
        _mail(event, attendance, what, number)


def _mail(event: Publication, attendance: Attendance, what: str, number: int = 0) -> None:
    reader = reader_of(event, attendance)
    if reader is None:
        return
    email, language = reader
    message = wording.outcome(what, event, attendance.guest, language, number=number)
    queue.write(email, message, purpose=f"registration: {what}", about=event.iri)
