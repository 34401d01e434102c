"""Receiving a letter: one straight function for the shared inbox and for every personal one.

The order is that of `reference/protocol.md` §4.2: cheap refusals first, then the signature, then who may say this,
and only then a row. Nothing is stored, and nothing fetched but the sender's key, before the signature holds.
"""

import logging

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from actors import hosts, iris, policy, remote
from actors.authentication import Sender, authenticate
from actors.database import reading, session
from actors.models import Actor
from actors.node import node, now
from federation import signatures
from federation.activities import Activity, host_of, parse, recipients, same_origin
from federation.errors import BadSignature, Busy, FederationError, Gone, Refused, TooMany
from federation.signatures import Received
from inboxes.anew import counts_again, signed_at
from inboxes.models import Letter, LetterReader

log = logging.getLogger(__name__)
ABOUT_ONESELF = frozenset({"Delete", "Update"})
STORING_TRIES = 3


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
    if not node().rates.allow("inbox", address):
        raise TooMany(f"{address} is over its rate", retry_after=node().rates.seconds_until_free("inbox", address))
    activity = parse(request.body)
    claimed_key = _claimed_key(request)
    with reading():
        if policy.is_blocked(activity.actor, activity.id, *([claimed_key] if claimed_key else [])):
            raise Refused(f"{host_of(activity.actor)} is blocked")
        if _about_a_stranger(activity):
            return "skipped"
    key_iri = signatures.check(request, now=now())
    _bind(activity, key_iri)
    sender = _authenticate(request, activity, key_iri, address)
    return _store(activity, sender, request, owner_id)


def _claimed_key(request: Received) -> str | None:
    try:
        return signatures.key_id_of(request)
    except FederationError:
        return None


def _about_a_stranger(activity: Activity) -> bool:
    """Tell whether someone we never met deletes or updates itself: nothing to do, and no key worth a fetch."""
    about_itself = activity.type in ABOUT_ONESELF and activity.object_id == activity.actor
    return about_itself and remote.find(activity.actor) is None


def _bind(activity: Activity, key_iri: str) -> None:
    """Check that key, actor and activity are of one origin; what others relay is not believed.

    Raises:
        BadSignature: they are not.
        Refused: the letter speaks for one of ours.
    """
    if iris.is_ours(activity.actor) or iris.is_ours(activity.id):
        raise Refused("nobody outside speaks for an actor of this node")
    if not same_origin(key_iri, activity.actor, activity.id):
        raise BadSignature(f"{key_iri} does not speak for {activity.actor} ({activity.id})")


def _authenticate(request: Received, activity: Activity, key_iri: str, address: str) -> Sender:
    """Verify the signature; an actor that deletes itself and is gone at its own address needs no key any more."""
    try:
        return authenticate(request, key_iri, claimed=activity.actor, address=address)
    except BadSignature as error:
        if _confirms_departure(error, activity, key_iri):
            return Sender(activity.actor, key_iri, None)
        raise


def _confirms_departure(error: BadSignature, activity: Activity, key_iri: str) -> bool:
    """Tell whether an actor that deletes itself is gone at its own address: then its key is not needed."""
    deletes_itself = activity.type == "Delete" and activity.object_id == activity.actor
    return deletes_itself and isinstance(error.__cause__, Gone) and key_iri.partition("#")[0] == activity.actor


def _store(activity: Activity, sender: Sender, request: Received, owner_id: int | None) -> str:
    """Write the letter, or the new reader of one that we have, and commit.

    Two first letters of one stranger may meet here on PostgreSQL: the one that loses finds the other's rows at its
    next try. Nothing is answered 202 that was not committed.
    """
    for _ in range(STORING_TRIES):
        try:
            outcome = _write(activity, sender, request, owner_id)
            session().commit()
            return outcome
        except IntegrityError as error:
            session().rollback()
            log.info("storing %s met another request: %s", activity.id, error.orig)
        except BaseException:
            session().rollback()
            raise
    raise Busy(f"{activity.id} could not be stored", retry_after=60)


def _write(activity: Activity, sender: Sender, request: Received, owner_id: int | None) -> str:
    actor = remote.remember(sender.document) if sender.document else remote.find(sender.iri)
    if actor is None or actor.suspended_at is not None or (actor.gone_at is not None and activity.type != "Delete"):
        return "dropped"
    letter = session().scalar(select(Letter).where(Letter.iri == activity.id, Letter.sender_id == actor.id))
    outcome = "stored" if letter is None else "known"
    if letter is None:
        letter = Letter(
            iri=activity.id,
            type=activity.type,
            object_iri=activity.object_id,
            sender_id=actor.id,
            key_iri=sender.key_iri,
            body=request.body.decode("utf-8"),
            signed_at=signed_at(request),
            received_at=now(),
            due_at=now(),
        )
        session().add(letter)
        session().flush()
    elif activity.type == "Follow" and activity.object_id == letter.object_iri and counts_again(letter, request):
        letter.body = request.body.decode("utf-8")
        letter.state, letter.settled_at, letter.attempts = "waiting", None, 0
        letter.signed_at = signed_at(request)
        letter.received_at = letter.due_at = now()
    _add_readers(letter, activity, owner_id)
    hosts.heard_from(host_of(sender.iri))
    return outcome


def _add_readers(letter: Letter, activity: Activity, owner_id: int | None) -> None:
    named = [iri for iri in recipients(activity.document) if iris.is_ours(iri)]
    readers = set(session().scalars(select(Actor.id).where(Actor.local, Actor.iri.in_(named)))) if named else set()
    readers |= {owner_id} if owner_id is not None else set()
    present = set(session().scalars(select(LetterReader.actor_id).where(LetterReader.letter_id == letter.id)))
    session().add_all(LetterReader(letter_id=letter.id, actor_id=reader) for reader in sorted(readers - present))
    session().flush()
