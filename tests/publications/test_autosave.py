"""What is typed is saved by itself: one draft per form, nothing overwritten, nothing published, nothing lost."""

import re

import pytest
from sqlalchemy import func, select

from actors import local
from actors.database import reading, session
from actors.models import Posted
from flask_maillage.people import accounts, roles
from flask_maillage.publications import publishing
from flask_maillage.publications.life import unsaved
from flask_maillage.publications.life.models import Unsaved
from flask_maillage.publications.models import DRAFT, PUBLISHED, Publication
from flask_maillage.publications.rules import NotPossible
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEW, EVENT = "/@union/calls/new", "/@union/events/new"
CALL = {"name": "Coaching for ten", "text": "Come *all*.", "deadline": "2027-01-13", "timezone": "Europe/Brussels"}


@pytest.fixture(autouse=True)
def _beside_the_requests(app):
    with app.app_context(), reading():
        yield


@pytest.fixture
def reader(app):
    return signed_in(app)


def signed_in(app, *who):
    person = Reader(app)
    assert person.sign_in(*who).status_code == 303
    return person


@pytest.fixture
def bea(app):
    """Somebody else who may publish for the union."""
    member = accounts.add("bea@example.org", "Bea", "bea", "twelve apples")
    roles.grant(member, local.find("union"), "editor")
    session().commit()
    return signed_in(app, "bea@example.org", "twelve apples")


def stored():
    session().rollback()
    return session().scalars(select(Publication)).one()


def count(model):
    session().rollback()
    return session().scalar(select(func.count()).select_from(model))


def path_of(publication):
    return f"/@union/{publication.kind_of_it.slug}/{publication.identifier}/edit"


class Page:
    """An open form, and the script on it: it carries on the version that it is answered."""

    def __init__(self, reader, path, page=None):
        self.reader, self.path = reader, path
        self.values = reader.form(page or reader.get(path))

    def type(self, **typed):
        for name, value in typed.items():
            self.values[name] = value
        return self

    def rest(self):
        answer = self.reader.post(self.path, {**self.values.to_dict(flat=False), "do": "autosave"})
        if answer.status_code == 200:
            self.values["version"] = answer.json["version"]
            self.path = answer.json["edit"]
        return answer

    def press(self, do):
        return self.reader.post(self.path, {**self.values.to_dict(flat=False), "do": do})


def publish(reader, **typed):
    assert reader.submit(NEW, **{**CALL, **typed}).status_code == 303
    return path_of(stored())


# Drafts.


def test_one_form_is_one_draft_however_often_it_is_saved(reader, clock):
    page = Page(reader, NEW)
    for text in ("C", "Com", "Come"):
        clock.turn(seconds=5)
        assert page.type(text=text).rest().status_code == 200

    assert (stored().state, stored().source, stored().name) == (DRAFT, "Come", "")
    assert page.path == path_of(stored())
    assert "Without a title" in reader.get("/account").text
    assert count(Posted) == 0


def test_what_cannot_be_read_yet_comes_back_as_it_was_typed(reader, clock):
    half = {"name": "Seminar", "programme": "09:00 ses", "starts": "2027-03-", "questions": "Who\nWhy"}
    page = Page(reader, EVENT).type(**half)
    assert page.rest().status_code == 200
    clock.turn(minutes=1)

    again = reader.form(reader.get(page.path))
    assert {name: again[name] for name in half} == half
    assert "Seminar" in reader.get("/account").text
    page = Page(reader, page.path).type(programme="", starts="2027-03-01T09:00", text="Come.")
    assert page.press("publish").status_code == 303
    assert (stored().state, stored().content.details.questions) == (PUBLISHED, ("Who", "Why"))
    assert count(Unsaved) == 0


def test_rows_come_back_as_they_were_typed(reader):
    page = Page(reader, NEW).type(**{"name": "Rows", "committee-0-name": "Anna", "committee-1-role": "Chair"})
    page.rest()

    again = reader.form(reader.get(page.path))
    assert (again["committee-0-name"], again["committee-1-role"]) == ("Anna", "Chair")


def test_a_whole_draft_is_stored_as_what_it_says(reader):
    page = Page(reader, NEW).type(**CALL, objectives="One\nTwo")
    page.rest()

    assert stored().content.details.objectives == ("One", "Two")
    assert count(Unsaved) == 0
    assert page.press("publish").status_code == 303
    assert stored().state == PUBLISHED


@pytest.mark.parametrize("path", [NEW, EVENT, "/@union/initiatives/new"])
def test_a_draft_is_saved_with_next_to_nothing_in_it_and_published_with_everything(reader, path):
    answer = reader.submit(path, text="A beginning", do="draft")

    assert (answer.status_code, stored().state) == (303, DRAFT)
    assert re.search(r"it needs (one thing|\d things) more", reader.get(answer.location).text)
    assert reader.get(answer.location.removesuffix("/edit")).status_code == 200
    refused = reader.submit(answer.location, do="publish")
    assert refused.status_code == 422
    assert 'id="name-error"' in refused.text
    assert reader.form(refused)["text"] == "A beginning"
    with pytest.raises(NotPossible):
        publishing.publish(stored())


def test_a_draft_of_which_half_is_only_typed_is_published_by_no_other_way(reader):
    page = Page(reader, "/@union/initiatives/new").type(name="Repair", text="We repair.", website="half an addr")
    assert page.rest().status_code == 200

    with pytest.raises(NotPossible, match="not finished"):
        publishing.publish(stored())


def test_two_windows_do_not_overwrite_each_other(reader, clock):
    first = Page(reader, NEW).type(name="Mine")
    first.rest()
    second = Page(reader, first.path).type(support="Theirs")
    clock.turn(seconds=5)
    assert second.rest().status_code == 200

    refused = first.type(name="Mine again").rest()

    assert refused.status_code == 409
    assert "in another window" in refused.json["said"]
    assert unsaved.of(stored()).typed["support"] == ["Theirs"]
    shown = first.press("draft")
    assert shown.status_code == 409
    assert "Theirs" in shown.text
    assert 'class="as-typed"' in shown.text
    assert "data-autosave" not in shown.text
    assert Page(reader, first.path, shown).press("draft").status_code == 303
    assert unsaved.of(stored()).typed["name"] == ["Mine again"]


def test_a_form_whose_first_answer_was_lost_goes_on_with_its_draft(reader):
    page = Page(reader, NEW).type(name="Lost")
    reader.post(NEW, {**page.values.to_dict(), "do": "autosave"})

    assert page.type(name="Lost and found").rest().status_code == 200
    assert stored().name == "Lost and found"


def test_an_expired_token_is_answered_with_a_new_one(reader):
    page = Page(reader, NEW).type(name="Late", csrf_token="stale")

    answer = page.rest()

    assert (answer.status_code, count(Publication)) == (400, 0)
    page.values["csrf_token"] = answer.json["token"]
    assert page.rest().status_code == 200


def test_who_is_signed_out_or_may_not_write_saves_nothing(app, reader):
    page = Page(reader, NEW).type(name="Gone")
    reader.submit_sign_out()
    assert page.rest().status_code == 403
    reader.sign_in()
    page = Page(reader, NEW).type(name="Gone")
    roles.revoke(accounts.find("ann@example.org"), local.find("union"))
    session().commit()
    assert page.rest().status_code == 403
    assert count(Publication) == 0


def test_more_than_any_form_takes_is_not_stored(reader):
    assert Page(reader, NEW).type(text="x" * 250_000).rest().status_code == 413
    assert count(Publication) == 0


def test_no_byte_that_a_database_refuses_gets_in(reader):
    assert Page(reader, NEW).type(name="Zero\0", support="\0").rest().status_code == 200
    assert unsaved.of(stored()).typed["support"] == [""]


# Over what is published.


def test_changes_of_a_publication_wait_until_they_are_published(reader, clock):
    edit = publish(reader)
    clock.turn(hours=1)
    before = stored().updated_at
    page = Page(reader, edit).type(text="Come *later*.")

    assert page.rest().status_code == 200

    assert (stored().source, stored().updated_at, count(Posted)) == ("Come *all*.", before, 2)
    assert "later" not in Reader(reader.client.application).get(edit.removesuffix("/edit")).text
    opened = reader.get(edit)
    assert "Unsaved changes" in opened.text
    assert "Ann typed them" in opened.text
    assert reader.form(opened)["text"] == "Come *all*."
    assert f'href="{edit}"' in reader.get("/account").text
    goes_on = Page(reader, f"{edit}?unsaved={unsaved.of(stored()).mark}")
    assert goes_on.values["text"] == "Come *later*."
    assert goes_on.press("publish").status_code == 303
    assert (stored().source, count(Unsaved)) == ("Come *later*.", 0)


def test_changes_that_wait_can_be_thrown_away(reader):
    edit = publish(reader)
    Page(reader, edit).type(text="Come *later*.").rest()
    form = reader.form(reader.get(edit), "waiting")

    reader.post(edit, {"do": "forget", "waiting": form["waiting"]})
    assert count(Unsaved) == 1, "without the token of the page"
    assert reader.post(edit, {**form, "do": "forget", "waiting": "another"}).status_code == 303
    assert count(Unsaved) == 1, "not what the page showed"
    assert reader.post(edit, {**form, "do": "forget"}).status_code == 303
    assert (count(Unsaved), stored().source) == (0, "Come *all*.")


def test_what_somebody_else_typed_is_not_overwritten_and_stays_when_others_publish(reader, bea, clock):
    edit = publish(reader)
    hers = Page(bea, edit)
    Page(reader, edit).type(text="Ann was here").rest()
    clock.turn(minutes=1)

    assert hers.type(text="Bea was here").rest().status_code == 409
    assert hers.press("publish").status_code == 303
    assert stored().source == "Bea was here"
    assert unsaved.of(stored()).typed["text"] == ["Ann was here"]
    goes_on = Page(reader, f"{edit}?unsaved={unsaved.of(stored()).mark}")
    assert goes_on.type(text="Ann is here").rest().status_code == 200
    assert goes_on.press("publish").status_code == 409


def test_what_waits_goes_with_a_withdrawal(reader, bea):
    edit = publish(reader)
    Page(reader, edit).type(text="Secret").rest()
    reader.submit(edit.removesuffix("edit") + "withdraw")

    assert count(Unsaved) == 0
    assert Page(bea, NEW).reader.post(edit, {"do": "autosave"}).status_code == 410
