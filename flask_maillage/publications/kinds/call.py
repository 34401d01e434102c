"""A call for expressions of interest: an `Article` with `call` facts, and a proposal of FEP-0837 at the same time."""

import re
from datetime import datetime
from typing import Any

from federation.activities import Document, type_of
from flask_maillage.publications.content import Content, Envelope
from flask_maillage.publications.forms.base import OrganisersField, PublicationForm, TagsField, fields_of, written_lines
from flask_maillage.publications.forms.call import TERRITORIES, CallForm
from flask_maillage.publications.kinds import attachments, page_text, reading
from flask_maillage.publications.kinds.base import (
    CLOSING_SOON,
    Kind,
    name_or_beginning,
    own_text,
    summarised,
    timestamp,
    written,
)
from flask_maillage.publications.kinds.call_details import (
    MAX_TOPICS,
    QUESTION_KEY,
    CallDetails,
    Cohort,
    Question,
    Seat,
    call_object,
    details_from_object,
)
from flask_maillage.publications.kinds.words import clock, day_in_words, words
from flask_maillage.publications.local_time import end_of_day, start_of_day, wall_clock
from flask_maillage.publications.topics import TOPICS, label_of

TYPES = frozenset({"Article", "Note", "Page", "Proposal"})


class Call(Kind):
    """The kind `call`; `starts_at` is its opening, `ends_at` the last second at which one may apply."""

    name, slug, label, plural, as2_type = "call", "calls", "Call", "Calls", "Article"
    statuses = ("open", "closed", "deliberating", "decided", "archived", "cancelled")
    details = CallDetails
    expendable = (
        ("call", "procedure"),
        ("call", "support"),
        ("call", "objectives"),
        ("call", "contactPoints"),
        ("call", "questions"),
        ("call", "committee"),
        ("organizers", "items"),
    )

    def form(self) -> type[PublicationForm]:
        """Return the form of a call."""
        return CallForm

    def content_from_form(self, form: Any, *, language: str | None) -> Content:
        """Return what a valid form says."""
        zone = form.timezone.data
        fields = written(form, language) | {
            "kind": self.name,
            "starts_at": start_of_day(form.opens_on.data, zone) if form.opens_on.data else None,
            "ends_at": end_of_day(form.deadline.data, zone),
            "timezone": zone,
            "status": "open",
            "details": _details_from_form(form),
        }
        content = Content(**fields)
        return content.model_copy(update={"summary": self.summary(content)})

    def fill_form(self, content: Content) -> dict[str, Any]:
        """Return the data that makes the form show `content` again."""
        details = details_of(content)
        known = {topic.iri for topic in TOPICS}
        return {
            "name": content.name,
            "text": content.source,
            "language": content.language,
            "organisers": OrganisersField.text_of(content.organisers),
            "tags": TagsField.text_of(content),
            "timezone": content.timezone,
            "deadline": wall_clock(content.ends_at, content.timezone).date() if content.ends_at else None,
            "opens_on": wall_clock(content.starts_at, content.timezone).date() if content.starts_at else None,
            "topics": [topic for topic in details.topics if topic in known],
            "other_topics": "\n".join(topic for topic in details.topics if topic not in known),
            "territories": list(details.territories),
            "cohorts": "\n".join(f"{cohort.name} | {cohort.capacity}" for cohort in details.cohorts),
            "questions": "\n".join(_question_line(asked) for asked in details.questions),
            "committee": "\n".join(_seat_line(seat) for seat in details.committee),
            **{key: "\n".join(getattr(details, key)) for key in ("objectives", "support", "procedure", "contacts")},
            **{key: getattr(details, key) for key in _PLAIN},
        }

    def as_received(self, content: Content) -> Content:
        """Return what arrives at a peer: the address of the form is added on the way."""
        arrived = super().as_received(content)
        return arrived.model_copy(update={"details": details_of(content).model_copy(update={"apply_url": None})})

    def state(self, content: Content, now: datetime) -> str:
        """Return scheduled, open, closing_soon (at most seven days), closed, or a status that no clock decides."""
        if content.status in self.statuses[1:]:
            return content.status
        if content.starts_at and now < content.starts_at:
            return "scheduled"
        if content.ends_at is None or content.ends_at - now > CLOSING_SOON:
            return "open"
        return "closing_soon" if now <= content.ends_at else "closed"

    def summary(self, content: Content) -> str:
        """Return the deadline, the number to be selected and who can apply."""
        details, language = details_of(content), content.language
        if content.status == "cancelled":
            return summarised(emphasised=words(language, "Cancelled."))
        selected = ""
        if details.maximum_selected:
            phrase = "One selected." if details.maximum_selected == 1 else "Up to {count} selected."
            selected = words(language, phrase, count=details.maximum_selected)
        who = _territories(details, language)
        return summarised(selected, f"{who}." if who else "", details.eligibility, emphasised=_deadline(content))

    def facts(self, content: Content) -> str:
        """Return everything that an applicant wants to know."""
        details, language = details_of(content), content.language
        listing, section = page_text.listing, page_text.section
        topics = (words(language, label_of(topic)) for topic in details.topics)
        who = page_text.paragraph(_territories(details, language)) + page_text.paragraph(details.eligibility)
        parts = (
            ("How to apply", page_text.paragraph(_deadline(content))),
            ("Objectives", listing(details.objectives)),
            ("What we look for", listing(topics)),
            ("Who can apply", who),
            ("What is offered", listing(details.support)),
            ("How many", listing(_numbers(details, language))),
            ("What to write", listing(_to_write(details, language))),
            ("Procedure", listing(details.procedure, ordered=True)),
            ("Steering committee", listing(seat.in_words for seat in details.committee)),
            ("Contacts", listing(details.contacts)),
            ("Organised by", listing(who.name for who in content.organisers)),
        )
        return "".join(section(words(language, title), body) for title, body in parts)

    def own_properties(self, content: Content, envelope: Envelope) -> Document:
        """Return the proposal of FEP-0837, the committee's actors and the facts of the call."""
        details = details_of(content)
        properties: Document = {
            "purpose": "request",
            "unitBased": False,
            "publishes": {
                "id": f"{envelope.iri}#intent",
                "type": "Intent",
                "action": "deliverService",
                "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": str(details.maximum_selected or 1)},
            },
            "steeringCommittee": [seat.actor for seat in details.committee if seat.actor],
            "call": call_object(
                details, apply_url=envelope.action_url or envelope.url, status=content.status or "open"
            ),
        }
        if content.starts_at:
            properties["startTime"] = timestamp(content.starts_at)
        if content.ends_at:
            properties["endTime"] = timestamp(content.ends_at)
        return properties

    def matches(self, document: Any) -> bool:
        """Tell whether a document has the facts of a call, or is a request of FEP-0837."""
        if not isinstance(document, dict) or type_of(document) not in TYPES:
            return False
        is_request = document.get("purpose") == "request" and isinstance(document.get("publishes"), dict)
        return isinstance(document.get("call"), dict) or is_request

    def from_object(self, document: Any) -> Content:
        """Read a call of any origin; see `Kind.from_object`."""
        reading.require_id(document)
        facts = document.get("call")
        call: Document = facts if isinstance(facts, dict) else {}
        status = reading.line_of(call, "callStatus", 40)
        status = status if status in self.statuses else "open"
        zone = reading.timezone_of(document)
        starts, ends = (reading.instant_of(document.get(key), zone) for key in ("startTime", "endTime"))
        return Content(
            kind=self.name,
            name=name_or_beginning(document, status),
            summary=reading.summary_of(document),
            html=own_text(document),
            language=reading.language_of(document),
            starts_at=None if starts and ends and starts > ends else starts,
            ends_at=ends,
            timezone=zone,
            place=reading.place_of(document),
            organisers=reading.organisers_of(document),
            tags=reading.tags_of(document),
            status=status,
            **attachments.read(document),
            details=details_from_object(call, document),
        )


_PLAIN = ("eligibility", "maximum_selected", "note_characters", "note_pages")


def details_of(content: Content) -> CallDetails:
    """Return the details of a call.

    Raises:
        TypeError: the content is of another kind.
    """
    if not isinstance(content.details, CallDetails):
        raise TypeError("this publication is not a call")
    return content.details


def _details_from_form(form: Any) -> CallDetails:
    cohorts = tuple(Cohort(name=name, capacity=size) for name, size in form.groups_of_selected())
    seats = (Seat(name=s.name, role=s.role, organisation=s.organisation, actor=s.actor or None) for s in form.seats())
    return CallDetails(
        **{key: getattr(form, key).data or CallDetails.model_fields[key].default for key in _PLAIN},
        cohorts=cohorts,
        territories=tuple(form.territories.data or ()),
        topics=(*(form.topics.data or ()), *written_lines(form.other_topics.data))[:MAX_TOPICS],
        objectives=tuple(written_lines(form.objectives.data)),
        support=tuple(written_lines(form.support.data)),
        procedure=tuple(written_lines(form.procedure.data)),
        committee=tuple(seats),
        questions=_questions(written_lines(form.questions.data)),
        contacts=tuple(written_lines(form.contacts.data)),
    )


def _questions(lines: list[str]) -> tuple[Question, ...]:
    """Read `Label *` or `Label * | key`: the key, to which answers refer, survives a new wording of its label."""
    asked: dict[str, Question] = {}
    for number, line in enumerate(lines, start=1):
        text, key = fields_of(line, 2)
        label = text.removesuffix("*").strip() or text
        key = key if QUESTION_KEY.fullmatch(key) else _key_of(label)
        key = f"question_{number}" if not key or key in asked else key
        asked[key] = Question(key=key, label=label, required=text.endswith("*"))
    return tuple(asked.values())


def _key_of(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:30]


def _question_line(asked: Question) -> str:
    text = asked.label + (" *" if asked.required else "")
    return text if asked.key == _key_of(asked.label) else f"{text} | {asked.key}"


def _seat_line(seat: Seat) -> str:
    return " | ".join((seat.name, seat.role, seat.organisation, seat.actor or "")).rstrip(" |")


def _deadline(content: Content) -> str:
    if content.ends_at is None:
        return ""
    day = day_in_words(content.language, content.ends_at, content.timezone)
    time, zone = clock(content.ends_at, content.timezone), content.timezone or "UTC"
    return words(content.language, "Apply by {date}, {time} ({zone}).", date=day, time=time, zone=zone)


def _territories(details: CallDetails, language: str | None) -> str:
    labels = dict(TERRITORIES)
    return "; ".join(words(language, labels[code]) if code in labels else code for code in details.territories)


def _numbers(details: CallDetails, language: str | None) -> list[str]:
    lines = []
    if details.maximum_selected:
        phrase = "One selected." if details.maximum_selected == 1 else "Up to {count} selected."
        lines.append(words(language, phrase, count=details.maximum_selected))
    for cohort in details.cohorts:
        lines.append(words(language, "{name}: {count} places", name=cohort.name, count=cohort.capacity))
    return lines


def _to_write(details: CallDetails, language: str | None) -> list[str]:
    lines = []
    if details.note_pages:
        lines.append(words(language, "At most {count} page(s).", count=details.note_pages))
    if details.note_characters:
        lines.append(words(language, "At most {count} characters.", count=details.note_characters))
    for asked in details.questions:
        lines.append(asked.label + (f" ({words(language, 'required')})" if asked.required else ""))
    return lines
