"""Open the letters that wait: claim one, find its function, run it in one transaction, write down the outcome."""

import logging
import time
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from actors import iris, local, policy, remote, rotation
from actors.database import reading, session
from actors.leases import claim, wait_for_turn
from actors.models import Actor, Posted
from actors.node import node, now
from federation.activities import Activity, Document, host_of, parse, refuse_keywords, type_of, visibility
from federation.errors import FederationError, Refused, TooMany, Unreachable
from federation.signatures import Signer
from inboxes.models import Letter
from inboxes.registry import (
    ITSELF,
    RELAYED,
    UNKNOWN,
    WITH_TARGET,
    Context,
    Ignored,
    Wanted,
    claimed,
    handler_for,
    type_finders,
)

log = logging.getLogger(__name__)
MAX_DOCUMENTS = 6
"""How many documents one letter may make us fetch."""
RETRY_EVERY = timedelta(minutes=5)
MAX_ATTEMPTS = 8
HANDS_PER_HOST = 2
"""How many turns of workers may be at letters of one host at the same time."""
TURN_SECONDS = 5.0
"""After how long a worker gives back the letters of a turn that it did not come to."""


def open_due(limit: int = 20) -> int:
    """Open up to `limit` waiting letters, oldest first, and return how many.

    They are claimed together, since a claim costs as much as opening one; what would have to wait too long behind one
    that makes us fetch is given back, for another worker or the next turn.
    """
    tickets = _claim(limit)
    session().commit()
    deadline = time.monotonic() + min(TURN_SECONDS, node().lease.total_seconds() / 2)
    for position, (number, lease) in enumerate(tickets):
        if time.monotonic() > deadline:
            _give_back([number for number, _ in tickets[position:]], lease)
            return position
        open_letter(number, lease)
    return len(tickets)


def _claim(limit: int) -> list[tuple[int, str]]:
    """Claim one letter whose worker was killed, or else several that nobody had: one that kills takes none along."""
    wait_for_turn(Letter)
    waiting = (Letter.state == "waiting", ~_waits_behind(), *_not_of(_crowding_hosts()))
    interrupted = claim(Letter, *waiting, Letter.leased_until.is_not(None), order=Letter.id, limit=1)
    return interrupted or claim(Letter, *waiting, Letter.leased_until.is_(None), order=Letter.id, limit=limit)


def _crowding_hosts() -> list[str]:
    """Return the hosts whose letters are in as many hands as one host may have.

    A host whose letters make us fetch what takes for ever does not keep those of all others waiting.
    """
    query = (
        select(Actor.host)
        .join(Letter, Letter.sender_id == Actor.id)
        .where(Letter.state == "waiting", Letter.leased_until >= now())
        .group_by(Actor.host)
        .having(func.count(Letter.lease.distinct()) >= HANDS_PER_HOST)
    )
    return list(session().scalars(query))


def _not_of(hosts: list[str]) -> list[ColumnElement[bool]]:
    return [Letter.sender_id.not_in(select(Actor.id).where(Actor.host.in_(hosts)))] if hosts else []


def _waits_behind() -> ColumnElement[bool]:
    """Return the condition that an earlier letter of the same sender is in some worker's hands, or not yet due.

    Two workers never turn Follow and Undo, or Create and Update, around: one worker has all of a sender's letters
    that are under way, and opens them in their order. A letter that is to be tried again later holds nobody up.
    """
    earlier = aliased(Letter)
    return exists().where(
        earlier.sender_id == Letter.sender_id,
        earlier.state == "waiting",
        earlier.id < Letter.id,
        or_(earlier.leased_until.is_not(None), and_(earlier.attempts == 0, earlier.due_at > now())),
    )


def _give_back(numbers: list[int], lease: str) -> None:
    """Let others have claimed letters that we did not come to."""
    session().execute(
        update(Letter)
        .where(Letter.id.in_(numbers), Letter.lease == lease, Letter.state == "waiting")
        .values(leased_until=None, lease=None, attempts=Letter.attempts - 1)
        .execution_options(synchronize_session=False)
    )
    session().commit()


def open_letter(number: int, lease: str) -> None:
    """Run the function for one claimed letter, fetching between its runs what it asks for."""
    fetched: dict[str, Document | FederationError] = {}
    while True:
        try:
            outcome = _run(number, lease, fetched)
        except Wanted as wish:
            session().rollback()
            if len(fetched) >= MAX_DOCUMENTS:
                _settle(number, lease, "failed", "asked for too many documents")
                return
            fetched[wish.iri] = _fetch(wish, number)
            continue
        except Ignored as reason:
            session().rollback()
            _settle(number, lease, "ignored", str(reason))
            return
        except (Unreachable, TooMany) as error:
            session().rollback()
            _put_back(number, lease, str(error))
            return
        except FederationError as error:
            session().rollback()
            _settle(number, lease, "failed", f"{type(error).__name__}: {error}")
            return
        except Exception as error:
            session().rollback()
            log.exception("letter %s", number)
            _put_back(number, lease, f"{type(error).__name__}: {error}")
            return
        log.info("letter %s: %s", number, outcome)
        return


def _run(number: int, lease: str, fetched: dict[str, Document | FederationError]) -> str:
    """Run the handler and write its outcome, in one transaction."""
    letter = _held(number, lease)
    if letter is None:
        return "taken by another worker"
    if letter.attempts > MAX_ATTEMPTS:
        raise Refused("no worker that opened it came back")
    activity = parse(letter.body.encode("utf-8"))
    relayed = letter.way == RELAYED
    if letter.sender.iri != activity.actor and not relayed:
        raise Refused("the letter does not carry its verified sender")
    _check_standing(letter.sender, activity)
    if relayed:
        activity = Activity(activity.id, activity.type, letter.sender.iri, activity.object_id, {})
    handler = None if relayed else claimed(activity, letter.sender)
    handler = handler or handler_for(activity.type, RELAYED if relayed else object_type(activity, letter.sender))
    if handler is None:
        raise Ignored(f"{activity.type} is not handled here")
    outcome = handler(Context(letter, activity, letter.sender, fetched))
    _close(letter, "done", outcome)
    session().commit()
    return outcome


def _check_standing(sender: Actor, activity: Activity) -> None:
    """Look again at who speaks: the letter may have waited while its sender was blocked, suspended or deleted."""
    if sender.suspended_at is not None or policy.is_blocked(sender.iri):
        raise Ignored("the sender is suspended or on a blocked host")
    if sender.gone_at is not None and activity.type != "Delete":
        raise Ignored("the sender is gone")


def object_type(activity: Activity, sender: Actor) -> str:
    """Return the type of what an activity is about: as embedded, else as we know the thing under its id."""
    if activity.type == "Delete" and activity.target_id is not None:
        return WITH_TARGET
    if activity.object_id == sender.iri:
        return ITSELF
    if found := type_of(activity.object):
        return found
    iri = activity.object_id
    known = session().scalar(select(Posted.type).where(Posted.iri == iri)) or session().scalar(
        select(Letter.type).where(Letter.iri == iri, Letter.sender_id == sender.id)
    )
    if known or iri is None:
        return known or UNKNOWN
    return next((name for find_type in type_finders if (name := find_type(iri))), UNKNOWN)


def _fetch(wish: Wanted, number: int) -> Document | FederationError:
    """Fetch a document for a handler, as one who may read it; a refusal is a value here, not the end."""
    try:
        with reading():
            if policy.is_blocked(wish.iri):
                raise Refused(f"{wish.iri} is on a blocked host")
            sender = session().scalar(select(Actor.host).join(Letter).where(Letter.id == number)) or ""
        if iris.is_ours(wish.iri):
            raise Refused(f"{wish.iri} is ours and is not there")
        if not node().rates.allow("fetches for a host", sender):
            raise TooMany(f"letters of {sender} made us fetch too much")
        if wish.actor:
            return remote.fetch_actor(wish.iri)
        document = node().client.fetch_activity(wish.iri, signer=_signer(number, wish.iri)).document
        refuse_keywords(document)
        return document
    except FederationError as error:
        return error


def _signer(number: int, iri: str) -> Signer:
    """Return who asks for what a letter names: the node's own actor, or the first reader of one that is not public."""
    with reading():
        letter = session().get(Letter, number)
        readers = sorted(letter.readers, key=lambda reader: reader.actor_id) if letter is not None else []
        if letter is not None and readers and letter.body:
            document = parse(letter.body.encode("utf-8")).document
            if visibility(document) == "limited" and readers[0].actor.gone_at is None:
                return rotation.signer_for(readers[0].actor, host_of(iri))
        return rotation.signer_for(local.application(), host_of(iri))


def _held(number: int, lease: str) -> Letter | None:
    """Return the letter if the lease on it is still ours, locked for the transaction so that nobody takes it over."""
    query = select(Letter).where(Letter.id == number, Letter.lease == lease, Letter.state == "waiting")
    return session().scalar(query.with_for_update())


def _settle(number: int, lease: str, state: str, outcome: str) -> None:
    letter = _held(number, lease)
    if letter is not None:
        _close(letter, state, outcome)
        log.info("letter %s: %s (%s)", letter.iri, state, outcome)
    session().commit()


def _close(letter: Letter, state: str, outcome: str) -> None:
    """Write down what came of a letter; what it said stays only where it failed, for an admin to see why."""
    letter.state, letter.outcome, letter.settled_at = state, outcome[:500], now()
    if state != "failed":
        letter.body = ""


def _put_back(number: int, lease: str, reason: str) -> None:
    """Try again later; after the last attempt the letter stays as failed, for an admin to see."""
    letter = _held(number, lease)
    if letter is not None and letter.attempts >= MAX_ATTEMPTS:
        _close(letter, "failed", reason)
    elif letter is not None:
        letter.due_at = now() + RETRY_EVERY * 2 ** min(letter.attempts - 1, 6)
        letter.leased_until, letter.lease, letter.outcome = None, None, reason[:500]
    session().commit()
