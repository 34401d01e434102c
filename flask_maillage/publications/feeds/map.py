"""A list of publications as GeoJSON (RFC 7946): what has a position is a point, the others are counted."""

from datetime import UTC, datetime
from typing import Any

from federation import strict_json

from .entries import Feed, FeedEntry

MAP_CONTENT_TYPE = "application/geo+json; charset=utf-8"


def geojson(feed: Feed) -> bytes:
    """Return the entries with a position as a FeatureCollection; `withoutLocation` says how many others there are.

    A feature without geometry would be valid, and most maps stumble over it.
    """
    placed = [(entry, entry.position) for entry in feed.entries]
    features = [_feature(entry, position) for entry, position in placed if position is not None]
    return strict_json.dumps(
        {
            "type": "FeatureCollection",
            "name": feed.headline,
            "features": features,
            "withoutLocation": feed.without_location + len(placed) - len(features),
            **({"next": feed.next_url} if feed.next_url else {}),
        }
    )


def _feature(entry: FeedEntry, position: tuple[float, float]) -> dict[str, Any]:
    latitude, longitude = position
    facts = {
        "url": entry.url,
        "kind": entry.kind,
        "title": entry.headline,
        "summary": entry.summary,
        "status": entry.status.lower(),
        "starts_at": _timestamp(entry.starts_at),
        "ends_at": _timestamp(entry.ends_at),
        "timezone": entry.timezone,
        "place": entry.place,
        "country": entry.country,
        "topics": list(entry.topics),
        "tags": list(entry.tags),
        "author": entry.author,
        "author_url": entry.author_url,
        "source": entry.source,
        "language": entry.language,
        "published": _timestamp(entry.published),
        "updated": _timestamp(entry.updated),
    }
    return {
        "type": "Feature",
        "id": entry.id,
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {name: value for name, value in facts.items() if value not in (None, "", [])},
    }


def _timestamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
