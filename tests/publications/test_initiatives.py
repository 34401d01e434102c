"""Initiatives: what their form takes, whom and which calls it names, and how all of it stands on their page."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from actors import iris
from actors.database import session
from flask_maillage.publications.content import ActorRef
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.initiative_details import Area, InitiativeDetails
from flask_maillage.publications.models import Publication
from tests.publications import board
from tests.reader import Reader

NEW = "/@union/initiatives/new"
WRITTEN = {
    "name": "A pay log",
    "text": "Couriers write down what they are paid. #couriers",
    "stage": "running",
    "needs": "A room of 200 m²",
    "offers": "The log",
    "sectors": "Delivery",
    "workers": ["https://w3id.org/maillage#local-work"],
    "other_workers": "Students",
    "acts_in": "Rhône | FR-69\nBelgium",
    "carried_by": "@couriers\nA club without an actor\nIRES | https://ires.example/actor",
    "outcomes": "Forty couriers were paid back",
    "locality": "Lyon",
    "language": "en",
    "country": "",
    "audience": "public",
}


def details_of(app: Flask) -> InitiativeDetails:
    with app.app_context():
        found = session().query(Publication).filter_by(kind="initiative").one().content.details
        assert isinstance(found, InitiativeDetails)
        return found


def test_everything_that_is_written_stands_on_the_page_and_in_the_form_again(app: Flask) -> None:
    call = board.publish(app, "call", name="A call for all")
    board.receive(app, "call", name="A call elsewhere")
    reader = Reader(app)
    reader.sign_in()
    calls = f"http://localhost{call}\nhttps://partner.test/@depot/call\nhttps://unknown.test/calls/1"
    saved = reader.submit(NEW, **WRITTEN, calls=calls, coalition="@union", do="publish")
    assert saved.status_code == 303, saved.text
    page = reader.get(saved.location).text
    for words in (
        *(
            "A room of 200 m²",
            "The log",
            "Delivery",
            "Work on demand at a place",
            "Students",
            "Rhône</a>, Belgium",
            "Lyon",
        ),
        *("Forty couriers were paid back", "Couriers together", "A club without an actor", "IRES", "Running"),
        *("A call for all", "A call elsewhere", "unknown.test", "Coalition", 'href="/@couriers"', f'{call}"'),
        'href="http://localhost/tags/couriers"',
    ):
        assert words in page, words
    details = details_of(app)
    assert details.acts_in == (Area(name="Rhône", code="FR-69"), Area(name="Belgium"))
    assert [who.iri for who in details.carried_by] == [
        "http://localhost/actors/couriers",
        None,
        "https://ires.example/actor",
    ]
    assert details.coalition is not None
    assert details.coalition.iri == "http://localhost/actors/union"
    assert details.calls[0] == f"http://localhost{call.replace('/@union', '/actors/union')}"
    again = reader.submit(f"{saved.location}/edit", do="publish")
    assert again.status_code == 303
    assert details_of(app) == details


def test_call_that_not_everybody_may_read_is_named_by_its_host_alone(app: Flask) -> None:
    call = board.publish(app, "call", name="A secret call", row={"visibility": "followers"})
    with app.app_context():
        address = iris.home().rstrip("/") + call
    path = board.publish(app, "initiative", details=InitiativeDetails(calls=(address,)))
    page = Reader(app).get(path).text
    assert "Calls it answered" in page
    assert "A secret call" not in page


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("acts_in", "Rhône | FR 69", "Line 1: write a name, or “Name | code”; a code has no spaces."),
        ("acts_in", "| FR-69", "Line 1: write a name, or “Name | code”; a code has no spaces."),
        ("calls", "the call of last year", "Line 1: write the whole address, with https://."),
        ("coalition", "One\nTwo", "Write at most 1 lines."),
        ("outcomes", "x" * 601, "Line 1 is longer than 600 characters."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(app: Flask, field: str, typed: str, message: str) -> None:
    with app.test_request_context():
        form = kind_named("initiative").form()(formdata=MultiDict(WRITTEN | {field: typed}), meta={"csrf": False})
        form.validate()
        assert form.errors == {field: [message]}


def test_initiative_of_an_older_node_is_read() -> None:
    facts = {"stage": "emerging", "needs": ["Local 200 m²"], "carriedBy": ["https://a.example/actors/la_ruche"]}
    tag = [{"type": "Hashtag", "name": "#reemploi", "href": "https://a.example/tags/reemploi"}]
    document = {"id": "https://a.example/1", "type": "Article", "name": "One", "tag": tag, "initiative": facts}
    content = kind_named("initiative").from_object(document)
    who = ActorRef(iri="https://a.example/actors/la_ruche")
    assert content.tags == ("reemploi",)
    assert content.details == InitiativeDetails(stage="emerging", needs=("Local 200 m²",), carried_by=(who,))


def test_facts_of_wrong_types_are_left_out() -> None:
    nonsense = {"actsIn": [7, {"name": 3}, {"code": ["x"]}, "Rhône"], "answersTo": [7, "nonsense", {"id": "x"}]}
    nonsense |= {"coalition": [[], {}], "workers": {"a": 1}, "outcomes": [None, " "]}
    document = {"id": "https://a.example/1", "type": "Article", "name": "One", "initiative": nonsense}
    assert kind_named("initiative").from_object(document).details == InitiativeDetails()
