"""A member who has not agreed to be found: what others do to the account tells no server that there is somebody."""

import pytest
from flask import Flask
from sqlalchemy import select

from actors import followers, local, remote, rotation
from actors.database import session
from actors.models import Posted
from flask_maillage.publications import leaving
from tests.inboxes.letters import UNION

ANN = "http://localhost/actors/ann"


@pytest.fixture
def unasked(app: Flask) -> None:
    """Let Ann not be found, on a node that other servers know."""
    with app.app_context():
        local.find("ann").federated = False
        session().commit()


def meet(app, fediverse, *, follows: str) -> None:
    """Let somebody elsewhere follow an actor of ours."""
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        followers.record(remote.remember(alice.document), local.find(follows), iri=f"{alice.iri}/f", state="accepted")
        session().commit()


def test_a_new_key_makes_nobody_found(app, client, work, fediverse, unasked):
    """`actor rotate-key --all` is the admin's doing: it is no consent of anybody's."""
    meet(app, fediverse, follows="union")
    with app.app_context():
        for handle in ("ann", "union"):
            rotation.rotate(local.find(handle))
        session().commit()
        assert (local.find("ann").federated, local.find("union").federated) == (False, True)
    work()
    assert [letter["object"]["id"] for letter in fediverse.letters()] == [UNION]
    activity = {"Accept": "application/activity+json"}
    assert client.get("/actors/ann", headers=activity).status_code == 404
    assert client.get("/.well-known/webfinger?resource=acct:ann@localhost").status_code == 404


def test_the_end_of_an_account_that_nobody_knew_is_told_to_nobody(app, work, fediverse, unasked):
    meet(app, fediverse, follows="union")
    with app.app_context():
        rotation.rotate(local.find("ann"))
        leaving.delete_actor(local.find("ann"))
        session().commit()
        deletes = session().scalars(select(Posted).where(Posted.type == "Delete")).all()
        assert [len(posted.deliveries) for posted in deletes] == [0]
    work()
    assert fediverse.letters() == []


@pytest.mark.parametrize("how", ["followed", "wrote", "found"])
def test_the_end_of_an_account_that_somebody_may_know_is_told(app, work, fediverse, unasked, how):
    meet(app, fediverse, follows="ann" if how == "followed" else "union")
    with app.app_context():
        ann = local.find("ann")
        if how == "wrote":
            session().add(
                Posted(
                    iri=f"{ANN}/activities/1",
                    actor_id=ann.id,
                    type="Follow",
                    public=False,
                    body="",
                    published_at=ann.updated_at,
                )
            )
        ann.federated = how == "found"
        leaving.delete_actor(ann)
        session().commit()
    work()
    assert [(letter["type"], letter["object"]) for letter in fediverse.letters()] == [("Delete", ANN)]
