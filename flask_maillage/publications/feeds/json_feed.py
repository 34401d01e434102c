"""JSON Feed 1.1 (jsonfeed.org/version/1.1), with what only we know under `_maillage`."""

from datetime import UTC, datetime
from typing import Any

from federation import strict_json

from .entries import Enclosure, Feed, FeedEntry

JSON_FEED_CONTENT_TYPE = "application/feed+json; charset=utf-8"


def json_feed(feed: Feed) -> bytes:
    """Return the feed as JSON Feed."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.headline,
        "description": feed.subtitle,
        "home_page_url": feed.url,
        "feed_url": feed.self_url,
        "next_url": feed.next_url,
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    return strict_json.dumps(_said(document))


def _item(entry: FeedEntry) -> dict[str, Any]:
    return _said(
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.headline,
            "summary": entry.summary,
            "content_html": entry.html,
            "content_text": None if entry.html else entry.summary or entry.headline,
            "date_published": _timestamp(entry.published),
            "date_modified": _timestamp(entry.updated),
            "authors": [_said({"name": entry.byline, "url": entry.author_url})] if entry.byline else None,
            "tags": [entry.kind, *entry.tags, *entry.topics],
            "language": entry.language,
            "image": next((one.url for one in entry.enclosures if one.is_image), None),
            "attachments": [_attachment(one) for one in entry.enclosures] or None,
            "_maillage": _said(
                {
                    "kind": entry.kind,
                    "status": entry.status,
                    "starts_at": _timestamp(entry.starts_at),
                    "ends_at": _timestamp(entry.ends_at),
                    "timezone": entry.timezone,
                    "all_day": entry.all_day,
                    "place": entry.place,
                    "country": entry.country,
                    "online_url": entry.online_url,
                    "latitude": entry.latitude,
                    "longitude": entry.longitude,
                    "source": entry.source,
                }
            ),
        }
    )


def _attachment(one: Enclosure) -> dict[str, Any]:
    return _said({"url": one.url, "mime_type": one.media_type, "title": one.title, "size_in_bytes": one.size or None})


def _said(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known: readers take an empty text for a text."""
    return {key: value for key, value in document.items() if value is not None and value != ""}


def _timestamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
