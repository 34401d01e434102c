"""Signing up: an address is confirmed first, nobody learns who has an account, and an admin may decide."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from actors.database import BIND, session
from actors.node import node
from flask_maillage.people import account_links, accounts, signing_up
from flask_maillage.people.models import AccountLink, Applicant, Member
from inboxes import worker
from inboxes.pruning import prune
from tests.people.newcomers import PASSWORD, ZOE, link_in, node_with_mail
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def app(database_url, tmp_path, clock, fediverse, box):
    made = node_with_mail(database_url, tmp_path, clock, fediverse, box, MAILLAGE_SIGN_UP="open")
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.fixture
def reader(app):
    return Reader(app)


@pytest.fixture
def work(app):
    return lambda: worker.run_until_idle(app)


def count(model):
    session().rollback()
    return session().scalar(select(func.count()).select_from(model))


def signed_up(reader, work, box, **typed):
    """Sign up, and return the path of the link that arrives."""
    assert reader.submit("/sign-up", **(ZOE | typed)).location == "/sign-up/sent"
    work()
    return link_in(box.text(), "sign-up/confirm/")


def test_the_first_page_invites_strangers_alone_to_sign_up(app, reader):
    assert 'href="/sign-up"' in reader.get("/").text
    ann = Reader(app)
    ann.sign_in()
    assert 'href="/sign-up"' not in ann.get("/").text


def test_a_newcomer_confirms_the_address_and_is_a_member(reader, work, box):
    link = signed_up(reader, work, box)
    assert count(Member) == 1
    assert box.recipients == ["zoe@example.org"]
    assert "Zoé" not in box.text()  # a stranger may have typed it: nothing of it goes to an address not confirmed

    for _ in range(2):
        assert reader.get(link).status_code == 200  # a programme that looks at mails opens it, and uses nothing up
    answer = reader.submit(link, password=PASSWORD)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Zoé Martin" in reader.get("/account").text
    session().rollback()
    member = accounts.find("zoe@example.org")
    assert (member.actor.handle, member.language, member.is_admin, member.actor.federated) == (
        "zoe_martin",
        "fr",
        False,
        False,
    )
    assert PASSWORD not in member.password_hash
    assert (count(Applicant), count(AccountLink)) == (0, 0)
    stranger = Reader(reader.client.application)
    assert stranger.get(link).status_code == 404


def test_what_is_kept_of_a_link_opens_nothing(reader, work, box):
    link = signed_up(reader, work, box)
    row = session().scalars(select(AccountLink)).one()
    assert row.digest not in link
    assert link.rpartition("/")[2] not in row.digest
    assert reader.get(f"/sign-up/confirm/{row.digest}").status_code == 404
    assert reader.get(link.replace("/sign-up/confirm/", "/password/new/")).status_code == 404  # bound to its purpose
    assert reader.get("/sign-up/confirm/" + "x" * 5000).status_code == 404


def test_a_link_is_good_for_two_days_and_then_all_is_forgotten(reader, work, box, clock):
    link = signed_up(reader, work, box)
    clock.turn(hours=47)
    assert reader.get(link).status_code == 200
    clock.turn(hours=2)
    assert reader.get(link).status_code == 404
    assert reader.submit("/sign-up", **ZOE).status_code == 303
    clock.turn(hours=24)
    prune()
    assert (count(Applicant), count(AccountLink)) == (1, 1)


def test_whoever_uses_somebody_elses_address_does_not_choose_its_password(reader, work, box, app):
    theirs = signed_up(Reader(app), work, box, password="chosen by a stranger", name="Mallory")
    own = signed_up(reader, work, box)
    assert own != theirs

    refused = reader.submit(theirs, password=PASSWORD)
    assert refused.status_code == 422
    assert "not the password that you chose" in refused.text
    assert reader.submit(own, password=PASSWORD).status_code == 303

    assert reader.get(theirs).status_code == 404
    assert accounts.authenticate("zoe@example.org", "chosen by a stranger") is None
    assert accounts.find("zoe@example.org").name == "Zoé Martin"


def test_nobody_is_told_whether_an_address_has_an_account_but_its_owner(reader, work, box, app):
    known = reader.submit("/sign-up", **(ZOE | {"email": "ANN@example.org", "handle": "zoe"}))
    unknown = Reader(app).submit("/sign-up", **(ZOE | {"handle": "zoe"}))
    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    work()
    by_address = {message["To"]: message["Subject"] for message in box.arrived}
    assert by_address == {
        "ann@example.org": "Vous avez déjà un compte",
        "zoe@example.org": "Veuillez confirmer votre adresse",
    }
    assert count(Applicant) == 1


def test_nobody_is_told_more_where_too_many_wait(reader, work, box, app, monkeypatch):
    monkeypatch.setattr(signing_up, "MOST_APPLICANTS", 1)
    first = signed_up(reader, work, box)
    answers = [Reader(app).submit("/sign-up", **(ZOE | {"email": one})) for one in ("ann@example.org", "b@example.org")]
    assert [one.status_code for one in answers] == [303, 303]
    assert (count(Applicant), reader.get(first).status_code) == (1, 404)  # the oldest not confirmed made room

    session().scalars(select(Applicant)).one().confirmed_at = node().clock()
    session().commit()
    answers = [Reader(app).submit("/sign-up", **(ZOE | {"email": one})) for one in ("ann@example.org", "c@example.org")]
    assert [(one.status_code, "try again tomorrow" in one.text) for one in answers] == 2 * [(422, True)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "Write the name"),
        ({"email": "zoe"}, "name@example.org"),
        ({"email": ""}, "Write your e-mail address."),
        ({"password": "short"}, "at least 10"),
        ({"password": "motdepasse2026"}, "first that anybody would try"),
        ({"password": "ZoeMartin1984"}, "first that anybody would try"),
        ({"password": "zoe@example.org"}, "nobody can guess"),
        ({"handle": "Zoé!"}, "small letters a to z"),
        ({"handle": "union"}, "is taken"),
        ({"handle": "admin"}, "is taken"),
    ],
)
def test_what_will_not_do_is_said_at_the_field_and_nothing_typed_is_lost(reader, typed, said):
    answer = reader.submit("/sign-up", **(ZOE | {"handle": "zed", "language": "en"} | typed), lang="en")
    assert answer.status_code == 422
    assert said in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    kept = {"name": "Zoé Martin", "email": "zoe@example.org", "handle": "zed"} | typed
    for name in ("name", "email", "handle"):
        assert f'value="{kept[name]}"' in answer.text
    assert (kept.get("password") or PASSWORD) not in answer.text.replace(kept["email"], "")
    assert count(Applicant) == 0


def test_a_handle_taken_meanwhile_is_chosen_anew_where_the_address_is_confirmed(reader, work, box):
    link = signed_up(reader, work, box)
    accounts.add("other@example.org", "Other", "zoe_martin", PASSWORD)
    session().commit()

    refused = reader.submit(link, password=PASSWORD)
    assert (refused.status_code, "is taken" in refused.text) == (422, True)
    assert reader.submit(link, password=PASSWORD, handle="zoe_m").status_code == 303
    assert accounts.find("zoe@example.org").actor.handle == "zoe_m"


def test_too_many_mails_are_not_sent_and_passwords_are_not_tried_for_ever(reader, work, box, app):
    link = signed_up(reader, work, box)
    for _ in range(8):
        reader.submit("/sign-up", **ZOE)
    work()
    assert len(box.arrived) == 6  # an hour, for one address, whoever asks
    for _ in range(25):
        reader.submit("/sign-up", **(ZOE | {"email": "ann@example.org"}))
    assert reader.submit("/sign-up", **ZOE).status_code == 429
    form = reader.form(reader.get(link))
    form.setlist("password", ["a wrong password"])
    answers = [reader.post(link, form).status_code for _ in range(21)]
    assert set(answers[:20]) == {422}
    assert answers[20] == 429


@pytest.mark.parametrize("mode", ["closed", "invitation"])
def test_nobody_asks_for_an_account_where_that_is_not_wanted(app, reader, mode):
    app.extensions["maillage"].state["sign_up"] = mode
    assert reader.get("/sign-up").status_code == 404
    assert reader.post("/sign-up", ZOE).status_code == 404
    assert 'href="/sign-up"' not in reader.get("/sign-in").text
    assert count(Applicant) == 0


def test_a_link_of_an_open_node_gives_no_account_once_it_is_closed(app, reader, work, box):
    link = signed_up(reader, work, box)
    app.extensions["maillage"].state["sign_up"] = "closed"
    assert reader.submit(link, password=PASSWORD).status_code == 422
    assert count(Member) == 1


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_an_admin_answers_who_asks(app, reader, work, box, answer):
    app.extensions["maillage"].state["sign_up"] = "approval"
    accounts.find("ann@example.org").is_admin = True
    accounts.add("carl@example.org", "Carl", "carl", PASSWORD, is_admin=True).actor.suspended_at = node().clock()
    session().commit()
    members = count(Member)
    assert "Say in a sentence" in reader.submit("/sign-up", **(ZOE | {"lang": "en"})).text
    link = signed_up(reader, work, box, reason="I keep the <b>books</b> of the couriers.")
    assert "Those who run this node" in reader.submit(link, password=PASSWORD).text
    assert count(Member) == members
    work()
    assert box.recipients[-1] == "ann@example.org"
    assert "carl@example.org" not in box.recipients  # who is suspended reads nothing of who asks
    assert "books" in box.text()

    assert reader.get("/admin/applicants").status_code == 404
    admin = Reader(app)
    admin.sign_in()
    page = admin.get("/admin/applicants")
    assert "zoe@example.org" in page.text
    assert "<b>books" not in page.text
    number = session().scalars(select(Applicant.id)).one()
    form = admin.fill(page, answer=answer, note="Write to us again in May.")
    assert Reader(app).post(f"/admin/applicants/{number}", form).status_code == 403
    assert admin.post(f"/admin/applicants/{number}", form).status_code == 303
    again = admin.post(f"/admin/applicants/{number}", form)
    assert (again.status_code, again.location) == (303, "/admin/applicants")
    assert "There was an answer already." in admin.get(again.location).text
    work()

    assert count(Applicant) == 0
    assert box.recipients[-1] == "zoe@example.org"
    if answer == "accept":
        assert reader.sign_in("zoe@example.org", PASSWORD).status_code == 303
        assert "@zoe_martin@localhost" in box.text()
    else:
        assert reader.sign_in("zoe@example.org", PASSWORD).status_code == 422
        assert "again in May" in box.text()


def test_who_has_a_link_cannot_be_had_by_another_purpose(app):
    member = accounts.find("ann@example.org")
    secret = account_links.make(account_links.PASSWORD, member, member.email)
    assert account_links.find(account_links.PASSWORD, secret) is not None
    assert all(account_links.find(one, secret) is None for one in account_links.LIFETIMES if one != "password")
    assert account_links.LIFETIMES["password"] <= timedelta(hours=2)


def test_handles_are_made_of_names(app):
    made = signing_up.proposed_handle
    assert made("Zoé Martin-Dupont") == "zoe_martin_dupont"
    assert made("Ann") == "ann2"
    assert made("Администратор") == "member"
    assert made("Admin") == "admin2"
    assert len(made("x" * 90)) <= 30


def test_without_mail_nobody_signs_up(app):
    state = node().state
    with app.test_request_context():
        assert signing_up.is_open()
        state["own_sign_in"] = False
        assert not signing_up.is_open()
