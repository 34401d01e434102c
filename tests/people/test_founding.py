"""Founding an organisation on a page: by whom the setting says, and an admin may have to say yes."""

import pytest
from sqlalchemy import select

from actors import local
from actors.database import session
from flask_maillage.mail.models import Mail
from flask_maillage.people import accounts, roles
from flask_maillage.people.models import Founding
from tests.conftest import PASSWORD
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BAKERS = {"name": "The bakers & co", "handle": "bakers", "summary": "Bread & <b>rights</b>", "website": ""}


@pytest.fixture
def reader(app):
    made = Reader(app)
    made.sign_in()
    return made


def test_where_members_found_one_founds_and_administers(app, reader):
    app.extensions["maillage"].state["founding"] = "members"
    assert reader.submit("/account/found", **BAKERS).location == "/@bakers/people"
    session().rollback()
    bakers = local.find("bakers")
    assert (bakers.kind, bakers.name) == ("organisation", "The bakers & co")
    assert roles.role_of(accounts.find("ann@example.org"), bakers) == "admin"
    page = reader.get("/@bakers").text
    assert "The bakers &amp; co" in page
    assert "Bread &amp;" in page


def test_one_member_founds_so_many_in_a_month_and_who_administers_the_node_more(app, reader, clock):
    app.extensions["maillage"].state.update(founding="members", foundings=2)
    for handle in ("bakers", "millers"):
        assert "as many organisations" not in reader.get("/account/found").text
        assert reader.submit("/account/found", **BAKERS | {"handle": handle}).status_code == 303
    assert "as many organisations in the last 30 days" in reader.get("/account/found").text
    refused = reader.submit("/account/found", **BAKERS | {"handle": "brewers"})
    assert (refused.status_code, "ask those who run it" in refused.text) == (422, True)
    assert local.find("brewers") is None

    session().rollback()
    accounts.find("ann@example.org").is_admin = True
    session().commit()
    assert reader.submit("/account/found", **BAKERS | {"handle": "brewers"}).status_code == 303
    assert "bakers" not in reader.get("/admin/foundings").text  # nobody is asked about what is founded
    session().rollback()
    accounts.find("ann@example.org").is_admin = False
    session().commit()
    clock.turn(days=30, seconds=1)
    assert reader.submit("/account/found", **BAKERS | {"handle": "cooks"}).status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"handle": "union"}, "is taken"),
        ({"handle": "Bäckers"}, "small letters a to z"),
        ({"name": " "}, "Write the name"),
        ({"website": "javascript:alert(1)"}, "no address of a website"),
    ],
)
def test_what_will_not_do_is_said_at_the_field(app, reader, typed, said):
    app.extensions["maillage"].state["founding"] = "members"
    answer = reader.submit("/account/found", **(BAKERS | typed))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert answer.text.count('aria-invalid="true"') == 1
    assert local.find("bakers") is None


def test_by_default_an_admin_says_yes_first(app, reader):
    admin = accounts.add("bea@example.org", "Bea", "bea", PASSWORD, is_admin=True)
    accounts.add("carl@example.org", "Carl", "carl", PASSWORD, is_admin=True).actor.suspended_at = admin.created_at
    session().commit()
    assert reader.submit("/account/found", **BAKERS).status_code == 422  # who they are in it has to be said
    for handle in ("bakers", "millers", "brewers"):
        assert reader.submit("/account/found", **BAKERS | {"handle": handle, "reason": "I bake."}).status_code == 303
    assert reader.submit("/account/found", **BAKERS | {"handle": "fourth", "reason": "I bake."}).status_code == 422
    session().rollback()
    assert local.find("bakers") is None
    assert {one.recipient for one in session().scalars(select(Mail))} == {admin.email}
    assert reader.get("/admin/foundings").status_code == 404

    bea = Reader(app)
    bea.sign_in("bea@example.org")
    form = bea.form(bea.get("/admin/foundings"))
    numbers = dict(session().execute(select(Founding.handle, Founding.id)).all())
    form["answer"] = "accept"
    assert reader.post(f"/admin/foundings/{numbers['bakers']}", form).status_code == 404
    assert bea.post(f"/admin/foundings/{numbers['bakers']}", form).status_code == 303
    assert bea.post(f"/admin/foundings/{numbers['bakers']}", form).location == "/admin/foundings"
    form["answer"], form["note"] = "decline", "There is one already."
    assert bea.post(f"/admin/foundings/{numbers['millers']}", form).status_code == 303
    session().rollback()
    assert roles.role_of(accounts.find("ann@example.org"), local.find("bakers")) == "admin"
    assert local.find("millers") is None
    assert "There is one already." in session().scalars(select(Mail.text).order_by(Mail.id.desc())).first()
    assert session().scalars(select(Founding.handle)).all() == ["brewers"]


def test_where_admins_found_there_is_no_page_for_others(app, reader):
    app.extensions["maillage"].state["founding"] = "admins"
    assert reader.get("/account/found").status_code == 404
    assert "/account/found" not in reader.get("/account/roles").text
    accounts.find("ann@example.org").is_admin = True
    session().commit()
    assert reader.submit("/account/found", **BAKERS).location == "/@bakers/people"
