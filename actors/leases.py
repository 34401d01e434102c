"""Claiming rows of work under a lease, by one statement that serves both databases.

A worker that is killed loses nothing: its lease ends, and another takes the row. `SKIP LOCKED` lets PostgreSQL's
workers pass each other; SQLite has one writer at a time and leaves the clause out.
"""

import secrets
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from actors.database import session
from actors.node import node, now


def claim(model: Any, *conditions: ColumnElement[bool], order: Any, limit: int) -> list[tuple[int, str]]:
    """Claim up to `limit` rows that are due and in nobody's hands, and return their ids with the lease's token.

    An attempt counts from its claim, so that a row that kills its worker is not tried for ever. The caller commits.

    Args:
        model: a table with the columns id, due_at, leased_until, lease and attempts.
        conditions: what else has to hold.
        order: the column that says who comes first.
        limit: how many at most.
    """
    moment, token = now(), secrets.token_hex(8)
    due = (
        select(model.id)
        .where(model.due_at <= moment, or_(model.leased_until.is_(None), model.leased_until < moment), *conditions)
        .order_by(order)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session().scalars(
        update(model)
        .where(model.id.in_(due))
        .values(leased_until=moment + node().lease, lease=token, attempts=model.attempts + 1)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return [(number, token) for number in sorted(taken)]
