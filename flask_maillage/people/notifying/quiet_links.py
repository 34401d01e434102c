"""The links by which mails of a kind end without signing in: signed, each for one member and one kind."""

import base64
import hmac

from actors import iris
from actors.database import session
from actors.node import node
from flask_maillage.people.models import Member

LONGEST = 200
_BYTES = 18


def address(member: Member, what: str) -> str:
    """Return where a member says that they want no more of something; `what` is made of letters, `_` and `-`."""
    return iris.unsubscribing(f"{member.id:x}.{what}.{_mark(member, what)}")


def read(token: str) -> tuple[Member, str] | None:
    """Return whose link it is, and what they want no more; None for one that is none of ours."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not token.isascii():
        return None
    try:
        number = int(parts[0], 16)
    except ValueError:
        return None
    member = session().get(Member, number) if 0 < number < 2**31 else None
    if member is None or not hmac.compare_digest(parts[2], _mark(member, parts[1])):
        return None
    return member, parts[1]


def _mark(member: Member, what: str) -> str:
    """Sign for this row and no later one that gets its number; a link in a mail of last year still works."""
    text = f"{member.id}\n{member.created_at.isoformat()}\n{what}"
    whole = hmac.digest(node().secret.derive("unsubscribing"), text.encode(), "sha256")
    return base64.urlsafe_b64encode(whole[:_BYTES]).decode("ascii")
