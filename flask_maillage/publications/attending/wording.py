"""What mails about a registration say, in the language of who reads them.

Nothing that a guest typed stands in them: until the address is confirmed, somebody else may have typed it.
"""

from collections.abc import Sequence

from actors import iris
from flask_maillage.mail.composing import Link, Message, Part
from flask_maillage.publications.attending import links
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds import event_times
from flask_maillage.publications.models import PUBLIC, UNLISTED, Guest, Publication
from flask_maillage.publications.programmes.changes import Change
from flask_maillage.web.language import translate

MOST_CHANGES = 30
OUTCOMES = {
    "accepted": (_("You take part: %(event)s"), _("Your registration is confirmed: you take part.")),
    "promoted": (_("A place for you: %(event)s"), _("A place has become free, and it is yours: you take part.")),
    "requested": (
        _("Your registration waits for an answer: %(event)s"),
        _("Your address is confirmed. The organisers read each registration; you get a mail when they have answered."),
    ),
    "waiting": (
        _("You are on the waiting list: %(event)s"),
        _("No place is left. You are number %(number)d on the waiting list, and get a mail when a place is yours."),
    ),
    "refused": (_("Your registration was not accepted: %(event)s"), _("The organisers did not accept it.")),
    "full": (_("No place left: %(event)s"), _("The last place went while you were registering. You have none.")),
}
CHANGES = {
    "changed": (_("Changed: %(event)s"), _("An event for which you registered has changed. It now says:")),
    "cancelled": (_("Cancelled: %(event)s"), _("An event for which you registered was cancelled.")),
    "postponed": (_("Postponed: %(event)s"), _("An event for which you registered was postponed.")),
    "withdrawn": (
        _("Withdrawn: %(event)s"),
        _("An event for which you registered was withdrawn. Your registration and your address are erased."),
    ),
}


def outcome(what: str, event: Publication, guest: Guest | None, language: str, *, number: int = 0) -> Message:
    """Return the mail that tells what came of a registration."""
    subject, sentence = OUTCOMES[what]
    has_something = what not in ("refused", "full")
    parts: list[Part] = [translate(language, sentence, number=number) if number else translate(language, sentence)]
    parts += _about(event, language)
    parts += _calendar(event, language) if what in ("accepted", "promoted") else []
    parts += _own_links(guest, language) if guest is not None and has_something else []
    return Message(translate(language, subject, event=event.name), tuple(parts), language)


def confirmation(event: Publication, guest: Guest) -> Message:
    """Return the mail with the link by which somebody says that the address is theirs."""
    language = guest.language
    address = iris.registration(f"{links.token(guest, links.CONFIRM)}/confirm")
    parts = (
        translate(language, _("Somebody, you probably, registers for this event with your e-mail address:")),
        *_about(event, language),
        translate(language, _("It counts once you have confirmed it, within two days:")),
        Link(translate(language, _("Confirm the registration")), address),
        translate(language, _("If it was not you, do nothing: then it is forgotten.")),
    )
    return Message(translate(language, _("Please confirm: %(event)s"), event=event.name), parts, language)


def known_already(event: Publication, guest: Guest) -> Message:
    """Return the mail to somebody who registers once more."""
    language = guest.language
    sentence = translate(language, _("You have registered for this event already, with this address."))
    parts = (sentence, *_about(event, language), *_own_links(guest, language))
    return Message(translate(language, _("Your registration: %(event)s"), event=event.name), parts, language)


def reminder(event: Publication, guest: Guest | None, language: str) -> Message:
    """Return the mail some days before an event."""
    sentence = translate(language, _("You take part in this event:"))
    own = _own_links(guest, language) if guest else []
    parts = [sentence, *_about(event, language), *_calendar(event, language), *own]
    return Message(translate(language, _("Soon: %(event)s"), event=event.name), tuple(parts), language)


def programme(event: Publication, guest: Guest | None, language: str, changes: Sequence[Change]) -> Message:
    """Return the mail that tells what changed in the programme of an event."""
    said = "\n".join(f"- {translate(language, one.message, **one.values)}" for one in changes[:MOST_CHANGES])
    more = translate(language, _("… and more, on the page of the programme.")) if len(changes) > MOST_CHANGES else ""
    parts: list[Part] = [
        translate(language, _("The programme of an event for which you registered has changed:")),
        *filter(None, (said, more)),
        Link(translate(language, _("The whole programme")), f"{event.page}/programme"),
        *_about(event, language),
        *(_own_links(guest, language) if guest else ()),
    ]
    return Message(translate(language, _("New programme: %(event)s"), event=event.name), tuple(parts), language)


def change(what: str, event: Publication, name: str, guest: Guest) -> Message:
    """Return the mail that tells guests of a change; of what is withdrawn there is only the name."""
    subject, sentence = CHANGES[what]
    language = guest.language
    parts: list[Part] = [translate(language, sentence)]
    if what == "withdrawn":
        parts.append(name)
    else:
        parts += [*_about(event, language), *_own_links(guest, language)]
    return Message(translate(language, subject, event=name), tuple(parts), language)


def when_and_where(event: Publication, language: str) -> str:
    """Return on one or two lines when an event is and where."""
    content = event.content.model_copy(update={"language": language})
    lines = [event_times.in_words(content), content.place.in_words if content.place else "", content.online_url or ""]
    return "\n".join(filter(None, lines))


def _about(event: Publication, language: str) -> list[Part]:
    return [
        f"{event.name}\n{when_and_where(event, language)}",
        Link(translate(language, _("The event's page")), event.page),
    ]


def _calendar(event: Publication, language: str) -> list[Part]:
    """Return the link by which a calendar takes the event: it is given to programs where everybody may read it."""
    if event.visibility not in (PUBLIC, UNLISTED):
        return []
    return [Link(translate(language, _("Add to my calendar")), f"{event.page}.ics")]


def _own_links(guest: Guest, language: str) -> list[Part]:
    address = iris.registration(links.token(guest, links.OWN))
    return [Link(translate(language, _("See your registration, or cancel it")), address)]
