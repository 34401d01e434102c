"""A first look at a file that somebody brought: what it holds, before any of it is taken.

A short file is read while its page is asked for, a long one by the worker, which says how far it is.
"""

from datetime import datetime
from typing import Any

from actors.database import session
from actors.node import node, now
from flask_maillage.publications.importing import formats, table
from flask_maillage.publications.importing.formats import Told
from flask_maillage.publications.importing.models import FAILED, Import
from flask_maillage.publications.importing.rows import Row, Settings, Unreadable

AT_ONCE = 100_000
"""How many bytes are read while somebody waits: a second or so, whatever they hold."""
SHOWN = 20
SEEN = "seen"


def summary(data: bytes, form: str, means: Settings, told: Told | None = None) -> dict[str, Any]:
    """Return what is shown of a file: how many entries, how many can be taken, the first, and those that cannot.

    Of a table whose columns have no names yet, the reason why it cannot be read.

    Raises:
        Unreadable: it is not of that format, or too long.
    """
    try:
        rows = formats.read(data, form, means, told)
    except Unreadable as unreadable:
        if form != "csv" or not _has_headings(data):
            raise
        return {"problem": str(unreadable)}
    return {
        "count": len(rows),
        "fit": sum(row.content is not None for row in rows),
        "rows": [_shown(row) for row in (*rows[:SHOWN], *[row for row in rows[SHOWN:] if row.problem][:SHOWN])],
    }


def is_long(data: bytes | None) -> bool:
    """Tell whether a file is left to the worker."""
    return data is not None and len(data) > AT_ONCE


def note(job: Import, seen: dict[str, Any]) -> None:
    """Keep what a first look has shown, for the page that asks what to do."""
    job.settings = job.settings | {SEEN: seen}
    job.position = job.total = job.attempts = 0
    job.finished_at = now()


def begin_again(job: Import) -> None:
    """Have a file looked at anew: its columns have other names now."""
    job.settings = {name: value for name, value in job.settings.items() if name != SEEN}
    job.finished_at, job.due_at = None, now()


def look(job: Import) -> None:
    """Look at a long file, and commit now and then how far it is; no transaction waits meanwhile."""
    data, form, means = job.data or b"", job.format, job.means
    session().commit()

    def tell(done: int, total: int) -> None:
        job.position, job.total, job.leased_until = done, total, now() + node().lease
        session().commit()

    try:
        note(job, summary(data, form, means, tell))
    except Unreadable as unreadable:
        job.state, job.data, job.message, job.finished_at = FAILED, None, str(unreadable), now()
    job.lease = job.leased_until = None
    session().commit()


def seen(job: Import) -> dict[str, Any]:
    """Return what a first look has shown, with moments as such; empty where there was none yet."""
    found: dict[str, Any] = {"problem": "", "count": 0, "fit": 0, "rows": [], **job.settings.get(SEEN, {})}
    found["rows"] = [{**row, "starts": _moment(row["starts"])} for row in found["rows"]]
    return found


def _shown(row: Row) -> dict[str, Any]:
    content = row.content
    starts, place = (content.starts_at, content.place) if content is not None else (None, None)
    return {
        "number": row.number,
        "name": row.name,
        "problem": row.problem,
        "starts": starts.isoformat() if starts is not None else None,
        "zone": content.timezone if content is not None else None,
        "place": place.in_words if place is not None else "",
        "notes": [list(note) for note in row.told],
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _has_headings(data: bytes) -> bool:
    try:
        return bool(table.headings(data))
    except Unreadable:
        return False
