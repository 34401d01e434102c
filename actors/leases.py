"""Claiming rows of work under a lease, by one statement that serves both databases.

A worker that is killed loses nothing: its lease ends, and another takes the row. Claims of one table follow one
another, so that what a claim counts (how many deliveries a host has in flight) and whom it passes over (an earlier
letter of the same sender) is true when it commits: SQLite has one writer at a time, PostgreSQL takes a lock for it.
"""

import secrets
import zlib
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from actors.database import session
from actors.node import node, now

LOCKS = 0x4D61696C
"""The first half of our advisory locks on PostgreSQL, apart from those of a host application."""


def wait_for_turn(model: Any) -> None:
    """Wait until no other claim of this table is under way; ours is over when the caller commits."""
    wait_for_turn_at(model, "")


def wait_for_turn_at(model: Any, what: str) -> None:
    """Wait until nobody else is at the same thing of a table, as a name that may be given once; over at the commit.

    What is read afterwards is true until then. SQLite, which has one writer at a time, waits for nothing.
    """
    connection = session().connection(bind_arguments={"mapper": model})
    if connection.dialect.name == "postgresql":
        number = zlib.crc32(f"{model.__tablename__}{what}".encode("utf-8", "replace")) & 0x7FFFFFFF
        connection.execute(select(func.pg_advisory_xact_lock(LOCKS, number)))


def claim(model: Any, *conditions: ColumnElement[bool], order: Any, limit: int) -> list[tuple[int, str]]:
    """Claim up to `limit` rows that are due and in nobody's hands, and return their ids with the lease's token.

    An attempt counts from its claim, so that a row that kills its worker is not tried for ever. The caller commits.

    Args:
        model: a table with the columns id, due_at, leased_until, lease and attempts.
        conditions: what else has to hold.
        order: the column that says who comes first.
        limit: how many at most.
    """
    wait_for_turn(model)
    moment, token = now(), secrets.token_hex(8)
    due = select(model.id).where(is_free(model), *conditions).order_by(order).limit(limit).with_for_update()
    taken = session().scalars(
        update(model)
        .where(model.id.in_(due))
        .values(leased_until=moment + node().lease, lease=token, attempts=model.attempts + 1)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return [(number, token) for number in sorted(taken)]


def is_free(model: Any) -> ColumnElement[bool]:
    """Return the condition that a row is due and in nobody's hands."""
    moment = now()
    return and_(model.due_at <= moment, or_(model.leased_until.is_(None), model.leased_until < moment))
