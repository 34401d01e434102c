"""What the actors that somebody follows publish and share, as far as that reader may read it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import contains_eager

from actors import policy
from actors.database import session
from actors.models import Actor, Follow
from actors.node import now
from flask_maillage.publications import audience, listing
from flask_maillage.publications.models import PUBLIC, PUBLISHED, Publication, PublicationZone, Share, TerritoryShare
from flask_maillage.territory.models import Profile

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
    return readable(readers).where(_of_followed(readers))


def closing_before(readers: Collection[int], last: datetime) -> listing.Query:
    """Return the calls that one may answer now and until no later than `last`, the next deadline first.

    Those of the stream, and those of everybody in the zones where these actors are based or act.
    """
    near = and_(
        Publication.id.in_(select(PublicationZone.publication_id).where(PublicationZone.code.in_(_zones(readers)))),
        Publication.visibility == PUBLIC,
        policy.listed(),
        ~Publication.looked_up,
    )
    query = readable(readers).where(or_(_of_followed(readers), near), Publication.kind == "call", listing.going_on())
    return query.where(Publication.ends_at <= last).order_by(Publication.ends_at, Publication.id)


def closing_soon(readers: Collection[int]) -> listing.Query:
    """Return the calls that close soon."""
    return closing_before(readers, now() + SOON)


def _of_followed(readers: Collection[int]) -> ColumnElement[bool]:
    followed = followed_by(readers)
    shared = (select(model.publication_id).where(model.actor_id.in_(followed)) for model in (Share, TerritoryShare))
    return or_(Publication.actor_id.in_(followed), *(Publication.id.in_(numbers) for numbers in shared))


def _zones(readers: Collection[int]) -> set[str]:
    """Return the codes of the zones that these actors name; what contains those is much more than they asked for."""
    profiles = session().scalars(select(Profile).where(Profile.actor_id.in_(readers))).all()
    codes = {one.based_in for one in profiles} | {zone["code"] for one in profiles for zone in one.acts_in or ()}
    return {code for code in codes if code}
