"""What servers read of publications: what everyone may read and nothing else, at addresses that hold."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from actors import local
from actors.database import session
from flask_maillage.publications import publishing
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.models import FOLLOWERS, UNLISTED
from tests.actors.test_documents import ANSWER, leads_somewhere, strings

ACTIVITY = {"Accept": "application/activity+json"}
SLUGS = {"call": "calls", "event": "events", "initiative": "initiatives"}
START = datetime(2026, 12, 11, 18, tzinfo=UTC)


def content(kind="event", name="An evening", **more):
    times = {"call": {"ends_at": START}, "event": {"starts_at": START, "ends_at": START + timedelta(hours=2)}}
    return Content(
        kind=kind,
        name=name,
        html="<p>Come by.</p>",
        language="en",
        timezone="Europe/Paris",
        status=kind_named(kind).statuses[0],
        details=kind_named(kind).details(),
        **{**times.get(kind, {}), **more},
    )


@pytest.fixture
def write(app):
    """Write a publication of the union, and bring it into a state."""

    def written(kind="event", state="published", visibility=None, **more):
        with app.app_context():
            publication = publishing.draft(local.find("union"), content(kind, **more))
            if state != "draft":
                publishing.publish(publication)
            if visibility:
                publication.visibility = visibility
            if state == "withdrawn":
                publishing.withdraw(publication)
            session().commit()
            return publication.iri, publication.page

    return written


def get(client, iri, **headers):
    return client.get(urlsplit(iri).path, headers={**ACTIVITY, **headers})


@pytest.mark.parametrize("kind", SLUGS)
def test_published_object_is_read_at_its_id_and_its_addresses_lead_somewhere(app, client, write, kind):
    iri, page = write(kind)
    response = get(client, iri)
    document = response.json
    assert (response.status_code, response.headers["Content-Type"]) == (200, ANSWER)
    assert "Accept" in response.vary
    assert (document["id"], document["attributedTo"]) == (iri, "http://localhost/actors/union")
    assert f"/{SLUGS[kind]}/" in iri
    ours = [found for found in strings(document) if found.startswith("http://localhost/") and "/places/" not in found]
    assert [found for found in ours if not leads_somewhere(app, found)] == []
    for part in ("replies", "context"):
        assert get(client, document[part]).json["totalItems"] == 0
    browser = client.get(urlsplit(iri).path, headers={"Accept": "text/html"})
    assert (browser.status_code, browser.location) == (303, page)


def test_draft_looks_like_what_was_never_there(client, write):
    iri, _ = write(state="draft")
    never = f"{iri[:-12]}000000000000"
    for suffix in ("", "/replies", "/context", "/organizers", "/attendees"):
        answers = [get(client, found + suffix) for found in (iri, never)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].data == answers[1].data


def test_limited_object_looks_like_what_was_never_there(client, write):
    iri, _ = write(visibility=FOLLOWERS)
    assert get(client, iri).status_code == 404
    assert get(client, "/actors/union/upcoming").json["totalItems"] == 0


def test_unlisted_object_is_read_by_its_id_and_listed_nowhere(client, write):
    iri, _ = write(visibility=UNLISTED)
    assert get(client, iri).status_code == 200
    assert get(client, "/actors/union/upcoming").json["totalItems"] == 0
    assert get(client, "/actors/union/upcoming/page/1").json["orderedItems"] == []


@pytest.mark.parametrize("kind", SLUGS)
def test_withdrawn_object_is_a_tombstone_without_what_it_said(client, write, kind):
    iri, _ = write(kind, "withdrawn", name="Said too much")
    response = get(client, iri)
    assert (response.status_code, response.headers["Content-Type"]) == (410, ANSWER)
    assert (response.json["type"], response.json["id"]) == ("Tombstone", iri)
    assert response.json["formerType"] == kind_named(kind).as2_type
    assert response.json["deleted"] == "2026-11-21T12:00:00Z"
    assert "Said too much" not in response.text
    assert "max-age" not in response.headers["Cache-Control"]


def test_object_of_one_actor_is_not_found_under_another_or_another_kind(client, write):
    iri, _ = write("event")
    assert get(client, iri.replace("union", "couriers")).status_code == 404
    assert get(client, iri.replace("/events/", "/calls/")).status_code == 404


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("calls", {"call"}),
        ("initiatives", {"initiative"}),
        ("upcoming", {"event"}),
        ("featured", {"call"}),
        ("posts", {"call", "initiative"}),
    ],
)
def test_collections_hold_what_they_say_and_nothing_hidden(client, write, name, kinds):
    for kind in SLUGS:
        write(kind)
        write(kind, "draft")
        write(kind, "withdrawn")
        write(kind, visibility=FOLLOWERS)
    listed = get(client, f"/actors/union/{name}").json
    assert listed["totalItems"] == len(kinds)
    page = get(client, listed["first"]).json
    found = {item["id"].split("/")[5] for item in page["orderedItems"]}
    assert found == {SLUGS[kind] for kind in kinds}
    assert "next" not in page


def test_what_is_over_is_neither_upcoming_nor_featured(client, clock, write):
    write("event")
    write("call")
    clock.turn(days=60)
    assert get(client, "/actors/union/upcoming").json["totalItems"] == 0
    assert get(client, "/actors/union/featured").json["totalItems"] == 0
    assert get(client, "/actors/union/calls").json["totalItems"] == 1


def test_long_collection_is_read_page_by_page(client, write):
    written = {write("initiative", name=f"Number {number}")[0] for number in range(23)}
    page, seen = get(client, "/actors/union/initiatives").json["first"], []
    while page:
        document = get(client, page).json
        assert document["id"] == page
        seen += [item["id"] for item in document["orderedItems"]]
        page = document.get("next")
    assert len(seen) == 23
    assert set(seen) == written


def test_unchanged_object_is_answered_304(client, write):
    iri, _ = write()
    tag = get(client, iri).headers["ETag"]
    assert get(client, iri, **{"If-None-Match": tag}).status_code == 304
