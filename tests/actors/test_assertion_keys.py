"""The key with which an actor vouches for documents: every actor of ours has one, and shows it."""

import json

import pytest
from sqlalchemy import delete, select

from actors import local, outbox, tombstones
from actors.database import session
from actors.models import ASSERTION, ORGANISATION, ActorKey
from actors.node import now
from federation import multikey, proofs
from federation.activities import PUBLIC, Document

UNION = "http://localhost/actors/union"
KEY = f"{UNION}#ed25519-key"
ACCEPT = {"Accept": "application/activity+json"}


def without_assertion_keys(app) -> None:
    """Leave the actors as they were before there were such keys."""
    with app.app_context():
        session().execute(delete(ActorKey).where(ActorKey.purpose == ASSERTION))
        session().commit()


def assertion_keys() -> list[str]:
    return list(session().scalars(select(ActorKey.iri).where(ActorKey.purpose == ASSERTION).order_by(ActorKey.iri)))


def check(document: Document, key: str) -> proofs.Proof:
    proof = proofs.read(document, now=now())
    assert proof is not None
    proof.verify(multikey.decode(key))
    return proof


def test_actor_lists_its_key_as_fep_521a_says(client):
    (key,) = client.get("/actors/union", headers=ACCEPT).json["assertionMethod"]
    multibase = key.pop("publicKeyMultibase")
    assert key == {"id": KEY, "type": "Multikey", "controller": UNION}
    assert multibase.startswith("z6Mk")


def test_private_half_is_shown_nowhere(app, client):
    with app.app_context():
        stored = session().scalars(select(ActorKey.private_encrypted)).all()
    shown = client.get("/actors/union", headers=ACCEPT).text
    assert "PRIVATE" not in shown
    assert not any(text in shown for text in stored)


def test_new_actor_has_one(app):
    with app.app_context():
        local.create("newcomer", ORGANISATION, "Newcomer")
        assert "http://localhost/actors/newcomer#ed25519-key" in assertion_keys()


def test_actor_of_before_gets_one_when_it_first_vouches(app, client):
    without_assertion_keys(app)
    assert client.get("/actors/union", headers=ACCEPT).json["assertionMethod"] == []
    with app.app_context():
        first = local.prover_of(local.find("union"))
        session().commit()
        assert local.prover_of(local.find("union")) == first
        assert assertion_keys() == [KEY]
    assert [key["id"] for key in client.get("/actors/union", headers=ACCEPT).json["assertionMethod"]] == [KEY]


def test_upgrade_gives_one_to_every_actor_of_before(app):
    without_assertion_keys(app)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["maillage", "db", "upgrade"]).exit_code == 0
    with app.app_context():
        made = assertion_keys()
    assert made == [f"http://localhost/actors/{name}#ed25519-key" for name in ("ann", "couriers", "relay", "union")]
    assert runner.invoke(args=["maillage", "db", "upgrade"]).exit_code == 0
    with app.app_context():
        assert assertion_keys() == made


def test_upgrade_makes_none_for_who_is_gone(app):
    without_assertion_keys(app)
    with app.app_context():
        local.find("couriers").gone_at = now()
        assert local.complete_keys() == 3


@pytest.mark.parametrize("proof", [True, False])
def test_activity_carries_a_proof_where_it_is_asked_for(app, client, proof):
    with app.app_context():
        actor = local.find("union")
        thing = {"id": f"{UNION}/things/1", "type": "Note"}
        posted = outbox.post(actor, "Accept", thing, to=[PUBLIC], inboxes=[], proof=proof)
        document = json.loads(posted.body)
        session().commit()
        assert ("proof" in document) is proof
        if proof:
            (key,) = client.get("/actors/union", headers=ACCEPT).json["assertionMethod"]
            assert check(document, key["publicKeyMultibase"]).method == key["id"] == KEY


def test_object_that_stands_alone_carries_its_own_proof_in_its_own_context(app, client):
    with app.app_context():
        actor = local.find("union")
        receipt = outbox.vouch(actor, {"id": f"{UNION}/receipts/1", "type": "Receipt", "attributedTo": UNION})
        posted = outbox.post(actor, "Create", receipt, to=[PUBLIC], inboxes=[], proof=True)
        document = json.loads(posted.body)
        session().commit()
        (key,) = client.get("/actors/union", headers=ACCEPT).json["assertionMethod"]
        assert document["object"] == receipt
        assert receipt["@context"] == document["@context"]
        check(document, key["publicKeyMultibase"])
        check(document["object"], key["publicKeyMultibase"])


def test_emptied_activity_keeps_no_proof_of_what_it_said(app):
    with app.app_context():
        actor, iri = local.find("union"), f"{UNION}/events/1"
        posted = outbox.post(actor, "Create", {"id": iri, "type": "Event"}, to=[PUBLIC], inboxes=[], proof=True)
        session().commit()
        tombstones.bury(iri, actor, "Event")
        outbox.retract(iri)
        document = json.loads(posted.body)
        assert document["object"] == iri
        assert "proof" not in document
