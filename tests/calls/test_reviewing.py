"""Opinions and recusals of seats of this node, from their row to the owner's: taken, refused, written in the log."""

import pytest
from sqlalchemy import select

from actors.database import session
from flask_maillage.calls import audit, giving, letters, weighing
from flask_maillage.calls.giving import Opinion
from flask_maillage.calls.models import CallLetter, CommitteeCopy, GivenOpinion, Review
from tests.calls import committee, making

GOOD = Opinion("admissible", {"workers": 4, "lasting": 3}, "Concrete, and *others* can copy it.")


@pytest.fixture
def call(app, clock):
    """The call after its deadline, with one application, as an id."""
    iri = committee.call(app)
    with app.app_context():
        committee.applied(iri)
        session().commit()
    clock.moment = committee.DELIBERATING
    return iri


@pytest.fixture
def give(app, call):
    """Let a seat give an opinion of the call's application, and return why it was refused, or an empty text."""

    def given(who, said=GOOD, number=1):
        with app.app_context():
            found = making.found(call)
            agreement = f"{making.APPLICANT}/applications/{number}"
            row = giving.give(committee.member(who), found.actor.iri, call, agreement, 1, said)
            session().commit()
            refusal = giving.refusal_in(row)
            return refusal.code if refusal else ""

    return given


def reviews():
    return [(one.seat_key, one.number, one.opinion, one.scores) for one in session().scalars(select(Review))]


def test_opinion_is_kept_by_the_owner_as_a_version_and_as_a_record(app, call, give):
    assert give("ires") == ""
    assert give("ires", Opinion("not_admissible", {}, "On second thoughts.")) == ""
    with app.app_context():
        first, second = session().scalars(select(Review).order_by(Review.number))
        assert (first.opinion, first.scores, first.content) == (
            "admissible",
            {"workers": 4, "lasting": 3},
            "<p>Concrete, and <em>others</em> can copy it.</p>",
        )
        assert (second.iri, second.number, second.opinion, second.scores) == (first.iri, 2, "not_admissible", {})
        verbs = [letters.document_of(one)["type"] for one in session().scalars(select(CallLetter)) if one.sent]
        assert verbs == ["Create", "Update"]
        records = audit.records(making.found(call))
        assert [(one["act"], one["by"], one["from"], one["to"]) for one in records] == [
            ("review", committee.member("ires").iri, "submitted", "submitted")
        ] * 2
        assert records[0]["digest"]
        assert audit.verify(making.found(call)) == []


def test_quorum_moves_the_state_and_a_recusal_takes_it_back(app, call, give):
    for who in ("ires", "etuc", "astrees"):
        assert give(who) == ""
    assert give("astrees", Opinion("recused", {}, "They are friends.")) == ""
    with app.app_context():
        moves = [(one["act"], one["from"], one["to"]) for one in audit.records(making.found(call))]
        assert moves[2:] == [("review", "submitted", "admissible"), ("recuse", "admissible", "submitted")]
        last = session().scalars(select(Review).order_by(Review.id.desc())).first()
        assert (last.opinion, last.scores, last.content) == ("recused", {}, "")
        hidden = select(CommitteeCopy.hidden_at).where(CommitteeCopy.seat_actor_id == committee.member("astrees").id)
        assert session().scalars(hidden).one() is not None
    assert give("astrees") == "recused"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Opinion("admissible", {"workers": 6}), "bad-answer"),
        (Opinion("admissible", {"workers": -1}), "bad-answer"),
        (Opinion("admissible", {"beauty": 1}), "unknown-criterion"),
    ],
)
def test_what_is_no_opinion_of_this_call_is_refused_and_told_to_the_seat(app, call, give, said, code):
    assert give("ires", said) == code
    with app.app_context():
        assert reviews() == []
        assert audit.count(making.found(call)) == 0
    assert give("ires") == ""
    with app.app_context():
        assert [row[1] for row in reviews()] == [1]
        sent = [one for one in session().scalars(select(CallLetter)) if one.verb == "Create{Review}"]
        assert [letters.document_of(one)["type"] for one in sent] == ["Create", "Create"]


def carried_by(who):
    """Return the columns of a dossier whose initiative, of which nothing is kept here, named a seat as well."""
    named = [making.APPLICANT, committee.member(who).iri]
    iri = f"{making.APPLICANT}/initiatives/1"
    return {"initiative_iri": iri, "initiative_state": "verified", "initiative_carriers": named}


def test_nobody_judges_their_own(app, call, clock, give):
    with app.app_context():
        people = [{"name": "A rider", "id": committee.member("etuc").iri}]
        committee.applied(call, 2, content={"people": people})
        committee.applied(call, 3, applicant=committee.member("ires").iri)
        committee.applied(call, 4, **carried_by("astrees"))
        session().commit()
    assert give("etuc", number=2) == "own-application"
    assert give("astrees", number=2) == ""
    assert give("astrees", number=4) == "own-application"
    with app.app_context():
        dossier = session().scalars(select(Review)).one().dossier
        standing = weighing.standing(dossier)
        assert (standing.recused, standing.needed, standing.given) == ({"etuc"}, 3, 1)


@pytest.mark.parametrize(
    ("when", "status", "code"),
    [("before", "open", "too-early"), ("after", "decided", "too-late"), ("after", "cancelled", "cancelled")],
)
def test_opinions_have_their_time(app, clock, call, give, when, status, code):
    clock.moment = committee.DEADLINE if when == "before" else committee.DELIBERATING
    with app.app_context():
        making.found(call).status = status
        session().commit()
    assert give("ires") == code
    recusal = give("ires", Opinion("recused", {}))
    assert recusal == ("" if when == "before" else code)


def test_who_holds_no_seat_gives_no_opinion(app, call, give):
    with app.app_context():
        committee.member("mallory")
        session().commit()
    assert give("mallory") == "not-a-seat"


def test_an_application_that_is_not_there_is_said_so_to_a_seat(app, call, give):
    assert give("ires", number=9) == "unknown-application"


def test_the_private_note_stays_here(app, call, give):
    with app.app_context():
        giving.note(committee.member("ires"), call, f"{making.APPLICANT}/applications/1", "Ask Zoe about this")
        session().commit()
    give("ires")
    with app.app_context():
        assert session().scalars(select(GivenOpinion.private_note)).one() == "Ask Zoe about this"
        assert not any("Zoe" in (one.document or "") for one in session().scalars(select(CallLetter)))
