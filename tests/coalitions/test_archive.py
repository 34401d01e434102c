"""The archive of an actor: what is its own, nothing that was entrusted to the node, for its administrators alone."""

from sqlalchemy import select

from actors import local
from actors.database import session
from actors.models import ActorKey, Posted
from flask_maillage.people import accounts
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.roles import grant
from tests.coalitions import leaving
from tests.coalitions.leaving import UNION
from tests.reader import Reader

MOVING = "/@union/moving"


def test_all_that_is_an_actors_own_goes_along(app, fediverse):
    leaving.furnish(app, fediverse)
    parts = leaving.opened(leaving.archived(app))

    assert (parts["about.json"]["actor"], parts["about.json"]["publications"]) == (UNION, 5)
    assert parts["actor.json"]["id"] == UNION
    assert [one["actor"] for one in parts["followers.json"]] == [fediverse.actor("alice", "a.test").iri]
    objects = [part for name, part in parts.items() if name.startswith("publications/")]
    assert sorted(one["type"] for one in objects) == ["Article", "Article", "Event", "Note", "Note"]
    assert {one["attributedTo"] for one in objects} == {UNION}
    hall = next(one for one in objects if one.get("name") == "We have a hall")
    assert hall["source"]["mediaType"] == "text/markdown"
    [name] = [name for name in parts if name.startswith("files/")]
    assert name.removeprefix("files/") in str(hall["attachment"])


def test_what_was_entrusted_to_the_node_stays(app, fediverse):
    leaving.furnish(app, fediverse)
    data = leaving.archived(app)
    with app.app_context():
        private = session().scalars(select(ActorKey.private_encrypted).where(ActorKey.private_encrypted.is_not(None)))
        secrets = [leaving.SECRET_DRAFT, leaving.SECRET_LETTER, "PRIVATE KEY", "zoe@example.org", *private]
    said = str(leaving.opened(data))
    assert [secret for secret in secrets if secret in said] == []
    assert {one["purpose"] for one in leaving.opened(data)["keys.json"]} == {"signing", "assertion"}


def test_only_who_administers_takes_it_and_the_others_hear_of_it(app, fediverse):
    leaving.furnish(app, fediverse)
    with app.app_context():
        grant(accounts.add("bea@example.org", "Bea", "bea", "twelve apples"), local.find("union"), "admin")
        session().commit()
    zoe, ann = Reader(app), Reader(app)
    zoe.sign_in("zoe@example.org")
    ann.sign_in()
    page = zoe.get(MOVING)
    answer = zoe.post(f"{MOVING}/archive", zoe.form(page))
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert leaving.opened(answer.data)["about.json"]["actor"] == UNION

    assert (ann.get(MOVING).status_code, ann.post(f"{MOVING}/archive", zoe.form(page)).status_code) == (404, 404)
    assert Reader(app).get(MOVING).status_code == 303
    assert zoe.post(f"{MOVING}/archive").status_code == 400
    with app.app_context():
        told = session().scalars(select(Notification).where(Notification.kind == "archive_taken")).all()
        assert [one.member.name for one in told] == ["Bea"]
    bea = Reader(app)
    bea.sign_in("bea@example.org", "twelve apples")
    assert "Zoe took an archive of A union" in bea.get("/my/notifications").text


def test_it_is_taken_six_times_an_hour_and_no_more(app, fediverse):
    leaving.furnish(app, fediverse)
    zoe = Reader(app)
    zoe.sign_in("zoe@example.org")
    form = zoe.form(zoe.get(MOVING))
    assert [zoe.post(f"{MOVING}/archive", form).status_code for _ in range(7)] == [200] * 6 + [429]


def test_a_command_writes_it_and_tells_no_server(app, fediverse, tmp_path):
    leaving.furnish(app, fediverse)
    with app.app_context():
        before = session().scalars(select(Posted.id)).all()
    file = tmp_path / "union.zip"
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["maillage", "actor", "export", "union", str(file)])
    assert (result.exit_code, result.output) == (0, "")
    assert leaving.opened(file.read_bytes())["about.json"]["actor"] == UNION
    with app.app_context():
        assert session().scalars(select(Posted.id)).all() == before
