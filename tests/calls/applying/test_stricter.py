"""A call of another server that became stricter though it was open (FC-16): said on its page, and to who applies."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from actors.database import session
from actors.node import now
from flask_maillage.calls.applying import drafts
from flask_maillage.calls.models import Draft
from flask_maillage.publications import journal
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.models import Publication
from tests.calls import committee, far_owner
from tests.calls.far_owner import QUESTION, Owner
from tests.reader import Reader

SAID = "It asks for more than before"
LOWER = (QUESTION.model_copy(update={"characters": 100}),)
HIGHER = (QUESTION.model_copy(update={"characters": 9000}),)


@pytest.fixture
def owner(app, clock, fediverse):
    """The owner of an open call elsewhere, to which Ires of this node has begun to write."""
    made = Owner(fediverse)
    clock.moment = committee.OPENS + timedelta(days=1)
    with app.app_context():
        ires = committee.member("ires")
        far_owner.publish(made, (Seat(key="ires", name="Ires", actor=ires.iri),))
        drafts.save(drafts.begin(call_of(made), ires, ires, language="en"), {"name": "A pay log"})
        session().commit()
    return made


def call_of(owner):
    return session().scalars(select(Publication).where(Publication.iri == owner.call)).one()


def change(app, owner, questions):
    """Let this node see that the call asks something else."""
    with app.app_context():
        call = call_of(owner)
        old = call.content
        new = old.model_copy(update={"details": old.details.model_copy(update={"questions": questions})})
        journal.record_seen(call, old, new)
        session().commit()


def test_it_is_said_on_the_page_of_the_call_and_of_an_application_that_was_not_sent_after_it(app, owner, clock):
    reader = Reader(app)
    reader.sign_in("ires@example.org")
    with app.app_context():
        page = call_of(owner).page.removeprefix("http://localhost")
        own = f"/my/applications/{session().scalars(select(Draft)).one().identifier}"
    change(app, owner, HIGHER)
    assert SAID not in reader.get(page).text
    change(app, owner, LOWER)
    for address in (page, own):
        assert SAID in reader.get(address).text, address

    with app.app_context():
        draft = session().scalars(select(Draft)).one()
        draft.state, draft.offer_iri, draft.sent_at = "sent", "http://localhost/offer", now() + timedelta(minutes=1)
        session().commit()
    assert SAID not in reader.get(own).text


def test_before_a_call_opens_it_may_change_as_it_likes(app, owner, clock):
    clock.moment = committee.OPENS - timedelta(days=1)
    change(app, owner, LOWER)
    with app.app_context():
        assert journal.tightenings(call_of(owner)) == []
