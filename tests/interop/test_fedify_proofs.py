"""Object integrity proofs (FEP-8b32): Fedify finds ours good and we find its good, whoever carries the letter."""

import base64
import json

import pytest

from actors import local, outbox
from actors.database import session
from tests.interop.board import letter, name_of_copy, settled
from tests.nodes import until


def vouched(node, fedify, handle):
    """Let an actor of ours send an Invite to Fedify that it vouches for, and return what arrived there."""
    inviting = node.add_actor(handle)
    with node.app.app_context():
        actor = local.find(handle)
        posted = outbox.post(actor, "Invite", inviting, to=[fedify.iri], inboxes=[fedify.inbox], proof=True)
        session().commit()
        iri = posted.iri
    fedify.arrival("Invite", id=iri)
    arrived = [json.loads(base64.b64decode(one["body"])) for one in fedify.requests()]
    return next(one for one in arrived if one["id"] == iri)


def test_key_that_vouches_is_read_from_our_actor(node, fedify):
    assert fedify.lookup(node.add_actor("voucher"))["multikeys"] == ["Ed25519"]


def test_our_proof_verifies_and_does_not_once_a_word_is_changed(node, fedify):
    activity = vouched(node, fedify, "vouching")
    assert activity["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert fedify.tell("verifyProof", activity=activity) is True

    assert fedify.tell("verifyProof", activity={**activity, "id": f"{activity['id']}0"}) is False
    later = {**activity["proof"], "created": "2026-01-01T00:00:00Z"}
    assert fedify.tell("verifyProof", activity={**activity, "proof": later}) is False


@pytest.mark.parametrize("scheme", ["rfc9421", "cavage"])
def test_its_proof_is_verified_beside_its_signature(node, fedify, scheme):
    union = node.add_actor(f"proven_to_{scheme}")
    proven = fedify.tell("letter", activity=fedify.activity("Like", union))
    changed = {**proven, "cc": union}
    send = {"inbox": f"{union}/inbox", "scheme": scheme}

    assert fedify.tell("post", **send, activity=changed) == 401, "a good signature of the request is not enough"
    assert letter(node, proven["id"]) is None

    assert fedify.tell("post", **send, activity=proven) == 202
    assert letter(node, proven["id"]) is not None


def test_its_letter_is_its_own_when_somebody_else_brings_it(node, fedify, stranger):
    handle = "reader_of_relayed"
    union = node.add_actor(handle)
    node.follow(handle, fedify.iri)
    node.follow(handle, stranger.iri)
    event = fedify.event(name="An evening that was carried")
    proven = fedify.tell("letter", activity=fedify.activity("Create", event))
    spoilt = {**proven, "object": {**proven["object"], "name": "Another evening"}}
    send = {"inbox": f"{union}/inbox", "scheme": "cavage"}

    assert stranger.tell("post", **send, activity=spoilt) == 401
    assert letter(node, proven["id"]) is None

    assert stranger.tell("post", **send, activity=proven) == 202
    assert settled(node, proven["id"]).sender.iri == fedify.iri
    until("the copy", lambda: name_of_copy(node, event["id"]) == "An evening that was carried")
