"""The sign of how well a process is documented: one rule, the same for everybody, with its reasons beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask_maillage.coalitions.process.models import DECISION, MEETING

FRESH = timedelta(days=90)


class Level(StrEnum):
    """How well a process is documented."""

    WELL = "well"
    PARTLY = "partly"
    HARDLY = "hardly"


class Reason(StrEnum):
    """What counts."""

    CHARTER = "charter"
    RECENT = "recent"
    MEETINGS = "meetings"
    DECISIONS = "decisions"


@dataclass(frozen=True)
class Facts:
    """What the sign is made of."""

    charter: bool
    last: date | None
    meetings: int
    decisions: int
    decisions_with_document: int
    is_over: bool = False


@dataclass(frozen=True)
class Sign:
    """The sign: its level, and each reason with whether it holds."""

    level: Level
    reasons: dict[Reason, bool]


def sign(facts: Facts, today: date) -> Sign:
    """Return the sign: well where everything holds, partly from half of it on, else hardly.

    A charter is there; the last entry is of the last 90 days, but for what is closed; a meeting is in the log; there
    are decisions, and two thirds of them have a document.
    """
    reasons = {
        Reason.CHARTER: facts.charter,
        Reason.RECENT: facts.last is not None and (facts.is_over or facts.last >= today - FRESH),
        Reason.MEETINGS: facts.meetings > 0,
        Reason.DECISIONS: facts.decisions > 0 and 3 * facts.decisions_with_document >= 2 * facts.decisions,
    }
    held = sum(reasons.values())
    level = Level.WELL if held == len(reasons) else Level.PARTLY if 2 * held >= len(reasons) else Level.HARDLY
    return Sign(level, reasons)


def facts_of(outline: Sequence[tuple[str, date, bool]], *, is_over: bool, charter: bool) -> Facts:
    """Return what the public entries of a log say, by kind, day and whether they have documents (`log.outline`)."""
    decisions = [has_document for kind, _day, has_document in outline if kind == DECISION]
    return Facts(
        charter=charter,
        last=max((day for _kind, day, _has in outline), default=None),
        meetings=sum(kind == MEETING for kind, _day, _has in outline),
        decisions=len(decisions),
        decisions_with_document=sum(decisions),
        is_over=is_over,
    )
