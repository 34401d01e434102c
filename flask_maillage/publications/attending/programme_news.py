"""Those who registered hear what changed in a programme, where the event's people say so: once for each version.

Guests who want no reminders get none of these mails either; members with an account here get theirs.
"""

from datetime import datetime

from sqlalchemy import or_, select

from actors.database import reading, session
from actors.node import now
from flask_maillage.mail import queue
from flask_maillage.people.models import Member
from flask_maillage.publications.attending import links, telling, wording
from flask_maillage.publications.attending.counting import COMING
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds.words import clock, day_in_words
from flask_maillage.publications.models import PUBLISHED, Attendance, Guest, Publication
from flask_maillage.publications.programmes import versions
from flask_maillage.publications.programmes.changes import Change
from flask_maillage.publications.programmes.models import ProgrammeNotice, ProgrammeVersion
from flask_maillage.publications.rules import NotPossible
from inboxes.chores import chore

AT_ONCE = 100


def may_be_told(event: Publication) -> bool:
    """Tell whether there is a version of a programme of ours that changed something, and of which nobody was told."""
    last = versions.latest(event) if event.local and event.state == PUBLISHED else None
    is_ahead = event.kind_of_it.state(event.content, now()) in ("upcoming", "now")
    return last is not None and last.number > 1 and is_ahead and session().get(ProgrammeNotice, last.id) is None


def tell(event: Publication) -> int:
    """Let everybody who registered hear of the latest version, and return its number; the worker writes the mails.

    Raises:
        NotPossible: nothing changed since they were told, or the event is over or called off.
    """
    last = versions.latest(event)
    if last is None or not may_be_told(event):
        raise NotPossible(_("There is nothing new in the programme to tell of, or the event is over."))
    session().add(ProgrammeNotice(version_id=last.id, asked_at=now(), reached=0))
    session().flush()
    return last.number


@chore
def tell_programmes() -> int:
    """Write the next hundred mails about one version, and return how much was done."""
    waiting = select(ProgrammeNotice).where(ProgrammeNotice.sent_at.is_(None)).order_by(ProgrammeNotice.version_id)
    with reading():
        if session().scalar(waiting.limit(1)) is None:
            return 0
    notice = session().scalar(waiting.limit(1).with_for_update(skip_locked=True))
    if notice is None:
        return 0
    version = session().get_one(ProgrammeVersion, notice.version_id)
    event = session().get_one(Publication, version.publication_id)
    _write_some(event, version, notice)
    session().commit()
    return 1


def _write_some(event: Publication, version: ProgrammeVersion, notice: ProgrammeNotice) -> None:
    """Write to those who registered before it was asked for; who came later has read the programme as it is."""
    is_ahead = event.state == PUBLISHED and event.kind_of_it.state(event.content, now()) in ("upcoming", "now")
    query = select(Attendance).outerjoin(Attendance.guest).outerjoin(Member, Member.actor_id == Attendance.actor_id)
    reached = or_(Guest.wants_reminder, Member.id.is_not(None))
    coming = Attendance.publication_id == event.id, Attendance.state.in_(COMING), Attendance.id > notice.reached
    parts = session().scalars(query.where(*coming, reached).order_by(Attendance.id).limit(AT_ONCE)).all()
    for part in parts if is_ahead else ():
        reader = telling.reader_of(event, part)
        if reader is not None and part.created_at <= notice.asked_at:
            message = wording.programme(event, part.guest, reader[1], _changes(event, version, reader[1]))
            quiet = links.quiet_address(part.guest) if part.guest else None
            queue.write(reader[0], message, purpose="event: programme", about=event.iri, unsubscribe=quiet)
        notice.reached = part.id
    if not is_ahead or len(parts) < AT_ONCE:
        notice.sent_at = now()


def _changes(event: Publication, version: ProgrammeVersion, language: str) -> list[Change]:
    """Return what changed with a version, with its times in words; nothing where that was erased."""

    def said(moment: datetime) -> str:
        zone = event.timezone
        return f"{day_in_words(language, moment, zone)}, {clock(moment, zone)}"

    found = next((one for one in versions.of(event, said) if one.number == version.number), None)
    return list(found.changes or ()) if found is not None else []
