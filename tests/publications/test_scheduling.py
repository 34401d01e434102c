"""Publishing later: set, moved, taken back; done once when its time has come, or its author is told why not."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from actors import local
from actors.database import session
from actors.models import Posted
from actors.node import now
from flask_maillage.publications import publishing
from flask_maillage.publications.life import scheduling, unsaved
from flask_maillage.publications.life.models import Schedule
from flask_maillage.publications.models import DRAFT, PUBLISHED, Publication
from flask_maillage.publications.rules import NotPossible
from tests.publications import board
from tests.reader import Reader

ON_ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = "/@union/calls/new"
CALL = {"name": "Coaching for ten", "text": "Come *all*.", "deadline": "2027-01-13", "timezone": "Europe/Brussels"}


@pytest.fixture
def draft(app):
    """The address of a call that may be answered for ten days, and is to be published in an hour."""
    with app.app_context():
        content = board.sample_of("call", now(), ends_at=now() + timedelta(days=10), starts_at=None)
        publication = publishing.draft(local.find("union"), content)
        scheduling.schedule(publication, now() + timedelta(hours=1))
        session().commit()
        return publication.page.removeprefix("http://localhost")


def look(app, question):
    """Ask something of the one publication that there is."""
    with app.app_context():
        return question(session().scalars(select(Publication)).one())


def counted(app, model):
    with app.app_context():
        return session().scalar(select(func.count()).select_from(model))


@ON_ONE_DATABASE
def test_a_draft_is_published_when_its_moment_has_come(app, draft, clock, work):
    work()
    assert look(app, lambda one: one.state) == DRAFT
    clock.turn(hours=1)

    work()

    assert look(app, lambda one: (one.state, one.published_at)) == (PUBLISHED, clock())
    assert counted(app, Schedule) == 0
    assert counted(app, Posted) == 2


def test_several_workers_publish_it_once(app, draft, clock):
    clock.turn(hours=2)
    barrier, done, trouble = threading.Barrier(4), [], []

    def turn():
        with app.app_context():
            barrier.wait(30)
            try:
                done.append(scheduling.publish_due())
            except Exception as error:
                trouble.append(error)

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (trouble, sum(done)) == ([], 1)
    assert counted(app, Posted) == 2


@ON_ONE_DATABASE
def test_a_worker_that_dies_in_the_middle_has_published_nothing(app, draft, clock, monkeypatch):
    clock.turn(hours=2)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, app.app_context():
        patch.setattr(publishing, "_announce", die)
        with pytest.raises(KeyboardInterrupt):
            scheduling.publish_due()
        session().rollback()
    assert (look(app, lambda one: one.state), counted(app, Posted)) == (DRAFT, 0)
    with app.app_context():
        assert [scheduling.publish_due(), scheduling.publish_due()] == [1, 0]
    assert counted(app, Posted) == 2


@ON_ONE_DATABASE
def test_what_cannot_be_published_when_its_time_has_come_is_told_to_its_people(app, draft, clock, work):
    with app.app_context():
        publication = session().scalars(select(Publication)).one()
        publication.content = publication.content.model_copy(update={"ends_at": now() + timedelta(minutes=10)})
        session().commit()
    clock.turn(hours=2)
    work()

    reader = Reader(app)
    reader.sign_in()
    for page in ("/account", f"{draft}/edit", f"{draft}/schedule"):
        assert "choose a day to come" in reader.get(page).text
    assert (look(app, lambda one: one.state), counted(app, Posted)) == (DRAFT, 0)
    work()
    answer = reader.submit(f"{draft}/edit", deadline="2027-01-13", do="publish")
    assert (answer.status_code, counted(app, Schedule)) == (303, 0)


@ON_ONE_DATABASE
def test_a_moment_is_set_moved_and_taken_back_on_a_page(app, clock, work):
    reader = Reader(app)
    reader.sign_in()
    saved = reader.submit(NEW, **CALL, do="schedule")
    assert saved.location.endswith("/schedule")

    answer = reader.submit(saved.location, publish_at="2026-12-01T09:00", timezone="Europe/Paris")
    assert answer.status_code == 303
    assert look(app, lambda one: scheduling.of(one).publish_at.isoformat()) == "2026-12-01T08:00:00+00:00"
    assert "Tuesday 1 December 2026, 09:00 (Paris time)" in reader.get("/account").text
    assert 'value="2026-12-01T09:00"' in reader.get(saved.location).text
    reader.submit(saved.location, publish_at="2026-12-02T09:00")
    assert look(app, lambda one: scheduling.of(one).publish_at.day) == 2
    reader.submit(saved.location, do="cancel")
    assert counted(app, Schedule) == 0
    clock.turn(days=30)
    work()
    assert look(app, lambda one: one.state) == DRAFT


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-21T09:00", "Choose a moment to come."),
        ("2027-03-28T02:30", "the clocks go forward over it"),
        ("2027-02-01T09:00", "choose a day to come"),
        ("9999-12-31T23:59", "Choose a year"),
        ("soon", "Write a day and an hour that there are"),
        ("", "Say when"),
    ],
)
def test_a_moment_at_which_it_cannot_be_published_is_refused_with_a_sentence(app, moment, said):
    reader = Reader(app)
    reader.sign_in()
    path = reader.submit(NEW, **CALL, do="schedule").location

    answer = reader.submit(path, publish_at=moment)

    assert answer.status_code == 422
    assert said in answer.text
    assert counted(app, Schedule) == 0


@ON_ONE_DATABASE
def test_what_is_set_stands_while_somebody_goes_on_typing(app, draft, clock, work):
    reader = Reader(app)
    reader.sign_in()
    form = reader.fill(reader.get(f"{draft}/edit"), text="Half a sen", do="autosave")
    assert reader.post(f"{draft}/edit", form).status_code == 200
    clock.turn(hours=2)

    work()

    assert look(app, lambda one: (one.state, "Half a sen" in one.source)) == (PUBLISHED, False)
    assert look(app, lambda one: unsaved.of(one).typed["text"]) == ["Half a sen"]


@ON_ONE_DATABASE
def test_a_change_that_could_not_be_published_then_is_refused_at_once(app, draft, clock):
    reader = Reader(app)
    reader.sign_in()
    with app.app_context():
        publication = session().scalars(select(Publication)).one()
        scheduling.schedule(publication, now() + timedelta(days=9))
        session().commit()

    answer = reader.submit(f"{draft}/edit", deadline=(clock() + timedelta(days=3)).date().isoformat(), do="draft")

    assert answer.status_code == 422
    assert 'id="deadline-error"' in answer.text


@ON_ONE_DATABASE
def test_only_a_whole_draft_is_set_to_be_published(app):
    reader = Reader(app)
    reader.sign_in()
    assert reader.submit(NEW, name="Too little", do="schedule").status_code == 422
    reader.submit(NEW, name="Too little", do="draft")
    with app.app_context():
        publication = session().scalars(select(Publication)).one()
        with pytest.raises(NotPossible):
            scheduling.schedule(publication, now() + timedelta(days=1))


@ON_ONE_DATABASE
def test_others_set_nothing(app, draft):
    path = f"{draft}/schedule"
    assert Reader(app).get(path).status_code == 303
    reader = Reader(app)
    reader.sign_in()
    assert reader.post(path, {"do": "cancel"}).status_code == 422
    assert counted(app, Schedule) == 1
