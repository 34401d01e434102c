"""When somebody said something of a membership, by their own clock: letters come late, twice and in any order."""

from datetime import UTC, datetime, timedelta
from typing import Any

from actors.node import now
from federation.activities import Document
from inboxes.registry import Context

WRONG_CLOCK = timedelta(hours=1)


def said_at(context: Context, shown: Any = None) -> datetime:
    """Return when the sender of a letter said what it says: its `published`, that of what it shows, its signature's.

    Args:
        context: the letter.
        shown: the Relationship that it shows, if it does.
    """
    letter = context.letter
    told = published(context.activity.document) or (published(shown) if isinstance(shown, dict) else None)
    return min(told or letter.signed_at or letter.received_at, letter.received_at)


def was_before(context: Context, moment: datetime) -> bool:
    """Tell whether a letter was written before a moment of our own clock, whatever is wrong with its sender's."""
    return said_at(context) < moment - WRONG_CLOCK


def published(document: Document) -> datetime | None:
    """Return when a document was last changed, or published; None where it says no such moment, or one to come."""
    return _moment(document.get("updated")) or _moment(document.get("published"))


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        found = moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
    return min(found, now()) if found is not None else None
