"""The board of groups: placing, swapping, a proposal in whole or in part, two at once, a button twice, and paper."""

import pytest
from sqlalchemy import func, select

from actors.database import session
from actors.node import now
from flask_maillage.calls import cohorts
from flask_maillage.calls.models import Placement
from tests.calls import committee, decided, making
from tests.reader import Reader


@pytest.fixture
def call(app, fediverse):
    """A decided call with four confirmed applications and two groups of two; Boss and Ben coordinate it."""
    iri = decided.call_of(app, fediverse, 4, maximum_selected=4, cohorts=decided.COHORTS)
    with app.app_context():
        found = making.found(iri)
        decided.publish(found, *["selected"] * 4)
        for number, dossier in enumerate(decided.dossiers(found)):
            dossier.state, dossier.confirmed_at = "confirmed", now()
            dossier.language = "fr" if number < 2 else "en"
        for name in ("boss", "ben"):
            committee.coordinator(name)
        committee.member("mallory")
        session().commit()
    return iri


@pytest.fixture
def visit(app):
    """Return a browser in which somebody is signed in."""

    def visited(who="boss"):
        reader = Reader(app)
        assert reader.sign_in(f"{who}@example.org").status_code == 303
        return reader

    return visited


def board(call, more=""):
    return call.replace("http://localhost/actors/", "/@") + f"/manage/groups{more}"


def names(app, call):
    with app.app_context():
        return [one.identifier for one in decided.dossiers(making.found(call))]


def where(app, call):
    with app.app_context():
        return list(cohorts.placed(making.found(call)).values())


def letters(app):
    with app.app_context():
        return session().scalar(select(func.count(Placement.id)))


def chosen(those, *keys):
    return {f"group-{name}": key for name, key in zip(those, keys, strict=False)}


def test_nobody_else_finds_the_board(app, call, visit):
    reader = visit("mallory")
    assert reader.get(board(call)).status_code == 404
    token = reader.form(reader.get("/account"))["csrf_token"]
    sent = {"csrf_token": token} | chosen(names(app, call), "1")
    assert reader.post(board(call), sent).status_code == 404
    assert where(app, call) == [""] * 4


def test_applications_are_placed_and_swapped_once_however_often_it_is_pressed(app, call, visit):
    those, reader = names(app, call), visit()
    page = reader.get(board(call))
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "0 of 2 places" in page.text
    sent = reader.fill(page, **chosen(those, "1", "1", "2"))
    assert reader.post(board(call), sent).status_code == 303
    assert where(app, call) == ["1", "1", "2", ""]
    assert reader.post(board(call), sent).status_code == 303
    assert letters(app) == 3
    page = reader.get(board(call))
    assert "2 of 2 places" in page.text
    assert "1 confirmed application is in no group yet." in page.text

    reader.post(board(call), reader.fill(page, **chosen(those, "2", "1", "1")))
    assert where(app, call) == ["2", "1", "1", ""]
    with app.app_context():
        swaps = session().scalars(select(Placement.swap).where(Placement.number == 2)).all()
    assert len(set(swaps)) == 1
    assert None not in swaps


def test_a_group_that_is_full_takes_nobody_and_nothing_is_lost(app, call, visit):
    those, reader = names(app, call), visit()
    answer = reader.post(board(call), reader.fill(reader.get(board(call)), **chosen(those, "1", "1", "1", "2")))

    assert answer.status_code == 409
    assert "“Session 1” has 2 places: nobody was moved." in answer.text
    assert where(app, call) == [""] * 4
    assert [reader.form(answer)[f"group-{name}"] for name in those] == ["1", "1", "1", "2"]


def test_two_at_once_are_told(app, call, visit):
    those, boss, ben = names(app, call), visit("boss"), visit("ben")
    sent = boss.fill(boss.get(board(call)), **chosen(those, "1", "2"))
    ben.post(board(call), ben.fill(ben.get(board(call)), **chosen(those, "2")))

    answer = boss.post(board(call), sent)
    assert answer.status_code == 409
    assert "Somebody else has placed some of these meanwhile" in answer.text
    assert where(app, call) == ["2", "", "", ""]
    assert boss.post(board(call), boss.fill(answer)).status_code == 303
    assert where(app, call) == ["1", "2", "", ""]


def test_a_proposal_places_nobody_until_a_person_keeps_it_whole_or_in_part(app, call, visit):
    those, reader = names(app, call), visit()
    page = reader.get(board(call, "?suggest=1"))
    proposed = reader.form(page)

    assert where(app, call) == [""] * 4
    keys = [proposed[f"group-{name}"] for name in those]
    assert sorted(keys[:2]) == sorted(keys[2:]) == ["1", "2"]  # a language in each group
    again = reader.form(reader.get(board(call, "?suggest=1")))
    assert [again[f"group-{name}"] for name in those] == keys
    reader.post(board(call), reader.fill(page, **chosen(those, keys[0], keys[1], "", "")))
    assert where(app, call) == [keys[0], keys[1], "", ""]
    rest = reader.form(reader.get(board(call, "?suggest=1")))  # of two as even ones, it may name either
    left = [rest[f"group-{name}"] for name in those]
    assert left[:2] == keys[:2]
    assert sorted(left[2:]) == ["1", "2"]
    reader.post(board(call), rest)
    assert where(app, call) == left


def test_the_list_for_paper_says_who_is_where(app, call, visit):
    those, reader = names(app, call), visit()
    reader.post(board(call), reader.fill(reader.get(board(call)), **chosen(those, "1")))
    shown = reader.get(board(call, "?view=list&lang=fr")).text

    assert shown.index("Session 1") < shown.index("Application 1") < shown.index("Session 2")
    assert "group-" not in shown
    assert "Dans aucun groupe pour l'instant" in shown.replace("&#39;", "'")
