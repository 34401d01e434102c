"""The worker: a loop over rows. Everything is in the tables, so any number may run, and any of them be killed."""

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterable

from flask import Flask

from inboxes.chores import chores
from inboxes.delivery import carry_due
from inboxes.opening import open_due
from inboxes.polling import adopt, poll_due
from inboxes.pruning import prune

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.5
CHORE_SECONDS = 5.0
"""How long a chore waits that found nothing to do: none of them is a matter of moments."""
OPENERS = 3
"""How many threads open letters: more than one host may have (`opening.HANDS_PER_HOST`)."""
PRUNE_SECONDS = 24 * 60 * 60
PRUNE_AGAIN_SECONDS = 60 * 60


class Line:
    """Where the threads of one task wait that found nothing to do: one after another looks again, not each by itself.

    So an idle node asks its tables as often as with one thread. Whoever is held up by a slow server holds nobody else:
    the next in the line looks at its time.
    """

    def __init__(self, idle: float) -> None:
        self._idle = idle
        self._first = threading.Lock()
        self._called = threading.Event()

    def wait(self, stop: threading.Event) -> None:
        """Come to the front of the line, and wait there for the time to look again, or for a call."""
        with self._first:
            # Not all processes at once: on SQLite they would queue for one lock.
            ends = time.monotonic() + self._idle * random.uniform(0.5, 1.5)  # noqa: S311
            while not stop.is_set() and (left := ends - time.monotonic()) > 0:
                if self._called.wait(min(left, IDLE_SECONDS)):
                    break
            self._called.clear()

    def call(self) -> None:
        """Let the first look at once: where there was something to do, there may be more."""
        self._called.set()


def run_until_idle(app: Flask, rounds: int = 1000) -> int:
    """Work until nothing is due, and return how many things were done; chores only once the letters are through.

    Raises:
        RuntimeError: there was still something to do after `rounds` rounds.
    """
    total = 0
    for _ in range(rounds):
        done = _turn(app, (poll_due, open_due, carry_due)) or _turn(app, chores())
        if not done:
            return total
        total += done
    raise RuntimeError("the worker does not come to rest")


def _turn(app: Flask, tasks: Iterable[Callable[[], int]]) -> int:
    done = 0
    for task in tasks:
        with app.app_context():
            done += task()
    return done


def run_forever(app: Flask, stop: threading.Event, *, carriers: int = 8) -> None:
    """Work until `stop` is set: some threads open letters, one polls, `carriers` deliver, one prunes once a day.

    Each chore has a thread of its own: one that waits for a slow server holds no other up.
    """
    with app.app_context():
        adopt()
    always: list[tuple[Callable[[], int], int]] = [(open_due, OPENERS), (poll_due, 1), (carry_due, carriers)]
    tasks = [(task, hands, IDLE_SECONDS) for task, hands in always]
    tasks += [(task, 1, CHORE_SECONDS) for task in chores()]
    threads = [
        threading.Thread(target=_loop, args=(app, stop, task, line), name=f"{task.__name__}-{number}", daemon=True)
        for task, hands, idle in tasks
        for line in [Line(idle)]
        for number in range(hands)
    ]
    threads.append(threading.Thread(target=_prune_daily, args=(app, stop), name="prune", daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def stop_with_parent(stop: threading.Event, parent: int) -> None:
    """Set `stop` when the process `parent` is ours no longer: a worker does not outlive the node it serves."""

    def watch() -> None:
        while not stop.wait(IDLE_SECONDS):
            if os.getppid() != parent:
                stop.set()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _prune_daily(app: Flask, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                log.info("of no more use, and gone: %s", prune())
        except Exception:
            log.exception("pruning failed; it is tried again in an hour")
            stop.wait(PRUNE_AGAIN_SECONDS)
            continue
        stop.wait(PRUNE_SECONDS)


def _loop(app: Flask, stop: threading.Event, task: Callable[[], int], line: Line) -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                done = task()
        except Exception:
            log.exception("a turn of the worker failed; the next one goes on")
            done = 0
        if done:
            line.call()
        else:
            line.wait(stop)
