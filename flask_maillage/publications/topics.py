"""The open, two-level list of what calls look for and initiatives do; each topic is an address that peers share."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from flask_maillage.publications.content import Fact, Line, one_line

NAMESPACE = "https://w3id.org/maillage#"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$"
MAX_LANGUAGES, MAX_NAMED = 20, 20


class Topic(NamedTuple):
    """One entry: `parent` is the IRI of the broader topic, empty for the first level."""

    iri: str
    label: str
    parent: str = ""


VOICE, RIGHTS, COOPERATION, OTHER = (NAMESPACE + term for term in ("voice", "rights", "cooperation", "other"))

TOPICS = (
    Topic(VOICE, "Giving workers a stronger voice"),
    Topic(NAMESPACE + "union-strategies", "Trade union strategies", VOICE),
    Topic(NAMESPACE + "digital-tools", "Digital tools for organising", VOICE),
    Topic(NAMESPACE + "other-organising", "Other ways of organising", VOICE),
    Topic(RIGHTS, "Extending rights and protection"),
    Topic(NAMESPACE + "agreements", "Negotiated agreements", RIGHTS),
    Topic(NAMESPACE + "representation-structures", "Structures of representation", RIGHTS),
    Topic(COOPERATION, "New forms of cooperation"),
    Topic(NAMESPACE + "stakeholder-coalitions", "Coalitions of different stakeholders", COOPERATION),
    Topic(OTHER, "Something else"),
)
_LABELS = {topic.iri: topic.label for topic in TOPICS}


class NamedTopic(Fact):
    """A topic that is not of this list: what it is called, by language, and which broader one it belongs to."""

    iri: Line
    labels: dict[Annotated[str, Field(pattern=LANGUAGE)], Line] = Field(min_length=1, max_length=MAX_LANGUAGES)
    parent: Line = ""

    def label(self, language: str | None) -> str:
        """Return what it is called in a language, else in English, else in the first that there is."""
        wanted = (language or "", (language or "").partition("-")[0], "en")
        return next((self.labels[one] for one in wanted if one in self.labels), next(iter(self.labels.values())))


def label_of(topic: str, named: Iterable[NamedTopic] = (), language: str | None = None) -> str:
    """Return the label of a topic: the English one of a shared topic, what `named` calls it, or the topic itself."""
    if topic in _LABELS:
        return _LABELS[topic]
    return next((one.label(language) for one in named if one.iri == topic), topic)


def parents_of(named: Iterable[NamedTopic]) -> dict[str, str]:
    """Return the broader topic of each topic of the shared list and of `named`; empty on the first level."""
    return {one.iri: one.parent for one in named} | {topic.iri: topic.parent for topic in TOPICS}


def labels_object(named: Iterable[NamedTopic]) -> list[dict[str, Any]]:
    """Return what a publication says of its topics that are not shared, for readers who do not know them."""
    return [object_of(one) for one in named]


def object_of(topic: NamedTopic) -> dict[str, Any]:
    """Return what servers read of a topic, at its id and beside what names it."""
    said = {"id": topic.iri, "type": "Concept", "name": topic.label(None), "nameMap": topic.labels}
    return said | ({"broader": topic.parent} if topic.parent else {})


def labels_from_object(value: Any, topics: Iterable[str]) -> tuple[NamedTopic, ...]:
    """Read what a peer calls the topics that it names; a shared one keeps its name, whatever they call it."""
    named: dict[str, NamedTopic] = {}
    wanted = set(topics) - set(_LABELS)
    for item in (value if isinstance(value, list) else [])[:MAX_NAMED]:
        found = _named(item) if isinstance(item, dict) else None
        if found is not None and found.iri in wanted:
            named.setdefault(found.iri, found)
    return tuple(named.values())


def _named(item: dict[str, Any]) -> NamedTopic | None:
    said, name, broader = item.get("nameMap"), item.get("name"), item.get("broader")
    pairs = list(said.items())[:MAX_LANGUAGES] if isinstance(said, dict) else [("en", name)]
    labels = {
        language: one_line(label[:800], 200)
        for language, label in pairs
        if isinstance(language, str) and re.fullmatch(LANGUAGE, language) and isinstance(label, str)
    }
    labels = {language: label for language, label in labels.items() if label}
    iri = item.get("id")
    if not labels or not isinstance(iri, str):
        return None
    return NamedTopic(iri=iri[:800], labels=labels, parent=broader[:800] if isinstance(broader, str) else "")
