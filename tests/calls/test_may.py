"""What may happen is what the tables of the document say, for everybody, in every state of call and application."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from flask_maillage.calls import states
from flask_maillage.calls.acting import CLOCK, STRANGER, Acting
from flask_maillage.calls.codes import Refusal
from flask_maillage.calls.may import FROM, STATES, WHEN, Action, may
from tests.calls.standing import AFTER, CONFIRM_BY, DURING, ENDS, Row, call

TEXT = (Path(__file__).parent.parent.parent / "docs" / "federated-calls.md").read_text(encoding="utf-8")
COORDINATOR, APPLICANT = Acting(coordinator=True), Acting(applicant=True)
SEAT, COORDINATING = Acting(seat="ires"), Acting(seat="etuc-1", coordinates=True)
EVERYBODY = {
    "stranger": STRANGER,
    "coordinator": COORDINATOR,
    "applicant": APPLICANT,
    "seat": SEAT,
    "coordinating seat": COORDINATING,
    "clock": CLOCK,
}
APPLICANTS = (Action.CORRECT, Action.WITHDRAW, Action.ERASE, Action.CONFIRM, Action.REFUSE_PLACE, Action.SHARE_CONTACT)
WHO: dict[Action, set[str]] = (
    {action: {"coordinator"} for action in Action}
    | {action: {"applicant"} for action in APPLICANTS}
    | {action: {"seat", "coordinating seat"} for action in (Action.REVIEW, Action.RECUSE)}
    | {
        Action.APPLY: set(EVERYBODY),
        Action.EXPIRE: {"clock"},
        Action.PURGE: {"coordinator", "clock"},
        Action.FOLLOW_UP: {"coordinator", "coordinating seat", "applicant"},
    }
)
ROWS = {
    "apply, correct": (Action.APPLY, Action.CORRECT),
    "withdraw": (Action.WITHDRAW,),
    "declare a recusal": (Action.RECUSE,),
    "give or change an opinion": (Action.REVIEW,),
    "publish decisions": (Action.PUBLISH, Action.ARRANGE, Action.SELECT, Action.RESERVE, Action.DECLINE),
    "confirm, place, follow up": (
        Action.CONFIRM,
        Action.REFUSE_PLACE,
        Action.EXPIRE,
        Action.PLACE,
        Action.INVITE,
        Action.FOLLOW_UP,
        Action.SHARE_CONTACT,
        Action.CLOSE,
    ),
}
EDGES = {
    "selected": Action.SELECT,
    "reserve": Action.RESERVE,
    "declined": Action.DECLINE,
    "confirmed": Action.CONFIRM,
    "refused": Action.REFUSE_PLACE,
    "expired": Action.EXPIRE,
    "in_cohort": Action.PLACE,
    "closed": Action.CLOSE,
    "withdrawn": Action.WITHDRAW,
}
BEYOND = {
    Action.SELECT: {"selected"},
    Action.PLACE: {"in_cohort", "followed_up"},
}
"""Edges from a state to itself: a later day to confirm (FC-56), another cohort (FC-57)."""


def who(action: Action) -> Acting:
    """Return somebody who may do it, where anybody may."""
    return EVERYBODY[sorted(WHO[action])[0]]


def at_its_time(action: Action, by: Acting | None = None, row: Row | None = None) -> str | None:
    """Return the code with which something is refused while the call is where it can be."""
    state = STATES[WHEN[action].split().index("yes")]
    if action in (Action.SELECT, Action.RESERVE, Action.DECLINE, Action.ARRANGE):
        state = "decided"
    of, at = call(state)
    if action is Action.EXPIRE:
        at = CONFIRM_BY + timedelta(seconds=1)
    refusal = may(action, by or who(action), of, row, at)
    return refusal.code if refusal else None


def fitting(action: Action, **more: object) -> Row:
    """Return an application with which it can be done."""
    return Row(state=sorted(FROM.get(action, {"submitted"}))[0], **{"purge_at": ENDS} | more)


def tables() -> dict[str, list[str]]:
    """Return the rows of the table of FC-18."""
    found = re.findall(r"^\| ([a-z ,]+?) \|((?: [^|]+ \|){7})$", TEXT, flags=re.M)
    return {name: [cell.strip() for cell in cells.split("|")[:-1]] for name, cells in found}


def edges() -> dict[Action, set[str]]:
    """Return from where each edge of the table of FC-62 goes."""
    found: dict[Action, set[str]] = {}
    section = TEXT.partition("**FC-62**")[2].partition("**FC-63**")[0]
    for before, after in re.findall(r"^\| ([^|]+) \| ([^|]+) \|", section, flags=re.M)[2:]:
        named = set(re.findall(r"`([a-z_]+)`", before))
        if "any from" in before:
            named = set(states.STATES) - {"withdrawn", "closed"}
        for outcome in re.findall(r"`([a-z_]+)`", after):
            if outcome in EDGES:
                found.setdefault(EDGES[outcome], set()).update(named)
    return found


@pytest.mark.parametrize(("name", "actions"), ROWS.items(), ids=list(ROWS))
def test_a_call_lets_happen_what_its_table_says(name, actions):
    cells = tables()[name]
    assert len(cells) == len(STATES)
    for action in actions:
        for state, cell in zip(STATES, cells, strict=True):
            of, at = call(state)
            at = CONFIRM_BY + timedelta(days=1) if action is Action.EXPIRE else at
            row = None if action is Action.APPLY else fitting(action)
            refusal = may(action, who(action), of, row, at)
            code = refusal.code if refusal else "yes"
            if cell == "–":
                assert code != "yes", f"{action} while {state}"
            else:
                assert code == cell.strip("`").removesuffix(", until closed"), f"{action} while {state}"


def test_an_application_goes_the_ways_of_its_table_and_no_other():
    drawn = edges()
    assert set(drawn) == set(EDGES.values())
    for action, sources in drawn.items():
        assert set(FROM[action]) == sources | BEYOND.get(action, set()), action
    for action in FROM:
        for state in states.STATES:
            code = at_its_time(action, row=Row(state=state, purge_at=ENDS))
            assert (code is None) == (state in FROM[action]), f"{action} of {state}: {code}"


@pytest.mark.parametrize("action", Action)
def test_only_who_the_document_names_does_it(action):
    row = None if action is Action.APPLY else fitting(action)
    for name, by in EVERYBODY.items():
        code = at_its_time(action, by, row)
        wanted = "not-a-seat" if action in (Action.REVIEW, Action.RECUSE) else "not-allowed"
        assert code == (None if name in WHO[action] else wanted), f"{action} by {name}"


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.APPLY, Action.ADMIT, Action.PUBLISH}))
def test_of_what_is_not_there_nothing_happens(action):
    can_do_without = action in (Action.ARRANGE, Action.INVITE, Action.PURGE)
    assert at_its_time(action, row=None) == (None if can_do_without else "unknown-application")


@pytest.mark.parametrize("state", ["withdrawn", "closed"])
@pytest.mark.parametrize("action", sorted(set(Action) - {Action.APPLY, Action.ADMIT, Action.PUBLISH}))
def test_with_what_is_withdrawn_or_closed_nothing_happens_but_its_erasure(action, state):
    code = at_its_time(action, row=Row(state=state, purge_at=ENDS))
    assert code == (None if action in (Action.ERASE, Action.PURGE) else state)


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (Acting(seat="a", recused=True), "recused"),
        (Acting(seat="a", own=True), "own-application"),
        (Acting(seat="a", applicant=True), "own-application"),
        (Acting(seat="a", recused=True, own=True), "own-application"),
    ],
)
@pytest.mark.parametrize("action", [Action.REVIEW, Action.RECUSE])
@pytest.mark.parametrize("state", ["open", "closed"])
def test_who_has_a_conflict_of_interest_is_told_so_also_before_the_deadline(by, code, action, state):
    of, at = call(state)
    assert may(action, by, of, Row(), at) == Refusal(code)


@pytest.mark.parametrize("action", [Action.ARRANGE, Action.SELECT, Action.RESERVE, Action.DECLINE])
def test_a_coordinator_with_a_conflict_of_interest_decides_nothing_of_it(action):
    for more, code in [({"recused": True}, "recused"), ({"own": True}, "own-application")]:
        assert at_its_time(action, Acting(coordinator=True, **more), fitting(action)) == code


def test_a_seat_that_is_recused_follows_nothing_up_and_the_applicant_does():
    row = Row(state="in_cohort")
    assert at_its_time(Action.FOLLOW_UP, Acting(seat="a", coordinates=True, recused=True), row) == "recused"
    assert at_its_time(Action.FOLLOW_UP, Acting(seat="a", applicant=True), row) is None


def test_an_opinion_after_the_decision_is_too_late_whatever_became_of_the_application():
    of, at = call("decided")
    assert may(Action.REVIEW, SEAT, of, Row(state="withdrawn"), at) == Refusal("too-late")
    assert may(Action.REVIEW, STRANGER, of, Row(), at) == Refusal("not-a-seat")


def test_the_last_second_counts_and_who_is_late_is_told_when_it_was():
    of, _ = call("open")
    assert may(Action.APPLY, STRANGER, of, None, DURING) is None
    assert may(Action.APPLY, STRANGER, of, None, AFTER) == Refusal("late", end_time=ENDS)
    assert may(Action.CORRECT, APPLICANT, of, Row(), AFTER) == Refusal("late", end_time=ENDS)


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.REFUSE_PLACE])
def test_a_place_is_confirmed_until_its_second_and_not_after_a_later_decision(action):
    of, _ = call("decided")

    def said(state: str, at=CONFIRM_BY):
        refusal = may(action, APPLICANT, of, Row(state=state), at)
        return refusal and refusal.code

    assert said("selected") is None
    assert said("selected", CONFIRM_BY + timedelta(seconds=1)) == "confirmation-expired"
    assert [said(state) for state in ("declined", "reserve", "expired")] == ["superseded"] * 3
    assert said("confirmed") == said("refused") == "too-late"


def test_a_selection_expires_after_its_day_alone():
    of, _ = call("decided")
    row = Row(state="selected")
    assert may(Action.EXPIRE, CLOCK, of, row, CONFIRM_BY) == Refusal("too-early")
    assert may(Action.EXPIRE, CLOCK, of, row, CONFIRM_BY + timedelta(seconds=1)) is None
    assert may(Action.EXPIRE, CLOCK, of, Row(state="selected", confirm_by=None), CONFIRM_BY) == Refusal("too-early")


def test_nothing_is_purged_before_its_day():
    of, at = call("decided")
    for day, code in [(None, "too-early"), (at + timedelta(seconds=1), "too-early"), (at, None)]:
        refusal = may(Action.PURGE, CLOCK, of, Row(state="declined", purge_at=day), at)
        assert (refusal and refusal.code) == code


@pytest.mark.parametrize(("publication", "code"), [("draft", "not-open-yet"), ("withdrawn", "cancelled")])
def test_to_what_is_not_published_nobody_applies(publication, code):
    of, at = call("open")
    of.state = publication
    assert may(Action.APPLY, STRANGER, of, None, at) == Refusal(code)


@pytest.mark.parametrize("action", [Action.WITHDRAW, Action.ERASE, Action.SELECT, Action.FOLLOW_UP])
def test_what_was_purged_is_not_there_any_more(action):
    row = Row(state=fitting(action).state, purged_at=ENDS)
    assert at_its_time(action, row=row) == "unknown-application"
