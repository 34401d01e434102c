"""What members are told about publications: replies, registrations, changes of what they plan by, what went wrong.

What it says is read from the publication when it is read, and only where its reader may read that.
"""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from actors import iris, policy
from actors.database import session
from flask_maillage.people import roles
from flask_maillage.people.models import Member
from flask_maillage.people.notifying.about_following import seen
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns
from flask_maillage.publications import audience
from flask_maillage.publications.models import DRAFT, PUBLISHED, WITHDRAWN, Publication
from flask_maillage.web.dates import date_in_words
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word

EXTENDED = word("Until %(when)s one may answer “%(title)s” now")
CLOSING = word("“%(title)s” closes on %(when)s")
OUTCOMES = {
    "accepted": word("You take part: %(event)s"),
    "promoted": word("A place for you: %(event)s"),
    "refused": word("Your registration was not accepted: %(event)s"),
    "waiting": word("You are on the waiting list: %(event)s"),
    "tentative": word("You may take part: %(event)s"),
}
CHANGES = {
    "changed": word("Changed: %(event)s"),
    "cancelled": word("Cancelled: %(event)s"),
    "postponed": word("Postponed: %(event)s"),
    "withdrawn": word("Withdrawn: %(event)s"),
}


def _row(notification: Notification) -> Publication | None:
    query = select(Publication).where(Publication.id == notification.publication_id)
    return session().scalar(query.options(joinedload(Publication.actor)))


def readable(notification: Notification) -> Publication | None:
    """Return the publication that a notification is about, where its reader may read it now."""
    found = _row(notification)
    if found is None or found.state != PUBLISHED or not policy.is_welcome(found.actor):
        return None
    return found if audience.includes(found, _eyes(notification.member)) else None


def _eyes(member: Member) -> list[int]:
    return [actor.id for actor in roles.actors_of(member)]


def _reply(notification: Notification) -> Told | None:
    found, who = readable(notification), seen(notification.actor)
    if found is None or who is None or not roles.may(notification.member, roles.EDIT, found):
        return None
    name = who.name or who.address
    text = _("%(name)s replied to “%(title)s”", name=name, title=found.name)
    if notification.detail == "held":
        text = _("%(name)s replied to “%(title)s”; look at it, and show it or not", name=name, title=found.name)
    return Told(text, f"{found.page}#replies")


def _outcome(notification: Notification) -> Told | None:
    found = readable(notification)
    if found is None or notification.detail not in OUTCOMES:
        return None
    return Told(_(OUTCOMES[notification.detail], event=found.name), found.page)


def _change(notification: Notification) -> Told | None:
    if notification.detail not in CHANGES:
        return None
    found = readable(notification)
    if found is not None:
        return Told(_(CHANGES[notification.detail], event=found.name), found.page)
    row = _row(notification)
    if row is None or row.state != WITHDRAWN or notification.detail != "withdrawn":
        return None
    text = _("An event of %(name)s for which you registered was withdrawn", name=row.actor.name)
    return Told(text, iris.actor_page(row.actor.page_handle))


def _deadline(notification: Notification) -> Told | None:
    """Tell of the deadline as it is now: what was extended twice says the last one both times."""
    found = readable(notification)
    if found is None or found.ends_at is None or found.status != "open":
        return None
    sentence = EXTENDED if notification.kind == "call_extended" else CLOSING
    return Told(_(sentence, title=found.name, when=date_in_words(found.ends_at, found.timezone)), found.page)


def _invited(notification: Notification) -> Told | None:
    found, member = readable(notification), seen(notification.subject)
    if found is None or member is None or not concerns(notification):
        return None
    return Told(_("%(member)s is invited: %(event)s", member=member.name, event=found.name), iris.own("invitations"))


def _failed(notification: Notification) -> Told | None:
    found = _row(notification)
    if found is None or found.state != DRAFT or not roles.may(notification.member, roles.EDIT, found):
        return None
    parts = f"{found.kind_of_it.slug}/{found.identifier}"
    name = found.name or _("Without a title")
    address = iris.own(f"@{found.actor.page_handle}/{parts}/schedule")
    return Told(_("Was not published: %(title)s", title=name), address)


REPLIED = declare("replied", word("Somebody replies to what you publish"), _reply)
REGISTRATION = declare("registration", word("What came of your registrations"), _outcome, never_mailed=True)
EVENT_INVITED = declare(
    "event_invited", word("You, or those you publish for, are invited to an event"), _invited, mailed=True
)
EVENT_CHANGED = declare("event_changed", word("An event that you go to changes or is cancelled"), _change, mailed=True)
CALL_EXTENDED = declare("call_extended", word("A call of those you follow stays open longer"), _deadline)
CALL_CLOSING = declare("call_closing", word("A call of those you follow closes in three days"), _deadline)
NOT_PUBLISHED = declare("not_published", word("A draft could not be published at its moment"), _failed, mailed=True)
