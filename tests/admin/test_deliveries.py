"""The pages *Deliveries* and *Letters*: what waits, and what an admin can do about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from actors import iris, local, outbox, remote
from actors.database import session
from actors.models import Delivery, Host
from federation.activities import PUBLIC
from inboxes.models import Letter
from tests.conftest import Clock
from tests.fediverse import Answer, Fediverse, RemoteActor
from tests.reader import Reader


@pytest.fixture
def alice(app: Flask, fediverse: Fediverse, work: Callable[[], int]) -> RemoteActor:
    """Somebody whose server is down, and for whom something waits."""
    alice = fediverse.actor("alice", "a.test")
    fediverse.answer(alice.inbox, Answer(503))
    with app.app_context():
        remote.remember(alice.document)
        union = local.find("union")
        assert union is not None
        outbox.post(union, "Create", iris.activity("union", "x"), to=[PUBLIC], inboxes=[alice.inbox])
        session().commit()
    work()
    return alice


@pytest.fixture
def act(admin: Reader, alice: RemoteActor) -> Callable[[str], int]:
    """Press one of the buttons beside a.test, and return the status of the answer."""

    def press(action: str) -> int:
        proof = admin.form(admin.get("/admin/deliveries"))["csrf_token"]
        host = f"a.test:{alice.fediverse.port}"
        return admin.post(f"/admin/deliveries/{action}", {"csrf_token": proof, "host": host}).status_code

    return press


def state(app: Flask) -> str:
    with app.app_context():
        return session().scalars(select(Delivery.state)).one()


def test_host_that_does_not_answer_stands_there_with_what_waits(admin: Reader, alice: RemoteActor) -> None:
    page = admin.get("/admin/deliveries").text
    assert "1 delivery waits." in page
    assert "Failing since" in page
    assert "Next try" in page
    host = admin.get(f"/admin/deliveries/host?host=a.test:{alice.fediverse.port}").text
    assert "503" in host
    assert alice.inbox in host
    assert "1 attempt" in host
    assert admin.get("/admin/deliveries?q=b.test").text.count("Try now") == 0
    assert admin.get("/admin/deliveries/host?host=b.test").status_code == 404


def test_try_now(
    app: Flask, act: Callable[[str], int], work: Callable[[], int], alice: RemoteActor, fediverse: Fediverse
) -> None:
    fediverse.answer(alice.inbox, Answer(202))
    assert work() == 0
    assert act("retry") == 303
    work()
    assert state(app) == "delivered"


def test_hold_and_let_go_on(
    app: Flask,
    act: Callable[[str], int],
    work: Callable[[], int],
    alice: RemoteActor,
    fediverse: Fediverse,
    clock: Clock,
    admin: Reader,
) -> None:
    fediverse.answer(alice.inbox, Answer(202))
    assert act("pause") == 303
    assert "Held by an admin" in admin.get("/admin/deliveries").text
    clock.turn(hours=1)
    work()
    assert state(app) == "pending"
    assert act("resume") == 303
    work()
    assert state(app) == "delivered"


def test_give_up_what_waits(app: Flask, act: Callable[[str], int], work: Callable[[], int], clock: Clock) -> None:
    assert act("forget") == 303
    assert state(app) == "cancelled"
    clock.turn(days=1)
    assert work() == 0
    with app.app_context():
        assert session().scalars(select(Host)).all() == []


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_host_that_nothing_was_sent_to_is_neither_held_nor_let_go_on(admin: Reader, action: str) -> None:
    proof = admin.form(admin.get("/admin/federation"))["csrf_token"]
    answer = admin.post(f"/admin/deliveries/{action}", {"csrf_token": proof, "host": "b.test"})
    assert answer.status_code == 404


def test_letter_that_failed_says_why_and_is_shown_as_text(app: Flask, admin: Reader, alice: RemoteActor) -> None:
    assert "No letter has failed." in admin.get("/admin/letters").text
    with app.app_context():
        sender = remote.find(alice.iri)
        assert sender is not None
        moment = sender.updated_at
        session().add(
            Letter(
                iri=f"{alice.iri}/activities/1",
                type="Create",
                sender_id=sender.id,
                key_iri=alice.key_id,
                body='{"content": "<script>alert(1)</script>"}',
                received_at=moment,
                due_at=moment + timedelta(minutes=1),
                state="failed",
                outcome="Malformed: the object is another's",
                settled_at=moment,
            )
        )
        session().commit()
    page = admin.get("/admin/letters").text
    assert "the object is another&#39;s" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
