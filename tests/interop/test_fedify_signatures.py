"""Fedify finds our signatures good, in both schemes and on GETs, and finds them bad once a byte has changed."""

import base64

import pytest

from flask_maillage.publications import publishing
from tests.interop.board import CONTENTS, NOW, change, publish
from tests.nodes import until


def letters(peer, iri):
    """Return the requests that carried something about an object, in their order."""
    return [one for one in peer.requests() if f'"{iri}"'.encode() in base64.b64decode(one["body"])]


@pytest.fixture
def followed(node, stranger):
    """An actor of ours whom a peer follows that we never met, and the first letter's requests after `refusals`."""

    def publish_to(handle, refusals):
        stranger.tell("follow", whom=node.add_actor(handle))
        stranger.arrival("Accept", actorId=f"{node.base_url}/actors/{handle}")
        stranger.tell("refuse", times=refusals)
        iri = publish(node, handle, CONTENTS["initiative"](NOW))
        stranger.arrival("Create", objectId=iri)
        return iri, until("the letter to be answered", lambda: letters(stranger, iri))

    return publish_to


def test_first_knock_is_cavage_and_verifies(node, stranger, followed):
    _, requests = followed("cavage_signer", 0)

    assert [(one["scheme"], one["status"]) for one in requests] == [("cavage", 202)]
    assert "digest" in requests[0]["headers"]
    assert stranger.tell("verify", request=requests[0]) == f"{node.base_url}/actors/cavage_signer#main-key"


def test_second_knock_is_rfc_9421_verifies_and_is_remembered(node, stranger, followed):
    iri, requests = followed("structured_signer", 1)

    assert [(one["scheme"], one["status"]) for one in requests] == [("cavage", 401), ("rfc9421", 202)]
    key = f"{node.base_url}/actors/structured_signer#main-key"
    assert [stranger.tell("verify", request=one) for one in requests] == [key, key]

    change(node, iri, publishing.withdraw)
    stranger.arrival("Delete", objectId=iri)
    assert letters(stranger, iri)[-1]["scheme"] == "rfc9421"


@pytest.mark.parametrize(("refusals", "scheme"), [(0, "cavage"), (1, "rfc9421")], ids=["cavage", "rfc9421"])
def test_changed_letter_does_not_verify(node, stranger, followed, refusals, scheme):
    _, requests = followed(f"changed_{scheme}", refusals)
    sent = requests[-1]
    assert sent["scheme"] == scheme
    assert stranger.tell("verify", request=sent) is not None
    covered = "digest" if scheme == "cavage" else "content-digest"

    body = base64.b64decode(sent["body"]).replace(b"Create", b"Delete")
    bare = {name: value for name, value in sent["headers"].items() if name != covered}
    for changed in (
        {"body": base64.b64encode(body).decode()},
        {"url": f"{sent['url']}s"},
        {"method": "PUT"},
        {"headers": bare},
    ):
        assert stranger.tell("verify", request={**sent, **changed}) is None, changed.keys()


def test_what_we_ask_for_is_signed_by_the_node(node, stranger):
    node.add_actor("asker")
    node.follow("asker", stranger.iri)

    ours = [one for one in stranger.requests("GET") if "Maillage" in one["headers"]["user-agent"]]
    asked = [one for one in ours if one["url"] == stranger.iri]
    assert asked
    assert {stranger.tell("verify", request=one) for one in asked} == {f"{node.base_url}/actors/relay#main-key"}
