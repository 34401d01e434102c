"""What is done on pages about members is done by commands too."""

import json
import zipfile

import pytest
from sqlalchemy import select

from actors import local
from actors.database import session
from actors.node import now
from flask_maillage.people import accounts, invitations, roles
from flask_maillage.people.models import Applicant
from tests.conftest import PASSWORD
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def maillage(app):
    """Run a command in a context of its own, and return how it ended and what it said."""

    def run(*words):
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["maillage", *words])
        session().rollback()
        return result.exit_code, result.output

    return run


def applicant(handle):
    session().add(
        Applicant(
            email=f"{handle}@example.org",
            name=handle.capitalize(),
            handle=handle,
            password_hash=accounts.hashed(PASSWORD),
            language="en",
            reason="I bake.",
            created_at=now(),
            confirmed_at=now(),
        )
    )
    session().commit()


def test_who_waits_is_accepted_or_declined(app, maillage):
    applicant("zoe")
    applicant("bea")
    first, second = session().scalars(select(Applicant.id).order_by(Applicant.id))
    assert "I bake." in maillage("member", "waiting")[1]
    assert maillage("member", "accept", str(first))[0] == 0
    assert maillage("member", "accept", str(first))[0] == 1
    assert maillage("member", "decline", str(second), "--note", "Later")[0] == 0
    assert accounts.find("zoe@example.org").actor.handle == "zoe"
    assert accounts.find("bea@example.org") is None
    assert maillage("member", "waiting") == (0, "")


def test_a_member_is_kept_out_named_and_signed_out(app, maillage):
    reader = Reader(app)
    reader.sign_in()
    assert "unknown" in maillage("member", "sessions", "ann@example.org")[1]
    assert maillage("member", "sessions", "ann@example.org", "--end")[0] == 0
    assert reader.get("/account").status_code == 303
    assert maillage("member", "suspend", "ann@example.org", "on")[0] == 0
    assert reader.sign_in().status_code == 422
    assert maillage("member", "suspend", "ann@example.org", "off")[0] == 0
    assert maillage("member", "password", "ann@example.org", "--password", "azerty123456")[0] == 1
    assert maillage("member", "password", "ann@example.org", "--password", "river lamp under seven")[0] == 0
    assert reader.sign_in(password="river lamp under seven").status_code == 303
    assert maillage("member", "moderator", "ann@example.org", "on")[0] == 0
    assert reader.get("/admin/reports").status_code == 200
    assert maillage("member", "admin", "ann@example.org", "on")[0] == 0
    assert reader.get("/admin/members").status_code == 200
    code, told = maillage("member", "admin", "ann@example.org", "off")
    assert (code, "Nobody else administers this node" in told) == (1, True)
    assert maillage("member", "suspend", "ann@example.org", "on")[0] == 1
    assert maillage("member", "suspend", "nobody@example.org", "on")[0] == 1


def test_a_link_is_made_by_who_may(app, maillage):
    assert maillage("member", "invite", "ann@example.org")[0] == 1
    assert maillage("member", "invite", "ann@example.org", "--for", "union")[0] == 1
    roles.grant(accounts.find("ann@example.org"), local.find("union"), "admin")
    session().commit()
    code, told = maillage("member", "invite", "ann@example.org", "--for", "union", "--role", "member", "--uses", "3")
    assert code == 0
    found = invitations.with_secret(told.strip().rpartition("/")[2])
    assert (found.role, found.uses_left, found.actor.handle) == ("member", 3, "union")
    assert maillage("member", "invite", "ann@example.org", "--for", "union", "--days", "1000")[0] == 1


def test_a_member_takes_their_data_along_and_leaves(app, maillage, tmp_path):
    path = tmp_path / "ann.zip"
    assert maillage("member", "export", "ann@example.org", str(path))[0] == 0
    with zipfile.ZipFile(path) as file:
        assert json.loads(file.read("account.json"))["email"] == "ann@example.org"
    roles.grant(accounts.find("ann@example.org"), local.find("union"), "admin")
    session().commit()
    code, told = maillage("member", "delete", "ann@example.org", "--yes")
    assert (code, "A union" in told) == (1, True)
    roles.grant(accounts.add("bea@example.org", "Bea", "bea", PASSWORD), local.find("union"), "admin")
    session().commit()
    assert maillage("member", "delete", "ann@example.org", "--yes")[0] == 0
    assert accounts.find("ann@example.org") is None
