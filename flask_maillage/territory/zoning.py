"""What lies where is laid out anew when the gazetteer has other data: by the worker, a few rows at a time."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, delete

from actors.database import reading, session
from actors.node import now
from flask_maillage.territory import zones
from flask_maillage.territory.models import Zoning

BATCH = 100


def go_on(what: str, model: Any, numbers: Select[Any], lay_out: Callable[[Sequence[int]], None]) -> int:
    """Lay out the next rows of one table, commit, and return how many; 0 when all go by the data in use.

    Args:
        what: the name under which it is noted how far this is.
        model: the table.
        numbers: the query of the ids of its rows that lie anywhere, in no order.
        lay_out: lays out the rows with these ids.
    """
    edition = zones.edition()
    with reading():
        known = session().get(Zoning, what)
        if known is not None and known.edition == edition and known.finished_at is not None:
            return 0
        if known is None and session().scalar(numbers.limit(1)) is None:
            return 0
    row = session().get(Zoning, what, with_for_update=True, populate_existing=True)
    if row is None:
        row = Zoning(what=what, edition=edition, reached=0)
        session().add(row)
    elif row.edition != edition:
        row.edition, row.reached, row.finished_at = edition, 0, None
    found = session().scalars(numbers.where(model.id > row.reached).order_by(model.id).limit(BATCH)).all()
    lay_out(found)
    row.reached = found[-1] if found else row.reached
    row.finished_at = None if found else now()
    session().commit()
    return len(found)


def begin_again() -> None:
    """Let everything be laid out anew, whatever data it goes by."""
    session().execute(delete(Zoning))
    session().flush()
