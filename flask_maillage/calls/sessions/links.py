"""The links in mails to people without an actor: to an invitation, and to an entry in a roster; each signed."""

from actors import iris
from actors.database import session
from flask_maillage.calls.models import Expert, SessionRole
from flask_maillage.calls.sessions.people import WITHDRAWN
from flask_maillage.mail import signed_links
from flask_maillage.publications.models import PUBLISHED


def address(role: SessionRole) -> str:
    """Return where somebody reads and answers their invitation; who has the link has the invitation."""
    return iris.own(f"cohort-sessions/{token(role)}")


def token(role: SessionRole) -> str:
    """Return what the link of an invitation carries."""
    return signed_links.written(role.id, (), *_invitation(role))


def role_with(text: str) -> SessionRole | None:
    """Return whose link it is; None for one that is none of ours, or whose invitation or session was taken back."""
    link = signed_links.read(text)
    found = session().get(SessionRole, link.number) if link is not None else None
    if link is None or found is None or found.answer == WITHDRAWN or found.session.event.state != PUBLISHED:
        return None
    return found if link.holds(*_invitation(found)) else None


def address_of_expert(expert: Expert) -> str:
    """Return where an expert without an actor sees what a roster says of them, and leaves it."""
    return iris.own(f"experts/{signed_links.written(expert.id, (), *_entry(expert))}")


def expert_with(text: str) -> Expert | None:
    """Return whose link it is; None for one that is none of ours, or of somebody who has left."""
    link = signed_links.read(text)
    found = session().get(Expert, link.number) if link is not None else None
    if link is None or found is None or found.retired_at is not None:
        return None
    return found if link.holds(*_entry(found)) else None


def _invitation(role: SessionRole) -> tuple[str, *tuple[object, ...]]:
    """Return what is signed of an invitation: one that is sent anew has another link."""
    return "sessions: invitations", role.id, role.invite_iri


def _entry(expert: Expert) -> tuple[str, *tuple[object, ...]]:
    return "sessions: experts", expert.identifier
