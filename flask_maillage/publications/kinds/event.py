"""An event with its programme: FEP-8a8e with Mobilizon's names beside it, both read and written."""

from datetime import datetime
from typing import Any, ClassVar

from federation import markdown
from federation.activities import Document, type_of
from federation.errors import Missing
from federation.sanitising import clean_html
from flask_maillage.publications.content import HTML_LIMIT, Content, Envelope
from flask_maillage.publications.forms.base import (
    OrganisersField,
    PublicationForm,
    TagsField,
    written_lines,
)
from flask_maillage.publications.forms.enclosures import enclosures_data
from flask_maillage.publications.forms.event import EventForm
from flask_maillage.publications.forms.places import place_data
from flask_maillage.publications.forms.recurrence import recurrence_data
from flask_maillage.publications.forms.translations import rows_of
from flask_maillage.publications.kinds import (
    attachments,
    event_occurrences,
    event_times,
    page_text,
    reading,
    recurrences,
    sub_events,
)
from flask_maillage.publications.kinds import registration as registrations
from flask_maillage.publications.kinds.base import Kind, named, own_text, summarised, untitled, written
from flask_maillage.publications.kinds.event_details import (
    MAX_MOVES,
    STATUSES,
    EventDetails,
    contacts_received,
    details_from_object,
    details_of,
    status_from_object,
    status_named,
)
from flask_maillage.publications.kinds.event_times import OPEN_ENDED
from flask_maillage.publications.kinds.recurrences import recurrence_on_the_wire
from flask_maillage.publications.kinds.registration import Registration
from flask_maillage.publications.kinds.translating import translations_of
from flask_maillage.publications.kinds.words import day_in_words, words
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.programmes.changes import with_keys_of
from flask_maillage.publications.programmes.lines import parse
from flask_maillage.publications.programmes.lines import write as write_lines


class Event(Kind):
    """The kind `event`."""

    name, slug, label, plural, as2_type = "event", "events", "Event", "Events", "Event"
    statuses = tuple(status.ours for status in STATUSES)
    details = EventDetails
    assumed: ClassVar[Document] = {"joinMode": "free"}
    expendable = (("minutes",), ("subEvent",), ("questions",), ("organizers", "items"))

    def form(self) -> type[PublicationForm]:
        """Return the form of an event."""
        return EventForm

    def content_from_form(self, form: Any, *, language: str | None) -> Content:
        """Return what a valid form says; an open end becomes two hours that are not displayed."""
        starts, ends = form.span()
        if starts is None:
            raise ValueError("the form of an event was not validated")
        minutes = (form.minutes.data or "").strip().replace("\0", "")
        details = EventDetails(
            capacity=form.capacity.data,
            join_mode=form.join_mode.data,
            external_url=form.external_url.data or None,
            registration=registrations.from_form(form),
            category=form.category.data,
            all_day=form.all_day.data,
            display_end_time=ends is not None,
            reason=form.reason.data or "",
            recurrence=form.recurrence(),
            contacts=form.contacts.references(),
            questions=tuple(written_lines(form.questions.data)),
            programme=parse(form.programme.data or "", zone=form.timezone.data, starts_at=starts, ends_at=ends),
            minutes_source=minutes,
            minutes=clean_html(markdown.render(minutes), limit=HTML_LIMIT) if minutes else "",
            outcomes=tuple(written_lines(form.outcomes.data)),
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
        content = event_occurrences.first(content)
        details, starts, zone = details_of(content), content.starts_at, content.timezone or "UTC"
        ends = content.ends_at if details.display_end_time else None
        programme = ""
        if starts:
            programme = write_lines(details.programme, zone=zone, starts_at=starts, ends_at=ends)
        same = ("category", "capacity", "join_mode", "external_url", "all_day", "reason")
        return {
            **place_data(content.place),
            **enclosures_data(content.image, content.attachments),
            **registrations.form_data(details.registration),
            "name": content.name,
            "text": content.source,
            "language": content.language,
            "translations": rows_of(content.translations),
            "organisers": OrganisersField.text_of(content.organisers),
            "tags": TagsField.text_of(content),
            "starts": wall_clock(starts, zone).replace(tzinfo=None) if starts else None,
            "ends": wall_clock(ends, zone).replace(tzinfo=None) if ends else None,
            "timezone": zone,
            "online_url": content.online_url,
            "status": content.status,
            "contacts": OrganisersField.text_of(details.contacts),
            "questions": "\n".join(details.questions),
            "programme": programme,
            "minutes": details.minutes_source,
            "outcomes": "\n".join(details.outcomes),
            **recurrence_data(details.recurrence),
            **{key: getattr(details, key) for key in same},
        }

    def revised(self, old: Content, new: Content, now: datetime, note: str) -> Content:
        """Keep the start that people planned by, the ids of the items of the programme, and which cohort meets there.

        An event that is moved to another time says so by itself; one that comes again has many starts.
        """
        programme = with_keys_of(details_of(old).programme, details_of(new).programme)
        kept = {"programme": programme, "cohort": details_of(old).cohort}
        new = new.model_copy(update={"details": details_of(new).model_copy(update=kept)})
        if details_of(old).recurrence or details_of(new).recurrence:
            return new
        moves = details_of(old).previous_starts
        moved = old.starts_at is not None and new.starts_at != old.starts_at and new.status != "cancelled"
        if moved and old.starts_at is not None:
            moves = (*moves, old.starts_at)[-MAX_MOVES:]
        status = "rescheduled" if moved and new.status == "confirmed" else new.status
        details = details_of(new).model_copy(update={"previous_starts": moves})
        return new.model_copy(update={"status": status, "details": details})

    def at(self, content: Content, moment: datetime) -> Content:
        """Return the next occurrence of what comes again."""
        moved = event_occurrences.at(content, moment)
        return moved if moved is content else moved.model_copy(update={"summary": self.summary(moved)})

    def moves_on_at(self, content: Content) -> datetime | None:
        """Return when the present occurrence is over and another one follows."""
        return event_occurrences.moves_on_at(content)

    def state(self, content: Content, now: datetime) -> str:
        """Return cancelled, postponed, upcoming, now or past; without an end it lasts two hours."""
        if content.status in ("cancelled", "postponed") or content.starts_at is None:
            return content.status
        if now < content.starts_at:
            return "upcoming"
        return "now" if now < event_times.end_of(content) else "past"

    def summary(self, content: Content) -> str:
        """Return when and where it is, and how many places there are; first what is not as it was said."""
        language, reason = content.language, details_of(content).reason
        if content.status in ("cancelled", "postponed"):
            day = day_in_words(language, content.starts_at, content.timezone) if content.starts_at else ""
            phrases = {
                "cancelled": "Cancelled. It was to be on {date}.",
                "postponed": "Postponed, to a day that is not known yet. It was to be on {date}.",
            }
            return summarised(words(language, phrases[content.status], date=day), reason)
        online = words(language, "online") if content.online_url else ""
        place = content.place.in_words if content.place and not _is_only_online(content) else ""
        where = ", ".join(part for part in (place, online) if part)
        time_and_place = ", ".join(part for part in (event_times.in_words(content), where) if part)
        when_and_where = f"{time_and_place}." if time_and_place else ""
        return summarised(_change(content), when_and_where, reason, _often(content), _registration(content))

    def facts(self, content: Content) -> str:
        """Return whom to ask, the questions, the programme, the organisers, and what came of it."""
        details, language = details_of(content), content.language
        programme = sub_events.as_html(details.programme, zone=content.timezone, language=language)
        parts = (
            ("Dates", event_occurrences.dates_as_html(content)),
            ("Questions", page_text.listing(details.questions)),
            ("Programme", programme),
            ("Organised by", page_text.listing(who.name for who in content.organisers)),
            ("Contacts", page_text.listing(who.name for who in details.contacts)),
            ("Minutes", details.minutes),
            ("Outcomes", page_text.listing(details.outcomes)),
        )
        return "".join(page_text.section(words(language, title), body) for title, body in parts)

    def location(self, content: Content, envelope: Envelope) -> Document | None:
        """Return no place for what was moved online: nobody is to travel there."""
        return None if _is_only_online(content) else super().location(content, envelope)

    def own_properties(self, content: Content, envelope: Envelope) -> Document:
        """Return times, status, registration and programme, in Mobilizon's names and those of FEP-8a8e."""
        details, status = details_of(content), status_named(content.status)
        properties: Document = {
            **event_times.times_on_the_wire(content),
            "recurrence": recurrence_on_the_wire(details.recurrence),
            "isOnline": content.online_url is not None,
            "virtualLocation": _virtual_location(content),
            "status": status.ical,
            "ical:status": status.ical,
            "eventStatus": status.fep,
            "reason": details.reason or None,
            "category": details.category,
            "draft": False,
            "joinMode": _join_mode(details),
            "externalParticipationUrl": details.external_url or envelope.action_url or envelope.url,
            "anonymousParticipationEnabled": details.join_mode not in ("external", "none"),
            "commentsEnabled": True,
            "repliesModerationOption": "allow_all",
            "contacts": list(dict.fromkeys(who.iri for who in details.contacts if who.iri)),
            "contactPoints": [named(who) if who.iri else who.name for who in details.contacts if who.name] or None,
            "questions": list(details.questions) or None,
            "subEvent": sub_events.write(details.programme, event=envelope.iri, zone=content.timezone) or None,
            "programmeVersion": details.programme_version,
            "minutes": details.minutes or None,
            "outcomes": list(details.outcomes) or None,
            "cohort": details.cohort,
            **_attendance(details, envelope),
        }
        return {key: value for key, value in properties.items() if value is not None}

    def as_received(self, content: Content) -> Content:
        """Leave out what goes on changing (a count), what is ours alone, and what the wire has no words for."""
        details = details_of(content)
        changes = {
            "participants": None,
            "programme_version": None,
            "join_mode": _join_mode_received(details),
            "minutes_source": "",
            "registration": Registration(),
            "previous_starts": () if content.status == "postponed" else details.previous_starts[-1:],
            "contacts": contacts_received(details.contacts),
        }
        place = None if _is_only_online(content) else content.place
        details = details.model_copy(update=changes)
        return super().as_received(content).model_copy(update={"details": details, "place": place})

    def matches(self, document: Any) -> bool:
        """Tell whether a document is an event."""
        return isinstance(document, dict) and type_of(document) == "Event"

    def from_object(self, document: Any) -> Content:
        """Read an event of any origin; see `Kind.from_object`."""
        reading.require_id(document)
        status, zone = status_from_object(document), reading.timezone_of(document)
        starts, ends, whole_days = event_times.times_from_object(document, zone, status)
        if starts is None:
            raise Missing("the event has no start", "startTime")
        details = details_from_object(document, zone, status=status, whole_days=whole_days)
        displays_end = ends is not None and document.get("displayEndTime") is not False
        return Content(
            kind=self.name,
            name=untitled(document, status),
            summary=reading.summary_of(document),
            html=own_text(document),
            language=reading.language_of(document),
            translations=translations_of(document, status),
            starts_at=starts,
            ends_at=ends,
            timezone=zone,
            place=reading.place_of(document),
            online_url=_online_url_of(document),
            organisers=reading.organisers_of(document),
            tags=reading.tags_of(document),
            status=status,
            **attachments.read(document),
            details=details.model_copy(update={"display_end_time": displays_end}),
        )


def _is_only_online(content: Content) -> bool:
    return content.status == "moved_online" and content.online_url is not None


def _change(content: Content) -> str:
    """Return in a sentence what is not as it was said before, or as one would think."""
    language, previous = content.language, details_of(content).previous_starts
    if content.status == "rescheduled":
        if not previous:
            return words(language, "New date.")
        return words(
            language, "New date: it was to be on {date}.", date=day_in_words(language, previous[-1], content.timezone)
        )
    phrases = {"tentative": "To be confirmed.", "moved_online": "It takes place online only."}
    return words(language, phrases[content.status]) if content.status in phrases else ""


def _often(content: Content) -> str:
    """Return how it comes again, as a sentence."""
    recurrence = details_of(content).recurrence
    sentence = recurrences.in_words(recurrence, content.language) if recurrence else ""
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def _virtual_location(content: Content) -> Document | None:
    """Return where it is online, in a property of ours: `location` is one `Place`, Mobilizon fails on a list."""
    if content.online_url is None:
        return None
    return {"type": "VirtualLocation", "name": words(content.language, "Online"), "url": content.online_url}


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


def _join_mode_received(details: EventDetails) -> str:
    return "restricted" if details.places_left == 0 and details.join_mode == "free" else details.join_mode


def _online_url_of(document: Document) -> str | None:
    for locations in (document.get("location"), document.get("virtualLocation")):
        if address := reading.virtual_address(locations):
            return address
    return reading.link_named(document, "Website") if document.get("isOnline") is True else None
