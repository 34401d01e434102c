"""A programme as rows of fields, each a text that somebody typed: nothing is lost where one of them is wrong.

A row is an item, or a part of the item in the row above it; a debate may name the row whose subject it takes up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from flask_maillage.publications.local_time import NoSuchTime, OutsideCalendar, instant, wall_clock
from flask_maillage.publications.programmes import speaker_lines
from flask_maillage.publications.programmes.pasting import Pasted
from flask_maillage.publications.programmes.printed import clock_time
from flask_maillage.publications.programmes.programme import (
    ITEM_KINDS,
    MAX_ITEMS,
    MAX_SPEAKERS,
    Programme,
    ProgrammeItem,
    Speaker,
    all_items,
    complete,
)
from flask_maillage.publications.programmes.warnings import Remark

PART, ABOUT = "part", "about:"
DISCUSSED = frozenset({"introduction", "talk", "session", "round_table"})
FIELDS = ("key", "day", "time", "end", "kind", "name", "speakers", "room", "description", "belongs")
LONGEST = 3000


def _(message: str) -> str:
    return message


@dataclass
class Row:
    """The fields of one row; `errors` by the name of the field, `remarks` for what may be meant."""

    key: str
    kind: str = "talk"
    name: str = ""
    day: str = ""
    time: str = ""
    end: str = ""
    speakers: str = ""
    room: str = ""
    description: str = ""
    belongs: str = ""
    errors: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def is_part(self) -> bool:
        """Whether it is a part of the item above it."""
        return self.belongs == PART

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not any((self.name, self.time, self.end, self.speakers, self.room, self.description))


@dataclass(frozen=True)
class Frame:
    """The event around a programme: its zone, when it starts and ends, and who is meant by a handle."""

    zone: str
    starts_at: datetime
    ends_at: datetime | None
    actor_named: Callable[[str], str | None] = lambda text: None

    @property
    def first_day(self) -> date:
        """The day on which it starts, on the clocks of its place."""
        return wall_clock(self.starts_at, self.zone).date()

    @property
    def lasts_days(self) -> bool:
        """Whether it ends on another day."""
        return self.ends_at is not None and wall_clock(self.ends_at, self.zone).date() > self.first_day


def new_key(rows: Iterable[Row], taken: Iterable[str] = ()) -> str:
    """Return a key that no row has: the ids of items are made of keys, and stay with their item for ever."""
    used = {row.key for row in rows} | set(taken)
    return next(key for number in range(1, 100_000) if (key := f"i{number}") not in used)


def of_programme(programme: Programme, frame: Frame) -> list[Row]:
    """Return the rows of a programme; ends that go without saying are left empty."""
    bare = complete([item.model_copy(update={"ends_at": None}) for item in programme], frame.ends_at)
    rows: list[Row] = []
    for item, completed in zip(programme, bare, strict=True):
        row = _row(item, frame, shows_end=item.ends_at != completed.ends_at)
        row.belongs = f"{ABOUT}{item.answers_to}" if item.answers_to else ""
        rows.append(row)
        rows.extend(_part_rows(item.items, frame))
    return rows


def _part_rows(parts: Programme, frame: Frame) -> list[Row]:
    rows = [_row(part, frame, shows_end=True) for part in parts]
    for row in rows:
        row.belongs = PART
    return rows


def _row(item: ProgrammeItem, frame: Frame, *, shows_end: bool) -> Row:
    start = wall_clock(item.starts_at, frame.zone) if item.starts_at else None
    end = wall_clock(item.ends_at, frame.zone) if item.ends_at and shows_end else None
    return Row(
        key=item.key,
        kind=item.kind,
        name=item.name,
        day=start.date().isoformat() if start else "",
        time=f"{start:%H:%M}" if start else "",
        end=f"{end:%H:%M}" if end else "",
        speakers="\n".join(speaker_lines.write(speaker) for speaker in item.speakers),
        room=item.room,
        description=item.description,
    )


def of_pasted(items: Iterable[Pasted], above: list[Row], taken: Iterable[str]) -> list[Row]:
    """Return the rows of a programme that was read from print, each debate tied to what it follows."""
    rows: list[Row] = []
    discussed = ""
    for item in items:
        row = _pasted_row(item, [*above, *rows], taken)
        if item.kind == "debate" and discussed:
            row.belongs = f"{ABOUT}{discussed}"
        discussed = row.key if item.kind in DISCUSSED else discussed
        rows.append(row)
        for part in item.parts:
            rows.append(_pasted_row(part, [*above, *rows], taken))
            rows[-1].belongs = PART
    return rows[: MAX_ITEMS - len(above)]


def _pasted_row(item: Pasted, rows: list[Row], taken: Iterable[str]) -> Row:
    return Row(
        key=new_key(rows, taken),
        kind=item.kind,
        name=item.name,
        day=item.day.isoformat() if item.day else "",
        time=f"{item.start:%H:%M}" if item.start else "",
        end=f"{item.end:%H:%M}" if item.end else "",
        speakers="\n".join(speaker_lines.write(speaker) for speaker in item.speakers),
        room=item.room,
        description=item.description,
    )


def move(rows: list[Row], place: int, step: int) -> None:
    """Move a row up (-1) or down (1); the parts of an item go with it, a part stays among its item's."""
    first = place
    last = _end_of(rows, first)
    if rows[place].is_part:
        other = place + step
        if 0 <= other < len(rows) and (rows[other].is_part or other == 0):
            rows[place], rows[other] = rows[other], rows[place]
        return
    moved = rows[first:last]
    del rows[first:last]
    if step < 0:
        target = max((n for n in range(first) if not rows[n].is_part), default=0)
    else:
        target = _end_of(rows, first) if first < len(rows) else first
    rows[target:target] = moved


def _end_of(rows: list[Row], first: int) -> int:
    """Return the place after an item and its parts."""
    last = first + 1
    while last < len(rows) and rows[last].is_part:
        last += 1
    return last


def remove(rows: list[Row], place: int) -> None:
    """Take a row away; what was a part of it is on its own then."""
    for row in rows[place + 1 : _end_of(rows, place)] if not rows[place].is_part else ():
        row.belongs = ""
    del rows[place]


def to_programme(rows: list[Row], frame: Frame) -> Programme | None:
    """Return the programme that the rows say, in the order of its times; None where a row has an error.

    Rows into which nothing was typed are passed over. Ends are completed.
    """
    reader = _Reader(frame, {row.key for row in rows if not row.is_part and not row.is_empty})
    for row in rows:
        row.errors.clear()
        if not row.is_empty:
            reader.read(row)
    if any(row.errors for row in rows):
        return None
    latest, ordered = frame.starts_at, []
    for item in reader.items:
        latest = item.starts_at or latest
        ordered.append((latest, item))
    return complete([item for _, item in sorted(ordered, key=lambda pair: pair[0])], frame.ends_at)


class _Reader:
    """Reads row after row; knows the day, the latest start and the item to which a part belongs."""

    def __init__(self, frame: Frame, keys: set[str]) -> None:
        self.frame = frame
        self.keys = keys
        self.day = frame.first_day
        self.latest: datetime | None = None
        self.items: list[ProgrammeItem] = []

    def read(self, row: Row) -> None:
        if sum(1 for _ in all_items(self.items)) >= MAX_ITEMS:
            row.errors["name"] = (_("A programme has at most %(count)d items."), {"count": MAX_ITEMS})
            return
        start, end = self._times(row)
        values: dict[str, Any] = {
            "key": row.key,
            "kind": row.kind if row.kind in ITEM_KINDS else "talk",
            "name": row.name,
            "starts_at": start,
            "ends_at": end,
            "speakers": self._speakers(row),
            "room": row.room,
            "description": row.description,
        }
        about = row.belongs.removeprefix(ABOUT) if row.belongs.startswith(ABOUT) else None
        if about in self.keys and about != row.key:
            values["answers_to"] = about
        try:
            item = ProgrammeItem(**values)
        except ValidationError:
            row.errors["name"] = (_("Give it a name."), {})
            return
        self._put(row, item)

    def _put(self, row: Row, item: ProgrammeItem) -> None:
        if not row.is_part:
            self.items.append(item)
        elif self.items:
            above = self.items[-1]
            self.items[-1] = above.model_copy(update={"items": (*above.items, item)})
        else:
            row.errors["belongs"] = (_("There is no item above of which it could be a part."), {})

    def _times(self, row: Row) -> tuple[datetime | None, datetime | None]:
        if not row.is_part:
            self._turn_to_day(row)
        start = self._moment(row, "time", row.time, self.day)
        if start and not row.is_part:
            start = self._after_midnight(row, start)
            self.latest = start
        end = self._moment(row, "end", row.end, self.day)
        if end and start is None and "time" not in row.errors:
            row.errors["time"] = (_("Say when it starts."), {})
        if end and start and end <= start:
            end = self._moment(row, "end", row.end, self.day + timedelta(days=1))
        return start, end

    def _turn_to_day(self, row: Row) -> None:
        if not row.day:
            return
        try:
            self.day = date.fromisoformat(row.day)
        except ValueError:
            row.errors["day"] = (_("Write a day as 2026-12-31."), {})

    def _after_midnight(self, row: Row, start: datetime) -> datetime:
        """Put 01:00 after 23:00 on the next day, where no day is said."""
        if row.day or not self.latest or start >= self.latest or not self.frame.lasts_days:
            return start
        late, early = wall_clock(self.latest, self.frame.zone).hour, wall_clock(start, self.frame.zone).hour
        if late < 18 or early >= 6:
            return start
        self.day += timedelta(days=1)
        return self._moment(row, "time", row.time, self.day) or start

    def _moment(self, row: Row, name: str, text: str, day: date) -> datetime | None:
        if not text:
            return None
        clock = clock_time(text)
        if clock is None:
            row.errors[name] = (_("Write a time as 09:15."), {})
            return None
        local = datetime.combine(day, clock)
        try:
            return instant(local, self.frame.zone)
        except NoSuchTime:
            message = _("This time does not exist in %(zone)s: the clocks go forward over it.")
            row.errors[name] = (message, {"zone": self.frame.zone})
        except OutsideCalendar:
            row.errors["day" if row.day else name] = (_("Choose a year from 1900 to 2200."), {})
        return None

    def _speakers(self, row: Row) -> tuple[Speaker, ...]:
        found: list[Speaker] = []
        lines = [line for line in row.speakers.splitlines() if line.strip()]
        if len(lines) > MAX_SPEAKERS:
            row.errors["speakers"] = (_("An item has at most %(count)d speakers."), {"count": MAX_SPEAKERS})
            return ()
        for line in lines:
            try:
                found.append(speaker_lines.read(line, self.frame.actor_named))
            except speaker_lines.UnreadableSpeaker as error:
                row.errors["speakers"] = (error.message, error.values)
        return tuple(found)
