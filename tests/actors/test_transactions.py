"""How transactions begin: two writers lose nothing, readers wait for nobody (`libraries.md` §6)."""

import threading

import pytest
from flask import request
from sqlalchemy import select

from actors import local
from actors.database import BIND, begins_with_lock, reading, session, writing
from actors.models import Host
from inboxes import opening
from tests import postgresql

pytestmark = postgresql.BOTH

WRITERS, ROUNDS = 4, 10


def begun(app):
    """Record how SQLite's transactions begin from now on."""
    statements = []
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engines[BIND]
    if engine.dialect.name != "sqlite":
        pytest.skip("SQLite's way of locking")
    trace = statements.append
    connection = engine.raw_connection()
    connection.driver_connection.set_trace_callback(
        lambda statement: trace(statement) if statement.startswith("BEGIN") else None
    )
    connection.close()
    return statements


@pytest.mark.parametrize(
    ("method", "statement"),
    [("GET", "BEGIN"), ("HEAD", "BEGIN"), ("POST", "BEGIN IMMEDIATE"), ("PUT", "BEGIN IMMEDIATE")],
)
def test_request_that_may_write_takes_the_lock_at_once(app, method, statement):
    @app.route("/probe", methods=["GET", "HEAD", "POST", "PUT"])
    def probe():
        local.find("union")
        return request.method

    statements = begun(app)
    assert app.test_client().open("/probe", method=method).status_code == 200
    assert statements == [statement]


def test_worker_takes_the_lock_at_once(app):
    statements = begun(app)
    done = []

    def work():
        with app.app_context():
            done.append(opening.open_due())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert done == [0]
    assert set(statements) == {"BEGIN IMMEDIATE"}


def test_reading_begins_without_the_lock_and_ends_its_transaction(app):
    with app.test_request_context("/inbox", method="POST"):
        assert begins_with_lock()
        with reading():
            assert not begins_with_lock()
            local.find("union")
            assert session()().in_transaction()
        assert begins_with_lock()
        assert not session()().in_transaction()
    with app.test_request_context("/"), writing():
        assert begins_with_lock()


def test_two_writers_lose_no_update(app):
    with app.app_context():
        session().add(Host(name="a.test", failures=0))
        session().commit()
    begin, failures = threading.Barrier(WRITERS), []

    @app.post("/count")
    def count():
        host = session().scalars(select(Host).where(Host.name == "a.test").with_for_update()).one()
        host.failures += 1
        session().commit()
        return "", 204

    def writer():
        begin.wait(10)
        for _ in range(ROUNDS):
            if app.test_client().post("/count").status_code != 204:
                failures.append(1)

    threads = [threading.Thread(target=writer) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with app.app_context():
        assert session().get(Host, "a.test").failures == WRITERS * ROUNDS
    assert failures == []


def test_reader_does_not_wait_for_a_writer(app):
    """While a writer holds SQLite's lock, a page is served; were it to wait, the busy timeout would end the test."""
    holding, let_go, answers = threading.Event(), threading.Event(), []

    def write():
        with app.app_context():
            session().add(Host(name="a.test", failures=0))
            session().flush()
            holding.set()
            let_go.wait(20)
            session().rollback()

    def read():
        answers.append(app.test_client().get("/actors/union", headers={"Accept": "application/activity+json"}))

    writer = threading.Thread(target=write)
    writer.start()
    assert holding.wait(10)
    reader = threading.Thread(target=read)
    reader.start()
    reader.join(10)
    let_go.set()
    writer.join(10)
    assert [answer.status_code for answer in answers] == [200]
