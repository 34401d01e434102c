"""What can be followed: the whole node, a kind, an actor, a territory, a publication, and any of them filtered."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from actors import iris
from actors.models import Actor
from actors.node import node
from flask_maillage.publications import listing, matching
from flask_maillage.publications.filtering import EVERYTHING, Filter
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.models import Publication
from flask_maillage.publications.territories import founding
from flask_maillage.territory import zones
from flask_maillage.web.language import translate

FILES = {
    "atom": "feed.atom",
    "rss": "feed.rss",
    "json": "feed.json",
    "calendar": "calendar.ics",
    "table": "list.csv",
    "map": "map.geojson",
}
ENDINGS = {name: file.rpartition(".")[2] for name, file in FILES.items()}
DATED_KINDS = frozenset({"call", "event"})


@dataclass(frozen=True)
class Channel:
    """A page that is a feed too, with the same addresses under each; where nothing is given, everything on the node.

    `territory` is the code of a zone or `zones.NOWHERE`, `tag` a hashtag in its folded form, `asked` what of it is
    meant; `listed` says that the page is the list of everything and not the first page.
    """

    kind: Kind | None = None
    actor: Actor | None = None
    publication: Publication | None = None
    territory: str = ""
    tag: str = ""
    asked: Filter = EVERYTHING
    listed: bool = False

    @property
    def base(self) -> str:
        """What the addresses of its files begin with, without a slash at the end."""
        if self.publication is not None:
            return self.publication.page
        base = iris.actor_page(self.actor.page_handle) if self.actor else iris.home().rstrip("/")
        if self.territory:
            base = f"{base}/territories/{self.territory}"
        if self.tag:
            base = f"{base}/tags/{quote(self.tag)}"
        return f"{base}/{self.kind.slug}" if self.kind else base

    @property
    def page(self) -> str:
        """The address of the page."""
        is_everything = not (self.kind or self.actor or self.publication or self.territory or self.tag)
        if is_everything:
            return _with(f"{self.base}/publications" if self.listed or self.asked else iris.home(), self.asked)
        if self.asked and self.actor and not self.kind:
            return _with(f"{self.base}/publications", self.asked)
        return _with(self.base, self.asked)

    @property
    def title(self) -> str:
        """What it is called, in the node's language: a feed has readers in many."""
        if self.publication is not None:
            return self.publication.name
        kind = translate(node().language, self.kind.plural) if self.kind else ""
        language = node().language
        where = name_of_territory(self.territory, language) if self.territory else f"#{self.tag}" if self.tag else ""
        asked = ", ".join(value for name, value in self.asked.written if name not in ("kind", "open"))
        return " · ".join(
            part for part in (kind, self.actor.name if self.actor else "", where, asked, node().name) if part
        )

    @property
    def meaning(self) -> Filter:
        """What is meant by path and query together."""
        return self.asked.within(zone=self.zone, tag=self.tag)

    @property
    def zone(self) -> str:
        """The code of the zone that it is about, by its address or because its actor is a territory of ours."""
        found = founding.of_actor(self.actor) if self.actor and not self.territory else None
        return found.code if found else self.territory

    @property
    def author(self) -> Actor | None:
        """Whose publications it holds; a territory publishes nothing and holds what lies in it."""
        return None if self.zone else self.actor

    def address(self, name: str, number: int = 1) -> str:
        """Return the address of one of `FILES`, or of one of its later parts."""
        return _with(f"{self.base}/{FILES[name]}", self.asked, number)

    def addresses(self) -> dict[str, str]:
        """Return the addresses to show and announce; a calendar only where something has a date."""
        kinds = self.asked.kinds or ((self.publication.kind,) if self.publication else ())
        kinds = (self.kind.name,) if self.kind else kinds
        has_dates = not kinds or DATED_KINDS.intersection(kinds)
        return {name: self.address(name) for name in FILES if name != "calendar" or has_dates}

    def query(self) -> listing.Query:
        """Return the query of what it holds, in no order."""
        if self.publication is not None:
            return listing.only(self.publication)
        found = listing.visible(kind=self.kind.name if self.kind else None, actor=self.author)
        return matching.narrowed(found, self.meaning)

    def changed_at(self) -> datetime | None:
        """Return when it last changed, withdrawals included; what is filtered changes no later than its whole."""
        if self.publication is not None:
            return self.publication.updated_at
        return listing.changed_at(kind=self.kind.name if self.kind else None, actor=self.author)


def name_of_territory(code: str, language: str) -> str:
    """Return what a territory is called in a language, or the words for what lies nowhere."""
    return translate(language, "No location") if code == zones.NOWHERE else zones.name_of(code, language)


def _with(address: str, asked: Filter, number: int = 1) -> str:
    query = urlencode([*asked.written, *([("page", str(number))] if number > 1 else [])])
    return f"{address}?{query}" if query else address
