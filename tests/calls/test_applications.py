"""What comes as an application and is none: answered truthfully to the applicant alone, and kept nowhere."""

import json

import pytest
from sqlalchemy import inspect, select, text

from actors.database import BIND, session
from actors.models import Posted
from inboxes.models import Letter
from tests.inboxes.letters import nothing_written, rows
from tests.publications import board
from tests.publications.gatherings import speaking

UNION = "http://localhost/actors/union"
BOTH = ("/inbox", "/actors/union/inbox")
SECRET = "We organise riders in seven towns"


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


@pytest.fixture
def riders(fediverse):
    return fediverse.actor("riders", "d.test", kind="Group")


@pytest.fixture
def member(fediverse):
    """Somebody else to whom the application is addressed: a member of the committee."""
    return fediverse.actor("seat", "b.test")


def call_of_ours(app, **row):
    return board.publish(app, "call", row=row).replace("/@union/", f"{UNION}/")


def agreement(riders, call, **more):
    return {
        "id": f"{riders.iri}/applications/1",
        "type": "Agreement",
        "attributedTo": riders.iri,
        "context": call,
        "content": f"<p>{SECRET}</p>",
        **more,
    }


def everything(app):
    """Return every text in the database, in one."""
    with app.app_context(), app.extensions["sqlalchemy"].engines[BIND].connect() as connection:
        names = inspect(connection).get_table_names()
        return json.dumps([[str(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))] for name in names])


@pytest.mark.parametrize("inbox", BOTH)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_applicant_is_told_how_to_apply_and_nothing_is_kept(
    app, client, say, fediverse, riders, member, inbox, language
):
    call = call_of_ours(app, language=language)
    to = [UNION, member.iri]
    assert say(riders, "Offer", agreement(riders, call), target=call, to=to, inbox=inbox) == "done"
    assert [one.path for one in fediverse.arrived if one.method == "POST"] == ["/users/riders/inbox"]
    (reject,) = fediverse.letters()
    assert (reject["type"], reject["actor"], reject["to"], reject["cc"]) == ("Reject", UNION, [riders.iri], [])
    assert reject["object"] == {"id": f"{riders.iri}/activities/1", "type": "Offer", "actor": riders.iri}
    assert reject["reasonCode"] == "malformed"
    assert reject["proof"]["verificationMethod"].startswith(UNION)
    begins = {"en": "<p>This could not be read as an application", "fr": "<p>Ceci n&#39;a pas pu être lu"}[language]
    assert reject["content"].startswith(begins)
    assert call.replace("/actors/", "/@") in reject["content"]
    assert SECRET not in everything(app)
    with app.app_context():
        assert session().scalars(select(Posted.public).where(Posted.type == "Reject")).all() == [False]
        assert session().scalars(select(Letter.body).where(Letter.type == "Offer")).all() == [""]


WHY_NOT = {
    "cancelled": "This call was cancelled.",
    "decided": "It is too late: one could apply until ",
    "late": "It is too late: one could apply until Wednesday 13 January 2027, 23:59 (Europe/Brussels).",
}


@pytest.mark.parametrize("status", WHY_NOT)
def test_call_that_is_not_open_says_so(app, clock, say, fediverse, riders, status):
    call = call_of_ours(app)
    if status == "late":
        clock.turn(days=120)
    else:
        board.change(app, call, status=status)
    assert say(riders, "Offer", agreement(riders, call), target=call) == "done"
    assert fediverse.letters()[0]["content"].startswith(f"<p>{WHY_NOT[status]}")


def test_call_is_found_by_the_context_of_the_agreement(app, say, fediverse, riders):
    call = call_of_ours(app)
    assert say(riders, "Offer", agreement(riders, f"{call}#intent")) == "done"
    assert len(fediverse.letters()) == 1


def test_application_given_by_its_id_alone_is_answered_and_not_fetched(app, say, fediverse, riders):
    call = call_of_ours(app)
    assert say(riders, "Offer", f"{riders.iri}/applications/1", target=call) == "done"
    assert len(fediverse.letters()) == 1
    assert not any(one.path.endswith("/applications/1") for one in fediverse.arrived)


@pytest.mark.parametrize("case", ["elsewhere", "draft", "followers only", "an event", "nothing"])
def test_application_to_no_call_of_ours_is_ignored(app, say, fediverse, riders, case):
    call = call_of_ours(app)
    rows_of = {"draft": {"state": "draft", "published_at": None}, "followers only": {"visibility": "followers"}}
    if case in rows_of:
        board.change(app, call, **rows_of[case])
    elsewhere = {"elsewhere": "https://c.test/calls/1", "nothing": f"{UNION}/calls/1"}
    event = board.publish(app, "event").replace("/@union/", f"{UNION}/") if case == "an event" else call
    target = elsewhere.get(case, event)
    assert say(riders, "Offer", agreement(riders, target), target=target) == "ignored"
    assert fediverse.letters() == []


def test_application_in_anothers_name_is_ignored(app, say, fediverse, riders):
    call = call_of_ours(app)
    mallory = fediverse.actor("mallory", "d.test", "mallory")
    assert say(mallory, "Offer", agreement(riders, call), target=call) == "ignored"
    assert fediverse.letters() == []


@pytest.mark.parametrize("inbox", BOTH)
def test_application_under_anothers_key_is_refused_at_the_door(app, client, clock, work, fediverse, riders, inbox):
    call = call_of_ours(app)
    mallory = fediverse.actor("mallory", "evil.test", "mallory")
    letter = mallory.activity("Offer", agreement(riders, call), target=call) | {"actor": riders.iri}
    with nothing_written(app, fediverse, fetches=1):
        assert mallory.post(client, letter, inbox, now=clock()).status_code == 401
        work()


@pytest.mark.parametrize("verb", ["Undo by id", "Create", "Accept", "Reject"])
def test_what_follows_an_application_changes_nothing(app, say, fediverse, riders, verb):
    call = call_of_ours(app)
    offer = riders.activity("Offer", agreement(riders, call), target=call)
    say(riders, "Offer", offer["object"], target=call)
    things = {"Undo by id": offer["id"], "Create": offer["object"]}
    before, sent = rows(app), len(fediverse.letters())
    assert say(riders, verb.split()[0], things.get(verb, offer), 2) == "ignored"
    after = rows(app)
    assert {name for name in after if after[name] != before[name]} == {"maillage_letters"}
    assert len(fediverse.letters()) == sent
    assert SECRET not in everything(app)


def test_correction_of_what_is_no_application_is_told_how_to_apply_too(app, say, fediverse, riders):
    call = call_of_ours(app)
    say(riders, "Offer", agreement(riders, call), target=call)
    assert say(riders, "Update", agreement(riders, call), 2) == "done"
    first, second = fediverse.letters()
    assert (second["reasonCode"], second["content"]) == ("malformed", first["content"])
    assert SECRET not in everything(app)


def test_who_sends_more_than_people_do_is_opened_later(app, clock, say, fediverse, riders):
    call = call_of_ours(app)
    for number in range(30):
        assert say(riders, "Offer", agreement(riders, call), number, target=call) == "done"
    assert say(riders, "Offer", agreement(riders, call), 30, target=call) == "waiting"
    assert len(fediverse.letters()) == 30
