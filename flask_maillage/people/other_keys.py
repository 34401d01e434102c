"""What opens something of an account without its password: tokens of programs, secret addresses, accounts elsewhere.

A new password alone closes none of them. Who lost control of an account, and takes a new password by a mailed link,
gets tokens and secret addresses closed with it, as Mastodon does; who changes a password that they know is asked.
Accounts elsewhere stay: they may be the only way in, and their member is told of them.
"""

from dataclasses import dataclass

from sqlalchemy import select, update

from actors.database import session
from actors.node import node, now
from flask_maillage.people.models import Member, OutsideIdentity, Token
from flask_maillage.people.notifying.models import Preferences


@dataclass(frozen=True)
class OtherKeys:
    """What there is, by the names that its member knows."""

    tokens: tuple[str, ...] = ()
    has_feeds: bool = False
    identities: tuple[str, ...] = ()

    @property
    def can_end(self) -> bool:
        """Whether there is something that `end` would end."""
        return bool(self.tokens) or self.has_feeds


def of(member: Member) -> OtherKeys:
    """Return what opens something of a member's account now."""
    works = Token.revoked_at.is_(None), Token.expires_at.is_(None) | (Token.expires_at > now())
    tokens = session().scalars(select(Token.label).where(Token.member_id == member.id, *works).order_by(Token.id))
    feeds = select(Preferences.member_id).where(
        Preferences.member_id == member.id, Preferences.feed_digest.is_not(None)
    )
    elsewhere = select(OutsideIdentity.label).where(OutsideIdentity.member_id == member.id)
    has_provider = bool(node().state.get("openid"))
    return OtherKeys(
        tokens=tuple(tokens.all()),
        has_feeds=session().scalar(feeds) is not None,
        identities=tuple(session().scalars(elsewhere.order_by(OutsideIdentity.id))) if has_provider else (),
    )


def end(member: Member) -> None:
    """Revoke every token of a member, and let their secret addresses lead nowhere any more."""
    lasting = Token.member_id == member.id, Token.revoked_at.is_(None)
    session().execute(update(Token).where(*lasting).values(revoked_at=now()))
    said = update(Preferences).where(Preferences.member_id == member.id)
    session().execute(said.values(feed_digest=None, feed_made_at=None))
    session().flush()
