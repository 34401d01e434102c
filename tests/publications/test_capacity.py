"""Two hundred people want one hundred and twenty places at the same moment, in every way in; on both databases."""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from actors import local
from actors.database import session, writing
from actors.models import PERSON, Actor
from actors.node import now
from flask_maillage.publications.attending import guests, registering, taking_part
from flask_maillage.publications.kinds.registration import Registration
from flask_maillage.publications.models import Attendance, Guest, Publication
from tests import postgresql
from tests.publications.gatherings import event_of_ours

pytestmark = postgresql.BOTH
PLACES, WANT, GO = 120, 200, 50


def at_once(app, tasks):
    """Do all tasks at the same moment, each in a transaction of its own, and return what they gave."""
    start, results, failures = threading.Barrier(len(tasks)), [], []

    def run(task):
        with app.app_context(), writing():
            start.wait()
            try:
                results.append(until_it_is_my_turn(task))
            except Exception as error:
                failures.append(error)
            finally:
                session().remove()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return results


def until_it_is_my_turn(task):
    """Try again where SQLite's lock was not had in time, as whoever is told 503 does; nothing was written then."""
    while True:
        try:
            result = task()
            session().commit()
        except (OperationalError, PoolTimeout):
            session().rollback()
        else:
            return result


@pytest.fixture
def crowd(app):
    """Guests, strangers from elsewhere and members, each with the way in which they register."""
    event = event_of_ours(app, capacity=PLACES, registration=Registration(waiting_list=True))
    with app.app_context():
        number = session().scalars(select(Publication.id).where(Publication.iri == event)).one()
        pattern = local.find("ann")
        people = []
        for one in range(WANT):
            if one % 4 == 0:
                guest = Guest(publication_id=number, email=f"g{one}@example.org", name=f"G {one}", message="")
                guest.language, guest.created_at = "en", now()
                people.append(guest)
                continue
            is_ours = one % 4 == 1
            iri = f"http://localhost/actors/n{one}" if is_ours else f"https://h{one}.test/n{one}"
            columns = {column.name: getattr(pattern, column.name) for column in Actor.__table__.columns}
            host = columns["host"] if is_ours else f"h{one}.test"
            changed = {"iri": iri, "local": is_ours, "handle": f"n{one}", "host": host, "type": PERSON}
            people.append(Actor(**columns | changed | {"id": None, "url": iri, "inbox": f"{iri}/inbox"}))
        session().add_all(people)
        session().commit()
        return number, [(type(one), one.id) for one in people]


def come(number, kind, who):
    event, person = session().get(Publication, number), session().get(kind, who)
    if kind is Guest:
        return guests.confirm(person).state
    if person.local:
        return taking_part.join(person, event).state
    return registering.register(event, person, iri=f"{person.iri}/joins/1")


def go(number, kind, who):
    event, person = session().get(Publication, number), session().get(kind, who)
    return guests.cancel(person) if kind is Guest else registering.leave(event, person)


def test_places_are_given_once_and_those_that_become_free_go_to_who_waits_in_order(app, crowd):
    number, people = crowd
    became = at_once(app, [lambda who=who: come(number, *who) for who in people])
    assert Counter(became) == {"accepted": PLACES, "waiting": WANT - PLACES}
    with app.app_context():
        states = select(Attendance.state, func.count()).group_by(Attendance.state)
        assert dict(session().execute(states).all()) == {"accepted": PLACES, "waiting": WANT - PLACES}
        waiting = select(Attendance).where(Attendance.state == "waiting").order_by(Attendance.queue_number)
        line = [(found.queue_number, found.actor_id, found.guest_id) for found in session().scalars(waiting)]
        assert [place for place, *_ in line] == list(range(1, WANT - PLACES + 1))
        taken = session().scalars(select(Attendance).where(Attendance.state == "accepted").limit(GO)).all()
        leaving = [(Guest, one.guest_id) if one.guest_id else (Actor, one.actor_id) for one in taken]
        session().rollback()
    at_once(app, [lambda who=who: go(number, *who) for who in leaving])
    with app.app_context():
        coming = session().scalars(select(Attendance).where(Attendance.state == "accepted")).all()
        assert len(coming) == PLACES
        assert {(one.actor_id, one.guest_id) for one in coming} >= {tuple(who) for _, *who in line[:GO]}
        left = session().scalars(waiting).all()
        assert [(one.queue_number, one.actor_id, one.guest_id) for one in left] == line[GO:]
