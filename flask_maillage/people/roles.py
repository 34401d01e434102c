"""What members are for organisations and projects, and the one place that says what they may do."""

from typing import Any, Protocol

from sqlalchemy import select

from actors.database import session
from actors.leases import wait_for_turn_at
from actors.models import ACTIVE, NODE, TERRITORY, Actor
from actors.node import now
from flask_maillage.people.models import ADMIN, PUBLISHING_ROLES, ROLES, Member, Role
from flask_maillage.people.notifying import about_roles

PUBLISH, EDIT, WITHDRAW, ADMINISTER, MODERATE = "publish", "edit", "withdraw", "administer", "moderate"
SPEAKING_FOR_NOBODY = frozenset({NODE, TERRITORY})
"""Actors in whose name nobody writes: they share what others write."""


def _(message: str) -> str:
    return message


class Publication(Protocol):
    """What has to be known of a publication to say who may change it."""

    local: bool
    actor: Actor


class LastAdmin(ValueError):
    """Somebody has to administer an organisation or the node: the text says what to do first."""


def grant(member: Member, actor: Actor, role: str) -> Role:
    """Give a member a role for an actor of ours, in the place of the one they had.

    Raises:
        ValueError: there is no such role, or the actor is a person, a territory, the node itself, or lives elsewhere.
        LastAdmin: they are the last who administers it.
    """
    if role not in ROLES:
        raise ValueError(f"There is no role {role!r}: choose one of {', '.join(ROLES)}.")
    if not actor.local or actor.type == "Person" or actor.kind in SPEAKING_FOR_NOBODY:
        raise ValueError(f"{actor.address} is no organisation or project of this node: nobody has a role for it.")
    hold(member, actor)
    held = session().get(Role, (member.id, actor.id), populate_existing=True)
    if held is None:
        held = Role(member=member, actor=actor, role=role, since=now())
        session().add(held)
    elif held.role != role:
        _keep_an_admin(held)
        held.role, held.since = role, now()
    else:
        return held
    session().flush()
    about_roles.tell(member, actor, role)
    return held


def hold(member: Member, actor: Actor) -> None:
    """Let nobody else give a member a role for an actor until the transaction ends: two invitations may be accepted."""
    wait_for_turn_at(Role, f"{member.id} {actor.id}")


def revoke(member: Member, actor: Actor) -> bool:
    """Take a member's role for an actor away; False when they had none.

    Raises:
        LastAdmin: they are the last who administers it.
    """
    held = session().get(Role, (member.id, actor.id))
    if held is None:
        return False
    _keep_an_admin(held)
    member.roles.remove(held)
    session().flush()
    about_roles.tell(member, actor, "")
    return True


def roles_for(actor: Actor) -> list[Role]:
    """Return who has a role for an actor, by name."""
    query = select(Role).where(Role.actor_id == actor.id).join(Role.member).join(Member.actor)
    return list(session().scalars(query.order_by(Actor.name, Actor.id)))


def is_last_admin(held: Role) -> bool:
    """Tell whether nobody else administers an actor that is still there: who is suspended does not."""
    if held.role != ADMIN or held.actor.gone_at is not None:
        return False
    others = (
        select(Role.member_id)
        .join(Member, Member.id == Role.member_id)
        .join(Actor, Actor.id == Member.actor_id)
        .where(Role.actor_id == held.actor_id, Role.role == ADMIN, Role.member_id != held.member_id, *_speaking())
    )
    return session().scalar(others.limit(1)) is None


def lock_admins(*actors: int) -> None:
    """Let nobody else change who administers these actors until the transaction ends: two may leave at once."""
    query = select(Role.member_id).where(Role.actor_id.in_(actors), Role.role == ADMIN)
    session().execute(query.order_by(Role.actor_id, Role.member_id).with_for_update())


def _keep_an_admin(held: Role) -> None:
    lock_admins(held.actor_id)
    if is_last_admin(held):
        raise LastAdmin(_("Nobody else administers it: make somebody else an administrator first."))


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
            the node: None), `moderate` (the node; a host is never asked).
        thing: what it is done to.

    Raises:
        ValueError: there is no such action, which is a mistake in the program.
    """
    if member.actor.gone_at is not None or member.actor.suspended_at is not None:
        return False
    if action == MODERATE:
        return member.is_admin or member.is_moderator
    if action == PUBLISH:
        return _may_publish_for(member, thing)
    if action in (EDIT, WITHDRAW):
        publication: Publication = thing
        return publication.local and _speaks_for(member, publication.actor)
    if action == ADMINISTER:
        return member.is_admin or (thing is not None and role_of(member, thing) == ADMIN)
    raise ValueError(f"there is no action {action!r}")


def actors_to_publish_for(member: Member) -> list[Actor]:
    """Return the actors in whose name a member may publish: organisations and projects by name, then themselves."""
    query = (
        select(Actor)
        .join(Role, Role.actor_id == Actor.id)
        .where(Role.member_id == member.id, Role.role.in_(PUBLISHING_ROLES), *_speaking(), Actor.phase == ACTIVE)
        .order_by(Actor.name, Actor.id)
    )
    own = [member.actor] if _may_publish_for(member, member.actor) else []
    return [*session().scalars(query), *own]


def actors_of(member: Member) -> list[Actor]:
    """Return the actors whose letters a member may read: their own, and those they have any role for."""
    query = select(Actor).join(Role, Role.actor_id == Actor.id).where(Role.member_id == member.id, *_speaking())
    return [*session().scalars(query.order_by(Actor.name, Actor.id)), member.actor]


def local_actors() -> list[Actor]:
    """Return the actors of this node that can speak, but for the node and its territories, by name."""
    return list(
        session().scalars(
            select(Actor)
            .where(Actor.kind.not_in(SPEAKING_FOR_NOBODY), *_speaking(), Actor.phase == ACTIVE)
            .order_by(Actor.name, Actor.id)
        )
    )


def _may_publish_for(member: Member, actor: Actor) -> bool:
    """A project that waits for its founders, or is closed, publishes nothing."""
    return actor.phase == ACTIVE and _speaks_for(member, actor)


def _speaks_for(member: Member, actor: Actor) -> bool:
    if not actor.local or actor.gone_at is not None or actor.suspended_at is not None:
        return False
    if actor.kind in SPEAKING_FOR_NOBODY:
        return False
    return actor.id == member.actor_id or role_of(member, actor) in PUBLISHING_ROLES


def _speaking() -> tuple[Any, ...]:
    return Actor.local, Actor.gone_at.is_(None), Actor.suspended_at.is_(None)
