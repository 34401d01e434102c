"""Atom (RFC 4287) and RSS 2.0, written by feedgen."""

from datetime import UTC
from typing import Any

from feedgen.feed import FeedGenerator

from .entries import Feed, FeedEntry

ATOM_CONTENT_TYPE = "application/atom+xml; charset=utf-8"
RSS_CONTENT_TYPE = "application/rss+xml; charset=utf-8"


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
    generator.generator("Maillage")
    generator.id(feed.id)
    generator.title(feed.headline)
    generator.link(href=feed.self_url, rel="self")
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
    if entry.summary:
        item.summary(entry.summary)
    if entry.html:
        item.content(entry.html, type="html")
    item.author({"name": author, "uri": entry.author_url or None})
    item.dc.dc_creator(author)
    item.category([{"term": term} for term in (entry.kind, *entry.tags)])
