"""Topics of a node's own: offered, chosen, sent with what they are called, and shown by peers without them."""

import json

import pytest

from actors.database import session
from flask_maillage import sample
from flask_maillage.publications import topic_list
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.models import Publication
from flask_maillage.publications.topic_list import TopicError
from flask_maillage.publications.topics import VOICE, NamedTopic, labels_from_object, labels_object
from tests.conftest import NOW
from tests.publications.test_kinds import changed, received, sent
from tests.reader import Reader

HOUSING = {"en": "Housing", "fr": "Logement"}
IRI = "http://localhost/topics/housing"
CALL = {"name": "Coaching for ten", "text": "Come.", "deadline": "2027-01-13", "timezone": "Europe/Brussels"}


@pytest.fixture
def reader(app):
    with app.app_context():
        topic_list.add("housing", HOUSING)
        topic_list.add("tenants", {"en": "Tenants' unions"}, "housing")
        session().commit()
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


def of_kind(app, kind):
    with app.app_context():
        session().rollback()
        return session().query(Publication).filter_by(kind=kind).one().content.details


@pytest.mark.parametrize(("kind", "fields"), [("call", CALL), ("initiative", {"name": "Repair café", "text": "We."})])
def test_topic_is_offered_chosen_and_shown_in_the_language_of_the_reader(reader, app, kind, fields):
    new = f"/@union/{kind}s/new"
    assert "Tenants&#39; unions" in reader.get(new).text
    path = reader.submit(new, **fields, topics=[VOICE, IRI, f"{IRI[:-7]}tenants"]).location
    details = of_kind(app, kind)
    assert {one.iri: one.labels for one in details.topic_labels}[IRI] == HOUSING
    stranger = Reader(app)
    assert "Housing" in stranger.get(path).text
    assert "Logement" in stranger.get(f"{path}?lang=fr").text
    reader.submit(f"{path}/edit", name="Coaching for all")
    assert of_kind(app, kind) == details


def test_a_retired_topic_is_offered_no_more_and_stays_where_it_was_chosen(reader, app):
    path = reader.submit("/@union/calls/new", **CALL, topics=[IRI]).location
    with app.app_context():
        assert topic_list.retire("housing")
        assert not topic_list.retire("housing")
        session().commit()
    assert IRI not in reader.get("/@union/calls/new").text
    assert reader.submit("/@union/calls/new", **CALL, topics=[IRI]).status_code == 422
    assert reader.submit(f"{path}/edit", name="Coaching for all").status_code == 303
    assert of_kind(app, "call").topics == (IRI,)


def test_servers_read_a_topic_at_its_id(reader, client):
    answer = client.get("/topics/tenants", headers={"Accept": "application/activity+json"})
    said = json.loads(answer.data)
    assert {key: said[key] for key in ("id", "type", "name", "nameMap", "broader")} == {
        "id": "http://localhost/topics/tenants",
        "type": "Concept",
        "name": "Tenants' unions",
        "nameMap": {"en": "Tenants' unions"},
        "broader": IRI,
    }
    for term in ("nothing", "%00", "A", "x" * 99):
        assert client.get(f"/topics/{term}").status_code == 404


def test_labels_travel_and_rename_no_shared_topic():
    named = (NamedTopic(iri="https://a.test/topics/x", labels={"fr": "Eau", "en": "Water"}, parent=VOICE),)
    call = changed(sample.call(NOW), topics=(VOICE, "https://a.test/topics/x", "Free"), topic_labels=named)
    document = sent(call)
    assert received(document).details.topic_labels == named
    assert "Water" in document["content"]
    forged = [*labels_object(named), {"id": VOICE, "name": "Spam"}, {"id": "https://b.test/not-named", "name": "Spam"}]
    assert labels_from_object(forged, call.details.topics) == named
    assert kind_named("call").differences(call, received(document)) == []


@pytest.mark.parametrize(
    "value",
    [None, 7, "x", [7], [{}], [{"id": "Free", "nameMap": {"../": "x", 7: "y"}}], [{"id": "Free", "name": ["x"]}]],
)
def test_labels_that_are_none_are_left_out(value):
    assert labels_from_object(value, ["Free"]) == ()


@pytest.mark.parametrize(
    ("term", "labels", "parent", "sentence"),
    [
        ("Housing", HOUSING, "", "small letters"),
        ("voice", HOUSING, "", "share a topic of this name"),
        ("water", {}, "", "what the topic is called"),
        ("water", {"english": "Water"}, "", "what the topic is called"),
        ("water", {"en": " "}, "", "what the topic is called"),
        ("water", {"en": "Water"}, "nothing", "none of the first level"),
        ("water", {"en": "Water"}, "tenants", "none of the first level"),
        ("water", {"en": "Water"}, "union-strategies", "none of the first level"),
        ("housing", HOUSING, "voice", "has narrower ones"),
    ],
)
def test_what_is_no_topic_is_refused_in_a_sentence(reader, app, term, labels, parent, sentence):
    with app.app_context(), pytest.raises(TopicError, match=sentence):
        topic_list.add(term, labels, parent)


def test_commands_add_list_and_retire(app):
    def run(*arguments):
        return app.test_cli_runner().invoke(args=["maillage", "topic", *arguments]).output

    labels = ("--label", "en=Water", "--label", "fr=Eau")
    assert run("add", "water", *labels, "--parent", "voice").strip() == "http://localhost/topics/water"
    assert "en=Water, fr=Eau" in run("list")
    assert "offered no more" in run("retire", "water")
    assert "retired" in run("list")
    assert "There is no topic" in run("retire", "water")
    assert "share a topic of this name" in run("add", "rights", *labels)
