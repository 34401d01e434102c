"""A list of publications as CSV (RFC 4180), for spreadsheets: the columns are named in `docs/outputs.md`.

A cell that begins as a formula does is not to be computed by whoever opens the file: it gets an apostrophe in front.
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime

from ..content import known_timezone
from ..local_time import wall_clock
from .entries import Feed, FeedEntry

TABLE_CONTENT_TYPE = "text/csv; charset=utf-8; header=present"
BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel takes UTF-8 for the alphabet of the machine."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

COLUMNS: dict[str, Callable[[FeedEntry], object]] = {
    "id": lambda entry: entry.id,
    "url": lambda entry: entry.url,
    "kind": lambda entry: entry.kind,
    "title": lambda entry: entry.title,
    "summary": lambda entry: " ".join(entry.summary.split()),
    "status": lambda entry: entry.status.lower(),
    "starts_at": lambda entry: _local(entry, entry.starts_at),
    "ends_at": lambda entry: _local(entry, entry.ends_at),
    "timezone": lambda entry: entry.timezone,
    "venue": lambda entry: entry.venue,
    "street": lambda entry: entry.street,
    "postal_code": lambda entry: entry.postal_code,
    "locality": lambda entry: entry.locality,
    "region": lambda entry: entry.region,
    "country": lambda entry: entry.country,
    "latitude": lambda entry: entry.latitude,
    "longitude": lambda entry: entry.longitude,
    "online_url": lambda entry: entry.online_url,
    "topics": lambda entry: "; ".join(entry.topics),
    "tags": lambda entry: " ".join(entry.tags),
    "author": lambda entry: entry.author,
    "author_url": lambda entry: entry.author_url,
    "source": lambda entry: entry.source,
    "language": lambda entry: entry.language,
    "published": lambda entry: entry.published.isoformat(),
    "updated": lambda entry: entry.updated.isoformat(),
}
"""Each column with where it comes from. New ones are added at the end: programs count them."""


def table(feed: Feed) -> bytes:
    """Return the entries as a table with a line of names."""
    return "".join(lines(feed)).encode()


def lines(feed: Feed) -> Iterator[str]:
    """Yield the table line by line."""
    yield BYTE_ORDER_MARK + _line(list(COLUMNS))
    for entry in feed.entries:
        yield _line([cell(take(entry)) for take in COLUMNS.values()])


def cell(value: object) -> str:
    """Return a value as it may stand in a cell: numbers as they are, a text never as a formula."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def _local(entry: FeedEntry, moment: datetime | None) -> str | None:
    """Return a moment on the clock of its place, with its offset."""
    if moment is None:
        return None
    return wall_clock(moment, entry.timezone if known_timezone(entry.timezone) else None).isoformat()
