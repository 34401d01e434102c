"""What the actors that somebody follows publish and share, as far as that reader may read it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager

from actors import policy
from actors.models import Actor, Follow
from actors.node import now
from flask_maillage.publications import audience, listing
from flask_maillage.publications.models import PUBLISHED, Publication, Share, TerritoryShare

SOON = timedelta(days=14)
"""A call closes soon when its last day is no further away."""


def followed_by(readers: Collection[int]) -> Select[Any]:
    """Return the numbers of those whom these actors follow, accepted."""
    return select(Follow.followed_id).where(Follow.follower_id.in_(readers), Follow.state == "accepted")


def readable(readers: Collection[int]) -> listing.Query:
    """Return the query of everything that these actors may read, wherever it stands; in no order."""
    return (
        select(Publication)
        .join(Publication.actor)
        .options(contains_eager(Publication.actor))
        .where(Publication.state == PUBLISHED, policy.welcome(), Actor.federated, audience.readable_by(readers))
    )


def stream(readers: Collection[int]) -> listing.Query:
    """Return what those whom these actors follow published or shared, as far as these may read it; in no order.

    Who silences a host keeps it out of lists for everybody; who follows somebody there has asked for it.
    """
    followed = followed_by(readers)
    shared = select(Share.publication_id).where(Share.actor_id.in_(followed))
    lying_there = select(TerritoryShare.publication_id).where(TerritoryShare.actor_id.in_(followed))
    either = or_(Publication.actor_id.in_(followed), Publication.id.in_(shared), Publication.id.in_(lying_there))
    return readable(readers).where(either)


def closing_soon(readers: Collection[int]) -> listing.Query:
    """Return the calls of the stream that one may answer now and not much longer, the next deadline first."""
    query = stream(readers).where(Publication.kind == "call", listing.going_on())
    return query.where(Publication.ends_at <= now() + SOON).order_by(Publication.ends_at, Publication.id)
