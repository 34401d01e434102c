"""The deadline of a partner's call, changed over there: never silently, whether it comes later, earlier or goes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from actors import remote
from actors.database import session
from flask_maillage.publications import journal, keeping
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from tests.publications import board
from tests.publications.test_kinds import sent
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DEADLINE = datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC)
WAS = "Wednesday 13 January 2027"


@pytest.fixture
def bob(fediverse):
    """A partner whose call is known here."""
    return fediverse.actor("bob", "b.test")


def call_of(bob, clock, ends_at, *, details=None):
    content = board.sample_of("call", clock(), starts_at=None, ends_at=ends_at, timezone="Europe/Brussels")
    content = content.model_copy(update={"details": details}) if details else content
    iri = f"{bob.iri}/calls/1"
    document = sent(content) | {"id": iri, "url": iri, "attributedTo": bob.iri, "actor": bob.iri}
    return document | {"published": "2026-11-20T12:00:00Z", "updated": f"{clock():%Y-%m-%dT%H:%M:%SZ}"}


@pytest.fixture
def page(app, bob, clock, tell):
    """Let the partner say what changes in its call, of which we have a copy, and give the words of our page of it."""
    with app.app_context():
        assert keeping.keep(call_of(bob, clock, DEADLINE), remote.remember(bob.document)) is not None
        session().commit()

    def changed(ends_at, **more):
        clock.turn(hours=1)
        assert tell(bob, "Update", call_of(bob, clock, ends_at, **more)) == "done"
        with app.app_context():
            row = session().scalars(select(Publication)).one()
            assert row.ends_at == ends_at
            path = row.page.removeprefix("http://localhost")
        return " ".join(Reader(app).get(path).text.split())

    return changed


def written_down(app):
    with app.app_context():
        row = session().scalars(select(Publication)).one()
        return [(entry.what, entry.before, entry.after) for entry in journal.of(row)]


def test_a_deadline_that_is_brought_forward_is_said_plainly_and_written_down(app, page):
    text = page(DEADLINE - timedelta(days=20))
    assert "Brought forward by the organiser on Saturday 21 November 2026, from " + WAS in text
    assert "to Thursday 24 December 2026" in text
    assert written_down(app) == [("deadline", "2027-01-13T22:59:59Z", "2026-12-24T22:59:59Z")]
    again = page(DEADLINE)
    assert "Brought forward by the organiser" in again
    assert "Extended on Saturday 21 November 2026, from Thursday 24 December 2026" in again
    assert len(written_down(app)) == 2


def test_a_deadline_that_is_taken_away_is_said_too(page):
    assert f"Taken away by the organiser on Saturday 21 November 2026: it was {WAS}" in page(None)


def test_an_extension_that_the_partner_says_itself_is_shown_once_with_its_reason(app, page, clock):
    content = board.sample_of("call", clock(), ends_at=DEADLINE)
    later = content.model_copy(update={"ends_at": DEADLINE + timedelta(days=7)})
    extended = kind_named("call").revised(content, later, clock(), "Many asked for it")
    text = page(later.ends_at, details=details_of(extended))
    assert text.count("Extended on") == 1
    assert "Many asked for it" in text
    assert [what for what, *_ in written_down(app)] == ["deadline"]


def test_what_stays_as_it_is_writes_nothing_down_and_what_goes_on_changing_does_not_grow(app, page, monkeypatch):
    monkeypatch.setattr(journal, "MOST_SEEN", 2)
    page(DEADLINE)
    assert written_down(app) == []
    for days in (1, 2, 3):
        page(DEADLINE - timedelta(days=days))
    assert [after[:10] for _, _, after in written_down(app)] == ["2027-01-11", "2027-01-10"]
