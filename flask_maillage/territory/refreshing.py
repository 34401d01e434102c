"""Actors whose place was written before the gazetteer knew it are laid out anew, by the worker."""

from collections.abc import Sequence

from sqlalchemy import Text, cast, or_, select

from actors.database import session
from actors.models import PERSON, Actor
from flask_maillage.territory import profiles, zoning
from flask_maillage.territory.models import Profile
from inboxes.chores import chore


@chore
def lay_out_actors() -> int:
    """Lay out some actors by the data of the gazetteer that is in use; nobody is told.

    Those that say where they are: in a profile or, from before there were profiles, in their row alone.
    """
    has_place = cast(Actor.place, Text).like("{%")
    numbers = select(Actor.id).where(Actor.kind.is_distinct_from(PERSON), Actor.gone_at.is_(None))
    numbers = numbers.where(or_(has_place, Actor.id.in_(select(Profile.actor_id))))
    return zoning.go_on("actors", Actor, numbers, _lay_out)


def _lay_out(numbers: Sequence[int]) -> None:
    for actor in session().scalars(select(Actor).where(Actor.id.in_(numbers))).all():
        profiles.lay_out_anew(actor)
