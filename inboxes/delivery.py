"""Carry what waits in the deliveries: claim, sign afresh, send between transactions, settle."""

import logging
import random
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select

from actors import followers, hosts, outbox, policy, rotation
from actors.database import session
from actors.models import Actor, Delivery, Host, Posted
from actors.node import node, now
from federation.errors import FederationError
from federation.exchanged import Answer
from federation.signatures import Scheme, Signer
from inboxes import dialects, polling
from inboxes.answers import GONE, Meaning, meaning
from inboxes.turns import next_ticket

log = logging.getLogger(__name__)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 180, 360, 720))
EXPIRES_AFTER = timedelta(days=7)
JITTER = 0.2
SCHEME_MEMORY = timedelta(days=30)
HELD_WITHOUT_A_WORD = timedelta(seconds=45)
"""For how long a host is left alone that answers 429 and does not say for how long; shorter than any first pause."""


@dataclass(frozen=True)
class Parcel:
    """What one attempt needs, read from the database before the network is used."""

    number: int
    lease: str
    inbox: str
    host: str
    body: bytes
    signer: Signer
    scheme: Scheme


def carry_due(limit: int = 10) -> int:
    """Make one attempt for up to `limit` due deliveries, one after the other, and return for how many.

    Each is claimed when its turn comes: none waits in a hand that is held up by a slow server.
    """
    for done in range(limit):
        ticket = next_ticket()
        if ticket is None:
            return done
        number, lease = ticket
        try:
            carry(number, lease)
        except Exception as error:
            session().rollback()
            log.exception("delivery %s", number)
            _put_back(number, lease, f"{type(error).__name__}: {error}")
    return limit


def carry(number: int, lease: str) -> None:
    """Make one attempt for a claimed delivery and write down what came of it."""
    parcel = _parcel(number, lease)
    session().commit()
    if parcel is None:
        return
    result: Answer | FederationError
    try:
        result = node().client.post_activity(parcel.inbox, parcel.body, signer=parcel.signer, scheme=parcel.scheme)
    except FederationError as error:
        result = error
    _settle(parcel, result)
    session().commit()


def _held(number: int, lease: str) -> Delivery | None:
    """Return the delivery if the lease on it is still ours, locked for the transaction."""
    query = select(Delivery).where(Delivery.id == number, Delivery.lease == lease, Delivery.state == "pending")
    return session().scalar(query.with_for_update())


def _put_back(number: int, lease: str, reason: str) -> None:
    """Try a delivery later that failed here, not there; the others go on."""
    delivery = _held(number, lease)
    if delivery is not None:
        _try_again(delivery, reason, None)
    session().commit()


def _parcel(number: int, lease: str) -> Parcel | None:
    """Read what an attempt needs; a delivery to a host blocked since ends here."""
    found = (
        session()
        .execute(
            select(Delivery, Posted, Actor)
            .join(Posted, Posted.id == Delivery.activity_id)
            .join(Actor, Actor.id == Posted.actor_id)
            .where(Delivery.id == number, Delivery.lease == lease, Delivery.state == "pending")
        )
        .first()
    )
    if found is None:
        return None
    delivery, posted, actor = found
    if policy.is_blocked(delivery.inbox):
        _close(delivery, "cancelled", "the host is blocked")
        return None
    signer = rotation.signer_for(actor, delivery.host)
    host = session().get(Host, delivery.host)
    scheme: Scheme = "rfc9421" if host and _remembers(host) and host.signature_scheme == "rfc9421" else "cavage"
    return Parcel(number, lease, delivery.inbox, delivery.host, dialects.body_of(posted, delivery), signer, scheme)


def _remembers(host: Host) -> bool:
    return host.scheme_learnt_at is not None and host.scheme_learnt_at > now() - SCHEME_MEMORY


def _settle(parcel: Parcel, result: Answer | FederationError) -> None:
    delivery = _held(parcel.number, parcel.lease)
    if delivery is None:
        return
    host = hosts.locked(parcel.host)
    missing = isinstance(result, Answer) and result.status in GONE
    personal = missing and followers.is_personal_inbox(delivery.inbox)
    found = meaning(result, personal=personal, knocks=delivery.knocks)
    if isinstance(result, Answer):
        delivery.last_status = result.status
    delivery.knocks += found.knock
    if found.verdict == "again":
        _try_again(delivery, found.reason, result.retry_after)
    else:
        _close(delivery, found.verdict, found.reason)
    if found.recipient:
        followers.lose(delivery.inbox, gone=found.recipient == "gone")
    _note(host, result, found)


def _note(host: Host, result: Answer | FederationError, found: Meaning) -> None:
    """Write down what an attempt says of the whole host."""
    if found.failed:
        if hosts.note_failure(host):
            _give_up(host)
    elif not isinstance(result, Answer):
        return
    elif found.verdict == "delivered":
        if host.failures >= hosts.BREAKER_FAILURES:
            polling.poll_host_soon(host.name)
        hosts.note_success(host, result.scheme)
    elif result.status == 429:
        hosts.note_answer(host, timedelta(seconds=result.retry_after) if result.retry_after else HELD_WITHOUT_A_WORD)
    else:
        hosts.note_answer(host)


def _give_up(host: Host) -> None:
    """Let expire what waits for a host that failed on too many days; it misses that."""
    query = select(Delivery).where(Delivery.host == host.name, Delivery.state == "pending").order_by(Delivery.id)
    for delivery in session().scalars(query.with_for_update()):
        _close(delivery, "expired", f"{host.name} does not answer")
        host.missed_at = host.missed_at or now()
    log.warning("%s failed on %s days: nothing is written for it before it writes to us", host.name, host.failing_days)


def _try_again(delivery: Delivery, reason: str, retry_after: int | None) -> None:
    delivery.leased_until = delivery.lease = None
    if now() - delivery.created_at >= EXPIRES_AFTER:
        _close(delivery, "expired", reason)
        return
    pause = RETRIES[min(delivery.attempts, len(RETRIES)) - 1]
    pause *= random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
    if retry_after is not None:
        pause = max(pause, timedelta(seconds=retry_after))
    delivery.due_at, delivery.outcome = now() + pause, reason[:500]


def _close(delivery: Delivery, state: str, outcome: str) -> None:
    delivery.state, delivery.outcome, delivery.settled_at = state, outcome[:500], now()
    delivery.leased_until = delivery.lease = None
    outbox.empty_retracted(delivery.activity)
    log.info("delivery %s to %s: %s (%s)", delivery.id, delivery.inbox, state, outcome)


def retry_now(condition: ColumnElement[bool]) -> int:
    """Make pending deliveries due at once, with their hosts held no longer, and return how many.

    One that is under way just now stays in the hands of who has it.
    """
    query = select(Delivery).where(Delivery.state == "pending", condition).order_by(Delivery.id)
    rows = session().scalars(query.with_for_update()).all()
    for delivery in rows:
        delivery.due_at = now()
    hosts.reopen(row.host for row in rows)
    session().flush()
    return len(rows)


def forget_host(name: str) -> int:
    """Call back what waits for a host, forget how it did, and return how many deliveries that ended."""
    query = select(Delivery).where(Delivery.host == name, Delivery.state == "pending").order_by(Delivery.id)
    rows = session().scalars(query.with_for_update()).all()
    for delivery in rows:
        _close(delivery, "cancelled", "the host was forgotten")
    session().execute(delete(Host).where(Host.name == name))
    session().flush()
    return len(rows)
