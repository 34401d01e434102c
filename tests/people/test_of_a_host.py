"""Where a host has the members there are none of our pages about accounts, and no link to them."""

from types import SimpleNamespace

import pytest

from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGES = [
    "sign-up",
    "sign-up/sent",
    "sign-up/confirm/x",
    "password/forgot",
    "password/sent",
    "password/new/x",
    "account/name",
    "account/email",
    "account/email/x",
    "account/sessions",
    "account/roles",
    "account/data",
    "account/delete/x",
    "account/found",
    "account/password",
    "invited/x",
    "@union/people",
    "admin/members",
    "admin/applicants",
    "admin/invitations",
    "admin/foundings",
]
ACTIONS = [
    "account/export",
    "account/delete",
    "account/sessions/end",
    "account/roles",
    "@union/people/role",
    "@union/people/invite",
    "@union/people/revoke",
    "admin/members/1",
    "admin/applicants/1",
    "admin/foundings/1",
    "admin/invitations/revoke",
]


@pytest.mark.parametrize("name", ["Hana", None])
def test_a_host_has_its_own(app, name):
    """An admin of the host, who may do everything, and a stranger."""
    member = SimpleNamespace(name=name) if name else None
    app.extensions["maillage"].state.update(
        own_sign_in=False, current_member=lambda: member, may=lambda who, action, thing: who is not None
    )
    reader = Reader(app)
    assert {path: reader.get(f"/{path}").status_code for path in PAGES} == dict.fromkeys(PAGES, 404)
    assert {path: reader.post(f"/{path}").status_code for path in ACTIONS} == dict.fromkeys(ACTIONS, 404)
    if member:
        shown = reader.get("/account").text + reader.get("/@union").text + reader.get("/admin/federation").text
        assert not [path for path in PAGES if f'href="/{path}"' in shown]
