"""Where publications lie: laid out whenever they say something else, found by a filter, laid out anew with new data."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from actors.database import session
from actors.node import now
from flask_maillage.publications import publishing, zoning
from flask_maillage.publications.filtering import PARAMETERS, Refused, read
from flask_maillage.publications.kinds.initiative_details import Area
from flask_maillage.publications.models import Publication, PublicationZone
from inboxes import worker
from tests.publications.board import draft, publish, receive, sample_of
from tests.territory.atlas import BRUSSELS, GRENOBLE, open_atlas

OF_GRENOBLE = {"insee:38185", "siren:200040715", "FR-38", "FR-ARA", "FR"}


@pytest.fixture(autouse=True)
def atlas(monkeypatch: pytest.MonkeyPatch) -> None:
    open_atlas(monkeypatch)


def zones_of(app: Flask, page: str) -> set[str]:
    with app.app_context():
        found = session().scalars(select(Publication).where(Publication.identifier == page.rpartition("/")[2])).one()
        return {row.code for row in found.zones}


@pytest.mark.parametrize("way", [publish, draft, receive])
def test_what_is_written_and_what_is_kept_lies_where_its_place_is_and_in_all_around_it(app: Flask, way: object) -> None:
    assert zones_of(app, way(app, "event", place=GRENOBLE)) == OF_GRENOBLE  # type: ignore[operator]


def test_what_moves_leaves_its_zones_and_what_is_withdrawn_lies_nowhere(app: Flask) -> None:
    page = publish(app, "event", place=GRENOBLE)
    with app.app_context():
        found = session().scalars(select(Publication)).one()
        publishing.revise(found, found.content.model_copy(update={"place": BRUSSELS}))
        session().commit()
    assert zones_of(app, page) == {"BE"}
    with app.app_context():
        publishing.withdraw(session().scalars(select(Publication)).one())
        session().commit()
    assert zones_of(app, page) == set()


def test_an_initiative_lies_where_it_acts_and_a_call_where_people_may_answer(app: Flask) -> None:
    with app.app_context():
        belgian = sample_of("call", now()).details.model_copy(update={"territories": ("BE",)})
        initiative = publish(app, "initiative", place=None)
        call = publish(app, "call", place=None, details=belgian)
        rows = {row.kind: row for row in session().scalars(select(Publication))}
        content = rows["initiative"].content
        areas = (
            Area(name="Isère", code="38"),
            Area(name="Grenoble", code="insee:38185"),
            Area(name="Lune", code="MOON"),
        )
        details = content.details.model_copy(update={"acts_in": areas})
        publishing.revise(rows["initiative"], content.model_copy(update={"details": details}))
        session().commit()
    assert zones_of(app, initiative) == OF_GRENOBLE
    assert zones_of(app, call) == {"BE"}


def test_a_filter_finds_what_lies_in_a_zone_in_every_way_out(app: Flask, client: FlaskClient) -> None:
    publish(app, "event", name="In Grenoble", place=GRENOBLE)
    publish(app, "event", name="In Brussels", place=BRUSSELS)
    publish(app, "event", name="Somewhere", place=None)
    for zone, expected in (("FR-38", "In Grenoble"), ("be", "In Brussels"), ("none", "Somewhere")):
        for way in ("publications", "feed.json", "feed.atom", "calendar.ics", "list.csv"):
            text = client.get(f"/{way}?zone={zone}").text
            found = {name for name in ("In Grenoble", "In Brussels", "Somewhere") if name in text}
            assert found == {expected}, (way, zone)
    mapped = client.get("/map.geojson?zone=insee:38185").get_json()
    assert [feature["properties"]["title"] for feature in mapped["features"]] == ["In Grenoble"]
    assert client.get("/feed.json?zone=FR-99").status_code == 400


def test_a_zone_is_written_back_as_it_was_typed_and_refused_where_there_is_none() -> None:
    class Typed(dict[str, list[str]]):
        def getlist(self, key: str) -> list[str]:
            return self.get(key, [])

    found = read(Typed(zone=["38"]))
    assert (found.zone, found.query) == ("FR-38", "zone=38")
    assert replace(found, zone="") is not found
    assert "zone" in PARAMETERS
    for wrong in ("FR-99", "x" * 300, "a\x00"):
        with pytest.raises(Refused):
            read(Typed(zone=[wrong]))


def test_new_data_of_the_gazetteer_lay_out_what_is_there_in_batches(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [publish(app, "event", place=GRENOBLE) for _number in range(3)]
    monkeypatch.setattr(zoning.zoning, "BATCH", 2)
    worker.run_until_idle(app)
    with app.app_context():
        session().execute(delete(PublicationZone))
        session().commit()
    worker.run_until_idle(app)
    assert zones_of(app, pages[0]) == set(), "what goes by the data in use is left alone"
    open_atlas(monkeypatch, "larger")
    worker.run_until_idle(app)
    assert all(zones_of(app, page) == OF_GRENOBLE for page in pages)
