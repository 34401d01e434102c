"""What was withdrawn is gone from everything that this node still answers."""

import json

import pytest
from sqlalchemy import select

from actors import local
from actors.database import session
from actors.models import Posted
from flask_maillage import sample
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Publication
from tests.fediverse import Answer


@pytest.mark.parametrize("carried", [True, False])
def test_what_was_withdrawn_is_read_nowhere_any_more(app, client, clock, work, fediverse, carried):
    alice = fediverse.actor("alice", "a.test")
    alice.post(client, alice.activity("Follow", "http://localhost/actors/union"), now=clock())
    work()
    with app.app_context():
        publication = publishing.draft(local.find("union"), sample.call(clock()))
        publishing.publish(publication)
        number = publication.id
        session().commit()
    if carried:
        work()
    as2 = {"Accept": "application/activity+json"}
    create = client.get("/actors/union/outbox/page/1", headers=as2).json["orderedItems"][0]
    assert create["object"]["name"] == sample.call(clock()).name

    with app.app_context():
        publishing.withdraw(session().get_one(Publication, number))
        session().commit()
    work()

    shown = client.get("/actors/union/outbox/page/1", headers=as2).json["orderedItems"]
    assert [activity["type"] for activity in shown] == ["Delete"]
    assert client.get(create["id"].removeprefix("http://localhost"), headers=as2).status_code == 404
    assert client.get("/nodeinfo/2.1").json["usage"]["localPosts"] == 0
    with app.app_context():
        bodies = session().scalars(select(Posted.body).where(Posted.type.in_(["Create", "Announce"]))).all()
        row = session().get_one(Publication, number)
        assert [json.loads(body)["object"] for body in bodies] == [row.iri] * 2
        assert (row.name, row.details, row.organisers, row.place) == ("", {}, [], None)


def test_what_was_on_its_way_when_it_was_withdrawn_is_let_go_of_once_it_arrived(app, client, clock, work, fediverse):
    alice = fediverse.actor("alice", "a.test")
    alice.post(client, alice.activity("Follow", "http://localhost/actors/union"), now=clock())
    work()
    fediverse.answer(alice.shared_inbox, Answer(503))
    with app.app_context():
        publication = publishing.draft(local.find("union"), sample.call(clock()))
        publishing.publish(publication)
        number = publication.id
        session().commit()
    work()
    with app.app_context():
        publishing.withdraw(session().get_one(Publication, number))
        session().commit()
    fediverse.answer(alice.shared_inbox, Answer(202))
    for _ in range(2):
        clock.turn(hours=1)
        work()

    assert [letter["type"] for letter in fediverse.letters("/inbox")] == ["Create", "Create", "Delete"]
    with app.app_context():
        create = session().scalars(select(Posted).where(Posted.type == "Create")).one()
        assert json.loads(create.body)["object"] == create.object_iri
