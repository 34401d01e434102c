"""Send what waits: claim, hand over between transactions, settle; a killed worker loses nothing."""

import logging
import random
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

import click
from sqlalchemy import select

from actors import leases
from actors.database import reading, session
from actors.node import node, now
from flask_maillage.mail import queue
from flask_maillage.mail.models import BETWEEN, Mail
from flask_maillage.mail.server import Connection, MailError
from inboxes.chores import chore

log = logging.getLogger(__name__)
AT_ONCE = 20
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
EXPIRES_AFTER = timedelta(days=3)
JITTER = 0.2
UNSUBSCRIBE = "List-Unsubscribe"


class WholeLinks(EmailPolicy):
    """Headers as SMTP wants them, with the link by which one unsubscribes in one piece.

    The library makes encoded words (RFC 2047) of an address that fills more than a line, and who offers to unsubscribe
    would find no link there. A line may have 998 characters (RFC 5322 §2.1.1).
    """

    def fold(self, name: str, value: str) -> str:
        """Return a header as text."""
        return f"{name}: {value}{self.linesep}" if name == UNSUBSCRIBE else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as bytes."""
        return self.fold(name, value).encode("ascii") if name == UNSUBSCRIBE else super().fold_binary(name, value)


POLICY = WholeLinks(linesep="\r\n")


@chore
def send_mail() -> int:
    """Send up to 20 mails over one connection, and return how many were tried.

    A mail server that does not answer is left alone for the rest of the turn.
    """
    with reading():
        if session().scalar(select(Mail.id).where(Mail.state == "pending", leases.is_free(Mail)).limit(1)) is None:
            return 0
    with Connection(queue.server()) as connection:
        for done in range(AT_ONCE):
            claimed = leases.claim(Mail, Mail.state == "pending", order=Mail.due_at, limit=1)
            session().commit()
            if not claimed:
                return done
            if not _send(connection, *claimed[0]):
                return done + 1
    return AT_ONCE


def _send(connection: Connection, number: int, lease: str) -> bool:
    """Make one attempt for a claimed mail; False where the server takes no other either."""
    mail = session().get(Mail, number)
    if mail is None:
        return True
    message, recipients = written(mail), mail.recipient.split(BETWEEN)
    printed = f"\nTo: {mail.recipient}\nSubject: {mail.subject}\n\n{mail.text}"
    session().commit()
    error: MailError | None = None
    remark = ""
    try:
        if queue.is_printed():
            click.echo(printed, err=True)  # not as it travels: a long link would be broken into lines
            remark = "printed on the console"
        elif queue.is_on():
            remark = connection.send(message, recipients)
        else:
            error = MailError("no mail server is set", is_final=True)
    except MailError as failure:
        error = failure
    _settle(number, lease, error, remark)
    session().commit()
    return error is None or not error.is_general


def written(mail: Mail) -> EmailMessage:
    """Return a mail as it goes out: text, HTML for whoever prefers it, and no answer wanted from machines.

    The classes of the standard library refuse a line break in a header, and encode what is not ASCII.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(display_name=" ".join(node().name.split()), addr_spec=queue.sender_address())
    message["To"] = [Address(addr_spec=address) for address in mail.recipient.split(BETWEEN)]
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers
    if mail.unsubscribe:
        message[UNSUBSCRIBE] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message


def _settle(number: int, lease: str, error: MailError | None, remark: str) -> None:
    """Write down what came of an attempt, if the mail is still ours."""
    query = select(Mail).where(Mail.id == number, Mail.lease == lease, Mail.state == "pending").with_for_update()
    mail = session().scalar(query.execution_options(populate_existing=True))
    if mail is None:
        return
    if error is None:
        queue.settle(mail, "sent", remark)
    elif error.is_final or now() - mail.created_at >= EXPIRES_AFTER:
        queue.settle(mail, "failed", str(error))
        log.warning("mail %s (%s) is given up: %s", mail.id, mail.purpose, error)
    else:
        pause = RETRIES[min(mail.attempts, len(RETRIES)) - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
        mail.leased_until = mail.lease = None
        mail.due_at, mail.outcome = now() + pause, str(error)[:500]
