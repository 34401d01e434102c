"""Read the outboxes of those whom our actors follow: what they published before, and what no letter brought.

Mobilizon and Gancio send a letter once, GoToSocial for four minutes (`reference/protocol.md` §3.1): what was missed
then is found here. What an outbox lists becomes letters, the same as those that are pushed: one row per activity,
whichever way it came first, opened by the same functions.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import aliased

from actors import followers, iris, local, policy, rotation
from actors.database import reading, session
from actors.leases import claim, is_free
from actors.models import Actor, Follow
from actors.node import node, now
from federation.activities import Document, host_of, refuse_keywords, same_origin
from federation.collections import Harvest, harvest
from federation.errors import FederationError, Rejected, Unreachable
from federation.signatures import Signer
from inboxes.models import Letter, Polling
from inboxes.outboxes import Listed, listed_by

log = logging.getLogger(__name__)
BACKFILL_PAGES = 5
MAX_ITEMS = 100
"""How many items of an outbox one turn looks at."""
MAX_FETCHED = 20
"""How many letters of one turn may each make us fetch what they announce."""
SECONDS = 40.0
PARTNERS_EVERY = timedelta(hours=1)
GO_ON_AFTER = timedelta(minutes=1)
JITTER = 0.2
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 180, 720, 1440))


@dataclass(frozen=True)
class Turn:
    """What one turn needs, read before the network is used."""

    number: int
    lease: str
    owner: str
    outbox: str
    address: str
    pages: int
    signer: Signer


def begin(actor: Actor) -> None:
    """Read an actor's outbox back, now that one of ours follows it; polling goes on from there."""
    if actor.local or actor.outbox is None:
        return
    found = session().scalar(select(Polling).where(Polling.actor_id == actor.id))
    if found is None:
        found = Polling(actor_id=actor.id, due_at=now())
        session().add(found)
    found.due_at, found.pages_left, found.next_page, found.attempts = now(), BACKFILL_PAGES, None, 0
    session().flush()


def adopt() -> int:
    """Begin with everybody who is followed and not polled yet, as after an upgrade; return how many."""
    polled = exists().where(Polling.actor_id == Actor.id)
    query = select(Actor).where(~Actor.local, Actor.outbox.is_not(None), Actor.gone_at.is_(None), _followed(), ~polled)
    missing = session().scalars(query).all()
    for actor in missing:
        begin(actor)
    session().commit()
    return len(missing)


def poll_host_soon(host: str) -> int:
    """Read the outboxes of a host at once, some pages back: it answers again, and may have missed us as we missed it.

    Args:
        host: its name, as `Actor.host` has it.
    """
    there = select(Actor.id).where(Actor.host == host, ~Actor.local)
    result = session().execute(
        update(Polling)
        .where(Polling.actor_id.in_(there))
        .values(due_at=now(), pages_left=BACKFILL_PAGES, next_page=None, attempts=0)
        .execution_options(synchronize_session="fetch")
    )
    return int(getattr(result, "rowcount", 0))


def poll_due(limit: int = 2) -> int:
    """Take up to `limit` turns that are due, and return how many."""
    with reading():
        if session().scalar(select(Polling.id).where(is_free(Polling)).limit(1)) is None:
            return 0
    return _take_turns(limit=limit)


def poll_now(actor: Actor) -> str | None:
    """Read one actor's outbox in this process, and return what came of it; None where nobody here follows it."""
    if not followers.follows_from_here(actor):
        return None
    begin(actor)
    number = actor.id
    session().commit()
    _take_turns(Polling.actor_id == number, limit=1)
    return session().scalar(select(Polling.outcome).where(Polling.actor_id == number))


def _take_turns(*conditions: ColumnElement[bool], limit: int) -> int:
    tickets = claim(Polling, *conditions, order=Polling.due_at, limit=limit)
    session().commit()
    for number, lease in tickets:
        try:
            _poll(number, lease)
        except Exception as error:
            session().rollback()
            log.exception("polling %s", number)
            _put_off(number, lease, Unreachable(f"{type(error).__name__}: {error}"))
    return len(tickets)


def _poll(number: int, lease: str) -> None:
    turn = _turn(number, lease)
    session().commit()
    if turn is None:
        return
    try:
        found = harvest(_reader(turn), turn.address, pages=turn.pages, items=MAX_ITEMS, seconds=SECONDS)
    except FederationError as error:
        _put_off(number, lease, error)
        return
    _keep(turn, found)
    session().commit()


def _turn(number: int, lease: str) -> Turn | None:
    """Read what a turn needs; whoever is followed no longer is polled no longer."""
    polling = _held(number, lease)
    if polling is None:
        return None
    actor = polling.actor
    if actor.outbox is None or actor.gone_at is not None or not followers.follows_from_here(actor):
        session().delete(polling)
        return None
    if actor.suspended_at is not None or policy.is_blocked(actor.iri):
        _settle(polling, "suspended, or on a host that we do not deal with")
        return None
    return Turn(
        number=number,
        lease=lease,
        owner=actor.iri,
        outbox=actor.outbox,
        address=polling.next_page or actor.outbox,
        pages=max(polling.pages_left, 1),
        signer=rotation.signer_for(local.application(), host_of(actor.iri)),
    )


def _reader(turn: Turn) -> Callable[[str], Document]:
    """Return what fetches a page of the owner's server; a redirect to another one is not followed into belief."""

    def read(address: str) -> Document:
        fetched = node().client.fetch_collection(address, signer=turn.signer)
        if not same_origin(fetched.url, turn.owner):
            raise Rejected(f"{address} leads to another server")
        refuse_keywords(fetched.document)
        return fetched.document

    return read


def _keep(turn: Turn, found: Harvest) -> None:
    """Write the letters that are new, the oldest first, and when the next turn is."""
    polling = _held(turn.number, turn.lease)
    if polling is None:
        return
    backfilling = polling.pages_left > 0
    listed = [item for page, raw in found.items if (item := listed_by(turn.owner, page, raw)) is not None]
    new, left_at = _choose(polling, listed, backfilling=backfilling)
    for item in reversed(new):
        _write(polling.actor, turn.outbox, item)
    read_before = len({page for page, _ in found.items[: _index(found, left_at)]}) if left_at else found.pages
    left = max(polling.pages_left - max(read_before, 1), 0)
    polling.next_page = (left_at or found.next_page) if left else None
    polling.pages_left = left if polling.next_page else 0
    polling.attempts, polling.polled_at = 0, now()
    _settle(polling, f"{len(new)} new of {len(found.items)} read")


def _index(found: Harvest, address: str) -> int:
    return next(index for index, (page, _) in enumerate(found.items) if page == address)


def _choose(polling: Polling, listed: list[Listed], *, backfilling: bool) -> tuple[list[Listed], str | None]:
    """Return what is not known yet, up to what one turn may make us fetch, and the page where that limit was met."""
    known = _known(polling.actor, [item.iri for item in listed])
    since = _followed_since(polling.actor) if backfilling else None
    new: dict[str, Listed] = {}
    fetched = 0
    for item in listed:
        letter = known.get(item.iri)
        if item.iri in new or (letter is not None and not _counts_now(letter, since)):
            continue
        if item.makes_us_fetch and fetched == MAX_FETCHED:
            return list(new.values()), item.page
        fetched += item.makes_us_fetch
        new[item.iri] = item
    return list(new.values()), None


def _known(actor: Actor, ids: list[str]) -> dict[str, Letter]:
    query = select(Letter).where(Letter.sender_id == actor.id, Letter.iri.in_(ids))
    return {letter.iri: letter for letter in session().scalars(query)}


def _counts_now(letter: Letter, since: datetime | None) -> bool:
    """Tell whether a letter that was ignored when nobody here followed its sender counts now that somebody does."""
    return since is not None and letter.state == "ignored" and letter.received_at < since


def _followed_since(actor: Actor) -> datetime | None:
    follower = aliased(Actor)
    return session().scalar(
        select(func.max(Follow.answered_at))
        .join(follower, follower.id == Follow.follower_id)
        .where(Follow.followed_id == actor.id, Follow.state == "accepted", follower.local)
    )


def _write(actor: Actor, outbox: str, item: Listed) -> None:
    letter = session().scalar(select(Letter).where(Letter.sender_id == actor.id, Letter.iri == item.iri))
    if letter is None:
        letter = Letter(iri=item.iri, sender_id=actor.id)
        session().add(letter)
    letter.type, letter.object_iri, letter.body = item.type, item.object_iri, item.body
    letter.way, letter.key_iri = "polled", outbox
    letter.state, letter.settled_at, letter.attempts, letter.outcome = "waiting", None, 0, ""
    letter.received_at = letter.due_at = now()
    letter.leased_until = letter.lease = None
    session().flush()


def _held(number: int, lease: str) -> Polling | None:
    query = select(Polling).where(Polling.id == number, Polling.lease == lease)
    return session().scalar(query.with_for_update(of=Polling))


def _settle(polling: Polling, outcome: str) -> None:
    polling.leased_until = polling.lease = None
    polling.outcome = outcome[:500]
    if polling.next_page is not None:
        polling.due_at = now() + GO_ON_AFTER
        return
    every = PARTNERS_EVERY if _is_partner(polling.actor) else node().poll_every
    polling.due_at = now() + every * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311


def _put_off(number: int, lease: str, error: FederationError) -> None:
    """Try later after a failure, each time after a longer while; a refusal is asked again after a day."""
    polling = _held(number, lease)
    if polling is not None:
        temporary = isinstance(error, Unreachable)
        pause = PAUSES[min(polling.attempts, len(PAUSES)) - 1] if temporary else PAUSES[-1]
        pause = max(pause, timedelta(seconds=error.retry_after or 0))
        polling.due_at = now() + pause * random.uniform(1, 1 + JITTER)  # noqa: S311
        polling.leased_until = polling.lease = None
        polling.outcome = f"{type(error).__name__}: {error}"[:500]
    session().commit()


def _is_partner(actor: Actor) -> bool:
    """Tell whether our node's own actor follows this one, which is a node's own actor too."""
    application = local.find(iris.NODE_HANDLE)
    relation = followers.between(application, actor) if application is not None else None
    return actor.type == "Application" and relation is not None and relation.state == "accepted"


def _followed() -> ColumnElement[bool]:
    follower = aliased(Actor)
    return exists().where(
        Follow.followed_id == Actor.id,
        Follow.state == "accepted",
        Follow.follower_id == follower.id,
        follower.local,
    )
