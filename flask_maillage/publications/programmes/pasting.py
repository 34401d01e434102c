"""Read a programme as it was printed: a text that somebody copies from a document or a page, in English or French.

A text under a time is a title, then who speaks and what it is about. Lines are joined where only the paper ended them.
What is read is shown to be corrected; only what stands before the first time is left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from flask_maillage.publications.content import one_line
from flask_maillage.publications.programmes.affiliations import (
    is_name,
    is_organisation,
    names_a_person,
    speakers_in,
    without_lead_in,
)
from flask_maillage.publications.programmes.printed import Block, Line, blocks_of
from flask_maillage.publications.programmes.programme import MAX_ITEMS, MAX_SPEAKERS, ItemKind, Speaker
from flask_maillage.publications.programmes.wording import is_french, kind_of, label_of, quiet, titled

_ROOM = re.compile(
    r"^(?:(?:lieu|location|venue|where|où)\s?:\s*(?P<place>.{1,80})|"
    r"(?P<room>(?:room|salle|amphi\w*|auditorium|hall|grand hall|main hall|studio)\b(?!.*[.!?]).{0,60}))$",
    re.IGNORECASE,
)
_ROOM_IN_BRACKETS = re.compile(
    r"\s*[(\[](?P<room>(?:room|salle|amphi|auditorium|hall)\b[^()\[\]]{0,60})[)\]]", re.IGNORECASE
)
_UNFINISHED = re.compile(
    r"(?:[,(&“«]|\b(?:of|the|and|for|at|in|to|with|by|a|an|de|du|des|la|le|les|et|pour|dans|à|au|aux|d['’]|l['’]|sur|par))$",
    re.IGNORECASE,
)
_TITLE_AND_SPEAKER = re.compile(r"\s[–—|/-]\s|\s(?:by|par|avec|with)\s(?=[^\W\d_a-zß-ÿ])")
_NUMBERED = re.compile(r"^(?:[A-H]|\d{1,2}|[ivx]{1,4})[.)]\s+(?=\S)")
MAX_PIECE = 800
_HEADINGS = frozenset({"programme", "program", "agenda", "schedule", "ordre du jour"})


@dataclass
class Pasted:
    """One item as it was read: times on the clock, its day where it is known."""

    kind: ItemKind
    name: str
    day: date | None = None
    start: time | None = None
    end: time | None = None
    speakers: list[Speaker] = field(default_factory=list)
    room: str = ""
    description: str = ""
    parts: list["Pasted"] = field(default_factory=list)


@dataclass
class _Piece:
    """A paragraph, its lines joined: `person` where it names who speaks."""

    text: str
    person: bool
    listed: bool


def read(text: str, *, first_day: date | None) -> list[Pasted]:
    """Return the items of a printed programme; an empty list where no line begins with a time.

    Args:
        text: any text; the first 30,000 characters count.
        first_day: the day of the event: gives the year of dates without one, and the date of "Day 2".
    """
    french = is_french(text[:5000])
    items: list[Pasted] = []
    day = first_day
    for block in blocks_of(text)[:MAX_ITEMS]:
        day = _day(block.day, first_day, day)
        item = _item(block, french=french)
        item.day, item.start, item.end = day, block.start, block.end
        items.append(item)
    return items


def _day(named: date | int | None, first: date | None, current: date | None) -> date | None:
    if isinstance(named, date):
        if named.year > 1 or first is None:
            return named if named.year > 1 else current
        try:
            return named.replace(year=first.year)
        except ValueError:
            return current
    if named is not None and first is not None:
        return first + timedelta(days=named - 1)
    return current


def _item(block: Block, *, french: bool) -> Pasted:
    room, lines = _without_room(block.lines)
    label = label_of(lines[0].text) if lines else None
    if label is not None:
        lines = [Line(label.rest, begins=True), *lines[1:]] if label.rest else lines[1:]
    pieces = _pieces(lines)
    is_whole = label is not None and bool(pieces) and bool(_NUMBERED.match(pieces[0].text))
    title, pieces = ("", pieces) if is_whole else _title(pieces, needed=label is None)
    if label is not None:
        kind: ItemKind | None = label.kind
        name = titled(label.text, quiet(title), french=french)
    else:
        name, kind = quiet(title), kind_of(title)
    item = Pasted(kind=kind or "talk", name=one_line(name, 200) or "…", room=room)
    _fill(item, pieces, french=french)
    if kind is None and item.parts and not item.speakers:
        item.kind = "session"
    return item


def _without_room(lines: list[Line]) -> tuple[str, list[Line]]:
    """Take where it is out of the lines: a line of its own, or brackets behind the title."""
    room, left = "", []
    for place, line in enumerate(lines):
        alone = _ROOM.match(line.text) if place else None
        within = _ROOM_IN_BRACKETS.search(line.text)
        if not room and alone and not names_a_person(line.text):
            room = alone["place"] or alone["room"]
            continue
        if not room and within:
            room = within["room"]
            line.text = (line.text[: within.start()] + line.text[within.end() :]).strip()
        if line.text:
            left.append(line)
    return one_line(room, 200), left


def _pieces(lines: Iterable[Line]) -> list[_Piece]:
    """Join lines to paragraphs, and begin a new one where somebody is named."""
    pieces: list[_Piece] = []
    for line in lines:
        last = pieces[-1] if pieces else None
        if last is not None and _continues(last, line):
            last.text = f"{last.text} {line.text}"[:MAX_PIECE]
        elif line.text.casefold().strip(" :") not in _HEADINGS:
            is_person = _is_person(line, last)
            pieces.append(_Piece(line.text, is_person, line.is_listed))
    return pieces


def _continues(last: _Piece, line: Line) -> bool:
    """Tell whether a line goes on where the one before it ended."""
    text = line.text
    unclosed = last.text.count("(") > last.text.count(")") or last.text.count("“") > last.text.count("”")
    if not line.is_listed and (unclosed or _UNFINISHED.search(last.text[-20:])):
        return True
    if line.is_listed or _NUMBERED.match(text):
        return False
    if text[:1].islower() and not last.text.endswith((".", "!", "?", ":")) and not without_lead_in(text).role:
        return not (names_a_person(text) and not last.person)
    if line.begins:
        return False
    if last.person:
        return not names_a_person(text, alone=_is_bare_name(last.text)) and _belongs_to_speaker(last.text, text)
    return not names_a_person(text) and kind_of(text) is None


def _belongs_to_speaker(speaker: str, text: str) -> bool:
    """Tell whether a line under a speaker says more of them, rather than what comes next."""
    if text.startswith(("(", ",", "&")) or is_organisation(text):
        return True
    if _is_bare_name(speaker):
        return len(text) <= 80 and kind_of(text) is None
    words = text.split()
    return kind_of(text) is None and (len(words) <= 4 or not speaker.endswith((".", ")")))


def _is_bare_name(text: str) -> bool:
    return is_name(without_lead_in(text).text)


def _is_person(line: Line, last: _Piece | None) -> bool:
    if _NUMBERED.match(line.text):
        return False
    alone = last is not None and (last.person or line.begins)
    return names_a_person(line.text, alone=alone)


def _title(pieces: list[_Piece], *, needed: bool) -> tuple[str, list[_Piece]]:
    """Take the title from the pieces: the first that names nobody, and who speaks where the same line says so."""
    if not pieces:
        return "", []
    first, rest = pieces[0], pieces[1:]
    if not first.person:
        title, speaker = _split_title(first.text)
        return title, [_Piece(speaker, True, False), *rest] if speaker else rest
    if not needed:
        return "", pieces
    later = next((place for place, piece in enumerate(rest) if not piece.person), None)
    if later is None or kind_of(rest[later].text) is not None:
        return first.text.split(",")[0], pieces
    return rest[later].text, [first, *rest[:later], *rest[later + 1 :]]


def _split_title(text: str) -> tuple[str, str]:
    """Split "The rights of workers – Ann Smith, ILO" and "The rights, Ann Smith (ILO)"."""
    for found in reversed(list(_TITLE_AND_SPEAKER.finditer(text))):
        if names_a_person(text[found.end() :], alone=True):
            return text[: found.start()].strip(" ,:"), text[found.end() :]
    for found in re.finditer(r",\s", text):
        name, bracket, _ = text[found.end() :].partition("(")
        if bracket and is_name(name):
            return text[: found.start()], text[found.end() :]
    return text, ""


def _fill(item: Pasted, pieces: list[_Piece], *, french: bool) -> None:
    """Give an item its speakers, its description and its parts.

    One heading before the speakers is what the item is about; several, each with its own speakers, are its parts.
    """
    headings = [place for place, piece in enumerate(pieces) if not piece.person]
    with_speakers = [place for place in headings if place + 1 < len(pieces) and pieces[place + 1].person]
    heads_parts = len(with_speakers) > 1 or bool(with_speakers and with_speakers[0] and pieces[0].person)
    about: list[str] = []
    part: Pasted | None = None
    for place, piece in enumerate(pieces):
        if piece.person:
            _add_speakers(part or item, piece.text)
        elif (place in with_speakers and heads_parts) or _is_part(piece.text):
            part = _part(piece.text, french=french)
            item.parts.append(part)
        elif part is not None and place - 1 not in headings and not piece.listed and place > 0:
            part.description = one_line(f"{part.description} {piece.text}", 600)
        else:
            about.append(piece.text)
    item.description = one_line(" ".join(about), 600)


def _is_part(text: str) -> bool:
    """Tell whether a heading is a part whoever speaks: its words say so, as "Round table on what comes next"."""
    kinds = ("round_table", "debate", "recap", "session", "talk")
    return (
        len(text) <= 160 and not text.endswith((".", "…")) and (kind_of(text) in kinds or bool(_NUMBERED.match(text)))
    )


def _part(text: str, *, french: bool) -> Pasted:
    label = label_of(text)
    kind = kind_of(text)
    name = titled(label.text, label.rest, french=french) if label else text
    title, speaker = _split_title(name)
    part = Pasted(kind=kind if kind and kind != "session" else "block", name=one_line(quiet(title), 200) or "…")
    if speaker:
        _add_speakers(part, speaker)
    return part


def _add_speakers(item: Pasted, text: str) -> None:
    room = MAX_SPEAKERS - len(item.speakers)
    item.speakers.extend(speakers_in(text)[:room])
