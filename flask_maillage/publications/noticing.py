"""When members are told about publications: what changes that they plan by, and what closes soon."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from actors.database import Base, reading, session
from actors.models import Actor, Follow
from actors.node import now
from flask_maillage.people.models import Member
from flask_maillage.people.notifying.writing import members_who_are, notify
from flask_maillage.publications import notices
from flask_maillage.publications.attending.counting import COMING
from flask_maillage.publications.attending.following_up import what_changed
from flask_maillage.publications.changes import on_change, on_copy_change
from flask_maillage.publications.content import Content
from flask_maillage.publications.models import PUBLISHED, Attendance, Publication, Share, TerritoryShare
from inboxes.chores import chore

CLOSING_BEFORE = timedelta(days=3)


class DeadlineNotice(Base):
    """Of which deadline of a call those who follow it were told that it is near."""

    __tablename__ = "maillage_deadline_notices"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    deadline: Mapped[datetime]


@on_change
@on_copy_change
def tell(publication: Publication, before: Content | None) -> None:
    """Tell the members who go to an event, or who follow whose call it is, that it is another now."""
    if before is None:
        return
    if publication.kind == "event":
        _tell_participants(publication, what_changed(publication, before))
    elif publication.kind == "call" and publication.state == PUBLISHED:
        ends = publication.ends_at
        if ends is not None and before.ends_at is not None and ends > before.ends_at and ends > now():
            once = f"{publication.id}-{ends.isoformat()}"
            notify(notices.CALL_EXTENDED, who_follow(publication), publication_id=publication.id, once=once)


@chore
def tell_closing() -> int:
    """Tell those who follow it that one call closes in three days: once for each deadline that it has."""
    with reading():
        number = session().scalar(_closing().with_only_columns(Publication.id).limit(1))
    if number is None:
        return 0
    query = _closing().where(Publication.id == number).with_for_update(of=Publication, skip_locked=True)
    call = session().scalar(query)
    if call is None or call.ends_at is None:
        session().rollback()
        return 0
    session().merge(DeadlineNotice(publication_id=call.id, deadline=call.ends_at))
    once = f"{call.id}-{call.ends_at.isoformat()}"
    notify(notices.CALL_CLOSING, who_follow(call), publication_id=call.id, once=once)
    session().commit()
    return 1


def who_follow(publication: Publication) -> list[Member]:
    """Return the members of ours who follow whose publication it is, or somebody who shared it."""
    shared = (select(model.actor_id).where(model.publication_id == publication.id) for model in (Share, TerritoryShare))
    followed = or_(Follow.followed_id == publication.actor_id, *(Follow.followed_id.in_(who) for who in shared))
    followers = select(Follow.follower_id).where(followed, Follow.state == "accepted")
    return list(session().scalars(select(Member).where(Member.actor_id.in_(followers)).order_by(Member.id)))


def _closing() -> Any:
    """Return the query of the calls that close within three days and whose deadline nobody was told of yet."""
    moment = now()
    told = and_(DeadlineNotice.publication_id == Publication.id, DeadlineNotice.deadline == Publication.ends_at)
    return (
        select(Publication)
        .where(Publication.kind == "call", Publication.state == PUBLISHED, Publication.status == "open")
        .where(Publication.ends_at > moment, Publication.ends_at <= moment + CLOSING_BEFORE)
        .where(or_(Publication.starts_at.is_(None), Publication.starts_at <= moment))
        .where(~select(DeadlineNotice.publication_id).where(told).exists())
        .order_by(Publication.ends_at, Publication.id)
    )


def _tell_participants(event: Publication, what: str) -> None:
    if not what:
        return
    query = select(Actor).join(Attendance, Attendance.actor_id == Actor.id)
    coming = Attendance.publication_id == event.id, Attendance.state.in_(COMING), Actor.local
    notify(
        notices.EVENT_CHANGED,
        members_who_are(session().scalars(query.where(*coming)).all()),
        actor=None if event.local else event.actor,
        subject=event.actor,
        publication_id=event.id,
        detail=what,
    )
