"""Letters of calls are given to inboxes, and at no address: not even to those whom they name (FC-6)."""

import pytest

from actors import local, outbox, remote
from actors.database import session
from federation.signatures import sign
from flask_maillage.calls import posting
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.subjects import Subject
from tests.calls import making


@pytest.fixture
def riders(app, fediverse):
    actor = fediverse.actor("riders", "d.test", kind="Group")
    with app.app_context():
        remote.remember(actor.document)
        session().commit()
    return actor


@pytest.fixture
def read(client, clock, riders):
    """Ask for an address as the one who is named, and return the status."""

    def status(iri):
        signed = sign(riders.signer, "GET", iri, None, now=clock(), scheme="cavage")
        headers = {**signed, "Accept": "application/activity+json"}
        return client.get(iri.removeprefix("http://localhost"), headers=headers).status_code

    return status


def test_who_is_named_in_a_letter_gets_it_in_the_inbox_alone(app, riders, read):
    call = making.call_of(app)
    with app.app_context():
        union = local.find("union")
        stub = {"id": f"{riders.iri}/offers/1", "type": "Offer", "actor": riders.iri}
        subject = Subject(call, None)
        letter = posting.send(union, "Reject", stub, shape=Shape.REFUSAL, subject=subject, to=[riders.iri]).iri
        other = outbox.post(union, "Reject", stub, to=[riders.iri], inboxes=[riders.document["inbox"]]).iri
        session().commit()

    assert (read(letter), read(other)) == (404, 200)
