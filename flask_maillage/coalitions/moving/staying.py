"""What of an actor goes on where it was after it moved: people answered it here, and were promised an end."""

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.publications import call_states
from flask_maillage.publications.attending.counting import takes_registrations
from flask_maillage.publications.models import PUBLISHED, Publication

UNDER_WAY = frozenset({call_states.SCHEDULED, call_states.OPEN, call_states.CLOSED, call_states.DELIBERATING})


def under_way(actor: Actor) -> list[Publication]:
    """Return the calls of an actor that are not decided yet, and the events to come for which one registers."""
    query = select(Publication).where(
        Publication.actor_id == actor.id,
        Publication.local,
        Publication.state == PUBLISHED,
        Publication.kind.in_(("call", "event")),
    )
    return [one for one in session().scalars(query.order_by(Publication.ends_at, Publication.id)) if _is_under_way(one)]


def _is_under_way(publication: Publication) -> bool:
    if publication.kind == "call":
        return call_states.state_at(publication.content, now()) in UNDER_WAY
    is_over = publication.ends_at is not None and publication.ends_at <= now()
    return takes_registrations(publication) and not is_over and publication.status != "cancelled"
