"""How the details of a call stand in the `call` property of its object, both ways."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from federation.activities import Document, as_list, id_of
from federation.sanitising import clean_url
from flask_maillage.publications.call_parts import (
    ANSWERS,
    KEYS,
    MAX_CHOICES,
    MAX_COHORTS,
    MAX_EXTENSIONS,
    MAX_LINES,
    MAX_MEDIA_TYPES,
    MAX_QUESTIONS,
    MAX_SEATS,
    MAX_TERRITORIES,
    MAX_TOPICS,
    MEDIA_TYPE,
    MOST_BYTES,
    Cohort,
    Extension,
    Question,
    Seat,
)
from flask_maillage.publications.kinds import reading
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.local_time import in_calendar
from flask_maillage.publications.topics import labels_from_object, labels_object


def call_object(details: CallDetails, *, apply_url: str, status: str) -> Document:
    """Return the `call` property: the facts of a call as peers of ours read them."""
    limit = {"characters": details.note_characters, "pages": details.note_pages}
    return {
        "expects": details.expects,
        "applyUrl": apply_url,
        **({"maximumSelected": details.maximum_selected} if details.maximum_selected else {}),
        "cohorts": [{"name": cohort.name, "capacity": cohort.capacity} for cohort in details.cohorts],
        "noteLimit": _given(limit),
        "eligibility": _eligibility_object(details),
        "topics": list(details.topics),
        **({"topicLabels": labels_object(details.topic_labels)} if details.topic_labels else {}),
        "objectives": list(details.objectives),
        "support": list(details.support),
        "procedure": list(details.procedure),
        "committee": [_seat_object(seat) for seat in details.committee],
        "questions": [_question_object(asked) for asked in details.questions],
        "contactPoints": list(details.contacts),
        "callStatus": status,
        **(
            {"deadlineExtensions": [_extension_object(one) for one in details.extensions]} if details.extensions else {}
        ),
        **({"cancellationReason": details.cancelled_because} if details.cancelled_because else {}),
    }


def _given(facts: Document) -> Document:
    return {key: value for key, value in facts.items() if value not in (None, "", [], False)}


def _eligibility_object(details: CallDetails) -> Document:
    more = {
        "asOf": details.eligible_on.isoformat() if details.eligible_on else None,
        "anySector": details.any_sector,
        "anyPlatformOrigin": details.any_origin,
    }
    return {"territory": list(details.territories), "text": details.eligibility, **_given(more)}


def _seat_object(seat: Seat) -> Document:
    named = {"id": seat.actor, "key": seat.key, "name": seat.name, "role": seat.role, "organisation": seat.organisation}
    return {"type": "Person", **_given(named)}


def _question_object(asked: Question) -> Document:
    more = {
        "help": asked.help,
        "characters": asked.characters,
        "choices": list(asked.choices),
        "several": asked.several,
        "acceptedTypes": list(asked.media_types),
        "maximumBytes": asked.maximum_bytes,
        "pages": asked.pages,
    }
    first = {"key": asked.key, "label": asked.label, "required": asked.required, "answerType": asked.answer}
    return first | _given(more)


def _extension_object(extension: Extension) -> Document:
    times = {"published": extension.extended_at, "previousDeadline": extension.before, "deadline": extension.after}
    reason = {"reason": extension.reason} if extension.reason else {}
    return {name: timestamp(moment) for name, moment in times.items()} | reason


def details_from_object(call: Document, document: Document) -> CallDetails:
    """Read the `call` property of a document of any origin, with the committee that the document names."""
    limit = _object(call.get("noteLimit"))
    expects = reading.line_of(call, "expects", 60)
    return CallDetails(
        expects=expects if expects.isalnum() else "expressionOfInterest",
        maximum_selected=reading.whole_number_of(call.get("maximumSelected"), 1, 10_000),
        cohorts=_cohorts_from_object(call.get("cohorts")),
        note_characters=reading.whole_number_of(limit.get("characters"), 1, 100_000),
        note_pages=reading.whole_number_of(limit.get("pages"), 1, 100),
        **_eligibility_from_object(_object(call.get("eligibility"))),
        topics=reading.lines_of(call.get("topics"), MAX_TOPICS, 200),
        topic_labels=labels_from_object(call.get("topicLabels"), reading.lines_of(call.get("topics"), MAX_TOPICS, 200)),
        objectives=reading.lines_of(call.get("objectives"), MAX_LINES),
        support=reading.lines_of(call.get("support"), MAX_LINES),
        procedure=reading.lines_of(call.get("procedure"), MAX_LINES),
        committee=_committee_from_object(call.get("committee"), document.get("steeringCommittee")),
        questions=_questions_from_object(call.get("questions")),
        contacts=reading.lines_of(call.get("contactPoints"), 10),
        extensions=tuple(_extensions_from_object(call.get("deadlineExtensions"))),
        cancelled_because=reading.line_of(call, "cancellationReason", 600),
        apply_url=clean_url(call.get("applyUrl")),
    )


def _object(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def _eligibility_from_object(eligibility: Document) -> dict[str, Any]:
    return {
        "territories": reading.lines_of(eligibility.get("territory"), MAX_TERRITORIES, 200),
        "eligible_on": _day(eligibility.get("asOf")),
        "any_sector": eligibility.get("anySector") is True,
        "any_origin": eligibility.get("anyPlatformOrigin") is True,
        "eligibility": reading.line_of(eligibility, "text", 600),
    }


def _day(value: Any) -> date | None:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if in_calendar(day) else None


def _cohorts_from_object(value: Any) -> tuple[Cohort, ...]:
    pairs = (
        (reading.name_of(item), reading.whole_number_of(item.get("capacity"), 1, 10_000))
        for item in reading.objects_of(value, MAX_COHORTS)
    )
    return tuple(Cohort(name=name, capacity=size) for name, size in pairs if size)


def _committee_from_object(people: Any, actors: Any) -> tuple[Seat, ...]:
    seats = [
        Seat(
            key=_key_of(item),
            name=reading.name_of(item),
            role=reading.line_of(item, "role"),
            organisation=reading.line_of(item, "organisation"),
            actor=item.get("id"),
        )
        for item in reading.objects_of(people, MAX_SEATS)
    ]
    seated = {seat.actor for seat in seats}
    others = (iri for value in as_list(actors)[:MAX_SEATS] if (iri := id_of(value)) and iri not in seated)
    seats.extend(Seat(actor=iri) for iri in dict.fromkeys(others))
    return tuple(seat for seat in seats if seat.in_words)[:MAX_SEATS]


def _key_of(item: Document) -> str:
    key = item.get("key")
    return key if isinstance(key, str) and KEYS.fullmatch(key) else ""


def _questions_from_object(value: Any) -> tuple[Question, ...]:
    asked: dict[str, Question] = {}
    for number, item in enumerate(reading.objects_of(value, MAX_QUESTIONS), start=1):
        key, label = item.get("key"), reading.line_of(item, "label")
        if not isinstance(key, str) or not KEYS.fullmatch(key) or key in asked:
            key = f"question_{number}"
        if label and key not in asked:
            asked[key] = _question_from_object(item, key, label)
    return tuple(asked.values())


def _question_from_object(item: Document, key: str, label: str) -> Question:
    """Read what is asked; a way of answering that is not known here is answered by writing."""
    answer: Any = item.get("answerType")
    kinds = as_list(item.get("acceptedTypes"))[:MAX_MEDIA_TYPES]
    choices = reading.lines_of(item.get("choices"), MAX_CHOICES, 200)
    return Question(
        key=key,
        label=label,
        required=item.get("required") is True,
        answer="long" if answer not in ANSWERS or (answer == "choice" and not choices) else answer,
        help=reading.line_of(item, "help", 600),
        characters=reading.whole_number_of(item.get("characters"), 1, 100_000),
        choices=choices,
        several=item.get("several") is True,
        media_types=tuple(kind for kind in kinds if isinstance(kind, str) and re.fullmatch(MEDIA_TYPE, kind)),
        maximum_bytes=reading.whole_number_of(item.get("maximumBytes"), 1, MOST_BYTES),
        pages=reading.whole_number_of(item.get("pages"), 1, 1000),
    )


def _extensions_from_object(value: Any) -> Iterable[Extension]:
    for item in reading.objects_of(value, MAX_EXTENSIONS):
        moments = [reading.instant_of(item.get(name), None) for name in ("published", "previousDeadline", "deadline")]
        said, before, after = moments
        if said and before and after and before < after:
            yield Extension(extended_at=said, before=before, after=after, reason=reading.line_of(item, "reason", 600))
