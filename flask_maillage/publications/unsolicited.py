"""How much of what nobody here asked for is kept: what strangers address to one of ours by name."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from actors.database import session
from actors.models import Actor, Follow
from flask_maillage.publications.audience import OPEN
from flask_maillage.publications.models import Publication

MOST_OF_HOST = 50
"""How many limited publications of one host are kept whose authors nobody here follows."""


def has_room(author: Actor) -> bool:
    """Tell whether one more from the author's host is kept."""
    follower = aliased(Actor)
    followed = (
        exists()
        .where(Follow.followed_id == Actor.id, Follow.state == "accepted")
        .where(Follow.follower_id == follower.id, follower.local)
    )
    kept = (
        select(func.count())
        .select_from(Publication)
        .join(Actor, Actor.id == Publication.actor_id)
        .where(~Publication.local, Publication.visibility.not_in(OPEN), Actor.host == author.host, ~followed)
    )
    return (session().scalar(kept) or 0) < MOST_OF_HOST
