"""What somebody wants to see of all publications: read from an address in one place, and written back into one.

A filter is a value, so that a list, its feeds, its calendar and its table are cut from the same cloth; what it means
to the database is in `matching`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from flask_maillage.publications.around import Circle
from flask_maillage.publications.content import one_line
from flask_maillage.publications.kinds import KINDS
from flask_maillage.publications.standpoint import Unclear, circle
from flask_maillage.publications.tags import is_folded, is_tag
from flask_maillage.territory import zones
from flask_maillage.territory.places import country_names

LONGEST = 200
MAX_KINDS = 10
HANDLE = re.compile(r"@?[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(@[a-z0-9.-]{1,253}(:[0-9]{1,5})?)?", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?", re.IGNORECASE)
YES, NO = frozenset({"1", "yes", "true", "on"}), frozenset({"", "0", "no", "false", "off"})
YEARS = range(1900, 2200)

PARAMETERS = (
    "kind",
    "actor",
    "members",
    "tag",
    "country",
    "zone",
    "place",
    "near",
    "lat",
    "lon",
    "km",
    "topic",
    "q",
    "from",
    "until",
    "open",
    "host",
)
"""The names under which a filter stands in an address, in the order in which it is written back."""
STANDPOINT = ("near", "lat", "lon", "km")


def _(message: str) -> str:
    return message


class Arguments(Protocol):
    """The part of an address behind the question mark, as Werkzeug and tests have it."""

    def getlist(self, key: str) -> list[str]:
        """Return every value that one name has."""


class Refused(ValueError):
    """A filter that cannot be meant; `problems` says in one English sentence for each parameter what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep the sentences."""
        super().__init__("; ".join(f"{name}: {sentence}" for name, sentence in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which publications are meant; an empty one means all that are public.

    `actor` is the handle of a page (`union`, `depot@partner.test`), `members` that of a group of ours whose members'
    publications are meant, `country` two letters, `zone` the
    code of a territory or `none` for what lies in none that is known, `since` the first and
    `until` the last moment in which what is meant takes place, may be answered or, where it has no dates, was
    published; `around` is what `near`, or `lat` and `lon`, say with `km`. `written` holds what was typed, in the order
    of `PARAMETERS`.
    """

    kinds: tuple[str, ...] = ()
    actor: str = ""
    members: str = ""
    tag: str = ""
    country: str = ""
    zone: str = ""
    place: str = ""
    around: Circle | None = None
    topic: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    open_now: bool = False
    host: str = ""
    written: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def query(self) -> str:
        """What stands behind the question mark of every address of the list: empty where nothing was asked."""
        return urlencode(self.written)

    @property
    def arguments(self) -> dict[str, list[str]]:
        """What was typed, by the names of the parameters, to make another address of the same list."""
        return {name: [value for other, value in self.written if other == name] for name, _value in self.written}

    @property
    def depends_on_the_hour(self) -> bool:
        """Whether it may mean something else later although no publication changed."""
        return self.open_now or bool(self.members)

    def __bool__(self) -> bool:
        """Tell whether it leaves anything out."""
        return bool(self.written) or any(getattr(self, one.name) for one in fields(self) if one.name != "written")

    def within(self, **fixed: Any) -> "Filter":
        """Return it with what the path of the address says already (`kinds`, `country`…), not written twice."""
        return replace(self, **{name: value for name, value in fixed.items() if value})


EVERYTHING = Filter()


def read(arguments: Arguments) -> Filter:
    """Read a filter from the query of an address; parameters that are none of ours are passed over.

    Raises:
        Refused: one of them cannot be meant.
    """
    problems: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, (attribute, reader) in _READERS.items():
        try:
            values[attribute] = reader([text.strip() for text in arguments.getlist(name)])
        except ValueError as problem:
            problems[name] = str(problem)
    try:
        values["around"] = circle(*((arguments.getlist(name) or [""])[0].strip() for name in STANDPOINT))
    except Unclear as unclear:
        problems[unclear.parameter] = unclear.sentence
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        problems["until"] = _("The end is before the beginning.")
    if problems:
        raise Refused(problems)
    return Filter(**values, written=tuple(_written(arguments)))


def _written(arguments: Arguments) -> Iterable[tuple[str, str]]:
    for name in PARAMETERS:
        given = [text.strip() for text in arguments.getlist(name)]
        for text in dict.fromkeys(given) if name == "kind" else given[:1]:
            if text and not (name == "open" and text.casefold() in NO):
                yield name, text


def _kinds(given: list[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(text for text in given if text))
    known = {kind.name for kind in KINDS}
    if len(wanted) > MAX_KINDS or not known.issuperset(wanted):
        raise ValueError(_("There is no such kind of publication."))
    return wanted


def _line(given: list[str]) -> str:
    text = given[0] if given else ""
    if len(text) > LONGEST:
        raise ValueError(_("That is too long: write at most 200 characters."))
    if text != one_line(text, LONGEST):
        raise ValueError(_("That holds characters which no publication has."))
    return text


def _actor(given: list[str]) -> str:
    text = _line(given)
    if text and not HANDLE.fullmatch(text):
        raise ValueError(_("Write a handle, as union or union@partner.example."))
    handle, _at, host = text.removeprefix("@").partition("@")
    return f"{handle}@{host.lower()}" if host else handle


def _tag(given: list[str]) -> str:
    text = _line(given).removeprefix("#")
    if text and not (is_tag(text) or is_folded(text)):
        raise ValueError(_("Write one tag: letters, digits and _, without spaces."))
    return text


def _country(given: list[str]) -> str:
    code = _line(given).upper()
    if code and code not in country_names("en"):
        raise ValueError(_("There is no country with this code: write its two letters, as FR."))
    return code


def _zone(given: list[str]) -> str:
    text = _line(given)
    if not text or text == zones.NOWHERE:
        return text
    code = zones.canonical(text)
    if code is None:
        raise ValueError(_("There is no territory with this code: look for it on the page of the territories."))
    return code


def _host(given: list[str]) -> str:
    text = _line(given).lower()
    if text and not HOST.fullmatch(text):
        raise ValueError(_("Write the name of a host, as partner.example."))
    return text


def _yes_or_no(given: list[str]) -> bool:
    word = (given[0] if given else "").casefold()
    if word not in YES | NO:
        raise ValueError(_("Write 1 for yes, or leave it out."))
    return word in YES


def _since(given: list[str]) -> datetime | None:
    return _moment(given, last=False)


def _until(given: list[str]) -> datetime | None:
    return _moment(given, last=True)


def _moment(given: list[str], *, last: bool) -> datetime | None:
    """Read a day of the calendar, in UTC, or a moment with its offset.

    A `+` that was not encoded arrives as a space.
    """
    text = (given[0] if given else "")[:LONGEST]
    if not text:
        return None
    try:
        if len(text) <= len("2027-01-08"):
            day = datetime.combine(date.fromisoformat(text), time(0), UTC)
            moment = day + timedelta(days=1, microseconds=-1) if last else day
        else:
            moment = datetime.fromisoformat(text.replace(" ", "+"))
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_("There is no such day: write it as 2027-01-08.")) from None
    if moment.year not in YEARS:
        raise ValueError(_("There is no such day: write it as 2027-01-08."))
    return moment


_READERS: dict[str, tuple[str, Any]] = {
    "kind": ("kinds", _kinds),
    "actor": ("actor", _actor),
    "members": ("members", _actor),
    "tag": ("tag", _tag),
    "country": ("country", _country),
    "zone": ("zone", _zone),
    "place": ("place", _line),
    "topic": ("topic", _line),
    "q": ("text", _line),
    "from": ("since", _since),
    "until": ("until", _until),
    "open": ("open_now", _yes_or_no),
    "host": ("host", _host),
}
