"""The kinds, both ways: what peers need of ours, what we make of theirs, and that nothing gets lost."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import base58
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation import markdown, strict_json
from federation.errors import Malformed
from federation.sanitising import text_of_html
from flask_maillage import sample
from flask_maillage.publications.attached import Attachment, Picture
from flask_maillage.publications.call_parts import ANSWERS
from flask_maillage.publications.content import ActorRef, Content, Envelope, Translation, one_line
from flask_maillage.publications.kinds import KINDS, kind_named, kind_with_slug, page_text, recognise
from flask_maillage.publications.kinds.call_details import CallDetails, Cohort, Criterion, Extension, Question, Seat
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.event_times import whole_days
from flask_maillage.publications.kinds.initiative_details import Area, InitiativeDetails
from flask_maillage.publications.kinds.news import NewsDetails, beginning
from flask_maillage.publications.programmes.programme import ITEM_KINDS, ProgrammeItem, Speaker, all_items
from flask_maillage.publications.programmes.warnings import warnings
from flask_maillage.publications.topics import TOPICS
from flask_maillage.publications.workers import WORKERS
from flask_maillage.territory.places import Place

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BASE = "https://node-a.example"
IRIS = {handle: f"{BASE}/actors/{handle}" for handle in ("ires", "astrees", "etuc")}
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ENVELOPE = Envelope(
    iri=f"{BASE}/actors/ires/things/1",
    url=f"{BASE}/@ires/things/1",
    actor=f"{BASE}/actors/ires",
    application=f"{BASE}/actors/relay",
    followers=f"{BASE}/actors/ires/followers",
    to=(PUBLIC,),
    cc=(f"{BASE}/actors/ires/followers",),
    published=NOW,
    updated=NOW,
    replies=f"{BASE}/actors/ires/things/1/replies",
    attendees=f"{BASE}/actors/ires/things/1/attendees",
    place=f"{BASE}/places/1",
)


def samples() -> list[Content]:
    return [sample.call(NOW, IRIS), sample.seminar(NOW, IRIS), sample.initiative(NOW, IRIS), sample.news(NOW, IRIS)]


def sent(content: Content, envelope: Envelope = ENVELOPE) -> dict[str, Any]:
    """Return the object of `content` as it arrives at a peer."""
    document = strict_json.loads(strict_json.dumps(kind_named(content.kind).to_object(content, envelope)))
    assert isinstance(document, dict)
    return document


def received(document: Any) -> Content:
    kind = recognise(document)
    assert kind is not None
    return kind.from_object(document)


def changed(content: Content, **fields: Any) -> Content:
    """Return `content` with other fields, those it does not have in its details, its summary made again."""
    own = {name: value for name, value in fields.items() if name in Content.model_fields}
    others = {name: value for name, value in fields.items() if name not in own}
    content = content.model_copy(update={**own, "details": content.details.model_copy(update=others)})
    return content.model_copy(update={"summary": kind_named(content.kind).summary(content)})


def facts_of(content: Content) -> dict[str, Any]:
    return kind_named(content.kind).as_received(content).model_dump()


@pytest.mark.parametrize("content", samples(), ids=lambda content: content.kind)
def test_publication_arrives_as_it_was_sent(content: Content) -> None:
    back = received(sent(content))
    assert facts_of(back) == facts_of(content)
    assert kind_named(content.kind).differences(content, back) == []


def test_differences_name_the_fact_that_was_lost() -> None:
    ours = sample.seminar(NOW, IRIS)
    theirs = changed(ours, place=None, capacity=119).model_copy(update={"summary": ours.summary})
    assert kind_named("event").differences(ours, theirs) == ["place", "details.capacity"]


# What every peer needs (events.md 1.4, 3.1, 3.3).


@pytest.mark.parametrize("content", samples(), ids=lambda content: content.kind)
def test_object_has_the_shape_that_every_peer_takes(content: Content) -> None:
    document = sent(content)
    assert document["type"] == {"event": "Event", "news": "Note"}.get(content.kind, "Article")
    assert document["attributedTo"] == ENVELOPE.actor
    assert document["actor"] == ENVELOPE.application
    assert "@context" not in document
    assert (document["to"], document["cc"]) == (list(ENVELOPE.to), list(ENVELOPE.cc))
    assert document["published"] == document["updated"] == "2026-11-21T12:00:00Z"
    assert document["contentMap"] == {"en": document["content"]}
    if content.kind != "news":
        assert document["preview"]["type"] == "Note"
        assert 0 < len(text_of_html(document["summary"], limit=600)) <= 500
    assert isinstance(document["tag"], list)
    assert 3 <= len(document["name"]) <= 200
    assert len(strict_json.dumps(document)) < 60_000
    assert None not in document.values()


@pytest.mark.parametrize("content", samples(), ids=lambda content: content.kind)
def test_attachments_are_objects_with_type_and_name(content: Content) -> None:
    link = {"type": "Link", "mediaType": "text/html", "href": ENVELOPE.url, "name": "Website"}
    assert sent(content)["attachment"] == ([] if content.kind == "news" else [link])


def test_event_has_what_mobilizon_requires() -> None:
    document = sent(sample.seminar(NOW, IRIS))
    assert isinstance(document["location"], dict)
    assert [type(document["location"][key]) for key in ("latitude", "longitude")] == [float, float]
    assert document["status"] == document["ical:status"] == "CONFIRMED"
    assert document["eventStatus"] == "EventScheduled"
    assert document["joinMode"] == "free"
    assert document["category"] == "MOVEMENTS_POLITICS"
    assert document["maximumAttendeeCapacity"] == 120
    assert document["draft"] is False
    assert document["contacts"] == []
    assert document["attendees"]["totalItems"] == 0


def test_times_of_an_event_have_the_offset_of_their_zone() -> None:
    document = sent(sample.seminar(NOW, IRIS))
    assert document["startTime"] == "2027-01-08T08:45:00+01:00"
    assert document["endTime"] == "2027-01-08T14:00:00+01:00"
    assert document["timezone"] == "Europe/Paris"


@pytest.mark.parametrize(
    ("mode", "emitted"),
    [("free", "free"), ("restricted", "restricted"), ("external", "external"), ("none", "external")],
)
def test_join_mode_none_is_never_emitted_as_mobilizon_refuses_it(mode: str, emitted: str) -> None:
    document = sent(changed(sample.seminar(NOW), join_mode=mode, external_url=None))
    assert document["joinMode"] == emitted
    assert document["externalParticipationUrl"] == ENVELOPE.url


@pytest.mark.parametrize(
    ("status", "ical", "fep"),
    [
        ("confirmed", "CONFIRMED", "EventScheduled"),
        ("tentative", "TENTATIVE", "EventTentative"),
        ("postponed", "TENTATIVE", "EventPostponed"),
        ("cancelled", "CANCELLED", "EventCancelled"),
        ("rescheduled", "CONFIRMED", "EventRescheduled"),
        ("moved_online", "CONFIRMED", "EventMovedOnline"),
    ],
)
def test_status_is_said_to_mobilizon_and_in_fep_8a8e_and_comes_back(status: str, ical: str, fep: str) -> None:
    content = changed(sample.seminar(NOW), status=status)
    document = sent(content)
    assert (document["status"], document["eventStatus"]) == (ical, fep)
    assert facts_of(received(document)) == facts_of(content)


@pytest.mark.parametrize(("language", "mark"), [("en", "[CANCELLED] "), ("fr", "[ANNULÉ] "), (None, "[CANCELLED] ")])
def test_cancelled_title_says_so_and_is_read_without_it(language: str | None, mark: str) -> None:
    content = changed(sample.seminar(NOW), status="cancelled", language=language)
    document = sent(content)
    assert document["name"] == mark + content.name
    assert received(document).name == content.name


def test_title_that_only_looks_cancelled_is_left_alone() -> None:
    content = changed(sample.seminar(NOW), name="[CANCELLED] A play")
    assert received(sent(content)).name == "[CANCELLED] A play"


def test_cancelled_name_stays_within_mobilizons_limit() -> None:
    assert len(sent(changed(sample.seminar(NOW), status="cancelled", name="x" * 200))["name"]) == 200


def test_event_without_end_gets_one_for_machines_that_is_not_displayed() -> None:
    content = changed(sample.seminar(NOW), ends_at=None, programme=())
    document = sent(content)
    assert document["endTime"] == "2027-01-08T10:45:00+01:00"
    assert document["displayEndTime"] is False
    assert "14:00" not in document["summary"]


def test_online_event_says_where_and_that_it_is_online() -> None:
    content = changed(sample.seminar(NOW), online_url="https://meet.example/room")
    document = sent(content)
    assert document["isOnline"] is True
    assert document["attachment"][0]["href"] == "https://meet.example/room"
    assert facts_of(received(document)) == facts_of(content)


def test_summary_of_an_event_says_when_where_and_how_many_places() -> None:
    content = changed(sample.seminar(NOW), participants=84)
    assert sent(content)["summary"] == (
        "<p>Friday 8 January 2027, 08:45–14:00 (Europe/Paris), Paris. 120 places, free registration.</p>"
    )
    assert sent(content)["remainingAttendeeCapacity"] == 36


def test_full_event_says_so_and_lets_nobody_in_by_itself() -> None:
    document = sent(changed(sample.seminar(NOW), participants=120))
    assert document["summary"].endswith("Paris. No place left of 120, free registration.</p>")
    assert (document["remainingAttendeeCapacity"], document["joinMode"]) == (0, "restricted")


def test_summary_is_in_the_language_of_the_publication() -> None:
    content = changed(sample.call(NOW), language="fr")
    assert content.summary.startswith(
        "<p><strong>Répondre au plus tard le mercredi 13 janvier 2027 à 23:59 (Europe/Brussels).</strong> "
    )


def test_long_summary_is_cut_below_what_mastodon_shows() -> None:
    content = changed(sample.initiative(NOW), needs=tuple(f"{number} {'need ' * 30}" for number in range(12)))
    assert len(text_of_html(content.summary, limit=600)) <= 500


def test_call_is_a_proposal_of_fep_0837() -> None:
    document = sent(sample.call(NOW, IRIS))
    assert document["purpose"] == "request"
    assert document["publishes"] == {
        "id": f"{ENVELOPE.iri}#intent",
        "type": "Intent",
        "action": "deliverService",
        "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "10"},
    }
    assert document["endTime"] == "2027-01-13T22:59:59Z"


def test_committee_travels_by_actor_and_by_role_but_never_by_email() -> None:
    seats = (
        Seat(name="Ann a@b.example", role="Chair", organisation="IRES", actor=IRIS["ires"]),
        Seat(role="x@y.example Seat", organisation="ETUC"),
    )
    document = sent(changed(sample.call(NOW), committee=seats))
    assert document["steeringCommittee"] == [IRIS["ires"]]
    assert document["call"]["committee"] == [
        {"type": "Person", "id": IRIS["ires"], "name": "Ann", "role": "Chair", "organisation": "IRES"},
        {"type": "Person", "role": "Seat", "organisation": "ETUC"},
    ]
    assert "@b.example" not in json.dumps(document)


def test_seat_known_only_by_its_actor_is_read() -> None:
    document = sent(sample.call(NOW))
    document["steeringCommittee"] = [IRIS["ires"], "nonsense", IRIS["ires"]]
    details = received(document).details
    assert isinstance(details, CallDetails)
    assert [seat.actor for seat in details.committee[4:]] == [IRIS["ires"]]


def test_plain_content_lacks_nothing() -> None:
    call = text_of_html(sent(sample.call(NOW, IRIS))["content"], limit=20_000)
    for fact in (
        *("Wednesday 13 January 2027, 23:59 (Europe/Brussels)", "Up to 10 selected", "Coaching session 2: 5 places"),
        *("At most 1 page", "Candidate countries", "Individual follow-up", "selects the ten initiatives"),
        *("Coordination of the network, IRES", "Trade union strategies", "Who is involved (required)", "ASTREES"),
    ):
        assert fact in call
    seminar = text_of_html(sent(sample.seminar(NOW, IRIS))["content"], limit=20_000)
    for fact in (
        *("08:45 Welcome", "Kristy Milland, Community Manager, TurkerNation.com (CA)", "11:15 Coffee break"),
        *("Co-working, and business and work co-operatives: Delphine Chenuet", "Round table", "France Stratégie"),
    ):
        assert fact in seminar


def test_items_of_a_programme_have_ids_in_their_event_and_debates_name_their_session() -> None:
    items = sent(sample.seminar(NOW))["subEvent"]
    assert items[0]["id"] == f"{ENVELOPE.iri}#i1"
    debates = {item["id"]: item["answersTo"] for item in items if item["itemType"] == "debate"}
    assert debates == {
        f"{ENVELOPE.iri}#{debate}": f"{ENVELOPE.iri}#{session}"
        for debate, session in (("i5", "i4"), ("i7", "i6"), ("i10", "i9"))
    }


@pytest.mark.parametrize("content", samples(), ids=lambda content: content.kind)
@pytest.mark.parametrize("language", ["en", None])
def test_long_text_is_cut_at_a_paragraph_with_a_link(content: Content, language: str | None) -> None:
    long = changed(content, html="<p>élément</p><ul><li><p>x</p></li></ul>" * 4000, language=language)
    document = sent(long)
    assert len(strict_json.dumps(document)) < 60_000
    html = document["content"]
    assert f'<a href="{ENVELOPE.url}">Read the rest</a>' in html
    assert html.count("<ul>") == html.count("</ul>")
    assert len(strict_json.dumps(document)) > 50_000
    before = text_of_html(document["content"], limit=80_000)
    assert before.endswith(text_of_html(kind_named(content.kind).facts(long), limit=9_000)[-40:])


def test_object_stays_small_when_everything_is_as_long_as_it_may_be() -> None:
    line = "語" * 600
    seats = tuple(Seat(name="語" * 200, role="語" * 200, organisation="語" * 200) for _ in range(20))
    call = changed(
        sample.call(NOW), objectives=(line,) * 12, support=(line,) * 12, procedure=(line,) * 12, committee=seats
    )
    item = ProgrammeItem(key="a", kind="talk", name="語" * 200, description=line)
    programme = tuple(item.model_copy(update={"key": f"a{number}"}) for number in range(120))
    event = changed(sample.seminar(NOW), programme=programme)
    for content in (call, event):
        assert len(strict_json.dumps(sent(content))) < 60_000
        assert received(sent(content)).name == content.name


def test_updated_is_never_before_published_as_gotosocial_refuses_that() -> None:
    document = sent(sample.call(NOW), replace(ENVELOPE, updated=NOW - timedelta(days=1)))
    assert document["updated"] == document["published"]


# Which kind, and where it stands.


def test_kinds_are_found_by_name_and_slug() -> None:
    assert [kind.name for kind in KINDS] == ["call", "event", "initiative", "news"]
    assert all(kind_named(kind.name) is kind and kind_with_slug(kind.slug) is kind for kind in KINDS)
    assert kind_with_slug("cats") is None
    with pytest.raises(KeyError):
        kind_named("cat")


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"type": "Event"}, "event"),
        ({"type": ["Event", "Other"]}, "event"),
        ({"type": "Article", "call": {}}, "call"),
        ({"type": "Note", "call": {}}, "call"),
        ({"type": "Proposal", "purpose": "request", "publishes": {}}, "call"),
        ({"type": "Proposal", "purpose": "offer", "publishes": {}}, None),
        ({"type": "Article", "purpose": "request", "publishes": "x"}, None),
        ({"type": "Article", "initiative": {}}, "initiative"),
        ({"type": "Article", "initiative": "https://a.example/1"}, None),
        ({"type": "Project"}, "initiative"),
        ({"type": "Person", "call": {}}, None),
        ({"type": "Note"}, None),
        ({"type": "Note", "content": "<p> </p>"}, None),
        ({"type": "Note", "content": "<p>Hello</p>"}, "news"),
        ({"type": "Article", "name": "Hello"}, "news"),
        ({"type": "Note", "content": "<p>Hello</p>", "inReplyTo": "https://a.example/1"}, None),
        ({"type": "Note", "content": "<p>Hello</p>", "inReplyTo": None}, "news"),
        ({"type": "Page", "name": "Hello"}, None),
        ({"type": {}}, None),
        ({}, None),
        ("Event", None),
        (None, None),
    ],
)
def test_document_is_recognised_by_its_shape(document: Any, name: str | None) -> None:
    kind = recognise(document)
    assert (kind.name if kind else None) == name


@pytest.mark.parametrize(
    ("days", "state"),
    [(-60, "scheduled"), (-40, "open"), (-8, "open"), (-7, "closing_soon"), (0, "closing_soon"), (0.001, "closed")],
)
def test_state_of_a_call_follows_its_dates(days: float, state: str) -> None:
    call = changed(sample.call(NOW), starts_at=sample.call(NOW).ends_at - timedelta(days=50))  # type: ignore[operator]
    assert call.ends_at is not None
    assert kind_named("call").state(call, call.ends_at + timedelta(days=days)) == state


def test_state_of_a_call_that_was_decided_is_not_a_matter_of_dates() -> None:
    assert kind_named("call").state(changed(sample.call(NOW), status="cancelled"), NOW) == "cancelled"
    assert kind_named("call").state(changed(sample.call(NOW), ends_at=None), NOW) == "open"


def test_state_of_an_event() -> None:
    event, kind = sample.seminar(NOW), kind_named("event")
    assert event.starts_at is not None
    moments = [event.starts_at + timedelta(hours=hours) for hours in (-1, 0, 5, 6)]
    assert [kind.state(event, moment) for moment in moments] == ["upcoming", "now", "now", "past"]
    endless = changed(event, ends_at=None)
    assert [kind.state(endless, moment) for moment in moments[:3]] == ["upcoming", "now", "past"]
    assert kind.state(changed(event, status="cancelled"), NOW) == "cancelled"


def test_details_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match="not a call"):
        kind_named("call").summary(sample.seminar(NOW))


# What peers send.

MOBILIZON = {
    "type": "Event",
    "id": "https://mobilizon.example/events/1b2c",
    "url": "https://mobilizon.example/events/1b2c",
    "uuid": "1b2c",
    "name": "Assemblée",
    "content": "<p>Venez !<script>alert(1)</script></p>",
    "mediaType": "text/html",
    "actor": "https://mobilizon.example/@ann",
    "attributedTo": "https://mobilizon.example/@collectif",
    "to": [PUBLIC],
    "cc": ["https://mobilizon.example/@collectif/followers"],
    "category": "MEETING",
    "startTime": "2027-03-01T18:30:00+01:00",
    "endTime": None,
    "timezone": "Europe/Paris",
    "inLanguage": "fr",
    "joinMode": "restricted",
    "maximumAttendeeCapacity": 0,
    "participantCount": 3,
    "ical:status": "TENTATIVE",
    "isOnline": True,
    "published": "2027-01-01T10:00:00Z",
    "attachment": [
        {"type": "PropertyValue", "propertyID": "mz:accessibility:wheelchair", "value": "yes"},
        {"type": "Document", "mediaType": "image/jpeg", "name": "Banner", "url": "https://mobilizon.example/b.jpg"},
        {"type": "Link", "name": "Website", "href": "https://visio.example/r", "mediaType": "text/html"},
    ],
    "location": {
        "type": "Place",
        "id": "https://mobilizon.example/address/9",
        "name": "Maison des associations",
        "latitude": 45.75,
        "longitude": 4.85,
        "address": {"type": "PostalAddress", "addressCountry": "France", "addressLocality": "Lyon", "postalCode": None},
    },
    "contacts": [],
    "draft": False,
}


def test_event_of_mobilizon_is_read() -> None:
    event = received(MOBILIZON)
    assert event == Content(
        kind="event",
        name="Assemblée",
        html="<p>Venez !</p>",
        language="fr",
        starts_at=datetime(2027, 3, 1, 17, 30, tzinfo=UTC),
        timezone="Europe/Paris",
        place=Place(name="Maison des associations", locality="Lyon", country="FR", latitude=45.75, longitude=4.85),
        online_url="https://visio.example/r",
        status="tentative",
        image=Picture(url="https://mobilizon.example/b.jpg", media_type="image/jpeg"),
        details=EventDetails(join_mode="restricted", participants=3, display_end_time=False),
    )


def test_event_of_gancio_is_read() -> None:
    gancio = {
        "type": "Event",
        "id": "https://gancio.example/federation/m/12",
        "url": "https://gancio.example/event/concert",
        "name": "Concert",
        "attributedTo": "https://gancio.example/federation/u/relay",
        "startTime": "2027-03-01T21:00:00+01:00",
        "endTime": "2027-03-01T23:00:00+01:00",
        "location": [
            {"type": "VirtualLocation", "name": "stream", "url": "https://live.example/1"},
            {"type": "Place", "name": "Circolo", "address": "via Roma 1", "latitude": 45.1, "longitude": 7.6},
        ],
        "attachment": [{"type": "Document", "mediaType": "image/jpeg", "url": "https://gancio.example/a.jpg"}],
        "tag": [{"type": "Hashtag", "name": "#live"}],
        "to": [PUBLIC],
        "content": "<p>Live</p>",
        "summary": "Concert - Circolo",
    }
    event = received(gancio)
    assert event.place == Place(name="Circolo", street="via Roma 1", country="IT", latitude=45.1, longitude=7.6)
    assert (event.online_url, event.summary, event.language) == ("https://live.example/1", "Concert - Circolo", None)
    assert event.details == EventDetails(join_mode="none")


def test_event_of_communecter_is_read() -> None:
    communecter = {
        "type": "Event",
        "id": "https://co.example/api/activitypub/object/id/64a1",
        "name": "Atelier",
        "description": "Un atelier",
        "attributedTo": "https://co.example/api/activitypub/users/u/ann",
        "startTime": "2027-07-15T10:00:00+0000",
        "attachment": [{"type": "Link", "name": "Website", "url": "https://x.example/", "category": "url"}],
        "tag": ["atelier"],
        "location": {"type": "Place", "address": {"type": "PostalAddress", "addressLocality": "Saint-Denis"}},
    }
    event = received(communecter)
    assert event.starts_at == datetime(2027, 7, 15, 10, tzinfo=UTC)
    assert event.html == "Un atelier"
    assert event.place == Place(name="Saint-Denis", locality="Saint-Denis")


def test_project_of_communecter_is_an_initiative() -> None:
    project = {
        "type": "Project",
        "id": "https://co.example/api/activitypub/object/id/64b2",
        "name": "Ressourcerie",
        "content": "…",
        "shortDescription": "Réparer",
        "progress": "Ongoing",
        "attachment": [{"type": "Link", "name": "Website", "url": "https://r.example/"}],
        "location": {"type": "Place", "address": {"type": "PostalAddress", "addressCountry": "MG"}},
    }
    initiative = received(project)
    assert (initiative.summary, initiative.place) == ("Réparer", Place(country="MG"))
    assert initiative.details == InitiativeDetails(stage="running", website="https://r.example/")


def test_event_of_fep_8a8e_is_read() -> None:
    fep = {
        "type": "Event",
        "id": "https://fep.example/1",
        "nameMap": {"de": "Treffen"},
        "contentMap": {"de": "<p>Kommt!</p>"},
        "startTime": "2027-05-01T10:00:00",
        "endTime": "2027-05-01T12:00:00",
        "displayEndTime": False,
        "timezone": "Europe/Berlin",
        "eventStatus": "https://w3id.org/fep/8a8e/EventCancelled",
        "status": "CONFIRMED",
        "category": ["CLIMATE_ENVIRONMENT", "PARTY"],
        "joinMode": "external",
        "externalParticipationUrl": "https://tickets.example/",
        "organizers": {"type": "OrganizersCollection", "orderedItems": ["https://fep.example/u", {"name": "Ann"}, 5]},
    }
    event = received(fep)
    assert event.starts_at == datetime(2027, 5, 1, 8, tzinfo=UTC)
    assert (event.name, event.html, event.language, event.status) == ("Treffen", "<p>Kommt!</p>", "de", "cancelled")
    assert event.organisers == (ActorRef(iri="https://fep.example/u"), ActorRef(name="Ann"))
    assert event.details == EventDetails(
        join_mode="external",
        external_url="https://tickets.example/",
        category="CLIMATE_ENVIRONMENT",
        display_end_time=False,
    )


def test_postponed_event_may_have_only_its_previous_start() -> None:
    event = {"type": "Event", "id": "https://a.example/1", "name": "A", "eventStatus": "EventPostponed"}
    assert received({**event, "previousStartTime": "2027-05-01T10:00:00Z"}).status == "postponed"
    with pytest.raises(Malformed):
        received(event)


def test_request_of_another_marketplace_is_a_call() -> None:
    proposal = {
        "type": "Proposal",
        "id": "https://mitra.example/objects/1",
        "attributedTo": "https://mitra.example/users/ann",
        "content": "<p>Looking for a translator</p>",
        "purpose": "request",
        "publishes": {"type": "Intent", "action": "deliverService", "resourceQuantity": {"hasUnit": "one"}},
        "to": PUBLIC,
    }
    call = received(proposal)
    assert (call.name, call.html) == ("Looking for a translator", "<p>Looking for a translator</p>")
    assert call.details == CallDetails()


@pytest.mark.parametrize("missing", ["id", "name", "startTime"])
@pytest.mark.parametrize("nonsense", [None, "", 7, [], {}, "javascript:alert(1)"])
def test_event_that_cannot_be_shown_is_malformed(missing: str, nonsense: Any) -> None:
    if missing == "name" and nonsense == "javascript:alert(1)":
        nonsense = "\u200b"
    with pytest.raises(Malformed):
        kind_named("event").from_object({**MOBILIZON, missing: nonsense})


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/relative", "https:///x", "vbscript:x"])
def test_dangerous_address_is_dropped(url: str) -> None:
    document = {
        **MOBILIZON,
        "joinMode": "external",
        "externalParticipationUrl": url,
        "attachment": [{"type": "Link", "name": "Website", "href": url}],
    }
    event = received(document)
    assert event.online_url is None
    assert event.details == EventDetails(
        join_mode="external", external_url=None, participants=3, display_end_time=False
    )


@pytest.mark.parametrize("number", [-5, 2**63, 1e308, "12", True, 0.5])
def test_impossible_number_is_dropped(number: Any) -> None:
    event = received({**MOBILIZON, "maximumAttendeeCapacity": number, "participantCount": number})
    assert event.details == EventDetails(join_mode="restricted", display_end_time=False)


@pytest.mark.parametrize(
    ("room", "kept"),
    [
        (0, ""),
        (9, "<p>é</p>"),
        (40, "<p>é</p>"),
        (46, "<p>é</p><ul><li><p>a</p></li><li>b</li></ul>"),
        (99, "<p>é</p><ul><li><p>a</p></li><li>b</li></ul><h2>c</h2>"),
    ],
)
def test_text_is_cut_between_blocks_and_never_inside_a_list(room: int, kept: str) -> None:
    assert page_text.cut("<p>é</p><ul><li><p>a</p></li><li>b</li></ul><h2>c</h2> and <b>more</b>", room) == kept


@pytest.mark.parametrize(
    "time",
    [
        "0300-05-05T00:00:00Z",
        "9000-05-05T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2027-02-30T10:00:00Z",
    ],
)
def test_impossible_time_is_malformed_or_dropped(time: str) -> None:
    with pytest.raises(Malformed):
        received({**MOBILIZON, "startTime": time})
    assert received({**MOBILIZON, "endTime": time}).ends_at is None


def test_end_that_is_not_after_the_start_is_dropped() -> None:
    assert received({**MOBILIZON, "endTime": MOBILIZON["startTime"]}).ends_at is None


def test_lists_of_thousands_are_cut() -> None:
    document = sent(sample.seminar(NOW))
    item = {"type": "Event", "name": "x", "performer": [{"name": "A"}] * 500, "subEvent": [{"name": "y"}] * 500}
    document |= {"subEvent": [item] * 500, "questions": ["?"] * 500, "organizers": [{"name": "B"}] * 500}
    details = received(document).details
    assert isinstance(details, EventDetails)
    assert len(list(all_items(details.programme))) == 120
    assert len(details.questions) == 12
    assert len(details.programme[0].speakers) == 20


def test_keys_in_a_programme_are_unique_and_debates_answer_what_is_there() -> None:
    document = sent(sample.seminar(NOW))
    document["subEvent"] = [
        {"id": "https://a.example/1#a", "name": "A", "itemType": "rave"},
        {"id": "https://a.example/1#a", "name": "B", "answersTo": "https://a.example/1#gone"},
        {"id": 7, "name": "C", "answersTo": "https://a.example/1#a"},
    ]
    details = received(document).details
    assert isinstance(details, EventDetails)
    assert [(item.key, item.kind, item.answers_to) for item in details.programme] == [
        ("a", "session", None),
        ("i2", "session", None),
        ("i3", "session", "a"),
    ]


# Anything may come, and what we may write comes back.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just("https://a.example/1"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "id", "name", "items", "content"]) | st.text(max_size=5), inner, max_size=4
        )
    ),
    max_leaves=6,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from paths(child, (*path, key))


DOCUMENTS = [sent(content) for content in samples()] + [MOBILIZON]
PLACES = [(number, path) for number, document in enumerate(DOCUMENTS) for path in paths(document)]


def spoiled(number: int, path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = json.loads(json.dumps(DOCUMENTS[number]))
    target = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    assert isinstance(document, dict)
    return document


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_any_value_anywhere_is_read_or_malformed(place: tuple[int, tuple[Any, ...]], value: Any) -> None:
    document = spoiled(*place, value)
    recognise(document)
    for kind in KINDS:
        try:
            content = kind.from_object(document)
        except Malformed:
            continue
        assert content.name
        kind.state(content, NOW)
        assert Content.model_validate(content.model_dump() | {"details": content.details}) == content
        assert len(strict_json.dumps(kind.to_object(content, ENVELOPE))) < 60_000


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(value=JSON)
def test_anything_instead_of_an_object_is_malformed(kind: Any, value: Any) -> None:
    if not isinstance(value, dict):
        assert not kind.matches(value)
        with pytest.raises(Malformed):
            kind.from_object(value)


def lines(limit: int = 30) -> st.SearchStrategy[str]:
    return st.text(min_size=1, max_size=limit).map(lambda text: one_line(text, limit)).filter(bool)


def many(inner: st.SearchStrategy[Any], count: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(inner, max_size=count).map(tuple)


def maybe(inner: st.SearchStrategy[Any], nothing: Any = None) -> st.SearchStrategy[Any]:
    return st.just(nothing) | inner


IRI = st.sampled_from([f"{BASE}/actors/{name}" for name in "abcdef"])
ADDRESS = st.sampled_from(["https://a.example/", "http://b.example/x?y=1#z"])
MOMENT = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
ZONE = st.sampled_from(["Europe/Brussels", "America/St_Johns", "Pacific/Apia", "UTC"])
ACTORS = st.lists(
    st.builds(ActorRef, iri=maybe(IRI), name=maybe(lines(), "")).filter(lambda who: who.iri or who.name),
    unique=True,
    max_size=3,
).map(tuple)
TAG = st.from_regex(r"[A-Za-zéÉœß_][\w]{1,38}", fullmatch=True)
FINE = {"min_value": -89.5, "max_value": 89.5}
POSITION = maybe(st.tuples(st.floats(**FINE).filter(bool), st.floats(**FINE).filter(bool)), (None, None))  # type: ignore[arg-type]
SPEAKER = st.builds(
    Speaker, name=lines(), role=maybe(lines(), ""), organisation=maybe(lines(), ""), country=st.sampled_from(["", "FR"])
)


WORD = st.from_regex(r"[a-z]{1,40}( [a-z]{1,40}){0,4}", fullmatch=True)
CODE = st.sampled_from(["FR-69", "EU", "FRK26", "69123"])


def _is_somewhere(area: Area) -> bool:
    return bool(area.name or area.code)


@st.composite
def places(draw: st.DrawFn) -> Place:
    latitude, longitude = draw(POSITION)
    parts = {key: draw(maybe(lines(), "")) for key in ("street", "postal_code", "locality", "region")}
    country = draw(st.sampled_from(["", "FR", "BE"]))
    return Place(name=draw(lines()), **parts, country=country, latitude=latitude, longitude=longitude)


DIGEST = st.binary(min_size=32, max_size=32).map(lambda raw: "z" + base58.b58encode(b"\x12\x20" + raw).decode())
SIDES = st.floats(-1, 1).map(lambda part: round(part, 2))
PICTURE = st.builds(
    Picture,
    url=st.just(f"{BASE}/media/0a.jpg"),
    media_type=st.sampled_from(["image/jpeg", "image/webp"]),
    size=maybe(st.integers(0, 10**7)),
    digest=maybe(DIGEST, ""),
    alt=lines(80).filter(lambda alt: alt.casefold() not in ("banner", "image")),
    credit=maybe(lines(), ""),
    width=maybe(st.integers(1, 1600)),
    height=maybe(st.integers(1, 1600)),
    focus=maybe(st.tuples(SIDES, SIDES)),
)
ATTACHMENTS = st.lists(
    st.builds(
        Attachment,
        url=st.integers(0, 99).map(lambda number: f"{BASE}/media/{number}.pdf"),
        media_type=st.sampled_from(["application/pdf", "text/csv"]),
        size=maybe(st.integers(0, 10**7)),
        digest=maybe(DIGEST, ""),
        title=lines(),
        pages=maybe(st.integers(1, 300)),
    ),
    unique_by=lambda one: one.url,
    max_size=3,
).map(tuple)


@st.composite
def items(draw: st.DrawFn, key: str, depth: int) -> ProgrammeItem:
    start = draw(maybe(MOMENT))
    end = start + timedelta(minutes=draw(st.integers(1, 90))) if start and draw(st.booleans()) else None
    return ProgrammeItem(
        key=key,
        kind=draw(st.sampled_from(ITEM_KINDS)),
        name=draw(lines()),
        starts_at=start,
        ends_at=end,
        speakers=draw(many(SPEAKER, 2)),
        description=draw(maybe(st.just("About it"), "")),
        room=draw(maybe(lines(), "")),
        answers_to=draw(maybe(st.just("i0"))) if key != "i0" else None,
        items=tuple(draw(items(f"{key}-{n}", depth - 1)) for n in range(draw(st.integers(0, 2)))) if depth else (),
    )


@st.composite
def questions(draw: st.DrawFn, key: str, label: str) -> Question:
    answer: Any = draw(st.sampled_from(ANSWERS))
    more: dict[str, Any] = {}
    if answer in ("short", "long"):
        more = {"characters": draw(maybe(st.integers(1, 100_000)))}
    elif answer == "choice":
        choices = draw(st.lists(lines(), min_size=2, max_size=4, unique=True))
        more = {"choices": tuple(choices), "several": draw(st.booleans())}
    else:
        kinds = st.lists(st.sampled_from(["application/pdf", "image/png"]), unique=True).map(tuple)
        megabytes = draw(maybe(st.integers(1, 50)))
        more = {"media_types": draw(kinds), "maximum_bytes": megabytes and megabytes * 1024 * 1024}
        more["pages"] = draw(maybe(st.integers(1, 1000)))
    helped = draw(maybe(lines(600), ""))
    return Question(key=key, label=label, required=draw(st.booleans()), answer=answer, help=helped, **more)


EXTENSION = st.builds(
    lambda said, before, days, reason: Extension(
        extended_at=said, before=before, after=before + timedelta(days=days), reason=reason
    ),
    MOMENT,
    MOMENT,
    st.integers(1, 99),
    maybe(lines(600), ""),
)


@st.composite
def call_details(draw: st.DrawFn) -> CallDetails:
    seat = st.builds(
        Seat,
        name=lines(),
        role=maybe(lines(), ""),
        organisation=maybe(lines(), ""),
        actor=maybe(IRI),
        coordinates=st.booleans(),
    )
    labels = draw(st.lists(lines(), max_size=3))
    return CallDetails(
        maximum_selected=draw(maybe(st.integers(1, 10_000))),
        cohorts=draw(many(st.builds(Cohort, name=lines(), capacity=st.integers(1, 99)))),
        note_characters=draw(maybe(st.integers(1, 100_000))),
        note_pages=draw(maybe(st.integers(1, 100))),
        territories=draw(many(st.sampled_from(["EU", "EU-candidate", "FR"]))),
        eligible_on=draw(maybe(st.dates(date(1950, 1, 1), date(2100, 1, 1)))),
        any_sector=draw(st.booleans()),
        any_origin=draw(st.booleans()),
        eligibility=draw(maybe(lines(600), "")),
        topics=draw(many(st.sampled_from([topic.iri for topic in TOPICS]) | lines())),
        objectives=draw(many(lines(600))),
        support=draw(many(lines())),
        procedure=draw(many(lines())),
        committee=draw(many(seat)),
        committee_version=draw(st.integers(1, 30)),
        quorum=draw(maybe(st.integers(1, 20))),
        criteria=draw(
            many(st.builds(Criterion, label=lines(), weight=st.integers(1, 100), maximum=st.integers(1, 100)))
        ),
        confirm_days=draw(st.integers(1, 90)),
        retention_months=draw(st.integers(1, 120)),
        one_per_applicant=draw(st.booleans()),
        questions=tuple(draw(questions(f"q{n}", label)) for n, label in enumerate(labels)),
        extensions=draw(many(EXTENSION)),
        cancelled_because=draw(maybe(lines(600), "")),
        contacts=draw(many(lines())),
    )


@st.composite
def event_details(draw: st.DrawFn, *, has_end: bool) -> EventDetails:
    mode: Any = draw(st.sampled_from(["free", "restricted", "external"]))
    return EventDetails(
        capacity=draw(maybe(st.integers(1, 1_000_000))),
        participants=draw(maybe(st.integers(0, 10_000))),
        join_mode=mode,
        external_url=draw(ADDRESS) if mode == "external" else None,
        category=draw(st.sampled_from(["MEETING", "HEALTH"])),
        previous_starts=draw(many(MOMENT, 2)),
        reason=draw(maybe(lines(), "")),
        contacts=draw(ACTORS),
        minutes=draw(maybe(st.just("<p>We met.</p>"), "")),
        outcomes=draw(many(lines())),
        display_end_time=has_end,
        questions=draw(many(lines())),
        programme=tuple(draw(items(f"i{n}", 1)) for n in range(draw(st.integers(0, 3)))),
    )


def translations(tag: str) -> st.SearchStrategy[Translation]:
    """Each with a text: a form takes none without, and a note carries its titles with its texts."""
    html = st.text(max_size=40).map(markdown.render).filter(bool)
    return st.builds(Translation, language=st.just(tag), name=lines(180), html=html)


def untitled(translation: Translation, word: str) -> Translation:
    """Let a translation be called as its text begins, as news without a title are."""
    html = f"{translation.html}<p>{word}</p>"
    return translation.model_copy(update={"html": html, "name": beginning(html)})


@st.composite
def contents(draw: st.DrawFn) -> Content:
    kind = draw(st.sampled_from(["call", "event", "initiative", "news"]))
    fields: dict[str, Any] = {
        "kind": kind,
        "name": draw(lines(180)),
        "html": markdown.render(draw(st.text(max_size=80))),
        "language": draw(st.sampled_from(["en", "fr", "de", "pt-BR", None])),
        "organisers": draw(ACTORS),
        "tags": draw(many(TAG)),
        "timezone": draw(maybe(ZONE)),
        "place": draw(maybe(places())),
        "status": "active",
        "image": draw(maybe(PICTURE)),
        "attachments": draw(ATTACHMENTS),
    }
    if kind == "initiative":
        fields["details"] = InitiativeDetails(
            stage=draw(st.sampled_from(["", "idea", "running"])),
            needs=draw(many(lines())),
            offers=draw(many(lines())),
            topics=draw(many(lines())),
            sectors=draw(many(lines())),
            workers=draw(many(st.sampled_from(list(WORKERS)) | lines())),
            acts_in=draw(many(st.builds(Area, name=maybe(lines(), ""), code=maybe(CODE, "")).filter(_is_somewhere))),
            coalition=draw(maybe(ACTORS.map(lambda who: next(iter(who), None)))),
            calls=draw(many(IRI)),
            outcomes=draw(many(lines(600))),
            carried_by=draw(ACTORS),
            website=draw(maybe(ADDRESS)),
        )
    elif kind == "news":
        titled = draw(st.booleans())
        fields["html"] = fields["html"] if titled else fields["html"] + f"<p>{draw(WORD)}</p>"
        fields["name"] = fields["name"] if titled else beginning(fields["html"])
        fields["details"] = NewsDetails(titled=titled)
    elif kind == "call":
        start = draw(maybe(MOMENT))
        end = draw(maybe(MOMENT)) if start is None else start + timedelta(seconds=draw(st.integers(0, 10**8)))
        status = draw(st.sampled_from(kind_named("call").statuses))
        fields |= {"starts_at": start, "ends_at": end, "status": status, "details": draw(call_details())}
    else:
        start = draw(MOMENT)
        end = start + timedelta(seconds=draw(st.integers(1, 10**7)))
        fields |= {"starts_at": start, "ends_at": end, "online_url": draw(maybe(ADDRESS))}
        fields |= {"status": draw(st.sampled_from(kind_named("event").statuses))}
        fields["details"] = draw(event_details(has_end=draw(st.booleans())))
        if draw(st.booleans()):
            days = whole_days(start.date(), start.date() + timedelta(days=draw(st.integers(0, 9))), fields["timezone"])
            fields |= {"starts_at": days[0], "ends_at": days[1]}
            fields["details"] = fields["details"].model_copy(update={"all_day": True, "display_end_time": True})
    if fields["language"]:
        tags = draw(st.lists(st.sampled_from(["en", "fr", "de", "es", "pt-BR"]), unique=True, max_size=3))
        fields["translations"] = [draw(translations(tag)) for tag in tags if tag != fields["language"]]
        if kind == "news" and not fields["details"].titled:
            fields["translations"] = [untitled(one, draw(WORD)) for one in fields["translations"]]
    content = Content(**fields)
    return content.model_copy(update={"summary": kind_named(kind).summary(content)})


@settings(max_examples=120, deadline=None)
@given(contents())
def test_every_fact_survives_the_way_to_a_peer(content: Content) -> None:
    assert facts_of(received(sent(content))) == facts_of(content)


# The sample network.


@pytest.mark.parametrize(
    "now", [datetime(2026, month, 14, tzinfo=UTC) for month in range(1, 13)], ids=lambda now: f"{now:%B}"
)
def test_sample_call_is_open_for_thirty_days_until_a_13_january(now: datetime) -> None:
    call = sample.call(now)
    assert call.ends_at is not None
    ends = call.ends_at.astimezone(ZoneInfo("Europe/Brussels"))
    assert (ends.month, ends.day, ends.hour, ends.minute, ends.second) == (1, 13, 23, 59, 59)
    assert timedelta(days=30) <= call.ends_at - now < timedelta(days=400)
    assert kind_named("call").state(call, now) == "open"


def test_sample_call_has_the_facts_of_the_seed() -> None:
    details = sample.call(NOW).details
    assert isinstance(details, CallDetails)
    assert (details.maximum_selected, [cohort.capacity for cohort in details.cohorts]) == (10, [5, 5])
    assert (details.note_pages, details.territories) == (1, ("EU", "EU-candidate"))
    assert [seat.organisation for seat in details.committee] == ["IRES", "ETUC", "ETUC", "ASTREES"]
    assert not any(seat.name for seat in details.committee)


def test_sample_seminar_has_the_whole_programme_of_the_seed() -> None:
    seminar = sample.seminar(NOW)
    details = seminar.details
    assert isinstance(details, EventDetails)
    paris = ZoneInfo("Europe/Paris")
    assert [
        (f"{item.starts_at.astimezone(paris):%H:%M}", item.kind) for item in details.programme if item.starts_at
    ] == [
        ("08:45", "welcome"),
        ("09:00", "introduction"),
        ("09:05", "talk"),
        ("09:15", "session"),
        ("09:30", "debate"),
        ("10:15", "session"),
        ("10:30", "debate"),
        ("11:15", "break"),
        ("11:30", "session"),
        ("11:45", "debate"),
        ("12:10", "recap"),
        ("13:00", "meal"),
    ]
    speakers = [speaker.name for item in all_items(details.programme) for speaker in item.speakers]
    assert speakers == [
        *("Mark Graham", "Kristy Milland", "Robert Fuss", "Sarah Bormann", "Caitlin Pearce", "Claudio Treves"),
        *("César Garcia Arnal", "Christophe Lemaire", "Delphine Chenuet", "Stéphane Veyer", "Olivier Mériaux"),
    ]
    assert len(details.questions) == 3
    assert warnings(details.programme, seminar.starts_at, seminar.ends_at) == []
    assert seminar.starts_at is not None
    assert seminar.starts_at - NOW >= timedelta(days=45)


def test_sample_actors_have_handles_that_actors_may_have() -> None:
    actors = (*sample.organisations(), sample.project())
    assert [actor.handle for actor in actors] == ["ires", "astrees", "etuc", "platform_workers"]
