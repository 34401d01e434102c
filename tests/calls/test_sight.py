"""Who sees what is the table of the document, and what it says of people who are two things at once."""

import pytest

from flask_maillage.calls.acting import STRANGER, Acting
from flask_maillage.calls.sight import READERS, SIGHT, Thing, sees
from tests.calls.fixtures import fixture
from tests.calls.standing import ENDS, Row, call

TABLE = fixture("visibility")
OPEN, DECIDED = call("open")[0], call("decided")[0]
PLAIN = {
    "stranger": STRANGER,
    "applicant": Acting(applicant=True),
    "cohort": Acting(cohort=True, shares=True),
    "seat": Acting(seat="ires"),
    "recused": Acting(seat="ires", recused=True),
    "coordinator": Acting(coordinator=True),
}


def seen(reader, *, of=OPEN, row=None):
    """Return everything of an application that somebody sees."""
    return {thing for thing in Thing if sees(reader, thing, of, row or Row())}


def test_the_table_is_that_of_the_document():
    assert list(READERS) == TABLE["readers"]
    assert {thing.value: dict(zip(READERS, cells.split(), strict=True)) for thing, cells in SIGHT.items()} == TABLE[
        "sees"
    ]
    assert set(SIGHT) == set(Thing)


def test_members_and_other_applicants_see_what_strangers_see():
    assert all(row["stranger"] == row["member"] == row["other applicant"] for row in TABLE["sees"].values())


@pytest.mark.parametrize("role", PLAIN)
@pytest.mark.parametrize("decided", [False, True])
def test_each_reader_sees_what_stands_in_their_column(role, decided):
    row = Row(state="confirmed", decided_at=ENDS) if decided else Row()
    holds = {"yes", *(["decided", "own"] if decided else []), *(["cohort"] if role == "cohort" else [])}
    reader = Acting(applicant=True, shares=True) if role == "applicant" else PLAIN[role]
    if role == "applicant" and decided:
        holds.add("cohort")

    wanted = {thing for thing in Thing if TABLE["sees"][thing.value][role] in holds}

    assert seen(reader, of=DECIDED if decided else OPEN, row=row) == wanted


def test_who_is_unknown_is_a_stranger_and_so_is_the_clock():
    assert seen(None) == seen(STRANGER) == seen(Acting(clock=True)) == {Thing.CALL}
    assert seen(None, of=DECIDED, row=Row(decided_at=ENDS)) == {Thing.CALL, Thing.STATISTICS}


def test_a_seat_reads_others_opinions_after_its_own():
    own = {"seat": "ires", "reviewed": True}

    assert seen(Acting(**own)) - seen(PLAIN["seat"]) == {Thing.OPINIONS}
    assert Thing.OPINIONS not in seen(Acting(**own, recused=True), of=DECIDED, row=Row(decided_at=ENDS))


def test_a_coordinator_who_holds_a_seat_reads_opinions_as_that_seat_does():
    both = {"seat": "etuc-1", "coordinator": True}

    assert seen(PLAIN["coordinator"]) - seen(Acting(**both)) == {Thing.OPINIONS}
    assert seen(Acting(**both, reviewed=True)) == seen(PLAIN["coordinator"])
    assert seen(Acting(**both), of=DECIDED) == seen(PLAIN["coordinator"], of=DECIDED)


@pytest.mark.parametrize("conflict", [{"recused": True}, {"own": True}, {"applicant": True}])
@pytest.mark.parametrize("roles", [{"coordinator": True}, {"coordinator": True, "seat": "a"}, {"seat": "a"}])
def test_who_has_a_conflict_of_interest_reads_no_opinions_and_no_pending_decision_in_any_role(conflict, roles):
    reader = Acting(**roles, **conflict, reviewed=True)

    found = seen(reader, of=DECIDED, row=Row(state="followed_up", decided_at=ENDS))

    assert not found & {Thing.OPINIONS, Thing.PENDING}
    assert (Thing.FOLLOW_UP in found) == reader.applicant


def test_a_seat_that_coordinates_reads_follow_up_and_contacts_and_else_as_a_seat():
    coordinating = Acting(seat="etuc-1", coordinates=True)

    assert seen(coordinating) - seen(PLAIN["seat"]) == {Thing.FOLLOW_UP, Thing.CONTACTS}
    assert seen(Acting(seat="etuc-1", coordinates=True, recused=True)) & {Thing.FOLLOW_UP} == set()


def test_leaders_see_their_cohort_from_confirmation_on_and_contacts_once_they_share_theirs():
    applicant = Acting(applicant=True)

    assert not seen(applicant, row=Row(state="selected")) & {Thing.COHORTS, Thing.CONTACTS}
    assert seen(applicant, row=Row(state="confirmed")) & {Thing.COHORTS, Thing.CONTACTS} == {Thing.COHORTS}
    assert Thing.CONTACTS in seen(Acting(applicant=True, shares=True), row=Row(state="in_cohort"))
    assert seen(Acting(cohort=True)) == {Thing.CALL, Thing.COHORTS}


def test_an_applicant_is_nobody_to_all_applications_together():
    assert not sees(Acting(applicant=True), Thing.PRESENCE, OPEN, None)
    assert sees(Acting(seat="a"), Thing.PRESENCE, OPEN, None)


@pytest.mark.parametrize("role", ["applicant", "seat", "coordinator"])
def test_of_what_was_purged_the_log_is_left(role):
    found = seen(PLAIN[role], of=DECIDED, row=Row(state="declined", decided_at=ENDS, purged_at=ENDS))

    assert found - {Thing.AUDIT} == {Thing.CALL, Thing.STATISTICS}
    assert (Thing.AUDIT in found) == (role == "coordinator")
