"""Old imports are let go of: their reports and files, never what was taken nor what somebody said of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from actors.database import session
from flask_maillage.publications.importing.models import Import, Imported
from inboxes.pruning import prune
from tests.conftest import Clock
from tests.fediverse import Answer, Fediverse
from tests.publications import board
from tests.publications.test_importing import an_event, bring, calendar, outcomes, take
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ann(app: Flask) -> Reader:
    reader = Reader(app)
    reader.sign_in()
    return reader


def after(app: Flask, clock: Clock, **time: float) -> tuple[int, dict[str, str]]:
    """Let time pass and prune, and return how many imports are left and what is known of things."""
    clock.turn(**time)
    with app.app_context():
        prune()
        return session().query(Import).count(), {one.uid: one.state for one in session().query(Imported)}


def test_reports_go_while_what_was_taken_or_told_apart_stays_known(
    app: Flask, ann: Reader, work: Any, clock: Clock
) -> None:
    for name in ("Open workshop", "Reading circle"):
        board.receive(app, "event", name=name, starts_at=datetime(2027, 3, 1, 20, tzinfo=UTC), ends_at=None)
    data = calendar(an_event("1", "Own title"), an_event("2"), an_event("3", "Reading circle"))
    report = take(ann, work, data)
    assert outcomes(app) == ["taken", "doubtful", "doubtful"]
    with app.app_context():
        path = f"/@union/import/{session().query(Import).one().identifier}"
        distinct = session().query(Imported).filter_by(uid="2").one().id
    token = ann.form(report, "do")["csrf_token"]
    ann.post(path, {"csrf_token": token, "do": "distinct", "item": str(distinct)})
    assert after(app, clock, days=29) == (1, {"1": "taken", "2": "distinct", "3": "doubtful"})
    assert after(app, clock, days=2) == (0, {"1": "taken", "2": "distinct"})
    take(ann, work, data)
    assert outcomes(app) == ["unchanged", "taken", "doubtful"]


def test_file_that_nobody_took_goes_after_a_week(app: Flask, ann: Reader, clock: Clock) -> None:
    bring(ann, calendar(an_event()))
    assert after(app, clock, days=6)[0] == 1
    assert after(app, clock, days=2)[0] == 0


def test_calendar_that_is_read_again_stays_with_its_doubts_until_it_is_ended(
    app: Flask, ann: Reader, work: Any, clock: Clock, fediverse: Fediverse
) -> None:
    address = f"http://calendars.test:{fediverse.port}/all.ics"
    fediverse.answer(address, Answer(200, calendar(an_event()), "text/calendar"))
    board.receive(app, "event", name="Open workshop", starts_at=datetime(2027, 3, 1, 20, tzinfo=UTC), ends_at=None)
    saved = ann.submit("/@union/import", timezone="Europe/Paris", address=address, publishes="y")
    work()
    assert after(app, clock, days=60) == (1, {"1": "doubtful"})
    token = ann.form(ann.get(saved.location), "do")["csrf_token"]
    ann.post(saved.location, {"csrf_token": token, "do": "end"})
    assert after(app, clock, days=60) == (0, {})
