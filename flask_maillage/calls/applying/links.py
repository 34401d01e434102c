"""The links in mails to guests who apply: signed, each for one purpose, and dead at a moment that stands in them."""

import base64
import hmac
from datetime import datetime, timedelta

from actors import iris
from actors.database import session
from actors.node import node, now
from flask_maillage.calls.models import Guest

CONFIRM, OWN = "confirm", "own"
"""To say that the address is theirs; to write, see, correct and take back the application."""
LIFETIMES = {CONFIRM: timedelta(days=2), OWN: timedelta(days=1100)}
"""An application is erased long after its call, and its guest with it: then the link leads nowhere."""
LONGEST_TOKEN = 80
_BYTES = 18


def token(guest: Guest, purpose: str) -> str:
    """Return what a link of a guest carries."""
    ends = int((now() + LIFETIMES[purpose]).timestamp())
    return f"{guest.id:x}.{ends:x}.{_mark(guest, purpose, ends)}"


def guest_with(text: str, purpose: str) -> Guest | None:
    """Return whose link it is; None for one that is over, for another purpose, or none of ours."""
    parts = text.split(".")
    if len(text) > LONGEST_TOKEN or len(parts) != 3 or not text.isascii():
        return None
    try:
        number, ends = int(parts[0], 16), int(parts[1], 16)
    except ValueError:
        return None
    if not (0 < number < 2**31 and 0 < ends < 2**33):
        return None
    guest = session().get(Guest, number)
    if guest is None or guest.email is None or not hmac.compare_digest(parts[2], _mark(guest, purpose, ends)):
        return None
    return guest if datetime.fromtimestamp(ends, tz=now().tzinfo) > now() else None


def confirm_address(guest: Guest) -> str:
    """Return where somebody says that the address is theirs."""
    return iris.own(f"applications/{token(guest, CONFIRM)}/confirm")


def own_address(guest: Guest, page: str = "") -> str:
    """Return where a guest finds their application, or a page of it."""
    return iris.own(f"applications/{token(guest, OWN)}{'/' if page else ''}{page}")


def _mark(guest: Guest, purpose: str, ends: int) -> str:
    """Sign for this row and no later one that gets its number."""
    text = f"{guest.identifier}\n{guest.email}\n{ends}"
    whole = hmac.digest(node().secret.derive(f"applications: {purpose}"), text.encode(), "sha256")
    return base64.urlsafe_b64encode(whole[:_BYTES]).decode("ascii")
