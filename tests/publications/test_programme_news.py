"""Those who registered hear once of each new version of a programme, where the event's people say so."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from actors import local
from actors.database import session
from flask_maillage.cli.commands import maillage
from flask_maillage.mail.models import Mail
from flask_maillage.publications import publishing
from flask_maillage.publications.attending import programme_news, taking_part
from flask_maillage.publications.kinds.event_details import details_of
from flask_maillage.publications.models import Guest
from tests.conftest import Clock
from tests.publications.gatherings import event_of_ours
from tests.publications.test_following_up import found, guest, mails
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def rename(app: Flask, event: str, name: str) -> None:
    """Publish a programme whose first item is called otherwise."""
    with app.app_context():
        content = found(event).content
        first, *others = details_of(content).programme
        programme = (first.model_copy(update={"name": name}), *others)
        details = details_of(content).model_copy(update={"programme": programme})
        publishing.revise(found(event), content.model_copy(update={"details": details}))
        session().commit()


@pytest.fixture
def event(app: Flask) -> str:
    """An event to which a guest comes, another one who wants no mail, and a member."""
    iri = event_of_ours(app)
    guest(app, iri)
    guest(app, iri, "yan@example.org", wants_reminder=False)
    with app.app_context():
        ann = local.find("ann")
        assert ann is not None
        taking_part.join(ann, found(iri))
        session().query(Mail).delete()
        session().commit()
    return iri


@pytest.fixture
def ann(app: Flask) -> Reader:
    reader = Reader(app)
    reader.sign_in()
    return reader


def write(app: Flask) -> None:
    with app.app_context():
        while programme_news.tell_programmes():
            pass


def test_each_who_registered_is_told_once_of_a_version_with_what_changed(
    app: Flask, event: str, ann: Reader, clock: Clock
) -> None:
    with app.app_context():
        path = found(event).page.removeprefix("http://localhost") + "/programme"
    assert "Tell those who registered" not in ann.get(path).text
    clock.turn(minutes=5)
    rename(app, event, "A word of welcome")
    assert "Tell those who registered" not in Reader(app).get(path).text
    token = ann.form(ann.get(path))["csrf_token"]
    assert ann.post(f"{path}/tell", {"csrf_token": token}).status_code == 303
    assert mails(app) == []
    write(app)
    write(app)
    told = [("ann@example.org", "New programme"), ("zoe@example.org", "New programme")]
    assert mails(app) == told
    with app.app_context():
        mail = session().query(Mail).filter_by(recipient="zoe@example.org").one()
        assert "is now called “A word of welcome”" in mail.text
        assert mail.unsubscribe is not None
    assert "Tell those who registered" not in ann.get(path).text
    again = ann.post(f"{path}/tell", {"csrf_token": token})
    assert "There is nothing new" in ann.get(again.location).text
    clock.turn(minutes=5)
    rename(app, event, "Opening")
    with app.app_context():
        zoe = session().query(Guest).filter_by(email="zoe@example.org").one()
        zoe.wants_reminder = False
        session().commit()
    assert app.test_cli_runner().invoke(maillage, ["event", "tell", event]).exit_code == 0
    write(app)
    assert mails(app) == sorted([*told, ("ann@example.org", "New programme")])


def test_hundreds_are_written_to_in_several_turns_and_nobody_twice(
    app: Flask, event: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programme_news, "AT_ONCE", 1)
    clock.turn(minutes=5)
    rename(app, event, "A word of welcome")
    with app.app_context():
        programme_news.tell(found(event))
        session().commit()
    write(app)
    assert [who for who, _subject in mails(app)] == ["ann@example.org", "zoe@example.org"]


def test_nobody_else_tells_and_nothing_is_told_of_what_is_over(
    app: Flask, event: str, ann: Reader, clock: Clock, work: Callable[[], int]
) -> None:
    with app.app_context():
        path = found(event).page.removeprefix("http://localhost") + "/programme/tell"
        ahead = found(event).starts_at
    assert Reader(app).post(path).location.startswith("/sign-in")
    assert ann.post(path).status_code == 400
    clock.turn(minutes=5)
    rename(app, event, "A word of welcome")
    assert ahead is not None
    clock.moment = ahead + timedelta(days=30)
    refused = app.test_cli_runner().invoke(maillage, ["event", "tell", event])
    assert (refused.exit_code, "the event is over" in refused.output) == (1, True)
