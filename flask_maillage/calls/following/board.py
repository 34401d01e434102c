"""How the follow-up of a call stands: each placed application with its last contact and next step, overdue first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from actors.database import session
from actors.node import now
from flask_maillage.calls.desk.roles import Desk
from flask_maillage.calls.following import people, timeline
from flask_maillage.calls.following.saying import NEXT_STEP, RESULT
from flask_maillage.calls.following.timeline import Line
from flask_maillage.calls.models import Dossier, Placement
from flask_maillage.calls.sight import Thing
from flask_maillage.calls.states import CLOSED, FOLLOWED_UP, IN_COHORT
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.models import Publication

SILENCE = timedelta(days=60)
"""After which coordinators are reminded (FC-61)."""


@dataclass(frozen=True)
class Standing:
    """How it stands with one application that is followed, as its entries say."""

    lines: list[Line]
    last_contact: datetime | None
    next_step: Line | None
    result: Line | None
    silent: bool
    late: bool
    """Whether the day of the next step is over."""

    @property
    def is_overdue(self) -> bool:
        """Whether somebody should do something."""
        return self.silent or self.late


@dataclass(frozen=True)
class Row(Standing):
    """One application that is followed, on the owner's node."""

    dossier: Dossier
    since: datetime
    """From when silence is counted: the last contact, or the placement."""


def standing(
    call: Publication, lines: list[Line], *, last_contact: datetime | None, since: datetime | None, is_open: bool
) -> Standing:
    """Return how it stands with an application.

    Args:
        call: its call, which says in which zone days are counted.
        lines: its entries, the last one first.
        last_contact: when the last contact was.
        since: from when silence is counted; None where that is not known, and then nobody is called silent.
        is_open: whether it is still followed.
    """
    moment = now()
    step = timeline.last(lines, NEXT_STEP)
    today = wall_clock(moment, call.timezone).date()
    return Standing(
        lines,
        last_contact,
        step,
        timeline.last(lines, RESULT),
        silent=is_open and since is not None and moment - since >= SILENCE,
        late=is_open and step is not None and step.what.due is not None and step.what.due < today,
    )


def followed(desk: Desk) -> list[Dossier]:
    """Return the placed applications that a reader follows up: those that they see, but for their own."""
    placed = (IN_COHORT, FOLLOWED_UP, CLOSED)
    others = [one for one in desk.dossiers if one.state in placed and not desk.roles[one.id].is_of_it]
    return [one for one in others if desk.sees(Thing.FOLLOW_UP, one)]


def rows(desk: Desk) -> list[Row]:
    """Return them as they stand: overdue first, the longest without contact first among equals, closed ones last."""
    found = list(_rows(desk, followed(desk)))
    return sorted(found, key=lambda one: (one.dossier.state == CLOSED, not one.is_overdue, one.since))


def _rows(desk: Desk, dossiers: list[Dossier]) -> Iterator[Row]:
    numbers = [one.id for one in dossiers]
    query = select(Placement.dossier_id, func.max(Placement.at)).where(Placement.dossier_id.in_(numbers))
    placed = {row[0]: row[1] for row in session().execute(query.group_by(Placement.dossier_id))}
    for one in dossiers:
        since = max(at for at in (one.last_contact_at, placed.get(one.id), one.registered_at) if at is not None)
        found = timeline.lines(people.of_dossier(one))
        how = standing(desk.call, found, last_contact=one.last_contact_at, since=since, is_open=one.state != CLOSED)
        yield Row(**vars(how), dossier=one, since=since)
