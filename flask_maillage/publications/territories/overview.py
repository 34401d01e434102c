"""What there is in a territory: around it and inside it, what is published there, and who is based or acts there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from actors import policy
from actors.database import session
from actors.models import TERRITORY, Actor, Follow
from flask_maillage.publications import listing, matching
from flask_maillage.publications.models import Publication, PublicationZone
from flask_maillage.territory import zones
from flask_maillage.territory.models import ActorZone
from flask_maillage.territory.places import country_names

MOST_INSIDE, MOST_ACTORS = 400, 60


@dataclass(frozen=True)
class Counted:
    """A zone, and how many public publications lie in it."""

    code: str
    name: str
    count: int


def countries(language: str) -> list[Counted]:
    """Return the countries in which something is, by name."""
    names = country_names(language)
    counted = _counts(listing.visible(), PublicationZone.code.in_(names))
    found = [Counted(code, names[code], count) for code, count in counted]
    return sorted(found, key=lambda one: one.name.casefold())


def inside(code: str, language: str) -> list[Counted]:
    """Return the largest zones that lie in a zone and in which something is, those with most first."""
    counts = dict(_counts(listing.visible().where(matching.lying_in(code)), PublicationZone.code != code))
    found = zones.directly_within(code, list(counts))
    return [Counted(one, zones.name_of(one, language), counts[one]) for one in found]


def count(code: str) -> int:
    """Return how many public publications lie in a zone, or in none that is known."""
    query = listing.visible().where(matching.lying_in(code)).with_only_columns(func.count(Publication.id))
    return session().execute(query).scalar_one()


def actors(code: str, relation: str) -> Sequence[Actor]:
    """Return the groups that are based or act in a zone, ours and those that somebody here follows, by name."""
    follower = aliased(Actor)
    followed = select(Follow.followed_id).join(follower, follower.id == Follow.follower_id)
    followed = followed.where(Follow.state == "accepted", follower.local)
    query = (
        select(Actor)
        .join(ActorZone, ActorZone.actor_id == Actor.id)
        .where(ActorZone.code == code, ActorZone.relation == relation, policy.listed(), Actor.federated)
        .where(Actor.kind.is_distinct_from(TERRITORY), or_(Actor.local, Actor.id.in_(followed)))
        .order_by(func.lower(Actor.name), Actor.id)
    )
    return session().scalars(query.limit(MOST_ACTORS)).all()


def _counts(query: listing.Query, wanted: object) -> list[tuple[str, int]]:
    """Count by zone, subdivisions of countries first: they hold what is smaller, however much more of that there is."""
    numbers = query.with_only_columns(Publication.id)
    total = func.count()
    counted = (
        select(PublicationZone.code, total)
        .where(PublicationZone.publication_id.in_(numbers), wanted)  # type: ignore[arg-type]
        .group_by(PublicationZone.code)
        .order_by(PublicationZone.code.like("__-%").desc(), total.desc(), PublicationZone.code)
        .limit(MOST_INSIDE)
    )
    return [(code, number) for code, number in session().execute(counted)]
