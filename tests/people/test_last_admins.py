"""Somebody administers the node and each organisation, also where the last two leave at the same moment."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from actors import local
from actors.database import session
from flask_maillage.people import accounts, roles, stewardship
from flask_maillage.people.models import Member
from tests.conftest import PASSWORD

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite has one writer at a time."""


@pytest.mark.parametrize("of", ["the node", "the union"])
def test_two_admins_put_each_other_out_one_after_the_other(app, of):
    union = local.find("union")
    ann = accounts.find("ann@example.org")
    bea = accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
    roles.grant(ann, union, "admin")
    roles.grant(bea, union, "admin")
    ann.is_admin = bea.is_admin = True
    session().commit()

    def put_out(email):
        member = accounts.find(email)
        if of == "the node":
            stewardship.set_admin(member, is_admin=False)
        else:
            roles.revoke(member, local.find("union"))

    put_out("bea@example.org")
    with app.app_context():
        session().execute(text("SET LOCAL lock_timeout = '100ms'"), bind_arguments={"mapper": Member})
        with pytest.raises(OperationalError, match="lock timeout"):
            put_out("ann@example.org")
        session().rollback()
