"""How the details of a call stand in the `call` property of its object, both ways."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from actors import iris
from federation.activities import Document, as_list, id_of, same_origin
from federation.sanitising import clean_url
from flask_maillage.publications.call_parts import (
    ANSWERS,
    CONFIRM_DAYS,
    KEYS,
    MAX_CHOICES,
    MAX_COHORTS,
    MAX_CONFIRM_DAYS,
    MAX_CRITERIA,
    MAX_EXTENSIONS,
    MAX_LINES,
    MAX_MEDIA_TYPES,
    MAX_QUESTIONS,
    MAX_RETENTION_MONTHS,
    MAX_SEATS,
    MAX_TERRITORIES,
    MAX_TOPICS,
    MAX_WEIGHT,
    MEDIA_TYPE,
    MOST_BYTES,
    RETENTION_MONTHS,
    Cohort,
    Criterion,
    Desk,
    Extension,
    Question,
    Seat,
)
from flask_maillage.publications.kinds import reading
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.local_time import in_calendar
from flask_maillage.publications.topics import labels_from_object, labels_object


def call_object(details: CallDetails, *, iri: str, apply_url: str, status: str) -> Document:
    """Return the `call` property: the facts of a call as peers of ours read them.

    Args:
        details: the facts.
        iri: the id of the call, from which those of its cohorts and of its desk are made.
        apply_url: where one applies.
        status: what people decided about it.
    """
    limit = {"characters": details.note_characters, "pages": details.note_pages}
    return {
        "expects": details.expects,
        "applyUrl": apply_url,
        **({"maximumSelected": details.maximum_selected} if details.maximum_selected else {}),
        "cohorts": [
            {"id": cohort.id_in(iri), "name": cohort.name, "capacity": cohort.capacity} for cohort in details.cohorts
        ],
        "onePerApplicant": details.one_per_applicant,
        "noteLimit": _given(limit),
        "eligibility": _eligibility_object(details),
        "topics": list(details.topics),
        **({"topicLabels": labels_object(details.topic_labels)} if details.topic_labels else {}),
        "objectives": list(details.objectives),
        "support": list(details.support),
        "procedure": list(details.procedure),
        "committee": [_seat_object(seat) for seat in details.committee],
        "committeeVersion": details.committee_version,
        **({"quorum": details.quorum} if details.quorum else {}),
        "criteria": [criterion.model_dump() for criterion in details.criteria],
        "questions": [_question_object(asked) for asked in details.questions],
        "confirmDays": details.confirm_days,
        "retentionMonths": details.retention_months,
        "desk": iris.desk(iri),
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
    return {"type": "Person", **_given(named | {"coordinates": seat.coordinates})}


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
        cohorts=_cohorts_from_object(call.get("cohorts"), str(document.get("id"))),
        one_per_applicant=call.get("onePerApplicant") is True,
        note_characters=reading.whole_number_of(limit.get("characters"), 1, 100_000),
        note_pages=reading.whole_number_of(limit.get("pages"), 1, 100),
        **_eligibility_from_object(_object(call.get("eligibility"))),
        topics=reading.lines_of(call.get("topics"), MAX_TOPICS, 200),
        topic_labels=labels_from_object(call.get("topicLabels"), reading.lines_of(call.get("topics"), MAX_TOPICS, 200)),
        objectives=reading.lines_of(call.get("objectives"), MAX_LINES),
        support=reading.lines_of(call.get("support"), MAX_LINES),
        procedure=reading.lines_of(call.get("procedure"), MAX_LINES),
        committee=_committee_from_object(call.get("committee"), document.get("steeringCommittee")),
        committee_version=reading.whole_number_of(call.get("committeeVersion"), 1, 1_000_000) or 1,
        quorum=reading.whole_number_of(call.get("quorum"), 1, MAX_SEATS),
        criteria=tuple(_criteria_from_object(call.get("criteria"))),
        questions=_questions_from_object(call.get("questions")),
        confirm_days=reading.whole_number_of(call.get("confirmDays"), 1, MAX_CONFIRM_DAYS) or CONFIRM_DAYS,
        retention_months=reading.whole_number_of(call.get("retentionMonths"), 1, MAX_RETENTION_MONTHS)
        or RETENTION_MONTHS,
        desk=_desk_from_object(call.get("desk"), str(document.get("id"))),
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


def _cohorts_from_object(value: Any, call: str) -> tuple[Cohort, ...]:
    facts = (
        (item, reading.whole_number_of(item.get("capacity"), 1, 10_000))
        for item in reading.objects_of(value, MAX_COHORTS)
    )
    return tuple(
        Cohort(name=reading.name_of(item), capacity=size, **_identity_of_cohort(item, call))
        for item, size in facts
        if size
    )


def _identity_of_cohort(item: Document, call: str) -> dict[str, str]:
    """Return the key of a cohort whose id is made as ours are, or its id as it is; of the call's origin alone."""
    iri = id_of(item)
    if iri is None or not same_origin(iri, call):
        return {}
    key = iri.removeprefix(f"{call}/cohorts/")
    return {"key": key} if KEYS.fullmatch(key) else {"iri": iri}


def _criteria_from_object(value: Any) -> Iterable[Criterion]:
    for item in reading.objects_of(value, MAX_CRITERIA):
        label = reading.line_of(item, "label")
        weight, maximum = (
            reading.whole_number_of(item.get(name), 1, MAX_WEIGHT) or Criterion.model_fields[name].default
            for name in ("weight", "maximum")
        )
        if label:
            yield Criterion(key=_key_of(item), label=label, weight=weight, maximum=maximum)


def _desk_from_object(value: Any, call: str) -> Desk | None:
    """Read where the owner's collections are: of the call's origin alone, since a member's own key signs for them."""
    found = {name: id_of(_object(value).get(name)) for name in Desk.model_fields}
    own = {name: iri for name, iri in found.items() if iri and same_origin(iri, call)}
    return Desk(**own) if own else None


def _committee_from_object(people: Any, actors: Any) -> tuple[Seat, ...]:
    seats = [
        Seat(
            key=_key_of(item),
            name=reading.name_of(item),
            role=reading.line_of(item, "role"),
            organisation=reading.line_of(item, "organisation"),
            actor=item.get("id"),
            coordinates=item.get("coordinates") is True,
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
