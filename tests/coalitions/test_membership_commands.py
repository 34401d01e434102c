"""The commands of taking part and belonging: what they do to the rows, what leaves, and what they say."""

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.models import Attendance, Publication
from tests.publications.gatherings import event_of_ours, speaking

UNION = "http://localhost/actors/union"


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


@pytest.fixture
def maillage(app):
    """Run a command on the node under test in a context of its own, and return its exit code and what it says."""

    def run(*words):
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["maillage", *words])
        return result.exit_code, result.output

    return run


@pytest.fixture
def group(fediverse):
    return fediverse.actor("group", "m.test", kind="Group")


def states(app, model):
    with app.app_context():
        return [found.state for found in session().scalars(select(model))]


def sent(fediverse, name="group"):
    return [letter["type"] for letter in fediverse.letters(f"/users/{name}/inbox")]


def test_event_elsewhere_is_read_joined_and_left(app, maillage, work, fediverse, group):
    event = group.event(5)
    fediverse.put(event["id"], event)
    assert maillage("actor", "join", "ann", event["id"]) == (0, f"ann and {event['id']}: requested\n")
    work()
    with app.app_context():
        kept = session().scalars(select(Publication)).one()
        assert (kept.looked_up, kept.local) == (True, False)
    assert maillage("actor", "leave", "ann", event["id"])[0] == 0
    work()
    assert sent(fediverse) == ["Join", "Leave"]
    assert states(app, Attendance) == ["left"]
    assert maillage("actor", "leave", "ann", event["id"]) == (1, f"Error: ann does not take part in {event['id']}.\n")


def test_group_elsewhere_is_joined_by_its_address(app, maillage, work, fediverse, group):
    assert maillage("actor", "join", "couriers", group.iri, "--message", "We come")[0] == 0
    work()
    assert fediverse.letters("/users/group/inbox")[0]["participationMessage"] == "We come"
    assert states(app, Membership) == ["requested"]


@pytest.mark.parametrize("name", ["nobody", "http://m.test:1/nothing", "http://localhost/actors/union/events/1"])
def test_what_is_not_there_is_told_in_a_sentence(app, maillage, name):
    code, output = maillage("actor", "join", "ann", name)
    assert code == 1
    assert output.startswith("Error: ")
    assert output.count("\n") == 1


def test_note_is_nothing_to_join(maillage, fediverse, group):
    note = group.event(6, type="Note")
    fediverse.put(note["id"], note)
    assert maillage("actor", "join", "ann", note["id"])[1].startswith("Error: ")


def test_who_comes_is_listed_and_answered(app, maillage, say, work, fediverse):
    event = event_of_ours(app, join_mode="restricted")
    identifier, alice = event.rpartition("/")[2], fediverse.actor("alice", "a.test")
    say(alice, "Join", event, participationMessage="Two of us")
    code, listed = maillage("event", "attendees", identifier)
    assert code == 0
    assert [word for word in ("requested", "accepted", "Two of us") if word in listed] == ["requested", "Two of us"]
    assert maillage("event", "answer", identifier, alice.iri, "accept") == (0, f"{alice.iri}: accepted\n")
    assert maillage("event", "answer", event, alice.iri, "reject")[0] == 0
    work()
    assert sent(fediverse, "alice") == ["Accept", "Reject"]
    assert maillage("event", "attendees", "0197")[0] == 1
    assert maillage("event", "answer", identifier, "union", "accept")[1] == "Error: union has not registered.\n"


def test_members_are_listed_answered_and_removed(app, maillage, say, work, fediverse, group):
    say(group, "Join", UNION)
    assert "requested" in maillage("actor", "members", "union")[1]
    for answer in ("accept", "remove"):
        assert maillage("actor", "answer-member", "union", group.iri, answer)[0] == 0
    work()
    assert sent(fediverse) == ["Accept", "Remove"]
    assert maillage("actor", "members", "union")[1] == ""
    code, said = maillage("actor", "answer-member", "union", group.iri, "accept")
    assert (code, said.startswith("Error: There is nothing to answer")) == (1, True)


def test_group_invites_and_is_answered(app, maillage, say, work, fediverse, group):
    assert maillage("actor", "invite", "union", group.iri, "--message", "Join us")[0] == 0
    work()
    (invite,) = fediverse.letters("/users/group/inbox")
    assert say(group, "Accept", invite["id"]) == "done"
    assert states(app, Membership) == ["member"]
    assert maillage("actor", "invite", "ann", group.iri)[0] == 1


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_invitations_are_listed_and_answered(app, maillage, say, work, fediverse, group, answer):
    event = group.event(7)
    fediverse.put(event["id"], event)
    with app.app_context():
        remote.remember(group.document)
        local.find("ann").federated = True
        session().commit()
    say(group, "Invite", "http://localhost/actors/ann", target=event["id"])
    say(group, "Invite", group.iri, 2, target="http://localhost/actors/ann")
    listed = maillage("actor", "members", "ann")[1]
    assert (event["id"] in listed, group.document["preferredUsername"] in listed) == (True, True)
    for thing in (event["id"], group.iri):
        assert maillage("actor", "answer-invite", "ann", thing, answer)[0] == 0
    work()
    assert sent(fediverse) == [answer.capitalize()] * 2
    assert maillage("actor", "answer-invite", "ann", group.iri, answer)[0] == 1
