"""Signing up: an address that is confirmed first, then an account at once or when an admin has said yes.

Nobody finds out here whether an address has an account: everybody is told the same, and the mail says the rest.
The password is asked for once more with the link: whoever signs up with somebody else's address does not get to choose
the password of the account that its owner confirms.
"""

import re
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update

from actors import iris, local
from actors.database import session
from actors.models import PERSON
from actors.node import node, now
from federation.sanitising import clean_text
from flask_maillage.mail import queue
from flask_maillage.mail.addresses import deliverable, normal
from flask_maillage.people import account_links, account_mails, accounts, invitations, stewardship
from flask_maillage.people.models import Applicant, Member, OutsideIdentity, RoleInvitation
from inboxes.pruning import on_pruning

CLOSED, INVITATION, APPROVAL, OPEN = "closed", "invitation", "approval", "open"
NAME_LIMIT, REASON_LIMIT = 100, 2000
LONGEST_HANDLE = 30
MOST_APPLICANTS = 2000
"""How many wait at most for an admin, and with those who have not confirmed their address."""
UNCONFIRMED_KEPT = timedelta(days=3)


def _(message: str) -> str:
    return message


class SignUpRefused(ValueError):
    """What somebody typed will not do; `field` says where, the text what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the field."""
        super().__init__(message)
        self.field = field


class NotConfirmed(Exception):
    """Nobody has confirmed an address."""


def mode() -> str:
    """Return who gets an account here; nobody where no mail goes out, since no address could be confirmed."""
    chosen: str = node().state["sign_up"]
    return chosen if queue.is_on() and node().state["own_sign_in"] else CLOSED


def is_open(invitation: RoleInvitation | None = None) -> bool:
    """Tell whether anybody may ask for an account, or who is invited."""
    return mode() in (APPROVAL, OPEN) or (mode() == INVITATION and invitation is not None)


def asks_why(invitation: RoleInvitation | None = None) -> bool:
    """Tell whether an admin decides: not again about who was invited."""
    return mode() == APPROVAL and invitation is None


def check(*, email: str, name: str, handle: str, password: str) -> None:
    """Raise `SignUpRefused` for what cannot be; reads only, so that an edge can hash the password before it writes."""
    if deliverable(email) is None or not accounts.is_email(normal(email)):
        raise SignUpRefused(_("That is not an e-mail address: write it as name@example.org."), "email")
    if not clean_text(name, limit=NAME_LIMIT):
        raise SignUpRefused(_("Write the name by which people know you."), "name")
    if handle:
        check_handle(handle)
    try:
        accounts.check_password(password, normal(email), handle, name)
    except accounts.AccountRefused as refusal:
        raise SignUpRefused(str(refusal), "password") from None


def check_handle(handle: str) -> None:
    """Raise `SignUpRefused` unless somebody can have this handle now."""
    if not iris.HANDLE.fullmatch(handle):
        raise SignUpRefused(_("A handle has 1 to 30 characters: small letters a to z, digits and _."), "handle")
    try:
        local.check_handle(handle, PERSON)
    except local.HandleRefused:
        raise SignUpRefused(_("This handle is taken: choose another one."), "handle") from None


def proposed_handle(name: str) -> str:
    """Return a free handle made of a name: `zoe_martin`, or `zoe_martin2` where that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: LONGEST_HANDLE - 3].strip("_") or "member"
    for number in range(1, 1000):
        handle = base if number == 1 else f"{base}{number}"
        try:
            local.check_handle(handle, PERSON)
        except local.HandleRefused:
            continue
        return handle
    raise SignUpRefused(_("This handle is taken: choose another one."), "handle")


def ask(
    *,
    email: str,
    name: str,
    handle: str,
    password_hash: str,
    language: str,
    reason: str = "",
    invitation: RoleInvitation | None = None,
) -> None:
    """Note that somebody signs up, with what was checked, and send the link by which they confirm their address.

    Where too much mail is asked for to this address nothing is sent, and nothing said of it.

    Raises:
        SignUpRefused: too many wait for an admin; said before anything is known of the address.
    """
    address = normal(email)
    if _count(Applicant.confirmed_at.is_not(None)) >= MOST_APPLICANTS:
        raise SignUpRefused(_("Too many people sign up at this moment: try again tomorrow."))
    if not queue.may_be_asked_for(address, account_links.SIGN_UP):
        return
    if accounts.find(address) is not None:
        queue.write(address, account_mails.known_already(language), purpose="sign-up: known")
        return
    _make_room()
    applicant = Applicant(
        email=address,
        name=clean_text(name, limit=NAME_LIMIT),
        handle=handle or proposed_handle(name),
        password_hash=password_hash,
        language=language,
        reason=clean_text(reason, limit=REASON_LIMIT),
        invitation=invitation,
        created_at=now(),
    )
    session().add(applicant)
    session().flush()
    secret = account_links.make(account_links.SIGN_UP, applicant, address)
    queue.write(address, account_mails.confirm_sign_up(secret, language), purpose="sign-up: address")


def _count(*conditions: ColumnElement[bool]) -> int:
    return session().scalar(select(func.count()).select_from(Applicant).where(*conditions)) or 0


def _make_room() -> None:
    """Let the oldest address that nobody confirmed go where too many wait: who floods us keeps nobody out for long."""
    if _count() >= MOST_APPLICANTS:
        oldest = select(Applicant.id).where(Applicant.confirmed_at.is_(None)).order_by(Applicant.id).limit(1)
        session().execute(delete(Applicant).where(Applicant.id == session().scalar(oldest)))


def applicant_shown(secret: str) -> Applicant | None:
    """Return who is to confirm their address by a link that is good now, to show it."""
    link = account_links.look(account_links.SIGN_UP, secret)
    return link.applicant if link is not None else None


def applicant_with(secret: str) -> Applicant | None:
    """Return the same to use it: one who confirms the address at this moment waits."""
    link = account_links.find(account_links.SIGN_UP, secret)
    return link.applicant if link is not None else None


def confirm(applicant: Applicant, handle: str) -> Member | None:
    """Take note that the address is theirs, and give them an account; None where an admin decides first.

    Raises:
        SignUpRefused: the handle has been taken since, or nobody gets an account any more.
    """
    invitation = applicant.invitation = invitations.locked(applicant.invitation_id)
    if not is_open(invitation):
        raise SignUpRefused(_("This node takes no new members at this moment."))
    check_handle(handle)
    applicant.handle, applicant.confirmed_at = handle, now()
    account_links.end(account_links.SIGN_UP, applicant)
    others = Applicant.email == applicant.email, Applicant.id != applicant.id
    session().execute(delete(Applicant).where(*others))
    if not asks_why(invitation):
        return admit(applicant)
    tell_admins(applicant)
    return None


def confirmed_already(email: str, password_hash: str) -> Member | None:
    """Return who has confirmed their address since they saw the page; None where an admin decides first.

    Raises:
        NotConfirmed: nobody did, with this password.
    """
    member = accounts.find(email)
    if member is not None and member.password_hash == password_hash:
        return member
    same = Applicant.email == email, Applicant.password_hash == password_hash, Applicant.confirmed_at.is_not(None)
    if _count(*same) == 0:
        raise NotConfirmed
    return None


def tell_admins(applicant: Applicant) -> None:
    """Tell those who administer the node that somebody waits for an answer."""
    for admin in stewardship.admins():
        queue.write(admin.email, account_mails.waits(applicant), purpose="sign-up: request")
    session().flush()


def waiting() -> list[Applicant]:
    """Return who waits for an admin's answer, the longest first."""
    confirmed = Applicant.confirmed_at.is_not(None)
    return list(session().scalars(select(Applicant).where(confirmed).order_by(Applicant.confirmed_at, Applicant.id)))


def find_waiting(number: int) -> Applicant | None:
    """Return one who waits for an admin's answer; another admin who answers at this moment waits."""
    query = select(Applicant).where(Applicant.id == number, Applicant.confirmed_at.is_not(None))
    found = session().scalar(query)
    if found is not None:
        account_links.hold(found.email)
    return session().scalar(query.execution_options(populate_existing=True))


def accept(applicant: Applicant) -> Member:
    """Give somebody who waited an account, and tell them; another handle where theirs was taken meanwhile."""
    try:
        check_handle(applicant.handle)
    except SignUpRefused:
        applicant.handle = proposed_handle(applicant.name)
    member = admit(applicant)
    queue.write(member.email, account_mails.admitted(member), purpose="sign-up: accepted")
    return member


def decline(applicant: Applicant, note: str = "") -> None:
    """Give somebody who waited no account, tell them, and forget what they wrote."""
    mail = account_mails.declined(applicant, clean_text(note, limit=REASON_LIMIT))
    queue.write(applicant.email, mail, purpose="sign-up: declined")
    session().delete(applicant)
    session().flush()


def admit(applicant: Applicant) -> Member:
    """Make a member of somebody whose address is confirmed.

    Raises:
        SignUpRefused: somebody got an account with this address meanwhile, or the handle.
    """
    if accounts.find(applicant.email) is not None:
        raise SignUpRefused(_("There is an account with this address already: sign in with it."))
    try:
        member = accounts.create(
            applicant.email, applicant.name, applicant.handle, applicant.password_hash, language=applicant.language
        )
    except local.HandleRefused:
        raise SignUpRefused(_("This handle is taken: choose another one."), "handle") from None
    invitation = invitations.locked(applicant.invitation_id)
    if invitation is not None:
        invitations.accept(invitation, member)
    theirs = update(OutsideIdentity).where(OutsideIdentity.applicant_id == applicant.id)
    session().execute(theirs.values(member_id=member.id, applicant_id=None))
    session().delete(applicant)
    session().flush()
    return member


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget addresses that nobody confirmed; `limit` is for other rows."""
    old = Applicant.confirmed_at.is_(None), Applicant.created_at < now() - UNCONFIRMED_KEPT
    session().execute(delete(Applicant).where(*old).execution_options(synchronize_session=False))
