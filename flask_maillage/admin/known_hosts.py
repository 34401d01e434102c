"""What the node knows of other hosts, put together from what it sends there, whom it met there and what was decided."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from actors import hosts as delivered_to
from actors import policy
from actors.database import session
from actors.models import Actor, Delivery, Follow, Host, HostPolicy
from flask_maillage.publications.models import Publication

PAGE_SIZE = 50


@dataclass
class KnownHost:
    """One host, as the admins see it."""

    name: str
    people: int = 0
    """How many of its actors have been met."""
    delivery: Host | None = None
    pending: int = 0
    next_at: datetime | None = None
    decision: HostPolicy | None = None
    verdict: policy.Verdict = field(default_factory=policy.Verdict)

    @property
    def refused(self) -> bool:
        """Whether the node deals with it at all."""
        return self.verdict.refuses

    @property
    def has_trouble(self) -> bool:
        """Whether deliveries to it fail, wait or are held."""
        host = self.delivery
        return host is not None and bool(host.failures or host.closed_until or host.paused_at or host.unavailable_at)


@dataclass(frozen=True)
class Stakes:
    """What a block of a host would end or hide."""

    actors: int
    follows: int
    deliveries: int
    publications: int


def known(text: str = "", *, with_deliveries: bool = False) -> list[KnownHost]:
    """Return the hosts whose names contain a text, by name.

    Args:
        text: part of a name, in any spelling; empty for all.
        with_deliveries: only those to which something was ever sent.
    """
    found: dict[str, KnownHost] = {}
    for host, pending, next_at in delivered_to.overview():
        found[host.name] = KnownHost(host.name, delivery=host, pending=pending, next_at=next_at)
    if not with_deliveries:
        people = select(Actor.host, func.count()).where(~Actor.local, Actor.gone_at.is_(None)).group_by(Actor.host)
        for name, count in session().execute(people):
            found.setdefault(name, KnownHost(name)).people = count
        for row in session().scalars(select(HostPolicy)):
            found.setdefault(row.name, KnownHost(row.name)).decision = row
    wanted = _spelling(text)
    return sorted((one for one in found.values() if wanted in one.name), key=lambda one: one.name)


def one(name: str) -> KnownHost | None:
    """Return a host by its name, or None where nothing is known of it and nothing decided."""
    return next((found for found in known(name) if found.name == name), None)


def judged(hosts: Iterable[KnownHost]) -> list[KnownHost]:
    """Find out what holds for hosts, by decisions about them or about what is above them."""
    found = list(hosts)
    for host in found:
        host.verdict = policy.verdict_on(host.name)
    return found


def stakes(name: str) -> Stakes:
    """Count what a block of a host and what is below it would end or hide; `name` as `policy.name_of` returns it."""
    met = session().scalars(select(Actor.host).where(~Actor.local).distinct())
    names = [host for host in met if policy.covered({name}, host)]
    actors = select(Actor.id).where(~Actor.local, Actor.host.in_(names))
    waiting = session().scalars(select(Delivery.host).where(Delivery.state == "pending").distinct())
    sent_to = [host for host in waiting if policy.covered({name}, host)]
    follows = or_(Follow.follower_id.in_(actors), Follow.followed_id.in_(actors))
    return Stakes(
        _count(select(func.count()).select_from(actors.subquery())),
        _count(select(func.count()).select_from(Follow).where(follows, Follow.state != "rejected")),
        _count(select(func.count()).where(Delivery.state == "pending", Delivery.host.in_(sent_to))),
        _count(select(func.count()).select_from(Publication).where(Publication.actor_id.in_(actors))),
    )


def _count(query: Any) -> int:
    return session().scalar(query) or 0


def _spelling(text: str) -> str:
    """Return a searched text as names are kept: in ASCII where it is a whole name, else in small letters."""
    try:
        return policy.name_of(text) if text.strip() else ""
    except ValueError:
        return text.strip().lower()
