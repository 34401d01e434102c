"""Atom (RFC 4287) and RSS 2.0, written by feedgen."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from .entries import Enclosure, Feed, FeedEntry

ATOM_CONTENT_TYPE = "application/atom+xml; charset=utf-8"
RSS_CONTENT_TYPE = "application/rss+xml; charset=utf-8"
_LINK = "{http://www.w3.org/2005/Atom}link"
_UPDATED = "{http://www.w3.org/2005/Atom}updated"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class _Continued(BaseExtension):
    """Where an RSS feed goes on (RFC 5005 §3): feedgen writes no link but `self` into one."""

    address = ""

    def extend_rss(self, rss_feed: Any) -> Any:
        """Add the link to the channel."""
        if self.address:
            xml_elem(_LINK, rss_feed[0], rel="next", href=self.address)
        return rss_feed


class EnclosedFiles(BaseEntryExtension):
    """The files of an entry: feedgen writes links of Atom entries without their `rel`, so that each seems a page."""

    files: Sequence[Enclosure] = ()

    def extend_atom(self, entry: Any) -> Any:
        """Add a link for each file."""
        for one in self.files:
            said = {"href": one.url, "rel": "enclosure", "type": one.media_type, "title": one.title}
            said |= {"length": str(one.size)} if one.size else {}
            xml_elem("link", entry, **{name: value for name, value in said.items() if value})
        return entry

    def extend_rss(self, item: Any) -> Any:
        """Add the first file: RSS takes one."""
        for one in self.files[:1]:
            xml_elem("enclosure", item, url=one.url, length=str(one.size), type=one.media_type)
        return item


class InItsLanguage(BaseEntryExtension):
    """In which language an Atom entry is: it has that of the feed where it says nothing."""

    language: str | None = None

    def extend_atom(self, entry: Any) -> Any:
        """Name the language at the entry, for its title, its summary and its text."""
        if self.language:
            entry.set(_LANGUAGE, self.language)
        return entry


class LastChanged(BaseEntryExtension):
    """When an RSS item was changed, as Atom says it: RSS knows but when it was published."""

    moment: datetime | None = None

    def extend_rss(self, item: Any) -> Any:
        """Add the moment."""
        if self.moment:
            xml_elem(_UPDATED, item).text = self.moment.isoformat()
        return item


def atom(feed: Feed) -> bytes:
    """Return the feed as Atom."""
    body: bytes = _generator(feed).atom_str()
    return body


def rss(feed: Feed) -> bytes:
    """Return the feed as RSS; authors are `dc:creator`, since RSS's own `author` must be an e-mail address."""
    body: bytes = _generator(feed).rss_str()
    return body


def _generator(feed: Feed) -> Any:
    generator = FeedGenerator()
    generator.load_extension("dc", atom=False, rss=True)
    generator.register_extension("continued", _Continued, atom=False, rss=True)
    generator.register_extension("enclosed", BaseExtension, EnclosedFiles)
    generator.register_extension("tongue", BaseExtension, InItsLanguage, rss=False)
    generator.register_extension("changed", BaseExtension, LastChanged, atom=False)
    generator.generator("Maillage")
    generator.id(feed.id)
    generator.title(feed.headline)
    generator.link(href=feed.self_url, rel="self")
    if feed.next_url:
        generator.link(href=feed.next_url, rel="next")
        generator.continued.address = feed.next_url
    generator.link(href=feed.url, rel="alternate", type="text/html")  # feedgen gives the last one to RSS
    generator.description(feed.subtitle or feed.headline)
    generator.updated(feed.last_modified.astimezone(UTC))  # feedgen writes the present time where none is set
    if feed.language:
        generator.language(feed.language)
    for entry in feed.entries:
        _add(generator, entry, author=entry.byline or feed.headline)
    return generator


def _add(generator: Any, entry: FeedEntry, *, author: str) -> None:
    item = generator.add_entry(order="append")  # feedgen's default puts the newest last
    item.guid(entry.id, permalink=False)
    item.title(entry.headline)
    item.link(href=entry.url, rel="alternate", type="text/html")
    item.published(entry.published.astimezone(UTC))
    item.updated(entry.updated.astimezone(UTC))
    item.changed.moment = entry.updated.astimezone(UTC)
    if entry.language:
        item.tongue.language = entry.language
        item.dc.dc_language(entry.language)
    if entry.summary:
        item.summary(entry.summary)
    item.enclosed.files = entry.enclosures
    if entry.html:
        item.content(entry.html, type="html")
    item.author({"name": author, "uri": entry.author_url or None})
    item.dc.dc_creator(author)
    item.category([{"term": term} for term in dict.fromkeys((entry.kind, *entry.tags, *entry.topics))])
