"""How many of what a filter leaves have a topic, lie in a territory, come from a server: to narrow it further.

Counted among the newest that the filter leaves, to a bound, and only when somebody opens the counts: each of the three
passes over the filter's own word of the same sort, so that one sees what else there is; territories go downwards.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import func, select

from actors import iris
from actors.database import session
from actors.models import Actor
from flask_maillage.publications import listing, matching
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.models import Publication, PublicationZone
from flask_maillage.territory import zones
from flask_maillage.territory.places import country_names

MOST = 2000
"""Among how many it is counted."""
WITH_TOPICS = frozenset({"call", "initiative"})
MOST_ZONES = 300


@dataclass(frozen=True)
class Facets:
    """Topics by their ids, zones by their codes, servers by their hosts: each with its count, the largest first."""

    topics: tuple[tuple[str, int], ...]
    zones: tuple[tuple[str, int], ...]
    hosts: tuple[tuple[str, int], ...]


def of(asked: Filter) -> Facets:
    """Count what everybody may see of a filter."""
    newest = cache(_newest)
    return Facets(
        topics=_topics(newest(replace(asked, topic=""))),
        zones=_zones(newest(asked), asked.zone or asked.country),
        hosts=_hosts(newest(replace(asked, host=""))),
    )


def _newest(asked: Filter) -> Sequence[Any]:
    """Return id, kind, and where it comes from, of the newest."""
    query = listing.newest(matching.narrowed(listing.visible(), asked)).limit(MOST)
    return session().execute(query.with_only_columns(Publication.id, Publication.kind, Actor.local, Actor.host)).all()


def _topics(found: Sequence[Any]) -> tuple[tuple[str, int], ...]:
    ids = [row.id for row in found if row.kind in WITH_TOPICS]
    lists = session().scalars(select(Publication.details["topics"]).where(Publication.id.in_(ids)))
    return _largest(Counter(topic for topics in lists for topic in topics or ()))


def _zones(found: Sequence[Any], around: str) -> tuple[tuple[str, int], ...]:
    """Count the zones directly within one; within none, the countries."""
    if around == zones.NOWHERE:
        return ()
    total = func.count()
    query = select(PublicationZone.code, total).where(PublicationZone.publication_id.in_([row.id for row in found]))
    query = query.group_by(PublicationZone.code)
    if not around:
        countries = session().execute(query.where(func.length(PublicationZone.code) == 2))
        return _largest({code: number for code, number in countries if code in country_names("en")})
    query = query.where(PublicationZone.code != around)
    query = query.order_by(PublicationZone.code.like("__-%").desc(), total.desc(), PublicationZone.code)
    counts = {row[0]: int(row[1]) for row in session().execute(query.limit(MOST_ZONES))}
    return _largest({code: counts[code] for code in zones.directly_within(around, list(counts))})


def _hosts(found: Sequence[Any]) -> tuple[tuple[str, int], ...]:
    return _largest(Counter(iris.host() if row.local else row.host for row in found))


def _largest(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
