"""What those who take part hear after they registered: that the event changed, and that it comes soon.

Other servers get the `Update` or `Delete` of the event itself. Guests get a mail where something changed that they plan
by; guests and members with an account here a reminder, as many days before as the event's people chose, once.
"""

from datetime import timedelta

from sqlalchemy import or_, select

from actors import outbox
from actors.database import reading, session
from actors.node import now
from federation.activities import PUBLIC as EVERYONE
from flask_maillage.mail import queue
from flask_maillage.people.models import Member
from flask_maillage.publications import audience
from flask_maillage.publications.attending import guests, links, telling, wording
from flask_maillage.publications.attending.counting import COMING, registration_of
from flask_maillage.publications.changes import on_change
from flask_maillage.publications.content import Content
from flask_maillage.publications.models import PUBLIC, WITHDRAWN, Attendance, Guest, Publication, Reminder
from inboxes.chores import chore

PARTICIPANTS, FOLLOWERS = "participants", "followers"
PLANNED_BY = ("starts_at", "ends_at", "timezone", "place", "online_url", "status")
"""What people plan by: a change of anything else is no reason for a mail."""
AT_ONCE = 100


@on_change
def tell_guests(publication: Publication, before: Content | None) -> None:
    """Write to the guests of an event that it changed, or is called off; with a withdrawn one they are forgotten."""
    if publication.kind != "event" or before is None:
        return
    what = what_changed(publication, before)
    query = select(Guest).join(Attendance, Attendance.guest_id == Guest.id)
    coming = Attendance.publication_id == publication.id, Attendance.state.in_(COMING)
    for guest in session().scalars(query.where(*coming).order_by(Guest.id)).all() if what else ():
        message = wording.change(what, publication, before.name, guest)
        queue.write(guest.email, message, purpose=f"event: {what}", about=publication.iri)
    if publication.state == WITHDRAWN:
        while guests.erase(Guest.publication_id == publication.id):
            pass


@on_change
def plan(publication: Publication, before: Content | None) -> None:
    """Write down when to remind whom: anew where the moment moved, and not where it is past already."""
    if publication.kind != "event":
        return
    chosen = registration_of(publication)
    for whom, days in ((PARTICIPANTS, chosen.remind_days), (FOLLOWERS, chosen.announce_days)):
        found = session().get(Reminder, (publication.id, whom))
        is_on = publication.state != WITHDRAWN and publication.status not in ("cancelled", "postponed")
        due = publication.starts_at - timedelta(days=days) if is_on and days and publication.starts_at else None
        if found is not None and found.due_at == due:
            continue
        if found is not None:
            session().delete(found)
            session().flush()
        if due is not None and due > now():
            session().add(Reminder(publication_id=publication.id, audience=whom, due_at=due, reached=0))
    session().flush()


@chore
def remind() -> int:
    """Send the reminders of one event that is due, a hundred mails at a time, and return how much was done."""
    due = select(Reminder).where(Reminder.sent_at.is_(None), Reminder.due_at <= now()).order_by(Reminder.due_at)
    with reading():
        if session().scalar(due.limit(1)) is None:
            return 0
    found = session().scalar(due.limit(1).with_for_update(skip_locked=True))
    if found is None:
        return 0
    event = found.publication
    if event.starts_at is None or event.starts_at <= now() or found.audience == FOLLOWERS:
        found.sent_at = now()
    if found.audience == FOLLOWERS and event.starts_at is not None and event.starts_at > now():
        _share_again(event)
    if found.audience == PARTICIPANTS and found.sent_at is None:
        _remind_some(event, found)
    session().commit()
    return 1


def _remind_some(event: Publication, reminder: Reminder) -> None:
    """Write to the next hundred; who registered after the reminders were due knows it from then."""
    query = select(Attendance).outerjoin(Attendance.guest).outerjoin(Member, Member.actor_id == Attendance.actor_id)
    reached = or_(Guest.wants_reminder, Member.id.is_not(None))
    coming = Attendance.publication_id == event.id, Attendance.state == "accepted", Attendance.id > reminder.reached
    parts = session().scalars(query.where(*coming, reached).order_by(Attendance.id).limit(AT_ONCE)).all()
    for part in parts:
        reader = telling.reader_of(event, part)
        if reader is not None and (part.answered_at or part.created_at) <= reminder.due_at:
            message = wording.reminder(event, part.guest, reader[1])
            quiet = links.quiet_address(part.guest) if part.guest else None
            queue.write(reader[0], message, purpose="event: reminder", about=event.iri, unsubscribe=quiet)
        reminder.reached = part.id
    if len(parts) < AT_ONCE:
        reminder.sent_at = now()


def _share_again(event: Publication) -> None:
    """Share an event once more with who follows its actor, as an `Announce` of its own (WordPress does the same)."""
    if event.visibility == PUBLIC:
        actor = event.actor
        cc = [actor.followers or actor.iri]
        outbox.post(actor, "Announce", event.iri, to=[EVERYONE], cc=cc, inboxes=audience.inboxes(event))


def what_changed(publication: Publication, before: Content) -> str:
    """Say in a word what changed of an event that people plan by; nothing where nothing did."""
    if publication.state == WITHDRAWN:
        is_ahead = publication.kind_of_it.state(before, now()) in ("upcoming", "now")
        return "withdrawn" if is_ahead else ""
    after = publication.content
    if all(getattr(after, name) == getattr(before, name) for name in PLANNED_BY):
        return ""
    return after.status if after.status in ("cancelled", "postponed") else "changed"
