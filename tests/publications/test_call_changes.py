"""A published call that is changed: what may not become stricter, and what keeps its key and its number."""

from datetime import UTC, date, datetime, timedelta

import pytest

from actors import followers, local, remote
from actors.database import reading, session
from actors.models import ORGANISATION
from flask_maillage.publications import publishing, seat_addresses
from flask_maillage.publications.call_keys import cohorts_after, seats_after
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.call_details import CallDetails, Cohort, Question, Seat
from flask_maillage.publications.rules import NotPossible, check_revision
from tests.publications.test_calls import CALL, NEW, letters, of
from tests.publications.typing_in import rows
from tests.reader import Reader

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WHY = Question(key="why", label="Why?", answer="short")
PLAN = Question(key="plan", label="Plan", answer="file", media_types=("application/pdf",), pages=2)
WHAT = Question(key="what", label="What?", answer="choice", choices=("A", "B"), several=True)
BEFORE = CallDetails(
    maximum_selected=10,
    note_characters=3000,
    note_pages=2,
    territories=("EU", "CH"),
    eligible_on=date(2026, 11, 16),
    questions=(WHY, PLAN, WHAT),
)


def call_with(details, *, starts_at=NOW - timedelta(days=1)):
    call = kind_named("call")
    document = {"id": "https://a.test/1", "type": "Article", "call": {}, "content": "<p>Come all.</p>", "name": "Ten"}
    content = call.from_object(document)
    ends = NOW + timedelta(days=30)
    return content.model_copy(
        update={"starts_at": starts_at, "ends_at": ends, "timezone": "UTC", "details": details, "source": "Come all."}
    )


def but(question, **changes):
    """Return the questions with one of them changed."""
    return tuple(one.model_copy(update=changes) if one is question else one for one in BEFORE.questions)


STRICTER = [
    ({"maximum_selected": 9}, "maximum_selected"),
    ({"note_characters": 2999}, "note_characters"),
    ({"note_pages": 1}, "note_pages"),
    ({"territories": ("EU",)}, "territories"),
    ({"territories": ("FR", "CH")}, "territories"),
    ({"eligible_on": date(1990, 1, 1)}, "territories"),
    ({"one_per_applicant": True}, "one_per_applicant"),
    ({"questions": (*BEFORE.questions, Question(key="new", label="New", required=True))}, "questions"),
    ({"questions": (WHY, PLAN)}, "questions"),
    ({"questions": but(WHY, required=True)}, "questions"),
    ({"questions": but(WHY, characters=199)}, "questions"),
    ({"questions": but(WHY, answer="file")}, "questions"),
    ({"questions": but(PLAN, pages=1)}, "questions"),
    ({"questions": but(PLAN, maximum_bytes=1024)}, "questions"),
    ({"questions": but(PLAN, media_types=("image/png",))}, "questions"),
    ({"questions": but(WHAT, choices=("A", "C"))}, "questions"),
    ({"questions": but(WHAT, several=False)}, "questions"),
]
MILDER = [
    {"maximum_selected": 11},
    {"maximum_selected": None},
    {"note_characters": None, "note_pages": 3},
    {"territories": ("EU", "CH", "GB")},
    {"territories": ()},
    {"questions": (*BEFORE.questions, Question(key="new", label="New"))},
    {"questions": but(WHY, answer="long", label="Why then?", help="In short.")},
    {"questions": but(WHY, characters=201)},
    {"questions": but(PLAN, media_types=(), pages=None, maximum_bytes=20 * 1024 * 1024)},
    {"questions": but(WHAT, choices=("B", "A", "C"))},
    {"quorum": 3, "confirm_days": 7, "retention_months": 1},
]


@pytest.mark.parametrize(("changes", "field"), STRICTER)
def test_a_call_that_is_open_becomes_no_stricter_and_before_it_may(changes, field):
    after = BEFORE.model_copy(update=changes)
    with pytest.raises(NotPossible, match="This call is open: ") as refusal:
        check_revision(call_with(BEFORE), call_with(after), NOW)
    assert refusal.value.field == field

    later = NOW + timedelta(days=1)
    check_revision(call_with(BEFORE, starts_at=later), call_with(after, starts_at=later), NOW)


@pytest.mark.parametrize("changes", MILDER)
def test_a_call_that_is_open_may_become_milder(changes):
    check_revision(call_with(BEFORE), call_with(BEFORE.model_copy(update=changes)), NOW)


def test_a_call_for_everybody_is_closed_to_nobody_afterwards():
    everybody = BEFORE.model_copy(update={"territories": (), "eligible_on": None})
    with pytest.raises(NotPossible, match="nobody can be left out"):
        check_revision(call_with(everybody), call_with(BEFORE), NOW)


# Keys.


def cohorts(*names, key=""):
    return CallDetails(cohorts=tuple(Cohort(name=name, capacity=5, key=key) for name in names)).cohorts


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (("One", "Two"), (0, 1)),
        (("Two", "One"), (1, 0)),
        (("One", "Second"), (0, 1)),
        (("Two",), (1,)),
        (("One", "Two", "Three"), (0, 1, None)),
        (("One", "One"), (0, 1)),
    ],
)
def test_a_cohort_keeps_its_key_when_it_is_renamed_or_moved(names, kept):
    before = cohorts("One", "Two")
    after = cohorts_after(before, cohorts(*names))
    assert len({one.key for one in after}) == len(names)
    known = [one.key for one in before]
    assert [known.index(one.key) if one.key in known else None for one in after] == list(kept)


def test_a_cohort_that_is_new_does_not_get_the_key_of_one_that_was_renamed():
    renamed = cohorts_after(cohorts("One", "Two"), cohorts("One", "Three"))
    after = cohorts_after(renamed, cohorts("One", "Three", "Two"))
    assert [one.key for one in after[:2]] == [one.key for one in renamed]
    assert len({one.key for one in after}) == 3


def test_a_key_of_a_seat_goes_to_no_other_holder():
    a, b = "https://a.test/actors/a", "https://a.test/actors/b"
    before = (Seat(key="ires", name="Odile", actor=a), Seat(key="etuc", role="Adviser"))

    gained = seats_after(before, (before[0], before[1].model_copy(update={"actor": b})))
    assert [(one.key, one.actor) for one in gained] == [("ires", a), ("etuc", b)]

    taken = seats_after(before, (Seat(key="ires", name="Paul", actor=b), before[1]))
    assert taken[0].key not in ("ires", "")
    again = seats_after(taken, (Seat(key="ires", name="Paul", actor=b), before[1]))
    assert again == taken, "who sends the same again changes nothing"


# By the form.


@pytest.fixture
def reader(app):
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


@pytest.fixture
def path(reader, app, fediverse):
    with app.app_context():
        alice = fediverse.actor("alice", "a.test")
        followers.record(
            remote.remember(alice.document), local.find("union"), iri=f"{alice.iri}/follows/1", state="accepted"
        )
        local.create("coop", ORGANISATION, "A cooperative")
        session().commit()
    seats = rows("committee", {"name": "Odile", "email": "odile@ires.test", "coordinates": "y"}, {"role": "Chair"})
    criteria = rows("criteria", {"label": "Use for workers", "weight": "2"}, {"label": "Lasting", "maximum": "10"})
    typed = {"quorum": "2", "retention_months": "6", "confirm_days": "", "one_per_applicant": "y"}
    typed |= {"maximum_selected": "10", "cohorts": "One | 5\nTwo | 5"}
    return reader.submit(NEW, **CALL, **seats, **criteria, **typed).location


def test_what_a_committee_needs_is_asked_for_sent_and_shown(reader, app, path):
    page = reader.get(path).text
    for sentence in ("How it is decided", "Use for workers", "(counts 2 times)", "0 to 10", "2 opinions", "14 days"):
        assert sentence in page
    assert "Each applicant may send one application only." in page
    with app.app_context(), reading():
        thing = publishing.document(of(path))
    facts = thing["call"]
    assert [(one["label"], one["weight"], one["maximum"]) for one in facts["criteria"]] == [
        ("Use for workers", 2, 5),
        ("Lasting", 1, 10),
    ]
    expected = (1, 2, 14, 6, True)
    names = ("committeeVersion", "quorum", "confirmDays", "retentionMonths", "onePerApplicant")
    assert tuple(facts[name] for name in names) == expected
    assert [one.get("coordinates") for one in facts["committee"]] == [True, None]
    assert facts["desk"]["applications"] == f"{thing['id']}/desk/applications"
    assert all(one["id"].startswith(f"{thing['id']}/cohorts/") for one in facts["cohorts"])


def test_a_change_of_who_holds_seats_is_counted_and_of_words_is_not(reader, app, path):
    def version():
        with app.app_context(), reading():
            return details_of(of(path).content).committee_version

    reader.submit(f"{path}/edit", **{"committee-0-name": "Odile C.", "committee-1-coordinates": "y"})
    assert version() == 1
    reader.submit(f"{path}/edit", **{"committee-1-actor": "@coop"})
    assert version() == 2
    with app.app_context(), reading():
        assert letters()[1]["call"]["committeeVersion"] == 2
        key = details_of(of(path).content).committee[1].key
    reader.submit(f"{path}/edit", **{"committee-1-actor": "@union", "committee-1-email": "chair@x.test"})
    assert version() == 3
    with app.app_context(), reading():
        committee = details_of(of(path).content).committee
        assert committee[1].key != key, "another holder"
        assert seat_addresses.of(of(path)) == {committee[0].key: "odile@ires.test", committee[1].key: "chair@x.test"}
    reader.submit(f"{path}/edit", **{"committee-1-remove": "y", "quorum": "1"})
    assert version() == 4


def test_what_is_stricter_is_said_at_its_field_in_the_readers_language(reader, app, path):
    refused = reader.submit(f"{path}/edit?lang=fr", quorum="3")
    assert (refused.status_code, "Le comité a 2 sièges" in refused.text) == (422, True)
    asked = rows("questions", {"label": "Why?", "required": "y"})
    refused = reader.submit(f"{path}/edit", **asked)
    assert refused.status_code == 422
    assert "Question 1" in refused.text
    assert "elle est nouvelle, on ne peut donc pas rendre la réponse obligatoire." in refused.text
    with app.app_context(), reading():
        assert letters()[0] == ["Create", "Announce"]
