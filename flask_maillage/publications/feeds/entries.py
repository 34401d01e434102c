"""What a feed holds, whatever its format.

Texts are made fit for every format when an entry is made (no character that XML refuses, titles on one line), so that
no format has to remember it; and nothing here is "now", so that the same entries give the same bytes and ETag.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from math import isfinite

from federation.sanitising import clean_text, without_controls

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
STATUSES = frozenset({"CONFIRMED", "TENTATIVE", "CANCELLED"})

_ADDRESSES = frozenset({"id", "url", "author_url", "self_url", "next_url", "online_url", "source", "language"})
_LISTS = frozenset({"tags", "topics"})
_LONG = frozenset({"html", "summary"})
_LINE_LIMIT = 500


class _Fit:
    """Clean every text of a frozen dataclass when it is made, and refuse times without a zone."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, _fit(field.name, value))
            elif field.name in _LISTS:
                object.__setattr__(self, field.name, tuple(_fit(field.name, part) for part in value))
            elif isinstance(value, datetime) and value.tzinfo is None:
                raise ValueError(f"{field.name} has no time zone")


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """How an event comes again: a rule of RFC 5545 whose `UNTIL` is a day, its first occurrence, and other days."""

    rule: str
    starts_at: datetime
    ends_at: datetime
    last_starts_at: datetime
    left_out: tuple[datetime, ...] = ()
    added: tuple[datetime, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Enclosure(_Fit):
    """A file that belongs to an entry: the image, which comes first, or a document."""

    url: str
    media_type: str
    size: int = 0
    title: str = ""

    @property
    def is_image(self) -> bool:
        """Whether it is one to show."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, kw_only=True)
class FeedEntry(_Fit):
    """One publication as a feed shows it.

    `id` is its IRI and `url` its page; `summary` is plain text and `html` is clean already; `status` is iCalendar's
    (CONFIRMED, TENTATIVE or CANCELLED, anything else counts as CONFIRMED); `source` is the host of the partner it comes
    from. For a call, `ends_at` is the deadline. An all-day event gives days as times in its `timezone`: `ends_at` is
    in its last day, or at the midnight after it. `place` is the whole address in one line, `venue` and what follows it
    are its parts; `topics` are labels, in the language of the publication.

    Raises:
        ValueError: a time has no zone.
    """

    id: str
    url: str
    title: str
    kind: str
    published: datetime
    updated: datetime
    summary: str = ""
    html: str = ""
    author: str = ""
    author_url: str = ""
    language: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    timezone: str | None = None
    place: str = ""
    venue: str = ""
    street: str = ""
    postal_code: str = ""
    locality: str = ""
    region: str = ""
    country: str = ""
    online_url: str = ""
    tags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    status: str = "CONFIRMED"
    all_day: bool = False
    repetition: Repetition | None = None
    enclosures: tuple[Enclosure, ...] = ()
    source: str | None = None

    @property
    def headline(self) -> str:
        """The title, or the address of the page: every format needs something there."""
        return self.title or self.url

    @property
    def byline(self) -> str:
        """The author, with the partner's host where the publication is not from here."""
        if self.source and self.author:
            return f"{self.author} ({self.source})"
        return self.author or self.source or ""

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude, where both are known and on Earth."""
        if self.latitude is None or self.longitude is None or not isfinite(self.latitude + self.longitude):
            return None
        on_earth = abs(self.latitude) <= 90 and abs(self.longitude) <= 180
        return (float(self.latitude), float(self.longitude)) if on_earth else None


@dataclass(frozen=True, kw_only=True)
class Feed(_Fit):
    """A list of publications with a title: `id` names it for ever, `url` is its page and `self_url` the feed's own.

    `next_url` is where the feed goes on, with what is older; `without_location` counts what a map leaves out.
    """

    id: str
    title: str
    url: str
    self_url: str
    entries: Sequence[FeedEntry]
    subtitle: str = ""
    language: str | None = None
    updated: datetime | None = None
    next_url: str | None = None
    without_location: int = 0

    @property
    def last_modified(self) -> datetime:
        """When the newest of its entries was changed; without entries `updated`, or 1970."""
        return max((entry.updated for entry in self.entries), default=self.updated or NEVER)

    @property
    def headline(self) -> str:
        """The title, or the address of the page."""
        return self.title or self.url


def etag_of(body: bytes) -> str:
    """Return the strong ETag, without quotes, of the bytes that are served."""
    return sha256(body).hexdigest()[:32]


def _fit(name: str, value: str) -> str:
    if name in _ADDRESSES:
        return "".join(without_controls(value).split())
    if name in _LONG:
        return without_controls(value)
    return clean_text(value, limit=_LINE_LIMIT)
