"""Who is named by handle in a form: looked up where they are not known here, or refused at the field."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from actors.node import EXTENSION
from actors.rates import RATES, Rates
from flask_maillage.publications import resolving
from flask_maillage.publications.models import Publication
from tests.fediverse import Answer
from tests.publications.test_resolving import account
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CALL = {"name": "Coaching for ten", "text": "Come all.", "deadline": "2027-01-13", "timezone": "Europe/Brussels"}
NEW = "/@union/calls/new"


@pytest.fixture
def alice(fediverse):
    actor = fediverse.actor("alice", "a.test")
    account(actor)
    return actor


@pytest.fixture
def reader(app):
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


def handle_of(actor):
    return f"@{actor.document['preferredUsername']}@{actor.host}:{actor.fediverse.port}"


def takes_applications(fediverse, host, *features):
    """Give a server an actor of its own that lists what it can, and let NodeInfo lead to it."""
    features = features or ({"type": "Link", "name": "FEP-0102", "href": "https://w3id.org/fep/0102"},)
    node = fediverse.actor("relay", host, kind="Application", implements=list(features))
    rel = "https://www.w3.org/ns/activitystreams#Application"
    links = {"links": [{"rel": rel, "href": node.iri}]}
    fediverse.put(fediverse.address(host, "/.well-known/nodeinfo"), links, content_type="application/json")


def stored(app):
    with app.app_context():
        return session().scalars(select(Publication)).one().content


def known(app, iri):
    with app.app_context():
        return session().scalar(select(Actor).where(Actor.iri == iri)) is not None


def test_organisers_and_seats_by_handle_are_the_actors_that_have_them(app, reader, alice, fediverse):
    handle = handle_of(alice)
    takes_applications(fediverse, "a.test")
    typed = {"organisers": f"{handle}\n@couriers\nThe union | @union\nA club", "committee-0-actor": handle}
    answer = reader.submit(NEW, **CALL, **typed, **{"committee-1-actor": "@couriers", "committee-1-name": "Bo"})
    assert answer.status_code == 303, answer.text
    call = stored(app)
    assert [(who.iri, who.name) for who in call.organisers] == [
        (alice.iri, alice.document["name"]),
        ("http://localhost/actors/couriers", "Couriers together"),
        ("http://localhost/actors/union", "The union"),
        (None, "A club"),
    ]
    assert [(seat.actor, seat.name) for seat in call.details.committee] == [
        (alice.iri, ""),
        ("http://localhost/actors/couriers", "Bo"),
    ]
    assert len([one for one in fediverse.arrived if one.path == urlsplit(alice.iri).path]) == 1


@pytest.mark.parametrize(
    ("field", "kind", "typed"),
    [
        ("organisers", "calls", CALL),
        ("committee-0-actor", "calls", CALL),
        ("organisers", "events", {"name": "A day", "text": "Come.", "starts": "2027-01-13T09:00"}),
        ("contacts", "events", {"name": "A day", "text": "Come.", "starts": "2027-01-13T09:00"}),
        ("carried_by", "initiatives", {"name": "A day", "text": "Come."}),
    ],
)
def test_who_is_not_found_is_said_at_the_field_and_nothing_is_saved(app, reader, fediverse, field, kind, typed):
    fediverse.actor("alice", "a.test")
    for handle, reason in (
        (f"@nobody@a.test:{fediverse.port}", "There is nothing by that name that speaks ActivityPub."),
        ("@nobody", "Nobody is known here as “@nobody”"),
    ):
        answer = reader.submit(f"/@union/{kind}/new", **typed, **{field: handle})
        assert answer.status_code == 422
        assert reason in answer.text
        assert answer.text.count(handle) >= 2
    with app.app_context():
        assert session().scalars(select(Publication)).all() == []


def test_nobody_is_asked_by_what_saves_itself_by_strangers_or_without_the_token_of_the_form(
    app, reader, alice, fediverse
):
    typed = {**CALL, "organisers": handle_of(alice)}
    page = reader.get(NEW)
    reader.post(NEW, reader.fill(page, **typed, do="autosave"))
    reader.post(NEW, reader.fill(page, **typed, csrf_token="forged"))
    Reader(app).post(NEW, reader.fill(page, **typed))
    assert [one for one in fediverse.arrived if one.host == "a.test"] == []
    assert not known(app, alice.iri)


def test_what_saves_itself_keeps_a_handle_as_it_was_typed(app, reader, alice):
    handle = handle_of(alice)
    answer = reader.post(NEW, reader.fill(reader.get(NEW), **CALL, organisers=handle, do="autosave"))
    again = reader.get(answer.get_json()["edit"])
    assert reader.form(again, "organisers")["organisers"] == handle
    assert reader.post(answer.get_json()["edit"], reader.fill(again, do="publish")).status_code == 303
    assert [who.iri for who in stored(app).organisers] == [alice.iri]


def test_other_servers_are_asked_before_a_transaction_begins(app, reader, alice, monkeypatch):
    """While a server takes its time, the database is nobody's."""
    held = []
    client = app.extensions["maillage"].client
    fetch_page = client.fetch_page

    def asked(*arguments, **more):
        held.append(session().registry().in_transaction())
        return fetch_page(*arguments, **more)

    monkeypatch.setattr(client, "fetch_page", asked)
    assert reader.submit(NEW, **CALL, organisers=handle_of(alice)).status_code == 303
    assert held
    assert not any(held)


def test_lookups_of_forms_are_counted_like_searches(app, reader, alice, fediverse):
    member, whole = resolving.MEMBER_RATE, resolving.NODE_RATE
    app.extensions[EXTENSION].rates = Rates({**RATES, member: "0 per hour", whole: "1000 per hour"})
    answer = reader.submit(NEW, **CALL, organisers=handle_of(alice))
    assert answer.status_code == 422
    assert "Too much was asked for." in answer.text
    assert fediverse.arrived == []
    assert not known(app, alice.iri)


# Seats (FC-1 of docs/federated-calls.md).


@pytest.mark.parametrize("by", ["handle", "address", "page"])
def test_a_seat_is_given_where_applications_are_taken_and_is_an_actor_known_here(app, reader, alice, fediverse, by):
    takes_applications(fediverse, "a.test")
    alice.document["url"] = fediverse.address("a.test", "/@alice")
    alice.publish_profile()
    typed = {"handle": handle_of(alice), "address": alice.iri, "page": alice.document["url"]}[by]
    if by == "page":
        reader.submit(NEW, **CALL, organisers=handle_of(alice), do="draft")
    answer = reader.submit(NEW, **CALL, **{"committee-0-actor": typed})
    assert answer.status_code == 303, answer.text
    assert known(app, alice.iri)
    with app.app_context():
        call = session().scalars(select(Publication).where(Publication.state == "published")).one()
        assert [seat.actor for seat in call.content.details.committee] == [alice.iri]

    before = len(fediverse.arrived)
    assert reader.submit(f"{answer.location}/edit", text="Come all, now.").status_code == 303
    assert len(fediverse.arrived) == before, "who has the seat already is not asked about again"


def test_nobody_gets_a_seat_by_a_server_that_takes_no_applications_but_a_draft_may_name_them(
    app, reader, alice, fediverse
):
    takes_applications(fediverse, "a.test", {"type": "Link", "name": "FEP-8b32", "href": "https://w3id.org/fep/8b32"})
    typed = {"committee-0-actor": alice.iri}
    answer = reader.submit(NEW, **CALL, **typed)
    assert (answer.status_code, "Seat 1: " in answer.text) == (422, True)
    assert "their server takes no applications. Leave this empty and give an e-mail address" in answer.text
    with app.app_context():
        assert session().scalars(select(Publication)).all() == []

    assert reader.submit(NEW, **CALL, **typed, do="draft").status_code == 303


def test_a_server_without_an_actor_of_its_own_takes_none_and_one_that_is_silent_may(reader, alice, fediverse):
    answer = reader.submit(NEW, **CALL, **{"committee-0-actor": handle_of(alice)})
    assert "their server takes no applications." in answer.text

    fediverse.answer(fediverse.address("a.test", "/.well-known/nodeinfo"), Answer(503))
    answer = reader.submit(NEW, **CALL, **{"committee-0-actor": handle_of(alice)})
    assert answer.status_code == 422
    assert "The server does not answer now." in answer.text
