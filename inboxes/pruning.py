"""Let go of letters and deliveries that were settled long ago: what they carried lives in other tables."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from actors.database import session
from actors.models import Delivery
from actors.node import now
from inboxes.models import Letter

KEPT_DAYS = 30
"""How long at least: a letter that comes again is known by its row, and so is the Follow that an Undo ended."""
BATCH = 500


def prune(days: int = KEPT_DAYS) -> tuple[int, int]:
    """Delete letters and deliveries settled more than `days` ago, and return how many of each.

    The activities stay, for outboxes and their ids; so do Announces that were done, by whose rows an Undo that names
    nothing but an id is understood (`opening.object_type`). It commits after each batch, so that others may write.

    Raises:
        ValueError: fewer days than letters have to be known for.
    """
    if days < KEPT_DAYS:
        raise ValueError(f"letters are kept for {KEPT_DAYS} days at least")
    limit = now() - timedelta(days=days)
    letters = _prune(
        Letter,
        Letter.state != "waiting",
        Letter.settled_at < limit,
        Letter.received_at < limit,
        or_(Letter.type != "Announce", Letter.state != "done"),
    )
    return letters, _prune(Delivery, Delivery.state != "pending", Delivery.settled_at < limit)


def _prune(model: Any, *conditions: ColumnElement[bool]) -> int:
    total = 0
    while numbers := session().scalars(select(model.id).where(*conditions).order_by(model.id).limit(BATCH)).all():
        session().execute(delete(model).where(model.id.in_(numbers), *conditions))
        session().commit()
        total += len(numbers)
    session().commit()
    return total
