"""What only an event has, and how its facts are read from documents of any origin."""

import re
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import Field

from federation.activities import Document, as_list, id_of, text_of
from federation.sanitising import clean_html, clean_url
from flask_maillage.publications.categories import DEFAULT_CATEGORY
from flask_maillage.publications.content import (
    HTML_LIMIT,
    ActorIri,
    ActorRef,
    Content,
    Details,
    Instant,
    Text,
    WebAddress,
)
from flask_maillage.publications.kinds import reading, sub_events
from flask_maillage.publications.kinds.recurrences import recurrence_from_object
from flask_maillage.publications.kinds.registration import Registration
from flask_maillage.publications.programmes.programme import Programme
from flask_maillage.publications.recurrence import Recurrence

MAX_QUESTIONS = 12
MAX_OUTCOMES = 20
MAX_CONTACTS = 10
MAX_MOVES = 10

JoinMode = Literal["free", "restricted", "external", "none"]
_JOIN_MODES: dict[str, JoinMode] = {
    "free": "free",
    "restricted": "restricted",
    "invite": "restricted",
    "external": "external",
}


class Status(NamedTuple):
    """A status in our word, in Mobilizon's (it knows three) and in FEP-8a8e's."""

    ours: str
    ical: str
    fep: str


STATUSES = (
    Status("confirmed", "CONFIRMED", "EventScheduled"),
    Status("tentative", "TENTATIVE", "EventTentative"),
    Status("postponed", "TENTATIVE", "EventPostponed"),
    Status("cancelled", "CANCELLED", "EventCancelled"),
    Status("rescheduled", "CONFIRMED", "EventRescheduled"),
    Status("moved_online", "CONFIRMED", "EventMovedOnline"),
)


class EventDetails(Details):
    """What an event says besides its text; `participants` is a count, `programme_version` another one.

    An event of whole days (`all_day`) begins with its first day and ends with the last second of its last one, where
    its clock hangs. `previous_starts` are the starts that it had before it was moved, the latest last.
    """

    capacity: int | None = Field(default=None, ge=1, le=1_000_000)
    participants: int | None = Field(default=None, ge=0, le=10_000_000)
    join_mode: JoinMode = "free"
    external_url: WebAddress = None
    category: str = Field(default=DEFAULT_CATEGORY, pattern=r"^[A-Z][A-Z_]{1,59}$")
    all_day: bool = False
    display_end_time: bool = True
    previous_starts: tuple[Instant, ...] = Field(default=(), max_length=MAX_MOVES)
    reason: Text = ""
    recurrence: Recurrence | None = None
    contacts: tuple[ActorRef, ...] = Field(default=(), max_length=MAX_CONTACTS)
    questions: tuple[Text, ...] = Field(default=(), max_length=MAX_QUESTIONS)
    programme: Programme = ()
    programme_version: int | None = Field(default=None, ge=1, le=1_000_000)
    registration: Registration = Registration()
    minutes_source: str = ""
    minutes: str = ""
    outcomes: tuple[Text, ...] = Field(default=(), max_length=MAX_OUTCOMES)
    cohort: ActorIri = None
    """The id of the cohort of a call that meets at it (FC-58)."""

    @property
    def places_left(self) -> int | None:
        """How many places are left, where that is known."""
        if self.capacity is None or self.participants is None:
            return None
        return max(0, self.capacity - self.participants)


def details_of(content: Content) -> EventDetails:
    """Return the details of an event.

    Raises:
        TypeError: the content is of another kind.
    """
    if not isinstance(content.details, EventDetails):
        raise TypeError("this publication is not an event")
    return content.details


def status_named(name: str) -> Status:
    """Return a status by our word for it; what is unknown takes place."""
    return next((status for status in STATUSES if status.ours == name), STATUSES[0])


def status_from_object(document: Document) -> str:
    """FEP-8a8e's term decides, then iCalendar's in either spelling; what is unknown takes place."""
    stated = document.get("eventStatus")
    for status in STATUSES:
        if isinstance(stated, str) and re.split(r"[/#:]", stated[:200])[-1] == status.fep:
            return status.ours
    for key in ("status", "ical:status"):
        word = reading.line_of(document, key, 40).upper()
        if word in ("CONFIRMED", "TENTATIVE", "CANCELLED"):
            return word.lower()
    return "confirmed"


def details_from_object(document: Document, zone: str | None, *, status: str, whole_days: bool) -> EventDetails:
    """Read what only an event has from a document of any origin; whether it displays its end is seen with its times."""
    stated = document.get("joinMode")
    mode = _JOIN_MODES.get(stated, "none") if isinstance(stated, str) else "none"
    category = text_of(next(iter(as_list(document.get("category"))), None), 100)
    return EventDetails(
        capacity=reading.whole_number_of(document.get("maximumAttendeeCapacity"), 1, 1_000_000),
        participants=reading.whole_number_of(document.get("participantCount"), 0, 10_000_000),
        join_mode=mode,
        external_url=clean_url(document.get("externalParticipationUrl")) if mode == "external" else None,
        category=category if re.fullmatch(r"[A-Z][A-Z_]{1,59}", category) else DEFAULT_CATEGORY,
        all_day=whole_days,
        previous_starts=_previous(document, zone) if status != "postponed" else (),
        reason=reading.line_of(document, "reason", 600),
        recurrence=recurrence_from_object(document.get("recurrence")),
        contacts=contacts_of(document),
        questions=reading.lines_of(document.get("questions"), MAX_QUESTIONS),
        programme=sub_events.read(document.get("subEvent"), zone=zone),
        programme_version=reading.whole_number_of(document.get("programmeVersion"), 1, 1_000_000),
        minutes=clean_html(text_of(document.get("minutes"), HTML_LIMIT), limit=HTML_LIMIT),
        outcomes=reading.lines_of(document.get("outcomes"), MAX_OUTCOMES),
        cohort=id_of(document.get("cohort")),
    )


def contacts_of(document: Document) -> tuple[ActorRef, ...]:
    """Return whom to ask: who is named, then the actors of whom only the id is said (Mobilizon's `contacts`)."""
    points = [item if isinstance(item, dict) else {"name": item} for item in as_list(document.get("contactPoints"))]
    people = reading.actors_of(points, MAX_CONTACTS)
    actors = reading.actors_of(as_list(document.get("contacts")), MAX_CONTACTS)
    known = {who.iri for who in people}
    return (*people, *(who for who in actors if who.iri not in known))[:MAX_CONTACTS]


def contacts_received(contacts: tuple[ActorRef, ...]) -> tuple[ActorRef, ...]:
    """Return contacts as they arrive: who is named, then the actors of whom only the id is known."""
    people = tuple(dict.fromkeys(who for who in contacts if who.name))
    known = {who.iri for who in people}
    return (*people, *dict.fromkeys(who for who in contacts if not who.name and who.iri not in known))


def _previous(document: Document, zone: str | None) -> tuple[datetime, ...]:
    moment = reading.instant_of(document.get("previousStartTime"), zone)
    return (moment,) if moment else ()
