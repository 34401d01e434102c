"""What of founding, of charters and of process logs a member takes along."""

from typing import Any

from sqlalchemy import select

from actors.database import session
from flask_maillage.coalitions.charters.models import CharterAcceptance
from flask_maillage.coalitions.founding.models import Founder
from flask_maillage.coalitions.process.models import LogEntry
from flask_maillage.people.exporting import exported
from flask_maillage.people.models import Member


@exported("projects")
def projects(member: Member) -> list[dict[str, Any]]:
    """What they were asked to found, and their answers with the proofs."""
    found = session().scalars(select(Founder).where(Founder.person_id == member.actor_id).order_by(Founder.id))
    return [
        {
            "project": one.project.iri,
            "stands_for": one.stands_for.iri if one.stands_for else None,
            "state": one.state,
            "invited_at": one.invited_at,
            "answered_at": one.answered_at,
            "ended_at": one.ended_at,
            "named_on_its_page": one.listed,
            "message": one.message,
            "document": one.document,
        }
        for one in found
    ]


@exported("charters")
def charters(member: Member) -> list[dict[str, Any]]:
    """To which charters they agreed, with the proofs."""
    query = select(CharterAcceptance).where(CharterAcceptance.actor_id == member.actor_id)
    return [
        {"charter": one.charter.iri, "accepted_at": one.accepted_at, "document": one.document}
        for one in session().scalars(query.order_by(CharterAcceptance.id))
    ]


@exported("log_entries")
def log_entries(member: Member) -> list[dict[str, Any]]:
    """What they wrote into process logs."""
    found = session().scalars(select(LogEntry).where(LogEntry.author_id == member.actor_id).order_by(LogEntry.id))
    return [
        {
            "log": one.actor.iri,
            "id": one.identifier,
            "revision": one.revision,
            "title": one.title,
            "text": one.text,
            "written_at": one.written_at,
        }
        for one in found
    ]
