"""Lists of decisions about hosts, as servers of the fediverse hand them around: CSV in the columns of Mastodon.

`#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate`, with or without the `#`, in any order
and with any of them missing; or just one host on each line. What is refused is refused whole, with the lines named.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from actors import policy
from actors.models import HostPolicy

MAX_BYTES = 2 * 1024 * 1024
MAX_LINES = 50_000
MAX_REASON = 1000
MAX_PROBLEMS = 20
COLUMNS = ("#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate")
LEVELS = {"noop": policy.NONE, "silence": policy.SILENCE, "suspend": policy.BLOCK, "": policy.BLOCK}
SEVERITIES = {policy.NONE: "noop", policy.ALLOW: "noop", policy.SILENCE: "silence", policy.BLOCK: "suspend"}
STRICTNESS = (policy.NONE, policy.ALLOW, policy.SILENCE, policy.BLOCK)
YES, NO = frozenset({"true", "1", "yes", "t"}), frozenset({"false", "0", "no", "f", ""})
TOO_LONG, TOO_MANY = "the list is longer than %(value)s KiB", "more than %(value)s lines"
NOT_UTF_8, NOT_CSV = "not in UTF-8", "not CSV (%(value)s)"
MORE_COLUMNS = "%(value)s columns, more than the header has"
NO_HOST = "“%(value)s” is not the name of a host"
NO_SEVERITY = "“%(value)s” is not noop, silence or suspend"
NO_TRUTH = "“%(value)s” is not true or false"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


@dataclass(frozen=True)
class Listed:
    """One decision of a list."""

    line: int
    name: str
    level: str
    refuses_media: bool = False
    reason: str = ""


@dataclass(frozen=True)
class HostList:
    """A list that was read."""

    decisions: tuple[Listed, ...]
    skipped: tuple[int, ...]
    """The lines whose host is written with `*`, so that nobody can tell which it is."""


class Problem(NamedTuple):
    """What is wrong with a line: its number, counted from 1, and why, in words that can be translated."""

    line: int
    why: str
    """With `%(value)s` where the words need what stands there."""
    value: str = ""

    @property
    def text(self) -> str:
        """The reason in English."""
        return self.why % {"value": self.value}


class ListRefused(ValueError):
    """A list cannot be taken; nothing of it is."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep what is wrong."""
        self.problems = list(problems)
        shown = [f"line {problem.line}: {problem.text}" for problem in self.problems[:MAX_PROBLEMS]]
        more = len(self.problems) - len(shown)
        super().__init__("; ".join(shown) + (f"; and {more} lines more" if more else ""))


def read(raw: bytes, *, allowing: bool = False) -> HostList:
    """Read a list.

    Args:
        raw: the bytes of the file, in UTF-8, with or without a byte order mark.
        allowing: whether it names hosts to allow, whatever else it says about them, rather than hosts to block.

    Raises:
        ListRefused: it is too long, no UTF-8, no CSV, or a line of it cannot be understood.
    """
    rows = _rows(raw)
    columns, rows = _columns(rows)
    found: dict[str, Listed] = {}
    skipped: list[int] = []
    problems: list[Problem] = []
    for line, cells in rows:
        if len(cells) > len(columns):
            problems.append(Problem(line, MORE_COLUMNS, str(len(cells))))
            continue
        values = dict(zip(columns, cells, strict=False))
        if "*" in values.get("domain", ""):
            skipped.append(line)
            continue
        one = _listed(line, values, allowing=allowing)
        if isinstance(one, Problem):
            problems.append(one)
            continue
        found[one.name] = _stricter(found[one.name], one) if one.name in found else one
    if problems:
        raise ListRefused(problems)
    return HostList(tuple(found.values()), tuple(skipped))


def write(decisions: Iterable[HostPolicy], *, allowing: bool = False) -> str:
    """Write decisions as a list that other servers can take.

    Args:
        decisions: what was decided here.
        allowing: write those that allow, as one column of hosts; else all others, and what refuses media.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS[:1] if allowing else COLUMNS)
    for one in sorted(decisions, key=lambda one: one.name):
        if allowing and one.level == policy.ALLOW:
            writer.writerow([_safe(one.name)])
        elif not allowing and (one.level != policy.ALLOW or one.refuses_media):
            media = "true" if one.refuses_media else "false"
            row = (one.name, SEVERITIES[one.level], media, "false", one.reason, "false")
            writer.writerow([_safe(cell) for cell in row])
    return text.getvalue()


def _rows(raw: bytes) -> list[tuple[int, list[str]]]:
    """Return the lines that say something, each with its number."""
    if len(raw) > MAX_BYTES:
        raise ListRefused([Problem(1, TOO_LONG, str(MAX_BYTES // 1024))])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListRefused([Problem(raw.count(b"\n", 0, error.start) + 1, NOT_UTF_8)]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            cells = [_plain(cell) for cell in cells]
            if any(cells):
                rows.append((begins, cells))
            begins = reader.line_num + 1
            if len(rows) > MAX_LINES:
                raise ListRefused([Problem(begins, TOO_MANY, str(MAX_LINES))])
    except csv.Error as error:
        raise ListRefused([Problem(max(reader.line_num, 1), NOT_CSV, str(error))]) from None
    return rows


def _columns(rows: list[tuple[int, list[str]]]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the names of the columns, and the lines below them; without a header there is one column, of hosts."""
    names = [cell.lstrip("#").strip().lower() for cell in rows[0][1]] if rows else []
    if "domain" in names:
        return names, rows[1:]
    return ["domain"], [(line, cells) for line, cells in rows if not cells[0].startswith("#")]


def _listed(line: int, values: dict[str, str], *, allowing: bool) -> Listed | Problem:
    try:
        name = policy.name_of(values.get("domain", ""))
    except ValueError:
        return Problem(line, NO_HOST, values.get("domain", "")[:80])
    severity = values.get("severity", "").lower()
    media = values.get("reject_media", "").lower()
    if severity not in LEVELS:
        return Problem(line, NO_SEVERITY, severity[:20])
    if media not in YES | NO:
        return Problem(line, NO_TRUTH, media[:20])
    reason = " ".join(values.get("public_comment", "").split())[:MAX_REASON]
    if allowing:
        return Listed(line, name, policy.ALLOW, reason=reason)
    return Listed(line, name, LEVELS[severity], media in YES, reason)


def _stricter(first: Listed, second: Listed) -> Listed:
    """Put two lines about one host together."""
    level = max(first.level, second.level, key=STRICTNESS.index)
    media = first.refuses_media or second.refuses_media
    return Listed(first.line, first.name, level, media, first.reason or second.reason)


def _plain(cell: str) -> str:
    """Return what a cell says, without control characters and without the mark that `_safe` puts before formulas."""
    cell = "".join(" " if unicodedata.category(character) == "Cc" else character for character in cell).strip()
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell


def _safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA) else cell
