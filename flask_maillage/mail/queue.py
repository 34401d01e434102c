"""Writing mails as rows in the transaction of what they tell, calling them back, and what the admin does with them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from actors.database import session
from actors.identifiers import new_identifier
from actors.node import node, now
from flask_maillage.mail.addresses import deliverable
from flask_maillage.mail.composing import Message
from flask_maillage.mail.models import BETWEEN, Mail
from flask_maillage.mail.server import MailServer
from inboxes.pruning import on_pruning

TO_ADDRESS, ABOUT_THING, BY_CALLER, IN_ALL = (
    "mails to an address",
    "mails about a thing",
    "mails asked for by a caller",
    "mails that strangers ask for",
)


def server() -> MailServer:
    """Return how mail goes out of the node in hand."""
    found: MailServer = node().state["mail"]
    return found


def is_on() -> bool:
    """Tell whether mail goes anywhere: to a mail server, or to the console of a node that nobody else reaches."""
    return bool(server().host) or is_printed()


def is_printed() -> bool:
    """Tell whether mails are printed on the console: in a trial on this machine, which no stranger reaches."""
    return not server().host and server().is_trial


def write(
    recipient: str | Sequence[str],
    message: Message,
    *,
    purpose: str,
    about: str = "",
    unsubscribe: str | None = None,
) -> bool:
    """Write a mail that the worker sends; False where no mail can go to this address, or out of this node.

    Args:
        recipient: the address, as somebody typed it; or those of several people who see each other's.
        message: what it says.
        purpose: what it is for, for the admin.
        about: the id of what it is about.
        unsubscribe: an address of ours where a POST says that no more of the kind is wanted.
    """
    typed = [recipient] if isinstance(recipient, str) else recipient
    addresses = dict.fromkeys(address for one in typed if (address := deliverable(one)))
    if not addresses or not is_on():
        return False
    moment = now()
    mail = Mail(
        message_id=f"<{new_identifier(moment)}@{sender_address().rpartition('@')[2]}>",
        purpose=purpose,
        about=about,
        recipient=BETWEEN.join(addresses),
        subject=message.line,
        text=message.text(),
        html=message.html(),
        unsubscribe=unsubscribe,
        created_at=moment,
        due_at=moment,
    )
    session().add(mail)
    session().flush()
    return True


def may_be_asked_for(recipient: str, purpose: str, about: str = "") -> bool:
    """Count a mail that a stranger asks for; False where it is one too many for the address, the thing or all.

    Nobody makes us write to somebody else again and again. What is told of it to who asks is the same in both cases.
    An address is counted for each purpose alone: who signs up with it again and again keeps no new password from it.

    Args:
        recipient: the address, as somebody typed it.
        purpose: what it is for.
        about: the id of what it is about, where many people may ask for mails about one thing.
    """
    asked = f"{purpose} {deliverable(recipient) or ''}"
    counters = ((TO_ADDRESS, asked), (ABOUT_THING, about or asked), (IN_ALL, ""))
    return all(node().rates.allow(name, key) for name, key in counters)


def call_back(about: str) -> None:
    """Send nothing more of what is still waiting about a thing."""
    query = select(Mail).where(Mail.about == about, Mail.state == "pending").with_for_update()
    for mail in session().scalars(query):
        settle(mail, "cancelled", "called back")
    session().flush()


def settle(mail: Mail, state: str, outcome: str) -> None:
    """Write down what became of a mail; what it said goes, unless it failed and may be tried once more."""
    mail.state, mail.outcome, mail.settled_at = state, outcome[:500], now()
    mail.leased_until = mail.lease = None
    if state != "failed":
        mail.recipient = mail.subject = mail.text = mail.html = ""
        mail.unsubscribe = None


def retry(number: int | None = None) -> int:
    """Try what waits, or was given up, again now; one mail or all. Return how many."""
    query = select(Mail).where(Mail.state.in_(("pending", "failed")))
    query = query if number is None else query.where(Mail.id == number)
    mails = session().scalars(query.with_for_update()).all()
    for mail in mails:
        if mail.state == "failed":
            mail.state, mail.settled_at, mail.attempts, mail.created_at = "pending", None, 0, now()
        mail.due_at = now()
    session().flush()
    return len(mails)


def listed(state: str | None, limit: int) -> list[Mail]:
    """Return mails, the newest first."""
    query = select(Mail).order_by(Mail.id.desc()).limit(limit)
    return list(session().scalars(query.where(Mail.state == state) if state else query))


def sender_address() -> str:
    """Return the address that mails are from."""
    return server().sender


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget the mails that were settled long ago."""
    settled = Mail.state != "pending", Mail.settled_at < limit
    session().execute(delete(Mail).where(*settled).execution_options(synchronize_session=False))
