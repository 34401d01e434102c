"""Which publications one file of a list holds, and a mark of them that changes whenever one of them does.

The mark is made from the stored columns alone: who asks whether something is new is answered in a tenth of the time
that writing the file takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import JSON, ColumnElement, Text, cast, func
from sqlalchemy.orm import defer

from actors.database import session
from actors.models import Actor
from flask_maillage.publications import listing
from flask_maillage.publications.models import Publication

HEAVY = frozenset({"html", "source", "document"})
"""What tables and maps do without."""
UNREAD = frozenset({"document"})
_OF_THE_ACTOR = (Actor.name, Actor.handle, Actor.host, Actor.iri)


@dataclass(frozen=True)
class Part:
    """One part of a list: the query in its order, how many it holds, which part it is, and whether without texts."""

    query: listing.Query
    size: int
    number: int = 1
    brief: bool = False

    def mark(self, *more: object) -> str:
        """Return a short text that changes with any column that the file is made from, and with any of `more`."""
        without = HEAVY if self.brief else UNREAD
        columns: list[ColumnElement[object]] = [
            cast(column, Text) if isinstance(column.type, JSON) else column
            for column in Publication.__table__.c
            if column.name not in without
        ]
        digest = sha256(repr(more).encode())
        for row in session().execute(self._window().with_only_columns(*columns, *_OF_THE_ACTOR)):
            digest.update(repr(tuple(row)).encode("utf-8", "replace"))
        return digest.hexdigest()[:32]

    def publications(self) -> tuple[Sequence[Publication], bool]:
        """Return what it holds, and whether there is another part after it."""
        query = self._window()
        if self.brief:
            query = query.options(*(defer(getattr(Publication, name)) for name in sorted(HEAVY)))
        found = session().scalars(query).all()
        return found[: self.size], len(found) > self.size

    def _window(self) -> listing.Query:
        """One more than it holds tells whether there are others."""
        return self.query.offset((self.number - 1) * self.size).limit(self.size + 1)


def placed(query: listing.Query) -> listing.Query:
    """Keep what a map can show."""
    return query.where(Publication.latitude.is_not(None), Publication.longitude.is_not(None))


def count_unplaced(query: listing.Query) -> int:
    """Return how many a map cannot show."""
    counted = query.where(Publication.latitude.is_(None)).with_only_columns(func.count(Publication.id))
    return session().execute(counted).scalar_one()
