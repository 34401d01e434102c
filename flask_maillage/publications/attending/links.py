"""The links in mails to guests: signed, each for one purpose, and dead at a moment that stands in them."""

from datetime import timedelta

from actors import iris
from actors.database import session
from flask_maillage.mail import signed_links
from flask_maillage.publications.models import Guest

CONFIRM, OWN, QUIET = "confirm", "own", "quiet"
"""To say that the address is theirs; to see and cancel the registration; to want no reminder."""
LIFETIMES = {CONFIRM: timedelta(days=2), OWN: timedelta(days=500), QUIET: timedelta(days=500)}
"""A guest is erased some days after the event, and every link with them."""


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
    return guest if guest is not None and link.holds(*_signed(guest, purpose, link.ends)) else None


def quiet_address(guest: Guest) -> str:
    """Return where a guest says that they want no reminder."""
    return iris.registration(f"{token(guest, QUIET)}/no-reminder")


def _signed(guest: Guest, purpose: str, ends: int) -> tuple[str, *tuple[object, ...]]:
    """Return what is signed: for this row and no later one that gets its number."""
    return f"registrations: {purpose}", guest.id, guest.email, guest.created_at.isoformat(), ends
