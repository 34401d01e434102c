"""Let go of what was settled long ago, and of strangers with whom nothing here has to do any more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, delete, exists, or_, select, update

from actors import rotation
from actors.database import Base, session
from actors.models import Actor, ActorKey, Delivery, Follow, Host, Posted
from actors.node import now
from actors.outbox import DELIVERED_KEPT
from inboxes.models import Letter, Polling

KEPT_DAYS = 30
"""How long at least: a letter that comes again is known by its row, and so is the Follow that an Undo ended."""
BATCH = 500
SAMPLE = 1000
"""How many entries of each index SQLite looks at: well below a second, however large the database is."""
ARRIVED = ("delivered", "cancelled")
VOUCHED_FOR = '%"proofValue":"z%'
"""What the body of an activity is like that stands on its own, as a decision does: it is kept for its reader."""
ANSWERS = ("Accept", "Reject", "Undo", "Ignore")
"""The verbs of activities of ours whose rows nobody asks for again, once they are neither public nor under way."""


prunings: list[Callable[[datetime], None]] = []
"""What upper packages let go of that ended before a moment, so that no row leads to strangers for ever."""


def on_pruning(function: Callable[[datetime], None]) -> Callable[[datetime], None]:
    """Register a function that lets go of what ended before a moment, and flushes."""
    prunings.append(function)
    return function


class Pruned(NamedTuple):
    """How many rows went."""

    letters: int
    deliveries: int
    activities: int
    actors: int
    hosts: int


def prune(days: int = KEPT_DAYS) -> Pruned:
    """Delete what is older than `days` and of no more use, and return how much that was.

    Letters that were settled; deliveries that arrived, after a week already; what is left of activities that are
    neither public nor on their way; copies of actors to whom no row here leads, unless an admin suspended them; hosts
    where nobody lives who follows ours or whom ours follow; the private halves of keys that others took the place
    of. It commits after each batch, so that others may write.

    Raises:
        ValueError: fewer days than letters have to be known for.
    """
    if days < KEPT_DAYS:
        raise ValueError(f"letters are kept for {KEPT_DAYS} days at least")
    limit = now() - timedelta(days=days)
    rotation.destroy_retired()
    session().commit()
    letters = _prune(Letter, Letter.state != "waiting", Letter.settled_at < limit, Letter.received_at < limit)
    arrived = _prune(Delivery, Delivery.state.in_(ARRIVED), Delivery.settled_at < now() - DELIVERED_KEPT)
    deliveries = arrived + _prune(Delivery, Delivery.state != "pending", Delivery.settled_at < limit)
    for let_go in prunings:
        let_go(limit)
        session().commit()
    gone = Pruned(letters, deliveries, _prune_activities(limit), _prune_actors(limit), _prune_hosts(limit))
    _take_stock()
    return gone


def _take_stock() -> None:
    """Let SQLite learn from a sample of each index what it holds, for it chooses among them by that.

    PostgreSQL's autovacuum does so by itself.
    """
    connection = session().connection(bind_arguments={"mapper": Letter})
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit = {SAMPLE}")
        connection.exec_driver_sql("ANALYZE")
    session().commit()


def _prune_activities(limit: datetime) -> int:
    """Let go of what activities say that are not public, with the last row of their deliveries."""
    settled = (
        ~Posted.public,
        Posted.published_at < limit,
        ~exists().where(Delivery.activity_id == Posted.id),
        Posted.body.not_like(VOUCHED_FOR),
    )
    session().execute(
        update(Posted).where(*settled, Posted.body != "").values(body="").execution_options(synchronize_session=False)
    )
    session().commit()
    return _prune(Posted, *settled, Posted.type.in_(ANSWERS))


def _prune_actors(limit: datetime) -> int:
    """Let go of copies of actors to whom no row of any table leads, with their keys and the reading of their outbox."""
    ended = select(Follow.id).where(Follow.state == "rejected", Follow.answered_at < limit)
    session().execute(delete(Follow).where(Follow.id.in_(ended)).execution_options(synchronize_session=False))
    session().commit()
    unneeded = (~Actor.local, Actor.suspended_at.is_(None), Actor.updated_at < limit, *_no_row_leads_to_it())
    total = 0
    while numbers := session().scalars(select(Actor.id).where(*unneeded).order_by(Actor.id).limit(BATCH)).all():
        for model in (ActorKey, Polling):
            session().execute(delete(model).where(model.actor_id.in_(numbers)))
        session().execute(delete(Actor).where(Actor.id.in_(numbers)).execution_options(synchronize_session=False))
        session().commit()
        total += len(numbers)
    session().commit()
    return total


def _no_row_leads_to_it() -> list[ColumnElement[bool]]:
    """Return one condition for each column of ours, in whatever package, that refers to an actor."""
    own = {ActorKey.__tablename__, Polling.__tablename__}
    columns = (column for table in Base.metadata.sorted_tables for column in table.columns if table.name not in own)
    return [~exists().where(column == Actor.id) for column in columns if any(map(_is_to_actors, column.foreign_keys))]


def _is_to_actors(key: ForeignKey) -> bool:
    """Tell whether a row with this key keeps an actor; one that goes with it (`ON DELETE CASCADE`) does not."""
    return key.target_fullname == f"{Actor.__tablename__}.id" and key.ondelete != "CASCADE"


def _prune_hosts(limit: datetime) -> int:
    """Let go of what we know of hosts to which nothing goes, and where nobody lives who follows or is followed."""
    related = (
        exists()
        .where(Actor.host == Host.name, ~Actor.local, Follow.state == "accepted")
        .where(or_(Follow.follower_id == Actor.id, Follow.followed_id == Actor.id))
    )
    idle = (
        Host.paused_at.is_(None),
        or_(Host.served_at.is_(None), Host.served_at < limit),
        ~exists().where(Delivery.host == Host.name),
        ~related,
    )
    names = session().scalars(select(Host.name).where(*idle)).all()
    session().execute(delete(Host).where(Host.name.in_(names), ~exists().where(Delivery.host == Host.name)))
    session().commit()
    return len(names)


def _prune(model: Any, *conditions: ColumnElement[bool]) -> int:
    total = 0
    while numbers := session().scalars(select(model.id).where(*conditions).order_by(model.id).limit(BATCH)).all():
        session().execute(delete(model).where(model.id.in_(numbers), *conditions))
        session().commit()
        total += len(numbers)
    session().commit()
    return total
