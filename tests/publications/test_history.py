"""What was published before: every version by its number, what changed, the way back; nothing after a withdrawal."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from actors import local
from actors.database import reading, session
from actors.models import Posted
from actors.node import now
from flask_maillage import sample
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.life import revisions
from flask_maillage.publications.life.differences import Change, differences
from flask_maillage.publications.life.models import Revision
from flask_maillage.publications.models import FOLLOWERS, Publication
from tests.publications import board
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _beside_the_requests(app):
    with app.app_context(), reading():
        yield


@pytest.fixture
def reader(app):
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


@pytest.fixture
def path(app, reader, clock):
    """A call in three versions."""
    found = board.publish(app, "call")
    clock.turn(hours=1)
    page = f"{found}/edit"
    reader.submit(page, name="Coaching for more", what_changed="A better title", do="publish")
    clock.turn(hours=1)
    deadline = (stored().ends_at + timedelta(days=7)).date().isoformat()
    reader.submit(page, deadline=deadline, objectives="Something new", do="publish")
    return found


def stored():
    session().rollback()
    return session().scalars(select(Publication)).one()


def count(model):
    session().rollback()
    return session().scalar(select(func.count()).select_from(model))


def test_every_version_is_kept_with_what_its_author_says_of_it(app, path):
    names = [(one.number, one.content["name"], one.note) for one in reversed(revisions.of(stored()))]
    first = board.sample_of("call", now()).name
    assert names == [(1, first, ""), (2, "Coaching for more", "A better title"), (3, "Coaching for more", "")]

    page = Reader(app).get(f"{path}/history")
    assert page.status_code == 200
    assert "A better title" in page.text
    assert "Ann" not in page.text
    assert f"{path}/history" in Reader(app).get(path).text


def test_readers_see_what_changed_in_words(app, path):
    page = Reader(app).get(f"{path}/history/3").text

    assert "<h2>Objectives</h2>" in page
    assert ">Added</span> <ins>Something new</ins>" in page
    assert ">Removed</span> <del>" in page
    assert "<h2>Title</h2>" not in page
    assert "Publish this version again" not in Reader(app).get(f"{path}/history/1").text
    assert Reader(app).get(f"{path}/history/4").status_code == 404
    assert Reader(app).get(f"{path}/history/99999999999").status_code == 404


def test_a_version_is_published_again_as_a_new_one_within_the_rules(reader, path):
    page = reader.get(f"{path}/history/1")
    answer = reader.post(f"{path}/history/1", reader.form(page) | {"do": "restore"})

    assert answer.location == f"{path}/history/1", "its deadline was earlier"
    assert "later, not earlier" in reader.get(answer.location).text
    assert count(Revision) == 3
    reader.submit(f"{path}/edit", objectives="Again", do="publish")
    answer = reader.post(f"{path}/history/3", reader.form(reader.get(f"{path}/history/3")) | {"do": "restore"})
    assert answer.location == path
    assert stored().content.details.objectives == ("Something new",)
    assert "It says again what version 3 said." in reader.get(f"{path}/history").text
    assert [one.type for one in session().scalars(select(Posted).order_by(Posted.id))][-1] == "Update"


def test_an_old_version_can_be_erased_and_the_latest_cannot(reader, path):
    form = reader.form(reader.get(f"{path}/history/2")) | {"do": "erase"}
    assert reader.post(f"{path}/history/2", form).status_code == 303
    reader.post(f"{path}/history/3", form)

    assert [one.content is None for one in revisions.of(stored())] == [False, True, False]
    assert "What it said was erased." in reader.get(f"{path}/history/2").text
    assert "is not there any more" in reader.get(f"{path}/history/3").text


def test_only_those_who_may_edit_and_whose_page_asked_change_versions(app, reader, path):
    form = reader.form(reader.get(f"{path}/history/1"))
    assert Reader(app).post(f"{path}/history/1", {**form, "do": "erase"}).status_code == 303
    assert reader.post(f"{path}/history/1", {"do": "erase"}).status_code == 400
    assert reader.post(f"{path}/history/1", {**form, "do": "burn"}).status_code == 400
    assert all(one.content for one in revisions.of(stored()))


def test_withdrawal_erases_what_versions_said(app, reader, path):
    reader.submit(f"{path}/withdraw")

    assert count(Revision) == 0
    assert Reader(app).get(f"{path}/history").status_code == 410
    assert Reader(app).get(f"{path}/history/1").status_code == 410


def test_versions_are_for_those_who_may_read_it(app, reader, path):
    publishing.revise(stored(), stored().content, Audience(FOLLOWERS))
    session().commit()

    assert Reader(app).get(f"{path}/history").status_code == 404
    assert Reader(app).get(f"{path}/history/1").status_code == 404
    answer = reader.get(f"{path}/history/1")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert count(Revision) == 3, "nothing was said anew"


def test_what_was_published_before_there_were_versions_loses_nothing(app, path):
    session().rollback()
    session().execute(Revision.__table__.delete())
    session().commit()
    publication = stored()
    publishing.revise(publication, publication.content.model_copy(update={"name": "Newest"}))

    assert [one.content["name"] for one in reversed(revisions.of(publication))] == ["Coaching for more", "Newest"]


def test_of_others_publications_only_the_dates_of_changes_stay(app, clock):
    page = board.receive(app, "event")
    copy = stored()
    kind, document = kind_named("event"), dict(copy.document)

    for number in range(1, 104):
        clock.turn(hours=1)
        document |= {"name": f"Name {number}", "updated": clock().isoformat()}
        keeping.keep(document, copy.actor)
    clock.turn(hours=1)
    keeping.keep(document | {"participantCount": 5, "updated": clock().isoformat()}, copy.actor)
    session().commit()

    found = revisions.of(copy)
    assert (len(found), found[0].number, found[0].content) == (100, 103, None)
    assert kind.name == copy.kind
    text = Reader(app).get(f"{page}/history").text
    assert "what it said before is not kept here" in text
    assert "Name 102" not in text


def test_differences_tell_lines_of_the_same_section_apart(app):
    seminar = sample.seminar(now())
    changed = seminar.model_copy(update={"name": "Another", "html": seminar.html + "<p>New <em>end</em></p>"})

    with app.test_request_context():
        found = {one.title: one.changes for one in differences(kind_named("event"), seminar, changed)}

    assert found == {
        "Title": (Change(False, seminar.name), Change(True, "Another")),
        "Text": (Change(True, "New end"),),
    }


def test_a_draft_has_no_versions(app, reader):
    publication = publishing.draft(local.find("union"), board.sample_of("call", now()))
    session().commit()

    assert reader.get(f"/@union/calls/{publication.identifier}/history").status_code == 404
