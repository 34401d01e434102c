"""What is here already and looks like the same thing: the same name, near in time or in place."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select, true

from actors import policy
from actors.database import session
from actors.models import Actor
from flask_maillage.publications.content import Content
from flask_maillage.publications.models import DRAFT, PUBLIC, PUBLISHED, UNLISTED, Publication

NEAR_IN_TIME = timedelta(hours=36)
NEAR_IN_DEGREES = 0.1
"""About ten kilometres."""
MOST_LOOKED_AT, MOST_NAMED = 500, 3


def like(content: Content, actor: Actor) -> Sequence[Publication]:
    """Return what looks like `content`, ours and others', as far as everybody may see it or it is the actor's draft."""
    seen = or_(
        and_(Publication.state == PUBLISHED, Publication.visibility.in_((PUBLIC, UNLISTED)), policy.welcome()),
        and_(Publication.state == DRAFT, Publication.actor_id == actor.id),
    )
    query = select(Publication).join(Publication.actor).where(Publication.kind == content.kind, seen)
    if content.starts_at is not None:
        first, last = content.starts_at - NEAR_IN_TIME, content.starts_at + NEAR_IN_TIME
        query = query.where(Publication.starts_at.between(first, last))
    elif content.place is not None:
        near = (
            column.between(value - NEAR_IN_DEGREES, value + NEAR_IN_DEGREES)
            for column, value in (
                (Publication.latitude, content.place.latitude),
                (Publication.longitude, content.place.longitude),
            )
            if value is not None
        )
        query = query.where(or_(and_(true(), *near), Publication.latitude.is_(None)))
    found = session().scalars(query.order_by(Publication.id.desc()).limit(MOST_LOOKED_AT))
    name = folded(content.name)
    return [one for one in found if folded(one.name) == name][:MOST_NAMED]


def folded(name: str) -> str:
    """Return a name without case, accents and signs, as it is compared."""
    bare = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[\W_]+", "", bare)
