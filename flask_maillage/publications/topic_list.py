"""The topics that this node adds to the list which all nodes share: kept here, offered in forms, read by servers."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy import JSON, Text, cast, select
from sqlalchemy.orm import Mapped, mapped_column

from actors import iris
from actors.database import Base, session
from actors.negotiation import activity_response
from actors.node import now
from actors.views import documents
from federation.activities import context
from federation.errors import NotFound
from flask_maillage.publications.content import one_line
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.models import Publication
from flask_maillage.publications.topics import LANGUAGE, MAX_LANGUAGES, NAMESPACE, TOPICS, NamedTopic, object_of

TERM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST = 200


class TopicError(ValueError):
    """What was asked for cannot be done with a topic; the text says why, to a person."""

    def __init__(self, message: str, field: str = "labels") -> None:
        """Keep the sentence, and which part of what was written it is about."""
        super().__init__(message)
        self.field = field


class ListedTopic(Base):
    """A topic of this node; a retired one is offered no more, and stays where it was chosen."""

    __tablename__ = "maillage_topics"

    term: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str]
    """The id of the broader topic; empty on the first level."""
    labels: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What it is called, by language."""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    @property
    def iri(self) -> str:
        """Its id, at which servers read it."""
        return iris.topics() + self.term

    @property
    def named(self) -> NamedTopic:
        """What is said of it."""
        return NamedTopic(iri=self.iri, labels=self.labels, parent=self.parent)


def find(term: str) -> ListedTopic | None:
    """Return a topic of this node by the last part of its id."""
    return session().get(ListedTopic, term) if TERM.fullmatch(term) else None


def listed(*, retired: bool = False) -> list[ListedTopic]:
    """Return the topics of this node in the order in which they were added."""
    query = select(ListedTopic).order_by(ListedTopic.created_at, ListedTopic.term)
    return list(session().scalars(query if retired else query.where(ListedTopic.retired_at.is_(None))))


def add(term: str, labels: Mapping[str, str], parent: str = "") -> ListedTopic:
    """Add a topic, or say anew what one is called, and bring it back if it was retired.

    Args:
        term: the last part of its id.
        labels: what it is called, by language.
        parent: the last part of the id of a broader topic of the first level; empty for that level.

    Raises:
        TopicError: the name, a language or a label is none, or the broader topic is not of the first level.
    """
    if not TERM.fullmatch(term):
        raise TopicError(_("A topic's name has small letters, digits and hyphens, at most 40."), "term")
    if NAMESPACE + term in {topic.iri for topic in TOPICS}:
        raise TopicError(_("All nodes share a topic of this name: choose another."), "term")
    cleaned = {language: one_line(label, 100) for language, label in labels.items()}
    if not 0 < len(cleaned) <= MAX_LANGUAGES or not all(re.fullmatch(LANGUAGE, one) for one in cleaned):
        raise TopicError(_("Say what the topic is called, with its language, as en=Housing."))
    if not all(cleaned.values()):
        raise TopicError(_("Say what the topic is called, with its language, as en=Housing."))
    broader, found = _broader(parent, term), find(term)
    if found is None:
        if len(listed(retired=True)) >= MOST:
            raise TopicError(_("There are topics enough: use those that there are."), "term")
        found = ListedTopic(term=term, created_at=now())
        session().add(found)
    found.parent, found.labels, found.retired_at = broader, cleaned, None
    session().flush()
    return found


def retire(term: str) -> bool:
    """Offer a topic no more; False when there is none, or it was retired before."""
    found = find(term)
    if found is None or found.retired_at is not None:
        return False
    found.retired_at = now()
    session().flush()
    return True


def is_used(found: ListedTopic) -> bool:
    """Tell whether a publication that is here, a draft too, or a narrower topic names a topic."""
    written = cast(Publication.details["topics"], Text).contains(json.dumps(found.iri), autoescape=True)
    naming = select(Publication.id).where(written).limit(1)
    narrower = select(ListedTopic.term).where(ListedTopic.parent == found.iri).limit(1)
    return session().scalar(naming) is not None or session().scalar(narrower) is not None


def remove(term: str) -> bool:
    """Take a topic away as if it had never been; False when there is none.

    Raises:
        TopicError: something names it.
    """
    found = find(term)
    if found is None:
        return False
    if is_used(found):
        raise TopicError(_("Publications or other topics name it: it can be offered no more, and stays where it is."))
    session().delete(found)
    session().flush()
    return True


@documents.get("/topics/<term>")
def topic(term: str) -> Response:
    """Give a topic to whoever reads the id that a publication names: what it is called, and what it belongs to."""
    found = find(term)
    if found is None:
        raise NotFound("no such topic")
    return activity_response({"@context": context(), **object_of(found.named)})


def _broader(parent: str, term: str) -> str:
    """Return the id of a topic of the first level: there are two levels."""
    if not parent:
        return ""
    narrower = select(ListedTopic.term).where(ListedTopic.parent == iris.topics() + term).limit(1)
    if session().scalar(narrower) is not None:
        raise TopicError(_("There are two levels, and this topic has narrower ones."), "parent")
    if (NAMESPACE + parent, "") in {(one.iri, one.parent) for one in TOPICS}:
        return NAMESPACE + parent
    found = find(parent)
    if found is None or found.parent or found.term == term:
        raise TopicError(_("The broader topic is none of the first level."), "parent")
    return found.iri
