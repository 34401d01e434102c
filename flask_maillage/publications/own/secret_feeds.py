"""The feeds and the calendar of one member, at addresses that hold a secret: whoever has one reads what they may read.

The secret is shown once and never kept: its digest is enough to know it again, and a look-up by digest takes as long
for a wrong one. A new secret ends the old one.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select

from actors import iris
from actors.database import session
from actors.node import node, now
from flask_maillage.people.models import Member
from flask_maillage.people.notifying import preferences
from flask_maillage.people.notifying.models import Preferences
from flask_maillage.publications import listing
from flask_maillage.publications.attending.own_parts import PRESENT
from flask_maillage.publications.feeds.entries import Feed, FeedEntry
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.own.stream import readable, stream
from flask_maillage.publications.syndicating import entry_of
from flask_maillage.web.language import translate

LONGEST_SECRET = 100
ENDINGS = ("atom", "json", "ics")


def _(message: str) -> str:
    return message


STANDINGS = {
    "accepted": ("CONFIRMED", ""),
    "requested": ("TENTATIVE", _("asked")),
    "waiting": ("TENTATIVE", _("waiting list")),
    "tentative": ("TENTATIVE", _("perhaps")),
}
"""What a calendar says of one's own part in an event: its status, and a word before its title."""


@dataclass(frozen=True)
class Owner:
    """Whose feeds an address leads to, and what they said of them."""

    member: Member
    said: Preferences


def renew(member: Member) -> str:
    """Give a member new addresses, and return the secret in them, which nobody can be told again."""
    secret = secrets.token_urlsafe(32)
    said = preferences.made_for(member)
    said.feed_digest, said.feed_made_at = _digest(secret), now()
    session().flush()
    return secret


def revoke(member: Member) -> None:
    """Let the addresses of a member lead nowhere any more."""
    said = preferences.made_for(member)
    said.feed_digest = said.feed_made_at = None
    session().flush()


def owner_of(secret: str) -> Owner | None:
    """Return whose addresses have this secret; None for nobody's, and for who is suspended or gone."""
    if len(secret) > LONGEST_SECRET:
        return None
    said = session().scalar(select(Preferences).where(Preferences.feed_digest == _digest(secret)))
    if said is None or said.member.actor.gone_at is not None or said.member.actor.suspended_at is not None:
        return None
    return Owner(said.member, said)


def address(secret: str, ending: str) -> str:
    """Return one of the addresses."""
    return iris.own(f"my/feed/{secret}.{ending}")


def feed(owner: Owner, self_url: str) -> Feed:
    """Return what those whom a member follows publish, the newest first."""
    query = listing.newest(stream([owner.member.actor_id]))
    found = listing.first(query, listing.FEED_SIZE)
    return _feed(owner, self_url, [entry_of(one, owner.member.language) for one in found])


def calendar(owner: Owner, self_url: str) -> Feed:
    """Return what a member goes to, each with where they stand there; and, as they chose, what they may go to.

    The deadlines of the calls of those whom they follow are always in it.
    """
    reader = owner.member.actor_id
    mine = select(Attendance.publication_id).where(Attendance.actor_id == reader, Attendance.state.in_(PRESENT))
    followed = stream([reader]).with_only_columns(Publication.id)
    if not owner.said.feed_events:
        followed = followed.where(Publication.kind == "call")
    query = readable([reader]).where(or_(Publication.id.in_(mine), Publication.id.in_(followed)))
    found = listing.first(listing.dated(query), listing.CALENDAR_SIZE)
    standings = _standings(reader, [one.id for one in found])
    entries = [_standing(entry_of(one, owner.member.language), standings.get(one.id), owner) for one in found]
    return _feed(owner, self_url, entries)


def _standings(reader: int, numbers: list[int]) -> dict[int, str]:
    query = select(Attendance.publication_id, Attendance.state).where(
        Attendance.actor_id == reader, Attendance.publication_id.in_(numbers), Attendance.state.in_(PRESENT)
    )
    return dict(session().execute(query).all())


def _standing(entry: FeedEntry, state: str | None, owner: Owner) -> FeedEntry:
    """Say in an entry where its reader stands; what is cancelled stays so."""
    if state is None or entry.status == "CANCELLED":
        return entry
    status, mark = STANDINGS[state]
    title = f"{entry.title} ({translate(owner.member.language, mark)})" if mark else entry.title
    return replace(entry, status=status if entry.status == "CONFIRMED" else entry.status, title=title)


def _feed(owner: Owner, self_url: str, entries: Sequence[FeedEntry]) -> Feed:
    """Make the feed; its id names it for ever and holds no secret, since readers pass ids on."""
    return Feed(
        id=iris.own(f"my/feed#{owner.member.actor.handle}"),
        title=f"{owner.member.name} · {node().name}",
        url=iris.own("my"),
        self_url=self_url,
        entries=entries,
        language=owner.member.language,
    )


def _digest(secret: str) -> str:
    """A secret of 256 random bits needs no slow hash: nobody can try them all."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
