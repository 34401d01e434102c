"""Rates in memory, per process: how often a stranger may do what costs us something."""

import hashlib
import math
import threading
import time
from collections import OrderedDict

from limits import RateLimitItem, parse

RATES = {
    "inbox": "600 per minute",
    "bad signatures": "120 per minute",
    "letters of a host": "1200 per minute",
    "letters of an actor": "300 per minute",
    "new actors of a host": "300 per hour",
    "new actors": "3000 per hour",
    "fetches for a host": "300 per minute",
    "key fetch": "300 per minute",
    "key fetch by address": "30 per minute",
    "key fetch by host": "60 per minute",
    "key refetch": "1 per 5 minutes",
    "key failure": "1 per 5 minutes",
    "key unreachable": "1 per minute",
    "webfinger": "300 per minute",
    "paging": "300 per minute",
    "feeds": "300 per minute",
    "exports": "60 per minute",
    "own exports": "12 per hour",
    "archives of an actor": "6 per hour",
    "finding": "300 per minute",
    "completions": "300 per minute",
    "addresses": "1 per second",
    "addresses of a member": "30 per minute",
    "pdf": "10 per minute",
    "all pdf": "60 per minute",
    "registrations of an actor": "30 per 10 minutes",
    "registrations of a host": "1000 per 10 minutes",
    "applications of an actor": "30 per 10 minutes",
    "applications of a host": "300 per 10 minutes",
    "receipts of an actor": "600 per 10 minutes",
    "receipts of a host": "3000 per 10 minutes",
    "entries of an actor": "120 per 10 minutes",
    "entries of a host": "600 per 10 minutes",
    "mails to an address": "6 per hour",
    "mails about a thing": "300 per hour",
    "mails asked for by a caller": "30 per hour",
    "mails that strangers ask for": "1500 per hour",
    "sign in": "20 per 5 minutes",
    "tokens tried": "120 per minute",
    "publishing by token": "60 per minute",
    "network searches of a member": "30 per 10 minutes",
    "network searches": "300 per 10 minutes",
    "ways to other servers for a caller": "30 per 10 minutes",
    "ways to other servers": "600 per 10 minutes",
}


MAX_KEYS = 10_000
"""How many counters one rate keeps at most; where all are running, the oldest gives way."""


class Rates:
    """Counters by name and key. Several processes count each for themselves; a proxy may count for all.

    Their memory is bounded, whatever strangers write into addresses and names.
    """

    def __init__(self, changes: dict[str, str] | None = None) -> None:
        """Take the rates of the table above, with `changes` to some of them (`"600 per minute"`)."""
        self._items: dict[str, RateLimitItem] = {name: parse(text) for name, text in (RATES | (changes or {})).items()}
        self._windows: dict[str, OrderedDict[bytes, _Window]] = {name: OrderedDict() for name in self._items}
        self._lock = threading.Lock()

    def allow(self, name: str, key: str) -> bool:
        """Count one more under `name` for `key`; False when that is one too many."""
        with self._lock:
            window = self._window(name, key)
            if window is None:
                window = self._begin(name, key)
            window.count += 1
            return window.count <= self._items[name].amount

    def exhausted(self, name: str, key: str) -> bool:
        """Tell, without counting, whether one more would be too many."""
        with self._lock:
            window = self._window(name, key)
            return window is not None and window.count >= self._items[name].amount

    def seconds_until_free(self, name: str, key: str) -> int:
        """Return after how many seconds the counter begins anew."""
        with self._lock:
            window = self._window(name, key)
            return self._items[name].get_expiry() if window is None else math.ceil(window.ends - time.monotonic())

    def __len__(self) -> int:
        """Return how many counters there are."""
        return sum(len(windows) for windows in self._windows.values())

    def _window(self, name: str, key: str) -> "_Window | None":
        window = self._windows[name].get(_digest(key))
        return window if window is not None and window.ends > time.monotonic() else None

    def _begin(self, name: str, key: str) -> "_Window":
        """Begin a counter. They all last equally long, so that those over for longest stand first."""
        windows, moment = self._windows[name], time.monotonic()
        windows.pop(_digest(key), None)
        while windows and (len(windows) >= MAX_KEYS or next(iter(windows.values())).ends <= moment):
            windows.popitem(last=False)
        windows[_digest(key)] = window = _Window(moment + self._items[name].get_expiry())
        return window


class _Window:
    """How often something happened before a moment."""

    __slots__ = ("count", "ends")

    def __init__(self, ends: float) -> None:
        self.ends = ends
        self.count = 0


def _digest(key: str) -> bytes:
    """Return a short form of a key, which may be an address of two kilobytes."""
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=16).digest()
