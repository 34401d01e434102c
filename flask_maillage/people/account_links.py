"""Links in mails about accounts: good once, for one purpose, for a while; what is kept of them opens nothing.

They lead to pages with a button: programmes that look at mails open every link, and must use none of them up.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from actors.database import session
from actors.leases import wait_for_turn_at
from actors.node import now
from flask_maillage.people.models import AccountLink, Applicant, Member
from inboxes.pruning import on_pruning

SIGN_UP, PASSWORD, EMAIL, DELETION = "sign-up", "password", "email", "deletion"
LIFETIMES = {
    SIGN_UP: timedelta(days=2),
    PASSWORD: timedelta(hours=2),
    EMAIL: timedelta(days=1),
    DELETION: timedelta(hours=1),
}
LONGEST_SECRET = 100


def make(purpose: str, owner: Member | Applicant, email: str) -> str:
    """Make a link for a purpose, sent to `email`, and return its secret, which is not kept."""
    secret = secrets.token_urlsafe(32)
    is_member = isinstance(owner, Member)
    link = AccountLink(
        purpose=purpose,
        digest=_digest(purpose, secret),
        member_id=owner.id if is_member else None,
        applicant_id=None if is_member else owner.id,
        email=email,
        created_at=now(),
        expires_at=now() + LIFETIMES[purpose],
    )
    session().add(link)
    session().flush()
    return secret


def look(purpose: str, secret: str) -> AccountLink | None:
    """Return a link that is good now, to show what it is for; None for any other."""
    return _good(purpose, secret)


def find(purpose: str, secret: str) -> AccountLink | None:
    """Return a link that is good now, to use it; who uses it, or another of its address or member, meanwhile waits."""
    asked = look(purpose, secret)
    if asked is None:
        return None
    hold(asked.email)
    if asked.member_id is not None:
        hold_member(asked.member_id)
    return _good(purpose, secret, locked=True)


def hold(email: str) -> None:
    """Let nobody else give an account to an e-mail address, or decide about it, until the transaction ends."""
    wait_for_turn_at(Member, email)


def hold_member(number: int) -> None:
    """Let nobody else change how a member gets in until the transaction ends; after `hold`, where both are needed."""
    wait_for_turn_at(Member, f"#{number}")


def _good(purpose: str, secret: str, *, locked: bool = False) -> AccountLink | None:
    if len(secret) > LONGEST_SECRET:
        return None
    query = select(AccountLink).where(AccountLink.digest == _digest(purpose, secret))
    query = query.with_for_update() if locked else query
    found = session().scalar(query.execution_options(populate_existing=True))
    return found if found is not None and found.purpose == purpose and found.expires_at > now() else None


def end(purpose: str, owner: Member | Applicant) -> None:
    """End every link that somebody has for a purpose: used, or overtaken by what was done since."""
    column = AccountLink.member_id if isinstance(owner, Member) else AccountLink.applicant_id
    session().execute(delete(AccountLink).where(column == owner.id, AccountLink.purpose == purpose))


def end_all(member: Member) -> None:
    """End every link that would give the account of a member to somebody, or end it."""
    for purpose in (PASSWORD, EMAIL, DELETION):
        end(purpose, member)


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget links that are over; `limit` is for other rows."""
    over = AccountLink.expires_at < now()
    session().execute(delete(AccountLink).where(over).execution_options(synchronize_session=False))


def _digest(purpose: str, secret: str) -> str:
    """A secret of 256 random bits needs no slow hash; with the purpose in it, it opens nothing else."""
    return hashlib.sha256(f"{purpose}:{secret}".encode("utf-8", "replace")).hexdigest()
