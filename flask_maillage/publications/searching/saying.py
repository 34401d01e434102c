"""What of a publication is searched: made from its content whenever that changes, by `Publication.content` alone."""

from collections.abc import Iterator

from federation.sanitising import text_of_html
from flask_maillage.publications.content import HTML_LIMIT, Content
from flask_maillage.publications.searching import words
from flask_maillage.publications.searching.models import SearchedText

NAMES = frozenset({"name", "organisation", "description", "room", "title", "role"})
"""What of the details is words of people: sessions and speakers of a programme, seats, partners."""
PARTS_OF_PLACES = ("name", "street", "postal_code", "locality", "region")


def searched(content: Content, actor_name: str) -> SearchedText:
    """Return the words by which a publication is found: title, actor, and its text in all its languages."""
    translations = content.translations
    return SearchedText(
        title=words.field([content.name, *(one.name for one in translations)]),
        publisher=words.field([actor_name]),
        text=words.field(_texts(content)),
    )


def _texts(content: Content) -> Iterator[str]:
    yield text_of_html(content.html, limit=HTML_LIMIT)
    for translation in content.translations:
        yield text_of_html(translation.html, limit=HTML_LIMIT)
        yield text_of_html(translation.summary, limit=HTML_LIMIT)
    yield text_of_html(content.summary, limit=HTML_LIMIT)
    yield from (organiser.name for organiser in content.organisers)
    if content.place:
        yield from (getattr(content.place, part) for part in PARTS_OF_PLACES)
    for tag in content.tags:
        yield tag.replace("_", " ")
    yield from _names(content.details.model_dump(mode="json"))


def _names(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _names(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner, key)
    elif isinstance(value, str) and key in NAMES:
        yield value
