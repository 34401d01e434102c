"""Who waits for a place in a full event of ours, in which order, and who gets the place that becomes free.

Everything here is done by who holds the event's lock (`locking.lock`): a free place is given once, to the first.
"""

from sqlalchemy import func, select

from actors.database import reading, session
from actors.node import now
from flask_maillage.publications.attending import telling
from flask_maillage.publications.attending.counting import in_state, places_left, registration_of, takes_registrations
from flask_maillage.publications.attending.locking import closed, lock
from flask_maillage.publications.models import PUBLISHED, Attendance, Publication
from inboxes.chores import chore

AT_ONCE = 100
"""How many are promoted in one transaction of the worker."""


def is_kept(event: Publication) -> bool:
    """Tell whether one may wait for a place."""
    return takes_registrations(event) and registration_of(event).waiting_list


def next_number(event: Publication) -> int:
    """Return the next number of an event's waiting list."""
    query = select(func.max(Attendance.queue_number)).where(Attendance.publication_id == event.id)
    return (session().scalar(query) or 0) + 1


def position(attendance: Attendance) -> int:
    """Return where in the list somebody stands who waits; 1 is who gets the next place."""
    query = in_state(select(func.count()).select_from(Attendance), attendance.publication, "waiting")
    return session().scalar(query.where(Attendance.queue_number <= attendance.queue_number)) or 0


def promote(event: Publication, most: int | None = None) -> int:
    """Give the places that are free to those who have waited longest, tell them, and return how many that were."""
    if not _is_running(event):
        return 0
    free = places_left(event)
    limit = min(number for number in (free, most, AT_ONCE) if number is not None)
    query = in_state(select(Attendance), event, "waiting").order_by(Attendance.queue_number).limit(limit)
    promoted = session().scalars(query).all() if limit else []
    for found in promoted:
        found.state, found.queue_number, found.answered_at = "accepted", None, now()
    session().flush()
    for found in promoted:
        telling.promoted(event, found)
    return len(promoted)


@chore
def promote_waiting() -> int:
    """Promote who waits where places have become free in another way: more of them, or a participant who is gone."""
    with reading():
        waiting = select(Attendance.publication_id).where(Attendance.state == "waiting").distinct()
        events = session().scalars(select(Publication).where(Publication.id.in_(waiting)))
        found = next((event.id for event in events if _has_room(event)), None)
    if found is None:
        return 0
    done = promote(lock(found))
    session().commit()
    return done


def _has_room(event: Publication) -> bool:
    if not _is_running(event) or places_left(event) == 0:
        return False
    return session().scalar(in_state(select(Attendance.id), event, "waiting").limit(1)) is not None


def _is_running(event: Publication) -> bool:
    return event.state == PUBLISHED and takes_registrations(event) and not closed(event)
