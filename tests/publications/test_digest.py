"""The mail that tells what is new: once for each period, only with something in it, ended by one press."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from actors import following, local
from actors.database import session
from flask_maillage.app import create_app
from flask_maillage.mail import sending
from flask_maillage.mail.models import Mail
from flask_maillage.people import accounts
from flask_maillage.people.notifying import preferences, rhythm
from flask_maillage.people.notifying.models import DAILY, NEVER, WEEKLY
from flask_maillage.publications.models import DIRECT, FOLLOWERS, PUBLIC
from flask_maillage.publications.own import digest
from tests import postbox as postboxes
from tests import postgresql
from tests.conftest import PASSWORD, config_of
from tests.publications.circle import changed, published
from tests.reader import Reader

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def asked(app, clock):
    """Bea follows the union and wants to hear every day what is new."""
    with app.app_context():
        member = accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        member.language = "fr"
        following.follow(member.actor, local.find("union"))
        rhythm.choose(preferences.made_for(member), DAILY, "Europe/Paris", clock())
        session().commit()


def send(app):
    with app.app_context():
        return digest.send_digests()


def digests(app):
    with app.app_context():
        return session().scalars(select(Mail).where(Mail.purpose == "digest").order_by(Mail.id)).all()


@pytest.mark.parametrize(
    ("asked_for", "zone", "due"),
    [
        (DAILY, "Europe/Paris", datetime(2026, 11, 22, 6, tzinfo=UTC)),
        (WEEKLY, "Europe/Paris", datetime(2026, 11, 23, 6, tzinfo=UTC)),
        (WEEKLY, "Pacific/Auckland", datetime(2026, 11, 22, 18, tzinfo=UTC)),
        (DAILY, "Nowhere/Else", datetime(2026, 11, 22, 7, tzinfo=UTC)),
        (NEVER, None, None),
    ],
)
def test_it_comes_at_seven_where_its_reader_lives(clock, asked_for, zone, due):
    assert rhythm.next_due(asked_for, zone, clock()) == due


def test_it_keeps_to_the_clock_when_summer_time_ends():
    saturday = datetime(2026, 10, 24, 12, tzinfo=UTC)
    sunday = rhythm.next_due(DAILY, "Europe/Paris", saturday)
    assert sunday == datetime(2026, 10, 25, 6, tzinfo=UTC)
    assert rhythm.next_due(DAILY, "Europe/Paris", sunday - timedelta(days=2)) == datetime(2026, 10, 24, 5, tzinfo=UTC)


@SQLITE
def test_one_mail_for_each_period_and_none_where_nothing_is_new(app, clock, asked):
    clock.turn(hours=1)
    published(app, PUBLIC, name="An open evening")
    published(app, FOLLOWERS, name="Nocturnal assembly")
    published(app, DIRECT, "ann", name="Between two")
    assert send(app) == 0, "it is not due yet"
    clock.turn(days=1)
    assert (send(app), send(app)) == (1, 0)
    (mail,) = digests(app)
    assert (mail.recipient, "2" in mail.subject) == ("bea@example.org", True)
    assert "An open evening" in mail.text
    assert "Nocturnal assembly" in mail.text
    assert "Between two" not in mail.text
    assert "Événement" in mail.text, "it speaks its reader's language"
    clock.turn(days=1)
    assert (send(app), send(app)) == (1, 0)
    assert len(digests(app)) == 1, "nothing new, no mail"


@SQLITE
def test_what_was_read_on_the_page_or_is_not_for_the_reader_any_more_is_left_out(app, clock, asked):
    with app.app_context():
        following.follow(local.find("ann"), local.find("bea"))
        session().commit()
    clock.turn(hours=1)
    published(app, FOLLOWERS, name="Nocturnal assembly")
    bea = Reader(app)
    bea.sign_in("bea@example.org")
    bea.post("/my/notifications/read", bea.form(bea.get("/my/notifications")))
    with app.app_context():
        following.unfollow(local.find("bea"), local.find("union"))
        session().commit()
    clock.turn(days=1)
    assert send(app) == 1
    assert digests(app) == []


@SQLITE
def test_a_call_that_closes_before_the_next_one_is_reason_enough(app, clock, asked):
    iri, _ = published(app, PUBLIC, kind="call", name="Ten coaches")
    clock.turn(days=1)
    send(app)
    changed(app, iri, lambda call: setattr(call, "ends_at", clock() + timedelta(hours=40)))
    clock.turn(days=1)
    send(app)
    (mail,) = digests(app)
    assert mail.subject == "1 appel sera bientôt clos"
    assert "« Ten coaches » sera clos le" in mail.text


@SQLITE
def test_who_is_suspended_gets_none_and_one_that_fails_keeps_nobody_waiting(app, clock, asked, monkeypatch, caplog):
    published(app, PUBLIC, name="An open evening")
    with app.app_context():
        rhythm.choose(preferences.made_for(accounts.by_handle("ann")), DAILY, "UTC", clock())
        clock.turn(hours=1)
        following.follow(local.find("ann"), local.find("couriers"))
        following.follow(local.find("bea"), local.find("ann"))
        session().commit()
    whole = digest.news_for

    def broken(member, *rest):
        if member.name == "Bea":
            raise RuntimeError("broken")
        return whole(member, *rest)

    monkeypatch.setattr(digest, "news_for", broken)
    clock.turn(days=1)
    assert [send(app), send(app), send(app)] == [1, 1, 0]
    assert [mail.recipient for mail in digests(app)] == ["ann@example.org"]
    assert "could not be put together" in caplog.text
    monkeypatch.setattr(digest, "news_for", whole)
    with app.app_context():
        local.find("bea").suspended_at = clock()
        session().commit()
    clock.turn(hours=2)
    assert (send(app), len(digests(app))) == (1, 1)


@SQLITE
def test_it_ends_by_one_press_at_a_real_mail_server(database_url, tmp_path, clock, fediverse):
    with postboxes.postbox() as box:
        mail_settings = {"MAILLAGE_MAIL_SERVER": "127.0.0.1", "MAILLAGE_MAIL_PORT": box.port}
        config = config_of(database_url, tmp_path, MAILLAGE_MAIL_SECURITY="none", **mail_settings)
        app = create_app(config, clock=clock, client=fediverse.client(clock))
        with app.app_context():
            rhythm.choose(preferences.made_for(accounts.by_handle("ann")), WEEKLY, "UTC", clock())
            clock.turn(hours=1)
            following.follow(local.find("ann"), local.find("couriers"))
            following.follow(local.find("couriers"), local.find("ann"))
            session().commit()
        clock.turn(days=7)
        assert send(app) == 1
        with app.app_context():
            sending.send_mail()
        (mail,) = box.arrived
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        path = mail["List-Unsubscribe"].strip(" <>").removeprefix("http://localhost")
        answer = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        with app.app_context():
            assert preferences.of(accounts.by_handle("ann")).digest == NEVER
        clock.turn(days=7)
        assert send(app) == 0
        with app.app_context():
            app.extensions["sqlalchemy"].engines["maillage"].dispose()


@postgresql.BOTH
def test_two_workers_write_one(app, clock, asked):
    clock.turn(hours=1)
    published(app, PUBLIC, name="An open evening")
    clock.turn(days=1)
    start = threading.Barrier(2)

    def work():
        start.wait()
        send(app)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(digests(app)) == 1


@SQLITE
def test_a_worker_that_is_killed_before_the_end_has_written_nothing_and_the_next_writes_it(
    app, clock, asked, monkeypatch
):
    clock.turn(hours=1)
    published(app, PUBLIC, name="An open evening")
    clock.turn(days=1)

    def killed(*_):
        raise SystemExit

    monkeypatch.setattr(rhythm, "next_due", killed)
    with pytest.raises(SystemExit):
        send(app)
    assert digests(app) == []
    monkeypatch.undo()
    assert (send(app), send(app)) == (1, 0)
    assert len(digests(app)) == 1
