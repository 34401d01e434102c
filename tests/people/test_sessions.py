"""Sessions: a member sees where they are signed in, and ends what they wish; what is kept of them opens nothing."""

import pytest
from sqlalchemy import select

from actors.database import session
from flask_maillage.mail.models import Mail
from flask_maillage.people import accounts, sessions
from flask_maillage.people.browsers import browser_in_words
from flask_maillage.people.models import MemberSession
from inboxes.pruning import prune
from tests.conftest import PASSWORD
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"


def browser(app, line):
    made = Reader(app)
    made.client.environ_base["HTTP_USER_AGENT"] = line
    made.sign_in()
    return made


def row_of(words):
    session().rollback()
    return session().scalars(select(MemberSession).where(MemberSession.browser == words)).one()


def is_in(reader):
    return reader.get("/account").status_code == 200


def test_one_session_ends_and_the_others_go_on(app):
    here, phone, office = browser(app, FIREFOX), browser(app, SAFARI), browser(app, EDGE)
    page = here.get("/account/sessions")
    for words in ("Firefox, Linux", "Safari, iPhone", "Edge, Windows"):
        assert words in page.text
    form = here.form(page)

    form["number"] = str(row_of("Safari, iPhone").id)
    assert here.post("/account/sessions/end", form).status_code == 303
    assert [is_in(one) for one in (here, phone, office)] == [True, False, True]
    form["number"] = "others"
    assert here.post("/account/sessions/end", form).status_code == 303
    assert [is_in(one) for one in (here, office)] == [True, False]
    for number in (str(row_of("Firefox, Linux").id), "0", "none", "9" * 30):
        form["number"] = number
        assert here.post("/account/sessions/end", form).status_code == 404


def test_nobody_ends_a_session_of_somebody_else(app):
    accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)
    session().commit()
    here, zoe = browser(app, FIREFOX), Reader(app)
    zoe.sign_in("zoe@example.org")
    form = zoe.form(zoe.get("/account/sessions"))
    form["number"] = str(row_of("Firefox, Linux").id)
    assert zoe.post("/account/sessions/end", form).status_code == 404
    form["number"] = "others"
    zoe.post("/account/sessions/end", form)
    assert is_in(here)
    assert "Firefox" not in zoe.get("/account/sessions").text


def test_signing_out_ends_the_cookie_wherever_it_went(app):
    here = browser(app, FIREFOX)
    name = app.config["SESSION_COOKIE_NAME"]
    stolen = here.client.get_cookie(name).value
    here.submit_sign_out()
    thief = Reader(app)
    thief.client.set_cookie(name, stolen)
    assert not is_in(thief)


def test_what_the_table_holds_opens_nothing(app):
    here = browser(app, FIREFOX)
    row = row_of("Firefox, Linux")
    assert sessions.find(row.digest) is None
    assert sessions.find("x" * 5000) is None
    assert row.digest not in here.client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value


def test_use_is_written_down_by_the_hour_and_old_sessions_are_forgotten(app, clock):
    here = browser(app, FIREFOX)
    begun = row_of("Firefox, Linux").seen_at
    clock.turn(minutes=59)
    here.get("/account")
    assert row_of("Firefox, Linux").seen_at == begun
    clock.turn(minutes=2)
    here.get("/account")
    assert row_of("Firefox, Linux").seen_at == clock()
    clock.turn(days=15)
    assert sessions.of(accounts.find("ann@example.org")) == []
    clock.turn(days=170)
    prune()
    assert session().scalars(select(MemberSession)).all() == []


def test_a_member_who_wishes_is_told_of_a_new_browser(app):
    here = browser(app, FIREFOX)
    assert here.submit("/account/sessions", tells_sign_ins="y", language="fr").status_code == 303
    browser(app, FIREFOX)
    browser(app, SAFARI)
    session().rollback()
    mail = session().scalars(select(Mail)).one()
    assert (mail.recipient, "Safari, iPhone" in mail.text) == ("ann@example.org", True)
    assert here.submit("/account/sessions", tells_sign_ins=[], language="en").status_code == 303
    browser(app, EDGE)
    session().rollback()
    assert len(session().scalars(select(Mail)).all()) == 1


def test_browsers_in_words():
    assert browser_in_words(FIREFOX) == "Firefox, Linux"
    assert browser_in_words(EDGE) == "Edge, Windows"
    assert browser_in_words("curl/8") == ""
