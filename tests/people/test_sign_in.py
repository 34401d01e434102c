"""Signing in and out: to this node only, with nothing taken along, and not as often as one likes."""

import re
from math import ceil

import flask
import pytest
from flask_login import LoginManager, UserMixin
from sqlalchemy import text

from actors.database import BIND, session, writing
from actors.node import node
from actors.rates import RATES, Rates
from flask_maillage.app import create_app
from flask_maillage.extension import Maillage
from flask_maillage.people import accounts
from flask_maillage.people.current import ACCOUNT_RATE, ACCOUNT_RATES
from flask_maillage.people.destination import safe_path
from tests.conftest import PASSWORD, SECRET, config_of
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WRONG = "The e-mail address or the password is wrong."


@pytest.fixture
def reader(app):
    return Reader(app)


def is_signed_in(reader):
    return reader.get("/account").status_code == 200


def test_a_member_signs_in_and_out(reader):
    answer = reader.sign_in()

    assert (answer.status_code, answer.location) == (303, "/account")
    page = reader.get("/account")
    assert "Ann" in page.text
    assert "ann@example.org" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"

    assert reader.submit_sign_out().status_code == 303
    assert not is_signed_in(reader)


@pytest.mark.parametrize(
    ("email", "password"), [("ann@example.org", "wrong password"), ("nobody@example.org", PASSWORD)]
)
def test_unknown_address_and_wrong_password_look_the_same(reader, email, password):
    answer = reader.sign_in(email, password)

    assert answer.status_code == 422
    assert WRONG in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text
    assert not is_signed_in(reader)


def test_a_missing_field_is_said_at_the_field(reader):
    answer = reader.sign_in("", "")

    assert answer.status_code == 422
    assert "Write the e-mail address of your account." in answer.text
    assert "Write your password." in answer.text


def test_signing_in_without_the_token_of_the_form_does_nothing(reader):
    answer = reader.post("/sign-in", {"email": "ann@example.org", "password": PASSWORD})

    assert answer.status_code == 400
    assert 'value="ann@example.org"' in answer.text
    assert not is_signed_in(reader)


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/@union/calls/new", True),
        ("/?kind=call&text=a%2Fb", True),
        ("/.//evil.example", True),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("/\t/evil.example", False),
        ("/a\r\nSet-Cookie: a=b", False),
        ("https://evil.example/", False),
        ("http:evil.example", False),
        ("http://localhost/account", False),
        ("javascript:alert(1)", False),
        ("account", False),
        (" //evil.example", False),
        ("/" + "a" * 3000, False),
        ("", False),
    ],
)
def test_one_is_only_led_on_to_a_path_of_this_node(app, reader, path, taken):
    assert safe_path(path) == (path if taken else None)

    page = reader.get("/sign-in", query_string={"next": path})
    form = reader.fill(page, email="ann@example.org", password=PASSWORD, next=path)
    answer = reader.post("/sign-in", form)

    assert answer.status_code == 303
    assert answer.location == (path if taken else "/account")


def test_a_node_under_a_path_leads_only_under_that_path(database_url, tmp_path):
    config = {
        "MAILLAGE_BASE_URL": "https://host.example/net",
        "MAILLAGE_DATA": str(tmp_path),
        "MAILLAGE_DATABASE_URL": database_url,
        "MAILLAGE_SECRET": SECRET,
    }
    with create_app(config).app_context():
        assert safe_path("/net/account") == "/net/account"
        assert safe_path("/elsewhere") is None
        assert safe_path("/network") is None


def test_who_is_not_signed_in_is_asked_to_and_comes_back(reader):
    answer = reader.get("/@union/calls/new?lang=fr")

    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/@union/calls/new?lang%3Dfr"
    page = reader.get(answer.location)
    answer = reader.post("/sign-in", reader.fill(page, email="ann@example.org", password=PASSWORD))
    assert answer.location == "/@union/calls/new?lang=fr"


def test_the_rate_of_attempts_is_one_that_a_person_can_live_with(app):
    assert RATES["sign in"] == "20 per 5 minutes"
    assert all(node().rates.allow("sign in", "somebody") for _ in range(20))
    assert not node().rates.allow("sign in", "somebody")


def test_too_many_attempts_from_one_address_are_stopped(reader):
    node().rates = Rates({"sign in": "3 per 5 minutes"})
    for number in range(3):
        assert reader.sign_in(f"somebody{number}@example.org", "wrong password").status_code == 422

    answer = reader.sign_in()

    assert answer.status_code == 429
    assert "Too many attempts" in answer.text
    assert 200 < int(answer.headers["Retry-After"]) <= 300
    assert not is_signed_in(reader)


def try_from(reader, address, email=" Ann@Example.org", password="wrong password"):
    form = reader.fill(reader.get("/sign-in"), email=email, password=password)
    return reader.post("/sign-in", form, environ_base={"REMOTE_ADDR": address}).status_code


def test_a_stranger_does_not_lock_a_member_out(app, reader):
    node().rates = Rates({"sign in": "3 per 5 minutes"})
    node().state[ACCOUNT_RATES] = Rates({ACCOUNT_RATE: "5 per hour"})

    assert [try_from(reader, "192.0.2.1") for _ in range(8)] == [422] * 3 + [429] * 5
    assert reader.sign_in().status_code == 303


def test_many_attempts_on_one_account_are_stopped_wherever_they_come_from(reader):
    node().state[ACCOUNT_RATES] = Rates({ACCOUNT_RATE: "3 per hour"})
    for number in range(3):
        assert try_from(reader, f"192.0.2.{number}") == 422

    answer = reader.sign_in()

    assert answer.status_code == 429
    assert 3000 < int(answer.headers["Retry-After"]) <= 3600
    waits = int(answer.headers["Retry-After"]) / 60
    assert f"Wait {ceil(waits)} minutes" in answer.text
    assert reader.sign_in("nobody@example.org").status_code == 422


def test_an_account_bears_two_hundred_attempts_an_hour(app):
    rates = node().state[ACCOUNT_RATES]

    assert all(rates.allow(ACCOUNT_RATE, "ann") for _ in range(200))
    assert not rates.allow(ACCOUNT_RATE, "ann")


def test_nothing_of_the_session_before_is_taken_along(reader):
    reader.get("/sign-in")
    with reader.client.session_transaction() as before:
        before["planted"] = "by somebody else"
        token = before["csrf_token"]

    reader.sign_in()

    with reader.client.session_transaction() as after:
        assert "planted" not in after
        assert after.get("csrf_token") != token
        assert after.permanent


def test_a_new_password_ends_the_sessions_elsewhere_and_not_this_one(app, reader):
    elsewhere = Reader(app)
    reader.sign_in()
    elsewhere.sign_in()

    answer = reader.submit("/account/password", current=PASSWORD, new="another long one", again="another long one")

    assert (answer.status_code, answer.location) == (303, "/account")
    assert is_signed_in(reader)
    assert not is_signed_in(elsewhere)
    assert elsewhere.sign_in().status_code == 422
    assert elsewhere.sign_in(password="another long one").status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"current": "wrong password"}, "This is not your password."),
        ({"new": "short", "again": "short"}, "at least 10 characters"),
        ({"again": "another long two"}, "The two are not the same"),
        ({"new": "ann@example.org", "again": "ann@example.org"}, "nobody can guess"),
        ({"csrf_token": ""}, ""),
    ],
)
def test_a_password_that_cannot_be_changed_stays(app, reader, typed, said):
    reader.sign_in()
    form = {"current": PASSWORD, "new": "another long one", "again": "another long one"} | typed

    answer = reader.submit("/account/password", **form)

    assert answer.status_code == (400 if "csrf_token" in typed else 422)
    assert said in answer.text
    assert Reader(app).sign_in().status_code == 303


def test_a_forged_sign_out_leaves_one_signed_in(reader):
    reader.sign_in()

    reader.post("/sign-out")

    assert is_signed_in(reader)


@pytest.mark.parametrize("identifier", ["1", "1.", ".", "x.y", "²2.key", "999999.key", "1.wrong"])
def test_a_session_without_the_members_key_is_nobodys(reader, identifier):
    with reader.client.session_transaction() as made_up:
        made_up["_user_id"] = identifier

    assert not is_signed_in(reader)


def test_a_suspended_member_is_no_longer_signed_in(app, reader, clock):
    reader.sign_in()
    accounts.find("ann@example.org").actor.suspended_at = clock()
    session().commit()

    assert not is_signed_in(reader)


def test_the_cookie_is_the_nodes_own(reader):
    cookie = reader.sign_in().headers["Set-Cookie"]

    assert cookie.startswith("maillage_")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # this node is on http


def test_two_nodes_on_one_host_name_do_not_share_a_cookie(database_url, tmp_path):
    names = []
    for base in ("https://one.example", "https://one.example:8443"):
        config = {
            "MAILLAGE_BASE_URL": base,
            "MAILLAGE_DATA": str(tmp_path),
            "MAILLAGE_DATABASE_URL": database_url,
            "MAILLAGE_SECRET": SECRET,
        }
        app = create_app(config)
        names.append(app.config["SESSION_COOKIE_NAME"])
        assert app.config["SESSION_COOKIE_SECURE"] is True
    assert len(set(names)) == 2


def test_where_a_host_signs_its_members_in_ours_is_not_there(app, reader):
    node().state["own_sign_in"] = False

    assert reader.get("/sign-in").status_code == 404
    assert reader.post("/sign-in").status_code == 404
    assert reader.post("/sign-out").status_code == 404
    assert reader.get("/account/password").status_code == 404
    assert reader.get("/account").status_code == 403

    node().state["sign_in_address"] = lambda path: f"/host/login?to={path}"
    assert reader.get("/account").location == "/host/login?to=/account"


def test_a_guest_that_is_told_of_no_members_leaves_its_hosts_session_alone(database_url, tmp_path):
    host = flask.Flask("host")
    host.config.update(config_of(database_url, tmp_path), SECRET_KEY="the host's own")
    LoginManager(host).user_loader(lambda identifier: UserMixin())
    Maillage(host)
    reader = Reader(host)
    with reader.client.session_transaction() as theirs:
        theirs["_user_id"] = "somebody of the host"

    for path in ("/sign-in", "/sign-out", "/account/password"):
        form = {"email": "ann@example.org", "password": PASSWORD}
        assert reader.post(path, form).status_code in (404, 405), path
    assert reader.get("/sign-in").status_code == 404
    assert reader.get("/account").status_code == 403
    assert "/sign-in" not in reader.get("/").text

    with reader.client.session_transaction() as theirs:
        assert theirs["_user_id"] == "somebody of the host"
    assert not theirs.permanent


@pytest.mark.parametrize("path", ["/feed.atom", "/calendar.ics", "/actors/union", "/static/maillage.css", "/webfinger"])
def test_what_every_cache_may_keep_carries_no_cookie(reader, path):
    reader.sign_in()
    account = reader.get("/account")
    assert account.headers["Set-Cookie"].startswith("maillage_")
    if path.startswith("/static"):
        path = re.search(r'href="(/static/[^"]+)"', account.text)[1]
    if path == "/webfinger":
        path = "/.well-known/webfinger?resource=acct:union@localhost"

    answer = reader.get(path, headers={"Accept": "application/activity+json, */*"})
    answer.close()

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "null"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/@union/calls/new", "/sign-out"])
def test_a_form_from_another_site_is_refused_and_leaves_the_session_alone(app, path, headers):
    answer = Reader(app).post(path, {"email": "ann@example.org"}, headers=headers)

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"headers": {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}},
        {"headers": {"Origin": "null", "Sec-Fetch-Site": "same-origin"}},
        {"headers": {"Origin": "http://127.0.0.1:8000"}, "base_url": "http://127.0.0.1:8000"},
        {"headers": {"Origin": "http://localhost"}, "base_url": "http://behind-a-proxy"},
    ],
)
def test_a_form_of_ours_is_taken_under_every_name_of_this_node(app, more):
    assert Reader(app).post("/sign-in", {"email": "ann@example.org"}, **more).status_code == 400


def test_strangers_are_answered_while_somebody_else_writes(app, reader):
    member = Reader(app)
    member.sign_in()
    password = member.fill(member.get("/account/password"), current="wrong password", new="x" * 12, again="x" * 12)
    form = reader.fill(reader.get("/sign-in"), email="ann@example.org", password="wrong password")

    with app.extensions["sqlalchemy"].engines[BIND].connect() as connection:
        with writing():
            connection.execute(text("DELETE FROM maillage_roles WHERE 0 = 1"))
        assert reader.post("/sign-in", form).status_code == 422
        assert reader.post("/@union/calls/new", {"name": "Typed"}).status_code == 403
        assert reader.post("/@nobody/calls/new", {"name": "Typed"}).status_code == 404
        assert member.post("/account/password", password).status_code == 422
        connection.rollback()
