"""A new password by a link in a mail, and another e-mail address: nobody learns whose, no link is good twice."""

import pytest
from sqlalchemy import select

from actors import local
from actors.database import BIND, session
from flask_maillage.mail import queue
from flask_maillage.people import account_links, accounts, recovering, stewardship, tokens
from flask_maillage.people.models import AccountLink, Member
from flask_maillage.publications.own import secret_feeds
from inboxes import worker
from tests.people.newcomers import PASSWORD, link_in, node_with_mail
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def app(database_url, tmp_path, clock, fediverse, box):
    made = node_with_mail(database_url, tmp_path, clock, fediverse, box)
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.fixture
def reader(app):
    return Reader(app)


@pytest.fixture
def work(app):
    return lambda: worker.run_until_idle(app)


def link_for(reader, work, box, email="ann@example.org"):
    assert reader.submit("/password/forgot", email=email).location == "/password/sent"
    work()
    return link_in(box.text(), "password/new/")


def test_who_forgot_the_password_chooses_another_one(app, reader, work, box):
    elsewhere = Reader(app)
    elsewhere.sign_in()
    first, link = link_for(reader, work, box), link_for(reader, work, box)
    assert reader.get(link).status_code == 200
    weak = reader.submit(link, new="azerty123456", again="azerty123456")
    assert (weak.status_code, "first that anybody would try" in weak.text) == (422, True)
    assert reader.submit(link, new=PASSWORD, again="another").status_code == 422

    assert reader.submit(link, new=PASSWORD, again=PASSWORD).location == "/sign-in"

    assert elsewhere.get("/account").status_code == 303  # every session has ended
    assert reader.get("/account").status_code == 303  # who has a link is not signed in by it
    assert reader.sign_in().status_code == 422
    assert reader.sign_in(password=PASSWORD).status_code == 303
    assert [reader.get(one).status_code for one in (first, link)] == [404, 404]
    work()
    assert box.arrived[-1]["Subject"] == "Your password was changed"


def test_nobody_is_told_whether_an_address_has_an_account(app, reader, work, box):
    answers = [Reader(app).submit("/password/forgot", email=one) for one in ("ann@example.org", "zoe@example.org")]
    assert answers[0].data == answers[1].data
    work()
    assert [(one["To"], one["Subject"]) for one in box.arrived] == [
        ("ann@example.org", "A new password"),
        ("zoe@example.org", "There is no account with this address"),
    ]
    assert Reader(app).submit("/password/forgot", email="no address").status_code == 303


def test_a_link_dies_of_age_of_another_address_and_of_a_suspension(app, reader, work, box, clock):
    link = link_for(reader, work, box)
    member = accounts.find("ann@example.org")
    member.actor.suspended_at = clock()
    session().commit()
    assert reader.get(link).status_code == 404
    member.actor.suspended_at, member.email = None, "new@example.org"
    session().commit()
    assert reader.get(link).status_code == 404
    member.email = "ann@example.org"
    session().commit()
    assert reader.get(link).status_code == 200
    clock.turn(hours=2, seconds=1)
    assert reader.get(link).status_code == 404


def test_a_member_is_reached_by_another_address_once_they_confirm_it(app, reader, work, box):
    reader.sign_in()
    assert reader.submit("/account/email", email="zoe@example.org", current="wrong").status_code == 422
    assert reader.submit("/account/email", email="ann@example.org", current="correct horse battery").status_code == 422
    assert reader.submit("/account/email", email="zoe@example.org", current="correct horse battery").status_code == 200
    work()
    assert box.recipients == ["zoe@example.org"]
    link = link_in(box.text(), "account/email/")
    assert reader.get(link).status_code == 200
    assert accounts.find("ann@example.org") is not None

    other_browser = Reader(app)
    assert other_browser.submit(link).status_code == 303

    session().rollback()
    assert accounts.find("ann@example.org") is None
    assert accounts.find("zoe@example.org").name == "Ann"
    assert other_browser.get(link).status_code == 404
    work()
    assert box.recipients[-1] == "ann@example.org"
    assert "zoe@example.org" not in box.text()


def test_an_address_that_has_an_account_is_told_so_and_nobody_else(reader, work, box):
    accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)
    session().commit()
    reader.sign_in()
    free = reader.submit("/account/email", email="free@example.org", current="correct horse battery")
    taken = reader.submit("/account/email", email="zoe@example.org", current="correct horse battery")
    assert free.data == taken.data
    work()
    assert box.arrived[-1]["Subject"] == "This address has an account already"
    assert len(box.arrived) == 2


@pytest.mark.parametrize("deed", ["a new password", "a suspension"])
def test_a_change_of_address_that_waits_dies_of_a_new_password_and_of_a_suspension(app, reader, work, box, deed):
    reader.sign_in()
    asked = reader.submit("/account/email", email="mallory@example.org", current="correct horse battery")
    assert asked.status_code == 200
    work()
    link = link_in(box.text(), "account/email/")
    member = accounts.find("ann@example.org")
    if deed == "a new password":
        accounts.set_password(member, PASSWORD)
    else:
        stewardship.suspend(member)
    session().commit()
    assert session().scalars(select(AccountLink)).all() == []
    assert Reader(app).get(link).status_code == 404
    session().rollback()
    assert accounts.find("mallory@example.org") is None


def test_who_is_suspended_changes_no_address(app, clock):
    member = accounts.find("ann@example.org")
    member.actor.suspended_at = clock()
    secret = account_links.make(account_links.EMAIL, member, "mallory@example.org")
    assert recovering.change_email(secret) is None
    assert recovering.email_asked(secret) is None
    assert member.email == "ann@example.org"


def test_who_asks_for_other_mails_keeps_no_new_password_from_anybody(app):
    for number in range(400):
        queue.may_be_asked_for("zoe@example.org", account_links.PASSWORD)
        queue.may_be_asked_for("ann@example.org", account_links.SIGN_UP)
        queue.may_be_asked_for(f"{number}@example.org", account_links.PASSWORD)
    assert queue.may_be_asked_for("ann@example.org", account_links.PASSWORD)


@pytest.fixture
def keys_of_ann(app):
    """A token of Ann's, and a secret address of hers; return how both answer now."""
    ann = accounts.find("ann@example.org")
    _token, secret = tokens.issue(ann, local.find("union"), label="our website", scope="draft", expires_at=None)
    feed = f"/my/feed/{secret_feeds.renew(ann)}.atom"
    session().commit()

    def answers():
        outbox = Reader(app).post("/actors/union/outbox", json={}, headers={"Authorization": f"Bearer {secret}"})
        return outbox.status_code != 401, Reader(app).get(feed).status_code == 200

    assert answers() == (True, True)
    return answers


def test_who_lost_control_closes_tokens_and_secret_addresses_with_a_new_password(app, reader, work, box, keys_of_ann):
    link = link_for(reader, work, box)
    page = reader.get(link).text
    assert "Token “our website”" in page
    assert "secret addresses of your feeds" in page
    assert keys_of_ann() == (True, True)  # the page alone does nothing

    assert reader.submit(link, new=PASSWORD, again=PASSWORD).status_code == 303

    assert keys_of_ann() == (False, False)
    told = reader.get("/sign-in").text
    assert "A token of your programs was revoked" in told
    assert "lead nowhere any more" in told
    work()
    assert "Revoked with it, these tokens of your programs: our website." in box.text()
    assert "lead nowhere any more" in box.text()


@pytest.mark.parametrize("ticked", [False, True])
def test_who_changes_a_password_says_whether_tokens_and_addresses_end(reader, work, box, keys_of_ann, ticked):
    reader.sign_in()
    assert "Token “our website”" in reader.get("/account/password").text
    typed = {"current": "correct horse battery", "new": PASSWORD, "again": PASSWORD}
    answer = reader.submit("/account/password", **typed, **({"ends_keys": "y"} if ticked else {}))
    assert answer.location == "/account"

    assert keys_of_ann() == (not ticked, not ticked)
    assert ("A token of your programs was revoked" in reader.get("/account").text) is ticked
    work()
    expected = "Revoked with it, these tokens" if ticked else "These tokens of your programs still work: our website."
    assert expected in box.text()


def test_who_has_no_token_and_no_address_is_asked_nothing_of_them(reader, work, box):
    reader.sign_in()
    assert "ends_keys" not in reader.get("/account/password").text
    assert "somebody else may know" not in reader.get(link_for(reader, work, box)).text


@pytest.fixture
def ann_without_password(reader):
    """Ann, who signs in elsewhere alone, signed in."""
    reader.sign_in()
    accounts.find("ann@example.org").password_hash = ""
    session().commit()


def test_who_has_no_password_deletes_the_account_by_a_mailed_link(app, reader, work, box, clock, ann_without_password):
    assert "Send me the link" in reader.get("/account/data").text
    assert 'type="password"' not in reader.get("/account/data").text
    ask = reader.form(reader.get("/account/data"))
    assert "within an hour" in reader.post("/account/delete", ask).text
    work()
    first = link_in(box.text(), "account/delete/")
    reader.post("/account/delete", ask)
    work()
    link = link_in(box.text(), "account/delete/")

    phone = Reader(app)
    assert phone.get(first).status_code == 404  # another one was sent since
    page = phone.get(link)
    assert "@ann@localhost" in page.text
    assert accounts.find("ann@example.org") is not None  # a link that is looked at does nothing
    assert phone.post(link).status_code == 400
    assert phone.post(link, phone.form(page)).location == "/"

    session().rollback()
    assert accounts.find("ann@example.org") is None
    assert phone.get(link).status_code == 404
    assert reader.get("/account").status_code == 303


@pytest.mark.parametrize("end", ["age", "a new password", "another address", "the last administrator"])
def test_a_link_that_deletes_is_good_for_an_hour_and_for_what_is_meant(app, reader, clock, ann_without_password, end):
    ann = accounts.find("ann@example.org")
    secret = account_links.make(account_links.DELETION, ann, ann.email)
    session().commit()
    link = f"/account/delete/{secret}"
    form = reader.form(reader.get(link))
    if end == "age":
        clock.turn(hours=1, seconds=1)
    elif end == "a new password":
        accounts.set_password(ann, PASSWORD)
    elif end == "another address":
        ann.email = "other@example.org"
    else:
        ann.is_admin = True
    session().commit()
    refused = reader.post(link, form)
    expected = 422 if end == "the last administrator" else 404
    assert (refused.status_code, session().get(Member, ann.id) is not None) == (expected, True)


def test_who_has_a_password_is_sent_no_link_that_deletes(reader, work, box):
    reader.sign_in()
    assert reader.post("/account/delete", reader.form(reader.get("/account/data"))).location == "/account/data"
    work()
    assert box.arrived == []
