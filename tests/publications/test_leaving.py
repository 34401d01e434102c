"""Our actors that go: deleted for good, or moved to another address; by effect here and on the wire."""

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from actors.models import Actor, Follow
from federation.activities import PUBLIC
from flask_maillage.publications.models import Publication
from tests.publications import board

ACCEPT = {"Accept": "application/activity+json"}
UNION = "http://localhost/actors/union"


def command(app, *words, **more):
    result = app.test_cli_runner().invoke(args=["maillage", "actor", *words], **more)
    return result.exit_code, result.output


@pytest.fixture
def peers(app, fediverse):
    """A follower of the union, one whom it follows, and one whom we merely know; each on a server of its own."""
    made = {name: fediverse.actor(name, f"{name}.test", kind="Group") for name in ("fan", "idol", "seen")}
    with app.app_context():
        rows = {name: remote.remember(one.document) for name, one in made.items()}
        followers.record(rows["fan"], local.find("union"), iri=f"{made['fan'].iri}/f", state="accepted")
        followers.record(local.find("union"), rows["idol"], iri=f"{UNION}/f", state="accepted")
        session().commit()
    return made


def test_deleted_actor_is_gone_here_and_everybody_is_told_once(app, client, work, fediverse, peers):
    """A14."""
    path = board.publish(app, "call")
    board.draft(app, "event")
    with app.app_context():
        iri = session().scalars(select(Publication.iri).where(Publication.published_at.is_not(None))).one()
    work()
    sent = len(fediverse.letters())
    assert command(app, "delete", "union", input="n\n")[0] == 1
    assert client.get("/@union").status_code == 200
    code, said = command(app, "delete", "union", "--yes")
    assert code == 0, said
    work()
    deletes = fediverse.letters()[sent:]
    assert [(one["type"], one["actor"], one["object"], one["to"]) for one in deletes] == [
        ("Delete", UNION, UNION, [PUBLIC])
    ] * 3
    reached = {one.host for one in fediverse.arrived if one.method == "POST" and b'"Delete"' in one.body}
    assert reached == {"fan.test", "idol.test", "seen.test"}

    for address in (UNION, f"{UNION}/outbox", f"{UNION}/followers", iri):
        answer = client.get(address.removeprefix("http://localhost"), headers=ACCEPT)
        assert answer.status_code == 410, address
    assert client.get("/.well-known/webfinger?resource=acct:union@localhost").status_code == 410
    assert client.get("/@union").status_code == 410
    assert client.get(path).status_code == 410
    assert "The union" not in client.get("/").text
    with app.app_context():
        assert [one.name for one in session().scalars(select(Publication))] == [""], "drafts are forgotten"
        assert {one.state for one in session().scalars(select(Follow))} == {"rejected"}
        with pytest.raises(local.HandleRefused):
            local.create("union", "organisation", "Another")
    assert command(app, "delete", "union", "--yes")[0] == 1


def test_node_itself_is_never_deleted(app, client):
    code, said = command(app, "delete", "relay", "--yes")
    assert (code, "no actor of this node that can be deleted" in said) == (1, True)
    assert client.get("/actors/relay", headers=ACCEPT).status_code == 200


def test_letter_to_one_who_is_deleted_is_told_so(app, client, clock, fediverse, peers):
    command(app, "delete", "union", "--yes")
    fan = peers["fan"]
    assert fan.post(client, fan.activity("Like", UNION), "/actors/union/inbox", now=clock()).status_code == 410
    assert fan.post(client, fan.activity("Like", UNION), now=clock()).status_code == 202, "never on the shared one"


def test_alias_stands_in_the_document_and_followers_hear_of_it(app, client, work, fediverse, peers):
    idol = peers["idol"]
    assert command(app, "alias", "union", idol.iri)[0] == 0
    document = client.get("/actors/union", headers=ACCEPT).get_json()
    assert document["alsoKnownAs"] == [idol.iri]
    work()
    (update,) = fediverse.letters()
    assert (update["type"], update["object"]["id"], update["object"]["alsoKnownAs"]) == ("Update", UNION, [idol.iri])
    assert command(app, "alias", "union", idol.iri)[1].count("left as it was") == 1
    assert command(app, "alias", "union", idol.iri, "--remove")[0] == 0
    assert "alsoKnownAs" not in client.get("/actors/union", headers=ACCEPT).get_json()
    assert command(app, "alias", "union", "http://idol.test/nobody")[0] == 1
    assert command(app, "alias", "union", UNION)[0] == 1


def test_move_needs_both_ends_and_ends_publishing_here(app, client, clock, work, fediverse, peers):
    idol = peers["idol"]
    code, said = command(app, "move", "union", idol.iri, "--yes")
    assert code == 1
    assert "does not name" in said
    idol.document |= {"alsoKnownAs": [UNION], "movedTo": "http://x.test/1"}
    idol.publish_profile()
    assert "moved away" in command(app, "move", "union", idol.iri, "--yes")[1]
    del idol.document["movedTo"]
    idol.publish_profile()
    assert command(app, "move", "union", idol.iri, input="n\n")[0] == 1
    assert fediverse.letters() == []
    with app.app_context():
        followers.record(local.find("couriers"), local.find("union"), iri="http://localhost/c", state="accepted")
        session().commit()
    assert command(app, "move", "relay", idol.iri, "--yes")[0] == 1
    assert command(app, "move", "union", idol.iri, "--yes")[0] == 0
    work()
    update, move = fediverse.letters("/inbox")
    (follow,) = fediverse.letters("/users/idol/inbox")
    assert (follow["type"], follow["actor"]) == ("Follow", "http://localhost/actors/couriers")
    assert (update["type"], update["object"]["movedTo"]) == ("Update", idol.iri)
    assert (move["type"], move["actor"], move["object"], move["target"]) == ("Move", UNION, UNION, idol.iri)
    assert {one.host for one in fediverse.arrived if one.method == "POST"} == {"fan.test", "idol.test"}
    assert client.get("/actors/union", headers=ACCEPT).get_json()["movedTo"] == idol.iri
    assert "moved to another address" in client.get("/@union").text
    with app.app_context():
        followed = {
            one.followed.handle: one.state
            for one in session().scalars(select(Follow).where(Follow.iri != f"{UNION}/f"))
            if one.follower.local
        }
        assert followed == {"idol": "pending"}, "ours go along"
    with pytest.raises(ValueError, match="moved to another address"):
        board.publish(app, "call")
    clock.turn(days=6)
    assert "refuse a second move" in command(app, "move", "union", idol.iri, "--yes")[1]


def test_node_that_begins_to_follow_hears_what_is_current(app, work, fediverse, tell):
    """Mobilizon shows an event only once somebody whom it follows announced it."""
    for kind in ("call", "event", "initiative"):
        board.publish(app, kind)
    board.publish(app, "event", name="Off", row={"status": "cancelled"})
    with app.app_context():
        query = select(Publication.iri).where(Publication.kind != "initiative", Publication.status != "cancelled")
        current = set(session().scalars(query))
    node = fediverse.actor("relay", "mobilizon.test", kind="Application")
    assert tell(node, "Follow", "http://localhost/actors/relay") == "done"
    accept, *announced = fediverse.letters("/users/relay/inbox")
    assert accept["type"] == "Accept"
    assert {one["type"] for one in announced} == {"Announce"}
    assert {one["object"] for one in announced} == current
    assert tell(node, "Follow", "http://localhost/actors/relay") == "done"
    assert len(fediverse.letters("/users/relay/inbox")) == 4, "once is enough"
    person = fediverse.actor("alice", "a.test")
    tell(person, "Follow", "http://localhost/actors/relay")
    tell(fediverse.actor("other", "o.test", kind="Application"), "Follow", UNION)
    assert [one["type"] for one in fediverse.letters("/users/alice/inbox")] == ["Accept"]
    assert [one["type"] for one in fediverse.letters("/users/other/inbox")] == ["Accept"]
    with app.app_context():
        assert session().scalars(select(Actor.iri).where(Actor.iri == node.iri)).one()
