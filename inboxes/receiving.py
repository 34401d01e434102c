"""Receiving a letter: one straight function for the shared inbox and for every personal one.

The order is that of `reference/protocol.md` §4.2: cheap refusals first, then the signature, then who may say this,
and only then a row. Nothing is stored, and nothing fetched but the sender's key, before the signature holds.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from actors import hosts, iris, policy, remote, tombstones
from actors.authentication import Sender, authenticate, fetch_within_budget
from actors.database import reading, session
from actors.kept_keys import find_key
from actors.models import Actor
from actors.node import node, now
from actors.vouching import check_proof
from federation import signatures
from federation.activities import Activity, Document, host_of, parse, recipients, same_origin
from federation.errors import BadSignature, Busy, FederationError, Gone, Refused
from federation.signatures import Received
from inboxes import limiting, polling
from inboxes.anew import ENDINGS, counts_again, signed_at
from inboxes.models import PUSHED, RELAYED, Letter, LetterReader
from inboxes.relaying import relayer_of, vouched_sender

log = logging.getLogger(__name__)
ABOUT_ONESELF = frozenset({"Delete", "Update"})
STORING_TRIES = 3


@dataclass(frozen=True)
class Arrival:
    """A letter that is verified and not yet stored."""

    activity: Activity
    sender: Sender
    body: bytes
    signed_at: datetime
    """When its sender signed it: the request, or the letter itself where somebody else brought it."""
    host: str
    """The host that brought it."""
    owner_id: int | None
    way: str = PUSHED


def receive(request: Received, *, address: str, owner_id: int | None) -> str:
    """Take one letter, and return in a word what became of it: `stored`, `known`, `skipped` or `dropped`.

    The caller answers 202 to each of them. The letter is committed when this returns.

    Args:
        request: the request as it came in, with its body already limited in size.
        address: the network address of the caller, for its rate.
        owner_id: the row of the actor whose personal inbox it was sent to, or None for the shared inbox.

    Raises:
        FederationError: the letter is refused; nothing was written.
    """
    limiting.check_caller(address)
    activity = parse(request.body)
    claimed_key = _claimed_key(request)
    with reading():
        if policy.is_blocked(activity.actor, activity.id, *([claimed_key] if claimed_key else [])):
            raise Refused(f"{host_of(activity.actor)} is blocked")
        if _about_a_stranger(activity):
            return "skipped"
    limiting.check_sender(claimed_key or activity.actor, activity.actor)
    try:
        arrival = _verified(request, activity, address, owner_id)
    except BadSignature:
        limiting.count_bad(address)
        raise
    limiting.count_letter(arrival.sender, arrival.host)
    return _store(arrival)


def _verified(request: Received, activity: Activity, address: str, owner_id: int | None) -> Arrival:
    """Find out who signed, and whether that one may say this: its actor, or somebody who passes it on."""
    key_iri = signatures.check(request, now=now())
    _bind(activity)
    with reading():
        relayer = relayer_of(activity, key_iri)
    if relayer is not None:
        return _relayed(request, activity, key_iri, relayer, address, owner_id)
    if not same_origin(key_iri, activity.actor):
        raise BadSignature(f"{key_iri} does not speak for {activity.actor}")
    sender = _authenticate(request, activity, key_iri, address)
    return Arrival(activity, sender, request.body, signed_at(request), host_of(key_iri), owner_id)


def _claimed_key(request: Received) -> str | None:
    try:
        return signatures.key_id_of(request)
    except FederationError:
        return None


def _about_a_stranger(activity: Activity) -> bool:
    """Tell whether someone we never met deletes or updates itself: nothing to do, and no key worth a fetch."""
    about_itself = activity.type in ABOUT_ONESELF and activity.object_id == activity.actor
    return about_itself and remote.find(activity.actor) is None


def _bind(activity: Activity) -> None:
    """Check that actor and activity are of one origin, and not ours.

    Raises:
        BadSignature: they are not of one origin.
        Refused: the letter speaks for one of ours.
    """
    if iris.is_ours(activity.actor) or iris.is_ours(activity.id):
        raise Refused("nobody outside speaks for an actor of this node")
    if not same_origin(activity.actor, activity.id):
        raise BadSignature(f"{activity.id} is not of the server of {activity.actor}")


def _authenticate(request: Received, activity: Activity, key_iri: str, address: str) -> Sender:
    """Verify the signature, and the actor's own proof where the letter carries one.

    An actor that deletes itself and is gone at its own address needs no key any more.
    """
    try:
        sender = authenticate(request, key_iri, claimed=activity.actor, address=address)
        vouched = check_proof(activity.document, activity.actor, shown=sender.document, address=address)
    except BadSignature as error:
        if _confirms_departure(error, activity, key_iri):
            return Sender(activity.actor, key_iri, None)
        raise
    sender = replace(sender, document=vouched.document) if vouched is not None else sender
    if sender.document is None and activity.type != "Delete":
        return replace(sender, document=_back_again(sender, address))
    return sender


def _back_again(sender: Sender, address: str) -> Document | None:
    """Return the document of an actor whose inbox once answered 410, if it is there after all, with the same key.

    One who deleted itself does not come back so.
    """
    with reading():
        actor = remote.find(sender.iri)
        is_lost = actor is not None and actor.gone_at is not None and tombstones.find(actor.iri, actor) is None
        key = find_key(sender.key_iri) if is_lost else None
        pem = key.public_pem if key is not None else None
    if pem is None or not node().rates.allow("key refetch", f"{sender.iri} for {address}"):
        return None
    try:
        document = fetch_within_budget(sender.iri, address, remote.fetch_actor)
    except FederationError:
        return None
    return document if dict(remote.keys_of(document)).get(sender.key_iri) == pem else None


def _relayed(
    request: Received, activity: Activity, key_iri: str, relayer: str, address: str, owner_id: int | None
) -> Arrival:
    """Verify what somebody brings whom we follow: a letter of its actor, who vouches for it, or a mere hint."""
    sender = authenticate(request, key_iri, claimed=relayer, address=address)
    vouched = vouched_sender(activity, address=address)
    if vouched is not None and vouched.vouched_at is not None:
        return Arrival(activity, vouched, request.body, vouched.vouched_at, host_of(key_iri), owner_id)
    return Arrival(activity, sender, request.body, signed_at(request), host_of(key_iri), None, RELAYED)


def _confirms_departure(error: BadSignature, activity: Activity, key_iri: str) -> bool:
    """Tell whether an actor that deletes itself is gone at its own address: then its key is not needed."""
    deletes_itself = activity.type == "Delete" and activity.object_id == activity.actor
    return deletes_itself and isinstance(error.__cause__, Gone) and key_iri.partition("#")[0] == activity.actor


def _store(arrival: Arrival) -> str:
    """Write the letter, or the new reader of one that we have, and commit.

    Two first letters of one stranger may meet here on PostgreSQL: the one that loses finds the other's rows at its
    next try. Nothing is answered 202 that was not committed.
    """
    for _ in range(STORING_TRIES):
        try:
            outcome = _write(arrival)
            session().commit()
            return outcome
        except IntegrityError as error:
            session().rollback()
            log.info("storing %s met another request: %s", arrival.activity.id, error.orig)
        except BaseException:
            session().rollback()
            raise
    raise Busy(f"{arrival.activity.id} could not be stored", retry_after=60)


def _write(arrival: Arrival) -> str:
    activity, sender = arrival.activity, arrival.sender
    actor = remote.find(sender.iri)
    if sender.document and (actor is None or actor.suspended_at is None):
        actor = remote.remember(sender.document, confirmed=sender.key_iri)
    if actor is None or actor.suspended_at is not None or (actor.gone_at is not None and activity.type != "Delete"):
        return "dropped"
    letter = session().scalar(select(Letter).where(Letter.iri == activity.id, Letter.sender_id == actor.id))
    outcome = "stored" if letter is None else "known"
    if letter is None:
        letter = Letter(
            iri=activity.id,
            type=activity.type,
            way=arrival.way,
            object_iri=activity.object_id,
            sender_id=actor.id,
            key_iri=sender.key_iri,
            body=arrival.body.decode("utf-8"),
            signed_at=arrival.signed_at,
            received_at=now(),
            due_at=now(),
        )
        session().add(letter)
        session().flush()
    elif _repeats(letter, arrival):
        letter.body = arrival.body.decode("utf-8")
        letter.state, letter.settled_at, letter.attempts = "waiting", None, 0
        letter.signed_at = arrival.signed_at
        letter.received_at = letter.due_at = now()
    if arrival.way != RELAYED:
        _add_readers(letter, activity, arrival.owner_id)
    if hosts.heard_from(arrival.host):
        polling.poll_host_soon(arrival.host)
    return outcome


def _repeats(letter: Letter, arrival: Arrival) -> bool:
    """Tell whether a known letter counts again: a Follow or a Join of the same thing, by that actor itself."""
    if letter.way == RELAYED or arrival.way == RELAYED or arrival.activity.type not in ENDINGS:
        return False
    return arrival.activity.object_id == letter.object_iri and counts_again(letter, arrival.signed_at)


def _add_readers(letter: Letter, activity: Activity, owner_id: int | None) -> None:
    named = [iri for iri in recipients(activity.document) if iris.is_ours(iri)]
    readers = set(session().scalars(select(Actor.id).where(Actor.local, Actor.iri.in_(named)))) if named else set()
    readers |= {owner_id} if owner_id is not None else set()
    present = set(session().scalars(select(LetterReader.actor_id).where(LetterReader.letter_id == letter.id)))
    session().add_all(LetterReader(letter_id=letter.id, actor_id=reader) for reader in sorted(readers - present))
    session().flush()
