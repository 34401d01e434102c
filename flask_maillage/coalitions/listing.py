"""Who belongs to a group and to what somebody belongs, as lists and pages show it: one query for each way out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from actors import policy
from actors.database import session
from actors.models import Actor, Host
from flask_maillage.coalitions import claims, history
from flask_maillage.coalitions.claims import GROUP
from flask_maillage.coalitions.models import Membership
from flask_maillage.territory import zones

MOST = 1000
"""How many a list shows at most."""


@dataclass(frozen=True)
class Shown:
    """A membership as a page shows it.

    `standing` is `confirmed`, `group only`, `member only`, `suspended` or `silent` (its server has not been heard of
    since `silent_since`); `differs` names what the two sides say differently.
    """

    row: Membership
    actor: Actor
    standing: str
    role: str
    territory: str
    since: date | None
    differs: frozenset[str]
    silent_since: datetime | None = None


def count(actor: Actor, side: str) -> int:
    """Return how many belong to a group, or to how much somebody belongs; of persons too, whom no list names."""
    query = _standing(actor, side).with_only_columns(func.count()).order_by(None)
    return session().scalar(query) or 0


def rows(actor: Actor, side: str, *, listed: bool) -> Sequence[Membership]:
    """Return the memberships of a group (`GROUP`), or those of a member, the oldest first.

    Args:
        actor: the group or the member.
        side: which of the two it is.
        listed: whether only those that everybody may see.
    """
    query = _standing(actor, side).options(joinedload(Membership.group), joinedload(Membership.member)).limit(MOST)
    if listed:
        named = select(Actor.id).where(history.is_collective())
        query = query.where(or_(Membership.listed, Membership.member_id.in_(named)))
    return session().scalars(query).all()


def one(actor: Actor, side: str, identifier: str) -> Membership | None:
    """Return the membership of an actor of ours with this identifier, while that actor claims it."""
    says_at = Membership.group_says_at if side == GROUP else Membership.member_says_at
    query = _standing(actor, side).where(Membership.identifier == identifier, says_at.is_not(None))
    found: Membership | None = session().scalar(query)
    return found


def in_force() -> ColumnElement[bool]:
    """Return the condition that a membership counts: both sides claim it, and the group has not suspended it."""
    said = Membership.group_says_at.is_not(None), Membership.member_says_at.is_not(None)
    return and_(Membership.state == "member", *said, Membership.suspended_at.is_(None))


def belongs(group: Actor, actors: Sequence[Actor]) -> bool:
    """Tell whether one of these actors belongs to a group, as far as this node knows."""
    query = select(Membership.id).where(Membership.group_id == group.id, in_force())
    return session().scalar(query.where(Membership.member_id.in_([one.id for one in actors])).limit(1)) is not None


def shown(actor: Actor, side: str, language: str) -> list[Shown]:
    """Return what everybody sees of the members of a group, or of to what somebody belongs."""
    found = rows(actor, side, listed=True)
    opposites = [claims.actor_of(row, claims.other(side)) for row in found]
    silent = silences(opposites)
    return [_shown(row, other, silent, language) for row, other in zip(found, opposites, strict=True)]


def silences(actors: Sequence[Actor]) -> dict[str, datetime]:
    """Return since when the hosts of these actors have not been heard of, where they are away."""
    hosts = {actor.host for actor in actors if not actor.local}
    query = select(Host.name, Host.unavailable_at).where(Host.name.in_(hosts), Host.unavailable_at.is_not(None))
    return {name: moment for name, moment in session().execute(query) if moment is not None}


def standing(row: Membership) -> str:
    """Return in a word how a membership stands, by what the two sides say."""
    if row.suspended_at is not None:
        return "suspended"
    if claims.is_confirmed(row):
        return "confirmed"
    return "group only" if row.group_says_at is not None else "member only"


def _shown(row: Membership, other: Actor, silent: dict[str, datetime], language: str) -> Shown:
    since = silent.get(other.host) if not other.local else None
    word = standing(row)
    return Shown(
        row=row,
        actor=other,
        standing="silent" if since is not None and word == "confirmed" else word,
        role=row.role,
        territory=zones.name_of(row.territory, language) if row.territory else row.territory_name,
        since=row.since,
        differs=claims.differences(row),
        silent_since=since,
    )


def _standing(actor: Actor, side: str) -> Select[Any]:
    """Return the query of those memberships of an actor that stand, without whom we do not deal with."""
    own, opposite = (
        (Membership.group_id, Membership.member_id) if side == GROUP else (Membership.member_id, Membership.group_id)
    )
    welcome = select(Actor.id).where(policy.welcome())
    query = select(Membership).where(own == actor.id, Membership.state == "member", opposite.in_(welcome))
    return query.order_by(Membership.began_at, Membership.id)
