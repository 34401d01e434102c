"""Tokens: with one, a program publishes in the place of a member, for one actor, until it is revoked.

The secret is shown once and never kept: its digest is enough to know it again. What a token may do is never more than
what its member may do at that moment.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from actors.database import reading, session
from actors.models import Actor
from actors.node import now
from flask_maillage.people.models import Member, Submission, Token
from flask_maillage.web.language import gettext as _
from inboxes.chores import chore

PREFIX = "maillage_"
"""Begins every token, so that those who look for leaked ones find it."""
PUBLISHING, DRAFTING = "publish", "draft"
SCOPES = (PUBLISHING, DRAFTING)
LABEL_LIMIT = 80
MOST_TOKENS = 50
SENT_AGAIN_FOR = timedelta(days=7)
"""How long a program may send something again under the same key before that counts as something new."""


def issue(member: Member, actor: Actor, *, label: str, scope: str, expires_at: datetime | None) -> tuple[Token, str]:
    """Make a token, and return it with its secret, which nobody can be told again.

    Args:
        member: in whose place the program will act.
        actor: in whose name it publishes.
        label: how the member tells it from others.
        scope: `publish`, or `draft`: it writes drafts that a person publishes.
        expires_at: until when it works; for as long as it is not revoked where that is None.

    Raises:
        ValueError: the member may not publish for the actor, has too many tokens, or an argument is wrong.
    """
    label = " ".join(label.split())
    if not 1 <= len(label) <= LABEL_LIMIT:
        raise ValueError(_("Give it a name of at most %(count)d characters.", count=LABEL_LIMIT))
    if scope not in SCOPES:
        raise ValueError(_("A token may either publish or write drafts."))
    if expires_at is not None and expires_at <= now():
        raise ValueError(_("Choose a day to come."))
    if len(tokens_of(member)) >= MOST_TOKENS:
        raise ValueError(_("You have %(count)d tokens: revoke one that you use no longer.", count=MOST_TOKENS))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        member_id=member.id,
        actor_id=actor.id,
        label=label,
        scope=scope,
        digest=_digest(secret),
        created_at=now(),
        expires_at=expires_at,
    )
    session().add(token)
    session().flush()
    return token, secret


def find(secret: str) -> Token | None:
    """Return the token with this secret, if it works now."""
    query = select(Token).where(Token.digest == _digest(secret), Token.revoked_at.is_(None))
    found = session().scalar(query.options(joinedload(Token.actor), joinedload(Token.member)))
    is_over = found is not None and found.expires_at is not None and found.expires_at <= now()
    return None if is_over else found


def tokens_of(member: Member) -> list[Token]:
    """Return the tokens of a member that are not revoked, the newest first."""
    query = select(Token).where(Token.member_id == member.id, Token.revoked_at.is_(None))
    return list(session().scalars(query.options(joinedload(Token.actor)).order_by(Token.id.desc())))


def revoke(token: Token) -> None:
    """End a token at once."""
    token.revoked_at = token.revoked_at or now()
    session().flush()


@chore
def forget_submissions() -> int:
    """Let go of what programs sent under keys of their own, once they will not send it again."""
    is_old = Submission.created_at < now() - SENT_AGAIN_FOR
    with reading():
        if session().scalar(select(Submission.key).where(is_old).limit(1)) is None:
            return 0
    session().execute(delete(Submission).where(is_old))
    session().commit()
    return 1


def _digest(secret: str) -> str:
    """A secret of 256 random bits needs no slow hash: nobody can try them all."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
