"""An organisation of ours moves to its own node: both sides say so, and people are led there."""

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from actors.models import Follow, Posted
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.models import Membership
from flask_maillage.people import accounts, roles
from flask_maillage.people.notifying.models import Notification
from flask_maillage.publications import publishing
from flask_maillage.publications.rules import NotPossible
from tests.coalitions.leaving import UNION
from tests.publications import board
from tests.reader import Reader

MOVING = "/@union/moving"
ACCEPT = {"Accept": "application/activity+json"}


@pytest.fixture
def new(fediverse):
    """The union as it is on its own node, where it names what it was here."""
    return fediverse.actor("union", "new.test", "alice", "Group", alsoKnownAs=[UNION])


@pytest.fixture
def zoe(app):
    """Zoe, who administers the union, at her browser."""
    with app.app_context():
        roles.grant(accounts.add("zoe@example.org", "Zoe", "zoe", "twelve apples"), local.find("union"), "admin")
        session().commit()
    reader = Reader(app)
    reader.sign_in("zoe@example.org", "twelve apples")
    return reader


def look(reader, address):
    return reader.post(f"{MOVING}/target", {**reader.form(reader.get(MOVING), "address"), "address": address})


def move(reader, address, **more):
    """Name the new address, and press the button on the page that follows."""
    page = look(reader, address)
    assert page.status_code == 200, page.text
    return reader.post(f"{MOVING}/move", {**reader.form(page, "address"), "sure": "y", **more})


def moved_to(app):
    with app.app_context():
        return local.find("union").moved_to


def test_followers_are_led_to_the_new_address_and_people_see_it(app, client, work, fediverse, zoe, new):
    fan = fediverse.actor("fan", "f.test", "bob")
    with app.app_context():
        followers.record(remote.remember(fan.document), local.find("union"), iri="http://f.test/1", state="accepted")
        session().commit()
    page = look(zoe, new.iri)
    assert "1 follower is led there" in page.text
    assert moved_to(app) is None
    assert move(zoe, new.iri).location == MOVING
    work()
    update, letter = fediverse.letters("/users/fan/inbox") or fediverse.letters("/inbox")
    assert (update["type"], update["object"]["movedTo"]) == ("Update", new.iri)
    assert (letter["type"], letter["object"], letter["target"]) == ("Move", UNION, new.iri)
    shown = client.get("/@union").text
    assert ("moved to another address" in shown, "Follow from your own server" in shown) == (True, False)
    assert client.get("/actors/union", headers=ACCEPT).json["movedTo"] == new.iri
    with app.app_context():
        told = session().scalars(select(Notification).where(Notification.kind == "moved")).all()
        assert [one.member.name for one in told] == ["Ann"]


def test_nothing_moves_where_the_new_side_does_not_say_so(app, fediverse, zoe, new):
    stranger = fediverse.actor("stranger", "s.test", "bob", "Group")
    gone = fediverse.actor("gone", "g.test", "bob", "Group", alsoKnownAs=[UNION], movedTo="http://x.test/1")
    for address in (stranger.iri, gone.iri, UNION, "@couriers@localhost", "http://nobody.test/1", "", "x y", "a" * 600):
        answer = look(zoe, address)
        assert (answer.status_code, "field-error" in answer.text or "error" in answer.text) == (422, True), address
    page = look(zoe, new.iri)
    new.document["alsoKnownAs"] = []
    new.publish_profile()
    assert zoe.post(f"{MOVING}/move", {**zoe.form(page, "address"), "sure": "y"}).status_code == 422
    new.document["alsoKnownAs"] = [UNION]
    new.publish_profile()
    unsure = zoe.post(f"{MOVING}/move", zoe.form(page, "address"))
    assert (unsure.status_code, "Tick it if you are sure" in unsure.text) == (422, True)
    assert moved_to(app) is None


def test_only_who_administers_moves_it(app, zoe, new):
    ann, form = Reader(app), zoe.form(look(zoe, new.iri), "address")
    ann.sign_in()
    for path in ("target", "move", "back"):
        assert ann.post(f"{MOVING}/{path}", {**form, "sure": "y"}).status_code == 404, path
        assert Reader(app).post(f"{MOVING}/{path}", form).status_code == 303, path
        assert zoe.post(f"{MOVING}/{path}", {"address": new.iri, "sure": "y"}).status_code == 400, path
    assert moved_to(app) is None


def test_who_moved_gets_nobody_new_and_publishes_nothing_new(app, client, clock, tell, work, fediverse, zoe, new):
    old_friend, fan = (fediverse.actor(name, f"{name}.test", "bob") for name in ("friend", "fan"))
    assert tell(old_friend, "Follow", UNION) == "done"
    move(zoe, new.iri)
    work()
    assert tell(fan, "Follow", UNION) == "done"
    assert tell(fan, "Join", UNION) == "ignored"
    work()
    with app.app_context():
        states = {one.follower.handle: one.state for one in session().scalars(select(Follow))}
        assert (states["friend"], states["fan"]) == ("accepted", "rejected")
        assert session().scalars(select(Posted.type).order_by(Posted.id.desc()).limit(1)).one() == "Reject"
        union = local.find("union")
        with pytest.raises(NotPossible):
            publishing.publish(publishing.draft(union, board.sample_of("news", clock.moment)))
        with pytest.raises(memberships.NotPossible):
            memberships.join(local.find("couriers"), union)
        session().rollback()
    ann = Reader(app)
    ann.sign_in()
    assert 'name="follower"' not in ann.get("/@union").text


def test_calls_go_on_where_they_were_answered(app, zoe, new):
    page = board.publish(app, "call")
    named = look(zoe, new.iri).text
    assert page.rpartition("/")[2] in named
    move(zoe, new.iri)
    with app.app_context():
        call = publishing.find_ours("union", "calls", page.rpartition("/")[2])
        publishing.revise(call, call.content.model_copy(update={"online_url": "https://x.test/"}))


def test_coming_back_brings_no_week_forward(app, client, clock, fediverse, work, zoe, new):
    move(zoe, new.iri)
    work()
    page = zoe.get(MOVING)
    assert zoe.post(f"{MOVING}/back", zoe.form(page)).location == MOVING
    assert "movedTo" not in client.get("/actors/union", headers=ACCEPT).json
    assert "It can move again from" in zoe.get(MOVING).text
    clock.turn(days=6)
    form = zoe.form(zoe.get(MOVING))
    assert zoe.post(f"{MOVING}/move", {**form, "address": new.iri, "sure": "y"}).status_code == 422
    clock.turn(days=2)
    move(zoe, new.iri)
    assert moved_to(app) == new.iri


def test_a_command_brings_it_back(app, zoe, new):
    def run():
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["maillage", "actor", "come-back", "union"])
        return result.exit_code

    assert run() == 1
    move(zoe, new.iri)
    assert (run(), moved_to(app)) == (0, None)


@pytest.fixture
def garden(app, fediverse):
    """A garden elsewhere that belongs to the union, as its founder."""
    found = fediverse.actor("garden", "g.test", "bob", "Group")
    with app.app_context():
        asked = memberships.ask(local.find("union"), remote.remember(found.document), iri="http://g.test/join")
        assert asked == "requested"
        row = session().scalars(select(Membership)).one()
        memberships.answer(row, "accept")
        row.role = "founder"
        session().commit()
    return found


def rows(app):
    with app.app_context():
        return {
            one.member.host.partition(":")[0]: (one.state, one.role) for one in session().scalars(select(Membership))
        }


def test_a_member_that_moved_is_invited_anew_by_a_person_and_accepts_itself(app, tell, work, fediverse, zoe, garden):
    work()
    new_garden = fediverse.actor("garden", "own.test", "alice", "Group", alsoKnownAs=[garden.iri])
    assert "Invite it at its new address" not in zoe.get("/@union/members/manage").text
    assert tell(garden, "Move", garden.iri, target=new_garden.iri) == "done"
    assert rows(app) == {"g.test": ("member", "founder")}
    with app.app_context():
        told = session().scalars(select(Notification).where(Notification.kind == "member_moved")).all()
        assert sorted(one.member.name for one in told) == ["Ann", "Zoe"]
    page = zoe.get("/@union/members/manage")
    form = zoe.form(page, "who")
    stranger = Reader(app)
    assert stranger.post("/@union/members/moved", form).status_code == 303
    assert zoe.post("/@couriers/members/moved", form).status_code == 403
    assert zoe.post("/@union/members/moved", form).location == "/@union/members/manage"
    work()
    assert rows(app) == {"g.test": ("member", "founder"), "own.test": ("invited", "founder")}
    [invite] = [letter for letter in fediverse.letters("/users/garden/inbox") if letter["type"] == "Invite"]
    assert invite["object"] == new_garden.iri
    zoe.post("/@union/members/moved", form)
    assert len(rows(app)) == 2
    assert tell(new_garden, "Accept", invite["id"]) == "done"
    assert rows(app)["own.test"] == ("member", "founder")


def test_nobody_becomes_a_member_by_a_move_alone(app, tell, fediverse, zoe, garden):
    mallory = fediverse.actor("mallory", "m.test", "mallory", "Group", alsoKnownAs=[garden.iri])
    assert tell(mallory, "Move", garden.iri, target=mallory.iri) == "ignored"
    form = zoe.form(zoe.get("/@union/members/manage"), "who")
    zoe.post("/@union/members/moved", form)
    assert rows(app) == {"g.test": ("member", "founder")}


def test_a_server_with_followers_and_members_hears_of_it_once(app, work, fediverse, zoe, garden, new):
    work()
    fan = fediverse.actor("fan", "g.test", "bob")
    with app.app_context():
        followers.record(remote.remember(fan.document), local.find("union"), iri="http://g.test/1", state="accepted")
        session().commit()
    move(zoe, new.iri)
    work()
    assert len([letter for letter in fediverse.letters() if letter["type"] == "Move"]) == 1
