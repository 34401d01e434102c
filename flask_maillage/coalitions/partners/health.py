"""How it goes with a partner: the last letter each way, what waits, what failed, what its outbox gave."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from actors.database import session
from actors.models import Actor, Delivery, Host
from actors.node import now
from flask_maillage.coalitions.partners import partnership
from flask_maillage.coalitions.partners.models import Partner
from inboxes.models import POLLED, Letter, Polling

RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Health:
    """What rows tell of the exchange with one host."""

    reads_us: str | None
    """State of its Follow of ours: `accepted`, `pending`, `rejected`, or None."""
    we_read: str | None
    """State of our Follow of it."""
    host: Host | None
    waiting: int
    next_try: datetime | None
    refused: int
    """Deliveries of the last week that it refused, or that ran out of time."""
    last_letter: datetime | None
    """When it last wrote by itself, as far as letters are kept."""
    failed_letters: int
    polling: Polling | None

    @property
    def has_trouble(self) -> bool:
        """Whether somebody should look at it."""
        away = self.host is not None and bool(self.host.failing_since or self.host.unavailable_at)
        return away or bool(self.refused or self.failed_letters)


def of(partner: Partner) -> Health:
    """Return how it goes with a partner."""
    ours, theirs = partnership.ours(partner), partnership.theirs(partner)
    waiting = select(func.count(), func.min(Delivery.due_at)).where(
        Delivery.host == partner.host, Delivery.state == "pending"
    )
    count, next_try = session().execute(waiting, bind_arguments={"mapper": Delivery}).one()
    refused = select(func.count(Delivery.id)).where(
        Delivery.host == partner.host,
        Delivery.state.in_(("refused", "expired")),
        Delivery.settled_at > now() - RECENT,
    )
    host = session().get(Host, partner.host)
    return Health(
        reads_us=theirs.state if theirs else None,
        we_read=ours.state if ours else None,
        host=host,
        waiting=count,
        next_try=next_try,
        refused=session().scalar(refused) or 0,
        last_letter=_last_letter(partner, host),
        failed_letters=session().scalar(_letters(partner, func.count(Letter.id)).where(Letter.state == "failed")) or 0,
        polling=session().scalar(select(Polling).where(Polling.actor_id == partner.actor_id)),
    )


def _last_letter(partner: Partner, host: Host | None) -> datetime | None:
    kept = session().scalar(_letters(partner, func.max(Letter.received_at)).where(Letter.way != POLLED))
    known = [moment for moment in (kept, host.last_letter_at if host else None) if moment is not None]
    return max(known, default=None)


def _letters(partner: Partner, what: Any) -> Select[Any]:
    senders = select(Actor.id).where(Actor.host == partner.host, ~Actor.local)
    return select(what).where(Letter.sender_id.in_(senders))
