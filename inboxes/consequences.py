"""What follows at once when an admin decides about hosts: on deliveries, follows, letters, polling and copies."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Update, delete, or_, select, update

from actors import iris, outbox, policy, policy_lists
from actors.database import session
from actors.models import Actor, Delivery, Follow, HostPolicy
from actors.node import now
from actors.policy_lists import Listed, ListRefused, Problem
from federation import hosts
from inboxes.models import Letter, Polling
from inboxes.registry import departures

SECOND_LEVEL = frozenset({"ac", "asso", "co", "com", "edu", "gob", "gouv", "gov", "ne", "net", "nhs", "or", "org"})
"""Names that registries give out names below, where the top-level domain is a country's: `co.uk`, `asso.fr`."""


media_refusals: list[Callable[[Actor], None]] = []
"""What upper packages do, in the same transaction, when no media of a remote actor are to be kept any more."""


enforcements: list[Callable[[], None]] = []
"""What upper packages do, in the same transaction, when it was decided anew with which hosts we deal."""


OURSELVES = "%(value)s is this node itself, or above it."
MANY_NAMES = "%(value)s is the end of many names, not the name of a host."


class TooWide(ValueError):
    """A decision that would cover ourselves, or half of the network."""

    def __init__(self, why: str, name: str) -> None:
        """Keep why, in words that can be translated, and the name that it is about."""
        super().__init__(why % {"value": name})
        self.why, self.name = why, name


@dataclass(frozen=True)
class Outcome:
    """What followed from a decision."""

    deliveries: int = 0
    follows: int = 0
    letters: int = 0


@dataclass(frozen=True)
class Taken:
    """What a list changed: names of hosts, and the lines that were skipped."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    dropped: tuple[str, ...]
    skipped: tuple[int, ...]
    outcome: Outcome


def decide(
    host: str,
    *,
    level: str | None = None,
    refuses_media: bool | None = None,
    reason: str | None = None,
    force: bool = False,
) -> Outcome:
    """Decide about a host and what is below it, and let everything follow that does; no letter tells anybody.

    Args:
        host: as somebody typed it.
        level: `allow`, `none`, `silence` or `block`; None leaves it.
        refuses_media: whether media from there are refused; None leaves it.
        reason: why, for the admins; None leaves it.
        force: decide also about our own host, or a name that a registry gives names below.

    Raises:
        TooWide: it would cover ourselves, or a whole registry, and is not forced.
        ValueError: no host can have this name.
    """
    name = policy.name_of(host)
    if not force:
        check_width(name, level)
    policy.decide(name, level=level, refuses_media=refuses_media, reason=reason)
    if refuses_media:
        _let_go_of_media({name})
    return enforce()


def check_width(name: str, level: str | None) -> None:
    """Refuse a decision that is wider than anybody means.

    Raises:
        TooWide: a block or silence of our own host or one above it; anything about a name like `org` or `co.uk`.
    """
    ours = iris.host()
    bare = ours.rpartition(":")[0] if ours.rpartition(":")[2].isdigit() else ours
    if level in (policy.BLOCK, policy.SILENCE) and name in hosts.above(bare):
        raise TooWide(OURSELVES, name)
    labels = name.split(".")
    if hosts.is_address(name):
        return
    if len(labels) == 1 or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in SECOND_LEVEL):
        raise TooWide(MANY_NAMES, name)


def undo(host: str) -> bool:
    """Take a decision back; what was hidden shows again, what was cancelled or ended does not come back.

    Raises:
        ValueError: no host can have this name.
    """
    return policy.unblock(host)


def take_list(
    raw: bytes, *, allowing: bool = False, drop_others: bool = False, force: bool = False, dry_run: bool = False
) -> Taken:
    """Take over a list of decisions, whole or not at all, and let everything follow.

    A line that decides nothing (`noop`) leaves a host allowed that was. See `policy_lists.read`.

    Args:
        raw: the bytes of the file.
        allowing: whether it names hosts to allow rather than hosts to block.
        drop_others: take back decisions of the same sort about hosts that are not on it.
        force: take it although it covers our own host, or a name that a registry gives names below.
        dry_run: change nothing, and tell what would change.

    Raises:
        policy_lists.ListRefused: it cannot be read, or a line of it is too wide.
    """
    listed = policy_lists.read(raw, allowing=allowing)
    if not force:
        _check_widths(listed.decisions)
    known = {row.name: row for row in session().scalars(select(HostPolicy))}
    wanted = [_beside(one, known.get(one.name)) for one in listed.decisions]
    added = [one for one in wanted if one.name not in known]
    changed = [one for one in wanted if one.name in known and not _says(known[one.name], one)]
    names = {one.name for one in wanted}
    dropped = [row for row in known.values() if row.name not in names and (row.level == policy.ALLOW) is allowing]
    dropped = dropped if drop_others else []
    if not dry_run:
        for one in (*added, *changed):
            policy.write(one.name, level=one.level, refuses_media=one.refuses_media, reason=one.reason)
        for row in dropped:
            session().delete(row)
        session().flush()
        policy.stamp_all()
        _let_go_of_media({one.name for one in (*added, *changed) if one.refuses_media})
    return Taken(
        tuple(one.name for one in added),
        tuple(one.name for one in changed),
        tuple(row.name for row in dropped),
        listed.skipped,
        Outcome() if dry_run else enforce(),
    )


def _check_widths(decisions: Iterable[Listed]) -> None:
    problems = []
    for one in decisions:
        try:
            check_width(one.name, one.level)
        except TooWide as error:
            problems.append(Problem(one.line, error.why, error.name))
    if problems:
        raise ListRefused(problems)


def _beside(one: Listed, known: HostPolicy | None) -> Listed:
    """Return a decision of a list as it is to be beside what is decided here already."""
    if known is None:
        return one
    keeps_allowed = one.level == policy.NONE and known.level == policy.ALLOW
    return dataclasses.replace(
        one,
        level=policy.ALLOW if keeps_allowed else one.level,
        refuses_media=known.refuses_media if one.level == policy.ALLOW else one.refuses_media,
        reason=one.reason or known.reason,
    )


def _says(row: HostPolicy, one: Listed) -> bool:
    return (row.level, row.refuses_media, row.reason) == (one.level, one.refuses_media, one.reason)


def enforce() -> Outcome:
    """End what we have with hosts that we do not deal with; done twice, it finds nothing the second time.

    Deliveries are cancelled, follows end both ways, letters that wait are ignored, nothing is polled. No letter says
    so to anybody. Copies are hidden by `policy.welcome`, and show again if the decision is taken back.
    """
    refused = select(Actor.id).where(~policy.dealt_with())
    follows = _count(
        update(Follow)
        .where(or_(Follow.follower_id.in_(refused), Follow.followed_id.in_(refused)), Follow.state != "rejected")
        .values(state="rejected", answered_at=now())
    )
    letters = _count(
        update(Letter)
        .where(Letter.sender_id.in_(refused), Letter.state == "waiting")
        .values(state="ignored", settled_at=now(), outcome="its host is not dealt with any more", body="")
    )
    session().execute(delete(Polling).where(Polling.actor_id.in_(refused)))
    for enforcement in enforcements:
        enforcement()
    session().flush()
    return Outcome(deliveries=_cancel_deliveries(), follows=follows, letters=letters)


def erase(host: str) -> int:
    """Erase what is kept of the actors of a host and below it, and return of how many; for good.

    Raises:
        ValueError: no host can have this name.
    """
    actors = _actors_under({policy.name_of(host)})
    for actor in actors:
        for forget in departures:
            forget(actor)
        actor.summary, actor.name = "", actor.handle
    session().flush()
    return len(actors)


def on_enforcing(function: Callable[[], None]) -> Callable[[], None]:
    """Register a function that lets follow what a package has to do after decisions about hosts."""
    enforcements.append(function)
    return function


def on_media_refusal(function: Callable[[Actor], None]) -> Callable[[Actor], None]:
    """Register a function that lets go of the media that a package keeps of a remote actor."""
    media_refusals.append(function)
    return function


def _let_go_of_media(names: set[str]) -> None:
    for actor in _actors_under(names):
        for let_go in media_refusals:
            let_go(actor)
    session().flush()


def _actors_under(names: set[str]) -> Sequence[Actor]:
    """Return the remote actors whom decisions under these names concern."""
    met = session().scalars(select(Actor.host).where(~Actor.local).distinct()) if names else ()
    concerned = [host for host in met if policy.covered(names, host)]
    query = select(Actor).where(~Actor.local, Actor.host.in_(concerned))
    return session().scalars(query).all() if concerned else ()


def _cancel_deliveries() -> int:
    """Cancel what waits for hosts that we do not deal with, and empty what carried something withdrawn since."""
    waiting = session().scalars(select(Delivery.host).where(Delivery.state == "pending").distinct())
    names = {host for host in waiting if policy.verdict_on(host).refuses}
    query = select(Delivery).where(Delivery.state == "pending", Delivery.host.in_(names)).order_by(Delivery.id)
    rows = session().scalars(query.with_for_update()).all() if names else []
    for row in rows:
        row.state, row.outcome, row.settled_at = "cancelled", "the host is blocked", now()
        row.leased_until = row.lease = None
    session().flush()
    for posted in {row.activity_id: row.activity for row in rows}.values():
        outbox.empty_retracted(posted)
    session().flush()
    return len(rows)


def _count(statement: Update) -> int:
    result = session().execute(statement.execution_options(synchronize_session=False))
    return int(getattr(result, "rowcount", 0))
