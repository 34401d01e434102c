"""Invitations and roles: who may give which, what a link opens and when it no longer does, and that somebody stays."""

import re

import pytest
from sqlalchemy import select, update

from actors import local
from actors.database import BIND, session
from actors.models import TERRITORY
from flask_maillage.mail.models import Mail
from flask_maillage.people import accounts, invitations, roles, signing_up, stewardship
from flask_maillage.people.models import Applicant, RoleInvitation
from inboxes import worker
from tests.conftest import PASSWORD
from tests.people.newcomers import PASSWORD as ZOES
from tests.people.newcomers import ZOE, link_in, node_with_mail
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def app(database_url, tmp_path, clock, fediverse, box):
    made = node_with_mail(database_url, tmp_path, clock, fediverse, box)
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.fixture
def ann():
    """Ann, who administers the union."""
    member = accounts.find("ann@example.org")
    roles.grant(member, local.find("union"), "admin")
    session().commit()
    return member


@pytest.fixture
def bea():
    """Bea, who has no role."""
    member = accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
    session().commit()
    return member


@pytest.fixture
def reader(app):
    return Reader(app)


def invited(reader, path="/@union/people", **typed):
    """Fill the form by which one invites, and send it."""
    page = reader.get(path)
    form = reader.form(page, "uses")
    for name, value in typed.items():
        form[name] = value
    return reader.post(f"{path}/invite" if path.startswith("/@") else path, form)


def made_link(answer):
    return re.search(r"<code>http://localhost(/invited/[\w-]+)</code>", answer.text)[1]


def role_of(email, handle="union"):
    session().rollback()
    return roles.role_of(accounts.find(email), local.find(handle))


def test_a_link_gives_a_newcomer_an_account_and_a_role(app, reader, ann, box):
    reader.sign_in()
    link = made_link(invited(reader, to="", role="editor"))
    zoe = Reader(app)
    page = zoe.get(link)
    assert "A union" in page.text
    sign_up = re.search(r'href="(/sign-up\?invitation=[^"]+)"', page.text)[1]
    assert zoe.get("/sign-up").status_code == 404  # by invitation alone

    assert zoe.submit(sign_up, **ZOE).location == "/sign-up/sent"
    worker.run_until_idle(app)
    assert zoe.submit(link_in(box.text(), "sign-up/confirm/"), password=ZOES).status_code == 303

    assert role_of("zoe@example.org") == "editor"
    assert Reader(app).get(link).status_code == 404  # it was for one
    assert Reader(app).get(sign_up).status_code == 404


def test_a_link_to_the_node_is_made_by_its_admins_and_counted(app, reader, ann, bea, box):
    reader.sign_in()
    assert reader.get("/admin/invitations").status_code == 404
    ann.is_admin = True
    session().commit()
    assert invited(reader, "/admin/invitations", uses="0").status_code == 422
    assert invited(reader, "/admin/invitations", days="1000").status_code == 422
    link = made_link(invited(reader, "/admin/invitations", uses="2"))
    token = link.rpartition("/")[2]
    assert token not in session().scalars(select(RoleInvitation.digest)).one()
    page = reader.get("/admin/invitations")
    assert token not in page.text

    number = session().scalars(select(RoleInvitation.id)).one()
    form = reader.form(page)
    form["number"] = str(number)
    assert reader.post("/@union/people/revoke", form).status_code == 404  # it is not the union's
    assert reader.post("/admin/invitations/revoke", form).status_code == 303
    assert Reader(app).get(link).status_code == 404


def test_an_invitation_by_mail_and_to_a_member_by_handle(app, reader, ann, bea, box):
    reader.sign_in()
    assert invited(reader, to="new@example.org", role="member").status_code == 303
    assert invited(reader, to="@bea", role="editor").status_code == 303
    for wrong in ("nobody_here", "a b@example.org"):
        answer = invited(reader, to=wrong)
        assert (answer.status_code, f'value="{wrong}"' in answer.text) == (422, True)
    assert invited(reader, to="ann").status_code == 422  # she administers it already
    worker.run_until_idle(app)
    assert sorted(box.recipients) == ["bea@example.org", "new@example.org"]
    link_in(next(box.text(n) for n, one in enumerate(box.arrived) if one["To"] == "new@example.org"), "invited/")

    beas = Reader(app)
    beas.sign_in("bea@example.org")
    assert "1 invitation to work for others" in beas.get("/my").text
    page = beas.get("/account/roles")
    answer = re.search(r'value="(accept-\d+)"', page.text)[1]
    form = beas.form(page)
    form["answer"] = answer
    reader.post("/account/roles", reader.form(reader.get("/account/roles")) | {"answer": answer})  # it is not hers
    assert [role_of(one) for one in ("ann@example.org", "bea@example.org")] == ["admin", None]
    assert beas.post("/account/roles", form).status_code == 303
    assert role_of("bea@example.org") == "editor"
    assert beas.post("/account/roles", form).status_code == 303
    assert "answered already" in beas.get("/account/roles").text


@pytest.mark.parametrize("end", ["expired", "inviter lost the role", "inviter is suspended", "actor is gone"])
def test_an_invitation_dies_with_its_time_and_with_who_made_it(app, ann, bea, clock, end):
    union = local.find("union")
    secret = invitations.by_link(ann, union, "admin")
    assert invitations.with_secret(secret) is not None
    if end == "expired":
        clock.turn(days=15)
    elif end == "inviter lost the role":
        roles.grant(bea, union, "admin")
        roles.grant(ann, union, "editor")
    elif end == "inviter is suspended":
        stewardship.suspend(ann)
    else:
        union.gone_at = clock()
    assert invitations.with_secret(secret) is None


def test_an_invitation_never_takes_away(app, ann, bea):
    union = local.find("union")
    secret = invitations.by_link(ann, union, "member", uses=2)
    invitations.accept(invitations.with_secret(secret), ann)
    assert roles.role_of(ann, union) == "admin"
    assert invitations.with_secret(secret).uses_left == 2


def test_an_invitation_goes_once_it_is_answered_by_who_has_the_role_already(app, ann, bea):
    union = local.find("union")
    invitations.to_member(ann, union, "editor", bea)
    roles.grant(bea, union, "admin")
    invitations.accept(invitations.waiting_for(bea)[0], bea)
    session().commit()
    assert invitations.waiting_for(bea) == []
    assert roles.role_of(bea, union) == "admin"


def test_the_last_use_of_an_invitation_is_used_once(app, ann):
    """What another request did to the row since it was read counts."""
    secret = invitations.by_link(ann, local.find("union"), "editor")
    signing_up.ask(
        email="zoe@example.org",
        name="Zoe",
        handle="zoe",
        password_hash="x",
        language="en",
        invitation=invitations.with_secret(secret),
    )
    applicant = session().scalars(select(Applicant)).one()
    assert applicant.invitation.uses_left == 1
    used = update(RoleInvitation).values(uses_left=0)
    session().execute(used.execution_options(synchronize_session=False))
    assert signing_up.admit(applicant).roles == []


def test_the_page_of_roles_is_for_who_administers_and_the_last_one_stays(app, reader, ann, bea):
    assert reader.get("/@union/people").status_code == 303
    roles.grant(bea, local.find("union"), "editor")
    session().commit()
    beas = Reader(app)
    beas.sign_in("bea@example.org")
    assert beas.get("/@union/people").status_code == 404
    reader.sign_in()
    page = reader.get("/@union/people")
    assert ">Roles</a>" in reader.get("/@union").text
    assert ">Roles</a>" not in beas.get("/@union").text
    form = reader.form(page, "who")

    def change(who, role, by=reader):
        form["who"], form["role"] = str(who), role
        return by.post("/@union/people/role", form).status_code

    annas, beas_number = accounts.find("ann@example.org").id, accounts.find("bea@example.org").id
    assert change(beas_number, "admin", by=beas) == 404
    assert change(annas, "none") == 303
    assert role_of("ann@example.org") == "admin"
    leave = reader.form(reader.get("/account/roles"))
    leave["answer"] = f"leave-{local.find('union').id}"
    assert reader.post("/account/roles", leave).status_code == 303
    assert role_of("ann@example.org") == "admin"
    assert "make somebody else an administrator first" in reader.get("/account/roles").text

    assert change(beas_number, "admin") == 303
    assert change(annas, "none") == 303
    assert (role_of("ann@example.org"), role_of("bea@example.org")) == (None, "admin")
    assert reader.get("/@union/people").status_code == 404
    assert change(99, "editor", by=beas) in (400, 404)


@pytest.mark.parametrize("handle", ["ann", "relay", "isere"])
def test_persons_the_node_and_territories_have_no_roles(app, reader, ann, handle):
    """Also for who administers the node: nobody works for them."""
    ann.is_admin = True
    local.create("isere", TERRITORY, "Isère")
    session().commit()
    reader.sign_in()
    assert reader.get(f"/@{handle}/people").status_code == 404
    assert ">Roles</a>" not in reader.get(f"/@{handle}").text


def test_admins_of_the_node_name_others_and_suspend(app, reader, ann, bea):
    ann.is_admin = True
    number = bea.id
    session().commit()
    reader.sign_in()
    beas = Reader(app)
    beas.sign_in("bea@example.org")
    assert beas.get("/admin/members").status_code == 404
    assert "bea@example.org" in reader.get("/admin/members?q=BE").text
    assert "bea@example.org" not in reader.get("/admin/members?q=%25").text
    assert "bea@example.org" in reader.get("/admin/members?q=b%00e").text  # PostgreSQL takes no text with a NUL
    form = reader.form(reader.get("/admin/members"))

    def press(answer, who=number):
        form["answer"] = answer
        assert reader.post(f"/admin/members/{who}", form).status_code == 303

    press("moderator")
    assert beas.get("/admin/reports").status_code == 200
    assert 'href="/admin/deliveries"' not in beas.get("/admin/reports").text
    assert beas.get("/admin/federation").status_code == 404
    press("no-moderator")
    assert beas.get("/admin/reports").status_code == 404
    own = accounts.find("ann@example.org").id
    press("no-admin", own)
    press("suspend", own)
    assert reader.get("/admin/members").status_code == 200  # the last one stays, and nobody suspends themselves
    press("suspend")
    assert beas.get("/account").status_code == 303
    assert beas.sign_in("bea@example.org").status_code == 422
    session().rollback()
    assert "suspended" in session().scalars(select(Mail.subject)).one()
    assert not roles.may(accounts.find("bea@example.org"), "publish", accounts.find("bea@example.org").actor)
    press("restore")
    assert beas.sign_in("bea@example.org").status_code == 303
    press("admin")
    press("no-admin", own)
    assert reader.get("/admin/members").status_code == 404
    assert beas.get("/admin/members").status_code == 200


def test_inviting_a_member_again_and_again_fills_no_mailbox(ann, bea):
    for _ in range(10):
        invitations.to_member(ann, local.find("union"), "editor", bea)
    assert len(session().scalars(select(Mail)).all()) == 6
    assert len(invitations.waiting_for(bea)) == 1
