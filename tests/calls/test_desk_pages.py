"""The pages of a committee for members of this node: what each may read, and what they say of it."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from actors.database import session
from flask_maillage.calls import giving
from flask_maillage.calls.desk import telling
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.giving import Opinion
from flask_maillage.calls.models import CallLetter, Dossier, GivenOpinion, Review
from flask_maillage.people.notifying.models import Notification
from flask_maillage.publications.call_parts import Question
from flask_maillage.publications.topics import RIGHTS
from tests.calls import committee, making
from tests.reader import Reader

SECRET = "Forty riders write down what they are paid"
ANSWERS = [{"key": "objectives", "text": SECRET}, {"key": "help", "choices": ["Legal advice"]}]
KEY = key_of(f"{making.APPLICANT}/applications/1")
WHY = "It stands on its own feet"


@pytest.fixture
def call(app, clock):
    """The call after its deadline, with two applications; ASTREES is recused from the first, ETUC has judged it."""
    questions = (
        Question(key="objectives", label="Objectives", required=True, characters=1500),
        Question(
            key="help", label="What would help most?", answer="choice", choices=("Legal advice", "Money"), several=True
        ),
    )
    iri = committee.call(app, questions=questions)
    with app.app_context():
        first = committee.applied(iri, 1, content={"answers": ANSWERS, "topics": [RIGHTS]})
        committee.applied(iri, 2, content={"territory": "BE"}, territory="BE")
        committee.coordinator()
        committee.member("mallory")
        session().commit()
        clock.moment = committee.DELIBERATING
        owner = making.found(iri).actor.iri
        for who, said in (
            ("etuc", Opinion("admissible", {"workers": 5, "lasting": 3}, WHY)),
            ("astrees", Opinion("recused", {})),
        ):
            giving.give(committee.member(who), owner, iri, first.agreement_iri, 1, said)
        session().commit()
    return iri


@pytest.fixture
def visit(app):
    """Return a browser in which somebody is signed in."""

    def visited(who):
        reader = Reader(app)
        if who:
            assert reader.sign_in(f"{who}@example.org").status_code == 303
        return reader

    return visited


TICKED = "Extending rights and protection"


def desk(call):
    return call.replace("http://localhost/actors/", "/@") + "/committee"


def pages_of(call):
    base = desk(call)
    one = f"{base}/{KEY}"
    return {
        "list": base,
        "table": f"{base}/table",
        "csv": f"{base}/table.csv",
        "one": one,
        "conflict": f"{one}/conflict",
    }


@pytest.mark.parametrize("who", ["", "mallory"])
def test_strangers_find_nothing(app, call, visit, who):
    reader = visit(who)
    for name, path in pages_of(call).items():
        answer = reader.get(path)
        assert answer.status_code == (404 if who else 303), name
        assert SECRET not in answer.text
        assert reader.post(path, {}).status_code in (303, 403, 404, 405)


def test_a_seat_reads_the_application_and_not_yet_what_others_think(app, call, visit):
    reader, paths = visit("ires"), pages_of(call)
    first = reader.get(paths["list"])
    assert first.headers["Cache-Control"] == "private, no-store"
    assert "2 wait for your opinion" in first.text
    assert TICKED in first.text
    one = reader.get(paths["one"]).text
    assert TICKED in one
    assert "France" in one
    assert SECRET in one
    assert "Legal advice" in one
    assert WHY not in one
    assert "1 of 3 opinions that are needed" in one
    assert "Somebody of astrees" in one  # who is recused, is told
    assert WHY not in reader.get(paths["table"]).text


def test_an_opinion_opens_those_of_others_and_is_changed_until_it_is_decided(app, call, visit):
    reader, paths = visit("ires"), pages_of(call)
    form = {"opinion": "not_admissible", "points-workers": "2", "why": "Too **early**.", "private_note": "Ask Zoe"}
    assert reader.submit(paths["one"], **form).status_code == 303
    one = reader.get(paths["one"])
    assert WHY in one.text
    assert "<strong>early</strong>" in one.text
    kept = reader.form(one, "opinion")
    assert (kept["points-workers"], kept["why"], kept["private_note"]) == ("2", "Too **early**.", "Ask Zoe")
    assert reader.submit(paths["one"], opinion="abstain").status_code == 303
    with app.app_context():
        mine = session().scalars(select(Review).where(Review.seat_key == "ires").order_by(Review.number)).all()
        assert [(one.number, one.opinion) for one in mine] == [(1, "not_admissible"), (2, "abstain")]
        assert not any("Zoe" in (one.document or "") for one in session().scalars(select(CallLetter)))
        making.found(call).status = "decided"
        session().commit()
    page = reader.get(paths["one"])
    assert "decided already" in page.text
    assert 'name="opinion"' not in page.text


def test_what_is_wrong_with_an_opinion_is_said_at_its_field_and_nothing_is_lost(app, call, visit):
    reader, paths = visit("ires"), pages_of(call)
    answer = reader.submit(paths["one"], **{"opinion": "admissible", "points-workers": "9", "why": "Kept"})
    assert answer.status_code == 422
    assert "Write a whole number from 0 to 5." in answer.text
    assert reader.form(answer, "opinion")["why"] == "Kept"
    with app.app_context():
        assert session().scalars(select(Review.seat_key).where(Review.seat_key == "ires")).all() == []


def test_who_has_a_conflict_reads_neither_the_application_nor_opinions(app, call, visit):
    reader, paths = visit("astrees"), pages_of(call)
    assert "You have a conflict of interest." in reader.get(paths["list"]).text
    for name in ("list", "one", "table", "csv"):
        shown = reader.get(paths[name]).text
        assert TICKED not in shown, name
        assert SECRET not in shown, name
        assert WHY not in shown, name
    assert reader.get(paths["conflict"]).status_code == 404


def test_a_conflict_is_declared_after_a_confirmation_and_for_good(app, call, visit):
    reader, paths = visit("ires"), pages_of(call)
    assert reader.submit(paths["conflict"]).status_code == 422
    with app.app_context():
        assert session().scalars(select(GivenOpinion.id)).all() == [1, 2]
    assert reader.submit(paths["conflict"], sure="y").status_code == 303
    assert SECRET not in reader.get(paths["one"]).text
    assert reader.get(paths["conflict"]).status_code == 404


def test_who_is_of_the_organisation_is_asked_in_words(app, call, visit):
    with app.app_context():
        committee.applied(call, 3, content={"people": [{"name": "A friend", "organisation": " ires "}]})
        session().commit()
    reader, path = visit("ires"), f"{desk(call)}/{key_of(f'{making.APPLICANT}/applications/3')}"
    assert "is named in this application" in reader.get(path).text
    assert reader.submit(path, opinion="admissible").status_code == 422
    assert reader.submit(path, opinion="admissible", no_conflict="y").status_code == 303


def test_a_coordinator_sees_all_and_gives_no_opinion(app, call, visit):
    reader, paths = visit("boss"), pages_of(call)
    one = reader.get(paths["one"]).text
    assert SECRET in one
    assert WHY in one
    assert 'name="opinion"' not in one
    rows = list(csv.DictReader(io.StringIO(reader.get(paths["csv"]).text.removeprefix("\ufeff"))))
    assert [(row["territory"], row["given"], row["admissible"], row["score"]) for row in rows] == [
        ("FR", "1", "1", "86.7"),
        ("BE", "0", "0", ""),
    ]


def test_the_list_is_filtered_and_ordered(app, call, visit):
    reader, path = visit("ires"), desk(call)
    reader.submit(pages_of(call)["one"], opinion="admissible")
    shown = {
        asked: [name for name in ("Application 1", "Application 2") if name in reader.get(f"{path}?{asked}").text]
        for asked in ("show=waiting", "opinion=admissible", "territory=BE", "show=incomplete", "show=nonsense")
    }
    assert shown == {
        "show=waiting": ["Application 2"],
        "opinion=admissible": ["Application 1"],
        "territory=BE": ["Application 2"],
        "show=incomplete": [],
        "show=nonsense": ["Application 1", "Application 2"],
    }


def test_my_committees_say_what_waits(app, call, visit):
    seat = visit("ires").get("/my/committees").text
    assert "2 applications wait for your opinion" in seat
    assert "Calls that you coordinate" in visit("boss").get("/my/committees").text
    assert "You sit in no committee." in visit("mallory").get("/my/committees").text
    assert visit("").get("/my/committees").status_code == 303


def test_versions_are_shown_with_what_they_changed(app, call, visit):
    with app.app_context():
        dossier = session().scalars(select(Dossier).order_by(Dossier.id)).first()
        making.corrected(dossier, {"answers": [{"key": "objectives", "text": "Sixty riders"}]})
        session().commit()
    shown = visit("ires").get(pages_of(call)["one"]).text
    assert f'<del class="as-typed">{SECRET}</del>' in shown
    assert '<ins class="as-typed">Sixty riders</ins>' in shown


def test_nothing_of_an_application_stands_on_public_pages(app, call, visit, client):
    reader = visit("")
    for path in (call.replace("/actors/", "/@"), "/", "/feed.json", "/search?q=riders", "/sitemap.xml"):
        text = reader.get(path.removeprefix("http://localhost")).text
        assert SECRET not in text
        assert "Application 1" not in text
        assert KEY not in text


def test_the_next_that_waits_is_one_click_away(app, call, visit):
    reader, paths = visit("ires"), pages_of(call)
    second = f"{desk(call)}/{key_of(f'{making.APPLICANT}/applications/2')}"
    assert f'href="{second}">Next without my opinion' in reader.get(paths["one"]).text
    reader.submit(paths["one"], opinion="abstain")
    assert "Next without my opinion" not in reader.get(second).text
    assert f'href="{second}">Next without my opinion' in reader.get(paths["one"]).text


def test_what_was_typed_is_kept_when_the_session_has_ended(app, call, visit):
    reader, paths = visit("ires"), pages_of(call)
    filled = reader.fill(reader.get(paths["one"]), opinion="admissible", why="A long thought")
    answer = Reader(app).post(paths["one"], filled)
    assert "A long thought" in answer.text
    assert answer.status_code < 500


def test_members_are_told_once_that_applications_wait(app, call, visit, clock):
    clock.moment = committee.DEADLINE + timedelta(hours=1)
    with app.app_context():
        assert telling.tell_that_opinions_wait() == 3
        assert telling.tell_that_opinions_wait() == 0
        told = session().scalars(select(Notification).where(Notification.kind == "opinions_wait")).all()
        assert sorted(one.member.email.partition("@")[0] for one in told) == ["astrees", "etuc", "ires"]
    reader = visit("ires")
    listed = reader.get("/my/notifications").text
    assert "2 applications wait for your opinion" in listed
    assert "Application 1" not in listed
    mine = reader.get("/my").text
    assert "2 applications wait for your opinion" in mine
    assert 'href="/my/committees"' in mine
