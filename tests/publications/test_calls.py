"""A call from its first day to its last: what may follow, who is told, what readers see, and what nobody learns."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import reading, session
from actors.models import Delivery, Posted
from federation.activities import PUBLIC
from flask_maillage import sample
from flask_maillage.publications import call_states, calling, journal, publishing, seat_addresses
from flask_maillage.publications.call_states import NEXT, Standing, standing, state_at
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.life.models import Revision
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible, check_publishable, check_revision
from tests.publications import board
from tests.publications.typing_in import rows
from tests.reader import Reader

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DEADLINE = datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC)
NEW = "/@union/calls/new"
CALL = {"name": "Coaching for ten", "text": "Come *all*.", "deadline": "2027-01-13", "timezone": "Europe/Brussels"}
SECRET = "odile@ires.example"
AT = {
    "scheduled": ("open", NOW - timedelta(days=1)),
    "open": ("open", NOW),
    "closed": ("open", DEADLINE + timedelta(seconds=1)),
    **{status: (status, DEADLINE + timedelta(days=9)) for status in ("deliberating", "decided", "archived")},
    "cancelled": ("cancelled", NOW),
}


@pytest.fixture
def reader(app):
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


@pytest.fixture
def path(reader, app, fediverse):
    """The page of a call that was published by its form, and is followed from another server."""
    with app.app_context():
        alice = fediverse.actor("alice", "a.test")
        found = remote.remember(alice.document)
        followers.record(found, local.find("union"), iri=f"{alice.iri}/follows/1", state="accepted")
        session().commit()
    seats = rows("committee", {"name": "Odile", "organisation": "IRES", "email": SECRET}, {"role": "Chair"})
    return reader.submit(NEW, **CALL, **seats, maximum_selected="10", cohorts="One | 5\nTwo | 5").location


def of(path):
    """Return the call of a page as the database has it now."""
    session().rollback()
    return session().scalars(select(Publication).where(Publication.identifier == path.rpartition("/")[2])).one()


def letters():
    """Return what left: the verbs, with the call's facts of the last one."""
    bodies = [json.loads(posted.body) for posted in session().scalars(select(Posted).order_by(Posted.id))]
    return [body["type"] for body in bodies], bodies[-1]["object"]


# Where it stands.


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOW - timedelta(seconds=1), Standing(False, "scheduled", NOW)),
        (NOW, Standing(True, "", DEADLINE)),
        (DEADLINE, Standing(True, "", DEADLINE)),
        (DEADLINE + timedelta(seconds=1), Standing(False, "closed", DEADLINE)),
    ],
)
def test_one_may_apply_from_the_first_second_to_the_last(moment, expected):
    call = sample.call(NOW).model_copy(update={"starts_at": NOW, "ends_at": DEADLINE})
    assert standing(call, moment) == expected


@pytest.mark.parametrize("state", ["deliberating", "decided", "archived", "cancelled"])
def test_nobody_may_apply_after_the_clock_whatever_it_shows(state):
    call = sample.call(NOW).model_copy(update={"ends_at": DEADLINE, "status": state})
    assert standing(call, NOW) == Standing(False, state, DEADLINE)


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_nobody_may_apply_to_what_is_not_published(state):
    assert standing(sample.call(NOW), NOW, state) == Standing(False, state)


@pytest.mark.parametrize(("state", "step"), list(product(AT, call_states.STATUSES)))
def test_only_the_steps_of_the_table_may_be_taken(state, step):
    status, moment = AT[state]
    before = sample.call(NOW).model_copy(update={"starts_at": NOW, "ends_at": DEADLINE, "status": status})
    assert state_at(before, moment) == state
    reason = before.details.model_copy(update={"cancelled_because": "No money."})
    after = before.model_copy(update={"status": step, "details": reason if step == "cancelled" else before.details})
    if step == status or step in NEXT[state]:
        check_revision(before, after, moment)
    else:
        with pytest.raises(NotPossible):
            check_revision(before, after, moment)


@pytest.mark.parametrize("state", AT)
def test_a_deadline_is_extended_while_nothing_came_after_it(state):
    status, moment = AT[state]
    before = sample.call(NOW).model_copy(update={"starts_at": NOW, "ends_at": DEADLINE, "status": status})
    after = before.model_copy(update={"ends_at": DEADLINE + timedelta(days=30)})
    if state in ("scheduled", "open", "closed"):
        check_revision(before, after, moment)
    else:
        with pytest.raises(NotPossible, match="too late to extend"):
            check_revision(before, after, moment)


def test_groups_that_hold_another_number_are_published_by_no_way():
    call = sample.call(NOW)
    wrong = call.model_copy(update={"details": call.details.model_copy(update={"maximum_selected": 9})})
    with pytest.raises(NotPossible, match="hold 10 together, but 9"):
        check_publishable(wrong, NOW)
    with pytest.raises(NotPossible, match="hold 10 together, but 9"):
        check_revision(call, wrong, NOW)


# Extending.


def test_an_extension_is_told_written_down_and_shown(reader, app, path, clock):
    clock.turn(days=2)
    typed = {"deadline": "2027-01-20", "deadline_time": "18:00", "because": "The post is late."}
    answer = reader.submit(f"{path}/manage", **typed, do="extend")
    assert answer.status_code == 303
    page = reader.get(path).text
    assert "Extended on Monday 23 November 2026, from Wednesday 13 January 2027, 23:59 (Brussels time)" in page
    assert "to Wednesday 20 January 2027, 18:00 (Brussels time)" in page
    assert "The post is late." in page
    with app.app_context(), reading():
        verbs, thing = letters()
        assert verbs == ["Create", "Announce", "Update"]
        assert thing["endTime"] == "2027-01-20T17:00:00Z"
        assert thing["call"]["deadlineExtensions"] == [
            {
                "published": "2026-11-23T12:00:00Z",
                "previousDeadline": "2027-01-13T22:59:59Z",
                "deadline": "2027-01-20T17:00:00Z",
                "reason": "The post is late.",
            }
        ]
        assert "The post is late." in thing["content"]
        (entry,) = journal.of(of(path))
        said = (entry.what, entry.before, entry.after, entry.reason, entry.actor.handle)
        assert said == ("deadline", "2027-01-13T22:59:59Z", "2027-01-20T17:00:00Z", "The post is late.", "ann")
        hosts = session().scalars(select(Delivery.host).where(Delivery.state == "pending"))
        assert {host.partition(":")[0] for host in hosts} == {"a.test"}
    assert "by Ann" in reader.get(f"{path}/manage").text


def test_an_extension_in_the_form_is_written_down_too_and_never_forgotten(reader, app, path):
    reader.submit(f"{path}/edit", deadline="2027-01-20")
    reader.submit(f"{path}/edit", deadline="2027-01-27", name="Coaching for all")
    with app.app_context(), reading():
        extensions = details_of(of(path).content).extensions
        assert [f"{one.after:%d}" for one in extensions] == ["20", "27"]
        forged = of(path).content.details.model_copy(update={"extensions": ()})
        publishing.revise(of(path), of(path).content.model_copy(update={"details": forged, "name": "Other"}))
        assert details_of(of(path).content).extensions == extensions


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"deadline": "2027-01-12"}, "it can be made later, not earlier"),
        ({"deadline": "2027-01-13"}, "it can be made later, not earlier"),
        ({"deadline": "2027-02-30"}, "There is no such day"),
        ({"deadline": ""}, "Choose the last day to apply"),
        ({"deadline": "2027-03-28", "deadline_time": "02:30"}, "the clocks go forward over it"),
        ({"deadline": "9999-12-31"}, "Choose a year from 1900 to 2200."),
    ],
)
def test_what_is_no_extension_is_said_at_the_field_and_changes_nothing(reader, app, path, typed, sentence):
    answer = reader.submit(f"{path}/manage", **typed, do="extend")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    with app.app_context(), reading():
        assert of(path).ends_at == DEADLINE
        assert letters()[0] == ["Create", "Announce"]
        assert journal.of(of(path)) == []


def test_a_peer_keeps_the_extensions_of_its_copy():
    call = sample.call(NOW)
    later = call.model_copy(update={"ends_at": call.ends_at + timedelta(days=7)})
    extended = kind_named("call").revised(call, later, NOW, "More time.")
    with_bounds = board.Envelope(
        iri="https://a.test/1", url="https://a.test/1", actor="https://a.test/a", application="https://a.test/r",
        followers="", to=(PUBLIC,), cc=(), published=NOW, updated=NOW,
    )  # fmt: skip
    document = kind_named("call").to_object(extended, with_bounds)
    assert details_of(kind_named("call").from_object(document)).extensions == extended.details.extensions
    document["call"]["deadlineExtensions"] = [{"published": "x"}, 7, {**document["call"]["deadlineExtensions"][0]}] * 30
    assert len(details_of(kind_named("call").from_object(document)).extensions) <= 20


# The next steps.


def test_a_call_goes_its_way_and_not_before_its_deadline(reader, app, path, clock):
    page = reader.get(f"{path}/manage")
    assert "Begin to deliberate" not in page.text
    assert reader.post(f"{path}/manage", reader.fill(page, step="deliberating", do="")).status_code == 422
    assert "One may still apply." in reader.get(path).text
    clock.turn(days=60)
    for step, sentence in (("deliberating", "deliberates."), ("decided", "It is decided."), ("archived", "archived.")):
        answer = reader.post(f"{path}/manage", reader.fill(reader.get(f"{path}/manage"), step=step, do=""))
        assert answer.status_code == 303
        shown = reader.get(path).text
        assert "It is too late to apply." in shown
        assert sentence in shown
        with app.app_context(), reading():
            assert letters()[1]["call"]["callStatus"] == step
    again = reader.post(f"{path}/manage", reader.fill(page, step="cancelled", do="", reason="x"))
    assert again.status_code == 422


def test_a_call_is_cancelled_with_a_reason_that_everybody_reads(reader, app, path):
    empty = reader.post(f"{path}/manage", reader.fill(reader.get(f"{path}/manage"), step="cancelled", do=""))
    assert (empty.status_code, "Say why" in empty.text) == (422, True)
    sent = reader.fill(
        reader.get(f"{path}/manage"), step="cancelled", do="", reason="The grant was <i>refused</i> & gone."
    )
    assert reader.post(f"{path}/manage", sent).status_code == 303
    page = reader.get(path).text
    assert "This call was cancelled: one cannot apply." in page
    assert "The grant was refused &amp; gone." in page
    with app.app_context(), reading():
        thing = letters()[1]
        assert thing["call"]["cancellationReason"] == "The grant was refused & gone."
        assert thing["name"].startswith("[CANCELLED]")
        assert [(one.what, one.after, one.reason[:9]) for one in journal.of(of(path))] == [
            ("status", "cancelled", "The grant")
        ]
    assert reader.submit(f"{path}/edit", text="Come not.", deadline="2027-01-13").status_code == 303
    with app.app_context(), reading():
        assert of(path).status == "cancelled"


def test_steps_are_for_those_who_edit(app, path):
    stranger = Reader(app)
    assert stranger.get(f"{path}/manage").status_code == 303
    assert "manage" not in stranger.get(path).text


def test_raising_the_number_is_written_down_and_lowering_below_the_groups_refused(reader, app, path):
    refused = reader.submit(f"{path}/edit", maximum_selected="9")
    assert (refused.status_code, "hold 10 together, but 9" in refused.text) == (422, True)
    reader.submit(f"{path}/edit", maximum_selected="12", cohorts="One | 6\nTwo | 6", what_changed="More money.")
    with app.app_context(), reading():
        entries = {one.what: (one.before, one.after, one.reason) for one in journal.of(of(path))}
    assert entries == {
        "maximum": ("10", "12", "More money."),
        "groups": ("One: 5; Two: 5", "One: 6; Two: 6", "More money."),
    }


# What only this node knows.


def test_the_address_of_a_seat_is_shown_to_those_who_edit_and_to_nobody_else(reader, app, path, client):
    assert SECRET in reader.get(f"{path}/edit").text
    assert SECRET in reader.get(f"{path}/manage").text
    stranger = Reader(app)
    addresses = (path, "/calls", "/calls/feed.atom", "/calls/feed.json", "/calls/calendar.ics", f"{path}/history")
    for address in addresses:
        assert SECRET not in stranger.get(address).text
    assert SECRET not in reader.get(path).text
    with app.app_context(), reading():
        call = of(path)
        assert seat_addresses.of(call) == {details_of(call.content).committee[0].key: SECRET}
        kept = [
            str([vars(row) for row in session().scalars(select(model))]) for model in (Publication, Posted, Revision)
        ]
        assert SECRET not in "".join(kept)
        assert SECRET not in repr(session().scalars(select(seat_addresses.SeatAddress)).one())


def test_the_address_of_a_seat_stays_with_it_and_goes_with_it(reader, app, path):
    reader.submit(f"{path}/edit", **{"committee-0-name": "Odile C."})
    with app.app_context(), reading():
        assert list(seat_addresses.of(of(path)).values()) == [SECRET]
    reader.submit(f"{path}/edit", **{"committee-0-remove": "y"})
    with app.app_context(), reading():
        assert seat_addresses.of(of(path)) == {}


def test_withdrawing_a_call_forgets_addresses_and_journal(reader, app, path):
    reader.submit(f"{path}/edit", deadline="2027-01-20")
    reader.post(f"{path}/withdraw", reader.form(reader.get(f"{path}/withdraw")))
    with app.app_context(), reading():
        assert seat_addresses.of(of(path)) == {}
        assert journal.of(of(path)) == []


def test_what_is_no_address_is_said_at_its_row(reader):
    answer = reader.submit(NEW, **CALL, **rows("committee", {"name": "Odile", "email": "odile at ires"}))
    assert (answer.status_code, "Seat 1: This is no e-mail address." in answer.text) == (422, True)


def test_a_draft_that_saves_itself_keeps_its_rows(reader, app):
    """Something that cannot be read yet waits as it was typed, with its rows."""
    asked = rows("questions", {"label": "Why?", "characters": "many"})
    page = reader.get(NEW)
    answer = reader.post(NEW, reader.fill(page, name="Coaching", text="Come.", **asked, do="autosave"))
    again = reader.get(json.loads(answer.text)["edit"])
    form = reader.form(again)
    assert (form["questions-0-label"], form["questions-0-characters"]) == ("Why?", "many")


# By command.


def test_commands_extend_and_step(app, path, clock):
    identifier = path.rpartition("/")[2]

    def run(*arguments):
        return app.test_cli_runner().invoke(args=["maillage", "call", *arguments])

    assert "open" in run("list").output
    assert "later, not earlier" in run("extend", identifier, "2027-01-01").output
    assert "Write a day" in run("extend", identifier, "soon").output
    assert "Extended until 2027-01-20 18:00 CET" in run("extend", path, "2027-01-20", "--time", "18:00").output
    assert "can only be cancelled" in run("step", identifier, "deliberating").output
    clock.turn(days=61)
    assert "deliberating" in run("step", identifier, "deliberating").output
    assert "deadline: 2027-01-13T22:59:59Z -> 2027-01-20T17:00:00Z (command)" in run("journal", identifier).output
    assert "There is no call" in run("journal", "x").output


def test_a_draft_takes_no_step(app):
    with app.app_context():
        call = publishing.draft(local.find("union"), sample.call(NOW))
        with pytest.raises(NotPossible):
            calling.step(call, "cancelled", reason="x")
        assert call.ends_at.date() == date(2027, 1, 13)
        session().rollback()
