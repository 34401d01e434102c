"""The threads of one task: an idle node looks for work once where all would, and no slow server holds the rest up."""

import threading

import pytest

from inboxes import worker

HANDS = 4


@pytest.fixture
def crew(app):
    """Let some threads do one task until the test is over."""
    stop, threads = threading.Event(), []

    def begin(task, idle):
        line = worker.Line(idle)
        for _ in range(HANDS):
            threads.append(threading.Thread(target=worker._loop, args=(app, stop, task, line)))
            threads[-1].start()
        return line

    yield begin
    stop.set()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_who_is_held_up_holds_nobody_else(crew):
    meeting = threading.Barrier(HANDS)
    met = threading.Event()

    def held_up():
        if not met.is_set():
            meeting.wait(30)
            met.set()
        return 0

    crew(held_up, 0.01)
    assert met.wait(30)


def test_idle_threads_look_one_after_another(crew):
    """After the first look of each, one look for each call: the line would wait for an hour."""
    looks = threading.Semaphore(0)

    def nothing_to_do():
        looks.release()
        return 0

    line = crew(nothing_to_do, 3600)
    for _ in range(HANDS):
        assert looks.acquire(timeout=30)
    for _ in range(3):
        line.call()
        assert looks.acquire(timeout=30)
    assert not looks.acquire(blocking=False)


def test_all_end_at_once_while_they_wait_for_an_hour(crew):
    looked = threading.Event()

    def nothing_to_do():
        looked.set()
        return 0

    crew(nothing_to_do, 3600)
    assert looked.wait(30)
