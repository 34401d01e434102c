"""What can be followed by feed: the whole node, one kind, one actor, one publication; each has the same addresses."""

from dataclasses import dataclass
from datetime import datetime

from actors import iris
from actors.models import Actor
from actors.node import node
from flask_maillage.publications import listing
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.models import Publication
from flask_maillage.web.language import translate

FILES = {"atom": "feed.atom", "rss": "feed.rss", "json": "feed.json", "calendar": "calendar.ics"}
DATED_KINDS = frozenset({"call", "event"})


@dataclass(frozen=True)
class Channel:
    """A page that is a feed too; without kind, actor and publication it is everything on the node."""

    kind: Kind | None = None
    actor: Actor | None = None
    publication: Publication | None = None

    @property
    def page(self) -> str:
        """The address of the page."""
        if self.publication is not None:
            return self.publication.page
        base = iris.actor_page(self.actor.page_handle) if self.actor else iris.home().rstrip("/")
        if self.kind is not None:
            return f"{base}/{self.kind.slug}"
        return base if self.actor else iris.home()

    @property
    def title(self) -> str:
        """What it is called, in the node's language: a feed has readers in many."""
        if self.publication is not None:
            return self.publication.name
        kind = translate(node().language, self.kind.plural) if self.kind else ""
        return " · ".join(part for part in (kind, self.actor.name if self.actor else "", node().name) if part)

    def address(self, name: str) -> str:
        """Return the address of one of `FILES`."""
        return f"{self.page.rstrip('/')}/{FILES[name]}"

    def addresses(self) -> dict[str, str]:
        """Return the addresses to show and announce; a calendar only where something has a date."""
        kind = self.publication.kind if self.publication else self.kind.name if self.kind else None
        has_dates = kind is None or kind in DATED_KINDS
        return {name: self.address(name) for name in FILES if name != "calendar" or has_dates}

    def publications(self, *, for_calendar: bool) -> list[Publication]:
        """Return what it holds: the newest, or what has a date."""
        if self.publication is not None:
            return [self.publication]
        query = listing.visible(kind=self.kind.name if self.kind else None, actor=self.actor)
        if for_calendar:
            return list(listing.first(listing.dated(query), listing.CALENDAR_SIZE))
        return list(listing.first(listing.newest(query), listing.FEED_SIZE))

    def changed_at(self) -> datetime | None:
        """Return when it last changed, withdrawals included."""
        if self.publication is not None:
            return self.publication.updated_at
        return listing.changed_at(kind=self.kind.name if self.kind else None, actor=self.actor)
