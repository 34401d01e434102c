"""The links in mails to guests who apply: signed, each for one purpose, and dead at a moment that stands in them."""

from datetime import timedelta

from actors import iris
from actors.database import session
from flask_maillage.calls.models import Guest
from flask_maillage.mail import signed_links

CONFIRM, OWN = "confirm", "own"
"""To say that the address is theirs; to write, see, correct and take back the application."""
LIFETIMES = {CONFIRM: timedelta(days=2), OWN: timedelta(days=1100)}
"""An application is erased long after its call, and its guest with it: then the link leads nowhere."""


def token(guest: Guest, purpose: str) -> str:
    """Return what a link of a guest carries."""
    ends = signed_links.end_of(LIFETIMES[purpose])
    return signed_links.written(guest.id, (f"{ends:x}",), *_signed(guest, purpose, ends))


def guest_with(text: str, purpose: str) -> Guest | None:
    """Return whose link it is; None for one that is over, for another purpose, or none of ours."""
    link = signed_links.read(text, words=1)
    if link is None or link.is_over:
        return None
    guest = session().get(Guest, link.number)
    if guest is None or guest.email is None or not link.holds(*_signed(guest, purpose, link.ends)):
        return None
    return guest


def confirm_address(guest: Guest) -> str:
    """Return where somebody says that the address is theirs."""
    return iris.own(f"applications/{token(guest, CONFIRM)}/confirm")


def own_address(guest: Guest, page: str = "") -> str:
    """Return where a guest finds their application, or a page of it."""
    return iris.own(f"applications/{token(guest, OWN)}{'/' if page else ''}{page}")


def _signed(guest: Guest, purpose: str, ends: int) -> tuple[str, *tuple[object, ...]]:
    """Return what is signed: for this row and no later one that gets its number."""
    return f"applications: {purpose}", guest.identifier, guest.email, ends
