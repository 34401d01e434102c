"""What only an initiative has, and how it stands in the `initiative` property of its object."""

from typing import Any

from pydantic import Field

from federation.activities import Document, as_list, id_of
from flask_maillage.publications.content import ActorIri, ActorRef, Details, Fact, Line, Text, WebAddress
from flask_maillage.publications.kinds import reading
from flask_maillage.publications.kinds.base import named
from flask_maillage.publications.stages import COMMUNECTER_STAGES, STAGES
from flask_maillage.publications.topics import NamedTopic, labels_from_object, labels_object

MAX_LINES, MAX_TOPICS, MAX_AREAS, MAX_CALLS = 12, 20, 20, 10
_LISTS = ("needs", "offers", "topics", "sectors", "workers", "outcomes")


class Area(Fact):
    """An area in which somebody acts: its name, and its code in a list that many know (NUTS, INSEE, ISO 3166)."""

    name: Line = ""
    code: Line = ""


class InitiativeDetails(Details):
    """What an initiative says besides its text.

    `stage` is a key of `STAGES` or empty; `place` of its content is where it is based, `acts_in` where it acts;
    `calls` are addresses of calls that it answered, ours or not, by their ids or pages.
    """

    stage: str = ""
    needs: tuple[Line, ...] = Field(default=(), max_length=MAX_LINES)
    offers: tuple[Line, ...] = Field(default=(), max_length=MAX_LINES)
    topics: tuple[Line, ...] = Field(default=(), max_length=MAX_TOPICS)
    topic_labels: tuple[NamedTopic, ...] = Field(default=(), max_length=MAX_TOPICS)
    sectors: tuple[Line, ...] = Field(default=(), max_length=10)
    workers: tuple[Line, ...] = Field(default=(), max_length=MAX_LINES)
    acts_in: tuple[Area, ...] = Field(default=(), max_length=MAX_AREAS)
    carried_by: tuple[ActorRef, ...] = Field(default=(), max_length=20)
    coalition: ActorRef | None = None
    calls: tuple[ActorIri, ...] = Field(default=(), max_length=MAX_CALLS)
    outcomes: tuple[Text, ...] = Field(default=(), max_length=MAX_LINES)
    website: WebAddress = None


def initiative_object(details: InitiativeDetails) -> Document:
    """Return the facts of an initiative as they travel; its website is an attached link of the object."""
    facts: Document = {"stage": details.stage} if details.stage else {}
    facts |= {key: list(getattr(details, key)) for key in _LISTS}
    facts["carriedBy"] = [named(who) for who in details.carried_by]
    facts["actsIn"] = [_area_object(area) for area in details.acts_in]
    facts["topicLabels"] = labels_object(details.topic_labels)
    facts["answersTo"] = list(details.calls)
    if details.coalition is not None:
        facts["coalition"] = named(details.coalition)
    return {key: value for key, value in facts.items() if value or key in ("needs", "carriedBy")}


def details_from_object(facts: Document, document: Document, *, website: str | None) -> InitiativeDetails:
    """Read the facts of an initiative, and Communecter's `progress`; what is of a wrong type is left out."""
    lines = reading.lines_of
    coalition = reading.actors_of(as_list(facts.get("coalition"))[:1], 1)
    return InitiativeDetails(
        stage=stage_of(facts.get("stage", document.get("progress"))),
        needs=lines(facts.get("needs"), MAX_LINES, 200),
        offers=lines(facts.get("offers"), MAX_LINES, 200),
        topics=lines(facts.get("topics"), MAX_TOPICS, 200),
        topic_labels=labels_from_object(facts.get("topicLabels"), lines(facts.get("topics"), MAX_TOPICS, 200)),
        sectors=lines(facts.get("sectors"), 10, 200),
        workers=lines(facts.get("workers"), MAX_LINES, 200),
        acts_in=_areas_of(facts.get("actsIn")),
        carried_by=reading.actors_of(as_list(facts.get("carriedBy")), 20),
        coalition=coalition[0] if coalition else None,
        calls=tuple(iri for value in as_list(facts.get("answersTo"))[:MAX_CALLS] if (iri := id_of(value))),
        outcomes=lines(facts.get("outcomes"), MAX_LINES),
        website=website,
    )


def _area_object(area: Area) -> Document:
    return {"type": "Place"} | {key: value for key, value in (("name", area.name), ("code", area.code)) if value}


def _areas_of(value: Any) -> tuple[Area, ...]:
    areas = (
        Area(name=reading.name_of(place), code=reading.line_of(place, "code", 60))
        for place in reading.objects_of(value, MAX_AREAS)
    )
    return tuple(area for area in areas if area.name or area.code)


def stage_of(value: Any) -> str:
    """Return the stage that a word of ours or of Communecter's names, or an empty text."""
    stage = value.strip().casefold() if isinstance(value, str) and len(value) < 60 else ""
    return stage if stage in STAGES else COMMUNECTER_STAGES.get(stage, "")
