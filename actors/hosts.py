"""What we know of the servers that we deliver to: whether they answer, and what is owed to one that is back."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from actors.database import session
from actors.models import Delivery, Host
from actors.node import now
from federation.activities import host_of

BREAKER_FAILURES = 5
BREAKER_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (10, 30, 120, 720, 1440))
FAILING_DAYS = 7
"""After failures on so many different days nothing is written for a host any more, until it writes to us."""
HEARD_EVERY = timedelta(minutes=5)
"""How exactly it is noted when a host last wrote: each letter would be one more write."""


def within_reach(inboxes: Iterable[str]) -> set[str]:
    """Return the inboxes for which deliveries are written, and make their hosts known.

    Nothing is written for a host that was away too long; that it missed something is noted. Only hosts to which
    something of ours goes get a row: names in what strangers send make none (CVE-2026-69132).
    """
    wanted = {inbox: host_of(inbox) for inbox in inboxes}
    names = set(wanted.values())
    _meet(names)
    away = set(session().scalars(select(Host.name).where(Host.name.in_(names), Host.unavailable_at.is_not(None))))
    if away:
        session().execute(update(Host).where(Host.name.in_(away), Host.missed_at.is_(None)).values(missed_at=now()))
    return {inbox for inbox, name in wanted.items() if name not in away}


def locked(name: str) -> Host:
    """Return what we know of a host, locked for the transaction."""
    _meet({name})
    return session().get_one(Host, name, with_for_update=True, populate_existing=True)


def _meet(names: set[str]) -> None:
    """Give hosts a row that have none; another transaction may do the same just now."""
    strange = sorted(names - set(session().scalars(select(Host.name).where(Host.name.in_(names)))))
    if not strange:
        return
    insert = postgresql.insert if session().get_bind(mapper=Host).dialect.name == "postgresql" else sqlite.insert
    statement = insert(Host).on_conflict_do_nothing()
    session().execute(statement, [{"name": name, "failures": 0, "signature_scheme": "cavage"} for name in strange])


def note_success(host: Host, scheme: str) -> None:
    """A delivery arrived: the host is well, and reads this way of signing."""
    note_answer(host)
    host.last_success_at = host.scheme_learnt_at = now()
    host.signature_scheme = scheme


def note_answer(host: Host, hold: timedelta | None = None) -> None:
    """A host answered, if only to refuse: it is up. With `hold` it asked to be left alone for so long (429)."""
    _recover(host)
    host.closed_until = now() + hold if hold else None


def note_failure(host: Host) -> bool:
    """Count a failed attempt, and tell whether the host is away for good with it.

    After five in a row nothing is sent for a while, longer each time; then one delivery is a probe. On the seventh
    different day with a failure, by our calendar in UTC, we stop.
    """
    moment = now()
    host.failures += 1
    if host.failing_days == 0 or host.last_failure_at is None or host.last_failure_at.date() != moment.date():
        host.failing_days += 1
    host.failing_since = host.failing_since or moment
    host.last_failure_at = moment
    if host.failures >= BREAKER_FAILURES:
        step = min(host.failures - BREAKER_FAILURES, len(BREAKER_PAUSES) - 1)
        host.closed_until = moment + BREAKER_PAUSES[step]
    if host.failing_days >= FAILING_DAYS and host.unavailable_at is None:
        host.unavailable_at = moment
        return True
    return False


def heard_from(name: str) -> bool:
    """Note that a host wrote a letter that was verified: it is up. Tell whether it was away, and missed something or
    may have been missed.
    """
    host = session().get(Host, name)
    if host is None:
        return False
    troubled = host.failures or host.closed_until or host.unavailable_at or host.missed_at
    if not troubled and host.last_letter_at is not None and host.last_letter_at > now() - HEARD_EVERY:
        return False
    was_away = host.missed_at is not None or host.failures >= BREAKER_FAILURES
    _recover(host)
    host.last_letter_at, host.missed_at = now(), None
    return was_away


def pause(name: str) -> bool:
    """Have the deliveries to a host wait until `resume`; False when nothing was ever sent there."""
    return _set_paused(name, now())


def resume(name: str) -> bool:
    """End a pause; False when nothing was ever sent there."""
    return _set_paused(name, None)


def reopen(names: Iterable[str]) -> None:
    """Try hosts again at once that are held, or were away."""
    for host in session().scalars(select(Host).where(Host.name.in_(set(names))).order_by(Host.name)):
        _recover(host)
    session().flush()


def overview() -> list[tuple[Host, int, datetime | None]]:
    """Return every host with how many deliveries wait for it and when the next is due, the busiest first."""
    waiting = (
        select(Delivery.host, func.count().label("count"), func.min(Delivery.due_at).label("next"))
        .where(Delivery.state == "pending")
        .group_by(Delivery.host)
        .subquery()
    )
    query = (
        select(Host, func.coalesce(waiting.c.count, 0), waiting.c.next)
        .outerjoin(waiting, waiting.c.host == Host.name)
        .order_by(func.coalesce(waiting.c.count, 0).desc(), Host.name)
    )
    return [(host, count, following) for host, count, following in session().execute(query)]


def _recover(host: Host) -> None:
    host.failures = host.failing_days = 0
    host.closed_until = host.failing_since = host.unavailable_at = None


def _set_paused(name: str, moment: datetime | None) -> bool:
    result = session().execute(update(Host).where(Host.name == name).values(paused_at=moment))
    return bool(getattr(result, "rowcount", 0))
