"""What peers require of the objects of publications: one test for each rule that was read in their source.

The rules are those of Mobilizon 5.1, Gancio 1.21, GoToSocial, Mastodon, Lemmy and Pleroma; each is tried on everything
that is emitted: all kinds, and events in every state and shape.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from federation import strict_json
from federation.sanitising import text_of_html
from flask_maillage import sample
from flask_maillage.publications.content import ActorRef, Content
from flask_maillage.publications.kinds.event_details import STATUSES
from flask_maillage.publications.recurrence import Recurrence
from tests.publications.test_kinds import ENVELOPE, NOW, changed, samples, sent


def emitted_contents() -> Iterator[tuple[str, Content]]:
    for content in samples():
        yield content.kind, content
    event = sample.seminar(NOW)
    online = {"online_url": "https://meet.example/1"}
    for status in STATUSES:
        yield f"event {status.ours}", changed(event, status=status.ours, **online, reason="A strike")
    for mode in ("free", "restricted", "external", "none"):
        yield f"event joined {mode}", changed(event, join_mode=mode, external_url="https://register.example/")
    yield "event without place", changed(event, place=None)
    yield "event without end", changed(event, ends_at=None, display_end_time=False)
    yield "event of whole days", changed(event, all_day=True)
    yield "event full", changed(event, participants=120)
    yield "event with contacts", changed(event, contacts=(ActorRef(iri="https://a.example/u"), ActorRef(name="Bo")))
    weekly = Recurrence(rule="FREQ=WEEKLY", first_start=datetime(2027, 1, 8, 8, 45))
    yield "event that comes again", changed(event, recurrence=weekly)
    yield "event with minutes", changed(event, minutes="<p>We met.</p>", outcomes=("A committee",))
    yield "event that says much", changed(event, html="<p>Much.</p>" * 9000, minutes="<p>More.</p>" * 9000)


EMITTED = {name: sent(content) for name, content in emitted_contents()}
EVENTS = {name: document for name, document in EMITTED.items() if document["type"] == "Event"}
every = pytest.mark.parametrize("document", EMITTED.values(), ids=EMITTED)
every_event = pytest.mark.parametrize("document", EVENTS.values(), ids=EVENTS)


@every
def test_type_is_a_plain_string(document: dict[str, Any]) -> None:
    """Mobilizon, Pleroma and Lemmy match it as a string (Mobilizon 1)."""
    assert document["type"] in ("Event", "Article", "Note")


@every
def test_audience_is_a_list(document: dict[str, Any]) -> None:
    """`nil` ends Mobilizon's function (2); a list is what Mastodon reads too."""
    assert isinstance(document["to"], list)
    assert document["to"]


@every
def test_place_is_one_object_with_floats(document: dict[str, Any]) -> None:
    """An array raises in Mobilizon (3), whole numbers give no position there (4)."""
    if place := document.get("location"):
        assert place["type"] == "Place"
        assert {type(place[key]) for key in ("latitude", "longitude") if key in place} <= {float}


@every
def test_attachments_are_objects_that_all_peers_know(document: dict[str, Any]) -> None:
    """An image without `name` or string `url` loses Mobilizon the whole event (5); Gancio fails without `mediaType`.

    Lemmy and Pleroma know these types alone.
    """
    if document["type"] == "Event":
        assert document["attachment"], "Gancio fails on an event without any"
    for one in document["attachment"]:
        assert one["type"] in ("Link", "Image", "Document")
        assert isinstance(one["mediaType"], str)
        assert isinstance(one["name"], str)
        assert isinstance(one["href"] if one["type"] == "Link" else one["url"], str)


@every
def test_image_is_no_list(document: dict[str, Any]) -> None:
    """Mobilizon 6."""
    assert isinstance(document.get("image", {}), dict)


@every_event
def test_words_that_mobilizon_casts_are_among_its_own(document: dict[str, Any]) -> None:
    """`none` fails its enumeration, and so does any other status: the event is refused (7)."""
    assert document["joinMode"] in ("free", "restricted", "invite", "external")
    assert document["status"] == document["ical:status"]
    assert document["status"] in ("TENTATIVE", "CONFIRMED", "CANCELLED")
    assert isinstance(document["category"], str)


@every_event
def test_event_has_start_and_a_later_end(document: dict[str, Any]) -> None:
    """Mobilizon requires the start, FEP-8a8e an end that is later; both with an offset."""
    start, end = (datetime.fromisoformat(document[key]) for key in ("startTime", "endTime"))
    assert start.tzinfo is not None
    assert end - start > timedelta(0)


@every
def test_name_is_of_a_length_that_mobilizon_takes(document: dict[str, Any]) -> None:
    """3 to 200 characters, and no HTML (FEP-8a8e)."""
    if document["type"] != "Note":
        assert 3 <= len(document["name"]) <= 200


@every
def test_tags_are_of_a_length_that_mobilizon_takes(document: dict[str, Any]) -> None:
    """At least 2 and fewer than 40 characters (9)."""
    assert isinstance(document["tag"], list)
    assert all(2 <= len(tag["name"].removeprefix("#")) < 40 for tag in document["tag"])


@every_event
def test_author_is_the_group_and_actor_another(document: dict[str, Any]) -> None:
    """Only so does Mobilizon list it on the group's page (11); Pleroma of 2021 refuses it for that, by choice."""
    assert document["attributedTo"] == ENVELOPE.actor
    assert document["actor"] == ENVELOPE.application != ENVELOPE.actor


@every
def test_updated_is_not_before_published(document: dict[str, Any]) -> None:
    """GoToSocial calls it malformed."""
    assert document["updated"] >= document["published"]


@every
def test_summary_is_what_mastodon_shows(document: dict[str, Any]) -> None:
    """At most 500 characters of text; for a note it would be a content warning, so that has none."""
    if document["type"] == "Note":
        assert not document.get("summary")
    else:
        assert 0 < len(text_of_html(document["summary"], limit=1000)) <= 500


@every
def test_content_is_a_text_and_says_its_language(document: dict[str, Any]) -> None:
    """Gancio reads `content` as a string on every Update; Mastodon takes the language from the first key of its map."""
    assert isinstance(document["content"], str)
    assert document["contentMap"] == {document["inLanguage"]: document["content"]}


@every
def test_object_is_small_and_has_no_empty_fact(document: dict[str, Any]) -> None:
    """60 KB; Mobilizon takes `null` for a value in places where it fails on it."""
    assert len(strict_json.dumps(document)) < 60_000
    assert None not in document.values()
