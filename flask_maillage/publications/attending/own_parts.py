"""The events, ours and elsewhere, in which a member takes part or waits to: for their own eyes."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from actors import policy
from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.publications.attending import waiting_list
from flask_maillage.publications.models import PUBLISHED, Attendance, Publication

PRESENT = ("requested", "accepted", "waiting", "tentative")
MOST = 200


@dataclass(frozen=True)
class OwnPart:
    """One event, where one stands there, and one's place in the waiting list; 0 where that is not known."""

    part: Attendance
    place: int = 0

    @property
    def event(self) -> Publication:
        """What it is a part in."""
        return self.part.publication


def own_parts(actor: Actor) -> tuple[list[OwnPart], list[OwnPart]]:
    """Return the parts of a member in what is to come, the next first, and in what is over, the last first."""
    query = (
        select(Attendance)
        .join(Attendance.publication)
        .join(Publication.actor)
        .options(contains_eager(Attendance.publication).joinedload(Publication.actor), joinedload(Attendance.actor))
        .where(Attendance.actor_id == actor.id, Attendance.state.in_(PRESENT))
        .where(Publication.state == PUBLISHED, policy.welcome())
        .order_by(Publication.starts_at, Publication.id)
    )
    found = session().scalars(query).all()
    over = [one for one in found if _is_over(one.publication)]
    ahead = [one for one in found if not _is_over(one.publication)]
    return [OwnPart(one, _place(one)) for one in ahead[:MOST]], [OwnPart(one) for one in over[: -MOST - 1 : -1]]


def _is_over(event: Publication) -> bool:
    """Tell whether it has ended; what was cancelled is over when it would have been."""
    ends = event.ends_at or event.starts_at
    return event.kind_of_it.state(event.content, now()) == "past" or (ends is not None and ends <= now())


def _place(part: Attendance) -> int:
    return waiting_list.position(part) if part.publication.local and part.state == "waiting" else 0
