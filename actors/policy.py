"""Whom we deal with: what an admin decided about hosts, and whether others are welcome at all.

A decision holds for a host, for all its ports and for everything below it, in every spelling of its name; where
several apply, the strictest counts. Every way in and out asks here: letters, fetches, follows, deliveries, polling,
lists, pages.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from actors import iris
from actors.database import session
from actors.models import Actor, HostPolicy
from actors.node import node, now
from federation import hosts
from federation.activities import host_of

ALLOW, NONE, SILENCE, BLOCK = "allow", "none", "silence", "block"


def is_blocked(*iris_or_addresses: str) -> bool:
    """Tell whether any of the IRIs lies on a host that we do not deal with.

    That is one that is blocked, or below one; in an archipelago, every host that is not on the list of allowed ones.
    What no host can be read from is on none that we deal with. Our own host never counts.
    """
    return any(_is_refused(iri) for iri in dict.fromkeys(iris_or_addresses))


def is_silenced(iri: str) -> bool:
    """Tell whether what comes from this IRI's host is taken, and listed nowhere."""
    return any(decision.level == SILENCE for decision in _decisions(iri) or ())


def refuses_media(iri: str) -> bool:
    """Tell whether no image, sound or film from this IRI's host is kept or shown."""
    return any(decision.refuses_media for decision in _decisions(iri) or ())


def welcome() -> ColumnElement[bool]:
    """Return the condition that an `Actor` is here, not suspended, and on a host that we deal with.

    Whatever shows what one actor made asks for it. A block of our own host is a mistake that hides nothing of ours.
    """
    refused = _under(BLOCK)
    if node().archipelago:
        refused = or_(refused, ~_under(ALLOW))
    return and_(Actor.gone_at.is_(None), Actor.suspended_at.is_(None), or_(Actor.local, ~refused))


def listed() -> ColumnElement[bool]:
    """Return the condition that an `Actor` is welcome, and on no host that is silenced.

    Lists, feeds, search, collections and announces of what several actors made ask for it; the page of one actor or
    of one thing, and what its followers get, ask for `welcome`.
    """
    return and_(welcome(), or_(Actor.local, ~_under(SILENCE)))


def is_welcome(actor: Actor) -> bool:
    """Tell whether `welcome` holds for an actor: what one asks before showing one actor, or one thing of it."""
    if actor.gone_at is not None or actor.suspended_at is not None:
        return False
    return actor.local or not is_blocked(actor.iri)


def is_listed(actor: Actor) -> bool:
    """Tell whether `listed` holds for an actor: what one asks before adding it, or one thing of it, to a list."""
    return is_welcome(actor) and (actor.local or not is_silenced(actor.iri))


def name_of(text: str) -> str:
    """Return the name that a decision is kept under, from what somebody typed: a host, with a port, or an address.

    Raises:
        ValueError: no host can have this name.
    """
    text = text.strip()
    if "://" not in text:
        text = f"https://{text}"
    return _without_port(host_of(text))


def block(host: str, reason: str = "") -> None:
    """Block a host and its subdomains from now on; deliveries on their way are dropped when their turn comes."""
    session().merge(HostPolicy(name=name_of(host), level=BLOCK, reason=reason, created_at=now()))
    session().flush()


def unblock(host: str) -> bool:
    """End the block of a host; False when there was none."""
    found = session().get(HostPolicy, name_of(host))
    if found is None:
        return False
    session().delete(found)
    session().flush()
    return True


def _is_refused(iri: str) -> bool:
    decisions = _decisions(iri)
    if decisions is None:
        return True
    levels = {decision.level for decision in decisions}
    return BLOCK in levels or (node().archipelago and ALLOW not in levels and not _is_our_host(iri))


def _decisions(iri: str) -> Collection[HostPolicy] | None:
    """Return the decisions about the host of an IRI and what is above it; none about ours; None for no host."""
    try:
        host = host_of(iri)
    except ValueError:
        return None
    if host == iris.host():
        return ()
    names = hosts.above(_without_port(host))
    return session().scalars(select(HostPolicy).where(HostPolicy.name.in_(names))).all()


def _is_our_host(iri: str) -> bool:
    return host_of(iri) == iris.host()


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _under(level: str) -> ColumnElement[bool]:
    """Return the condition that the host of an `Actor`, or one above it, is under a decision of this level."""
    name = func.lower(Actor.host)
    return exists().where(
        HostPolicy.level == level,
        or_(
            name == HostPolicy.name,
            name.like("%." + HostPolicy.name),
            name.like(HostPolicy.name + ":%"),
            name.like("%." + HostPolicy.name + ":%"),
        ),
    )
