"""The pages of founding: proposing, asking by handle and by mail, and answering on one's own page or by the link."""

import re

import pytest

from actors import local
from actors.database import BIND, reading, session
from flask_maillage.coalitions.founding import projects
from flask_maillage.people import accounts
from inboxes import worker
from tests import postbox
from tests.conftest import PASSWORD
from tests.people.newcomers import PASSWORD as ZOES
from tests.people.newcomers import ZOE, link_in, node_with_mail
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GARDEN = {"name": "A garden", "handle": "garden", "summary": "We *grow*.", "based_in": ""}


@pytest.fixture(scope="module")
def letterbox():
    with postbox.postbox() as box:
        yield box


@pytest.fixture
def app(database_url, tmp_path, clock, fediverse, letterbox):
    letterbox.arrived.clear()
    letterbox.recipients.clear()
    made = node_with_mail(database_url, tmp_path, clock, fediverse, letterbox)
    with made.app_context():
        for name in ("bea", "carl"):
            accounts.add(f"{name}@example.org", name.title(), name, PASSWORD)
        session().commit()
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.fixture
def ann(app):
    reader = Reader(app)
    reader.sign_in()
    return reader


def signed_in(app, name):
    reader = Reader(app)
    reader.sign_in(f"{name}@example.org")
    return reader


def ask(reader, **typed):
    form = reader.form(reader.get("/@garden/founders"), "message")
    for name, value in typed.items():
        form[name] = value
    return reader.post("/@garden/founders", form)


def answer(reader, do, **typed):
    form = reader.form(reader.get("/my/projects"), "who")
    for name, value in {"do": do, **typed}.items():
        form[name] = value
    return reader.post("/my/projects", form)


def standing(app):
    with app.app_context(), reading():
        garden = local.find("garden")
        return garden.phase, projects.consenting(garden)


def test_three_members_found_a_project_on_its_pages(app, ann):
    assert ann.submit("/projects/propose", **GARDEN, consents="y", listed="y").location == "/@garden/founders"
    assert standing(app) == ("proposed", 1)
    assert "consents: 1 of 3" in ann.get("/my").text
    for name in ("bea", "@carl"):
        assert ask(ann, who=name, message="Come!").status_code == 303
    assert "/sign-in" in Reader(app).get("/@garden/founders").location

    bea = signed_in(app, "bea")
    assert "1 project asks you to be a founder" in bea.get("/my").text
    assert "You are asked to be a founder of A garden" in bea.get("/my/notifications").text
    assert "has not answered yet" in bea.get("/@garden/founders").text
    assert answer(bea, "consent").status_code == 303
    assert standing(app) == ("proposed", 2)
    carl = signed_in(app, "carl")
    assert "Come!" in carl.get("/my/projects").text
    assert answer(carl, "consent", listed="y").status_code == 303

    assert standing(app) == ("active", 3)
    page = Reader(app).get("/@garden").text
    assert "Founded by 3 people" in page
    named = page.split("<main")[1]
    assert ("Ann" in named, "Bea" in named, "Carl" in named) == (True, False, True)  # who agreed to be named
    assert "A garden is founded" in ann.get("/my/notifications").text
    assert "/@garden" in carl.get("/my").text


def test_who_refuses_is_shown_and_can_be_told_from_who_was_too_late(app, ann, clock):
    ann.submit("/projects/propose", **GARDEN)
    ask(ann, who="bea")
    ask(ann, who="carl")
    assert answer(signed_in(app, "bea"), "refuse").status_code == 303
    page = ann.get("/@garden/founders").text
    assert "does not want to" in page
    assert "has time until" in page
    clock.turn(days=31)
    ann = signed_in(app, "ann")
    assert "did not answer in time" in ann.get("/@garden/founders").text
    assert "asks you to be a founder" not in signed_in(app, "carl").get("/my").text


def test_a_mail_gives_a_newcomer_an_account_and_the_question(app, ann, letterbox):
    ann.submit("/projects/propose", **GARDEN, consents="y")
    assert ask(ann, who="zoe@example.org").status_code == 303
    worker.run_until_idle(app)
    link = link_in(letterbox.text(), "founders/")
    zoe = Reader(app)
    page = zoe.get(link)
    assert "A garden" in page.text
    sign_up = re.search(r'href="(/sign-up\?invitation=[^"]+)"', page.text)[1]
    letterbox.arrived.clear()
    assert zoe.submit(sign_up, **ZOE).location == "/sign-up/sent"
    worker.run_until_idle(app)
    assert zoe.submit(link_in(letterbox.text(), "sign-up/confirm/"), password=ZOES).status_code == 303
    assert "asks you to be a founder" in zoe.get("/my", headers={"Accept-Language": "en"}).text
    assert answer(zoe, "consent").status_code == 303
    assert standing(app) == ("proposed", 2)
    assert Reader(app).get(link).status_code == 404


def test_a_link_that_is_taken_back_lets_nobody_found_it_or_sign_up(app, ann, letterbox):
    ann.submit("/projects/propose", **GARDEN, consents="y")
    ask(ann, who="zoe@example.org")
    worker.run_until_idle(app)
    link = link_in(letterbox.text(), "founders/")
    sign_up = re.search(r'href="(/sign-up\?invitation=[^"]+)"', Reader(app).get(link).text)[1]
    assert 'name="email"' in Reader(app).get(sign_up).text
    bea = signed_in(app, "bea")
    form = ann.form(ann.get("/@garden/founders"), "who") | {"do": "take-link"}
    assert bea.post("/@garden/founders", form).status_code in (400, 404)
    assert ann.post("/@garden/founders", form).status_code == 303
    assert "zoe@example.org" not in ann.get("/@garden/founders").text
    assert Reader(app).get(link).status_code == 404
    assert 'name="email"' not in Reader(app).get(sign_up).text


def test_a_member_answers_by_the_link_of_a_mail(app, ann, letterbox):
    ann.submit("/projects/propose", **GARDEN, consents="y")
    ask(ann, who="elsewhere@example.org")
    worker.run_until_idle(app)
    link = link_in(letterbox.text(), "founders/")
    bea = signed_in(app, "bea")
    form = bea.form(bea.get(link), "who")
    form["do"] = "consent"
    assert bea.post(link, form).location == "/my/projects"
    assert standing(app) == ("proposed", 2)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "Write the name"),
        ({"handle": "union"}, "is taken"),
        ({"handle": "Gärten"}, "small letters a to z"),
        ({"based_in": "zzzz nowhere"}, "Nobody here knows"),
    ],
)
def test_what_will_not_do_is_said_at_the_field(ann, typed, said):
    answered = ann.submit("/projects/propose", **(GARDEN | typed))
    assert (answered.status_code, said in answered.text) == (422, True)


@pytest.mark.parametrize("who", ["nobody_here", "@union", "@x@nowhere.invalid"])
def test_who_cannot_be_asked_is_said_at_the_field(app, ann, who):
    ann.submit("/projects/propose", **GARDEN)
    answered = ask(ann, who=who)
    assert (answered.status_code, 'aria-invalid="true"' in answered.text) == (422, True)


def test_only_who_administers_it_asks_and_gives_it_up(app, ann):
    ann.submit("/projects/propose", **GARDEN)
    ask(ann, who="bea")
    bea = signed_in(app, "bea")
    asking = {"csrf_token": bea.form(bea.get("/account"))["csrf_token"], "do": "ask", "who": "carl"}
    assert bea.post("/@garden/founders", asking).status_code == 403
    assert signed_in(app, "carl").get("/@garden/founders").status_code == 404
    form = ann.form(ann.get("/@garden/founders"), "csrf_token")
    assert ann.post("/@garden/founders", {"csrf_token": form["csrf_token"], "do": "give-up"}).location == "/my/projects"
    assert ann.get("/@garden").status_code == 410


def test_where_admins_found_everything_members_propose_nothing(app, ann):
    app.extensions["maillage"].state["founding"] = "admins"
    assert ann.get("/projects/propose").status_code == 404
