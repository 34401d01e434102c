"""A programme as conference apps read it: `schedule.xml` (pentabarf, frab) and `schedule.json` (c3voc).

Shapes: `validator/xsd/schedule.xml.xsd` and `validator/json/schema.json` of github.com/voc/schedule, read at commits
228ac25 and 08187a2. Ids and guids are made of the item's own id, so that they stay when a programme changes.
"""

import json
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

from federation.sanitising import without_controls
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.programmes.programme import Programme, ProgrammeItem, Speaker, speakers_of
from flask_maillage.version import __version__

XML_CONTENT_TYPE = "application/xml; charset=utf-8"
JSON_CONTENT_TYPE = "application/json; charset=utf-8"
JSON_SCHEMA = "https://c3voc.de/schedule/schema.json"
SLOT = "00:05"
WITHOUT_END = timedelta(minutes=30)
LONGEST = timedelta(hours=99, minutes=59)
SUBTITLE_LIMIT = 120


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A programme with what its event says around it; `room` is where an item is that names no other."""

    iri: str
    url: str
    title: str
    version: str
    programme: Programme
    room: str
    zone: str | None = None
    language: str | None = None

    @property
    def acronym(self) -> str:
        """A short name in plain letters, which apps use for files."""
        words = _plain(self.title).split("-")
        short = "_".join(word for word in words[:4] if word)[:40].strip("_")
        return short if len(short) > 3 else f"event_{_uuid(self.iri).hex[:8]}"

    def days(self) -> list["Day"]:
        """Return the days on which something happens, in their order."""
        talks = sorted(self._talks(), key=lambda talk: talk.starts_at)
        dates = sorted({talk.starts_at.date() for talk in talks})
        return [
            Day(number, day, [talk for talk in talks if talk.starts_at.date() == day])
            for number, day in enumerate(dates, start=1)
        ]

    def _talks(self) -> Iterator["Talk"]:
        numbers: set[int] = set()
        for item in self.programme:
            if item.starts_at is not None:
                guid = _uuid(f"{self.iri}#{item.key}")
                number = _number(guid)
                while number in numbers:
                    number += 1
                numbers.add(number)
                yield self._talk(item, item.starts_at, guid, number)

    def _talk(self, item: ProgrammeItem, starts_at: datetime, guid: uuid.UUID, number: int) -> "Talk":
        start = wall_clock(starts_at, self.zone)
        is_short = len(item.description) <= SUBTITLE_LIMIT
        return Talk(
            guid=str(guid),
            number=number,
            slug=f"{self.acronym}-{number}-{_plain(item.name)[:40]}".strip("-_"),
            url=f"{self.url}#{item.key}",
            starts_at=start,
            ends_at=wall_clock(item.ends_at, self.zone) if item.ends_at else start + WITHOUT_END,
            room=_fit(item.room or self.room),
            title=_fit(item.name),
            subtitle=_fit(item.description) if is_short else "",
            abstract="" if is_short else _fit(item.description),
            description=_fit("\n".join(_part_in_words(part) for part in item.items)),
            kind=item.kind,
            language=self.language or "",
            speakers=speakers_of(item),
            iri=self.iri,
        )


@dataclass(frozen=True, kw_only=True)
class Talk:
    """An item as both formats have it, on the clocks of its place."""

    guid: str
    number: int
    slug: str
    url: str
    starts_at: datetime
    ends_at: datetime
    room: str
    title: str
    subtitle: str
    abstract: str
    description: str
    kind: str
    language: str
    speakers: tuple[Speaker, ...]
    iri: str

    @property
    def duration(self) -> str:
        """How long it is, as hours and minutes."""
        minutes = int(min(self.ends_at - self.starts_at, LONGEST).total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def guid_of(self, speaker: Speaker) -> uuid.UUID:
        """Return the guid of somebody who speaks: of their actor, or of their name in this event."""
        return _uuid(speaker.actor or f"{self.iri}#{speaker.name.casefold()}")


@dataclass(frozen=True)
class Day:
    """A day and what happens on it."""

    number: int
    date: date
    talks: list[Talk]

    @property
    def starts_at(self) -> datetime:
        """When its first item begins."""
        return min(talk.starts_at for talk in self.talks)

    @property
    def ends_at(self) -> datetime:
        """When its last item ends."""
        return max(talk.ends_at for talk in self.talks)

    def rooms(self) -> dict[str, list[Talk]]:
        """Return what happens in each room, rooms in the order in which they are used."""
        found: dict[str, list[Talk]] = {}
        for talk in self.talks:
            found.setdefault(talk.room, []).append(talk)
        return found


def to_xml(schedule: Schedule) -> bytes:
    """Return `schedule.xml`; the schedule needs at least one item with a time."""
    days = schedule.days()
    root = ElementTree.Element("schedule")
    ElementTree.SubElement(root, "generator", {"name": "Maillage", "version": __version__})
    _text(root, "version", schedule.version)
    conference = ElementTree.SubElement(root, "conference")
    _text(conference, "title", _fit(schedule.title))
    _text(conference, "acronym", schedule.acronym)
    _text(conference, "start", days[0].date.isoformat())
    _text(conference, "end", days[-1].date.isoformat())
    _text(conference, "days", str(len(days)))
    _text(conference, "timeslot_duration", SLOT)
    _text(conference, "base_url", schedule.url)
    _text(conference, "time_zone_name", schedule.zone or "UTC")
    for day in days:
        within = ElementTree.SubElement(root, "day", _day_attributes(day))
        for name, talks in day.rooms().items():
            room = ElementTree.SubElement(within, "room", {"name": name})
            for talk in talks:
                _add_talk(room, talk)
    ElementTree.indent(root)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _day_attributes(day: Day) -> dict[str, str]:
    return {
        "date": day.date.isoformat(),
        "start": day.starts_at.isoformat(),
        "end": day.ends_at.isoformat(),
        "index": str(day.number),
    }


def _add_talk(room: ElementTree.Element, talk: Talk) -> None:
    event = ElementTree.SubElement(room, "event", {"guid": talk.guid, "id": str(talk.number)})
    for name, text in (
        ("room", talk.room),
        ("title", talk.title),
        ("subtitle", talk.subtitle),
        ("type", talk.kind),
        ("date", talk.starts_at.isoformat()),
        ("start", f"{talk.starts_at:%H:%M}"),
        ("duration", talk.duration),
        ("abstract", talk.abstract),
        ("description", talk.description),
        ("slug", talk.slug),
        ("track", ""),
        ("language", talk.language),
        ("url", talk.url),
    ):
        _text(event, name, text)
    persons = ElementTree.SubElement(event, "persons")
    for speaker in talk.speakers:
        person = ElementTree.SubElement(persons, "person", {"id": str(_number(talk.guid_of(speaker)))})
        person.text = _fit(speaker.name)


def to_json(schedule: Schedule) -> bytes:
    """Return `schedule.json`; the schedule needs at least one item with a time."""
    days = schedule.days()
    rooms = dict.fromkeys(name for day in days for name in day.rooms())
    conference = {
        "acronym": schedule.acronym,
        "title": _fit(schedule.title),
        "start": days[0].date.isoformat(),
        "end": days[-1].date.isoformat(),
        "daysCount": len(days),
        "timeslot_duration": SLOT,
        "time_zone_name": schedule.zone or "UTC",
        "url": schedule.url,
        "rooms": [{"name": name, "guid": str(_uuid(f"{schedule.iri}#room-{name}"))} for name in rooms],
        "days": [_day_object(day) for day in days],
    }
    document = {
        "$schema": JSON_SCHEMA,
        "generator": {"name": "Maillage", "version": __version__},
        "schedule": {"version": schedule.version, "base_url": schedule.url, "conference": conference},
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _day_object(day: Day) -> dict[str, object]:
    return {
        "index": day.number,
        "date": day.date.isoformat(),
        "day_start": day.starts_at.isoformat(),
        "day_end": day.ends_at.isoformat(),
        "rooms": {name: [_talk_object(talk) for talk in talks] for name, talks in day.rooms().items()},
    }


def _talk_object(talk: Talk) -> dict[str, object]:
    return {
        "id": talk.number,
        "guid": talk.guid,
        "date": talk.starts_at.isoformat(),
        "start": f"{talk.starts_at:%H:%M}",
        "duration": talk.duration,
        "room": talk.room,
        "slug": talk.slug,
        "url": talk.url,
        "title": talk.title,
        "subtitle": talk.subtitle,
        "track": None,
        "type": talk.kind,
        "language": talk.language,
        "abstract": talk.abstract,
        "description": talk.description,
        "persons": [_person_object(talk, speaker) for speaker in talk.speakers],
        "links": [],
    }


def _person_object(talk: Talk, speaker: Speaker) -> dict[str, object]:
    guid = talk.guid_of(speaker)
    return {
        "id": _number(guid),
        "guid": str(guid),
        "name": _fit(speaker.name),
        "biography": _fit(_affiliation(speaker)),
    }


def _part_in_words(part: ProgrammeItem) -> str:
    speakers = "; ".join(", ".join(filter(None, (one.name, _affiliation(one)))) for one in part.speakers)
    return ": ".join(filter(None, (part.name, speakers)))


def _affiliation(speaker: Speaker) -> str:
    said = ", ".join(filter(None, (speaker.role, speaker.organisation)))
    return f"{said} ({speaker.country})".strip() if speaker.country else said


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def _fit(text: str) -> str:
    """Return a text without what XML refuses."""
    return without_controls(text)


def _uuid(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, name)


def _number(guid: uuid.UUID) -> int:
    """Return a number of 31 bits, from 1: what apps have room for."""
    return (guid.int >> 97) or 1


def _plain(text: str) -> str:
    """Return a text in small plain letters and digits with hyphens between the words."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def is_possible(programme: Iterable[ProgrammeItem]) -> bool:
    """Tell whether a programme has an item with a time, which both formats need."""
    return any(item.starts_at is not None for item in programme)
