"""What an application ticked and chose, in the reader's language: the one way in which every page of it says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.topics import label_of
from flask_maillage.territory import zones
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _


@dataclass(frozen=True)
class Facts:
    """What stands above the answers of an application."""

    territory: str
    topics: tuple[str, ...]
    sectors: tuple[str, ...]


def facts(content: Mapping[str, Any], details: CallDetails) -> Facts:
    """Return the facts of an application, written as `application.Application` writes it."""
    sectors = tuple(str(one) for one in content.get("sectors") or ())
    return Facts(territory(str(content.get("territory") or "")), topics(content.get("topics") or (), details), sectors)


def topics(chosen: Iterable[object], details: CallDetails) -> tuple[str, ...]:
    """Return what topics are called: shared ones in the reader's language, others as the call calls them."""
    language = current_language()
    return tuple(_(label_of(str(one), details.topic_labels, language)) for one in chosen)


def territory(code: str) -> str:
    """Return what a country, or a part of one, is called."""
    return zones.name_of(code, current_language()) if code else ""
