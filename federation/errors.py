"""Every error that the wire can give: a status and a safe sentence for the peer, a text for the log.

Raised deep, answered once (`inboxes/views.py`); `str(error)` is for the log and never leaves the node.
"""


class FederationError(Exception):
    """An error of federation; `status` and `safe` are what a peer is told."""

    status = 400
    safe = "The request could not be understood."

    def __init__(self, detail: str = "", *, retry_after: int | None = None) -> None:
        """Keep the log text; `retry_after` is in seconds and becomes the `Retry-After` header."""
        super().__init__(detail or self.safe)
        self.retry_after = retry_after


class Malformed(FederationError):
    """Not an activity, not a valid header, not strict JSON."""

    status = 400
    safe = "The request is malformed."


class Missing(Malformed):
    """An object without a part that it cannot be without."""

    def __init__(self, reason: str, part: str) -> None:
        """Keep the name of the property that is missing, or that cannot be read."""
        super().__init__(reason)
        self.part = part


class BadSignature(FederationError):
    """Missing, incomplete, stale or wrong signature: exactly 401, which makes peers knock a second time."""

    status = 401
    safe = "The signature is missing or not valid."


class KeyNotHad(BadSignature):
    """The key that would show who speaks cannot be had: told to a peer as a bad signature is."""


class Refused(FederationError):
    """Blocked, or not theirs to do."""

    status = 403
    safe = "This is not accepted here."


class NotFound(FederationError):
    """No such thing, or not for this caller: the two look the same."""

    status = 404
    safe = "There is nothing here."


class Gone(FederationError):
    """The actor or object existed and was deleted."""

    status = 410
    safe = "This was deleted."


class LengthRequired(FederationError):
    """A body without a declared length (chunked bodies are cut silently by some WSGI servers)."""

    status = 411
    safe = "A Content-Length is required."


class TooLarge(FederationError):
    """A body above the limit."""

    status = 413
    safe = "The request is too large."


class UnsupportedMedia(FederationError):
    """Another content type or a compressed body."""

    status = 415
    safe = "The content type is not supported."


class TooMany(FederationError):
    """Over a rate limit."""

    status = 429
    safe = "Too many requests."


class Unreachable(FederationError):
    """The other side could not be reached now: try again later."""

    status = 503
    safe = "The key could not be fetched now."


class Busy(FederationError):
    """Our own database is locked or away: the peer keeps the letter and sends it again."""

    status = 503
    safe = "The server is busy now."


class Forbidden(FederationError):
    """An address that we do not connect to, whoever asks (private network, odd port, bad URL)."""

    status = 401
    safe = "The signature is missing or not valid."


class Rejected(FederationError):
    """The other side answered no (4xx, wrong type of document): asking again will not help."""

    status = 401
    safe = "The signature is missing or not valid."
