"""The one lock under which places are given, and when none are given at all."""

from sqlalchemy import select

from actors.database import session
from actors.node import now
from flask_maillage.publications.models import PUBLISHED, WITHDRAWN, Publication


def lock(number: int) -> Publication:
    """Return an event by its row's number, locked until the transaction ends: whoever else decides about it waits."""
    query = select(Publication).where(Publication.id == number).with_for_update(of=Publication)
    return session().scalars(query.execution_options(populate_existing=True)).one()


def closed(event: Publication) -> str:
    """Return why nobody can register for an event any more, or yet; empty where one can."""
    if event.state == WITHDRAWN:
        return "This event was withdrawn."
    if event.state != PUBLISHED:
        return "Registration is not open for this event."
    state = event.kind_of_it.state(event.content, now())
    sentences = {"past": "This event is over.", "cancelled": "This event was cancelled."}
    return sentences.get(state, "")
