"""A publication as feeds, calendars, tables and maps hold it, made from a row; every address from the base URL."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from actors import iris
from federation.sanitising import displayed_host, text_of_html
from flask_maillage.publications.attached import Media
from flask_maillage.publications.content import Content
from flask_maillage.publications.enclosures.attaching import stored_name
from flask_maillage.publications.feeds.entries import Enclosure, FeedEntry, Repetition
from flask_maillage.publications.kinds import event_occurrences, kind_named
from flask_maillage.publications.kinds.base import titled
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import Publication
from flask_maillage.publications.topics import NamedTopic, label_of

SUMMARY_LIMIT = 500
_ICALENDAR = {"tentative": "TENTATIVE", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}


def entry_of(publication: Publication, language: str | None = None) -> FeedEntry:
    """Return a publication with its whole text, as feeds and calendars show it: in a language that it was put into."""
    content, kind = publication.content.in_language(language), publication.kind_of_it
    repetition = event_occurrences.repetition_of(content) if content.kind == "event" else None
    more = {
        "repetition": Repetition(**repetition) if repetition else None,
        "enclosures": _enclosures(content),
    }
    entry = _entry(publication, titled(content), html=kind.body(content), language=content.language, **more)
    return entry if content.language == publication.language else replace(entry, summary=_summary_of(content))


def _summary_of(content: Content) -> str:
    return text_of_html(content.summary or kind_named(content.kind).summary(content), limit=SUMMARY_LIMIT)


def _enclosures(content: Content) -> tuple[Enclosure, ...]:
    """Return the files that lie here: feed readers load them unasked, and would tell other hosts who reads."""
    image = content.image
    found: list[tuple[Media, str]] = [(image, image.alt)] if image else []
    found += [(one, one.title) for one in content.attachments]
    return tuple(
        Enclosure(url=one.url, media_type=one.media_type, size=one.size or 0, title=title)
        for one, title in found
        if stored_name(one.url)
    )


def brief_entry_of(publication: Publication, language: str | None = None) -> FeedEntry:
    """Return a publication without its text, for tables and maps: in a language that it was put into.

    The columns are taken as they are, since everything in them was checked when it was written: a table of two thousand
    costs a tenth of what it would with the whole of each. Only what is put into the language is read as a whole.
    """
    if language in {one["language"] for one in publication.translations or ()}:
        content = publication.content.in_language(language)
        entry = _entry(publication, content.name, html="", language=language)
        return replace(entry, summary=_summary_of(content))
    return _entry(publication, publication.name, html="", language=publication.language)


def _entry(publication: Publication, title: str, *, html: str, language: str | None, **more: Any) -> FeedEntry:
    actor, place = publication.actor, publication.place or {}
    published = publication.published_at or publication.created_at
    return FeedEntry(
        id=publication.iri,
        url=publication.page,
        title=title,
        kind=publication.kind,
        published=published,
        updated=max(publication.updated_at, published),
        summary=text_of_html(publication.summary, limit=SUMMARY_LIMIT),
        html=html,
        author=actor.name,
        author_url=iris.actor_page(actor.page_handle),
        language=language,
        starts_at=publication.starts_at,
        ends_at=publication.ends_at,
        timezone=publication.timezone,
        all_day=bool(publication.details.get("all_day")),
        place=_postal(place),
        venue=_part(place, "name"),
        street=_part(place, "street"),
        postal_code=_part(place, "postal_code"),
        locality=_part(place, "locality"),
        region=_part(place, "region"),
        country=_part(place, "country"),
        online_url=publication.online_url or "",
        tags=tuple(hashtag.label for hashtag in publication.hashtags),
        topics=tuple(_topics(publication, language)),
        latitude=publication.latitude,
        longitude=publication.longitude,
        status=_ICALENDAR.get(publication.status, "CONFIRMED"),
        source=None if publication.local else displayed_host(publication.iri),
        **more,
    )


def _topics(publication: Publication, language: str | None) -> Iterable[str]:
    named = [NamedTopic.model_validate(one) for one in publication.details.get("topic_labels") or ()]
    for topic in publication.details.get("topics") or ():
        yield words(language, label_of(topic, named, language))


def _postal(place: dict[str, Any]) -> str:
    """Return a place with its address in one line, for calendars that look it up on a map."""
    name, street, country = (_part(place, part) for part in ("name", "street", "country"))
    parts = (name, street, f"{_part(place, 'postal_code')} {_part(place, 'locality')}".strip(), country)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _part(place: dict[str, Any], name: str) -> str:
    return str(place.get(name) or "")
