"""The pages about partner nodes: an admin finds, asks, answers and limits; everybody sees who is a partner."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from actors import database
from actors.database import session
from flask_maillage.coalitions.partners import health, partnership
from flask_maillage.coalitions.partners.models import Partner
from tests.coalitions.partners.peers import Peer
from tests.reader import Reader

Hear = Callable[..., None]
States = Callable[[], dict[str, str]]


@pytest.fixture
def admin(app: Flask, told: Callable[[], list[str]]) -> Reader:
    """Root, who administers the node, signed in."""
    reader = Reader(app)
    assert reader.sign_in("root@example.org").status_code == 303
    return reader


@pytest.fixture
def ann(app: Flask) -> Reader:
    """Ann, an editor of the union, signed in."""
    reader = Reader(app)
    reader.sign_in()
    return reader


def row(app: Flask, peer: Peer) -> Partner:
    """Return what is written of a node."""
    with app.app_context(), database.reading():
        found = partnership.find(peer.host, to_change=False)
        assert found is not None
        session().expunge_all()
        return found


def typed(reader: Reader, path: str, **values: str) -> MultiDict[str, str]:
    """Return what the form of what goes between us sends after these fields were typed over."""
    form = reader.form(reader.get(path), "territories")
    for name, value in values.items():
        form.setlist(name, [value])
    return form


def press(reader: Reader, peer: Peer, what: str) -> str:
    """Press a button of a node's page, and return the page that follows."""
    page = reader.get(f"/admin/partners/{peer.host}")
    assert f'action="/admin/partners/{peer.host}/{what}"' in page.text
    done = reader.post(f"/admin/partners/{peer.host}/{what}", {"csrf_token": reader.form(page)["csrf_token"]})
    assert done.status_code == 303
    return reader.get(done.headers["Location"]).text


def test_admin_finds_a_node_sees_what_it_is_and_asks_it(
    app: Flask, admin: Reader, sharers: Peer, work: Callable[[], int], states: States
) -> None:
    found = admin.submit("/admin/partners", domain=sharers.host)
    assert found.status_code == 200
    for fact in ("Sharers &amp; Workers", "maillage 0.1", "A network", "Grenoble", "fr, en", "FEP-8a8e", sharers.iri):
        assert fact in found.text
    assert states() == {}, "to look is not to ask"

    values = admin.fill(found, territories="Isère (FR-38)")
    values.poplist("news")
    done = admin.post("/admin/partners/ask", values)
    assert done.headers["Location"] == f"/admin/partners/{sharers.host}"
    work()
    assert states() == {"maillage": "requested"}
    assert len(sharers.sent("Follow")) == 1
    kept = row(app, sharers)
    assert (kept.kinds, kept.territories, kept.name) == (
        ["call", "event", "initiative"],
        ["FR-38"],
        "Sharers & Workers",
    )


@pytest.mark.parametrize("typed", ["", "not a domain", "nobody.test:9"])
def test_what_is_no_node_is_said_and_nothing_is_written(admin: Reader, typed: str, states: States) -> None:
    answer = admin.submit("/admin/partners", domain=typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert states() == {}


def test_admin_accepts_limits_suspends_resumes_and_ends(
    app: Flask, admin: Reader, mobilizon: Peer, hear: Hear, work: Callable[[], int], states: States
) -> None:
    hear(mobilizon.application, mobilizon.follow())
    assert "1 node asks to be a partner" in admin.get("/my").text
    assert "asks to be a partner" in admin.get("/admin/partners").text
    assert "mobilizon 5.1.2" in admin.get(f"/admin/partners/{mobilizon.host}").text, "the worker looked what it is"

    assert "is a partner now" in press(admin, mobilizon, "accept")
    path = f"/admin/partners/{mobilizon.host}"
    values = typed(admin, path, place="Grenoble (insee:38185)", note="By Léa")
    values.poplist("call")
    assert admin.post(path, values).status_code == 303
    kept = row(app, mobilizon)
    assert (kept.kinds, kept.note) == (["event", "initiative", "news"], "By Léa")
    assert (kept.place or {})["code"] == "insee:38185"

    for what, state in (("suspend", "suspended"), ("resume", "partner"), ("end", "ended")):
        press(admin, mobilizon, what)
        assert states() == {"mobilizon": state}
    work()
    assert len(mobilizon.sent("Reject")) == 1


def test_scope_of_nothing_and_places_that_nobody_knows_are_refused(
    app: Flask, admin: Reader, mobilizon: Peer, hear: Hear
) -> None:
    hear(mobilizon.application, mobilizon.follow())
    path = f"/admin/partners/{mobilizon.host}"
    values = typed(admin, path, territories="Nowhereland", place="Saint-Denis")
    for kind in ("call", "event", "initiative", "news"):
        values.poplist(kind)
    answer = admin.post(path, values)

    assert answer.status_code == 422
    for said in ("Choose at least one kind", "Nobody here knows “Nowhereland”", "“Saint-Denis” may be several"):
        assert said in answer.text
    assert row(app, mobilizon).kinds == ["call", "event", "initiative", "news"]


def test_button_that_came_too_late_changes_nothing(admin: Reader, mobilizon: Peer, hear: Hear, states: States) -> None:
    hear(mobilizon.application, mobilizon.follow())
    token = admin.form(admin.get(f"/admin/partners/{mobilizon.host}"))["csrf_token"]
    done = admin.post(f"/admin/partners/{mobilizon.host}/resume", {"csrf_token": token})
    assert "It is not suspended" in admin.get(done.headers["Location"]).text
    assert admin.post(f"/admin/partners/{mobilizon.host}/accept").status_code == 400
    assert states() == {"mobilizon": "asked"}


def test_for_everybody_else_there_are_no_such_pages(
    app: Flask, ann: Reader, mobilizon: Peer, hear: Hear, states: States
) -> None:
    hear(mobilizon.application, mobilizon.follow())
    for path in ("/admin/partners", f"/admin/partners/{mobilizon.host}"):
        assert (ann.get(path).status_code, Reader(app).get(path).status_code) == (404, 404)
    token = {"csrf_token": ann.form(ann.get("/account/password"))["csrf_token"]}
    for path in ("", "/ask", f"/{mobilizon.host}", f"/{mobilizon.host}/accept", f"/{mobilizon.host}/look"):
        assert ann.post(f"/admin/partners{path}", token | {"domain": mobilizon.host}).status_code == 404
    assert states() == {"mobilizon": "asked"}
    assert mobilizon.sent("Follow") == []


def test_health_tells_the_last_letter_each_way_and_what_waits(
    app: Flask, mobilizon: Peer, agree: Callable[[Peer], None]
) -> None:
    agree(mobilizon)
    with app.app_context():
        state = health.of(row(app, mobilizon))
        assert (state.reads_us, state.we_read) == ("accepted", "accepted")
        assert state.last_letter is not None
        assert state.host is not None
        assert state.host.last_success_at is not None
        assert (state.waiting, state.refused, state.failed_letters, state.has_trouble) == (0, 0, 0, False)
        assert state.polling is not None


def test_everybody_sees_partners_with_their_places_and_nobody_who_only_asks(
    app: Flask, sharers: Peer, mobilizon: Peer, agree: Callable[[Peer], None], hear: Hear
) -> None:
    reader = Reader(app)
    assert "No partner yet" in reader.get("/partners").text
    hear(mobilizon.application, mobilizon.follow())
    agree(sharers)
    app.extensions["maillage"].state["node_place"] = "Paris"

    page = reader.get("/partners").text
    for fact in ("Sharers &amp; Workers", "A network", "Grenoble", "Maillage", "partner since", "data-map"):
        assert fact in page
    assert "mobilizon.test" not in page + reader.get("/").text
    assert "Sharers &amp; Workers" in reader.get("/").text
    found = reader.get("/partners/cells.json").json
    assert {cell["items"][0]["kind"] for cell in found["cells"]} == {"this", "partner"}
    assert found["lines"][0][1] == [45.18, 5.72]


def test_node_says_where_it_is(app: Flask, client: FlaskClient) -> None:
    app.extensions["maillage"].state["node_place"] = "insee:38185"
    document = client.get("/actors/relay", headers={"Accept": "application/activity+json"}).json
    assert (document["location"]["name"], document["location"]["code"]) == ("Grenoble", "insee:38185")
    assert client.get("/nodeinfo/2.1").json["metadata"]["languages"] == ["en"]
