"""Letters that two workers have at the same moment: neither misses the other's, on both databases."""

import threading

import psycopg
import pytest
from sqlalchemy import select

from actors import remote
from actors.database import session, writing
from federation.activities import activity_of
from flask_maillage.calls import posting
from flask_maillage.calls.models import CommitteeCopy, Dossier, Receipt
from flask_maillage.calls.shapes import shape_of
from tests import postgresql
from tests.calls.fixtures import fixture, index
from tests.federated_calls.cast import RIDERS, TEXTS, moment
from tests.federated_calls.play import staged

pytestmark = postgresql.BOTH
A, B = "https://node-a.example", "https://node-b.example"
OPEN = ("call", "deadline-extended")
BLOCKED = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def take(name):
    """Take a letter as a worker does that opens it, without committing."""
    document = fixture(name)
    activity, sender = activity_of(document), remote.find(document["actor"])
    received_at = moment(index()[name]["receivedAt"])
    fetch = fixture("initiatives").__getitem__
    return posting.take_in(activity, sender, shape=shape_of(activity), received_at=received_at, fetch=fetch)


def overlapping(stage, url, first, second):
    """Take two letters in two transactions: the first commits when the second is done, or waits for a lock of its."""
    opened, begun, done, failures = threading.Event(), threading.Event(), threading.Event(), []

    def is_held_up():
        if url.startswith("sqlite"):
            return begun.wait(30)  # there one transaction that writes begins after the other
        with psycopg.connect(url, autocommit=True) as watching:
            while not done.wait(0.01):
                if watching.execute(BLOCKED).fetchone():
                    return True
        return False

    def run(name, *, is_first):
        with stage.app.app_context(), writing():
            try:
                if not is_first:
                    opened.wait(30)
                    begun.set()
                take(name)
                if is_first:
                    opened.set()
                    is_held_up()
                else:
                    done.set()
                session().commit()
            except Exception as error:
                failures.append(error)
            finally:
                opened.set()
                done.set()
                session().remove()

    threads = [
        threading.Thread(target=run, args=(name,), kwargs={"is_first": name == first}) for name in (first, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def overlap(stage, url, *pairs):
    stage.prepare(*OPEN)
    stage.clock.moment = moment("2027-01-12T12:00:00Z")
    for first, second in pairs:
        overlapping(stage, url, first, second)


@pytest.mark.parametrize("turn", [1, -1], ids=["what is about it first", "application first"])
def test_owner_misses_neither_a_withdrawal_nor_a_receipt_that_comes_with_its_offer(database_url, tmp_path, turn):
    with staged(database_url, tmp_path, A) as stage:
        overlap(stage, database_url, ("withdrawal", "offer-texts")[::turn], ("receipt-seat", "offer")[::turn])
        with stage.app.app_context():
            found = {one.applicant_iri: one.state for one in session().scalars(select(Dossier))}
            assert found == {TEXTS: "withdrawn", RIDERS: "submitted"}
            assert "ires" in session().scalars(select(Receipt.seat_key)).all()


def test_seat_shows_no_application_that_was_taken_back_meanwhile(database_url, tmp_path):
    with staged(database_url, tmp_path, B) as stage:
        overlap(stage, database_url, ("withdrawal", "offer-texts"))
        with stage.app.app_context():
            shown = select(CommitteeCopy).where(CommitteeCopy.hidden_at.is_(None))
            assert [one.letter.iri for one in session().scalars(shown)] == [fixture("withdrawal")["id"]]
