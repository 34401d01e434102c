"""What everybody learns of a decided call: numbers without small ones, rows that name nobody, no name unasked."""

import csv
import io

import pytest

from actors.database import session
from actors.node import now
from flask_maillage.calls.afterwards import openness
from flask_maillage.calls.models import Version
from tests.calls import making
from tests.publications import board

VOICE = "https://w3id.org/maillage#voice"
TOOLS = "https://w3id.org/maillage#digital-tools"
SECRET = "A pay log kept by riders"


def answered_call(app, *, status="decided", visibility="public"):
    """Publish a call with 13 applications, of which ten were selected, and return its id and its page."""
    iri = making.call_of(app, details={"maximum_selected": 10})
    path = iri.removeprefix("http://localhost").replace("/actors/", "/@")
    with app.app_context():
        call = making.found(iri)
        for number, dossier in enumerate(making.selected(call, range(1, 11)), 1):
            dossier.territory = dossier.versions[0].content["territory"] = "FR-75" if number <= 6 else "BE"
            dossier.versions[0].content = dossier.versions[0].content | {"topics": [VOICE if number % 2 else TOOLS]}
        for number in (11, 12, 13):
            content = {"territory": "RS" if number == 13 else "IE", "sectors": ["Care"], "topics": []}
            by = {"state": "declined", "decided_by": "http://localhost/actors/union", "decided_at": now()}
            making.dossier_of(call, number, content=content, name=f"{SECRET} {number}", **by)
        session().commit()
    board.change(app, path, status=status, visibility=visibility)
    return iri, path


def read(client, path, kind="application/activity+json"):
    return client.get(path.removeprefix("http://localhost"), headers={"Accept": kind})


def test_numbers_are_public_once_a_call_is_decided(app, client):
    iri, path = answered_call(app)
    answer = read(client, f"{iri}/statistics")

    assert answer.status_code == 200
    assert {name: answer.json[name] for name in ("id", "type", "context", "applications", "selected", "by")} == {
        "id": f"{iri}/statistics",
        "type": "Statistics",
        "context": iri,
        "applications": 13,
        "selected": 10,
        "by": {
            "type": [{"name": VOICE, "count": 10}, {"name": "", "count": 3}],
            "country": [{"name": "FR", "count": 6}, {"name": "BE", "count": 4}, {"name": "*", "count": 3}],
            "sector": [{"name": "Delivery", "count": 10}, {"name": "Care", "count": 3}],
        },
    }
    shown = read(client, f"{path}/statistics", "text/html")
    assert "13 applications, 10 selected of them." in shown.text
    for words in ("France", "Belgium", "Others, fewer than 3 each", "Giving workers a stronger voice", "Not said"):
        assert f'<th scope="row">{words}</th>' in shown.text
        assert f">{words}</text>" in shown.text
    assert "Serbia" not in shown.text
    assert SECRET not in shown.text
    assert f'href="{path}/statistics"' in client.get(path).text


@pytest.mark.parametrize("status", ["open", "deliberating", "cancelled"])
def test_nothing_is_counted_in_public_before_it_is_decided(app, client, status):
    iri, path = answered_call(app, status=status)

    for part in (f"{iri}/statistics", f"{path}/statistics", f"{path}/open-data.csv", f"{path}/open-data.json"):
        assert read(client, part, "*/*").status_code == 404
    assert "/statistics" not in client.get(path).text


def test_numbers_of_a_call_for_some_are_for_those(app, client):
    iri, path = answered_call(app, visibility="followers")

    for part in (f"{iri}/statistics", f"{path}/statistics", f"{path}/open-data.csv"):
        assert read(client, part, "*/*").status_code == 404


def test_open_data_have_no_other_columns_and_no_rare_row(app, client):
    _, path = answered_call(app)
    rows = read(client, f"{path}/open-data.json", "*/*").json
    table = read(client, f"{path}/open-data.csv", "*/*")
    lines = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"))))

    assert lines == rows
    french = {"territory": "FR", "topics": VOICE, "sectors": "Delivery", "outcome": "*"}
    rare = {"territory": "*", "topics": "*", "sectors": "*"}
    assert rows == [rare | {"outcome": "declined"}] * 3 + [rare | {"outcome": "selected"}] * 4 + [french] * 6


def test_a_selected_one_is_named_only_where_its_people_said_so(app, client):
    iri, path = answered_call(app)
    with app.app_context():
        first, second = (session().get(making.Dossier, number) for number in (1, 2))
        first.name, second.name = "The named ones", "The unnamed ones"
        first.publicise, first.state = True, "confirmed"
        second.state = "confirmed"
        session().commit()
    shown = client.get(f"{path}/statistics").text

    assert "<li>The named ones</li>" in shown
    assert "The unnamed ones" not in shown
    assert iri


def test_numbers_stay_when_what_they_counted_is_erased_or_withdrawn(app):
    iri, _ = answered_call(app)
    with app.app_context():
        call = making.found(iri)
        session().get(making.Dossier, 13).state = "withdrawn"
        before = openness.of(call)
        openness.freeze(call)
        for version in session().query(Version):
            version.content = None
        session().commit()

        assert openness.of(making.found(iri)) == before


def test_words_of_applicants_are_shown_as_words(app, client):
    iri, path = answered_call(app)
    with app.app_context():
        for version in session().query(Version):
            version.content = version.content | {"sectors": ["=1+1", "*", " <b>Care</b> "], "territory": "FR"}
        session().query(making.Dossier).update({"territory": "FR"})
        session().commit()

    assert "&lt;b&gt;Care&lt;/b&gt;" in client.get(f"{path}/statistics").text
    assert "'<b>" not in client.get(f"{path}/open-data.csv").text
    assert all("*" not in row["sectors"] for row in client.get(f"{path}/open-data.json").json)
    assert client.get(f"{path}/open-data.csv").text.count(",'<b>") == 0
    assert iri


def test_few_applications_are_not_counted_at_all(app, client):
    iri = making.call_of(app)
    path = iri.removeprefix("http://localhost").replace("/actors/", "/@")
    with app.app_context():
        making.selected(making.found(iri), (1, 2))
        session().commit()
    board.change(app, path, status="decided")

    assert "There were fewer than 3 applications" in client.get(f"{path}/statistics").text
    answer = read(client, f"{iri}/statistics")
    assert "applications" not in answer.json
    assert answer.json["by"] == {"type": [], "country": [], "sector": []}
