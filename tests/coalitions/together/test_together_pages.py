"""The common page of a group: what those publish who belong to it by the word of both; its map, agenda and feed."""

import pytest

from actors import local
from actors.database import session
from flask_maillage.coalitions import managing, memberships
from flask_maillage.territory import profiles
from tests.publications import board


def begin(app, handle, *, group="union", kind=None):
    """Let one of ours belong to a group of ours, and say of what sort it is."""
    with app.app_context():
        group, member = local.find(group), local.find(handle)
        memberships.join(member, group)
        memberships.answer(memberships.find(group, member), "accept")
        profiles.be(member, kind)
        session().commit()


def change(app, handle, function):
    with app.app_context():
        function(memberships.find(local.find("union"), local.find(handle)))
        session().commit()


PLACES = (
    "/@union/together",
    "/events?members=union",
    "/find?members=union",
    "/find?view=map&members=union",
    "/events/feed.atom?members=union",
    "/events/calendar.ics?members=union",
)


def seen(client, words):
    return {path for path in PLACES if words in client.get(path).text}


def test_what_members_publish_is_on_the_common_page_its_map_and_its_feeds(app, client):
    board.publish(app, "event", handle="couriers", name="Couriers meet")
    board.publish(app, "event", name="The union meets")
    assert seen(client, "Couriers meet") == set()
    assert seen(client, "The union meets") == set(PLACES)
    begin(app, "couriers")
    assert seen(client, "Couriers meet") == set(PLACES)
    page = client.get("/@union/together").text
    assert 'Project <span class="count">1</span>' in page
    assert "feed.atom?members=union" in page
    assert "/@union/together" in client.get("/@union").text
    change(app, "couriers", lambda row: memberships.answer(row, "remove"))
    assert seen(client, "Couriers meet") == set()


@pytest.mark.parametrize("side", ["asked", "suspended", "unconfirmed"])
def test_who_does_not_belong_by_the_word_of_both_is_left_out(app, client, side):
    board.publish(app, "event", handle="couriers", name="Couriers meet")
    if side == "asked":
        with app.app_context():
            memberships.join(local.find("couriers"), local.find("union"))
            session().commit()
    else:
        begin(app, "couriers")
        assert "Couriers meet" in client.get("/@union/together").text
        change(
            app,
            "couriers",
            (lambda row: managing.suspend(row, suspended=True))
            if side == "suspended"
            else (lambda row: setattr(row, "member_says_at", None)),
        )
    page = client.get("/@union/together").text
    assert ("Couriers meet" in page, "/@couriers" in page) == (False, False)


def test_persons_are_counted_and_named_only_where_they_agreed(app, client):
    begin(app, "ann")
    board.publish(app, "news", handle="ann", name="Ann writes")
    page = client.get("/@union/together").text
    assert 'Persons <span class="count">1</span>' in page
    assert ("Ann writes" in page, "/@ann" in page) == (False, False)
    change(app, "ann", lambda row: managing.list_person(row, listed=True))
    page = client.get("/@union/together").text
    assert ("Ann writes" in page, "/@ann" in page) == (True, True)


def test_members_are_told_by_the_sort_of_organisation_that_they_say(app, client):
    begin(app, "union", group="couriers", kind="union")
    page = client.get("/@couriers/together").text
    assert 'Trade union <span class="count">1</span>' in page
    assert "/@union" in page


@pytest.mark.parametrize("path", ["/@ann/together", "/@relay/together", "/@nobody/together"])
def test_what_is_no_group_has_no_common_page(client, path):
    assert client.get(path).status_code == 404


def test_members_of_nobody_and_of_a_group_elsewhere_publish_nothing(app, client):
    board.publish(app, "event", name="The union meets")
    for name in ("nobody", "union@elsewhere.test", "ann"):
        page = client.get(f"/events?members={name}")
        assert (page.status_code, "The union meets" in page.text) == (200, False)
    assert client.get("/events?members=two words").status_code == 400
