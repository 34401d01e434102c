"""What `implements` says is so (FC-1): others seat our members by actor because of it, and send them letters."""

import pytest

from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import takers_of

FOR_SEATS = (Shape.OFFER, Shape.CORRECTION, Shape.WITHDRAWAL, Shape.DECISION, Shape.PURGE, Shape.ERASURE)
FOR_OWNERS = (Shape.OFFER, Shape.CORRECTION, Shape.WITHDRAWAL, Shape.RECEIPT, Shape.REVIEW, Shape.CONFIRMATION)
FOR_APPLICANTS = (Shape.RECEIPT, Shape.REFUSAL, Shape.DECISION, Shape.PLACEMENT, Shape.NOTICE, Shape.PURGE)
ROOMS = {
    "copies": FOR_SEATS[:4],
    "afterwards": FOR_SEATS[4:],
    "registering": FOR_OWNERS[:3],
    "applying": FOR_APPLICANTS,
}


def test_node_says_that_it_answers_calls(client):
    document = client.get("/actors/relay", headers={"Accept": "application/activity+json"}).json
    said = {"type": "Link", "name": "FEP-0102", "href": "https://w3id.org/fep/0102"}
    assert said in document["implements"]


@pytest.mark.parametrize(("room", "shapes"), ROOMS.items())
def test_somebody_takes_each_letter_of_the_classes_that_it_says(app, room, shapes):
    for shape in shapes:
        rooms = {taker.__module__.removeprefix("flask_maillage.calls.").partition(".")[0] for taker in takers_of(shape)}
        assert room in rooms, f"{shape} is taken by {rooms} alone"


def test_owner_takes_each_letter_that_is_for_owners():
    assert all(takers_of(shape) for shape in FOR_OWNERS)
