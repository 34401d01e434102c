"""Carry what waits in the deliveries: claim, sign afresh, send between transactions, settle."""

import logging
import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from actors import local, outbox, policy
from actors.database import session
from actors.leases import claim
from actors.models import Actor, Delivery, Host, Posted
from actors.node import node, now
from federation.client import Answer
from federation.errors import FederationError, Forbidden
from federation.signatures import Scheme, Signer

log = logging.getLogger(__name__)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 180, 360, 720))
EXPIRES_AFTER = timedelta(days=7)
JITTER = 0.2
AUTHENTICATION = frozenset({400, 401})
AUTHENTICATION_ATTEMPTS = 3
WORTH_RETRYING = frozenset({408, 425, 429})
BREAKER_FAILURES = 5
BREAKER_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (10, 30, 120, 720, 1440))
SCHEME_MEMORY = timedelta(days=30)


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
    """Make one attempt for up to `limit` due deliveries, and return for how many."""
    tickets = claim(Delivery, Delivery.state == "pending", *_first_in_line(), order=Delivery.id, limit=limit)
    session().commit()
    for number, lease in tickets:
        try:
            carry(number, lease)
        except Exception as error:
            session().rollback()
            log.exception("delivery %s", number)
            _put_back(number, lease, f"{type(error).__name__}: {error}")
    return len(tickets)


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
    """Try a delivery later that failed here, not there; the others of the same turn go on."""
    delivery = _held(number, lease)
    if delivery is not None:
        delivery.leased_until = delivery.lease = None
        _try_again(delivery, reason, None)
    session().commit()


def _first_in_line() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions: nothing earlier waits for the same object and host, and the host's breaker is shut.

    Create reaches a host before Update and Delete of the same object; between objects there is no order, and one
    activity goes to several inboxes of a host at once.
    """
    earlier = aliased(Delivery)
    waits_behind = exists().where(
        earlier.order_key == Delivery.order_key,
        earlier.host == Delivery.host,
        earlier.state == "pending",
        earlier.activity_id < Delivery.activity_id,
    )
    paused = exists().where(Host.name == Delivery.host, Host.closed_until > now())
    return ~waits_behind, ~paused


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
    host = session().get(Host, delivery.host)
    scheme: Scheme = "rfc9421" if host and _remembers(host) and host.signature_scheme == "rfc9421" else "cavage"
    return Parcel(number, lease, delivery.inbox, delivery.host, posted.body.encode(), local.signer_of(actor), scheme)


def _remembers(host: Host) -> bool:
    return host.scheme_learnt_at is not None and host.scheme_learnt_at > now() - SCHEME_MEMORY


def _settle(parcel: Parcel, result: Answer | FederationError) -> None:
    delivery = _held(parcel.number, parcel.lease)
    if delivery is None:
        return
    delivery.leased_until = delivery.lease = None
    host = _host(parcel.host)
    if isinstance(result, Answer):
        delivery.last_status = result.status
        if 200 <= result.status < 300:
            _close(delivery, "delivered", f"{result.status} ({result.scheme})")
            _note_success(host, result.scheme)
            return
        reason, retry_after = f"{result.status}: {_excerpt(result.body)}", result.retry_after
        permanent = _is_permanent(result.status, delivery.attempts)
        unanswered = result.status >= 500
    else:
        reason, retry_after = f"{type(result).__name__}: {result}", result.retry_after
        permanent, unanswered = isinstance(result, Forbidden), not isinstance(result, Forbidden)
    if permanent:
        _close(delivery, "refused", reason)
    else:
        _try_again(delivery, reason, retry_after)
    if unanswered:
        _note_failure(host)


def _is_permanent(status: int, attempts: int) -> bool:
    """Tell whether an answer is a refusal for good (`reference/protocol.md` §3.3)."""
    if status in AUTHENTICATION:
        return attempts >= AUTHENTICATION_ATTEMPTS
    return (status < 500 and status not in WORTH_RETRYING) or status == 501


def _try_again(delivery: Delivery, reason: str, retry_after: int | None) -> None:
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


def _host(name: str) -> Host:
    """Return what we know of a host, locked for the transaction; another carrier may write its first row just now."""
    found = session().get(Host, name, with_for_update=True)
    if found is None:
        with suppress(IntegrityError), session().begin_nested():
            session().add(Host(name=name, failures=0))
        found = session().get_one(Host, name, with_for_update=True)
    return found


def _note_success(host: Host, scheme: str) -> None:
    host.failures, host.closed_until, host.last_success_at = 0, None, now()
    host.signature_scheme, host.scheme_learnt_at = scheme, now()


def _note_failure(host: Host) -> None:
    """Count a failure; after five in a row nothing is sent for a while, longer each time."""
    host.failures += 1
    host.last_failure_at = now()
    if host.failures >= BREAKER_FAILURES:
        step = min(host.failures - BREAKER_FAILURES, len(BREAKER_PAUSES) - 1)
        host.closed_until = now() + BREAKER_PAUSES[step]


def _excerpt(body: bytes) -> str:
    text = body[:200].decode("utf-8", "replace")
    return "".join(character if character.isprintable() else " " for character in text)


def retry_now(condition: ColumnElement[bool]) -> int:
    """Make pending deliveries due at once, with their hosts' breakers open again, and return how many."""
    rows = session().scalars(select(Delivery).where(Delivery.state == "pending", condition)).all()
    for delivery in rows:
        delivery.due_at, delivery.leased_until, delivery.lease = now(), None, None
    hosts = session().scalars(
        select(Host).where(Host.name.in_({row.host for row in rows}), Host.closed_until.is_not(None))
    )
    for host in hosts:
        host.closed_until, host.failures = None, 0
    session().flush()
    return len(rows)
