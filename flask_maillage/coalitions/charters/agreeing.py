"""Agreeing to a charter: by a signed Accept of the version, each for oneself; a new version asks everybody anew."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import aliased

from actors import outbox
from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.coalitions.charters import notices, versions
from flask_maillage.coalitions.charters.models import Charter, CharterAcceptance
from flask_maillage.coalitions.models import Membership
from inboxes.pruning import on_pruning

OPEN = ("requested", "invited", "member")


def agree(charter: Charter, actor: Actor) -> CharterAcceptance:
    """Let an actor of ours agree to a version, by an Accept with its proof; once."""
    known = between(charter, actor)
    if known is not None:
        return known
    group = charter.actor
    thing: Any = {"id": charter.iri, "type": "Article", "digest": charter.digest} if charter.digest else charter.iri
    posted = outbox.post(actor, "Accept", thing, to=[group.iri], inboxes=[group.inbox], proof=True)
    return take(charter, actor, json.loads(posted.body), at=now())


def take(charter: Charter, actor: Actor, document: dict[str, Any], *, at: datetime) -> CharterAcceptance:
    """Write down that somebody agreed to a version, whose Accept the caller has verified; the first word counts."""
    known = between(charter, actor)
    if known is not None:
        return known
    made = CharterAcceptance(
        charter_id=charter.id, actor_id=actor.id, accepted_at=at, iri=str(document["id"]), document=document
    )
    session().add(made)
    session().flush()
    session().refresh(made)
    notices.agreed(charter, actor)
    return made


def between(charter: Charter, actor: Actor) -> CharterAcceptance | None:
    """Return how somebody agreed to a version, or None."""
    query = select(CharterAcceptance).where(CharterAcceptance.charter_id == charter.id)
    return session().scalar(query.where(CharterAcceptance.actor_id == actor.id))


def has_agreed(group: Actor, actor: Actor) -> bool:
    """Tell whether somebody has agreed to the version that holds; where there is no charter, there is nothing to."""
    charter = versions.newest(group)
    return charter is None or between(charter, actor) is not None


def of_members(charter: Charter) -> list[tuple[Actor, CharterAcceptance | None]]:
    """Return who belongs to the group, each with how they agreed to this version."""
    query = select(CharterAcceptance).where(CharterAcceptance.charter_id == charter.id)
    agreed = {one.actor_id: one for one in session().scalars(query)}
    return [(member, agreed.get(member.id)) for member in versions.members_of(charter.actor)]


def missing(actors: Sequence[Actor]) -> list[tuple[Charter, Actor]]:
    """Return the newest charters, of groups to which these actors belong, to which they have not agreed."""
    later = aliased(Charter)
    newer = select(later.id).where(later.actor_id == Charter.actor_id, later.number > Charter.number)
    agreed = select(CharterAcceptance.id).where(
        CharterAcceptance.charter_id == Charter.id, CharterAcceptance.actor_id == Membership.member_id
    )
    query = (
        select(Charter, Actor)
        .join(Membership, Membership.group_id == Charter.actor_id)
        .join(Actor, Actor.id == Membership.member_id)
        .where(Membership.member_id.in_([one.id for one in actors]), Membership.state == "member")
        .where(~newer.exists(), ~agreed.exists())
        .order_by(Membership.id)
    )
    return [(charter, actor) for charter, actor in session().execute(query)]


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget how those agreed long ago who have nothing with the group any more."""
    rows = select(CharterAcceptance.id).join(Charter).where(CharterAcceptance.accepted_at < limit)
    pair = (Membership.group_id == Charter.actor_id, Membership.member_id == CharterAcceptance.actor_id)
    idle = rows.where(~select(Membership.id).where(*pair, Membership.state.in_(OPEN)).exists())
    statement = delete(CharterAcceptance).where(CharterAcceptance.id.in_(idle))
    session().execute(statement.execution_options(synchronize_session=False))
