"""Our actors take part elsewhere: they ask, only who speaks for the event answers, and a person answers invitations."""

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from flask_maillage.publications import keeping
from flask_maillage.publications.attending import taking_part
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.rules import NotPossible
from tests.inboxes.letters import nothing_written
from tests.publications.gatherings import BOTH, event_of_ours, part, speaking, states

ANN = "http://localhost/actors/ann"


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


@pytest.fixture
def group(fediverse):
    """A group in the manner of Mobilizon, with the person who organises on the same server."""
    return fediverse.actor("group", "m.test", kind="Group")


@pytest.fixture
def organiser(fediverse):
    return fediverse.actor("organiser", "m.test", "mallory")


@pytest.fixture
def event(app, group, organiser):
    """A copy of the group's event; ann's consent to be found by other servers is given by what she does."""
    with app.app_context():
        for actor in (group, organiser):
            remote.remember(actor.document)
        kept = keeping.keep(group.event(actor=organiser.iri, joinMode="free"), remote.find(group.iri))
        session().commit()
        return kept.iri


def join(app, work, iri, message=""):
    """Let ann ask to take part, and return the Join as it was sent."""
    with app.app_context():
        found = session().scalars(select(Publication).where(Publication.iri == iri)).one()
        posted = taking_part.join(local.find("ann"), found, message).iri
        session().commit()
    work()
    return posted


def joins(fediverse, verb="Join"):
    return [letter for letter in fediverse.letters() if letter["type"] == verb]


def test_join_goes_to_owner_and_organiser_and_waits(app, work, fediverse, event, group, organiser):
    iri = join(app, work, event, "I bring cake")
    assert sorted(one.path for one in fediverse.arrived if one.method == "POST") == [
        "/users/group/inbox",
        "/users/organiser/inbox",
    ]
    letter = joins(fediverse)[0]
    assert (letter["id"], letter["actor"], letter["object"]) == (iri, ANN, event)
    assert (letter["to"], letter["cc"]) == ([group.iri, organiser.iri], [])
    assert letter["participationMessage"] == "I bring cake"
    assert states(app) == {"ann": "requested"}


@pytest.mark.parametrize("target", ["/inbox", "/actors/ann/inbox"])
@pytest.mark.parametrize("who", ["group", "organiser"])
@pytest.mark.parametrize("form", ["by id", "embedded", "under another id"])
def test_accept_by_who_speaks_for_the_event_counts(app, say, work, event, request, who, form, target):
    iri = join(app, work, event)
    whole = {"id": iri, "type": "Join", "actor": ANN, "object": event}
    thing = {"by id": iri, "embedded": whole, "under another id": whole | {"id": f"{event}#participant-1"}}[form]
    assert say(request.getfixturevalue(who), "Accept", thing, inbox=target) == "done"
    assert states(app) == {"ann": "accepted"}


@pytest.mark.parametrize("verb", ["Accept", "Reject", "Ignore"])
@pytest.mark.parametrize(("name", "host"), [("mallory", "evil.test"), ("neighbour", "m.test")])
def test_nobody_else_answers(app, say, work, fediverse, event, verb, name, host):
    iri = join(app, work, event)
    third = fediverse.actor(name, host, "bob")
    for number, thing in enumerate((iri, {"id": iri, "type": "Join", "actor": ANN, "object": event}), 1):
        assert say(third, verb, thing, number) == "ignored"
    assert states(app) == {"ann": "requested"}


@pytest.mark.parametrize("thing", ["http://localhost/actors/ann/activities/0197", {"type": "Join", "actor": ANN}])
def test_answer_to_a_join_that_was_never_sent_is_nothing(app, say, event, group, thing):
    thing = thing | {"id": f"{event}#1", "object": event} if isinstance(thing, dict) else thing
    assert say(group, "Accept", thing) == "ignored"
    assert states(app) == {}


@pytest.mark.parametrize(("verb", "state"), [("Reject", "refused"), ("Ignore", "ignored")])
def test_other_answers_end_the_waiting(app, say, work, event, group, verb, state):
    iri = join(app, work, event)
    assert say(group, verb, iri) == "done"
    assert states(app) == {"ann": state}


def test_ignore_in_the_other_form_of_fep_8a8e(app, say, work, event, group):
    join(app, work, event)
    assert say(group, "Ignore", {"type": "Join", "actor": ANN, "target": event}) == "done"
    assert states(app) == {"ann": "ignored"}


def test_late_accept_does_not_bring_back_who_has_left(app, say, work, fediverse, event, group):
    iri = join(app, work, event)
    with app.app_context():
        found = session().scalars(select(Publication).where(Publication.iri == event)).one()
        assert taking_part.leave(local.find("ann"), found)
        session().commit()
    work()
    assert joins(fediverse, "Leave")[0]["object"] == event
    assert say(group, "Accept", iri) == "ignored"
    assert states(app) == {"ann": "left"}


@pytest.mark.parametrize(
    "more",
    [{"joinMode": "none"}, {"joinMode": "external"}, {"status": "CANCELLED"}, {"endTime": "2026-11-02T00:00:00Z"}],
)
def test_nobody_asks_where_there_is_nothing_to_ask(app, fediverse, group, more):
    document = group.event(9, **more)
    if "endTime" in more:
        document["startTime"] = "2026-11-01T00:00:00Z"
    with app.app_context():
        kept = keeping.keep(document, remote.remember(group.document))
        with pytest.raises(NotPossible):
            taking_part.join(local.find("ann"), kept)
    assert states(app) == {}


@pytest.mark.parametrize("shape", ["AS2", "Mobilizon"])
@pytest.mark.parametrize("known", [True, False])
def test_invitation_to_an_event_in_both_shapes_is_answered_by_a_person(
    app, client, say, work, fediverse, group, shape, known
):
    document = group.event(3)
    fediverse.put(document["id"], document)
    if known:
        with app.app_context():
            keeping.keep(document, remote.remember(group.document))
            session().commit()
    federate(app, "ann")
    pair = (ANN, document["id"]) if shape == "AS2" else (document["id"], ANN)
    assert say(group, "Invite", pair[0], target=pair[1], content="Do come") == "done"
    assert part(app, "ann")["state"] == "invited"
    home = client.get("/").text
    assert ("An open evening" in home) == known
    with app.app_context():
        found = session().scalars(select(Attendance)).one()
        taking_part.answer_invite(found, accept=True)
        session().commit()
    work()
    (accept,) = joins(fediverse, "Accept")
    assert (accept["actor"], accept["object"]) == (ANN, f"{group.iri}/activities/1")
    assert states(app) == {"ann": "accepted"}


def test_invitation_is_taken_back_by_who_invited(app, say, fediverse, group, event):
    federate(app, "ann")
    say(group, "Invite", ANN, target=event)
    third = fediverse.actor("mallory", "evil.test", "mallory")
    assert say(third, "Undo", f"{group.iri}/activities/1", 2) == "ignored"
    assert states(app) == {"ann": "invited"}
    assert say(group, "Undo", f"{group.iri}/activities/1", 2) == "done"
    assert states(app) == {}


def test_invitation_to_what_lives_elsewhere_is_not_even_fetched(app, client, clock, work, fediverse, group):
    federate(app, "ann")
    mallory = fediverse.actor("mallory", "evil.test", "mallory")
    letter = mallory.activity("Invite", ANN, target=group.event(4)["id"])
    assert mallory.post(client, letter, now=clock()).status_code == 202
    sent = len(fediverse.arrived)
    work()
    assert len(fediverse.arrived) == sent
    assert states(app) == {}


def test_invitation_of_nobody_here_is_ignored(app, say, group, event):
    assert say(group, "Invite", "http://localhost/actors/nobody", target=event) == "ignored"
    assert say(group, "Invite", "http://elsewhere.test/users/x", 2, target=event) == "ignored"
    ours = event_of_ours(app)
    assert say(group, "Invite", ANN, 3, target=ours) == "ignored"
    assert states(app) == {}


@pytest.mark.parametrize("target", BOTH)
def test_accept_in_the_groups_name_is_refused_at_the_door(app, client, clock, work, fediverse, event, group, target):
    iri = join(app, work, event)
    mallory = fediverse.actor("mallory", "evil.test", "mallory")
    letter = mallory.activity("Accept", iri) | {"actor": group.iri}
    with nothing_written(app, fediverse, fetches=1):
        assert mallory.post(client, letter, target, now=clock()).status_code == 401
        work()
    assert states(app) == {"ann": "requested"}


def federate(app, handle):
    with app.app_context():
        local.find(handle).federated = True
        session().commit()


@pytest.mark.parametrize("carried", [True, False])
def test_invitation_to_a_private_event_is_seen_by_the_invited_alone(app, client, say, fediverse, group, carried):
    document = group.event(8, to=[ANN], cc=[])
    if not carried:
        fediverse.put(document["id"], document)
    federate(app, "ann")
    assert say(group, "Invite", document if carried else document["id"], target=ANN) == "done"
    with app.app_context():
        kept = session().scalars(select(Publication)).one()
        assert (kept.visibility, [one.actor.handle for one in kept.audience]) == ("direct", ["ann"])
        path = kept.page.removeprefix("http://localhost")
    assert client.get(path).status_code == 404
    assert part(app, "ann")["state"] == "invited"


def test_event_in_a_strangers_invitation_is_read_from_its_own_server(app, say, fediverse, group):
    document = group.event(8, to=[ANN], cc=[])
    neighbour = fediverse.actor("neighbour", "m.test", "mallory")
    federate(app, "ann")
    assert say(neighbour, "Invite", document | {"name": "Forged"}, target=ANN) == "failed"
    assert states(app) == {}
