r"""A programme as one writes it in a form: one line per item, so that a printed one can be typed in quickly.

    # 2026-12-11                                  a day, needed where the event has several
    08:45 welcome | Welcome
    09:15 session | Session 1: The rights of … | Kristy Milland, Community Manager, TurkerNation (CA); Robert …
    09:30-10:15 debate | Debate                   an end is needed only where the next item starts later
    11:30 session | Session 3 | | Room 2 | What it is about
    - The creative professions | Christophe Lemaire, Member of the board, Allianz (FR)
    - round_table: The next steps                 a part of another kind than a block
    22:00-01:00 meal | Night buffet               an end before the start is on the next day

The fields of an item are: time and kind, name, speakers, room, description. A speaker is a name, or a name and an
organisation, or a name, a role and an organisation, with the country's two letters in brackets, and behind all of it
the address of an actor of theirs as `<https://…>`. A debate answers the session (or talk) before it. A backslash before
`|`, `;`, `,`, `(` or `<` takes away their meaning.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from pydantic import ValidationError

from flask_maillage.publications.local_time import NoSuchTime, OutsideCalendar, in_calendar, instant, wall_clock
from flask_maillage.publications.programmes.programme import (
    ITEM_KINDS,
    MAX_ITEMS,
    MAX_SPEAKERS,
    ItemKind,
    Programme,
    ProgrammeItem,
    Speaker,
    all_items,
    complete,
)

SYNTAX_HELP = (
    "One line per item: “09:15 session | Name | Speaker, Role, Organisation (FR); Another speaker | Room | About it”. "
    "Only the time, the kind and the name are needed; an item ends when the next one starts. "
    f"Kinds: {', '.join(ITEM_KINDS)}. Begin a line with “- ” for a part of the item above it. "
    "A debate belongs to the session before it. Write “# 2026-12-12” on a line of its own to begin another day."
)
DISCUSSED_KINDS = frozenset({"introduction", "talk", "session", "round_table"})
_TIMED = re.compile(r"^(\d{1,2})[:h](\d{2})(?:\s*[-–]\s*(\d{1,2})[:h](\d{2}))?\s+([A-Za-z_]+)\s*$")
_DAY = re.compile(r"^#\s*(\d{4}-\d{2}-\d{2})$")
_PART = re.compile(rf"^({'|'.join(ITEM_KINDS)}):\s*(.*)$")
_ACTOR = re.compile(r"(?<!\\)<(https?://[^<>\s]+)>$")
_COUNTRY = re.compile(r"(?<!\\)\(([A-Z]{2})\)$")


def _(message: str) -> str:
    return message


OUTSIDE_CALENDAR = _("the year has to be from 1900 to 2200.")


class ProgrammeError(ValueError):
    """A line that cannot be read: `line` counts from 1, `message` with its `values` is a sentence for its author."""

    def __init__(self, line: int, message: str, values: dict[str, Any]) -> None:
        """Keep the number of the line and what is wrong with it, to be said in another language too."""
        super().__init__(f"Line {line}: {message % values}")
        self.line = line
        self.message = message
        self.values = values


class _Unreadable(ValueError):
    """What is wrong with the line in hand."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values


def parse(text: str, *, zone: str, starts_at: datetime, ends_at: datetime | None) -> Programme:
    """Read a programme as its author typed it, ends completed.

    Args:
        text: lines, see the module's description.
        zone: the IANA name of the zone of its times.
        starts_at: when the event starts: gives the first day.
        ends_at: when it ends, so does its last item.

    Raises:
        ProgrammeError: the first line that cannot be read.
    """
    reader = _Reader(zone, wall_clock(starts_at, zone).date())
    for number, line in enumerate(text.splitlines(), start=1):
        if stripped := line.strip():
            try:
                reader.read(stripped)
            except ValidationError:
                raise ProgrammeError(number, _("it cannot be read; look at the name and the speakers."), {}) from None
            except _Unreadable as error:
                raise ProgrammeError(number, error.message, error.values) from None
    return complete(reader.items, ends_at)


class _Reader:
    """Reads line after line; knows the day, the latest time and the item that a part belongs to."""

    def __init__(self, zone: str, day: date) -> None:
        self.zone = zone
        self.day = day
        self.latest: datetime | None = None
        self.discussed: str | None = None
        self.items: list[ProgrammeItem] = []

    def read(self, line: str) -> None:
        if line.startswith("#"):
            self._begin_day(line)
        elif line.startswith(("- ", "– ", "-\t")):
            self._add_part(line[1:].strip())
        else:
            self._add_item(line)
        if sum(1 for _ in all_items(self.items)) > MAX_ITEMS:
            raise _Unreadable(_("a programme has at most %(count)d items."), count=MAX_ITEMS)

    def _begin_day(self, line: str) -> None:
        found = _DAY.match(line)
        if found is None:
            raise _Unreadable(_("write a day as “# 2026-12-12”."))
        try:
            self.day = date.fromisoformat(found[1])
        except ValueError:
            raise _Unreadable(_("%(day)s is not a day."), day=found[1]) from None
        if not in_calendar(self.day):
            raise _Unreadable(OUTSIDE_CALENDAR)

    def _add_item(self, line: str) -> None:
        head, *fields = _split(line, "|")
        found = _TIMED.match(head)
        if found is None:
            raise _Unreadable(_("begin with the time and the kind, as “09:15 session | Name”."))
        kind = found[5].lower()
        if kind not in ITEM_KINDS:
            message = _("“%(kind)s” is not a kind of item; the kinds are %(kinds)s.")
            raise _Unreadable(message, kind=kind, kinds=", ".join(ITEM_KINDS))
        start = self._moment(found[1], found[2])
        if self.latest and start < self.latest:
            raise _Unreadable(_("it starts before the item above; write “# 2026-12-12” to begin another day."))
        end = self._moment(found[3], found[4]) if found[3] else None
        if end and end <= start:
            end = self._moment(found[3], found[4], self.day + timedelta(days=1))
        key = f"i{len(self.items) + 1}"
        answers = self.discussed if kind == "debate" else None
        item = ProgrammeItem(
            key=key,
            kind=kind,
            starts_at=start,
            ends_at=end,
            answers_to=answers,
            **_fields(fields),
        )
        self.items.append(item)
        self.latest = start
        self.discussed = key if kind in DISCUSSED_KINDS else self.discussed

    def _add_part(self, line: str) -> None:
        if not self.items:
            raise _Unreadable(_("a part needs an item above it."))
        name, *fields = _split(line, "|")
        found = _PART.match(name)
        kind, name = (found[1], found[2]) if found else ("block", name)
        parent = self.items[-1]
        key = f"{parent.key}-{len(parent.items) + 1}"
        part = ProgrammeItem(key=key, kind=cast(ItemKind, kind), **_fields([name, *fields]))
        self.items[-1] = parent.model_copy(update={"items": (*parent.items, part)})

    def _moment(self, hour: str, minute: str, day: date | None = None) -> datetime:
        try:
            local = datetime.combine(day or self.day, time(int(hour), int(minute)))
        except ValueError:
            raise _Unreadable(_("%(time)s is not a time."), time=f"{hour}:{minute}") from None
        try:
            return instant(local, self.zone)
        except NoSuchTime:
            message = _("%(time)s does not exist in %(zone)s: the clocks go forward over it.")
            raise _Unreadable(message, time=f"{local:%Y-%m-%d %H:%M}", zone=self.zone) from None
        except OutsideCalendar:
            raise _Unreadable(OUTSIDE_CALENDAR) from None


def _fields(fields: list[str]) -> dict[str, Any]:
    """Return name, speakers, room and description from what follows the first `|`."""
    if len(fields) > 4:
        raise _Unreadable(_("too many “|”: an item has a name, speakers, a room and a description."))
    name, speakers, room, description = (*fields, "", "", "", "")[:4]
    if not (name := _plain(name)):
        raise _Unreadable(_("the name is missing after “|”."))
    named = [_speaker(part) for part in _split(speakers, ";") if part]
    if len(named) > MAX_SPEAKERS:
        raise _Unreadable(_("an item has at most %(count)d speakers."), count=MAX_SPEAKERS)
    return {"name": name, "speakers": tuple(named), "room": _plain(room), "description": _plain(description)}


def _speaker(text: str) -> Speaker:
    if actor := _ACTOR.search(text):
        text = text[: actor.start()].strip()
    country = _COUNTRY.search(text)
    if country:
        text = text[: country.start()].strip()
    name, *rest = [_plain(part) for part in _split(text, ",")]
    if not name:
        raise _Unreadable(_("a speaker has no name."))
    return Speaker(
        name=name,
        role=", ".join(rest[:-1]),
        organisation=rest[-1] if rest else "",
        country=country[1] if country else "",
        actor=_plain(actor[1]) if actor else None,
    )


def _split(text: str, separator: str) -> list[str]:
    r"""Split at every separator that no backslash guards; the backslashes stay."""
    parts, guarded = [""], False
    for character in text:
        if character == separator and not guarded:
            parts.append("")
        else:
            parts[-1] += character
        guarded = character == "\\" and not guarded
    return [part.strip() for part in parts]


def _plain(text: str) -> str:
    return re.sub(r"\\([\\|;,(<])", r"\1", text.strip())


def write(items: Iterable[ProgrammeItem], *, zone: str, starts_at: datetime, ends_at: datetime | None) -> str:
    """Write a programme as the lines that `parse` reads, leaving out the ends that it would complete."""
    given = list(items)
    stated = complete([item.model_copy(update={"ends_at": None}) for item in given], ends_at)
    day = wall_clock(starts_at, zone).date()
    lines: list[str] = []
    for item, completed in zip(given, stated, strict=True):
        start = wall_clock(item.starts_at or starts_at, zone)
        if start.date() != day:
            day = start.date()
            lines.append(f"# {day.isoformat()}")
        lines.append(_line(item, start, None if item.ends_at == completed.ends_at else item.ends_at))
        lines.extend("- " + _with_fields(_part_head(part), part) for part in item.items)
    return "\n".join(lines)


def _line(item: ProgrammeItem, start: datetime, end: datetime | None) -> str:
    times = f"{start:%H:%M}"
    if end is not None and end.astimezone(start.tzinfo) - start < timedelta(days=1):
        times += f"-{end.astimezone(start.tzinfo):%H:%M}"
    return _with_fields(f"{times} {item.kind} | {_guarded(item.name, '|')}", item)


def _part_head(part: ProgrammeItem) -> str:
    name = _guarded(part.name, "|")
    return name if part.kind == "block" and not _PART.match(name) else f"{part.kind}: {name}"


def _with_fields(head: str, item: ProgrammeItem) -> str:
    speakers = "; ".join(_written(speaker) for speaker in item.speakers)
    fields = [head, speakers, _guarded(item.room, "|"), _guarded(item.description, "|")]
    while not fields[-1]:
        fields.pop()
    return " | ".join(fields).replace("|  |", "| |")


def _written(speaker: Speaker) -> str:
    parts = [speaker.name, speaker.role, speaker.organisation] if speaker.role else [speaker.name, speaker.organisation]
    if len(parts) == 2 and not speaker.organisation:
        parts.pop()
    text = ", ".join(_guarded(part, "|;,(<") for part in parts)
    text = f"{text} ({speaker.country})" if speaker.country else text
    return f"{text} <{_guarded(speaker.actor, '|;')}>" if speaker.actor else text


def _guarded(text: str, marks: str) -> str:
    return re.sub(rf"([\\{re.escape(marks)}])", r"\\\1", text)
