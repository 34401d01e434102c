"""Signing in and out: to this node only, with nothing taken along, and not as often as one likes."""

import pytest

from actors.database import session
from actors.node import node
from actors.rates import RATES, Rates
from flask_maillage.app import create_app
from flask_maillage.people import accounts
from flask_maillage.people.destination import safe_path
from tests.conftest import PASSWORD, SECRET
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
    assert int(answer.headers["Retry-After"]) == 300
    assert not is_signed_in(reader)


def test_too_many_attempts_on_one_account_are_stopped_wherever_they_come_from(reader):
    node().rates = Rates({"sign in": "3 per 5 minutes"})
    for number in range(3):
        page = reader.get("/sign-in")
        form = reader.fill(page, email=" Ann@Example.org", password="wrong password")
        answer = reader.post("/sign-in", form, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
        assert answer.status_code == 422

    assert reader.sign_in().status_code == 429
    assert reader.sign_in("nobody@example.org").status_code == 422


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
