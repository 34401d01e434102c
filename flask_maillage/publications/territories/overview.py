"""What there is in a territory: around it and inside it, what is published there, and who is based or acts there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Text, column, func, or_, select, text
from sqlalchemy.orm import aliased

from actors import policy
from actors.database import session
from actors.models import TERRITORY, Actor, Follow
from flask_maillage.publications import listing
from flask_maillage.publications.models import Publication, PublicationZone
from flask_maillage.territory import zones
from flask_maillage.territory.models import ActorZone
from flask_maillage.territory.places import country_names

MOST = 500
"""Nobody chooses by a greater number, and to count on takes as long as there are publications."""
MOST_INSIDE, MOST_ACTORS = 400, 60


@dataclass(frozen=True)
class Counted:
    """A zone, and how many public publications lie in it; one more than `MOST` for more."""

    code: str
    name: str
    count: int


def countries(language: str) -> list[Counted]:
    """Return the countries in which something is, by name."""
    names = country_names(language)
    found = [Counted(code, names[code], number) for code, number in _counts(list(names), MOST)]
    return sorted(found, key=lambda one: one.name.casefold())


def inside(code: str, language: str) -> list[Counted]:
    """Return the largest zones that lie in a zone and in which something is, those with most first."""
    counts = _counts(zones.parts_of(code), MOST)
    most = sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:MOST_INSIDE]
    return [Counted(one, zones.name_of(one, language), number) for one, number in most]


def count(code: str) -> int:
    """Return how many public publications lie in a zone, or in none that is known; one more than `MOST` for more."""
    return next((number for _, number in _counts([code], MOST)), 0)


def actors(code: str, relation: str) -> Sequence[Actor]:
    """Return the groups that are based or act in a zone, ours and those that somebody here follows, by name."""
    follower = aliased(Actor)
    followed = select(Follow.followed_id).join(follower, follower.id == Follow.follower_id)
    followed = followed.where(Follow.state == "accepted", follower.local)
    query = (
        select(Actor)
        .join(ActorZone, ActorZone.actor_id == Actor.id)
        .where(ActorZone.code == code, ActorZone.relation == relation, policy.presented(), Actor.federated)
        .where(Actor.kind.is_distinct_from(TERRITORY), or_(Actor.local, Actor.id.in_(followed)))
        .order_by(func.lower(Actor.name), Actor.id)
    )
    return session().scalars(query.limit(MOST_ACTORS)).all()


def _counts(codes: Sequence[str], most: int) -> list[tuple[str, int]]:
    """Return the zones in which something is that everybody may see, with how many: each is counted to a bound."""
    if not codes:
        return []
    wanted = text(f"VALUES {', '.join(f'(:code{number})' for number in range(len(codes)))}")
    wanted = wanted.bindparams(**{f"code{number}": code for number, code in enumerate(codes)})
    asked = wanted.columns(column("column1", Text)).cte("asked")  # both databases call it so
    seen = listing.counted().where(Publication.id == PublicationZone.publication_id).correlate(PublicationZone)
    lying = select(PublicationZone.publication_id).where(PublicationZone.code == asked.c.column1)
    lying = lying.where(seen.scalar_subquery().is_not(None))  # one by one: PostgreSQL would read all for each zone
    some = lying.correlate(asked).limit(most + 1).subquery()
    number = select(func.count()).select_from(some).scalar_subquery()
    rows = session().execute(select(asked.c.column1, number), bind_arguments={"mapper": Publication})
    return [(code, found) for code, found in rows if found]
