"""A member's own feeds and calendar: what they may read and nothing else, at addresses that end when they say so."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from actors import following, local
from actors.database import session
from flask_maillage.people import accounts
from flask_maillage.people.notifying.models import Preferences
from flask_maillage.publications import publishing
from flask_maillage.publications.attending import taking_part
from flask_maillage.publications.models import DIRECT, FOLLOWERS, PUBLIC, Attendance, Publication
from tests.conftest import PASSWORD
from tests.publications.circle import changed, published
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def bea(app):
    """A member who follows the union."""
    with app.app_context():
        member = accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        following.follow(member.actor, local.find("union"))
        session().commit()
    reader = Reader(app)
    reader.sign_in("bea@example.org")
    return reader


def change(bea, what, **more):
    token = bea.form(bea.get("/my/settings"))["csrf_token"]
    return bea.post("/my/settings/feeds", {"csrf_token": token, "what": what, **more})


def made(bea):
    """Let Bea make addresses, and return their paths by ending."""
    page = change(bea, "renew")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    found = re.findall(r"http://localhost(/my/feed/[\w-]+\.(\w+))<", page.text)
    return {ending: path for path, ending in found}


def events(answer):
    return {str(one["summary"]): str(one["status"]) for one in Calendar.from_ical(answer.data).walk("VEVENT")}


def test_each_holds_what_its_owner_may_read_and_says_that_it_is_theirs_alone(app, bea):
    published(app, PUBLIC, name="An open evening")
    published(app, FOLLOWERS, name="Nocturnal assembly")
    published(app, DIRECT, "ann", name="Between two")
    paths = made(bea)
    assert sorted(paths) == ["atom", "ics", "json"]
    for ending, path in paths.items():
        answer = Reader(app).get(path)
        assert answer.status_code == 200
        assert "An open evening" in answer.text, ending
        assert "Nocturnal assembly" in answer.text, ending
        assert "Between two" not in answer.text, ending
        assert answer.headers["Cache-Control"].startswith("private")
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers
        again = Reader(app).get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    secret = paths["atom"].removeprefix("/my/feed/").removesuffix(".atom")
    assert secret not in bea.get("/my/settings").text, "it is shown once"
    with app.app_context():
        assert secret not in str([vars(one) for one in session().scalars(select(Preferences))])


def test_the_id_of_the_feed_holds_no_secret(app, bea):
    path = made(bea)["atom"]
    secret = path.removeprefix("/my/feed/").removesuffix(".atom")
    text = Reader(app).get(path).text
    assert secret not in re.search(r"<id>(.*?)</id>", text)[1]


def test_the_calendar_says_where_one_stands(app, bea):
    names = {"Mine": "accepted", "Asked": "requested", "Waiting": "waiting", "No more": "left"}
    for name, state in names.items():
        iri, _ = published(app, PUBLIC, name=name)
        with app.app_context():
            event = session().scalars(select(Publication).where(Publication.iri == iri)).one()
            taking_part.join(local.find("bea"), event)
            session().scalars(select(Attendance).where(Attendance.publication_id == event.id)).one().state = state
            session().commit()
    published(app, PUBLIC, name="Of the union")
    published(app, PUBLIC, kind="call", name="Ten coaches")
    path = made(bea)["ics"]
    found = events(Reader(app).get(path))
    assert found["Mine"] == "CONFIRMED"
    assert found["Asked (asked)"] == "TENTATIVE"
    assert found["Waiting (waiting list)"] == "TENTATIVE"
    assert "Of the union" in found
    change(bea, "choose")
    found = events(Reader(app).get(path))
    assert "Of the union" not in found
    assert "No more" not in found
    assert "Mine" in found
    assert any("Ten coaches" in title for title in found)
    change(bea, "choose", feed_events="y")
    assert "Of the union" in events(Reader(app).get(path))


def test_what_is_cancelled_is_cancelled_in_the_calendar_too(app, bea):
    iri, _ = published(app, PUBLIC, name="Mine")
    with app.app_context():
        taking_part.join(local.find("bea"), session().scalars(select(Publication).where(Publication.iri == iri)).one())
        session().commit()
    changed(app, iri, lambda one: publishing.revise(one, one.content.model_copy(update={"status": "cancelled"})))
    assert list(events(Reader(app).get(made(bea)["ics"])).values()) == ["CANCELLED"]


def test_new_addresses_end_the_old_ones_and_revoked_ones_lead_nowhere(app, bea):
    old = made(bea)["json"]
    new = made(bea)["json"]
    assert (Reader(app).get(old).status_code, Reader(app).get(new).status_code) == (404, 200)
    change(bea, "revoke")
    assert Reader(app).get(new).status_code == 404


@pytest.mark.parametrize("what", ["suspended_at", "gone_at"])
def test_who_is_suspended_or_gone_has_none(app, bea, clock, what):
    path = made(bea)["atom"]
    with app.app_context():
        setattr(local.find("bea"), what, clock())
        session().commit()
    assert Reader(app).get(path).status_code == 404


def test_nobody_else_reads_or_makes_them(app, bea):
    made(bea)
    for path in ("/my/feed/.atom", "/my/feed/x.atom", f"/my/feed/{'x' * 500}.ics", "/my/feed/é\u0000.json"):
        assert Reader(app).get(path).status_code == 404
    assert Reader(app).get("/my/settings").status_code == 303
    assert Reader(app).post("/my/settings/feeds", {"what": "renew"}).status_code == 303
    assert bea.post("/my/settings/feeds", {"what": "renew"}).status_code == 400


def test_settings_are_kept_and_what_cannot_be_meant_is_refused_at_its_field(app, bea, clock):
    page = bea.get("/my/settings")
    assert 'value="reported-mail"' not in page.text, "that is for those who administer the node"
    data = bea.fill(page, digest="weekly", timezone="Europe/Paris", language="fr", channels=["followed-page"])
    assert bea.post("/my/settings", data).status_code == 303
    with app.app_context():
        said = session().scalars(select(Preferences)).one()
        assert (said.digest, said.timezone, said.member.language) == ("weekly", "Europe/Paris", "fr")
        assert said.digest_due_at - clock() < timedelta(days=2)
        assert said.choices["followed"] == ["page"]
        assert said.choices["role"] == []
    shown = bea.get("/my/settings")
    assert re.search(r'value="followed-page" checked', shown.text)
    assert not re.search(r'value="role-page" checked', shown.text)
    for wrong in ({"timezone": "Moon/Base"}, {"digest": "hourly"}, {"language": "xx"}, {"channels": ["all-mail"]}):
        refused = bea.post("/my/settings", bea.fill(shown, **wrong))
        assert refused.status_code == 422, wrong
        assert "error-summary" in refused.text
