"""A new password for who forgot theirs, and another e-mail address for a member: both by a link in a mail."""

from actors.database import session
from flask_maillage.mail import queue
from flask_maillage.mail.addresses import deliverable, normal
from flask_maillage.people import account_links, account_mails, accounts, other_keys
from flask_maillage.people.models import AccountLink, Member
from flask_maillage.people.other_keys import OtherKeys


def _(message: str) -> str:
    return message


def ask_password(email: str, language: str) -> None:
    """Send the link for a new password; an address without an account is told so by mail, and nobody else is.

    Where too much mail is asked for to this address nothing is sent, and nothing said of it.
    """
    address = normal(email)
    if deliverable(address) is None or not queue.may_be_asked_for(address, account_links.PASSWORD):
        return
    member = accounts.find(address)
    if member is None or member.actor.gone_at is not None or member.actor.suspended_at is not None:
        queue.write(address, account_mails.no_account(language), purpose="password: unknown")
        return
    secret = account_links.make(account_links.PASSWORD, member, address)
    queue.write(address, account_mails.new_password(secret, member.language), purpose="password: link")


def member_for_password(secret: str) -> Member | None:
    """Return whose password a link changes: it went to the address that they still have."""
    return _of_password(account_links.look(account_links.PASSWORD, secret))


def member_to_change(secret: str) -> Member | None:
    """Return the same to do it; another who uses the link at this moment waits."""
    return _of_password(account_links.find(account_links.PASSWORD, secret))


def _of_password(link: AccountLink | None) -> Member | None:
    if link is None or link.member is None or link.member.email != link.email:
        return None
    actor = link.member.actor
    return link.member if actor.gone_at is None and actor.suspended_at is None else None


def take_password(member: Member, password: str, *, ends_keys: bool) -> OtherKeys:
    """Give a member a new password; every session and every mailed link ends, and a mail says so.

    Args:
        member: who gets it.
        password: the new one.
        ends_keys: whether tokens and secret addresses end with it: always where control of the account was lost.

    Returns:
        What else opened something of the account: ended or still there, as `ends_keys` says.

    Raises:
        AccountRefused: the password will not do.
    """
    accounts.set_password(member, password)
    keys = other_keys.of(member)
    if ends_keys:
        other_keys.end(member)
    mail = account_mails.password_changed(member, keys, ended=ends_keys)
    queue.write(member.email, mail, purpose="password: changed")
    return keys


def ask_email(member: Member, email: str) -> None:
    """Send a link to the address that a member wants to use; of one that has an account, only its owner hears.

    Raises:
        AccountRefused: it is no address, or the one they have.
    """
    address = normal(email)
    if deliverable(address) is None or not accounts.is_email(address):
        raise accounts.AccountRefused(_("That is not an e-mail address: write it as name@example.org."))
    if address == member.email:
        raise accounts.AccountRefused(_("This is the address that you have: write the new one."))
    if not queue.may_be_asked_for(address, account_links.EMAIL):
        return
    account_links.end(account_links.EMAIL, member)
    if accounts.find(address) is not None:
        queue.write(address, account_mails.address_is_taken(member.language), purpose="address: taken")
        return
    secret = account_links.make(account_links.EMAIL, member, address)
    queue.write(address, account_mails.confirm_email(secret, member.language), purpose="address: link")


def ask_deletion(member: Member) -> bool:
    """Send a member without a password the link that deletes their account; False where too many were asked for."""
    if not queue.may_be_asked_for(member.email, account_links.DELETION):
        return False
    account_links.end(account_links.DELETION, member)
    secret = account_links.make(account_links.DELETION, member, member.email)
    return queue.write(member.email, account_mails.confirm_deletion(secret, member), purpose="account: delete link")


def member_to_delete(secret: str, *, now: bool) -> Member | None:
    """Return whose account a link deletes; `now` is to do it, and another who uses it at this moment waits."""
    link = _usable((account_links.find if now else account_links.look)(account_links.DELETION, secret))
    return link.member if link is not None and link.member is not None and link.member.email == link.email else None


def email_asked(secret: str) -> tuple[int, str] | None:
    """Return whom a link would let be reached by which address now, None for no such link; reads only."""
    link = _usable(account_links.look(account_links.EMAIL, secret))
    return (link.member.id, link.email) if link is not None and link.member is not None else None


def change_email(secret: str) -> Member | None:
    """Let a member be reached by the address to which a link went, and tell the one before; None for no such link."""
    link = _usable(account_links.find(account_links.EMAIL, secret))
    if link is None or link.member is None or accounts.find(link.email) is not None:
        return None
    member, email = link.member, link.email
    notice = account_mails.email_changed(member)
    queue.write(member.email, notice, purpose="address: changed")
    member.email = email
    account_links.end_all(member)
    session().flush()
    return member


def has_email(number: int, email: str) -> bool:
    """Tell whether a member is reached by an address: they may have pressed twice."""
    found = accounts.find(email)
    return found is not None and found.id == number


def _usable(link: AccountLink | None) -> AccountLink | None:
    """Return a link of a member who may sign in."""
    if link is None or link.member is None:
        return None
    actor = link.member.actor
    return link if actor.gone_at is None and actor.suspended_at is None else None
