"""The kinds of publications. Add one: write its file, and name it here."""

from typing import Any

from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.kinds.call import Call
from flask_maillage.publications.kinds.event import Event
from flask_maillage.publications.kinds.initiative import Initiative
from flask_maillage.publications.kinds.news import News

KINDS: tuple[Kind, ...] = (Call(), Event(), Initiative(), News())
_BY_NAME = {kind.name: kind for kind in KINDS}
_BY_SLUG = {kind.slug: kind for kind in KINDS}


def kind_named(name: str) -> Kind:
    """Return the kind with that name, as rows hold it.

    Raises:
        KeyError: there is none.
    """
    return _BY_NAME[name]


def kind_with_slug(slug: str) -> Kind | None:
    """Return the kind whose addresses have that part (`calls`), or None."""
    return _BY_SLUG.get(slug)


def recognise(document: Any) -> Kind | None:
    """Return the kind of a document of any origin, or None for what we do not show as a publication."""
    return next((kind for kind in KINDS if kind.matches(document)), None)
