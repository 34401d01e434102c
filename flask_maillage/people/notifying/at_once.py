"""One notification as a mail of its own, with the link by which its kind is mailed no longer."""

from actors.node import node
from flask_maillage.mail import queue
from flask_maillage.mail.composing import Link, Message
from flask_maillage.people.notifying import quiet_links
from flask_maillage.people.notifying.kinds import MAIL, Kind
from flask_maillage.people.notifying.models import Notification
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import speaking


def may_be_mailed(notification: Notification) -> bool:
    """Count one more mail of a kind to a member: nobody makes us write again and again, whoever they are.

    What was done elsewhere counts among all that strangers ask for, too.
    """
    actor, email, purpose = notification.actor, notification.member.email, f"notification {notification.kind}"
    if actor is None or actor.local:
        return node().rates.allow(queue.TO_ADDRESS, f"{purpose} {email}")
    return queue.may_be_asked_for(email, purpose)


def mail(notification: Notification, kind: Kind) -> bool:
    """Write the mail, in the member's language; False where there is nothing to tell, or no mail goes out of here."""
    language = notification.member.language
    with speaking(language):
        told = kind.tell(notification)
        if told is None or not may_be_mailed(notification):
            return False
        quiet = quiet_links.address(notification.member, f"{MAIL}-{kind.name}")
        parts = (told.text, Link(_("Look at it"), told.address), Link(_("No more mails of this kind"), quiet))
        message = Message(told.text, parts, language)
    email = notification.member.email
    return queue.write(email, message, purpose=f"notification: {kind.name}", unsubscribe=quiet)
