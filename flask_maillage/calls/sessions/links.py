"""The links in mails to people without an actor: to an invitation, and to an entry in a roster; each signed."""

import base64
import hmac

from actors import iris
from actors.database import session
from actors.node import node
from flask_maillage.calls.models import Expert, SessionRole
from flask_maillage.calls.sessions.people import WITHDRAWN
from flask_maillage.publications.models import PUBLISHED

LONGEST_TOKEN = 80
_BYTES = 18


def address(role: SessionRole) -> str:
    """Return where somebody reads and answers their invitation; who has the link has the invitation."""
    return iris.own(f"cohort-sessions/{token(role)}")


def token(role: SessionRole) -> str:
    """Return what the link of an invitation carries."""
    return f"{role.id:x}.{_mark(role)}"


def role_with(text: str) -> SessionRole | None:
    """Return whose link it is; None for one that is none of ours, or whose invitation or session was taken back."""
    number, _, mark = text.partition(".")
    if len(text) > LONGEST_TOKEN or not text.isascii() or not 0 < len(number) <= 7:
        return None
    try:
        found = session().get(SessionRole, int(number, 16))
    except ValueError:
        return None
    if found is None or found.answer == WITHDRAWN or found.session.event.state != PUBLISHED:
        return None
    return found if hmac.compare_digest(mark, _mark(found)) else None


def address_of_expert(expert: Expert) -> str:
    """Return where an expert without an actor sees what a roster says of them, and leaves it."""
    mark = _signed("sessions: experts", expert.identifier)
    return iris.own(f"experts/{expert.id:x}.{mark}")


def expert_with(text: str) -> Expert | None:
    """Return whose link it is; None for one that is none of ours, or of somebody who has left."""
    number, _, mark = text.partition(".")
    if len(text) > LONGEST_TOKEN or not text.isascii() or not 0 < len(number) <= 7:
        return None
    try:
        found = session().get(Expert, int(number, 16))
    except ValueError:
        return None
    if found is None or found.retired_at is not None:
        return None
    return found if hmac.compare_digest(mark, _signed("sessions: experts", found.identifier)) else None


def _mark(role: SessionRole) -> str:
    """Sign for this invitation: one that is sent anew has another link."""
    return _signed("sessions: invitations", f"{role.id}\n{role.invite_iri}")


def _signed(purpose: str, text: str) -> str:
    whole = hmac.digest(node().secret.derive(purpose), text.encode(), "sha256")
    return base64.urlsafe_b64encode(whole[:_BYTES]).decode("ascii")
