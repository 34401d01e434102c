"""What lasts between two servers: keys that change, documents for those who sign, registrations, reports, farewells."""

import pytest
from sqlalchemy import func, select

from actors.database import session
from actors.models import Actor
from flask_maillage.moderation.models import Report
from tests.interop.board import CONTENTS, NOW, name_of_copy, publish, settled
from tests.nodes import RunningNode, until


@pytest.fixture
def reserved(javascript_ready, tmp_path):
    """A node that shows its documents to those who sign."""
    with RunningNode(tmp_path / "reserved", authorised_fetch="true") as running:
        running.work()
        yield running


def test_documents_for_those_who_sign_are_read_by_fedify_where_it_signs(reserved, fedify):
    author = reserved.add_actor("reserved_one")
    iri = publish(reserved, "reserved_one", CONTENTS["event"](NOW))

    assert fedify.lookup(iri, signed=True)["type"] == "Event"
    assert fedify.lookup(f"@reserved_one@127.0.0.1:{reserved.port}", signed=True)["name"] == "Reserved_one"
    assert fedify.lookup(iri) is None

    fedify.tell("follow", whom=author)  # it has to read our key, and we have to read its
    assert fedify.arrival("Accept", actorId=author)


def test_letters_go_on_verifying_after_a_key_was_changed(node, fedify):
    author = node.add_actor("rotating")
    fedify.tell("follow", whom=author)
    fedify.arrival("Accept", actorId=author)
    before = fedify.arrival("Create", objectId=publish(node, "rotating", CONTENTS["initiative"](NOW)))
    assert before["actorId"] == author
    old = node.get("/actors/rotating").json()["publicKey"]["publicKeyPem"]

    assert node.start("actor", "rotate-key", "rotating").wait(30) == 0

    assert fedify.arrival("Update", actorId=author, objectId=author)["object"]["type"] == "Group"
    assert fedify.arrival("Create", objectId=publish(node, "rotating", CONTENTS["event"](NOW)))["actorId"] == author
    assert node.get("/actors/rotating").json()["publicKey"]["publicKeyPem"] != old


def test_its_registration_for_our_event_is_answered_and_ended(node, fedify):
    author = node.add_actor("hosting")
    iri = publish(node, "hosting", CONTENTS["event"](NOW))
    join = fedify.activity("Join", iri, to=[author], cc=[])

    fedify.send(join, to=author)

    assert settled(node, join["id"]).state == "done"
    assert fedify.arrival("Accept", actorId=author, objectId=join["id"])["toIds"] == [fedify.iri]

    leave = fedify.activity("Leave", iri, to=[author], cc=[])
    fedify.send(leave, to=author)
    assert settled(node, leave["id"]).state == "done"


def test_its_report_reaches_the_moderators(node, fedify):
    union = node.add_actor("reported")
    flag = fedify.activity("Flag", union, to=[union], cc=[], content="Look at this.")

    fedify.send(flag, to=union)

    assert settled(node, flag["id"]).state == "done"
    with node.app.app_context():
        assert session().scalar(select(func.count()).select_from(Report)) >= 1


def test_its_farewell_takes_with_it_what_we_kept(node, stranger):
    reader = node.add_actor("left_behind")
    node.follow("left_behind", stranger.iri)
    event = stranger.event(name="An evening before the end")
    stranger.send(stranger.activity("Create", event), to=reader)
    until("the copy", lambda: name_of_copy(node, event["id"]))
    delete = stranger.activity("Delete", stranger.iri)

    stranger.send(delete, to=reader)

    assert settled(node, delete["id"]).state == "done"
    assert name_of_copy(node, event["id"]) is None
    with node.app.app_context():
        assert session().scalar(select(Actor.gone_at).where(Actor.iri == stranger.iri)) is not None
