"""What those who administer the node do with its members: name admins and moderators, suspend, let in again."""

from sqlalchemy import or_, select

from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.sanitising import without_controls
from flask_maillage.mail import queue
from flask_maillage.people import account_links, account_mails, sessions
from flask_maillage.people.models import Member
from flask_maillage.people.roles import LastAdmin

SHOWN = 100
_ADMINISTERING = (Member.is_admin, Actor.gone_at.is_(None), Actor.suspended_at.is_(None))


def _(message: str) -> str:
    return message


def search(text: str = "", *, limit: int = SHOWN) -> list[Member]:
    """Return members whose name, handle or e-mail address holds a text, by name; those who left are none."""
    query = select(Member).join(Member.actor).where(Actor.gone_at.is_(None)).order_by(Actor.name, Member.id)
    if text := without_controls(text).strip().lower():
        pattern = "%" + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        columns = (Actor.name, Actor.handle, Member.email)
        query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return list(session().scalars(query.limit(limit)))


def admins() -> list[Member]:
    """Return who administers the node now: not who left or is suspended."""
    return list(session().scalars(select(Member).join(Member.actor).where(*_ADMINISTERING)))


def set_admin(member: Member, *, is_admin: bool) -> None:
    """Let a member administer the node, or not any more.

    Raises:
        LastAdmin: nobody else does.
    """
    if not is_admin:
        keep_an_admin(member)
    member.is_admin = is_admin
    session().flush()


def set_moderator(member: Member, *, is_moderator: bool) -> None:
    """Let a member look at what is reported, or not any more."""
    member.is_moderator = is_moderator
    session().flush()


def suspend(member: Member) -> None:
    """Keep a member out until they are let in again: sessions and links end, programs of theirs publish nothing.

    Raises:
        LastAdmin: nobody else administers the node.
    """
    keep_an_admin(member)
    if member.actor.suspended_at is None:
        member.actor.suspended_at = now()
        sessions.end_all(member)
        account_links.end_all(member)
        queue.write(member.email, account_mails.suspended(member), purpose="account: suspended")
    session().flush()


def restore(member: Member) -> None:
    """Let a member in again."""
    member.actor.suspended_at = None
    session().flush()


def keep_an_admin(member: Member) -> None:
    """Raise `LastAdmin` if nobody else administers the node; two who put each other out do so one after the other."""
    if not member.is_admin:
        return
    session().execute(select(Member.id).where(Member.is_admin).order_by(Member.id).with_for_update())
    others = select(Member.id).join(Member.actor).where(Member.id != member.id, *_ADMINISTERING)
    if session().scalar(others.limit(1)) is None:
        raise LastAdmin(_("Nobody else administers this node: name another administrator first."))
