"""The pages of who coordinates a call: nobody else finds them, two at once lose nothing, a button twice is one."""

import pytest
from sqlalchemy import select

from actors import local
from actors.database import session
from actors.models import ORGANISATION
from flask_maillage.calls.deciding import arranging, checking
from flask_maillage.calls.models import CallLetter, Decision, Dossier
from flask_maillage.people import accounts, roles
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.topics import RIGHTS
from flask_maillage.web.language import LANGUAGES
from tests.calls import committee, decided, making
from tests.publications.test_pages import count_queries
from tests.reader import Reader

PAGES = ("applications", "decisions", "publish", "places")
SECRET = "Forty riders write down what they are paid."


@pytest.fixture
def call(app, fediverse):
    """A call with two places that deliberates about four applications; Ann, Boss and Seat are members here."""
    iri = decided.call_of(app, fediverse, 4)
    with app.app_context():
        committee.coordinator("boss")
        committee.coordinator("ben")
        committee.member("mallory")
        committee.member("other")
        roles.grant(accounts.find("other@example.org"), local.create("etuc", ORGANISATION, "ETUC"), "admin")
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


def at(call, page=""):
    path = call.replace("http://localhost/actors/", "/@") + "/manage"
    return f"{path}/{page}" if page else path


def dossiers(app, call):
    with app.app_context():
        return [one.identifier for one in decided.dossiers(making.found(call))]


def ranked():
    return session().scalars(select(Decision).where(Decision.rank.is_not(None))).all()


def typed(names, *outcomes, **more):
    values = {}
    for name, outcome in zip(names, outcomes, strict=False):
        values |= {f"outcome-{name}": outcome, f"motives-{name}": f"Because {outcome}."}
    return values | more


def arrange(reader, call, values):
    page = reader.get(at(call, "decisions"))
    return reader.post(at(call, "decisions"), reader.fill(page, **values))


def pending(app, call):
    with app.app_context():
        lines = arranging.lines(making.found(call), decided.COORDINATOR)
        return [line.pending.outcome if line.pending else "" for line in lines]


@pytest.mark.parametrize("who", ["mallory", "other", "ires"])
def test_nobody_else_finds_the_pages(app, call, visit, who):
    with app.app_context():
        seat = committee.member("ires")
        found = making.found(call)
        seats = (*details_of(found.content).committee, Seat(key="here", name="Here", actor=seat.iri))
        found.details = {**found.details, "committee": [one.model_dump(mode="json") for one in seats]}
        session().commit()
    reader = visit(who)
    names = dossiers(app, call)
    nothing = reader.get(at(call) + "/nothing-there")
    for page in (*PAGES, f"applications/{names[0]}", f"applications/{names[0]}/files/1/note"):
        got = reader.get(at(call, page))
        assert got.status_code == 404
        assert got.headers.get("Cache-Control") == nothing.headers.get("Cache-Control")
    for page in PAGES:
        token = reader.form(reader.get("/account"))["csrf_token"]
        sent = {"csrf_token": token} | typed(names, "selected")
        assert reader.post(at(call, page), sent).status_code == 404
    assert pending(app, call) == [""] * 4


def test_who_is_not_signed_in_goes_and_signs_in(app, call):
    reader = Reader(app)
    there = [reader.get(at(call, page)) for page in PAGES]
    not_there = [reader.get(at(call + "x", page)) for page in PAGES]

    assert {answer.status_code for answer in (*there, *not_there)} == {303}
    assert "Application" not in "".join(answer.text for answer in there)


def test_the_list_says_how_each_stands(app, call, visit):
    names = dossiers(app, call)
    reader = visit()
    page = reader.get(at(call, "applications"))

    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.text.count("received by 0 of 2") == 4
    assert page.text.count("2 opinions, 2 needed") == 4
    assert "4 registered, admissible by the opinions" in page.text
    found = reader.get(at(call, "applications") + "?q=application+3&sort=score")
    assert names[2] in found.text
    assert names[1] not in found.text
    assert "of 4" in found.text
    assert reader.get(at(call, "applications") + "?state=selected&show=nothing").status_code == 200


def test_one_application_is_read_with_all_that_is_known(app, call, visit):
    name = dossiers(app, call)[0]
    with app.app_context():
        version = decided.dossiers(making.found(call))[0].versions[-1]
        version.content = {**version.content, "topics": [RIGHTS]}
        session().commit()
    reader = visit()
    assert reader.get(at(call, "applications")).text.count("Extending rights and protection") == 1
    page = reader.get(at(call, f"applications/{name}"))
    assert "Extending rights and protection" in page.text

    assert page.headers["Cache-Control"] == "private, no-store"
    assert SECRET in page.text
    assert "Version 1 was received by 0 of 2 members." in page.text
    title = page.text.partition("<title>")[2].partition("</title>")[0]
    assert "Application 1" not in title


def test_decisions_are_arranged_and_published_by_their_buttons(app, call, visit):
    names = dossiers(app, call)
    reader = visit()
    answer = arrange(reader, call, typed(names, "selected", "reserve", "reserve", "selected"))
    assert answer.status_code == 303
    assert pending(app, call) == ["selected", "reserve", "reserve", "selected"]
    page = reader.get(at(call, "decisions"))
    assert "2 of 2 places" in page.text

    moved = reader.fill(page, move=f"{names[2]} up")
    assert reader.post(at(call, "decisions"), moved).status_code == 303
    with app.app_context():
        ranks = {
            line.dossier.identifier: line.pending.rank
            for line in arranging.lines(making.found(call), decided.COORDINATOR)
        }
    assert (ranks[names[1]], ranks[names[2]]) == (2, 1)

    check = reader.get(at(call, "publish"))
    assert "What is missing" not in check.text
    assert "Because selected." in check.text
    assert "Publish 4 decisions" in check.text
    form = reader.form(check, "mark")
    assert reader.post(at(call, "publish"), form).headers["Location"].endswith("/manage/places")
    with app.app_context():
        assert making.found(call).status == "decided"
    again = reader.post(at(call, "publish"), form)
    assert again.headers["Location"].endswith("/manage/places")
    result = reader.get(at(call, "places"))
    assert "2 of 2 places" in result.text
    assert "published already, once" in result.text
    one = reader.get(at(call, f"applications/{names[0]}")).text
    assert one.count("published a decision") == 1
    with app.app_context():
        sent = select(CallLetter).where(CallLetter.call_iri == call, CallLetter.verb == "decision", CallLetter.sent)
        assert len(session().scalars(sent).all()) == 4


def test_what_lacks_is_said_before_and_nothing_is_sent(app, call, visit):
    names = dossiers(app, call)
    reader = visit()
    arrange(reader, call, typed(names, "selected", "selected", "selected", "declined") | {f"motives-{names[1]}": ""})
    check = reader.get(at(call, "publish"))

    for said in (
        "3 would be selected, and there are 2 places.",
        "“Application 2” has no motives: they are what the applicant is told.",
        "“Application 4”: say why, since this departs from the opinions of the committee.",
    ):
        assert said in check.text
    assert f'decisions?open={names[1]}#motives-{names[1]}"' in check.text
    assert f"#reason-{names[3]}" in check.text
    folded = '<details class="folded" open>'
    shown = [reader.get(at(call, f"decisions{asked}")).text for asked in ("", f"?open={names[1]}")]
    assert [page.count(folded) for page in shown] == [1, 2], "the field that the link leads to is not folded away"
    assert 'name="mark"' not in check.text
    token = reader.form(reader.get("/account"))["csrf_token"]
    with app.app_context():
        mark = checking.look(making.found(call)).mark
    assert reader.post(at(call, "publish"), {"csrf_token": token, "mark": mark}).status_code == 409
    with app.app_context():
        assert session().scalar(select(Decision).where(Decision.published_at.is_not(None))) is None
    page = reader.get(at(call, "decisions"))
    assert "a reason is missing" in page.text


def test_two_at_once_lose_nothing(app, call, visit):
    names = dossiers(app, call)
    boss, ben = visit("boss"), visit("ben")
    theirs = boss.fill(boss.get(at(call, "decisions")), **typed(names, "selected", "declined"))
    assert arrange(ben, call, typed(names, "declined", **{f"motives-{names[0]}": "Too short."})).status_code == 303

    answer = boss.post(at(call, "decisions"), theirs)
    assert answer.status_code == 409
    assert "Meanwhile Ben chose: Is declined. Motives: Too short." in answer.text
    assert "Because selected." in answer.text
    assert pending(app, call) == ["declined", "", "", ""]
    assert boss.post(at(call, "decisions"), boss.fill(answer)).status_code == 303
    assert pending(app, call) == ["selected", "declined", "", ""]


def test_what_changed_since_the_check_is_not_published(app, call, visit):
    names = dossiers(app, call)
    boss, ben = visit("boss"), visit("ben")
    arrange(boss, call, typed(names, "selected", "reserve", "reserve", "reserve"))
    form = boss.form(boss.get(at(call, "publish")), "mark")
    arrange(ben, call, {f"motives-{names[0]}": "Another word."})

    answer = boss.post(at(call, "publish"), form)
    assert answer.status_code == 409
    assert "Somebody has arranged something else in the meantime: look at it again." in answer.text
    assert "Another word." in answer.text
    with app.app_context():
        assert session().scalar(select(Decision).where(Decision.published_at.is_not(None))) is None


def test_what_is_wrong_in_a_row_is_said_there_and_nothing_is_kept(app, call, visit):
    names = dossiers(app, call)
    reader = visit()
    values = typed(names, "selected", "reserve", "declined") | {
        f"rank-{names[1]}": "first",
        f"motives-{names[2]}": "x" * (arranging.MOST_MOTIVES + 1),
    }
    answer = arrange(reader, call, values)

    assert answer.status_code == 422
    assert "Write a whole number from 1." in answer.text
    assert "These motives are too long" in answer.text
    assert pending(app, call) == [""] * 4
    assert arrange(reader, call, {f"outcome-{names[0]}": "burn"}).status_code == 422


def test_a_coordinator_decides_nothing_about_their_own(app, call, visit):
    names = dossiers(app, call)
    with app.app_context():
        own = decided.dossiers(making.found(call))[0]
        own.versions[-1].content = own.versions[-1].content | {"people": [{"id": committee.member("boss").iri}]}
        session().commit()
    boss, ben = visit("boss"), visit("ben")
    page = boss.get(at(call, "decisions"))
    assert names[0] not in page.text
    assert "1 application that you have to do with yourself is left out" in page.text
    token = boss.form(page)["csrf_token"]
    boss.post(at(call, "decisions"), {"csrf_token": token, f"outcome-{names[0]}": "selected"})
    assert pending(app, call) == [""] * 4

    arrange(ben, call, typed(names, "reserve", "selected", "reserve", "selected"))
    boss.post(
        at(call, "decisions"), {"csrf_token": token, f"outcome-{names[0]}": "reserve", "move": f"{names[0]} down"}
    )
    with app.app_context():
        assert {one.dossier.identifier: one.rank for one in ranked()} == {names[0]: 1, names[2]: 2}
    arrange(ben, call, typed(names, "declined", "selected", "selected", "reserve"))
    check = boss.get(at(call, "publish"))
    assert "Because declined." not in check.text
    assert "Application 1" not in check.text
    assert "another coordinator sees what" in check.text
    one = boss.get(at(call, f"applications/{names[0]}"))
    assert "Because declined." not in one.text
    assert "others decide about it, and you do not read what is thought of it" in one.text
    assert "2 opinions, 2 needed" not in one.text


def test_a_free_place_is_offered_by_a_person_and_published(app, call, visit):
    names = dossiers(app, call)
    reader = visit()
    with app.app_context():
        decided.publish(making.found(call), "selected", "selected", "reserve", "declined")
        first = decided.dossiers(making.found(call))[0]
        first.state, first.place_id, first.confirm_by = "refused", None, None
        session().commit()
    page = reader.get(at(call, "places"))
    assert "1 of 2 places" in page.text
    assert "1 is free" in page.text
    form = reader.form(page, "who")
    assert form["who"] == names[2]
    for _twice in range(2):
        assert reader.post(at(call, "places"), form).headers["Location"].endswith("/manage/publish")
    check = reader.get(at(call, "publish"))
    assert "A place became free." in check.text
    assert "Publish 1 decision<" in check.text
    reader.post(at(call, "publish"), reader.form(check, "mark"))
    with app.app_context():
        third = session().scalars(select(Dossier).where(Dossier.identifier == names[2])).one()
        assert third.state == "selected"


def test_the_committee_deliberates_when_a_person_says_so(app, call, visit, clock):
    with app.app_context():
        found = making.found(call)
        found.status = "open"
        clock.moment = found.ends_at.replace(microsecond=0)
        clock.turn(hours=1)
        session().commit()
    reader = visit()
    assert "First the committee has to deliberate." in reader.get(at(call, "decisions")).text
    form = reader.form(reader.get(at(call, "applications")))
    for _twice in range(2):
        assert reader.post(at(call, "applications"), form).status_code == 303
    with app.app_context():
        assert making.found(call).status == "deliberating"
    assert arrange(reader, call, typed(dossiers(app, call), "selected")).status_code == 303


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_pages_speak_the_readers_language(app, call, visit, page, language):
    shown = visit().get(at(call, page) + f"?lang={language}")
    assert shown.status_code == 200
    assert f'lang="{language}"' in shown.text


def test_a_longer_list_asks_the_database_no_more_often(app, call, visit):
    reader = visit()
    before = [count_queries(app, reader, at(call, page)) for page in PAGES]
    with app.app_context():
        for number in range(11, 31):
            making.dossier_of(making.found(call), number)
        session().commit()
    assert [count_queries(app, reader, at(call, page)) for page in PAGES] == before


def test_who_judged_what_names_their_organisation_is_shown_before_it_is_published(app, call, visit):
    with app.app_context():
        found = making.found(call)
        committee_ = [one.model_dump(mode="json") for one in details_of(found.content).committee]
        committee_[0]["organisation"] = "Riders' Union"
        found.details = {**found.details, "committee": committee_}
        first = decided.dossiers(found)[0]
        first.versions[-1].content = first.versions[-1].content | {
            "people": [{"name": "Ada", "organisation": "riders' union"}]
        }
        session().commit()
    reader = visit()
    arrange(reader, call, typed(dossiers(app, call), "selected", "selected", "reserve", "reserve"))
    shown = reader.get(at(call, "publish")).text
    assert shown.count("who gave an opinion and declared no conflict of interest") == 1
