"""What applicants are told: members by notifications and a copy by mail, guests by mails that lead to their page.

No subject holds anything of an application; no address of a guest stands anywhere but where mail is sent.
"""

from sqlalchemy import select

from actors import iris
from actors.database import session
from flask_maillage.calls.application import Application
from flask_maillage.calls.applying import drafts, links
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.models import Draft, Guest
from flask_maillage.mail import queue
from flask_maillage.mail.composing import Link, Message, Part
from flask_maillage.people.models import Member
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, notify, people_of
from flask_maillage.publications import keeping
from flask_maillage.publications.models import Publication
from flask_maillage.web.dates import date_in_words
from flask_maillage.web.language import gettext, speaking, translate, word

PURPOSE = "application"
SENTENCES = {
    "registered": word("Your application to “%(title)s” is registered"),
    "refused": word("Your application to “%(title)s” was not taken: see why, and send it again"),
    "correction refused": word("Your correction to “%(title)s” was not taken: see why"),
    "selected": word("Your application to “%(title)s” is selected: confirm the place"),
    "reserve": word("Your application to “%(title)s” is on the reserve list"),
    "declined": word("Your application to “%(title)s” is not selected"),
    "expired": word("Your place in “%(title)s” was not confirmed in time"),
    "placed": word("You have a group in “%(title)s”"),
    "incomplete": word("A file of your application to “%(title)s” lacks"),
    "answer refused": word("Your answer to the selection of “%(title)s” was not taken: see why"),
    "confirm": word("Your place in “%(title)s” is not confirmed yet, and expires soon"),
    "erasing": word("Your application to “%(title)s” will be erased"),
}
"""What an applicant is told, by a word that is kept with the notification."""


def _(message: str) -> str:
    return message


def _told(notification: Notification) -> Told | None:
    what, _space, identifier = notification.detail.rpartition(" ")
    draft = drafts.find(identifier)
    if draft is None or what not in SENTENCES or not concerns(notification) or draft.actor != notification.subject:
        return None
    title = title_of(draft)
    return Told(gettext(SENTENCES[what], title=title), iris.own(f"my/applications/{draft.identifier}"))


APPLICATION = declare("application", word("What becomes of your applications"), _told, mailed=True)


def title_of(draft: Draft) -> str:
    """Return what the call is called to which somebody applies, as far as it is still known."""
    call = keeping.find(draft.call_iri)
    return call.name if call is not None else draft.call_iri


def tell(draft: Draft, what: str, *, once: str) -> None:
    """Tell who applies what came of it: one of `SENTENCES`."""
    if draft.guest is None:
        detail = f"{what} {draft.identifier}"
        notify(APPLICATION, people_of(draft.actor), subject=draft.actor, detail=detail, once=f"{detail} {once}"[:200])
        return
    language = draft.guest.language
    sentence = translate(language, SENTENCES[what], title=title_of(draft))
    _mail_guest(draft.guest, sentence, [sentence + "."])


def sent(draft: Draft, call: TheCall, application: Application) -> None:
    """Mail to who wrote it a whole copy of what was sent."""
    member = _author(draft)
    if draft.guest is not None:
        language, address = draft.guest.language, draft.guest.email
        link = links.own_address(draft.guest)
    elif member is not None:
        language, address = member.language, member.email
        link = iris.own(f"my/applications/{draft.identifier}")
    else:
        return
    with speaking(language):
        moment = date_in_words(draft.sent_at, call.row.timezone) if draft.sent_at else ""
        parts: list[Part] = [
            gettext(_("Your application to “%(title)s” went to the committee on %(when)s."), title=call.row.name,
                    when=moment),
            gettext(_("This is a copy of what was sent. You get another mail when it is registered.")),
            *_copy(application, call),
            Link(gettext(_("See your application")), link),
        ]  # fmt: skip
        subject = gettext(_("Sent: your application to “%(title)s”"), title=call.row.name)
        message = Message(subject, tuple(parts), language)
    if address:
        queue.write(address, message, purpose=PURPOSE, about=call.row.iri)


def ask_to_confirm(call: Publication, guest: Guest) -> None:
    """Mail the link by which somebody says that the address is theirs; nothing is written before."""
    language = guest.language
    parts = (
        translate(language, _("Somebody, you probably, wants to apply with this address to the call “%(title)s”."),
                  title=call.name),
        translate(language, _("Confirm the address within two days. Then you can write the application:")),
        Link(translate(language, _("Confirm the address")), links.confirm_address(guest)),
        translate(language, _("If it was not you, do nothing: then it is forgotten.")),
    )  # fmt: skip
    _write(guest, translate(language, _("Please confirm: your application to “%(title)s”"), title=call.name), parts)


def own_link(call: Publication, guest: Guest) -> None:
    """Mail the link by which a guest comes back to their application."""
    language = guest.language
    sentence = translate(language, _("By this link you write your application, see what becomes of it, correct it or "
                                     "take it back. Keep it, and give it to nobody."))  # fmt: skip
    subject = translate(language, _("Your application to “%(title)s”"), title=call.name)
    parts = (sentence, Link(translate(language, _("Your application")), links.own_address(guest)))
    _write(guest, subject, parts)


def _mail_guest(guest: Guest, subject: str, sentences: list[str]) -> None:
    label = translate(guest.language, _("See your application"))
    _write(guest, subject, (*sentences, Link(label, links.own_address(guest))))


def _write(guest: Guest, subject: str, parts: tuple[Part, ...]) -> None:
    if guest.email:
        queue.write(guest.email, Message(subject, parts, guest.language), purpose=PURPOSE)


def _author(draft: Draft) -> Member | None:
    return session().scalar(select(Member).where(Member.actor_id == draft.author_id)) if draft.author_id else None


def _copy(application: Application, call: TheCall) -> list[Part]:
    """Return all that was said, under what was asked, in the order of the call."""
    given = {answer.key: answer for answer in application.answers}
    parts: list[Part] = [application.name]
    if application.initiative:
        described = application.initiative
        parts.append("\n".join(filter(None, (described.name, described.summary, described.url))))
    elif application.initiative_id:
        parts.append(application.initiative_id)
    for question in call.details.questions:
        answer = given.get(question.key)
        if answer is not None and not answer.is_empty:
            file = answer.attachment.name if answer.attachment else ""
            parts.append(f"{question.label}\n{answer.text or ', '.join(answer.choices or ()) or file}")
    people = [", ".join(filter(None, (one.name, one.role, one.organisation))) for one in application.people]
    return [*parts, "\n".join(people)] if people else parts
