"""Whose turn it is: one delivery at a time, so that no host gets too much at once and none keeps others waiting.

Decided while no other claim of deliveries is under way (`actors/leases.py`), over all threads, processes and machines
that work on one database: what is counted here is exact.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from actors.database import reading, session
from actors.leases import claim, is_free, wait_for_turn
from actors.models import Delivery, Host
from actors.node import node, now

PER_MINUTE = 300
"""How many deliveries a host gets in a minute: a worker that stood still for a day does not overrun anybody."""
MINUTE = timedelta(minutes=1)


def next_ticket() -> tuple[int, str] | None:
    """Claim the delivery whose turn it is, and return its id with the lease's token; it commits.

    Who looks and finds nothing to do holds nobody up: SQLite's one write lock is only taken to claim.
    """
    with reading():
        if _next_host() is None:
            return None
    wait_for_turn(Delivery)
    name, tickets = _next_host(), []
    if name is not None:
        conditions = (Delivery.host == name, Delivery.state == "pending", ~waits_behind())
        tickets = claim(Delivery, *conditions, order=Delivery.id, limit=1)
    if tickets:
        _note_service(session().get_one(Host, name, populate_existing=True))
    session().commit()
    return tickets[0] if tickets else None


def waits_behind() -> ColumnElement[bool]:
    """Return the condition that something earlier waits for the same object and host.

    Create reaches a host before Update and Delete of the same object; between objects there is no order, and one
    activity goes to several inboxes of a host at once.
    """
    earlier = aliased(Delivery)
    return exists().where(
        earlier.order_key == Delivery.order_key,
        earlier.host == Delivery.host,
        earlier.state == "pending",
        earlier.activity_id < Delivery.activity_id,
    )


def _next_host() -> str | None:
    """Return the host that was served longest ago of those that may be served now."""
    longest_ago = _hosts_that_may_be_served().order_by(Host.served_at.asc().nulls_first(), Host.name)
    return session().scalar(longest_ago.limit(1))


def _hosts_that_may_be_served() -> Select[str]:
    """Return the query of hosts for which something is due and which may be given it now.

    A host that failed the last time gets one delivery at a time, which is its probe once the breaker has opened; all
    such hosts together never hold more than half of a worker's carriers, so that dead hosts delay no healthy one.
    """
    moment, flying = now(), _in_flight()
    slow = sum(count for count, failures in flying.values() if failures)
    full = [name for name, (count, failures) in flying.items() if failures or count >= node().deliveries_per_host]
    query = select(Host.name).where(
        Host.paused_at.is_(None),
        or_(Host.closed_until.is_(None), Host.closed_until <= moment),
        or_(Host.minute_began_at.is_(None), Host.minute_began_at <= moment - MINUTE, Host.minute_count < PER_MINUTE),
        Host.name.not_in(full),
        exists().where(Delivery.host == Host.name, Delivery.state == "pending", is_free(Delivery), ~waits_behind()),
    )
    return query.where(Host.failures == 0) if slow >= max(1, node().carriers // 2) else query


def _in_flight() -> dict[str, tuple[int, int]]:
    """Return how many deliveries each host has in somebody's hands, and how often it failed of late."""
    rows = session().execute(
        select(Delivery.host, func.count(), func.max(Host.failures))
        .join(Host, Host.name == Delivery.host)
        .where(Delivery.leased_until >= now(), Delivery.state == "pending")
        .group_by(Delivery.host)
    )
    return {name: (count, failures) for name, count, failures in rows}


def _note_service(host: Host) -> None:
    moment = now()
    if host.minute_began_at is None or host.minute_began_at <= moment - MINUTE:
        host.minute_began_at, host.minute_count = moment, 0
    host.served_at, host.minute_count = moment, host.minute_count + 1
