"""Deadlines over everything that one exchange with a peer takes.

A socket's timeout is per read, so a peer that sends a byte a second holds a thread as long as it likes (measured: 32 s
under a timeout of 3 s). One watchdog thread per client shuts sockets down when the whole time is over.
"""

import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Deadline:
    """A moment after which the sockets of an exchange are shut down."""

    def __init__(self, seconds: float) -> None:
        """Begin to count `seconds` from now."""
        self.when = time.monotonic() + seconds
        self.expired = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    def remaining(self) -> float:
        """Return the seconds left.

        Raises:
            TimeoutError: there are none.
        """
        left = self.when - time.monotonic()
        if self.expired or left <= 0:
            raise TimeoutError("the time for this exchange is over")
        return left

    def watch(self, sock: socket.socket) -> None:
        """Shut this connection down when the time is over.

        A duplicate of the descriptor is kept, since TLS takes the descriptor out of the socket that it wraps.
        """
        duplicate = socket.socket(fileno=os.dup(sock.fileno()))
        with self._lock:
            self._sockets.append(duplicate)
            if self.expired:
                _shut(duplicate)

    def expire(self) -> None:
        """Shut the connections down; called by the watchdog."""
        with self._lock:
            self.expired = True
            for sock in self._sockets:
                _shut(sock)

    def end(self) -> None:
        """Let go of the connections: the exchange is over."""
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()


class Watchdog:
    """One thread that waits for the next of all running deadlines."""

    def __init__(self) -> None:
        """Start no thread yet: a process may still fork."""
        self._condition = threading.Condition()
        self._heap: list[tuple[float, int, Deadline]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[Deadline]:
        """Yield a deadline that holds for the block under `with`."""
        deadline = Deadline(seconds)
        with self._condition:
            heapq.heappush(self._heap, (deadline.when, next(self._numbers), deadline))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            elif self._heap[0][2] is deadline:
                self._condition.notify()
        try:
            yield deadline
        finally:
            deadline.end()

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._heap or (left := self._heap[0][0] - time.monotonic()) > 0:
                    self._condition.wait(left if self._heap else None)
                deadline = heapq.heappop(self._heap)[2]
            deadline.expire()


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
