"""When a letter that we know counts again: some servers give every Follow, or Join, of one pair the same id."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from actors import followers, remote
from actors.database import session
from federation.signatures import Received, cavage, rfc9421
from federation.signatures.freshness import parse_http_date
from inboxes.models import Letter
from inboxes.registry import standing

ENDINGS = {"Follow": ("Undo", "Block"), "Join": ("Undo", "Leave")}
"""What its sender takes back by what."""


def counts_again(letter: Letter, signed: datetime) -> bool:
    """Tell whether a known letter is a Follow after an Undo, or a Join after a Leave, and not played once more.

    It counts only when nothing is left of the relation, its sender has taken something back since, and the signature
    was made later than that one, by the sender's own clock.

    Args:
        letter: the letter that is stored under the same id, from the same sender.
        signed: when the signature was made that brings it anew, which was verified.
    """
    if letter.type not in ENDINGS or letter.state == "waiting" or letter.object_iri is None or _stands(letter):
        return False
    ended_at = session().scalar(
        select(func.max(func.coalesce(Letter.signed_at, Letter.received_at))).where(
            Letter.sender_id == letter.sender_id,
            Letter.type.in_(ENDINGS[letter.type]),
            Letter.received_at >= letter.received_at,
        )
    )
    return ended_at is not None and signed > ended_at


def _stands(letter: Letter) -> bool:
    """Tell whether something is left of what a letter began."""
    if letter.type != "Follow":
        return any(stands(letter) for stands in standing)
    followed = remote.find(letter.object_iri or "")
    return followed is None or followers.between(letter.sender, followed) is not None


def signed_at(request: Received) -> datetime:
    """Return when a verified signature was made, as far as the signature itself covers that."""
    if "signature-input" in request.headers:
        return datetime.fromtimestamp(rfc9421.read(request).created, UTC)
    claim = cavage.read(request)
    if "(created)" in claim.covered and claim.created is not None:
        return datetime.fromtimestamp(claim.created, UTC)
    return parse_http_date(request.headers["date"].strip())
