"""Rates in memory, per process: how often a stranger may do what costs us something."""

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

RATES = {
    "inbox": "600 per minute",
    "key fetch by address": "60 per minute",
    "key fetch by host": "60 per minute",
    "key refetch": "1 per 5 minutes",
    "key failure": "1 per 5 minutes",
    "key unreachable": "1 per minute",
    "webfinger": "300 per minute",
    "paging": "300 per minute",
    "registrations of an actor": "30 per 10 minutes",
    "registrations of a host": "1000 per 10 minutes",
    "sign in": "20 per 5 minutes",
}


class Rates:
    """Counters by name and key. Several processes count each for themselves; a proxy may count for all."""

    def __init__(self, changes: dict[str, str] | None = None) -> None:
        """Take the rates of the table above, with `changes` to some of them (`"600 per minute"`)."""
        self._items: dict[str, RateLimitItem] = {name: parse(text) for name, text in (RATES | (changes or {})).items()}
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def allow(self, name: str, key: str) -> bool:
        """Count one more under `name` for `key`; False when that is one too many."""
        return self._limiter.hit(self._items[name], name, key)

    def exhausted(self, name: str, key: str) -> bool:
        """Tell, without counting, whether one more would be too many."""
        return not self._limiter.test(self._items[name], name, key)

    def seconds_until_free(self, name: str, key: str) -> int:
        """Return after how many seconds the counter begins anew."""
        return self._items[name].get_expiry()
