"""The mail that tells a member what is new, every day or every week as they asked; never where nothing is."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from actors import iris
from actors.database import reading, session
from actors.node import node, now
from flask_maillage.mail import queue
from flask_maillage.mail.composing import Link, Message, Part
from flask_maillage.people.models import Member
from flask_maillage.people.notifying import quiet_links, rhythm
from flask_maillage.people.notifying.kinds import Told
from flask_maillage.people.notifying.models import Preferences
from flask_maillage.people.notifying.reading import unread_since
from flask_maillage.people.notifying.unsubscribing import DIGEST_MAILS
from flask_maillage.publications import listing
from flask_maillage.publications.models import Publication, Share
from flask_maillage.publications.own.stream import closing_before, followed_by, stream
from flask_maillage.web.dates import date_in_words
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext, speaking
from inboxes.chores import chore

log = logging.getLogger(__name__)
MOST = 20
"""How many of each sort stand in one mail; the page has the rest."""
AGAIN_AFTER = timedelta(hours=1)
LONGEST_TITLE = 120


@dataclass(frozen=True)
class News:
    """What a digest tells, and how much more there is on the page."""

    told: list[Told]
    published: list[Publication]
    more_published: bool
    closing: list[Publication]

    def __bool__(self) -> bool:
        return bool(self.told or self.published or self.closing)


@chore
def send_digests() -> int:
    """Write the digest of one member whose moment has come, and set the next moment in the same transaction.

    So there is one mail for each period: whoever is killed has written neither, and whoever comes second finds the
    moment moved. Where it cannot be put together it is tried again later, and keeps nobody else waiting.
    """
    with reading():
        due = select(Preferences.member_id).where(Preferences.digest_due_at <= now())
        number = session().scalar(due.order_by(Preferences.digest_due_at, Preferences.member_id).limit(1))
    if number is None:
        return 0
    try:
        said = _claim(number)
        if said is not None:
            _write(said)
        session().commit()
    except Exception:
        session().rollback()
        log.exception("the digest of member %s could not be put together", number)
        _put_off(number)
    return 1


def _claim(number: int) -> Preferences | None:
    """Return what a member asked for, locked, where it is due still."""
    query = select(Preferences).where(Preferences.member_id == number, Preferences.digest_due_at <= now())
    return session().scalar(query.with_for_update(of=Preferences).execution_options(populate_existing=True))


def _put_off(number: int) -> None:
    said = _claim(number)
    if said is not None:
        said.digest_due_at = now() + AGAIN_AFTER
    session().commit()


def _write(said: Preferences) -> None:
    member, moment = said.member, now()
    is_here = member.actor.gone_at is None and member.actor.suspended_at is None
    with speaking(member.language):
        news = news_for(member, said, moment) if is_here else None
        if news:
            quiet = quiet_links.address(member, DIGEST_MAILS)
            queue.write(member.email, _message(news, member, quiet), purpose="digest", unsubscribe=quiet)
    said.digest_since = moment
    said.digest_due_at = rhythm.next_due(said.digest, said.timezone, moment)


def news_for(member: Member, said: Preferences, moment: datetime) -> News:
    """Return what came for a member since their last digest, and which calls close before the next but one."""
    since, readers = said.digest_since or moment - rhythm.PERIODS[said.digest], [member.actor_id]
    arrived = or_(
        and_(Publication.local, Publication.published_at > since),
        and_(~Publication.local, Publication.created_at > since),
        Publication.id.in_(
            select(Share.publication_id).where(Share.actor_id.in_(followed_by(readers)), Share.created_at > since)
        ),
    )
    found = listing.first(listing.newest(stream(readers).where(arrived)), MOST + 1)
    last = moment + rhythm.PERIODS[said.digest] + timedelta(days=1)
    return News(
        told=unread_since(member, since, MOST),
        published=list(found[:MOST]),
        more_published=len(found) > MOST,
        closing=list(listing.first(closing_before(readers, last), MOST)),
    )


def _message(news: News, member: Member, quiet: str) -> Message:
    parts: list[Part] = []
    if news.told:
        parts += [_("For you"), *(Link(one.text, one.address) for one in news.told)]
    if news.closing:
        parts += [_("Closing soon"), *(_closing(call) for call in news.closing)]
    if news.published:
        parts += [_("From those you follow"), *(Link(_line(one), one.page) for one in news.published)]
    if news.more_published:
        parts.append(_("There is more: your page has all of it."))
    parts += [
        Link(_("To your page"), iris.own("my")),
        Link(_("Choose how often this comes, or that it does not"), iris.own("my/settings")),
        Link(_("Send me no more of them"), quiet),
    ]
    return Message(_subject(news), tuple(parts), member.language)


def _subject(news: News) -> str:
    """Say how much there is: who has no time sees at once whether it can wait."""
    count = len(news.told) + len(news.published)
    if not count:
        return ngettext("%(n)s call closes soon", "%(n)s calls close soon", len(news.closing))
    if news.more_published:
        return _("What is new at %(name)s", name=node().name)
    return ngettext("%(n)s thing is new at %(name)s", "%(n)s things are new at %(name)s", count, name=node().name)


def _line(publication: Publication) -> str:
    title = (publication.name or publication.summary or _("Without a title"))[:LONGEST_TITLE]
    return f"{_(publication.kind_of_it.label)} – {title} ({publication.actor.name})"


def _closing(call: Publication) -> Link:
    when = date_in_words(call.ends_at, call.timezone) if call.ends_at else ""
    return Link(_("“%(title)s” closes on %(when)s", title=call.name, when=when), call.page)
