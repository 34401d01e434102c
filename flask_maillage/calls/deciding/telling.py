"""Who hears what of decisions: coordinators that a place is free, applicants of this node that something was decided.

Neither a notification nor a subject names an application or says what was decided: that stands behind the link, and in
the mail to a guest, who has no page.
"""

from sqlalchemy import select

from actors import iris, policy
from actors.database import session
from actors.models import Actor
from flask_maillage.calls.applying import links
from flask_maillage.calls.models import Decision, Guest
from flask_maillage.mail import queue
from flask_maillage.mail.composing import Link, Message, Part
from flask_maillage.people import roles
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, notify, people_of
from flask_maillage.publications.kinds.words import day_in_words
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.web.language import LANGUAGES, translate, word
from flask_maillage.web.language import gettext as _

OUTCOMES = {
    "selected": word("Your application is selected."),
    "reserve": word(
        "Your application is number %(rank)s of the reserve: a place that others give up may become yours."
    ),
    "declined": word("Your application is not selected."),
    "expired": word("Your place was not confirmed in time: it is free again."),
}
CONFIRM = word("Confirm your place by %(day)s, or give it back, on the page of your application.")
SUBJECT = word("What was decided about your application: %(call)s")


def opened(call: Publication, following: int | None) -> None:
    """Tell those who publish for a call's owner that a place is free; `following` is who comes next of the reserve."""
    notify(PLACE_OPENED, people_of(call.actor), publication_id=call.id, detail=str(following or ""))


def decided(call: Publication, decision: Decision) -> None:
    """Tell an applicant of this node that something was decided about their application."""
    dossier = decision.dossier
    if dossier.guest is not None:
        if dossier.guest.email:
            message = _mail(call, decision, dossier.guest)
            queue.write(dossier.guest.email, message, purpose="application: decision", about=call.iri)
        return
    applicant = session().scalar(select(Actor).where(Actor.iri == dossier.applicant_iri, Actor.local))
    if applicant is not None:
        notify(CALL_DECIDED, people_of(applicant), subject=applicant, publication_id=call.id, once=decision.iri)


def _mail(call: Publication, decision: Decision, guest: Guest) -> Message:
    language = guest.language if guest.language in LANGUAGES else "en"
    rank = {"rank": decision.rank} if decision.rank else {}
    parts: list[Part] = [translate(language, OUTCOMES[decision.outcome], **rank), decision.motives]
    if decision.confirm_by is not None:
        day = day_in_words(language, decision.confirm_by, call.timezone)
        parts.append(translate(language, CONFIRM, day=day))
    link = Link(translate(language, word("Your application")), links.own_address(guest))
    parts.append(link if guest.confirmed_at else Link(translate(language, word("The call")), call.page))
    return Message(translate(language, SUBJECT, call=call.name), tuple(parts), language)


def _call(notification: Notification) -> Publication | None:
    found = session().get(Publication, notification.publication_id)
    is_there = found is not None and found.state == PUBLISHED and policy.is_welcome(found.actor)
    return found if is_there else None


def _opened(notification: Notification) -> Told | None:
    call = _call(notification)
    if call is None or not roles.may(notification.member, roles.EDIT, call):
        return None
    text = _("A place is free in “%(call)s”; nobody is left in the reserve", call=call.name)
    if notification.detail:
        text = _(
            "A place is free in “%(call)s”; number %(rank)s of the reserve comes next",
            call=call.name,
            rank=notification.detail,
        )
    return Told(text, iris.own(f"@{call.actor.page_handle}/calls/{call.identifier}/manage/places"))


def _decided(notification: Notification) -> Told | None:
    call = _call(notification)
    if call is None or not concerns(notification):
        return None
    return Told(_("It is decided about your application to “%(call)s”", call=call.name), iris.own("my/applications"))


PLACE_OPENED = declare("place_opened", word("A place is free in a call that you coordinate"), _opened, mailed=True)
CALL_DECIDED = declare("call_decided", word("It was decided about an application of yours"), _decided, mailed=True)
