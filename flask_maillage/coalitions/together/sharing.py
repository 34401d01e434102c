"""What a group of ours announces: what its members publish, as far as each of them lets it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from actors import following, policy
from actors.database import session
from actors.models import Actor
from flask_maillage.coalitions import history, memberships
from flask_maillage.coalitions.models import ALL_SHARES, Membership
from flask_maillage.coalitions.together.members import confirmed
from flask_maillage.publications.leaving import on_parting
from flask_maillage.publications.models import Publication
from flask_maillage.publications.territories import announcing

ENDS = frozenset({*history.ENDINGS, "suspended", "not claimed by the member", "shares"})
"""After what a group may not announce any more what it did."""


@announcing.entitles
def groups_of(publication: Publication) -> Iterable[tuple[Actor, datetime]]:
    """Return the groups of ours that the publisher lets announce all, and since when it said so."""
    query = (
        select(Membership)
        .join(Membership.group)
        .options(contains_eager(Membership.group))
        .where(Membership.member_id == publication.actor_id, confirmed(), Membership.shares == ALL_SHARES)
        .where(Actor.local, Actor.kind.in_(memberships.GROUPS), Actor.federated, Actor.gone_at.is_(None))
        .where(policy.welcome())
        .order_by(Membership.id)
    )
    rows = session().scalars(query).all()
    return [(row.group, row.member_says_at) for row in rows if row.member_says_at is not None]


@history.on_happening
def follow_consent(group: Actor, member: Actor, what: str) -> None:
    """Let a group follow who lets it announce all, that it may read it; and look again at what it announced."""
    if not group.local or what not in ENDS:
        return
    announcing.revoke_between(group, member)
    found = memberships.find(group, member)
    if what == "shares" and found is not None and found.shares == ALL_SHARES and not policy.is_blocked(member.iri):
        following.follow(group, member)


@on_parting
def forget(actor: Actor) -> None:
    """Keep nothing of what a group announced that left for good."""
    announcing.forget(actor)
