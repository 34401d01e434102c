"""Members are told what concerns them: once, to the right people, from what they may see when they read it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from actors import following, local, policy, remote
from actors.database import session, writing
from actors.models import ORGANISATION
from flask_maillage.coalitions import memberships
from flask_maillage.mail.models import Mail
from flask_maillage.moderation import reports
from flask_maillage.people import accounts, roles
from flask_maillage.people.notifying import kinds, preferences, reading
from flask_maillage.people.notifying.models import Notification
from flask_maillage.publications import noticing, publishing
from flask_maillage.publications.attending import taking_part
from flask_maillage.publications.models import FOLLOWERS, PUBLIC, Publication
from tests.conftest import PASSWORD
from tests.publications.circle import changed, published
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def bea(app):
    """A member without any role."""
    with app.app_context(), writing():
        accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        session().commit()
    reader = Reader(app)
    reader.sign_in("bea@example.org")
    return reader


@pytest.fixture
def ann(app):
    """An editor of the union."""
    reader = Reader(app)
    reader.sign_in()
    return reader


def do(app, deed):
    with app.app_context(), writing():
        deed()
        session().commit()


def mails(app):
    with app.app_context():
        return [(mail.recipient, mail.subject) for mail in session().scalars(select(Mail).order_by(Mail.id))]


def texts(reader):
    return reader.get("/my/notifications").text


def test_who_follows_is_told_to_the_people_of_the_actor_and_counted_until_it_is_read(app, ann, bea):
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    assert "Bea follows A union" in texts(ann)
    assert "Bea follows A union" not in texts(bea)
    assert 'class="unread"' in ann.get("/").text
    page = ann.get("/my/notifications")
    assert ann.post("/my/notifications/read", ann.form(page, "number")).status_code == 303
    assert 'class="unread"' not in ann.get("/").text
    assert "Mark as read" not in texts(ann)


def test_who_asks_stands_there_until_somebody_answers_and_the_answer_is_told(app, ann, bea):
    do(app, lambda: setattr(local.find("union"), "approves_followers", True))
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    assert texts(ann).count("Bea asks to follow A union</a>") == 1
    assert mails(app) == [("ann@example.org", "Bea asks to follow A union")]
    ann.post("/account/followers/1/accept", ann.form(ann.get("/account/followers")))
    assert "asks to follow" not in texts(ann)
    assert "A union lets you follow" in texts(bea)


def test_asking_again_and_again_fills_no_mailbox(app, bea):
    do(app, lambda: setattr(local.find("union"), "approves_followers", True))

    def ask_and_take_back():
        for _ in range(10):
            following.follow(local.find("bea"), local.find("union"))
            following.unfollow(local.find("bea"), local.find("union"))

    do(app, ask_and_take_back)
    assert len(mails(app)) == 6


def test_who_opens_a_notification_has_read_it(app, ann, bea):
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    path = re.search(r'href="(/my/notifications/\d+)"', texts(ann))[1]
    assert [bea.get(path).status_code, Reader(app).get(path).status_code] == [404, 303]
    assert ann.client.head(path).status_code == 303
    assert ann.get(f"/my/notifications/{'9' * 30}").status_code == 404
    assert 'class="unread"' in ann.get("/").text  # nobody has opened it yet
    assert [ann.get(path).location for _ in range(2)] == ["/@bea", "/@bea"]
    assert 'class="unread"' not in ann.get("/").text
    assert 'href="/@bea"' in texts(ann)


def test_nobody_reads_or_marks_what_is_told_to_another(app, ann, bea):
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    form = ann.form(ann.get("/my/notifications"), "number")
    token = bea.form(bea.get("/@union"))["csrf_token"]
    answer = bea.post("/my/notifications/read", {"csrf_token": token, "number": form["number"]})
    assert answer.status_code == 404
    assert bea.post("/my/notifications/read", {"csrf_token": token, "number": "9" * 30}).status_code in (400, 404)
    assert bea.post("/my/notifications/read", {"number": form["number"]}).status_code == 400
    assert 'class="unread"' in ann.get("/").text
    assert Reader(app).get("/my/notifications").status_code == 303


def test_one_marks_all_and_only_ones_own(app, ann, bea):
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    do(app, lambda: following.follow(local.find("ann"), local.find("bea")))
    form = ann.form(ann.get("/my/notifications"))
    ann.post("/my/notifications/read", {"csrf_token": form["csrf_token"]})
    assert 'class="unread"' not in ann.get("/").text
    assert 'class="unread"' in bea.get("/").text


def test_many_of_one_kind_are_folded(app, ann, fediverse):
    def follow():
        for number in range(5):
            who = remote.remember(fediverse.actor(f"bob{number}", "b.test").document)
            kind = kinds.KINDS["followed"]
            notified = [accounts.by_handle("ann")]
            noticing.notify(kind, notified, actor=who, subject=local.find("union"))

    do(app, follow)
    page = texts(ann)
    assert "Somebody new follows" in page
    assert page.count("follows A union</a>") == 5
    do(app, lambda: policy.block("b.test"))
    assert "follows A union" not in texts(ann), "of whom one does not deal with nothing is told"


def test_a_role_is_told_when_it_is_given_and_when_it_is_taken(app, bea):
    do(app, lambda: roles.grant(accounts.by_handle("bea"), local.find("union"), "editor"))
    do(app, lambda: roles.grant(accounts.by_handle("bea"), local.find("union"), "editor"))
    assert texts(bea).count("Your role in A union: Editor</a>") == 1
    do(app, lambda: roles.revoke(accounts.by_handle("bea"), local.find("union")))
    assert "You have no role in A union any more" in texts(bea)


def test_who_has_no_role_any_more_is_told_nothing_of_what_came_to_the_actor(app, ann, bea):
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    do(app, lambda: setattr(local.find("union"), "approves_followers", True))
    do(app, lambda: local.create("coop", ORGANISATION, "A coop"))
    do(app, lambda: following.follow(local.find("coop"), local.find("union")))
    do(app, lambda: memberships.join(local.find("bea"), local.find("union")))
    do(app, lambda: memberships.invite(local.find("coop"), local.find("union")))
    told = ("Bea follows", "A coop asks to follow", "Bea asks to join", "A coop invites A union")
    assert [one for one in told if one not in texts(ann)] == []
    do(app, lambda: roles.revoke(accounts.by_handle("ann"), local.find("union")))
    assert [one for one in told if one in texts(ann)] == []


def test_membership_is_asked_for_invited_to_and_decided(app, ann, bea):
    bea_asks = lambda: memberships.join(local.find("bea"), local.find("union"))  # noqa: E731
    do(app, bea_asks)
    assert "Bea asks to join A union" in texts(ann)
    do(app, lambda: memberships.answer(memberships.find(local.find("union"), local.find("bea")), "reject"))
    assert "did not accept that you join" in texts(bea)
    do(app, lambda: memberships.invite(local.find("union"), local.find("bea")))
    assert "A union invites Bea to join" in texts(bea)
    assert "A union invites Bea to join" not in texts(ann)


def test_those_who_go_to_an_event_hear_that_it_changes_and_others_do_not(app, ann, bea):
    iri, _ = published(app, PUBLIC, name="An open evening")
    do(app, lambda: taking_part.join(local.find("bea"), row(iri)))
    later = timedelta(days=1)
    changed(app, iri, lambda one: publishing.revise(one, one.content.model_copy(update={"name": "A late evening"})))
    assert "evening" not in texts(bea), "nobody plans by a title"
    changed(
        app,
        iri,
        lambda one: publishing.revise(
            one,
            one.content.model_copy(update={"starts_at": one.starts_at + later, "ends_at": one.ends_at + later}),
        ),
    )
    assert "Changed: A late evening" in texts(bea)
    assert "Changed:" not in texts(ann)
    assert ("bea@example.org", "Changed: A late evening") in mails(app)
    changed(app, iri, publishing.withdraw)
    assert "A late evening" not in texts(bea)
    assert "An event of A union for which you registered was withdrawn" in texts(bea)


def test_nothing_is_told_of_what_one_may_not_read_any_more(app, bea, clock):
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    iri, _ = published(app, FOLLOWERS, kind="call", name="For friends")
    changed(app, iri, lambda call: setattr(call, "ends_at", clock() + timedelta(days=2)))
    with app.app_context():
        assert noticing.tell_closing() == 1
        assert noticing.tell_closing() == 0
    assert "“For friends” closes on" in texts(bea)
    do(app, lambda: following.unfollow(local.find("bea"), local.find("union")))
    assert "For friends" not in texts(bea)


def test_a_later_deadline_is_told_and_its_end_once_more(app, bea, clock):
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    iri, _ = published(app, PUBLIC, kind="call", name="Ten coaches")
    with app.app_context():
        until = row(iri).ends_at + timedelta(days=7)
    changed(app, iri, lambda one: publishing.revise(one, one.content.model_copy(update={"ends_at": until})))
    assert "one may answer “Ten coaches” now" in texts(bea)
    clock.moment = until - timedelta(days=2)
    with app.app_context():
        assert (noticing.tell_closing(), noticing.tell_closing()) == (1, 0)


def test_a_report_is_told_to_who_moderates_and_to_nobody_else(app, ann, bea):
    do(app, lambda: setattr(accounts.by_handle("bea"), "is_moderator", True))
    do(app, lambda: reports.take("http://x.test/1", local.find("ann"), ["http://x.test/2"], "Look"))
    assert "Something was reported" in texts(bea)
    assert "Something was reported" not in texts(ann)
    do(app, lambda: setattr(accounts.by_handle("bea"), "is_moderator", False))
    assert "Something was reported" not in texts(bea)


def test_each_channel_is_switched_off_for_itself(app, ann, bea):
    def choose(*wanted):
        said = preferences.made_for(accounts.by_handle("ann"))
        preferences.choose(said, kinds.KINDS["follow_asked"], wanted)
        local.find("union").approves_followers = True

    do(app, lambda: choose("mail"))
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    assert "asks to follow A union</a>" not in texts(ann)
    assert mails(app) == [("ann@example.org", "Bea asks to follow A union")]
    do(app, lambda: following.unfollow(local.find("bea"), local.find("union")))
    do(app, lambda: choose())
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    with app.app_context():
        assert session().scalars(select(Notification)).all() == []


def test_a_mail_ends_its_kind_by_one_press_without_signing_in(app, ann, bea):
    do(app, lambda: setattr(local.find("union"), "approves_followers", True))
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    with app.app_context():
        address = session().scalars(select(Mail.unsubscribe)).one()
    path = address.removeprefix("http://localhost")
    stranger = Reader(app)
    assert "Send me no more of them" in stranger.get(path).text
    with app.app_context():
        assert preferences.of(accounts.by_handle("ann")) is None, "opening it changes nothing"
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "You get no more mails" in stranger.get(path).text
    do(app, lambda: following.unfollow(local.find("bea"), local.find("union")))
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    assert len(mails(app)) == 1
    assert "Bea asks to follow A union" in texts(ann), "the page tells it as before"
    for wrong in (
        path[:-2] + "xx",
        path.replace("follow_asked", "role"),
        "/unsubscribe/1.digest",
        "/unsubscribe/é.a.b",
    ):
        assert stranger.post(wrong).status_code == 404


def test_what_is_old_goes(app, ann, bea, clock):
    do(app, lambda: following.follow(local.find("bea"), local.find("union")))
    clock.turn(days=91)
    with app.app_context():
        assert (reading.forget_notifications(), reading.forget_notifications()) == (1, 0)
    assert "Nothing has been told to you yet." in texts(ann)


def row(iri):
    return session().scalars(select(Publication).where(Publication.iri == iri)).one()
