"""For whom of ours a letter is: those whom it names, and those in whose own inbox it was put."""

import pytest
from sqlalchemy import select

from actors.database import session
from inboxes.models import Letter
from tests.inboxes.letters import UNION

COURIERS = "http://localhost/actors/couriers"


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


@pytest.fixture
def put(app, client, clock, alice):
    """Put a letter of Alice into an inbox, and give the readers of each letter that there is."""

    def done(target, number=1, **addressed):
        document = alice.activity("Like", f"{UNION}/events/1", number, **addressed)
        assert alice.post(client, document, target, now=clock()).status_code == 202
        with app.app_context():
            letters = session().scalars(select(Letter).order_by(Letter.id))
            return [sorted(reader.actor.iri for reader in letter.readers) for letter in letters]

    return done


def test_letter_is_for_those_of_ours_whom_it_names(put, alice):
    nobody, stranger = "http://localhost/actors/nobody", alice.iri
    assert put("/inbox", to=[UNION, stranger], cc=["as:Public", COURIERS, nobody]) == [[COURIERS, UNION]]


def test_letter_that_names_nobody_is_for_the_owner_of_the_inbox(put):
    assert put("/actors/couriers/inbox") == [[COURIERS]]
    assert put("/inbox", 2) == [[COURIERS], []]


def test_letter_is_for_those_whom_it_names_and_for_the_owner_of_the_inbox(put):
    assert put("/actors/couriers/inbox", to=[UNION]) == [[COURIERS, UNION]]


def test_one_letter_in_several_inboxes_is_one_letter_with_several_readers(put):
    assert put("/actors/couriers/inbox") == [[COURIERS]]
    assert put("/actors/union/inbox") == [[COURIERS, UNION]]
    assert put("/actors/union/inbox") == [[COURIERS, UNION]]
    assert put("/actors/union/inbox", 2) == [[COURIERS, UNION], [UNION]]
