"""A call and a dossier in whatever state, for tests of what may happen and who sees what: no database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.call_details import CallDetails

OPENS, ENDS = datetime(2026, 11, 16, 9, tzinfo=UTC), datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC)
BEFORE, DURING, AFTER = OPENS - timedelta(seconds=1), ENDS, ENDS + timedelta(seconds=1)
CONFIRM_BY = AFTER + timedelta(days=30)
MOMENTS = {"scheduled": BEFORE, "open": DURING}


def call(state: str) -> tuple[Any, datetime]:
    """Return a call with a moment at which it stands so."""
    status = state if state in ("deliberating", "decided", "archived", "cancelled") else "open"
    content = Content(kind="call", name="Call", starts_at=OPENS, ends_at=ENDS, status=status, details=CallDetails())
    return SimpleNamespace(state="published", content=content), MOMENTS.get(state, AFTER)


@dataclass(frozen=True)
class Row:
    """A dossier."""

    state: str = "submitted"
    applicant_iri: str = "https://node-d.example/actors/riders"
    guest_id: int | None = None
    decided_at: datetime | None = None
    confirm_by: datetime | None = CONFIRM_BY
    purge_at: datetime | None = None
    purged_at: datetime | None = None
