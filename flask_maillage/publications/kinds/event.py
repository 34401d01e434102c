"""An event with its programme: FEP-8a8e with Mobilizon's names beside it, both read and written."""

import re
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from federation.activities import Document, as_list, text_of, type_of
from federation.errors import Malformed
from federation.sanitising import clean_url
from flask_maillage.publications.categories import DEFAULT_CATEGORY
from flask_maillage.publications.content import Content, Details, Envelope, Text, WebAddress
from flask_maillage.publications.forms.base import (
    OrganisersField,
    PublicationForm,
    TagsField,
    local_instant,
    place_data,
    written_lines,
)
from flask_maillage.publications.forms.event import EventForm
from flask_maillage.publications.kinds import attachments, page_text, reading, sub_events
from flask_maillage.publications.kinds.base import Kind, own_text, summarised, untitled, written
from flask_maillage.publications.kinds.words import clock, day_in_words, words
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.programmes.lines import parse
from flask_maillage.publications.programmes.lines import write as write_lines
from flask_maillage.publications.programmes.programme import Programme

OPEN_ENDED = timedelta(hours=2)  # FEP-8a8e wants an end for machines, `displayEndTime` false hides it from people
MAX_QUESTIONS = 12

JoinMode = Literal["free", "restricted", "external", "none"]
_JOIN_MODES: dict[str, JoinMode] = {
    "free": "free",
    "restricted": "restricted",
    "invite": "restricted",
    "external": "external",
}
# Ours, Mobilizon's (it knows three), FEP-8a8e's.
_STATUSES = (
    ("confirmed", "CONFIRMED", "EventScheduled"),
    ("tentative", "TENTATIVE", "EventTentative"),
    ("postponed", "TENTATIVE", "EventPostponed"),
    ("cancelled", "CANCELLED", "EventCancelled"),
    ("rescheduled", "CONFIRMED", "EventRescheduled"),
    ("moved_online", "CONFIRMED", "EventMovedOnline"),
)


class EventDetails(Details):
    """What an event says besides its text; `join_mode` `none` is only ever read, `participants` is a count."""

    capacity: int | None = Field(default=None, ge=1, le=1_000_000)
    participants: int | None = Field(default=None, ge=0, le=10_000_000)
    join_mode: JoinMode = "free"
    external_url: WebAddress = None
    category: str = Field(default=DEFAULT_CATEGORY, pattern=r"^[A-Z][A-Z_]{1,59}$")
    display_end_time: bool = True
    questions: tuple[Text, ...] = Field(default=(), max_length=MAX_QUESTIONS)
    programme: Programme = ()

    @property
    def places_left(self) -> int | None:
        """How many places are left, where that is known."""
        if self.capacity is None or self.participants is None:
            return None
        return max(0, self.capacity - self.participants)


class Event(Kind):
    """The kind `event`."""

    name, slug, label, plural, as2_type = "event", "events", "Event", "Events", "Event"
    statuses = tuple(status for status, _, _ in _STATUSES)
    details = EventDetails
    expendable = (("subEvent",), ("questions",), ("organizers", "items"))

    def form(self) -> type[PublicationForm]:
        """Return the form of an event."""
        return EventForm

    def content_from_form(self, form: Any, *, language: str | None) -> Content:
        """Return what a valid form says; an open end becomes two hours that are not displayed."""
        starts, ends = local_instant(form, form.starts), local_instant(form, form.ends)
        if starts is None:
            raise ValueError("the form of an event was not validated")
        details = EventDetails(
            capacity=form.capacity.data,
            join_mode=form.join_mode.data,
            external_url=form.external_url.data or None,
            category=form.category.data,
            display_end_time=ends is not None,
            questions=tuple(written_lines(form.questions.data)),
            programme=parse(form.programme.data or "", zone=form.timezone.data, starts_at=starts, ends_at=ends),
        )
        fields = written(form, language) | {
            "starts_at": starts,
            "ends_at": ends or starts + OPEN_ENDED,
            "timezone": form.timezone.data,
            "place": form.place(),
            "online_url": form.online_url.data or None,
            "status": form.status.data,
        }
        content = Content(kind=self.name, details=details, **fields)
        return content.model_copy(update={"summary": self.summary(content)})

    def fill_form(self, content: Content) -> dict[str, Any]:
        """Return the data that makes the form show `content` again."""
        details, starts, zone = details_of(content), content.starts_at, content.timezone or "UTC"
        ends = content.ends_at if details.display_end_time else None
        programme = ""
        if starts:
            programme = write_lines(details.programme, zone=zone, starts_at=starts, ends_at=ends)
        return {
            **place_data(content.place),
            "name": content.name,
            "text": content.source,
            "language": content.language,
            "organisers": OrganisersField.text_of(content.organisers),
            "tags": TagsField.text_of(content),
            "starts": wall_clock(starts, zone).replace(tzinfo=None) if starts else None,
            "ends": wall_clock(ends, zone).replace(tzinfo=None) if ends else None,
            "timezone": zone,
            "online_url": content.online_url,
            "status": content.status,
            "questions": "\n".join(details.questions),
            "programme": programme,
            **{key: getattr(details, key) for key in ("category", "capacity", "join_mode", "external_url")},
        }

    def state(self, content: Content, now: datetime) -> str:
        """Return cancelled, postponed, upcoming, now or past; without an end it lasts two hours."""
        if content.status in ("cancelled", "postponed") or content.starts_at is None:
            return content.status
        if now < content.starts_at:
            return "upcoming"
        return "now" if now < _end_of(content) else "past"

    def summary(self, content: Content) -> str:
        """Return when and where it is, and how many places there are."""
        language, when = content.language, _when(content)
        if content.status == "cancelled":
            day = day_in_words(language, content.starts_at, content.timezone) if content.starts_at else ""
            return summarised(words(language, "Cancelled. It was to be on {date}.", date=day))
        places = [content.place.in_words] if content.place else []
        where = ", ".join(places + ([words(language, "online")] if content.online_url else []))
        notes = {"postponed": "Postponed.", "tentative": "To be confirmed."}
        note = words(language, notes[content.status]) if content.status in notes else ""
        time_and_place = ", ".join(part for part in (when, where) if part)
        return summarised(note, f"{time_and_place}." if time_and_place else "", _registration(content))

    def facts(self, content: Content) -> str:
        """Return the questions, the programme and the organisers."""
        details, language = details_of(content), content.language
        programme = sub_events.as_html(details.programme, zone=content.timezone, language=language)
        parts = (
            ("Questions", page_text.listing(details.questions)),
            ("Programme", programme),
            ("Organised by", page_text.listing(who.name for who in content.organisers)),
        )
        return "".join(page_text.section(words(language, title), body) for title, body in parts)

    def own_properties(self, content: Content, envelope: Envelope) -> Document:
        """Return times, status, registration and programme, in Mobilizon's names and those of FEP-8a8e."""
        details, zone = details_of(content), content.timezone
        ical, fep = next((pair[1:] for pair in _STATUSES if pair[0] == content.status), ("CONFIRMED", "EventScheduled"))
        external = details.join_mode in ("external", "none")
        properties: Document = {
            "startTime": wall_clock(content.starts_at, zone).isoformat() if content.starts_at else None,
            "endTime": wall_clock(_end_of(content), zone).isoformat() if content.starts_at else None,
            "displayEndTime": details.display_end_time and content.ends_at is not None,
            "isOnline": content.online_url is not None,
            "status": ical,
            "ical:status": ical,
            "eventStatus": fep,
            "category": details.category,
            "draft": False,
            "joinMode": _join_mode(details),
            "externalParticipationUrl": details.external_url or envelope.action_url or envelope.url,
            "anonymousParticipationEnabled": not external,
            "commentsEnabled": True,
            "repliesModerationOption": "allow_all",
            "contacts": [],
            "questions": list(details.questions) or None,
            "subEvent": sub_events.write(details.programme, event=envelope.iri, zone=zone) or None,
            **_attendance(details, envelope),
        }
        return {key: value for key, value in properties.items() if value is not None}

    def as_received(self, content: Content) -> Content:
        """Leave out the number of participants as well: it is counted, not written, and goes on changing."""
        details = details_of(content)
        mode = "restricted" if details.places_left == 0 and details.join_mode == "free" else details.join_mode
        details = details.model_copy(update={"participants": None, "join_mode": mode})
        return super().as_received(content).model_copy(update={"details": details})

    def matches(self, document: Any) -> bool:
        """Tell whether a document is an event."""
        return isinstance(document, dict) and type_of(document) == "Event"

    def from_object(self, document: Any) -> Content:
        """Read an event of any origin; see `Kind.from_object`."""
        reading.require_id(document)
        status, zone = _status_of(document), reading.timezone_of(document)
        starts = reading.instant_of(document.get("startTime"), zone)
        if starts is None and status == "postponed":
            starts = reading.instant_of(document.get("previousStartTime"), zone)
        if starts is None:
            raise Malformed("the event has no start")
        ends = reading.instant_of(document.get("endTime"), zone)
        return Content(
            kind=self.name,
            name=untitled(document, status),
            summary=reading.summary_of(document),
            html=own_text(document),
            language=reading.language_of(document),
            starts_at=starts,
            ends_at=ends if ends and ends > starts else None,
            timezone=zone,
            place=reading.place_of(document),
            online_url=_online_url_of(document),
            organisers=reading.organisers_of(document),
            tags=reading.tags_of(document),
            status=status,
            **attachments.read(document),
            details=_details_from_object(document, zone, has_end=bool(ends and ends > starts)),
        )


def details_of(content: Content) -> EventDetails:
    """Return the details of an event.

    Raises:
        TypeError: the content is of another kind.
    """
    if not isinstance(content.details, EventDetails):
        raise TypeError("this publication is not an event")
    return content.details


def _end_of(content: Content) -> datetime:
    if content.ends_at is not None:
        return content.ends_at
    if content.starts_at is None:
        raise ValueError("an event without a start has no end")
    return content.starts_at + OPEN_ENDED


def _when(content: Content) -> str:
    if content.starts_at is None:
        return ""
    language, zone, details = content.language, content.timezone, details_of(content)
    first = f"{day_in_words(language, content.starts_at, zone)}, {clock(content.starts_at, zone)}"
    last = ""
    if content.ends_at and details.display_end_time:
        same_day = wall_clock(content.starts_at, zone).date() == wall_clock(content.ends_at, zone).date()
        end = clock(content.ends_at, zone)
        last = f"–{end}" if same_day else f" – {day_in_words(language, content.ends_at, zone)}, {end}"
    return f"{first}{last} ({zone or 'UTC'})"


def _registration(content: Content) -> str:
    details, language = details_of(content), content.language
    parts = []
    if details.places_left == 0:
        parts.append(words(language, "no place left of {capacity}", capacity=details.capacity))
    elif details.capacity:
        one = details.capacity == 1
        parts.append(words(language, "one place" if one else "{count} places", count=details.capacity))
    modes = {
        "free": "free registration",
        "restricted": "registration on approval",
        "external": "registration elsewhere",
    }
    if details.join_mode in modes:
        parts.append(words(language, modes[details.join_mode]))
    sentence = ", ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def _attendance(details: EventDetails, envelope: Envelope) -> Document:
    attendees: Document = {"id": envelope.attendees, "type": "OrderedCollection"}
    return {
        "maximumAttendeeCapacity": details.capacity,
        "remainingAttendeeCapacity": details.places_left,
        "participantCount": details.participants,
        "attendees": attendees | {"totalItems": details.participants or 0} if envelope.attendees else None,
    }


def _join_mode(details: EventDetails) -> str:
    """Return what Mobilizon takes: it refuses `none` with the whole event, and lets people in where it says `free`."""
    if details.join_mode in ("external", "none"):
        return "external"
    return "restricted" if details.places_left == 0 else details.join_mode


def _status_of(document: Document) -> str:
    """FEP-8a8e's term decides, then iCalendar's in either spelling; what is unknown takes place."""
    stated = document.get("eventStatus")
    for status, _, fep in _STATUSES:
        if isinstance(stated, str) and re.split(r"[/#:]", stated[:200])[-1] == fep:
            return status
    for key in ("status", "ical:status"):
        word = reading.line_of(document, key, 40).upper()
        if word in ("CONFIRMED", "TENTATIVE", "CANCELLED"):
            return word.lower()
    return "confirmed"


def _online_url_of(document: Document) -> str | None:
    if address := reading.virtual_address(document.get("location")):
        return address
    return reading.link_named(document, "Website") if document.get("isOnline") is True else None


def _details_from_object(document: Document, zone: str | None, *, has_end: bool) -> EventDetails:
    stated = document.get("joinMode")
    mode = _JOIN_MODES.get(stated, "none") if isinstance(stated, str) else "none"
    category = text_of(next(iter(as_list(document.get("category"))), None), 100)
    return EventDetails(
        capacity=reading.whole_number_of(document.get("maximumAttendeeCapacity"), 1, 1_000_000),
        participants=reading.whole_number_of(document.get("participantCount"), 0, 10_000_000),
        join_mode=mode,
        external_url=clean_url(document.get("externalParticipationUrl")) if mode == "external" else None,
        category=category if re.fullmatch(r"[A-Z][A-Z_]{1,59}", category) else DEFAULT_CATEGORY,
        display_end_time=has_end and document.get("displayEndTime") is not False,
        questions=reading.lines_of(document.get("questions"), MAX_QUESTIONS),
        programme=sub_events.read(document.get("subEvent"), zone=zone),
    )
