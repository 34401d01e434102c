"""Speakers named by a handle that nobody here knows yet: looked up on their own servers, before the form counts."""

from collections.abc import Iterable, Iterator

from actors.database import reading
from federation import discovery
from flask_maillage.publications import resolving
from flask_maillage.publications.editing.handles import ask_for
from flask_maillage.publications.programmes import speaker_lines
from flask_maillage.publications.programmes.rows import Row


def look_up_speakers(rows: Iterable[Row], member_key: str) -> dict[str, str]:
    """Find who is named by a handle and not known here, and return why others could not be found, by handle.

    Args:
        rows: the rows as they were typed.
        member_key: what tells the member apart who asks: lookups of each are counted.
    """
    with reading():
        unknown = [handle for handle in _handles(rows) if resolving.known(handle) is None]
    return ask_for(unknown, member_key)


def _handles(rows: Iterable[Row]) -> Iterator[str]:
    lines = (line for row in rows for line in row.speakers.splitlines())
    handles = dict.fromkeys(handle for line in lines if (handle := speaker_lines.actor_in(line)))
    return (handle for handle in handles if discovery.parse_handle(handle) is not None)
