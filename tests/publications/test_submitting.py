"""Programs post to an actor's outbox with a token: what they send is published as from a form, or its fault told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from actors import local
from actors.database import session
from actors.models import Delivery, Posted
from actors.node import now
from flask_maillage.people import accounts, roles, tokens
from flask_maillage.people.models import Member, Submission, Token
from flask_maillage.publications.models import DRAFT, PUBLISHED, WITHDRAWN, Publication
from tests.conftest import Clock
from tests.fediverse import Fediverse
from tests.inboxes.parcels import follower

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

EVERYONE = "https://www.w3.org/ns/activitystreams#Public"
OUTBOX = "/actors/union/outbox"
EVENT: dict[str, Any] = {
    "type": "Event",
    "to": [EVERYONE],
    "name": "A seminar",
    "content": "<p>About <strong>us</strong></p>",
    "startTime": "2027-01-13T09:00:00",
    "endTime": "2027-01-13T17:00:00",
    "timezone": "Europe/Paris",
    "maximumAttendeeCapacity": 120,
    "location": {"type": "Place", "name": "Paris", "address": {"addressLocality": "Paris", "addressCountry": "FR"}},
}
Post = Callable[..., TestResponse]


def token(app: Flask, scope: str = tokens.PUBLISHING, handle: str = "union", **more: Any) -> str:
    with app.app_context():
        member, actor = accounts.find("ann@example.org"), local.find(handle)
        assert member is not None
        assert actor is not None
        _made, secret = tokens.issue(member, actor, label="our website", scope=scope, expires_at=None, **more)
        session().commit()
        return secret


@pytest.fixture
def post(app: Flask, client: FlaskClient) -> Post:
    secret = token(app)

    def sent(document: Any, path: str = OUTBOX, bearer: str = secret, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/activity+json"} | named
        return client.post(path, json=document, headers=named)

    return sent


def only(app: Flask) -> Publication:
    """Return the one publication there is, loaded."""
    return session().scalars(select(Publication)).one()


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        return session().scalar(select(func.count()).select_from(model)) or 0


def test_object_is_published_and_delivered_as_from_a_form(
    app: Flask, post: Post, fediverse: Fediverse, work: Callable[[], int], clock: Clock
) -> None:
    follower(app, fediverse, "bob", "b.test")

    answer = post(EVENT)

    assert answer.status_code == 201
    with app.app_context():
        found = only(app)
        assert (found.state, found.visibility, found.name) == (PUBLISHED, "public", "A seminar")
        assert found.source == "About **us**"
        assert found.starts_at is not None
        assert found.starts_at.isoformat() == "2027-01-13T08:00:00+00:00"
        assert found.author_id is not None
        posted = session().scalars(select(Posted).where(Posted.type == "Create")).one()
        assert answer.headers["Location"] == posted.iri
        assert answer.get_json()["id"] == found.iri
        assert session().scalar(select(func.count()).select_from(Delivery)) == 1


def test_activity_around_it_says_the_same(app: Flask, post: Post) -> None:
    bare = {name: value for name, value in EVENT.items() if name != "to"}

    answer = post({"type": "Create", "to": [EVERYONE], "object": bare})

    assert answer.status_code == 201
    with app.app_context():
        assert only(app).visibility == "public"


def test_markdown_is_taken_as_it_was_written(app: Flask, post: Post) -> None:
    sent = {name: value for name, value in EVENT.items() if name != "content"}

    answer = post(sent | {"source": {"mediaType": "text/markdown", "content": "## Why\n\nFor *us* #Solidarity"}})

    assert answer.status_code == 201, answer.text
    with app.app_context():
        assert only(app).source == "## Why\n\nFor *us* #Solidarity"
        assert "<h2>Why</h2>" in only(app).html
        assert "solidarity" in [tag.lower() for tag in only(app).content.tags] or "tags/solidarity" in only(app).html


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": None}, "to"),
        ({"to": ["https://nobody.test/actors/x"]}, "to"),
        ({"name": "ab"}, "name"),
        ({"content": ""}, "content"),
        ({"name": None}, "name"),
        ({"startTime": None}, "startTime"),
        ({"startTime": "2027-02-30T09:00:00"}, "startTime"),
        ({"endTime": "2027-03-28T02:30:00", "startTime": "2027-03-28T01:30:00"}, "endTime"),
        ({"endTime": "yesterday"}, "endTime"),
        ({"endTime": "2027-01-13T08:00:00"}, "endTime"),
        ({"maximumAttendeeCapacity": "many"}, "maximumAttendeeCapacity"),
        ({"timezone": "Europe/Nowhere"}, "timezone"),
        ({"subEvent": [{"type": "Event", "name": "Talk"}, {"type": "Event"}]}, "subEvent"),
        ({"subEvent": [{"type": "Event", "name": "Talk", "startTime": "noon"}]}, "subEvent.0.startTime"),
        ({"type": "Question"}, "type"),
        ({"attributedTo": "https://localhost/actors/other"}, "attributedTo"),
        ({"source": {"mediaType": "text/org", "content": "*x*"}}, "source"),
        ({"source": {"mediaType": "text/markdown", "content": "x" * 20_001}}, "content"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_place_and_changes_nothing(
    app: Flask, post: Post, changes: dict[str, Any], field: str | None
) -> None:
    answer = post(EVENT | changes)

    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert problem.get("field") == field
    assert len(problem["detail"]) > 10
    assert (count(app, Publication), count(app, Posted), count(app, Delivery)) == (0, 0, 0)


def test_what_nobody_knows_is_left_out_and_named(post: Post) -> None:
    answer = post(EVENT | {"startTme": "2027", "colour": "red"})

    assert answer.status_code == 201
    assert answer.headers["Maillage-Ignored"] == "colour, startTme"


@pytest.mark.parametrize(
    ("addressing", "visibility"),
    [
        ({"to": ["as:Public"]}, "public"),
        ({"to": ["http://localhost/actors/union/followers"], "cc": [EVERYONE]}, "unlisted"),
        ({"to": "http://localhost/actors/union/followers"}, "followers"),
        ({"bto": ["http://localhost/actors/ann"]}, "direct"),
    ],
)
def test_it_is_for_whom_it_says(app: Flask, post: Post, addressing: dict[str, Any], visibility: str) -> None:
    bare = {name: value for name, value in EVENT.items() if name != "to"}

    answer = post(bare | addressing)

    assert answer.status_code == 201, answer.text
    with app.app_context():
        assert only(app).visibility == visibility


def test_update_changes_what_it_names_and_keeps_the_rest(app: Flask, post: Post) -> None:
    iri = post(EVENT | {"source": {"mediaType": "text/markdown", "content": "About *us*"}}).get_json()["id"]

    answer = post(
        {"type": "Update", "object": {"id": iri, "name": "A better seminar", "maximumAttendeeCapacity": None}}
    )

    assert answer.status_code == 200, answer.text
    with app.app_context():
        found = only(app)
        assert (found.name, found.source, found.state) == ("A better seminar", "About *us*", PUBLISHED)
        assert found.details["capacity"] is None
        assert found.place is not None
        assert found.place["locality"] == "Paris"
        posted = session().scalars(select(Posted).where(Posted.type == "Update")).one()
        assert answer.headers["Location"] == posted.iri


def test_delete_withdraws(app: Flask, post: Post) -> None:
    iri = post(EVENT).get_json()["id"]

    answer = post({"type": "Delete", "object": iri})

    assert answer.status_code == 200
    with app.app_context():
        assert only(app).state == WITHDRAWN
        assert session().scalars(select(Posted.type).where(Posted.iri == answer.headers["Location"])).one() == "Delete"


@pytest.mark.parametrize("verb", ["Update", "Delete"])
def test_nobody_changes_what_another_actor_published(app: Flask, post: Post, verb: str) -> None:
    with app.app_context():
        member, actor = accounts.find("ann@example.org"), local.find("couriers")
        assert member is not None
        assert actor is not None
        roles.grant(member, actor, "editor")
        session().commit()
    iri = post(EVENT, "/actors/couriers/outbox", token(app, handle="couriers")).get_json()["id"]

    answer = post({"type": verb, "object": {"id": iri, "name": "Mine now"}})

    assert answer.status_code == 422
    with app.app_context():
        assert (only(app).name, only(app).state) == ("A seminar", PUBLISHED)


def test_token_for_drafts_writes_drafts_and_nothing_else(app: Flask, post: Post) -> None:
    published = post(EVENT).get_json()["id"]
    secret = token(app, tokens.DRAFTING)

    answer = post(EVENT | {"name": "Another one"}, OUTBOX, secret)
    refused = post({"type": "Delete", "object": published}, OUTBOX, secret)

    assert (answer.status_code, answer.headers["Maillage-State"]) == (201, "draft")
    assert refused.status_code == 422
    with app.app_context():
        states = {found.name: found.state for found in session().scalars(select(Publication))}
        assert states == {"A seminar": PUBLISHED, "Another one": DRAFT}
        assert session().scalar(select(func.count()).select_from(Posted).where(Posted.type == "Create")) == 1


def revoke(app: Flask) -> None:
    tokens.revoke(session().scalars(select(Token)).one())


def run_out(app: Flask) -> None:
    session().scalars(select(Token)).one().expires_at = now() - timedelta(seconds=1)


@pytest.mark.parametrize("how", [revoke, run_out])
def test_token_that_works_no_longer_is_refused(app: Flask, post: Post, how: Callable[[Flask], None]) -> None:
    with app.app_context():
        how(app)
        session().commit()

    answer = post(EVENT)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="outbox"')
    assert count(app, Publication) == 0


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer maillage_wrong", "Basic YW5uOmFubg=="])
def test_without_a_token_nothing_is_done(app: Flask, client: FlaskClient, header: str) -> None:
    answer = client.post(OUTBOX, json=EVENT, headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert count(app, Publication) == 0


def test_member_who_lost_the_role_cannot_publish_with_an_old_token(app: Flask, post: Post) -> None:
    with app.app_context():
        member, union = accounts.find("ann@example.org"), local.find("union")
        assert member is not None
        assert union is not None
        roles.revoke(member, union)
        session().commit()

    assert post(EVENT).status_code == 404
    assert post(EVENT, "/actors/couriers/outbox").status_code == 404
    assert count(app, Publication) == 0


def test_what_is_sent_again_under_its_key_is_published_once(app: Flask, post: Post, clock: Clock) -> None:
    first, again = post(EVENT, Idempotency_Key="entry-17"), post(EVENT, Idempotency_Key="entry-17")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.get_json()["id"] == first.get_json()["id"]
    assert count(app, Publication) == 1
    clock.turn(days=8)
    with app.app_context():
        assert tokens.forget_submissions() == 1
        assert tokens.forget_submissions() == 0
        assert session().scalar(select(func.count()).select_from(Submission)) == 0


def test_something_else_under_a_key_that_was_used_is_refused(app: Flask, post: Post) -> None:
    post(EVENT, Idempotency_Key="entry-17")

    other = post(EVENT | {"name": "Another seminar"}, Idempotency_Key="entry-17")

    assert (other.status_code, other.get_json()["field"]) == (422, "Idempotency-Key")
    assert count(app, Publication) == 1


def test_fault_is_told_in_the_language_of_the_program(post: Post) -> None:
    answer = post(EVENT | {"name": "ab"}, Accept_Language="fr")

    assert answer.get_json()["detail"] == "Un titre a entre 3 et 180 caractères."


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/activity+json", 400),
        (b"[1]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b" " * 300_000, "application/json", 413),
        (b'{"type": "Create", "object": []}', "application/json", 422),
        (b'{"type": "Like", "object": "https://a.test/1"}', "application/json", 422),
        (b'{"type": "Update", "object": null}', "application/json", 422),
        (b'{"type": ["Event"], "to": [{"id": 3}], "name": {"a": 1}}', "application/json", 422),
        (b'{"type": "Delete", "object": {"id": "https://a.test/\\u0000"}}', "application/json", 400),
    ],
)
def test_what_is_no_object_is_answered_clearly(
    app: Flask, client: FlaskClient, body: bytes, content_type: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {token(app)}", "Content-Type": content_type}

    answer = client.post(OUTBOX, data=body, headers=headers)

    assert answer.status_code == status, answer.text
    assert count(app, Publication) == 0


def test_token_that_publishes_too_often_is_told_to_wait(app: Flask, post: Post) -> None:
    rates = app.extensions["maillage"].rates
    while rates.allow("publishing by token", "1"):
        pass

    answer = post(EVENT)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_secret_is_not_kept(app: Flask) -> None:
    secret = token(app)

    with app.app_context():
        row = session().scalars(select(Token)).one()
        assert secret not in " ".join(str(getattr(row, column.name)) for column in Token.__table__.columns)
        assert session().scalars(select(Member)).first() is not None
