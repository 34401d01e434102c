"""A programme on the wire: `subEvent`s inside their event, never activities of their own (they would flood followers).

Each item's id is the event's with the item's key as fragment.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urldefrag

from federation.activities import Document, id_of, text_of, type_of
from flask_maillage.publications.kinds import page_text, reading
from flask_maillage.publications.kinds.words import clock, day_in_words
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.programmes.programme import (
    ITEM_KINDS,
    MAX_ITEMS,
    MAX_SPEAKERS,
    Programme,
    ProgrammeItem,
    Speaker,
    all_items,
)

_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")


def write(items: Iterable[ProgrammeItem], *, event: str, zone: str | None) -> list[Document]:
    """Return the items as `subEvent`s of the event with that id, times with the offset of its zone."""
    return [_item_object(item, event, zone) for item in items]


def _item_object(item: ProgrammeItem, event: str, zone: str | None) -> Document:
    times = {"startTime": item.starts_at, "endTime": item.ends_at}
    document: Document = {
        "id": f"{event}#{item.key}",
        "type": "Event",
        "itemType": item.kind,
        "name": item.name,
        **{key: wall_clock(moment, zone).isoformat() for key, moment in times.items() if moment},
        "content": page_text.paragraph(item.description) or None,
        "room": item.room or None,
        "performer": [_speaker_object(speaker) for speaker in item.speakers] or None,
        "answersTo": f"{event}#{item.answers_to}" if item.answers_to else None,
        "subEvent": write(item.items, event=event, zone=zone) or None,
    }
    return {key: value for key, value in document.items() if value is not None}


def _speaker_object(speaker: Speaker) -> Document:
    parts = {"summary": speaker.role, "organisation": speaker.organisation, "addressCountry": speaker.country}
    identity = {"id": speaker.actor} if speaker.actor else {}
    return {**identity, "type": "Person", "name": speaker.name, **{key: value for key, value in parts.items() if value}}


def read(value: Any, *, zone: str | None) -> Programme:
    """Read the `subEvent`s of any origin; what is no item of a programme is left out, and every list is limited."""
    reader = _Reader(zone)
    items = tuple(reader.items(value, depth=2))
    known = {item.key for item in all_items(items)}
    return tuple(_answering(item, known) for item in items)


def _answering(item: ProgrammeItem, known: set[str]) -> ProgrammeItem:
    parts = tuple(_answering(part, known) for part in item.items)
    answers = item.answers_to if item.answers_to in known - {item.key} else None
    return item.model_copy(update={"answers_to": answers, "items": parts})


class _Reader:
    """Gives every item a key of its own, counts them, and follows parts one level down."""

    def __init__(self, zone: str | None) -> None:
        self.zone = zone
        self.keys: set[str] = set()

    def items(self, value: Any, depth: int) -> Iterator[ProgrammeItem]:
        for document in reading.objects_of(value, MAX_ITEMS):
            name = reading.name_of(document)
            if name and type_of(document) in {"Event", ""} and len(self.keys) < MAX_ITEMS:
                yield self._item(document, name, depth)

    def _item(self, document: Document, name: str, depth: int) -> ProgrammeItem:
        key = self._new_key(document)
        kind = reading.line_of(document, "itemType", 40)
        starts, ends = (reading.instant_of(document.get(key), self.zone) for key in ("startTime", "endTime"))
        description = page_text.plain(reading.content_of(document))
        return ProgrammeItem(
            key=key,
            kind=kind if kind in ITEM_KINDS else ("session" if depth == 2 else "block"),
            name=name,
            starts_at=starts,
            ends_at=ends if ends and (starts is None or ends > starts) else None,
            speakers=tuple(_speakers(document.get("performer"))),
            description=description,
            room=reading.line_of(document, "room"),
            answers_to=_fragment(document.get("answersTo")),
            items=tuple(self.items(document.get("subEvent"), depth - 1)) if depth > 1 else (),
        )

    def _new_key(self, document: Document) -> str:
        key = _fragment(document.get("id"))
        if key is None or key in self.keys:
            key = next(f"i{n}" for n in range(len(self.keys) + 1, 10 * MAX_ITEMS) if f"i{n}" not in self.keys)
        self.keys.add(key)
        return key


def _fragment(iri: Any) -> str | None:
    fragment = urldefrag(text_of(iri, 2048)).fragment
    return fragment if _KEY.fullmatch(fragment) else None


def _speakers(value: Any) -> Iterator[Speaker]:
    for document in reading.objects_of(value, MAX_SPEAKERS):
        country = text_of(document.get("addressCountry"), 10)
        if name := reading.name_of(document):
            yield Speaker(
                name=name,
                role=reading.line_of(document, "summary"),
                organisation=reading.line_of(document, "organisation"),
                country=country if re.fullmatch("[A-Z]{2}", country) else "",
                actor=id_of(document),
            )


def as_html(items: Iterable[ProgrammeItem], *, zone: str | None, language: str | None) -> str:
    """Return a programme as people read a printed one: the time, what happens, who speaks; days as headings."""
    given = list(items)
    days = {wall_clock(item.starts_at, zone).date() for item in given if item.starts_at}
    html: list[str] = []
    day = None
    for item in given:
        if len(days) > 1 and item.starts_at and (today := wall_clock(item.starts_at, zone).date()) != day:
            html.append(f"<h3>{reading.escape_text(day_in_words(language, item.starts_at, zone))}</h3>")
            day = today
        html.append(_item_html(item, zone))
    return "".join(html)


def _item_html(item: ProgrammeItem, zone: str | None) -> str:
    time = f"{clock(item.starts_at, zone)} " if item.starts_at else ""
    room = f" ({reading.escape_text(item.room)})" if item.room else ""
    said = [reading.escape_text(text) for text in (item.description,) if text]
    head = "<br>".join([f"<strong>{time}{reading.escape_text(item.name)}</strong>{room}", *said])
    lines = [_speaker_words(speaker) for speaker in item.speakers]
    for part in item.items:
        speakers = "; ".join(_speaker_words(speaker) for speaker in part.speakers)
        lines.append(f"{part.name}: {speakers}" if speakers else part.name)
    return f"<p>{head}</p>{page_text.listing(lines)}"


def _speaker_words(speaker: Speaker) -> str:
    named = ", ".join(part for part in (speaker.name, speaker.role, speaker.organisation) if part)
    return f"{named} ({speaker.country})" if speaker.country else named
