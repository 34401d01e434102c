"""What upper packages register is done by the worker, a thread each; two things do not share a name."""

import threading

import pytest
from flask import Flask

from inboxes import chores, worker


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what is due, done by one chore, one name at a time."""
    waiting: list[str] = []

    def done_in_turn() -> int:
        return 1 if waiting and waiting.pop() else 0

    monkeypatch.setattr(chores, "_chores", {"done_in_turn": done_in_turn})
    return waiting


def test_worker_does_what_is_due_until_nothing_is(app: Flask, due: list[str]) -> None:
    due.extend(["first", "second", "third"])

    assert worker.run_until_idle(app) == 3
    assert due == []


def test_worker_that_runs_for_ever_does_it_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()

    def ends_the_worker() -> int:
        stop.set()
        return 1

    monkeypatch.setattr(chores, "_chores", {"ends_the_worker": ends_the_worker})
    thread = threading.Thread(target=worker.run_forever, args=(app, stop), kwargs={"carriers": 1})
    thread.start()
    thread.join(60)

    assert not thread.is_alive()


def test_two_chores_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "_chores", {})

    def tidy() -> int:
        return 0

    chores.chore(tidy)
    assert chores.chore(tidy) is tidy
    with pytest.raises(ValueError, match="tidy"):
        chores.chore(lambda_named("tidy"))


def lambda_named(name: str) -> chores.Chore:
    def other() -> int:
        return 0

    other.__name__ = name
    return other
