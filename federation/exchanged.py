"""What an exchange with a peer gave: a document, a page, a file, the answer to a delivery."""

from dataclasses import dataclass
from email.message import Message
from typing import Any

from federation import strict_json
from federation.activities import AS2
from federation.errors import Malformed, Rejected
from federation.signatures import Scheme


@dataclass(frozen=True)
class Fetched:
    """A JSON document, and the address that it came from in the end."""

    url: str
    document: dict[str, Any]
    content_type: str


@dataclass(frozen=True)
class Page:
    """What an address gave, whatever it is, with the address in the end and its `Link` headers, joined by commas."""

    url: str
    content_type: str
    links: str
    body: bytes

    @property
    def is_activity(self) -> bool:
        """Whether it is of one of the two ActivityStreams types."""
        return _is_activity_type(self.content_type)

    @property
    def is_html(self) -> bool:
        """Whether it is a page for people."""
        return media_type(self.content_type)[0] in ("text/html", "application/xhtml+xml")

    def json(self, *, nodes: int = strict_json.MAX_NODES) -> dict[str, Any]:
        """Return it as a JSON object of so many values at most; raises `Rejected` where it is none."""
        try:
            document = strict_json.loads(self.body, nodes=nodes)
        except Malformed as error:
            raise Rejected(f"{self.url}: {error}") from None
        if not isinstance(document, dict):
            raise Rejected(f"{self.url} is not an object")
        return document


@dataclass(frozen=True)
class File:
    """A file that was fetched, with the marks by which one asks whether it has changed; no body where it has not."""

    body: bytes
    etag: str
    modified: str
    unchanged: bool = False


@dataclass(frozen=True)
class Answer:
    """What a peer said to a delivery.

    `retry_after` is in seconds, `scheme` is the way of signing that produced this answer, `body` its first 1000 bytes
    for the log.
    """

    status: int
    retry_after: int | None
    scheme: Scheme
    body: bytes


def media_type(content_type: str) -> tuple[str, str]:
    """Return the type and the profile of a `Content-Type`, each in its regular form."""
    message = Message()
    message["Content-Type"] = content_type
    return message.get_content_type(), str(message.get_param("profile") or "")


def _is_activity_type(content_type: str) -> bool:
    kind, profile = media_type(content_type)
    return kind == "application/activity+json" or (kind == "application/ld+json" and AS2 in profile.split())
