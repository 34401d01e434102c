"""Territories announce once what lies in them, to those who follow them, and take it back; all of it is public."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from actors import followers, iris, local, policy, remote
from actors.database import session
from actors.models import Delivery, Posted
from federation.activities import PUBLIC as EVERYONE
from flask_maillage.publications import keeping, leaving, listing, publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.models import DIRECT, FOLLOWERS, UNLISTED, Publication, TerritoryShare
from flask_maillage.publications.territories import founding
from inboxes import consequences
from tests import postgresql
from tests.conftest import Clock
from tests.fediverse import Fediverse, RemoteActor
from tests.publications.board import PARTNER, publish, receive, sample_of
from tests.territory.atlas import BRUSSELS, ECHIROLLES, GRENOBLE, open_atlas

GRENOBLE_ACTOR = "http://localhost/actors/grenoble"


@pytest.fixture(autouse=True)
def atlas(monkeypatch: pytest.MonkeyPatch) -> None:
    open_atlas(monkeypatch)


@pytest.fixture
def alice(app: Flask, fediverse: Fediverse) -> RemoteActor:
    """Somebody elsewhere who follows Grenoble and Isère."""
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        for code, handle in (("38185", "grenoble"), ("FR-38", "isere")):
            founding.found(code, handle)
        copy = remote.remember(alice.document)
        for handle in ("grenoble", "isere"):
            actor = local.find(handle)
            assert actor is not None
            followers.record(copy, actor, iri=f"{copy.iri}/{handle}", state="accepted")
        session().commit()
    return alice


def acts(app: Flask, handle: str = "grenoble") -> list[tuple[str, str, int]]:
    """Return what a territory has posted: the verb, the object's id and how many deliveries it has."""
    with app.app_context():
        sent = select(func.count()).where(Delivery.activity_id == Posted.id).scalar_subquery()
        query = select(Posted.type, Posted.object_iri, sent).where(Posted.actor_id == local.find(handle).id)  # type: ignore[union-attr]
        return [tuple(row) for row in session().execute(query.order_by(Posted.id))]  # type: ignore[misc]


def verbs(app: Flask, handle: str = "grenoble") -> list[str]:
    return [verb for verb, _iri, _count in acts(app, handle)]


def of(app: Flask, page: str) -> Publication:
    return session().scalars(select(Publication).where(Publication.identifier == page.rpartition("/")[2])).one()


def change(app: Flask, page: str, readers: Audience | None = None, **changes: Any) -> None:
    with app.app_context():
        found = of(app, page)
        publishing.revise(found, found.content.model_copy(update=changes), readers)
        session().commit()


def test_a_territory_is_a_group_that_tells_where_it_is(app: Flask, client: FlaskClient, alice: RemoteActor) -> None:
    document = client.get("/actors/grenoble", headers={"Accept": "application/activity+json"}).get_json()
    assert (document["type"], document["kind"], document["name"]) == ("Group", "maillage:Territory", "Grenoble")
    assert document["location"]["code"] == "insee:38185"
    assert document["manuallyApprovesFollowers"] is False


def test_what_is_published_in_a_territory_is_announced_once_to_its_followers(app: Flask, alice: RemoteActor) -> None:
    page = publish(app, "event", place=GRENOBLE)
    publish(app, "event", place=BRUSSELS)
    change(app, page, name="Another name")
    with app.app_context():
        iri = of(app, page).iri
        body = json.loads(session().scalars(select(Posted.body).where(Posted.iri.contains("grenoble"))).one())
    assert acts(app) == [("Announce", iri, 1)]
    assert verbs(app, "isere") == ["Announce"]
    assert (body["object"], body["to"], body["cc"][0]) == (iri, [EVERYONE], f"{GRENOBLE_ACTOR}/followers")


def test_changes_and_the_end_of_ours_reach_those_who_follow_the_territory_alone(app: Flask, alice: RemoteActor) -> None:
    page = publish(app, "event", place=GRENOBLE)
    change(app, page, name="Another name")
    with app.app_context():
        publishing.withdraw(of(app, page))
        session().commit()
        query = select(Posted.type).join(Delivery, Delivery.activity_id == Posted.id)
        query = query.join(Posted.actor).where(Delivery.host == iris.host_of(alice.iri))
        told = list(session().scalars(query.order_by(Posted.id)))
        assert session().scalars(select(TerritoryShare)).all() == []
    assert [verb for verb in told if verb in ("Update", "Delete")] == ["Update", "Delete"]
    assert verbs(app) == ["Announce", "Undo"]


def test_what_moves_away_is_taken_back_where_it_was_and_stays_where_it_still_is(app: Flask, alice: RemoteActor) -> None:
    page = publish(app, "event", place=GRENOBLE)
    change(app, page, place=ECHIROLLES)
    assert verbs(app) == ["Announce", "Undo"]
    assert verbs(app, "isere") == ["Announce"]
    change(app, page, place=GRENOBLE)
    assert verbs(app) == ["Announce", "Undo", "Announce"]


@pytest.mark.parametrize("visibility", [UNLISTED, FOLLOWERS, DIRECT])
def test_what_is_not_public_is_not_announced_nor_counted(
    app: Flask, client: FlaskClient, alice: RemoteActor, visibility: str
) -> None:
    with app.app_context():
        union, member = local.find("union"), local.find("ann")
        assert union is not None
        assert member is not None
        named = (member,) if visibility == DIRECT else ()
        found = publishing.draft(
            union,
            sample_of("event", app.extensions["maillage"].clock(), place=GRENOBLE),
            readers=Audience(visibility, named),
        )
        publishing.publish(found)
        session().commit()
    assert acts(app) == []
    assert "Nothing has been published" in client.get("/territories/insee:38185").text


def test_a_narrower_audience_takes_the_announcement_back(app: Flask, alice: RemoteActor) -> None:
    page = publish(app, "event", place=GRENOBLE)
    change(app, page, Audience(FOLLOWERS))
    assert verbs(app) == ["Announce", "Undo"]
    with app.app_context():
        outboxed = select(Posted).where(Posted.public, Posted.actor_id == local.find("grenoble").id)  # type: ignore[union-attr]
        assert session().scalars(outboxed).all() == []


def test_what_a_partner_publishes_is_announced_when_it_arrives_and_taken_back_when_it_goes(
    app: Flask, clock: Clock, alice: RemoteActor
) -> None:
    clock.turn(days=3)
    page = receive(app, "event", place=GRENOBLE)
    assert verbs(app) == ["Announce"]
    with app.app_context():
        keeping.erase(of(app, page))
        session().commit()
    assert verbs(app) == ["Announce", "Undo"]


def test_what_is_older_than_a_territory_is_announced_at_its_founding_where_one_asks_for_it(
    app: Flask, clock: Clock
) -> None:
    publish(app, "event", place=GRENOBLE)
    publish(app, "news", place=GRENOBLE)
    clock.turn(hours=1)
    with app.app_context():
        founding.found("38185", "grenoble")
        founding.found("FR-38", "isere", with_open=True)
        session().commit()
    assert acts(app) == []
    assert verbs(app, "isere") == ["Announce", "Announce"]
    receive(app, "event", place=GRENOBLE, name="Old, from elsewhere")
    assert acts(app) == []


def test_what_nobody_follows_and_what_is_silenced_or_blocked_is_not_announced(
    app: Flask, clock: Clock, alice: RemoteActor
) -> None:
    clock.turn(days=3)
    with app.app_context():
        policy.decide(PARTNER, level=policy.SILENCE)
        session().commit()
    page = receive(app, "event", place=GRENOBLE)
    assert acts(app) == []
    with app.app_context():
        policy.decide(PARTNER, level=policy.NONE)
        of(app, page).looked_up = True
        announcing_again = of(app, page)
        keeping.announcing.settle(announcing_again)
        session().commit()
        assert listing.first(listing.visible(), 5) == []
    assert acts(app) == []


@postgresql.BOTH
@pytest.mark.parametrize("by", ["decision", "list"])
def test_what_a_host_published_is_announced_no_more_once_it_is_blocked_or_silenced(
    app: Flask, clock: Clock, alice: RemoteActor, monkeypatch: pytest.MonkeyPatch, work: Callable[[], int], by: str
) -> None:
    monkeypatch.setattr(keeping.announcing, "BATCH", 2)
    clock.turn(days=3)
    for number in range(3):
        receive(app, "event", place=GRENOBLE, name=f"From elsewhere {number}")
    publish(app, "event", place=GRENOBLE, name="Ours")
    with app.app_context():
        if by == "decision":
            consequences.decide(PARTNER, level=policy.SILENCE)
        else:
            consequences.take_list(f"#domain,#severity\n{PARTNER},suspend\n".encode())
        session().commit()
    assert "Undo" not in verbs(app), "the worker does it, some at a time"
    work()
    assert verbs(app) == ["Announce"] * 4 + ["Undo"] * 3
    assert all(count == 1 for _verb, _iri, count in acts(app)[4:]), "whoever had it announced is told"
    work()
    assert len(verbs(app)) == 7
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(TerritoryShare)) == 2, "ours, by town and department"


def test_an_announcement_stands_whose_host_is_listed_again_before_the_worker_came(
    app: Flask, clock: Clock, alice: RemoteActor, work: Callable[[], int]
) -> None:
    clock.turn(days=3)
    receive(app, "event", place=GRENOBLE)
    with app.app_context():
        consequences.decide(PARTNER, level=policy.SILENCE)
        consequences.decide(PARTNER, level=policy.NONE)
        session().commit()
    work()
    assert verbs(app) == ["Announce"]


def test_a_closed_territory_announces_no_more_and_its_zone_may_have_another(app: Flask, alice: RemoteActor) -> None:
    with app.app_context():
        territory = founding.of_zone("insee:38185")
        assert territory is not None
        founding.close(territory)
        session().commit()
    publish(app, "event", place=GRENOBLE)
    assert verbs(app) == ["Delete"]
    with app.app_context():
        with pytest.raises(founding.TerritoryRefused):
            founding.found("38185", "grenoble")
        session().rollback()
        founding.found("38185", "grenoble_2")
        session().commit()


@pytest.mark.parametrize(
    ("code", "handle", "field"), [("MOON", "moon", "code"), ("BE", "relay", "handle"), ("BE", "Ü", "handle")]
)
def test_a_territory_that_cannot_be_is_refused_with_the_field(app: Flask, code: str, handle: str, field: str) -> None:
    with app.app_context():
        with pytest.raises(founding.TerritoryRefused) as refused:
            founding.found(code, handle)
        assert refused.value.field == field


def test_an_actor_that_leaves_is_taken_out_of_the_territories(app: Flask, alice: RemoteActor) -> None:
    publish(app, "event", place=GRENOBLE)
    with app.app_context():
        union = local.find("union")
        assert union is not None
        leaving.delete_actor(union)
        session().commit()
    assert verbs(app) == ["Announce", "Undo"]
