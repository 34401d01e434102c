"""Accounts: giving somebody one, knowing them again by their password, changing it."""

import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from actors import local
from actors.database import session
from actors.models import PERSON
from actors.node import node, now
from federation.sanitising import clean_text
from flask_maillage.mail.addresses import normal as normal_email
from flask_maillage.people import account_links, sessions
from flask_maillage.people.models import Member
from flask_maillage.people.passwords import is_guessable

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 1000
LONGEST_EMAIL = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
_OF_DOMAIN = r"[^@\s\x00-\x1f\x7f<>()\",;:\\.]+"
_EMAIL = re.compile(rf"[^@\s\x00-\x1f\x7f<>()\",;:\\]{{1,64}}@{_OF_DOMAIN}(\.{_OF_DOMAIN})+")
_hasher = PasswordHasher()


def _(message: str) -> str:
    return message


class AccountRefused(ValueError):
    """An account that cannot be given, or a password that cannot be set; the text names the remedy."""


def add(email: str, name: str, handle: str, password: str, *, is_admin: bool = False) -> Member:
    """Give somebody an account, and an actor (a `Person`) by which the network knows them.

    Args:
        email: where they are reached; told to nobody.
        name: what people read.
        handle: their actor's, for good.
        password: at least ten characters.
        is_admin: whether they administer the node.

    Raises:
        AccountRefused: the e-mail address, the name, the handle or the password will not do; nothing was written.
    """
    email, name = normal_email(email), clean_text(name, limit=100)
    if not is_email(email):
        raise AccountRefused("That is not an e-mail address: write it as name@example.org.")
    account_links.hold(email)
    if find(email) is not None:
        raise AccountRefused(f"Somebody has an account with {email} already: use another address.")
    if not name:
        raise AccountRefused("A member needs a name: give the one that people know.")
    check_password(password, email, handle, name)
    try:
        return create(email, name, handle, hashed(password), language=node().language, is_admin=is_admin)
    except local.HandleRefused as refusal:
        raise AccountRefused(f"{refusal} Choose another handle.") from None


def create(email: str, name: str, handle: str, password_hash: str, *, language: str, is_admin: bool = False) -> Member:
    """Write the row of a member, with their actor, of what was checked before; `language` is that of their mails.

    Raises:
        HandleRefused: the handle is not free or not well formed.
    """
    actor = local.create(handle, PERSON, name)
    actor.federated = False  # a person is found by other servers when they have agreed to it (`people/consent.py`)
    member = Member(
        email=email,
        password_hash=password_hash,
        actor=actor,
        language=language,
        is_admin=is_admin,
        created_at=now(),
    )
    session().add(member)
    session().flush()
    return member


def is_email(text: str) -> bool:
    """Tell whether somebody can have an account with this e-mail address, which is `normal` already."""
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def hashed(password: str) -> str:
    """Return what is kept of a password; it takes some 50 ms, so call it before a transaction begins."""
    return _hasher.hash(password)


def is_password(password_hash: str, password: str) -> bool:
    """Tell whether a password is the one that was hashed; as slow as hashing it."""
    return _matches(password_hash, password)


def check_password(password: str, *names: str) -> None:
    """Raise `AccountRefused` for a password that is too short, is made of names everybody knows, or guessed first."""
    if len(password) > LONGEST_PASSWORD:
        raise AccountRefused(_("A password has at most 1000 characters: choose a shorter one."))
    if len(password) < SHORTEST_PASSWORD:
        raise AccountRefused(_("A password has at least 10 characters: choose a longer one."))
    known = {part.casefold() for name in names for part in (name, name.partition("@")[0])}
    if password.strip().casefold() in known:
        raise AccountRefused(_("The password is the e-mail address or the handle: choose one that nobody can guess."))
    if is_guessable(password, (*names, node().name)):
        raise AccountRefused(
            _(
                "This password is among the first that anybody would try: "
                "take several words that have nothing in common."
            )
        )


def authenticate(email: str, password: str) -> Member | None:
    """Return the member with this e-mail address and password, or None; as much work for an unknown address.

    Writes nothing, so that an edge can call it before it takes the write lock.
    """
    member = find(email)
    usable = member is not None and member.actor.gone_at is None and member.actor.suspended_at is None
    right = _matches((member and member.password_hash) or _nobodys_hash(), password)
    return member if right and usable else None


def note_sign_in(member: Member, password: str | None = None) -> None:
    """Write down that a member has just signed in, and hash the password anew where our parameters have grown."""
    member.signed_in_at = now()
    if password is not None and _hasher.check_needs_rehash(member.password_hash):
        member.password_hash = _hasher.hash(password)
    session().flush()


def set_password(member: Member, password: str) -> None:
    """Give a member a new password, and end every session and every link to a password or an address that they have.

    Raises:
        AccountRefused: the password will not do.
    """
    check_password(password, member.email, member.actor.handle, member.name)
    account_links.hold_member(member.id)
    member.password_hash = hashed(password)
    sessions.end_all(member)
    account_links.end_all(member)
    session().flush()


def find(email: str) -> Member | None:
    """Return the member with this e-mail address, or None; PostgreSQL takes no text with a NUL in it."""
    email = normal_email(email)
    if not is_email(email):
        return None
    return session().scalar(select(Member).where(Member.email == email))


def by_handle(handle: str) -> Member | None:
    """Return the member whose actor has this handle, or None."""
    actor = local.find(handle)
    return session().scalar(select(Member).where(Member.actor_id == actor.id)) if actor else None


def _matches(password_hash: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        password = ""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    """The hash of a password that nobody has, to be checked where there is no account."""
    return _hasher.hash(secrets.token_urlsafe(32))
