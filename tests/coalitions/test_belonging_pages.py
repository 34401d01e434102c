"""Pages about belonging: what everybody sees, what a group's people change, what a member says of their own."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from actors.models import Host
from flask_maillage.coalitions import claims, managing, memberships
from flask_maillage.coalitions.models import Membership
from flask_maillage.people import accounts, roles
from flask_maillage.territory import profiles
from tests.reader import Reader


@pytest.fixture
def ann(app):
    """A member who publishes for the union."""
    reader = Reader(app)
    assert reader.sign_in().status_code == 303
    return reader


def begin(app, handle, *, group="union"):
    """Let one of ours belong to a group of ours."""
    with app.app_context():
        there, member = local.find(group), local.find(handle)
        memberships.join(member, there)
        memberships.answer(memberships.find(there, member), "accept")
        session().commit()
        return memberships.find(there, member).id


def state(app, function):
    with app.app_context():
        return function(session().scalars(select(Membership)).one())


def send(reader, path, **values):
    page = reader.get(path)
    return reader.post(path, {"csrf_token": reader.form(page)["csrf_token"], **values})


def test_group_says_as_what_a_member_is_there_and_everybody_sees_it(app, client, ann):
    number = begin(app, "couriers")
    sent = {"role": "founder", "territory": "", "since": "2026-10-01", "until": "2027-10-01"}
    assert send(ann, "/@union/members/manage", who=number, answer="terms", **sent).status_code == 303
    assert state(app, lambda row: (row.role, row.since, row.until)) == ("founder", date(2026, 10, 1), date(2027, 10, 1))
    page = client.get("/@union/members").text
    assert "founder, since 1 October 2026, until 1 October 2027" in page
    assert "confirmed by both, but the two do not say the same of the details" in page
    assert "has another role (founder)" in client.get("/@union/members/history").text.replace("\n", "")
    assert "Couriers together" in client.get("/@union").text
    assert "A union" in client.get("/@couriers").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"since": "2027-01-02", "until": "2027-01-01"}, "It cannot end before it begins."),
        ({"since": "the first of May"}, "Write each day as 2027-01-31."),
    ],
)
def test_dates_that_are_none_change_nothing(app, ann, sent, said):
    number = begin(app, "couriers")
    assert send(ann, "/@union/members/manage", who=number, answer="terms", role="admin", **sent).status_code == 303
    assert said in ann.get("/@union/members/manage").text
    assert state(app, lambda row: row.role) == "member"


def test_suspended_is_said_until_it_is_resumed(app, client, ann):
    number = begin(app, "couriers")
    send(ann, "/@union/members/manage", who=number, answer="suspend")
    assert "suspended by the group" in client.get("/@union/members").text
    assert state(app, lambda row: row.group_document["suspended"]) is True
    send(ann, "/@union/members/manage", who=number, answer="resume")
    assert "suspended by the group" not in client.get("/@union/members").text
    assert state(app, lambda row: "suspended" in row.group_document) is False


def test_nobody_else_says_it(app, client, ann):
    number = begin(app, "union", group="couriers")
    page = ann.get("/@union/members/manage")
    assert ann.get("/@couriers/members/manage").status_code == 403
    assert page.status_code == 200
    token = ann.form(ann.get("/memberships"))["csrf_token"]
    for path in ("/@couriers/members/manage", "/@union/members/manage"):
        answered = ann.post(path, {"csrf_token": token, "who": number, "answer": "suspend"})
        assert answered.status_code in (400, 403)
    assert state(app, lambda row: row.suspended_at) is None
    assert client.get("/memberships").status_code == 303


def test_member_agrees_to_what_the_group_says_now(app, ann):
    number = begin(app, "union", group="couriers")
    with app.app_context():
        found = session().get(Membership, number)
        claims.set_terms(found, claims.Said(role="treasurer"))
        session().commit()
    assert "Agree to what the group says" in ann.get("/memberships").text
    assert send(ann, "/memberships", who=number, answer="confirm").status_code == 303
    assert state(app, lambda row: (row.member_document["role"], sorted(claims.differences(row)))) == ("treasurer", [])
    assert "Agree to what the group says" not in ann.get("/memberships").text
    assert send(ann, "/memberships", who=number, answer="leave").status_code == 303
    assert state(app, lambda row: row.state) == "left"


def test_person_is_named_by_their_own_consent_alone(app, client, ann):
    number = begin(app, "ann")
    everywhere = ("/@union/members", "/@union", "/@union/members/history", "/actors/union/members")
    headers = {"Accept": "application/activity+json"}
    seen = lambda: [  # noqa: E731
        "/@ann" in (page := client.get(path, headers=headers if "actors" in path else {}).text) or "/ann" in page
        for path in everywhere
    ]
    assert seen() == [False] * 4
    assert "1 member" in client.get("/@union/members").text
    send(ann, "/memberships", who=number, answer="list")
    assert seen() == [True, True, False, True]
    assert "Ann" in client.get("/@union/members/history").text
    send(ann, "/memberships", who=number, answer="hide")
    assert seen() == [False] * 4


def test_only_whose_membership_it_is_changes_it(app, ann):
    number = begin(app, "couriers")
    token = ann.form(ann.get("/memberships?x"))["csrf_token"] if "csrf" in ann.get("/memberships").text else ""
    token = token or ann.form(ann.get("/@union/members/manage"))["csrf_token"]
    for answer in ("confirm", "list", "leave"):
        posted = ann.post("/memberships", {"csrf_token": token, "who": number, "answer": answer})
        assert posted.status_code == 400
    assert state(app, lambda row: row.state) == "member"


def test_what_one_side_alone_says_and_who_is_not_heard_of_is_said(app, client, fediverse):
    town = fediverse.actor("town", "b.test", kind="Group")
    with app.app_context():
        union, there = local.find("union"), remote.remember(town.document)
        memberships.ask(union, there, iri=f"{town.iri}/joins/1")
        memberships.answer(memberships.find(union, there), "accept")
        session().flush()
        host = session().get(Host, there.host)
        host.unavailable_at = datetime(2026, 11, 1, tzinfo=UTC)
        session().commit()
    page = client.get("/@union/members").text
    assert "confirmed by both" in page
    assert "Its server has not been heard of since 1 November 2026." in page
    with app.app_context():
        claims.withdraw(session().scalars(select(Membership)).one(), claims.MEMBER, noted=True)
        session().commit()
    assert "only the group says so" in client.get("/@union/members").text
    assert "does not say any more that it belongs to it" in client.get("/@union/members/history").text


@pytest.mark.parametrize("path", ["/@ann/members", "/@relay/members", "/@nobody/members", "/@ann/members/history"])
def test_what_is_no_group_has_no_list(client, path):
    assert client.get(path).status_code == 404


def test_sort_of_organisation_is_asked_for_shown_and_told(app, client, ann):
    with app.app_context():
        roles.grant(accounts.find("ann@example.org"), local.find("union"), "admin")
        session().commit()
    page = ann.get("/@union/profile")
    values = ann.form(page, "name")
    assert values["organisation_kind"] == ""
    values["organisation_kind"] = "union"
    assert ann.post("/@union/profile", values).status_code == 303
    assert "Trade union" in client.get("/@union").text
    document = client.get("/actors/union", headers={"Accept": "application/activity+json"}).json
    assert document["organisationKind"] == "union"
    values["organisation_kind"] = "sect"
    assert ann.post("/@union/profile", values).status_code == 422


@pytest.mark.parametrize(
    ("word", "kind"), [("cooperative", "cooperative"), ("sect", None), (["union"], None), (None, None)]
)
def test_sort_of_organisation_is_read_from_others(app, client, fediverse, word, kind):
    there = fediverse.actor("coop", "b.test", kind="Group")
    with app.app_context():
        found = remote.remember({**there.document, "kind": "maillage:Organisation", "organisationKind": word})
        session().commit()
        assert profiles.of(found, "en").organisation_kind == kind


def test_own_page_leads_to_what_one_belongs_to_and_says_what_is_new(app, ann):
    assert "/memberships" not in ann.get("/my").text
    number = begin(app, "union", group="couriers")
    assert "All memberships" in ann.get("/my").text
    assert 'Couriers together</a> <span class="origin">A union, member' in ann.get("/my").text
    assert "to confirm" not in ann.get("/my").text
    with app.app_context():
        claims.set_terms(session().get(Membership, number), claims.Said(role="treasurer"))
        session().commit()
    assert "1 membership to confirm" in ann.get("/my").text


def test_people_of_a_member_hear_what_the_group_says_anew(app, ann):
    number = begin(app, "union", group="couriers")
    with app.app_context():
        row = session().get(Membership, number)
        managing.set_terms(row, role="treasurer")
        managing.suspend(row, suspended=True)
        session().commit()
    page = ann.get("/my/notifications").text
    assert "Couriers together says something new of the membership of A union" in page
    assert "Couriers together suspended the membership of A union" in page
