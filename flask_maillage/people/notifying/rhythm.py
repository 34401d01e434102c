"""When the next digest is due: at seven in the morning where its reader lives, the next day or on the next Monday."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_maillage.people.notifying.models import DAILY, NEVER, WEEKLY, Preferences

HOUR = time(7)
PERIODS = {DAILY: timedelta(days=1), WEEKLY: timedelta(days=7)}


def next_due(rhythm: str, timezone: str | None, after: datetime) -> datetime | None:
    """Return the next moment after another, on the clock of a time zone or in UTC; None for never."""
    if rhythm == NEVER:
        return None
    zone = zone_of(timezone)
    day = after.astimezone(zone).date()
    day += timedelta(days=1 if rhythm == DAILY else 7 - day.weekday())
    return datetime.combine(day, HOUR, zone).astimezone(UTC)


def zone_of(timezone: str | None) -> ZoneInfo:
    """Return a time zone by its name, or UTC."""
    try:
        return ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def choose(said: Preferences, rhythm: str, timezone: str | None, moment: datetime) -> None:
    """Let digests come in a rhythm from now on; what was before is not told, and an unchanged rhythm stays as it is."""
    begins = said.digest == NEVER and rhythm != NEVER
    is_other = (said.digest, said.timezone) != (rhythm, timezone)
    said.digest, said.timezone = rhythm, timezone
    if is_other or said.digest_due_at is None:
        said.digest_due_at = next_due(rhythm, timezone, moment)
    if begins or said.digest_since is None:
        said.digest_since = moment if rhythm != NEVER else None
