"""Whom we deal with: hosts that an admin has blocked, with their subdomains."""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from actors.database import session
from actors.models import Actor, HostPolicy
from actors.node import now
from federation.activities import host_of


def is_blocked(*iris: str) -> bool:
    """Tell whether any of the IRIs lies on a blocked host or on a subdomain of one."""
    names = {name for iri in iris for name in _names(host_of(iri))}
    blocked = select(HostPolicy.name).where(HostPolicy.name.in_(names), HostPolicy.level == "block").limit(1)
    return session().scalar(blocked) is not None


def welcome() -> ColumnElement[bool]:
    """Return the condition that an `Actor` is here, not suspended, and not on a blocked host or below one.

    Whatever lists what actors made asks for it. A block of our own host is a mistake that hides nothing of ours.
    """
    name = func.lower(Actor.host)
    blocked = exists().where(
        HostPolicy.level == "block",
        or_(
            name == HostPolicy.name,
            name.like("%." + HostPolicy.name),
            name.like(HostPolicy.name + ":%"),
            name.like("%." + HostPolicy.name + ":%"),
        ),
    )
    return and_(Actor.gone_at.is_(None), Actor.suspended_at.is_(None), or_(Actor.local, ~blocked))


def is_welcome(actor: Actor) -> bool:
    """Tell whether `welcome` holds for an actor: what one asks before showing one actor, or one thing of it."""
    if actor.gone_at is not None or actor.suspended_at is not None:
        return False
    return actor.local or not is_blocked(actor.iri)


def block(host: str, reason: str = "") -> None:
    """Block a host and its subdomains from now on; deliveries on their way are dropped when their turn comes."""
    session().merge(HostPolicy(name=host.lower(), level="block", reason=reason, created_at=now()))
    session().flush()


def unblock(host: str) -> bool:
    """End the block of a host; False when there was none."""
    found = session().get(HostPolicy, host.lower())
    if found is None:
        return False
    session().delete(found)
    session().flush()
    return True


def _names(host: str) -> set[str]:
    """Return the host itself, with and without port, and every domain above it."""
    bare = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    labels = bare.split(".")
    return {host, *(".".join(labels[start:]) for start in range(len(labels)))}
