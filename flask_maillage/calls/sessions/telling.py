"""The mail by which somebody without an actor is invited to a session: when and where, and a link to answer."""

from actors.database import session
from flask_maillage.calls.models import CohortSession, Dossier, SessionRole
from flask_maillage.calls.sessions import links, people
from flask_maillage.mail import queue
from flask_maillage.mail.composing import Link, Message
from flask_maillage.web.language import LANGUAGES, translate, word

SUBJECT = word("You are invited: %(event)s")
MESSAGES = {
    "leader": word("You are invited as the leader of your initiative."),
    "coordinator": word("You are invited as a coordinator."),
    "expert": word("You are invited as an expert."),
    "facilitator": word("You are invited as a facilitator."),
}
ANSWER = word("Read the programme, and say whether you come")


def reached_by_mail(role: SessionRole) -> tuple[str, str] | None:
    """Return the address and the language of who is invited without an actor; None for who has no address."""
    dossier = session().get(Dossier, role.dossier_id) if role.dossier_id else None
    guest = dossier.guest if dossier is not None else None
    if guest is None or not guest.email:
        return None
    return guest.email, guest.language if guest.language in LANGUAGES else "en"


def invite(held: CohortSession, role: SessionRole) -> None:
    """Write to somebody who is invited and has no actor; nothing where no address is known."""
    found = reached_by_mail(role)
    if found is None:
        return
    email, language = found
    event = held.event
    parts = (
        translate(language, MESSAGES[role.role]),
        event.name,
        people.when_and_where(event, language),
        Link(translate(language, ANSWER), links.address(role)),
    )
    message = Message(translate(language, SUBJECT, event=event.name), parts, language)
    queue.write(email, message, purpose="session: invitation", about=event.iri)
