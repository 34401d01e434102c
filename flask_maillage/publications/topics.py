"""The open, two-level list of what calls look for and initiatives do; each topic is an address that peers share."""

from typing import NamedTuple

NAMESPACE = "https://w3id.org/maillage#"


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


def label_of(topic: str) -> str:
    """Return the English label of a topic: ours, or the topic itself where a peer named its own."""
    return _LABELS.get(topic, topic)
