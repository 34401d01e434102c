"""What is typed and not saved yet: kept beside its publication, and seen by those alone who may change that."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage.publications.life.models import Schedule, Unsaved
from flask_maillage.publications.models import DRAFT, PUBLISHED, Publication

LARGEST = 200_000
"""How many characters a form holds at most: more than all limits of its fields together."""

Typed = Mapping[str, Sequence[str]]


class TooMuch(ValueError):
    """More was typed than any form of ours takes."""


def of(publication: Publication) -> Unsaved | None:
    """Return what waits to be saved over a publication, or None."""
    return session().get(Unsaved, publication.id)


def keep(publication: Publication, typed: Typed, author: Actor | None) -> Unsaved:
    """Keep what was typed in the place of what was kept before; the publication itself stays as it is.

    Raises:
        TooMuch: it is longer than any form takes.
    """
    if sum(len(name) + len(value) for name, values in typed.items() for value in values) > LARGEST:
        raise TooMuch
    row = of(publication)
    if row is None:
        row = Unsaved(publication=publication, began_from=publication.updated_at)
        session().add(row)
    row.typed = {name: [value.replace("\0", "") for value in values] for name, values in typed.items()}
    row.author, row.saved_at, row.mark = author, now(), new_identifier(now())
    session().flush()
    return row


def drop(publication: Publication) -> None:
    """Forget what waits to be saved, where something does."""
    row = of(publication)
    if row is not None:
        session().delete(row)
        session().flush()


def stands(publication: Publication) -> bool:
    """Tell whether what it says stays until somebody saves it: others read it, or will at a moment that is set."""
    row = session().get(Schedule, publication.id)
    return publication.state == PUBLISHED or (row is not None and row.problem is None)


def is_unfinished(publication: Publication) -> bool:
    """Tell whether a draft is more than what is stored of it: the rest cannot be read yet."""
    return publication.state == DRAFT and of(publication) is not None and not stands(publication)


def waiting(actors: Sequence[Actor], limit: int) -> list[Unsaved]:
    """Return what waits to be saved over what these actors have published, the last touched first."""
    query = (
        select(Unsaved)
        .join(Unsaved.publication)
        .where(Publication.state == PUBLISHED, Publication.actor_id.in_([actor.id for actor in actors]))
        .options(joinedload(Unsaved.publication).joinedload(Publication.actor))
        .order_by(Unsaved.saved_at.desc())
        .limit(limit)
    )
    return list(session().scalars(query))
