"""The links in mails to guests: signed, each for one purpose, and dead at a moment that stands in them."""

import base64
import hmac
from datetime import datetime, timedelta

from actors import iris
from actors.database import session
from actors.node import node, now
from flask_maillage.publications.models import Guest

CONFIRM, OWN, QUIET = "confirm", "own", "quiet"
"""To say that the address is theirs; to see and cancel the registration; to want no reminder."""
LIFETIMES = {CONFIRM: timedelta(days=2), OWN: timedelta(days=500), QUIET: timedelta(days=500)}
"""A guest is erased some days after the event, and every link with them."""
LONGEST_TOKEN = 80
_BYTES = 18


def token(guest: Guest, purpose: str) -> str:
    """Return what a link of a guest carries."""
    ends = int((now() + LIFETIMES[purpose]).timestamp())
    return f"{guest.id:x}.{ends:x}.{_mark(guest, purpose, ends)}"


def guest_with(text: str, purpose: str) -> Guest | None:
    """Return whose link it is; None for one that is over, for another purpose, or none of ours."""
    parts = text.split(".")
    if len(text) > LONGEST_TOKEN or len(parts) != 3 or not all(part.isascii() for part in parts):
        return None
    try:
        number, ends = int(parts[0], 16), int(parts[1], 16)
    except ValueError:
        return None
    guest = session().get(Guest, number) if 0 < number < 2**31 else None
    if guest is None or not hmac.compare_digest(parts[2], _mark(guest, purpose, ends)):
        return None
    return guest if datetime.fromtimestamp(ends, tz=now().tzinfo) > now() else None


def quiet_address(guest: Guest) -> str:
    """Return where a guest says that they want no reminder."""
    return iris.registration(f"{token(guest, QUIET)}/no-reminder")


def _mark(guest: Guest, purpose: str, ends: int) -> str:
    """Sign for this row and no later one that gets its number."""
    text = f"{guest.id}\n{guest.email}\n{guest.created_at.isoformat()}\n{ends}"
    whole = hmac.digest(node().secret.derive(f"registrations: {purpose}"), text.encode(), "sha256")
    return base64.urlsafe_b64encode(whole[:_BYTES]).decode("ascii")
