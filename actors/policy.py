"""Whom we deal with: what an admin decided about hosts, and whether others are welcome at all.

A decision holds for a host, for all its ports and for everything below it, in every spelling of its name; where
several apply, the strictest counts. Every way in and out asks here: letters, fetches, follows, deliveries, polling,
lists, pages.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, update

from actors import iris
from actors.database import session
from actors.models import PROPOSED, Actor, HostPolicy
from actors.node import node, now
from federation import hosts
from federation.activities import host_of

ALLOW, NONE, SILENCE, BLOCK = "allow", "none", "silence", "block"


@dataclass(frozen=True)
class Verdict:
    """What all decisions about a host and what is above it come to."""

    level: str = NONE
    """The strictest: `block`, `silence` or `none`."""
    allows: bool = False
    refuses_media: bool = False

    @property
    def refuses(self) -> bool:
        """Whether we do not deal with the host at all."""
        return self.level == BLOCK or (node().archipelago and not self.allows)


UNREADABLE, OURS = Verdict(BLOCK), Verdict(NONE, allows=True)


def is_blocked(*of: str) -> bool:
    """Tell whether any of these IRIs lies on a host that we do not deal with.

    That is one that is blocked, or below one; in an archipelago, every host that is not on the list of allowed ones.
    What no host can be read from is on none that we deal with. Our own host is never blocked.
    """
    return any(verdict(iri).refuses for iri in dict.fromkeys(of))


def is_silenced(iri: str) -> bool:
    """Tell whether what comes from this IRI's host is taken, and listed nowhere."""
    return verdict(iri).level == SILENCE


def refuses_media(iri: str) -> bool:
    """Tell whether no image, sound or film from this IRI's host is kept or shown."""
    return verdict(iri).refuses_media


def verdict(iri: str) -> Verdict:
    """Return what the decisions about the host of an IRI come to."""
    try:
        return verdict_on(host_of(iri))
    except ValueError:
        return UNREADABLE


def verdict_on(host: str) -> Verdict:
    """Return what the decisions about a host come to, given as `host_of` returns it."""
    if host == iris.host():
        return OURS
    names = hosts.above(_without_port(host))
    return _together(session().scalars(select(HostPolicy).where(HostPolicy.name.in_(names))))


def dealt_with() -> ColumnElement[bool]:
    """Return the condition that an `Actor` is ours, or on a host that we deal with."""
    fit = Actor.policy_level != BLOCK
    return or_(Actor.local, and_(fit, Actor.policy_allows) if node().archipelago else fit)


def welcome() -> ColumnElement[bool]:
    """Return the condition that an `Actor` is here, not suspended, and on a host that we deal with.

    Whatever shows what one actor made asks for it. A block of our own host is a mistake that hides nothing of ours.
    """
    return and_(Actor.gone_at.is_(None), Actor.suspended_at.is_(None), dealt_with())


def listed() -> ColumnElement[bool]:
    """Return the condition that an `Actor` is welcome, and on no host that is silenced.

    Lists, feeds, search, collections and announces of what several actors made ask for it; the page of one actor or
    of one thing, and what its followers get, ask for `welcome`.
    """
    return and_(welcome(), or_(Actor.local, Actor.policy_level != SILENCE))


def presented() -> ColumnElement[bool]:
    """Return the condition that an `Actor` is listed and stands on its own feet: no project that waits for founders.

    Lists of actors ask for it; what such a project might publish does not have to be looked for, since it may not.
    """
    return and_(listed(), Actor.phase != PROPOSED)


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


def stamp(actor: Actor) -> None:
    """Write onto a remote actor what is decided about its host; when it is met, and when its profile is read anew."""
    found = verdict_on(actor.host)
    actor.policy_level, actor.policy_allows = found.level, found.allows


def decide(
    host: str, *, level: str | None = None, refuses_media: bool | None = None, reason: str | None = None
) -> HostPolicy:
    """Write down a decision about a host and what is below it; what is None stays as it was decided before.

    Lists follow at once (`stamp_all`); what else follows is in `inboxes/consequences.py`.

    Raises:
        ValueError: no host can have this name.
    """
    decision = write(host, level=level, refuses_media=refuses_media, reason=reason)
    stamp_all()
    return decision


def write(
    host: str, *, level: str | None = None, refuses_media: bool | None = None, reason: str | None = None
) -> HostPolicy:
    """Write one decision of several, after which `stamp_all` has to come.

    Raises:
        ValueError: no host can have this name.
    """
    name = name_of(host)
    found = session().get(HostPolicy, name)
    if found is None:
        found = HostPolicy(name=name, level=NONE, refuses_media=False, reason="", created_at=now())
        session().add(found)
    found.level = found.level if level is None else level
    found.refuses_media = found.refuses_media if refuses_media is None else refuses_media
    found.reason = found.reason if reason is None else reason
    return found


def covered(names: Collection[str], host: str) -> bool:
    """Tell whether a decision under one of these names is about a host, given as `host_of` returns it."""
    return host != iris.host() and any(name in names for name in hosts.above(_without_port(host)))


def block(host: str, reason: str = "") -> None:
    """Block a host and its subdomains from now on; see `decide`."""
    decide(host, level=BLOCK, reason=reason)


def unblock(host: str) -> bool:
    """Take back whatever was decided about a host; False when nothing was.

    Raises:
        ValueError: no host can have this name.
    """
    found = session().get(HostPolicy, name_of(host))
    if found is None:
        return False
    session().delete(found)
    session().flush()
    stamp_all()
    return True


def stamp_all() -> None:
    """Bring what stands on remote actors in line with the decisions; only what changes is written."""
    session().flush()
    decided: dict[str, HostPolicy] = {row.name: row for row in session().scalars(select(HostPolicy))}
    kept = select(Actor.host, Actor.policy_level, Actor.policy_allows).where(~Actor.local).distinct()
    changed: dict[Verdict, set[str]] = {}
    for host, level, allows in session().execute(kept).all():
        names = hosts.above(_without_port(host))
        found = OURS if host == iris.host() else _together(decided[name] for name in names if name in decided)
        if (found.level, found.allows) != (level, allows):
            changed.setdefault(found, set()).add(host)
    for found, names_of_hosts in changed.items():
        for part in _parts(sorted(names_of_hosts)):
            session().execute(
                update(Actor)
                .where(~Actor.local, Actor.host.in_(part))
                .values(policy_level=found.level, policy_allows=found.allows)
            )
    session().flush()


def _together(decisions: Iterable[HostPolicy]) -> Verdict:
    found = list(decisions)
    levels = {decision.level for decision in found}
    strictest = next((level for level in (BLOCK, SILENCE) if level in levels), NONE)
    return Verdict(strictest, ALLOW in levels, any(decision.refuses_media for decision in found))


def _parts(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + 500] for start in range(0, len(names), 500))


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
