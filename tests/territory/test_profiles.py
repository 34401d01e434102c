"""Where actors are based and act, and their links: written by those who administer them, sent, read from others."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from actors.models import Posted
from flask_maillage.people import accounts, roles
from flask_maillage.territory import gazetteer, profiles, verifying
from flask_maillage.territory.models import ActorZone
from inboxes import pruning, worker
from tests.conftest import Clock
from tests.fediverse import Answer, Fediverse
from tests.reader import Reader
from tests.territory.atlas import open_atlas, zone

PAGE = "/@union/profile"


@pytest.fixture(autouse=True)
def atlas(monkeypatch: pytest.MonkeyPatch) -> None:
    open_atlas(monkeypatch)


@pytest.fixture
def reader(app: Flask) -> Reader:
    """Ann, who administers the union."""
    with app.app_context():
        member, union = accounts.find("ann@example.org"), local.find("union")
        assert member is not None
        assert union is not None
        roles.grant(member, union, "admin")
        session().commit()
    reader = Reader(app)
    reader.sign_in()
    return reader


def document(client: FlaskClient) -> dict[str, object]:
    found = client.get("/actors/union", headers={"Accept": "application/activity+json"}).get_json()
    assert isinstance(found, dict)
    return found


def zones_of(app: Flask, iri: str, relation: str) -> set[str]:
    with app.app_context():
        actor = remote.find(iri)
        assert actor is not None
        query = select(ActorZone.code).where(ActorZone.actor_id == actor.id, ActorZone.relation == relation)
        return set(session().scalars(query))


def test_a_profile_is_written_shown_and_sent_to_followers(
    app: Flask, client: FlaskClient, reader: Reader, fediverse: Fediverse
) -> None:
    with app.app_context():
        copy = remote.remember(fediverse.actor("alice", "a.test").document)
        followers.record(copy, local.find("union"), iri=f"{copy.iri}/f", state="accepted")  # type: ignore[arg-type]
        session().commit()
    typed = {
        "name": "The union",
        "summary": "We **organise**.",
        "based_in": "grenoble",
        "acts_in": "Isère\nBelgium",
        "links": "Website | https://union.example/\nBlog | https://blog.example/us",
    }
    page = reader.get(PAGE)
    assert reader.post(PAGE, reader.fill(page, **typed)).status_code == 303
    shown = client.get("/@union").text
    for words in ("The union", "/territories/insee:38185", "/territories/FR-38", 'rel="me nofollow noopener">Blog</a>'):
        assert words in shown
    said = document(client)
    assert said["location"]["code"] == "insee:38185"  # type: ignore[index]
    assert [area["code"] for area in said["areaServed"]] == ["FR-38", "BE"]  # type: ignore[attr-defined]
    assert [one["name"] for one in said["attachment"]] == ["Website", "Blog"]  # type: ignore[attr-defined]
    assert zones_of(app, "http://localhost/actors/union", "based") >= {"insee:38185", "FR-38", "FR"}
    with app.app_context():
        updates = session().scalars(select(Posted).where(Posted.type == "Update")).all()
        assert [json.loads(one.body)["object"]["name"] for one in updates] == ["The union"]
        assert len(updates[0].deliveries) == 1
    page = reader.get(PAGE)
    assert reader.form(page, "based_in")["based_in"] == "Grenoble (insee:38185)"
    reader.post(PAGE, reader.fill(page))
    with app.app_context():
        assert len(session().scalars(select(Posted).where(Posted.type == "Update")).all()) == 1, "nothing changed"


def test_of_several_of_one_name_the_chosen_one_is_meant_and_without_a_choice_all_are_named(
    app: Flask, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = [zone("insee:38185"), zone("insee:38151")]
    monkeypatch.setattr(gazetteer, "complete", lambda text, **_: several if text == "Gre" else [])
    page = reader.get(PAGE)
    answer = reader.post(PAGE, reader.fill(page, based_in="Gre"))
    assert answer.status_code == 422
    assert "Échirolles" in answer.text
    assert reader.post(PAGE, reader.fill(page, based_in="Gre", zone="FR")).status_code == 422, "none of these"
    for chosen in ({"zone": "insee:38151"}, {"which_base": "insee:38151"}):
        assert reader.post(PAGE, reader.fill(page, based_in="Gre", **chosen)).status_code == 303
        assert zones_of(app, "http://localhost/actors/union", "based") >= {"insee:38151"}
        reader.post(PAGE, reader.fill(page, based_in=""))


def test_what_is_not_certain_is_asked_once_and_may_stay_as_it_was_typed(
    app: Flask, client: FlaskClient, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = [zone("insee:38185"), zone("insee:38151")]
    monkeypatch.setattr(gazetteer, "complete", lambda text, **_: several if text == "Gre" else [])
    typed = {"based_in": "Atlantis", "acts_in": "FR-38\nGre\nThe seven seas"}
    page = reader.post(PAGE, reader.fill(reader.get(PAGE), **typed))
    assert page.status_code == 422
    assert "Another one, or it does not matter" in page.text
    kept = {"which_base": "none", "areas_as_typed": "y"}
    assert reader.post(PAGE, reader.fill(page, **kept)).status_code == 303
    shown = client.get("/@union").text
    assert "Atlantis" in shown
    assert "Gre, The seven seas" in shown
    said = document(client)
    assert said["location"] == {"type": "Place", "name": "Atlantis"}
    assert said["areaServed"] == [
        {"type": "Place", "name": "Isère", "code": "FR-38"},
        {"type": "Place", "name": "Gre"},
        {"type": "Place", "name": "The seven seas"},
    ]
    again = reader.get(PAGE)
    assert "it does not matter" not in again.text
    assert reader.post(PAGE, reader.fill(again, summary="Something else")).status_code == 303, "asked only once"
    with app.app_context():
        union = local.find("union")
        assert union is not None
        union.place = {"name": "A hall", "locality": "Nowhere", "latitude": 45.0, "longitude": 5.0}
        session().commit()
    assert reader.post(PAGE, reader.fill(reader.get(PAGE), summary="More")).status_code == 303
    assert document(client)["location"]["latitude"] == 45.0, "what is known of the place stays"  # type: ignore[index]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("based_in", "A" * 300),
        ("acts_in", "Isère\nAtlantis"),
        ("links", "Blog | blog.example"),
        ("links", "Blog | javascript:alert(1)"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_changes(
    app: Flask, reader: Reader, field: str, typed: str
) -> None:
    page = reader.get(PAGE)
    answer = reader.post(PAGE, reader.fill(page, summary="Kept as typed", **{field: typed}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "Kept as typed" in answer.text
    with app.app_context():
        assert "Kept" not in local.find("union").summary  # type: ignore[union-attr]


def test_nobody_else_gets_to_a_profile(app: Flask, client: FlaskClient) -> None:
    assert client.get(PAGE).status_code == 303
    reader = Reader(app)
    reader.sign_in()
    assert reader.get(PAGE).status_code == 404, "Ann is an editor of the union, and no admin"
    assert reader.get("/@ann/profile").status_code == 404


def test_what_a_group_elsewhere_says_is_kept_to_be_found_and_goes_with_it(
    app: Flask, clock: Clock, fediverse: Fediverse
) -> None:
    said = {
        "location": {"type": "Place", "name": "Grenoble", "code": "insee:38185"},
        "areaServed": [{"type": "Place", "name": "Isère", "code": "FR-38"}, {"name": 7}, "Les Alpes", 3],
        "attachment": [
            {"type": "PropertyValue", "name": "Site", "value": '<a href="https://depot.example">depot</a>'},
            {"type": "PropertyValue", "name": "Bad", "value": '<a href="javascript:1">x</a>'},
            "nothing",
        ],
    }
    depot = fediverse.actor("depot", "p.test", kind="Group", **said)
    with app.app_context():
        copy = remote.remember(depot.document)
        session().commit()
        found = profiles.of(copy, "en")
        assert [area.name for area in found.acts_in] == ["Isère", "Les Alpes"]
        assert [(link.label, link.address) for link in found.links] == [("Site", "https://depot.example")]
    assert zones_of(app, depot.iri, "based") >= {"insee:38185", "FR"}
    assert zones_of(app, depot.iri, "acts") == {"FR-38", "FR-ARA", "FR"}
    with app.app_context():
        remote.remember({name: value for name, value in depot.document.items() if name not in said})
        session().commit()
    assert zones_of(app, depot.iri, "based") == set()
    clock.turn(days=400)
    with app.app_context():
        pruning.prune()
        assert remote.find(depot.iri) is None, "what it said of itself does not keep a stranger"


def test_of_a_person_elsewhere_no_place_is_kept(app: Flask, fediverse: Fediverse) -> None:
    eve = fediverse.actor("eve", "p.test", location={"type": "Place", "name": "Grenoble", "code": "insee:38185"})
    with app.app_context():
        assert not remote.remember(eve.document).place
        session().commit()
    assert zones_of(app, eve.iri, "based") == set()


def test_a_page_that_links_back_is_verified_by_the_worker_and_no_other(app: Flask, fediverse: Fediverse) -> None:
    back = b'<html><body><a href="http://localhost/@union" rel="nofollow ME">us</a></body></html>'
    pages = {"back": back, "other": back.replace(b"ME", b"you"), "foreign": back.replace(b"union", b"others")}
    for name, body in pages.items():
        fediverse.answer(fediverse.address("site.test", f"/{name}"), Answer(body=body, content_type="text/html"))
    ways = {"with www": "www.site.test", "elsewhere": "mallory.test", "below": "mallory.site.test"}
    for host in ways.values():
        page = fediverse.address(host, "/page")
        fediverse.answer(page, Answer(body=back, content_type="text/html"))
        there = Answer(302, headers={"Location": page})
        fediverse.answer(fediverse.address("site.test", f"/to/{host}"), there)
    addresses = [(name, fediverse.address("site.test", f"/{name}")) for name in (*pages, "missing")]
    addresses += [(name, fediverse.address("site.test", f"/to/{host}")) for name, host in ways.items()]
    with app.app_context():
        union = local.find("union")
        assert union is not None
        profiles.write(union, name="U", summary="", based_in=None, acts_in=(), addresses=addresses)
        session().commit()
        assert not fediverse.arrived, "nothing is asked within a request"
    worker.run_until_idle(app)
    with app.app_context():
        found = profiles.of(local.find("union"), "en")  # type: ignore[arg-type]
        assert [link.label for link in found.links if link.verified_at] == ["back", "with www"]
        assert verifying.verify_links() == 0
