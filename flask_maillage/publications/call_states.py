"""Where a call stands, what may follow, and whether one may apply: the one place that page, wire and command ask.

`draft → scheduled → open → closed → deliberating → decided → archived`, or `cancelled`. The clock opens and closes a
call; what comes after, people decide. Nobody closes a call before its published deadline: people count on it.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_maillage.publications.content import Content

SCHEDULED, OPEN, CLOSED = "scheduled", "open", "closed"
DELIBERATING, DECIDED, ARCHIVED, CANCELLED = "deliberating", "decided", "archived", "cancelled"
STATUSES = (OPEN, CLOSED, DELIBERATING, DECIDED, ARCHIVED, CANCELLED)
"""What is stored and sent; `open` leaves the rest to the clock."""

NEXT = {
    SCHEDULED: (CANCELLED,),
    OPEN: (CANCELLED,),
    CLOSED: (DELIBERATING, CANCELLED),
    DELIBERATING: (DECIDED, CANCELLED),
    DECIDED: (ARCHIVED,),
    ARCHIVED: (),
    CANCELLED: (),
}
"""What people may decide, by where the call stands."""

EXTENSIBLE = (SCHEDULED, OPEN, CLOSED)


@dataclass(frozen=True)
class Standing:
    """Whether one may apply now and, where not, why: a word that pages and letters put into a sentence.

    `reason` is empty, or `draft`, `withdrawn`, `scheduled`, `closed`, `deliberating`, `decided`, `archived`,
    `cancelled`; `at` is when that changes, or changed, where a clock says so.
    """

    may_apply: bool
    reason: str = ""
    at: datetime | None = None


def state_at(content: Content, now: datetime) -> str:
    """Return where a published call stands at a moment."""
    if content.status in STATUSES[1:]:
        return content.status
    if content.starts_at and now < content.starts_at:
        return SCHEDULED
    return OPEN if content.ends_at is None or now <= content.ends_at else CLOSED


def standing(content: Content, now: datetime, publication_state: str = "published") -> Standing:
    """Tell whether one may apply to a call now; asked by every way in, for ours and for those of others.

    Args:
        content: what the call says.
        now: the moment; the last second of the deadline still counts.
        publication_state: `draft`, `published` or `withdrawn`.
    """
    if publication_state != "published":
        return Standing(False, publication_state)
    state = state_at(content, now)
    if state == OPEN:
        return Standing(True, "", content.ends_at)
    return Standing(False, state, content.starts_at if state == SCHEDULED else content.ends_at)
