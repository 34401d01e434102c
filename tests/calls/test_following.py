"""Entries of a follow-up on the owner's node: who writes them, what they change, who reads them, and nobody else."""

import pytest
from sqlalchemy import select

from actors.database import session
from federation.activities import CONTENT_TYPE
from federation.signatures import sign
from flask_maillage.calls import audit
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.following import keeping, people, writing
from flask_maillage.calls.following.saying import FollowUp
from flask_maillage.calls.models import Entry
from flask_maillage.people.notifying.models import Notification
from tests.calls import decided, followed, making
from tests.publications.gatherings import outcome

UNION = decided.UNION


@pytest.fixture
def call(app, fediverse):
    return followed.call_of(app, fediverse)


@pytest.fixture
def send(app, client, clock, work, fediverse, call):
    """Let somebody send an entry about an application, and return what became of the letter and of its refusal."""

    def sent(author, kind="contact", number=1, about=1, to=None, at=None, **facts):
        with app.app_context():
            dossier = decided.dossiers(making.found(call))[about - 1]
            context = facts.pop("context", followed.collection(call, dossier))
        named = to if to is not None else [UNION]
        letter = followed.entry(author.iri, context, kind, at or clock(), to=named, number=number, **facts)
        letter["id"] = facts.get("id", letter["id"])
        before = len(fediverse.letters())
        assert author.post(client, letter, "/actors/union/inbox", now=clock()).status_code == 202
        work()
        refusals = [one["reasonCode"] for one in fediverse.letters()[before:] if "reasonCode" in one]
        return refusals[0] if refusals else outcome(app, letter["id"])[0]

    return sent


@pytest.fixture
def write(app, call):
    """Let the owner write an entry about an application."""

    def written(kind="contact", content="We spoke.", about=1, **facts):
        with app.app_context():
            dossier = decided.dossiers(making.found(call))[about - 1]
            what = FollowUp.model_validate({"entry": kind, **facts})
            letter = writing.write(decided.union(), people.of_dossier(dossier), what, content, name="Ann")
            session().commit()
            return letter.iri

    return written


def kept(app, *columns):
    with app.app_context():
        return [tuple(row) for row in session().execute(select(*columns).order_by(Entry.id))]


def leader(fediverse, number=1):
    return decided.applicant(fediverse, number)


def state(app, call, number=1):
    with app.app_context():
        return decided.dossiers(making.found(call))[number - 1].state


def test_the_owners_entry_goes_to_the_leader_and_to_who_coordinates_alone(app, call, write, work, fediverse):
    work()
    before = len(fediverse.letters())
    write("contact", "By *telephone*.")
    work()
    sent = fediverse.letters()[before:]

    assert len(sent) == 2
    for letter in sent:
        assert letter["to"] == [leader(fediverse).iri, followed.coordinating(fediverse).iri]
        assert letter["object"]["content"] == "<p>By <em>telephone</em>.</p>"
        assert letter["object"]["followUp"] == {"entry": "contact"}
        said = {name: value for name, value in letter.items() if name != "@context"}
        assert "Ann" not in str(said), "who of the owner's people wrote is nobody else's business"
    assert kept(app, Entry.by_iri, Entry.by_name, Entry.entry) == [(UNION, "Ann", "contact")]


def test_the_first_entry_begins_the_follow_up_and_a_result_closes_it(app, call, write, send, fediverse):
    assert state(app, call) == "in_cohort"
    write()
    assert state(app, call) == "followed_up"
    write("orientation", "Ask them.", toward="The labour inspectorate")
    write("result", "An agreement was signed.")

    assert state(app, call) == "closed"
    with app.app_context():
        found = making.found(call)
        acts = [(one["act"], one["from"], one["to"]) for one in audit.records(found)][-2:]
        assert acts == [("follow", "in_cohort", "followed_up"), ("close", "followed_up", "closed")]
        assert audit.verify(found) == []
    assert send(leader(fediverse)) == "closed"
    with pytest.raises(Refused, match="closed"):
        write()


@pytest.mark.parametrize("about", [1, 2])
def test_a_leader_writes_about_their_own_application_alone(app, call, send, fediverse, about):
    came = send(leader(fediverse), "answer", about=about)

    assert came == ("done" if about == 1 else "ignored")
    assert len(kept(app, Entry.id)) == (1 if about == 1 else 0)
    assert state(app, call, about) == ("followed_up" if about == 1 else "in_cohort")


def test_who_coordinates_elsewhere_writes_and_does_not_close(app, call, send, fediverse):
    guide = followed.coordinating(fediverse)

    assert send(guide, "next_step", due="2027-05-31", to=[UNION, leader(fediverse).iri]) == "done"
    assert send(guide, "result", number=2) == "not-allowed"
    assert kept(app, Entry.entry, Entry.by_iri) == [("next_step", guide.iri)]
    assert state(app, call) == "followed_up"


def test_a_seat_is_refused_and_a_stranger_is_told_nothing(app, call, send, fediverse):
    assert send(decided.seat(fediverse)) == "not-allowed"
    assert send(fediverse.actor("mallory", "x.test", "mallory")) == "ignored"
    assert kept(app, Entry.id) == []


def test_what_is_sent_again_or_under_a_known_id_changes_nothing(app, call, send, fediverse):
    one = leader(fediverse)

    assert send(one, "answer", content="<p>First.</p>") == "done"
    send(one, "answer", content="<p>Second.</p>")
    known = f"{one.iri}/entries/1#create-2"
    assert send(one, "answer", content="<p>Third.</p>", id=known) == "already-registered"
    assert kept(app, Entry.content) == [("<p>First.</p>",)]


@pytest.mark.parametrize(
    ("facts", "came"),
    [
        ({"kind": "gossip"}, "malformed"),
        ({"kind": "outputs"}, "malformed"),
        ({"kind": "outputs", "outputs": {"needs": ["x" * 1001]}}, "malformed"),
        ({"kind": "outputs", "outputs": {"needs": ["x"] * 31}}, "malformed"),
        ({"kind": "next_step", "due": 7}, "malformed"),
        ({"kind": "contact_details", "contact": {"name": "A"}}, "malformed"),
        ({"kind": "contact_details", "contact": {"name": "A", "email": "no address"}}, "malformed"),
        ({"kind": "answer", "content": "x" * 300_000}, None),
        ({"kind": "answer", "context": "https://d.test/calls/1/dossiers/x/follow-up"}, "ignored"),
        ({"kind": "answer", "to": [UNION, "https://x.test/users/mallory"]}, "extra-recipient"),
    ],
)
def test_what_is_no_entry_is_not_kept(app, call, send, fediverse, facts, came):
    if came is not None:
        assert send(leader(fediverse), **facts) == came
    else:
        with pytest.raises(AssertionError):
            send(leader(fediverse), **facts)
    assert kept(app, Entry.id) == []
    assert state(app, call) == "in_cohort"


def test_an_entry_is_superseded_by_its_author_alone_in_whatever_order_letters_come(app, call, send, fediverse, write):
    one, guide = leader(fediverse), followed.coordinating(fediverse)
    first, second = f"{one.iri}/entries/1", f"{one.iri}/entries/2"
    assert send(one, "answer", number=2, supersedes=first) == "done"
    assert send(one, "answer", number=1) == "done"
    assert send(guide, "answer", number=3, supersedes=second) == "not-allowed"

    with app.app_context():
        found = keeping.entries(decided.dossiers(making.found(call))[0])
        assert [entry.iri for entry in keeping.holding(found)] == [second]


def test_a_contact_counts_from_its_day_and_never_from_one_to_come(app, call, write, send, clock, fediverse):
    write("contact", on="2026-11-02")
    with app.app_context():
        dossier = decided.dossiers(making.found(call))[0]
        assert dossier.last_contact_at.isoformat() == "2026-11-01T23:00:00+00:00"
    send(leader(fediverse), "contact", on="2099-01-01")
    with app.app_context():
        assert decided.dossiers(making.found(call))[0].last_contact_at == clock().replace(microsecond=0)


def test_coordinators_are_told_without_a_word_of_it(app, call, send, fediverse):
    send(leader(fediverse), "answer", content="<p>Secret.</p>")
    with app.app_context():
        rows = session().scalars(select(Notification).where(Notification.kind == "follow_up_news")).all()
        assert [row.member.name for row in rows] == ["Ann"]


def test_nothing_about_an_application_that_was_not_placed(app, call, write, send, fediverse):
    with pytest.raises(Refused, match="too-late"):
        write(about=3)
    send(leader(fediverse, 3), "answer", about=3)
    assert kept(app, Entry.id) == []
    assert state(app, call, 3) == "confirmed"


READERS = ("nobody", "stranger", "other", "leader", "seat", "guide")


def test_the_entries_are_read_by_the_leader_and_who_coordinates_and_by_nobody_else(
    app, client, call, clock, write, send, fediverse
):
    write("contact", "Only for them.")
    send(leader(fediverse), "contact_details", contact={"name": "A rider", "email": "rider@riders.example"})
    with app.app_context():
        path = followed.collection(call, decided.dossiers(making.found(call))[0]).removeprefix("http://localhost")
    who = {
        "stranger": fediverse.actor("stranger", "s.test", "mallory"),
        "other": leader(fediverse, 2),
        "leader": leader(fediverse),
        "seat": decided.seat(fediverse),
        "guide": followed.coordinating(fediverse),
    }
    answers = {}
    for name in READERS:
        for address in (path, f"{path}/page/1"):
            headers = {}
            if name in who:
                headers = dict(
                    sign(who[name].signer, "GET", f"http://localhost{address}", None, now=clock(), scheme="cavage")
                )
            answers[name, address] = client.get(address, headers={"Accept": CONTENT_TYPE, **headers})
    for name in ("nobody", "stranger", "other", "seat"):
        for address in (path, f"{path}/page/1"):
            assert answers[name, address].status_code == 404
            assert "Only for them" not in answers[name, address].text
    for name in ("leader", "guide"):
        assert answers[name, path].json["totalItems"] == 2
        items = answers[name, f"{path}/page/1"].json["orderedItems"]
        assert [one["followUp"]["entry"] for one in items] == ["contact", "contact_details"]
        assert "no-store" in answers[name, path].headers["Cache-Control"]
    assert "rider@riders.example" in answers["leader", f"{path}/page/1"].text


def test_contact_details_begin_nothing(app, call, send, fediverse):
    assert send(leader(fediverse), "contact_details", contact={"name": "A", "telephone": "1"}) == "done"
    assert state(app, call) == "in_cohort"
    assert send(followed.coordinating(fediverse), "contact_details", number=2) == "not-allowed"
