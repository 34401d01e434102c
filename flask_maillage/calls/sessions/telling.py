"""The mail by which somebody without an actor is invited to a session, or stands in a roster of experts."""

from actors.database import session
from actors.models import Actor
from flask_maillage.calls.models import CohortSession, Dossier, Expert, SessionRole
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
ENTERED_SUBJECT = word("You stand among the experts of %(owner)s")
ENTERED = word(
    "%(owner)s has put you into its list of experts, as you agreed. The list is for its own people, who may invite you"
    " to sessions of initiatives that need what you know. This is what it says that you know:"
)
LEAVE = word("Look at it, or leave the list")


def reached_by_mail(role: SessionRole) -> tuple[str, str] | None:
    """Return the address and the language of who is invited without an actor; None for who has no address."""
    if role.expert_id is not None:
        expert = session().get(Expert, role.expert_id)
        return _address_of(expert) if expert is not None else None
    dossier = session().get(Dossier, role.dossier_id) if role.dossier_id else None
    guest = dossier.guest if dossier is not None else None
    if guest is None or not guest.email:
        return None
    return guest.email, guest.language if guest.language in LANGUAGES else "en"


def entered(expert: Expert, owner: Actor) -> None:
    """Tell an expert whom others entered, by mail, that they stand in a roster, and how they get out of it."""
    found = _address_of(expert)
    if found is None:
        return
    email, language = found
    parts = (
        translate(language, ENTERED, owner=owner.name),
        ", ".join(expert.competences),
        Link(translate(language, LEAVE), links.address_of_expert(expert)),
    )
    message = Message(translate(language, ENTERED_SUBJECT, owner=owner.name), parts, language)
    queue.write(email, message, purpose="roster: entered", about=owner.iri)


def _address_of(expert: Expert) -> tuple[str, str] | None:
    if not expert.email:
        return None
    return expert.email, next((tag for tag in expert.languages if tag in LANGUAGES), "en")


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
