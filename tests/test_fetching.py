"""`maillage fetch` and `maillage actor poll`: what they print and keep, and the sentence for what does not work."""

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from flask_maillage.publications.models import Publication


@pytest.fixture
def run(app):
    """Run a command in the application, and return its result."""
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["maillage", *words])


@pytest.fixture
def bob(fediverse):
    actor = fediverse.actor("bob", "b.test", "bob", "Group")
    event = actor.event(1)
    fediverse.put(event["id"], event)
    outbox = actor.document["outbox"]
    create = actor.activity("Create", event, to=event["to"])
    fediverse.put(outbox, {"id": outbox, "type": "OrderedCollection", "orderedItems": [create]})
    return actor


def test_actor_is_fetched_and_told_in_a_few_lines(run, fediverse, bob):
    result = run("fetch", bob.iri)
    assert (result.exit_code, result.output.splitlines()) == (
        0,
        [
            f"Bob (Group), @bob@b.test:{fediverse.port}",
            f"its id: {bob.iri}",
            f"here: http://localhost/@bob@b.test:{fediverse.port}",
        ],
    )


def test_publication_is_fetched_and_kept(app, run, fediverse, bob):
    result = run("fetch", f"{bob.iri}/events/1")
    with app.app_context():
        found = session().scalars(select(Publication)).one()
        assert result.output.splitlines() == [
            "event: An open evening",
            f"by Bob, @bob@b.test:{fediverse.port}",
            f"its id: {bob.iri}/events/1",
            f"here: {found.page}",
        ]


@pytest.mark.parametrize(
    "name", ["@nobody@b.test:{port}", "http://b.test:{port}/nothing", "alice", "http://127.0.0.1:1/"]
)
def test_failure_is_one_sentence_and_no_traceback(run, fediverse, name):
    result = run("fetch", name.format(port=fediverse.port))
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert len(result.output.splitlines()) == 1


def test_outbox_is_read_at_once(app, run, fediverse, work, bob):
    with app.app_context():
        theirs = remote.remember(remote.look_up(bob.iri))
        followers.record(local.find("union"), theirs, iri="http://localhost/f", state="accepted")
        session().commit()
    result = run("actor", "poll", bob.iri)
    assert (result.exit_code, result.output) == (0, f"@bob@b.test:{fediverse.port}: 1 new of 1 read.\n")
    work()
    with app.app_context():
        assert session().scalars(select(Publication.name)).all() == ["An open evening"]


def test_outbox_of_one_whom_nobody_follows_is_not_read(run, fediverse, bob):
    result = run("actor", "poll", bob.iri)
    assert result.exit_code == 1
    assert "Nobody here follows" in result.output
    assert not [one for one in fediverse.arrived if one.path.endswith("/outbox")]
