"""The programme of an event for conference apps and calendars: `schedule.xml`, `schedule.json`, `programme.ics`."""

from flask import Response, abort

from flask_maillage.publications.feeds.calendar import CALENDAR_CONTENT_TYPE, calendar
from flask_maillage.publications.feeds.entries import Feed, FeedEntry
from flask_maillage.publications.items import Item, item_of
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import Publication
from flask_maillage.publications.programmes import schedule, versions
from flask_maillage.publications.programmes.programme import ProgrammeItem, all_items
from flask_maillage.publications.programmes.schedule import Schedule
from flask_maillage.publications.views import counting
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import conditional

WRITERS = {
    "xml": (schedule.to_xml, schedule.XML_CONTENT_TYPE),
    "json": (schedule.to_json, schedule.JSON_CONTENT_TYPE),
}


@pages.get("/@<page_handle>/events/<identifier>/schedule.<any(xml,json):form>")
def event_schedule(page_handle: str, identifier: str, form: str) -> Response:
    """The programme of an event in a format of conference apps; 404 where nothing in it has a time."""
    found, item = _find(page_handle, identifier)
    write, content_type = WRITERS[form]
    return _answer(found, write(schedule_of(found, item)), content_type)


@pages.get("/@<page_handle>/events/<identifier>/programme.ics")
def programme_calendar(page_handle: str, identifier: str) -> Response:
    """The programme of an event as a calendar, one entry for each item that has a time."""
    found, item = _find(page_handle, identifier)
    entries = [_entry(found, item, one) for one in all_items(item.programme) if one.starts_at is not None]
    address = f"{found.page}/programme.ics"
    feed = Feed(id=address, title=item.name, url=found.page, self_url=address, entries=entries, language=item.language)
    return _answer(found, calendar(feed), CALENDAR_CONTENT_TYPE)


def schedule_of(found: Publication, item: Item) -> Schedule:
    """Return the programme of an event as conference apps have it."""
    place = item.place.name if item.place else ""
    number = getattr(item.details, "programme_version", None)
    return Schedule(
        iri=found.iri,
        url=found.page,
        title=item.name,
        version=str(number or found.updated_at.isoformat()),
        programme=item.programme,
        room=place or words(item.language, "online" if item.online_url else "Main room"),
        zone=item.timezone,
        language=item.language,
    )


def _find(page_handle: str, identifier: str) -> tuple[Publication, Item]:
    counting.count(counting.FEEDS)
    found = find_publication(page_handle, "events", identifier)
    item = item_of(found, content=versions.numbered(found, found.content))
    if found.published_at is None or not schedule.is_possible(item.programme):
        abort(404)
    return found, item


def _entry(found: Publication, item: Item, one: ProgrammeItem) -> FeedEntry:
    said = [", ".join(filter(None, (who.name, who.role, who.organisation))) for who in one.speakers]
    place = ", ".join(filter(None, (one.room, item.place.in_words if item.place else "")))
    return FeedEntry(
        id=f"{found.iri}#{one.key}",
        url=f"{found.page}#{one.key}",
        title=one.name,
        kind="event",
        published=found.published_at or found.created_at,
        updated=max(found.updated_at, found.published_at or found.created_at),
        summary="\n".join(filter(None, (*said, one.description))),
        author=item.actor.name,
        author_url=item.actor.url,
        language=item.language,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        timezone=item.timezone,
        place=place,
        status="CANCELLED" if item.state == "cancelled" else "CONFIRMED",
    )


def _answer(found: Publication, body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return conditional(response, last_modified=found.updated_at)
