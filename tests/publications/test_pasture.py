"""Every object of the fediverse pasture in three ways: no exception, nothing dangerous kept, nothing legal lost."""

import json
import logging

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from federation import errors
from flask_maillage.publications.models import Publication, Reply
from inboxes.models import Letter
from tests import pasture
from tests.inboxes.letters import INBOXES
from tests.publications import board

pytestmark = pytest.mark.later

INPUTS = pasture.inputs()
CASES = [(name, example) for name, examples in INPUTS.items() for example in examples]
EVENT = {"type": "Event", "name": "An evening", "startTime": "2026-12-11T18:00:00Z"}
ERRORS = tuple(name for name in dir(errors) if isinstance(getattr(errors, name), type))


def test_all_input_sets_are_there():
    assert len(INPUTS) == 22
    assert len(CASES) > 250


class Pasture:
    """Sends every example in one way, each set from a host of its own, and tells what became of it."""

    def __init__(self, app, client, clock, work, fediverse):
        self.app, self.client, self.clock, self.work = app, client, clock, work
        self.fediverse = fediverse
        self.actors = {name: fediverse.actor("moo", f"{name.replace('_', '-')}.test") for name in INPUTS}
        with app.app_context():
            for actor in self.actors.values():
                known = remote.remember(actor.document)
                followers.record(local.find("union"), known, iri="http://localhost/f", state="accepted")
            session().commit()

    def send(self, verb, base, *, as_event=False, by_id=False):
        """Send all examples to the two inboxes in turn; return for each letter its set, its object and the answer."""
        sent = {}
        for number, (name, example) in enumerate(CASES):
            actor = self.actors[name]
            thing = pasture.attributed(example, actor, number, **base)
            thing = thing | EVENT if as_event else thing
            if isinstance(thing.get("id"), str):
                self.fediverse.put(thing["id"], thing)
            named = thing["id"] if by_id and thing.get("id") else thing
            letter = actor.activity(verb, named, number, to=["https://www.w3.org/ns/activitystreams#Public"])
            answer = actor.post(self.client, letter, INBOXES[number % 2], now=self.clock())
            assert answer.status_code in (202, 400), (name, example)
            sent[letter["id"]] = (name, thing, answer.status_code)
            if number % 100 == 99:
                self.clock.turn(minutes=2)
        self.work()
        return sent

    def outcomes(self):
        with self.app.app_context():
            rows = session().execute(select(Letter.iri, Letter.state, Letter.outcome))
            return {iri: (state, outcome) for iri, state, outcome in rows}


@pytest.fixture
def field(app, client, clock, work, fediverse):
    return Pasture(app, client, clock, work, fediverse)


def check_no_exception(field, sent, caplog):
    """A letter ends as done, ignored, or failed by an error of the wire that says so."""
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    outcomes = field.outcomes()
    for iri, (name, thing, status) in sent.items():
        if status == 202:
            state, outcome = outcomes[iri]
            assert state in ("done", "ignored", "failed"), (name, thing, state, outcome)
            assert state != "failed" or outcome.startswith(ERRORS), (name, thing, outcome)


def kept_of(field, sent, name):
    """Return for each object of a set that was sent whether it was taken, in the order of the set."""
    outcomes = field.outcomes()
    return [outcomes[iri][0] == "done" for iri, (one, _, status) in sent.items() if one == name and status == 202]


def test_every_input_as_a_reply(app, field, caplog):
    board.publish(app, "call")
    with app.app_context():
        call = session().scalars(select(Publication.iri)).one()
    sent = field.send("Create", {"inReplyTo": call})
    check_no_exception(field, sent, caplog)
    with app.app_context():
        replies = {one.iri: (one.html, one.language, one.public) for one in session().scalars(select(Reply))}
    for html, _, _ in replies.values():
        assert "<script" not in html
        assert "javascript:" not in html
        assert " on" not in html.lower().partition("<")[2].partition(">")[0]
    assert kept_of(field, sent, "attributed_to") == [True, True, False, True, True]
    assert kept_of(field, sent, "public_addressing") == [True, True, True]
    assert all(kept_of(field, sent, "context"))
    assert all(kept_of(field, sent, "hashtags"))
    assert all(kept_of(field, sent, "mentions"))
    assert all(kept_of(field, sent, "quotes"))
    assert all(kept_of(field, sent, "url"))
    public = [thing["id"] for name, thing, _ in sent.values() if name == "public_addressing"]
    assert [replies[iri][2] for iri in public] == [True, True, True]
    said = {thing["id"]: thing for name, thing, _ in sent.values() if name == "language"}
    languages = [replies[iri][1] for iri, thing in said.items() if set(thing.get("contentMap", ())) == {"de"}]
    assert languages
    assert set(languages) == {"de"}
    types = {thing["id"]: thing["type"] for name, thing, _ in sent.values() if name == "object_types"}
    taken = [kind for iri, kind in types.items() if iri in replies]
    assert taken == ["Article", "Note", "Page", ["Note", "Article"]]


def test_every_input_as_an_event(app, field, caplog):
    sent = field.send("Create", {}, as_event=True)
    check_no_exception(field, sent, caplog)
    check_events(app, field, sent)


@pytest.mark.later
def test_every_input_as_an_event_that_is_announced(app, field, caplog):
    sent = field.send("Announce", {}, as_event=True, by_id=True)
    check_no_exception(field, sent, caplog)
    check_events(app, field, sent)


def check_events(app, field, sent):
    with app.app_context():
        kept = {one.iri: one for one in session().scalars(select(Publication))}
        urls = {one.iri: one.url for one in kept.values()}
        pages = {one.iri: (one.html, one.summary, one.name) for one in kept.values()}
    for html, summary, _ in pages.values():
        for text in (html, summary):
            assert "<script" not in text
            assert "javascript:" not in text
    things = [(name, thing) for name, thing, _ in sent.values() if thing.get("id") and thing.get("attributedTo")]
    lost = [thing for name, thing in things if thing["id"] not in kept]
    two_authors = [thing for thing in lost if isinstance(thing["attributedTo"], list)]
    keywords = [thing for thing in lost if '"@type"' in json.dumps(thing)]
    assert (len(lost), len(two_authors), len(keywords)) == (2, 1, 1), "two authors; a keyword of JSON-LD"
    named = {thing["id"]: thing for name, thing in things if name == "url"}
    html_links = [iri for iri, thing in named.items() if "text/html" in str(thing["url"])]
    assert {urls[iri].partition("://")[2].partition("/")[0] for iri in html_links} == {"html.example"}
    only_video = [iri for iri, thing in named.items() if "video/mp4" in str(thing["url"]) and iri not in html_links]
    assert [urls[iri] for iri in only_video] == only_video
