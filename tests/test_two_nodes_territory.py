"""A territory of one node is followed from another, and brings what its node and a partner publish there."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from actors import local
from actors.database import session
from actors.models import Posted
from flask_maillage import sample
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Publication
from flask_maillage.publications.territories import founding
from tests.nodes import RunningNode, until

NOW = datetime.now(UTC)


def publish(node: RunningNode, handle: str) -> str:
    with node.app.app_context():
        actor = local.find(handle)
        assert actor is not None
        publication = publishing.draft(actor, sample.initiative(NOW))
        publishing.publish(publication)
        session().commit()
        return publication.iri


def holds(node: RunningNode, iri: str) -> bool:
    with node.app.app_context():
        return session().scalar(select(Publication.id).where(Publication.iri == iri)) is not None


def shares(node: RunningNode, verb: str) -> int:
    with node.app.app_context():
        query = select(func.count()).join(Posted.actor).where(Posted.type == verb, Posted.iri.contains("/france/"))
        return session().scalar(query.select_from(Posted)) or 0


@pytest.mark.long
def test_what_lies_in_a_territory_reaches_who_follows_it_and_nobody_announces_it_twice(tmp_path):
    with RunningNode(tmp_path / "a") as a, RunningNode(tmp_path / "b") as b:
        a.work(), b.work()
        for node, handle in ((a, "union"), (b, "ires")):
            node.add_actor(handle)
            with node.app.app_context():
                founding.found("FR", "france")
                session().commit()
        b.follow("ires", f"{a.base_url}/actors/france")
        a.follow("union", f"{b.base_url}/actors/france")

        iri = publish(a, "union")
        until("the copy that the territory leads to", lambda: holds(b, iri))
        until("the other node's territory to announce it", lambda: shares(b, "Announce") == 1)
        theirs = publish(b, "ires")
        until("theirs to arrive", lambda: holds(a, theirs))
        until("ours to announce it", lambda: shares(a, "Announce") == 2)
        with a.app.app_context():
            found = session().scalars(select(Publication).where(Publication.iri == iri)).one()
            assert [share.actor.handle for share in found.shares] == ["france"], "their territory came back with it"
            publishing.withdraw(found)
            session().commit()
        until("the copy to go", lambda: not holds(b, iri))
        until("both to take it back", lambda: (shares(a, "Undo"), shares(b, "Undo")) == (1, 1))
        assert (shares(a, "Announce"), shares(b, "Announce")) == (2, 2), "each of both once, and no announcement"
