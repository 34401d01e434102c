"""From the text of a printed programme to its lines: times and days read, words joined that a line's end broke.

Every pattern is tried once on each line, and lines and their number are limited: any text is read in a short time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time

from federation.sanitising import clean_text

MAX_TEXT = 30_000
MAX_LINE = 600
MAX_LINES = 100
"""How many lines under one time are read."""
_COMPOUND = re.compile(
    "tiers|co|auto|mi|demi|semi|non|sous|vice|ex|self|well|cross|inter|post|pré|pre|multi|pluri|micro|macro|socio|éco|eco|"
    "après|avant|contre|celui|celle|ceux|lui|elle|eux|soi|peut|rendez|savoir|chef|mot|porte|libre|haut|bas|grand|petit|"
    "nord|sud|est|ouest|on|off|start|crowd|long|short|high|low|open|full|part|face|vis|work|life|make|third",
    re.IGNORECASE,
)
"""Words that stand before a hyphen of their own, so that a hyphen at the end of a line belongs to the word."""

_HOUR = r"(?P<{0}h>[01]?\d|2[0-4])(?:\s?[:hH.]\s?(?P<{0}m>[0-5]\d)(?!\d)|\s?[hH](?![\w])|(?=\s?[ap]\.?\s?m\b))"
_NOON = r"(?P<{0}n>noon|midi)(?=\s*(?:$|[:|–—-]))"
_HALF = r"(?P<{0}p>\s?[ap]\.?\s?m\b\.?)?"
_MOMENT = "(?:" + _HOUR + "|" + _NOON + ")" + _HALF
_TIMES = re.compile(
    r"^(?:[•·*▪‣◦–—-]\s*)?(?:(?:de|dès|à|from|at)\s+)?\(?"
    + _MOMENT.format("a")
    + r"(?:\s*(?:-|–|—|−|→|>|/|à|to|until|till|jusqu['’]à)\s*"
    + _MOMENT.format("b")
    + r")?\)?(?=$|[\s:|,;.–—-])(?:\s*[:|,;.–—-])?\s*",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january janvier jan janv",
            "february février fevrier feb févr",
            "march mars mar",
            "april avril apr avr",
            "may mai",
            "june juin jun",
            "july juillet jul juil",
            "august août aout aug",
            "september septembre sep sept",
            "october octobre oct",
            "november novembre nov",
            "december décembre decembre dec déc",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_NTH = r"(?:(?:day|jour|journée)\s*(?:n[°o]\s*)?(?P<nth>\d)|(?P<ordinal>première|deuxième|seconde|troisième) journée)"
_DATE = (
    r"(?:(?P<iso>\d{4}-\d{2}-\d{2})|(?P<d1>\d{1,2})(?:er|st|nd|rd|th)?(?:\s+of)?\s+(?P<m1>[^\W\d_]{3,9})\.?(?:,?\s+(?P<y1>\d{4}))?|"
    r"(?P<m2>[^\W\d_]{3,9})\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<y2>\d{4}))?|"
    r"(?P<d3>\d{1,2})[/.](?P<m3>\d{1,2})[/.](?P<y3>\d{4}))"
)  # fmt: skip
_DAY = re.compile(
    rf"^(?:{_NTH})?\s*[:,–—-]?\s*(?:le\s+)?(?:{_WEEKDAY})?,?\s*(?:le\s+|the\s+)?(?:{_DATE})?\s*:?$", re.IGNORECASE
)
_ORDINALS = {"première": 1, "deuxième": 2, "seconde": 2, "troisième": 3}
_BULLET = re.compile(r"^(?:[•·*▪‣◦]|[–—-](?=\s))\s*")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass
class Line:
    """One line: what it says, whether it begins a paragraph, whether it is one of a list."""

    text: str
    begins: bool = False
    is_listed: bool = False


@dataclass
class Block:
    """What stands under one time: its day where one was named before, its times, its lines."""

    day: date | int | None
    start: time
    end: time | None
    lines: list[Line] = field(default_factory=list)


def blocks_of(text: str) -> list[Block]:
    """Return what stands under each time of a programme; what stands before the first one is no part of it.

    A block's `day` is a date, or the number of the day ("Day 2"), or None: the day of the block above.
    """
    found: list[Block] = []
    day: date | int | None = None
    begins = True
    for raw in _lines(text):
        if not raw:
            begins = True
        elif (named := _day_of(raw)) is not None:
            day = named
        elif (timed := _timed(raw, found[-1].start if found and day is None else None)) is not None:
            start, end, rest = timed
            found.append(Block(day, start, end, [Line(rest, begins=True)] if rest else []))
            day, begins = None, not rest
        elif found and len(found[-1].lines) < MAX_LINES:
            listed = _BULLET.match(raw)
            line = Line(raw[listed.end() :] if listed else raw, begins or bool(listed), bool(listed))
            found[-1].lines.append(line)
            begins = False
    return found


def _lines(text: str) -> Iterator[str]:
    """Yield the lines, each without what cannot be seen; a table's cells count as lines of their own."""
    text = text[:MAX_TEXT].replace("\u00ad", "").replace("\u00a0", " ").replace("\u202f", " ")
    for whole in _joined_words(re.sub(r"\r\n?|[\f\v\x1c-\x1e\x85\u2028\u2029]", "\n", text)).split("\n"):
        cells = re.split(r"\t+|\s\|\s|\s{4,}", whole.strip())
        for place, cell in enumerate(cells):
            line = " ".join(clean_text(cell, limit=MAX_LINE).split()).strip("|").strip()
            if place and line:
                yield ""
            yield line


def _joined_words(text: str) -> str:
    """Put together the words that the end of a line broke, with the hyphen where it is the word's own."""
    known = {word.casefold() for word in _WORDS.findall(text)}

    def join(found: re.Match[str]) -> str:
        first, second = found[1], found[2]
        if f"{first}{second}".casefold() in known:
            return f"{first}{second}"
        is_compound = f"{first}-{second}".casefold() in known or _COMPOUND.fullmatch(first) is not None
        return f"{first}-{second}" if is_compound or second[0].isupper() else f"{first}{second}"

    return re.sub(r"([^\W\d_]{1,40})-[ \t]*\n[ \t]*([^\W\d_]{1,40})", join, text)


def _day_of(line: str) -> date | int | None:
    found = _DAY.match(line) if len(line) <= 60 else None
    if found is None or not line:
        return None
    if (named := _date(found)) is not None:
        return named
    if found["nth"]:
        return int(found["nth"]) or None
    return _ORDINALS.get((found["ordinal"] or "").casefold())


def _date(found: re.Match[str]) -> date | None:
    """Return a date that exists; one without a year is of the year 1, for its reader to put in the event's."""
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        for n in "123":
            if found[f"d{n}"]:
                month = int(found["m3"]) if n == "3" else _MONTHS.get(found[f"m{n}"].casefold().strip("."), 0)
                return date(int(found[f"y{n}"] or 1), month, int(found[f"d{n}"]))
    except ValueError:
        return None
    return None


def _timed(line: str, before: time | None) -> tuple[time, time | None, str] | None:
    found = _TIMES.match(line)
    if found is None:
        return None
    half, last_half = _half(found["ap"]), _half(found["bp"])
    ends = found["bh"] is not None or found["bn"] is not None
    start = _time(found["ah"], found["am"], half, is_noon=bool(found["an"]))
    end = _time(found["bh"], found["bm"], last_half, is_noon=bool(found["bn"])) if ends else None
    if start is None or (ends and end is None):
        return None
    if end is not None and half is None and last_half == "p" and start.hour < 12:
        later = start.replace(hour=start.hour + 12)
        start = later if later < end else start
    if half is None and last_half is None:
        start = _after_noon(start, before)
    if end is not None and last_half is None and end < start:
        end = _after_noon(end, start)
    return start, end, line[found.end() :].strip()


def _half(text: str | None) -> str | None:
    return text.strip()[0].casefold() if text else None


def _time(hour: str | None, minute: str | None, half: str | None, *, is_noon: bool) -> time | None:
    if is_noon:
        return time(12)
    hours = int(hour or 0)
    if half is not None:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "p" else 0)
    return time(hours % 24, int(minute or 0))


def _after_noon(moment: time, before: time | None) -> time:
    """Read 1:30 after 12:30 as half past one in the afternoon; nobody meets at half past one at night."""
    if before is None or moment >= before or not 1 <= moment.hour <= 7:
        return moment
    later = moment.replace(hour=moment.hour + 12)
    return later if later >= before else moment


def clock_time(text: str) -> time | None:
    """Return the time that a text says and nothing else: "9:15", "9h15", "9.15 a.m."; None for anything else."""
    found = _timed(text.strip()[:20], None)
    return found[0] if found and found[1] is None and not found[2] else None
