"""What a member reads of their notifications: composed now, from what they may see now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import joinedload

from actors.database import reading, session
from actors.models import Actor
from actors.node import Node, now
from flask_maillage.people.models import Member
from flask_maillage.people.notifying.kinds import KINDS, Told
from flask_maillage.people.notifying.models import Notification
from inboxes.chores import chore
from inboxes.pruning import on_pruning

PAGE_SIZE = 30
MANY = 4
"""From how many of one kind in a row on they are folded into one line."""
KEPT = timedelta(days=90)
MOST_COUNTED = 99
AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """A notification as a page shows it; `path` leads there on the host that the reader uses."""

    number: int
    text: str
    path: str
    created_at: datetime
    is_new: bool


@dataclass(frozen=True)
class Group:
    """Lines of one kind that follow one another; `label` in English."""

    label: str
    lines: tuple[Line, ...]

    @property
    def is_folded(self) -> bool:
        """Whether they stand behind one line."""
        return len(self.lines) >= MANY

    @property
    def new(self) -> int:
        """How many of them were not read."""
        return sum(line.is_new for line in self.lines)


def count_unread(member: Any) -> int:
    """Return how many notifications a member has not read, at most 100; a host's member has none."""
    if not isinstance(member, Member):
        return 0
    unread = select(Notification.id).where(*_shown(member), Notification.read_at.is_(None)).limit(MOST_COUNTED + 1)
    return session().scalar(select(func.count()).select_from(unread.subquery())) or 0


def mount(_app: Flask, node: Node) -> None:
    """Let the masthead of every page say how much is new."""
    node.state["unread_notifications"] = count_unread


def page(member: Member, number: int) -> tuple[list[Group], bool]:
    """Return a page of a member's notifications, the newest first, and whether there are older ones."""
    query = _read().where(*_shown(member)).order_by(Notification.id.desc())
    found = session().scalars(query.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1)).all()
    return _grouped(found[:PAGE_SIZE]), len(found) > PAGE_SIZE


def unread_since(member: Member, since: datetime, limit: int) -> list[Told]:
    """Return what a digest tells: what came since a moment and was not read, the newest first."""
    query = _read().where(
        Notification.member_id == member.id,
        Notification.in_digest,
        Notification.read_at.is_(None),
        Notification.created_at > since,
    )
    found = session().scalars(query.order_by(Notification.id.desc()).limit(limit)).all()
    return [told for one in found if (told := tell(one)) is not None]


def find(member: Member, number: int) -> Notification | None:
    """Return one of a member's own notifications."""
    return session().scalar(select(Notification).where(Notification.id == number, Notification.member_id == member.id))


def mark_read(member: Member, numbers: Iterable[int] | None = None) -> int:
    """Note that a member has read these notifications of theirs, or all; return how many were new."""
    return mark_read_of(member.id, numbers)


def mark_read_of(owner: int, numbers: Iterable[int] | None = None) -> int:
    """Do the same for the member of a number."""
    unread = [Notification.member_id == owner, Notification.read_at.is_(None)]
    unread += [Notification.id.in_(list(numbers))] if numbers is not None else []
    changed: Any = session().execute(
        update(Notification).where(*unread).values(read_at=now()).execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)


def tell(notification: Notification) -> Told | None:
    """Say what a notification says now, or None where its reader may see nothing of it."""
    kind = KINDS.get(notification.kind)
    return kind.tell(notification) if kind is not None else None


def path_of(notification: Notification) -> str:
    """Return where one goes from a notification, on the host that the reader uses; empty where nothing can be seen."""
    told = tell(notification)
    return _path(told.address) if told is not None else ""


@chore
def forget_notifications() -> int:
    """Let go of notifications after a time, read or not; some hundreds at once."""
    old = select(Notification.id).where(Notification.created_at < now() - KEPT).limit(AT_ONCE)
    with reading():
        numbers = session().scalars(old).all()
    if not numbers:
        return 0
    session().execute(
        delete(Notification).where(Notification.id.in_(numbers)).execution_options(synchronize_session=False)
    )
    session().commit()
    return len(numbers)


@on_pruning
def let_go_of_strangers(limit: datetime) -> None:
    """Forget what strangers did sooner than the rest: no row leads to them longer than their letters are kept."""
    strangers = select(Actor.id).where(~Actor.local)
    about_one = or_(Notification.actor_id.in_(strangers), Notification.subject_id.in_(strangers))
    old = delete(Notification).where(Notification.created_at < limit, about_one)
    session().execute(old.execution_options(synchronize_session=False))


def _shown(member: Member) -> tuple[Any, ...]:
    return Notification.member_id == member.id, Notification.on_page


def _read() -> Any:
    return select(Notification).options(joinedload(Notification.actor), joinedload(Notification.subject))


def _grouped(found: Sequence[Notification]) -> list[Group]:
    seen = [(one, told) for one in found if (told := tell(one)) is not None]
    groups = []
    for name, rows in groupby(seen, key=lambda pair: pair[0].kind):
        lines = tuple(
            Line(one.id, told.text, _path(told.address), one.created_at, one.read_at is None) for one, told in rows
        )
        groups.append(Group(KINDS[name].label, lines))
    return groups


def _path(address: str) -> str:
    """Return an address of ours as a path, since the reader may know this host by another name."""
    parts = urlsplit(address)
    rest = f"?{parts.query}" if parts.query else ""
    return f"{parts.path}{rest}{f'#{parts.fragment}' if parts.fragment else ''}"
