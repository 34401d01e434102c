"""For whom a member's page is made: for themselves, or for the actors that a host's member writes for."""

from typing import Any

from actors.models import Actor
from flask_maillage.people.current import actors_to_publish_for, author_of


def readers_of(member: Any) -> list[Actor]:
    """Return the actors whose following makes the page of a member.

    A member of ours is a `Person` of their own; a host's member has none here, and sees what the actors follow in
    whose name they may publish.
    """
    own = author_of(member)
    return [own] if own is not None else actors_to_publish_for(member)
