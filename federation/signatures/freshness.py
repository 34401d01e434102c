"""How old a signature may be.

About an hour and a few minutes both ways is what peers keep (SWICG report; Mastodon, Fedify). Replays inside the
window are stopped by the activity's id, not by the clock.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from federation.errors import BadSignature

WINDOW = timedelta(minutes=65)

_IMF_FIXDATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")


def http_date(moment: datetime) -> str:
    """Return `moment` as IMF-fixdate, the one form that Mobilizon reads."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def parse_http_date(value: str) -> datetime:
    """Read an IMF-fixdate to the letter.

    Raises:
        BadSignature: anything else, such as two dates joined, RFC 850, `gmt`, or a weekday that is wrong.
    """
    try:
        moment = parsedate_to_datetime(value) if _IMF_FIXDATE.fullmatch(value) else None
    except (ValueError, TypeError, OverflowError):
        moment = None
    if moment is None or http_date(moment) != value:
        raise BadSignature("the Date is not an HTTP date")
    return moment


def check_moment(moment: datetime, now: datetime) -> None:
    """Refuse a moment more than 65 minutes away from now.

    Raises:
        BadSignature: too old, or in the future.
    """
    if abs(now - moment) > WINDOW:
        raise BadSignature("the signature is too old or from the future")


def check_created(created: int | None, expires: int | None, now: datetime) -> None:
    """Check a signature's own times, in seconds since 1970, where it has them.

    Raises:
        BadSignature: created outside the window, expired, or to expire before it was made.
    """
    present = now.timestamp()
    if created is not None and abs(present - created) > WINDOW.total_seconds():
        raise BadSignature("the signature is too old or from the future")
    if expires is not None and expires < present:
        raise BadSignature("the signature has expired")
    if created is not None and expires is not None and expires < created:
        raise BadSignature("the signature expires before it was made")
