"""How the follow-up of a call stands: each placed application with its last contact and next step, overdue first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from actors.database import session
from actors.node import now
from flask_maillage.calls.desk.roles import Desk
from flask_maillage.calls.following import contacts, people, timeline
from flask_maillage.calls.following.saying import NEXT_STEP, RESULT
from flask_maillage.calls.following.timeline import Line
from flask_maillage.calls.models import Dossier, Placement
from flask_maillage.calls.sight import Thing
from flask_maillage.calls.states import CLOSED, FOLLOWED_UP, IN_COHORT
from flask_maillage.publications.local_time import wall_clock

SILENCE = timedelta(days=60)
"""After which coordinators are reminded (FC-61)."""


@dataclass(frozen=True)
class Row:
    """One application that is followed."""

    dossier: Dossier
    lines: list[Line]
    last_contact: datetime | None
    since: datetime
    """From when silence is counted: the last contact, or the placement."""
    next_step: Line | None
    result: Line | None
    silent: bool
    late: bool
    """Whether the day of the next step is over."""
    has_shared: bool

    @property
    def is_overdue(self) -> bool:
        """Whether somebody should do something."""
        return self.silent or self.late


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
    sharing, moment = contacts.shared(dossiers), now()
    today = wall_clock(moment, desk.call.timezone).date()
    for one in dossiers:
        found = timeline.lines(people.of_dossier(one))
        step, is_open = timeline.last(found, NEXT_STEP), one.state != CLOSED
        since = max(at for at in (one.last_contact_at, placed.get(one.id), one.registered_at) if at is not None)
        yield Row(
            one,
            found,
            one.last_contact_at,
            since,
            step,
            timeline.last(found, RESULT),
            silent=is_open and moment - since >= SILENCE,
            late=is_open and step is not None and step.what.due is not None and step.what.due < today,
            has_shared=one.id in sharing,
        )
