"""What stands in the address of a page: anything may be asked for, and a handle may have had several owners."""

from datetime import timedelta

import pytest
from flask import Flask

from actors import local
from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.publications import listing, publishing
from flask_maillage.publications.models import Publication
from tests.publications import board
from tests.reader import Reader

ACTIVITY = {"Accept": "application/activity+json"}
NEVER = "01970000-0000-7000-8000-000000000000"
ODD = ["%00", "%01", "%7F", "%C2%85", "%E2%80%AE", "%ED%A0%80", "%FF", "%27", "x" * 5000, NEVER.upper(), NEVER + "%0A"]


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:12])
def test_identifier_that_is_none_is_not_found(app: Flask, odd: str) -> None:
    for path in ("", "/feed.atom", "/calendar.ics", ".atom"):
        assert app.test_client().get(f"/@union/calls/{odd}{path}").status_code == 404
    for path in ("", "/replies"):
        assert app.test_client().get(f"/actors/union/calls/{odd}{path}", headers=ACTIVITY).status_code == 404
    assert app.test_client().get(f"/actors/union/activities/{odd}", headers=ACTIVITY).status_code == 404


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:12])
def test_handle_that_is_none_is_not_found(app: Flask, odd: str) -> None:
    for handle in (odd, f"{odd}@partner.test", f"depot@{odd}"):
        for path in ("", "/feed.atom", "/calls", "/calls/calendar.ics", f"/calls/{NEVER}"):
            assert app.test_client().get(f"/@{handle}{path}").status_code == 404
    for path in ("", "/outbox", "/calls", f"/calls/{NEVER}"):
        assert app.test_client().get(f"/actors/{odd}{path}", headers=ACTIVITY).status_code == 404


def test_odd_identifier_never_reaches_the_database(app: Flask) -> None:
    with app.app_context():
        for odd in ("\0", "", NEVER + "\n", NEVER.upper()):
            assert listing.one("call", odd) is None
            assert publishing.find_ours("union", "calls", odd) is None
        assert publishing.find_ours("\0", "calls", NEVER) is None


@pytest.mark.parametrize("last", ["事/1", '1>;rel="me",<https://evil.test/>'], ids=["chinese", "injecting"])
def test_id_of_a_peer_in_a_header_is_ascii_and_one_link(app: Flask, reader: Reader, last: str) -> None:
    iri = f"https://partner.test/{last}"
    path = board.receive(app, "call", row={"iri": iri})
    with app.app_context():
        board.partner().iri = f"{iri}/actor"
        session().commit()
    for page, suffix in ((path, b""), ("/@depot@partner.test", b"/actor")):
        answer = reader.get(page)
        assert answer.status_code == 200
        [link] = [value.encode("ascii") for value in answer.headers.getlist("Link") if "alternate" in value]
        target = b"https://partner.test/%E4%BA%8B/1" if last[0] == "事" else b""
        target = target or b"https://partner.test/1%3E;rel=%22me%22%2C%3Chttps://evil.test/%3E"
        assert link == b"<" + target + suffix + b'>; rel="alternate"; type="application/activity+json"'
        led = app.test_client().get(page, headers=ACTIVITY)
        assert led.status_code == 303
        assert led.headers["Location"].encode("ascii").startswith(b"https://partner.test/")


def another_depot(**columns: object) -> Actor:
    """Add an actor that has the handle of the depot, too."""
    iri = f"https://partner.test/actors/again-{len(columns)}-{session().query(Actor).count()}"
    first = board.partner()
    values = {"name": "The depot again", "fetched_at": None, **columns}
    made = Actor(
        iri=iri,
        local=False,
        type="Group",
        handle="depot",
        host=first.host,
        url=iri,
        inbox=f"{iri}/inbox",
        updated_at=now(),
        **values,
    )
    session().add(made)
    session().flush()
    return made


def test_page_of_a_handle_is_that_of_its_present_owner(app: Flask, reader: Reader) -> None:
    with app.app_context():
        board.partner().gone_at = now()
        another_depot(name="Read last", fetched_at=now())
        another_depot(name="Read before", fetched_at=now() - timedelta(days=1))
        another_depot(name="Never read")
        another_depot(name="Gone just now", gone_at=now(), fetched_at=now() + timedelta(days=1))
        session().commit()
        found = local.find_page("depot@partner.test")
        assert found is not None
        assert found.name == "Read last"
    assert "Read last" in reader.get("/@depot@partner.test").text


@pytest.mark.parametrize("owner", ["the first", "the last"])
def test_publication_is_found_whoever_else_has_the_handle_of_its_actor(app: Flask, reader: Reader, owner: str) -> None:
    path = board.receive(app, "call", name="From the depot")
    with app.app_context():
        last = another_depot(fetched_at=now())
        if owner == "the last":
            session().query(Publication).one().actor_id = last.id
        session().commit()
    assert "From the depot" in reader.get(path).text
    assert reader.get(f"{path}/feed.atom").status_code == 200


def test_publication_is_not_found_under_the_handle_of_another(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "call")
    identifier = path.rpartition("/")[2]
    with app.app_context():
        board.partner()
        session().commit()
    assert reader.get(f"/@UNION@localhost/calls/{identifier}").status_code == 301
    for handle in ("couriers", "union@partner.test", "depot@partner.test"):
        assert reader.get(f"/@{handle}/calls/{identifier}").status_code == 404
    assert reader.get(f"/@union/events/{identifier}").status_code == 404
