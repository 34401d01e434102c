"""An event that comes again goes on to its next occurrence, ours and copies: lists, pages and peers show that one."""

from sqlalchemy import select

from actors.database import reading, session
from actors.node import now
from flask_maillage.publications import publishing
from flask_maillage.publications.models import PUBLISHED, Publication
from inboxes.chores import chore

BATCH = 20


@chore
def move_on() -> int:
    """Move events whose occurrence is over to the next one, and send ours again; returns how many.

    Peers know no recurrence: an `Update` with the next date is what keeps Mobilizon from showing a past event.
    """
    due = (Publication.state == PUBLISHED, Publication.moves_on_at <= now())
    with reading():
        numbers = session().scalars(select(Publication.id).where(*due).order_by(Publication.id).limit(BATCH)).all()
    moved = 0
    for number in numbers:
        query = select(Publication).where(Publication.id == number, *due)
        found = session().scalar(query.with_for_update(of=Publication, skip_locked=True))
        if found is not None and publishing.show_present_occurrence(found):
            moved += 1
            if found.local:
                publishing.tell_again(found)
        elif found is not None:
            found.moves_on_at = None
        session().commit()
    return moved
