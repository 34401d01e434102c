"""Counts by topic, territory and server: what everybody may see, by the rest of the filter, as links that narrow."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors.node import now
from flask_maillage.publications import facets
from flask_maillage.publications.topics import COOPERATION, VOICE
from tests import postgresql
from tests.publications.board import draft, publish, receive, sample_of
from tests.territory.atlas import BRUSSELS, ECHIROLLES, GRENOBLE, open_atlas


@pytest.fixture(autouse=True)
def atlas(monkeypatch: pytest.MonkeyPatch) -> None:
    open_atlas(monkeypatch)


def counted(client: FlaskClient, address: str) -> dict[str, dict[str, tuple[int, str]]]:
    """Return by heading, by label, the count of each link and its address."""
    answer = client.get(address)
    assert answer.status_code == 200
    link = r'<a href="([^"]*)"[^>]*>([^<]*) <span class="count">(\d+)'
    return {
        title: {label: (int(count), unescape(there)) for there, label, count in re.findall(link, rest)}
        for title, rest in re.findall(r"<summary>([^<]*)</summary>\s*<ul>(.*?)</ul>", answer.text, re.DOTALL)
    }


def fill(app: Flask) -> None:
    with app.app_context():
        details = sample_of("initiative", now()).details
    about = [details.model_copy(update={"topics": topics}) for topics in ((VOICE, COOPERATION), (VOICE,))]
    publish(app, "initiative", name="One", place=GRENOBLE, details=about[0])
    receive(app, "initiative", name="Two", place=ECHIROLLES, details=about[1])
    publish(app, "event", name="Three", place=GRENOBLE)
    publish(app, "event", name="Four", place=BRUSSELS)
    draft(app, "event", name="Draft", place=GRENOBLE)
    publish(app, "event", name="For followers", place=GRENOBLE, row={"visibility": "followers"})


@postgresql.BOTH
def test_counts_are_of_what_everybody_sees_and_each_link_narrows_what_is_asked(app: Flask, client: FlaskClient) -> None:
    fill(app)
    found = counted(client, "/find?facets=1")
    assert {label: count for label, (count, _) in found["By topic"].items()} == {
        "Giving workers a stronger voice": 2,
        "New forms of cooperation": 1,
    }
    assert {label: count for label, (count, _) in found["By country"].items()} == {"France": 3, "Belgium": 1}
    assert {label: count for label, (count, _) in found["By server"].items()} == {"localhost": 3, "partner.test": 1}
    voices = counted(client, found["By topic"]["Giving workers a stronger voice"][1])
    assert voices["By topic"]["New forms of cooperation"][0] == 1, "other topics stay to be chosen"
    assert {label: count for label, (count, _) in voices["By country"].items()} == {"France": 2}
    in_france = counted(client, voices["By country"]["France"][1])
    assert in_france["In France"]["Auvergne-Rhône-Alpes"][0] == 2
    inside = counted(client, in_france["In France"]["Auvergne-Rhône-Alpes"][1])["In Auvergne-Rhône-Alpes"]
    assert inside["Isère"] == (2, inside["Isère"][1])
    assert "topic=" in inside["Isère"][1]
    assert "zone=FR-38" in inside["Isère"][1]
    here = client.get(voices["By server"]["partner.test"][1]).text
    assert ">Two</a>" in here
    assert ">One</a>" not in here


def test_nothing_is_counted_until_somebody_asks_for_it_and_then_to_a_bound(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(app)
    asked = []
    monkeypatch.setattr(facets, "of", lambda filter_: asked.append(filter_))
    page = client.get("/find?kind=event").text
    assert not asked
    assert '/find?kind=event&amp;facets=1#narrower"' in page
    assert client.get("/find?facets=1&from=never").status_code == 400
    assert not asked, "a filter that cannot be meant is not counted"
    monkeypatch.undo()
    open_atlas(monkeypatch)
    monkeypatch.setattr(facets, "MOST", 1)
    with app.app_context():
        assert facets.of(facets.Filter()).hosts == (("localhost", 1),)
    assert 'name="facets" value="1"' in client.get("/find?facets=1").text, "they stay open when one filters on"
