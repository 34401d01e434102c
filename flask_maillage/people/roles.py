"""What members are for organisations and projects, and the one place that says what they may do."""

from typing import Any, Protocol

from sqlalchemy import select

from actors.database import session
from actors.models import NODE, Actor
from actors.node import now
from flask_maillage.people.models import ADMIN, PUBLISHING_ROLES, ROLES, Member, Role
from flask_maillage.people.notifying import about_roles

PUBLISH, EDIT, WITHDRAW, ADMINISTER = "publish", "edit", "withdraw", "administer"


class Publication(Protocol):
    """What has to be known of a publication to say who may change it."""

    local: bool
    actor: Actor


def grant(member: Member, actor: Actor, role: str) -> Role:
    """Give a member a role for an actor of ours, in the place of the one they had.

    Raises:
        ValueError: there is no such role, or the actor is a person, the node itself, or lives elsewhere.
    """
    if role not in ROLES:
        raise ValueError(f"There is no role {role!r}: choose one of {', '.join(ROLES)}.")
    if not actor.local or actor.type == "Person" or actor.kind == NODE:
        raise ValueError(f"{actor.address} is no organisation or project of this node: nobody has a role for it.")
    held = session().get(Role, (member.id, actor.id))
    if held is None:
        held = Role(member=member, actor=actor, role=role, since=now())
        session().add(held)
    elif held.role != role:
        held.role, held.since = role, now()
    else:
        return held
    session().flush()
    about_roles.tell(member, actor, role)
    return held


def revoke(member: Member, actor: Actor) -> bool:
    """Take a member's role for an actor away; False when they had none."""
    held = session().get(Role, (member.id, actor.id))
    if held is None:
        return False
    member.roles.remove(held)
    session().flush()
    about_roles.tell(member, actor, "")
    return True


def role_of(member: Member, actor: Actor) -> str | None:
    """Return what a member is for an actor: admin, editor, member, or None."""
    held = session().get(Role, (member.id, actor.id))
    return held.role if held else None


def may(member: Member, action: str, thing: Any) -> bool:
    """Tell whether a member may do something.

    Who administers the node writes in nobody's name but their own: what an organisation says is the organisation's.

    Args:
        member: who asks.
        action: `publish` (in the name of an actor), `edit` or `withdraw` (a publication), `administer` (an actor, or
            the node: None).
        thing: what it is done to.

    Raises:
        ValueError: there is no such action, which is a mistake in the program.
    """
    if action == PUBLISH:
        return _may_publish_for(member, thing)
    if action in (EDIT, WITHDRAW):
        publication: Publication = thing
        return publication.local and _may_publish_for(member, publication.actor)
    if action == ADMINISTER:
        return member.is_admin or (thing is not None and role_of(member, thing) == ADMIN)
    raise ValueError(f"there is no action {action!r}")


def actors_to_publish_for(member: Member) -> list[Actor]:
    """Return the actors in whose name a member may publish: organisations and projects by name, then themselves."""
    query = (
        select(Actor)
        .join(Role, Role.actor_id == Actor.id)
        .where(Role.member_id == member.id, Role.role.in_(PUBLISHING_ROLES), *_speaking())
        .order_by(Actor.name, Actor.id)
    )
    own = [member.actor] if _may_publish_for(member, member.actor) else []
    return [*session().scalars(query), *own]


def actors_of(member: Member) -> list[Actor]:
    """Return the actors whose letters a member may read: their own, and those they have any role for."""
    query = select(Actor).join(Role, Role.actor_id == Actor.id).where(Role.member_id == member.id, *_speaking())
    return [*session().scalars(query.order_by(Actor.name, Actor.id)), member.actor]


def local_actors() -> list[Actor]:
    """Return the actors of this node that can speak, but for the node itself, by name."""
    return list(session().scalars(select(Actor).where(Actor.kind != NODE, *_speaking()).order_by(Actor.name, Actor.id)))


def _may_publish_for(member: Member, actor: Actor) -> bool:
    if not actor.local or actor.gone_at is not None or actor.suspended_at is not None:
        return False
    return actor.id == member.actor_id or role_of(member, actor) in PUBLISHING_ROLES


def _speaking() -> tuple[Any, ...]:
    return Actor.local, Actor.gone_at.is_(None), Actor.suspended_at.is_(None)
