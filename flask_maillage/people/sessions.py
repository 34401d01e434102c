"""Where a member is signed in: each browser is a row that the member sees and can end."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from actors.database import session
from actors.node import now
from flask_maillage.mail import queue
from flask_maillage.people import account_mails
from flask_maillage.people.models import Member, MemberSession
from inboxes.pruning import on_pruning

LIFETIME = timedelta(days=14)
"""How long a session lasts that is not used."""
SEEN_EVERY = timedelta(hours=1)
KNOWN_FOR = timedelta(days=180)
"""How long a browser is known again after its session ended."""
LONGEST_SECRET = 100


def begin(member: Member, browser: str) -> tuple[MemberSession, str]:
    """Begin a session and return it with its secret, which is not kept; tell the member of a new browser, if asked."""
    known = session().scalars(select(MemberSession.browser).where(MemberSession.member_id == member.id)).all()
    secret = secrets.token_urlsafe(32)
    row = MemberSession(member=member, digest=_digest(secret), browser=browser, created_at=now(), seen_at=now())
    session().add(row)
    if member.tells_sign_ins and browser not in known:
        queue.write(member.email, account_mails.new_browser(member, browser or "?"), purpose="account: new browser")
    session().flush()
    return row, secret


def find(secret: str) -> MemberSession | None:
    """Return the session with this secret, if it has not ended."""
    if len(secret) > LONGEST_SECRET:
        return None
    query = select(MemberSession).where(MemberSession.digest == _digest(secret), MemberSession.ended_at.is_(None))
    return session().scalar(query.options(joinedload(MemberSession.member).joinedload(Member.actor)))


def is_long_unseen(row: MemberSession) -> bool:
    """Tell whether it should be written down again that a session is in use."""
    return now() - row.seen_at >= SEEN_EVERY


def touch(number: int) -> None:
    """Write down that a session is in use."""
    session().execute(update(MemberSession).where(MemberSession.id == number).values(seen_at=now()))


def of(member: Member) -> list[MemberSession]:
    """Return the sessions of a member that last, the one used last first."""
    lasting = MemberSession.ended_at.is_(None), MemberSession.seen_at > now() - LIFETIME
    query = select(MemberSession).where(MemberSession.member_id == member.id, *lasting)
    return list(session().scalars(query.order_by(MemberSession.seen_at.desc(), MemberSession.id.desc())))


def end(number: int) -> None:
    """End one session."""
    session().execute(update(MemberSession).where(MemberSession.id == number).values(ended_at=now()))


def end_all(member: Member, *, but: int | None = None) -> None:
    """End the sessions of a member, but for one."""
    going = MemberSession.member_id == member.id, MemberSession.ended_at.is_(None), MemberSession.id != (but or 0)
    session().execute(update(MemberSession).where(*going).values(ended_at=now()))


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget sessions that nobody has used for long; `limit` is for other rows."""
    old = MemberSession.seen_at < now() - KNOWN_FOR
    session().execute(delete(MemberSession).where(old).execution_options(synchronize_session=False))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
