"""Each row of a log holds the digest of the one before it, so that a change made later is seen by everybody.

What is not public is known to others by its digests alone: the chain holds, and nothing of it can be read.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import rfc8785

from actors.documents import timestamp
from flask_maillage.coalitions.process.models import LogEntry


def beginning(log: str) -> str:
    """Return what stands in the place of a digest before the first row of a log, by the id of its actor."""
    return sha256(f"maillage process log of {log}".encode()).hexdigest()


def record_of(entry: LogEntry, log: str) -> dict[str, Any]:
    """Return what the digest is made of; the author is not in it, so that a name can be taken out later."""
    return {
        "log": log,
        "id": entry.identifier,
        "revision": entry.revision,
        "kind": entry.kind,
        "happenedOn": entry.happened_on.isoformat(),
        "title": entry.title,
        "text": entry.text,
        "links": entry.links,
        "public": entry.public,
        "writtenAt": timestamp(entry.written_at),
        "previous": entry.previous,
    }


def digest_of(record: dict[str, Any]) -> str:
    """Return the digest of a record: SHA-256 of its canonical form (RFC 8785)."""
    return sha256(rfc8785.dumps(record)).hexdigest()


def altered(entries: Iterable[LogEntry], log: str) -> list[str]:
    """Return which of some rows of a log do not say what their digest was made of, as `problems` names them."""
    return [_name(entry) for entry in entries if digest_of(record_of(entry, log)) != entry.digest]


def problems(entries: Iterable[LogEntry], log: str) -> list[str]:
    """Return the identifiers of the rows of a whole log, the first first, that do not follow from the one before."""
    wrong, head = [], beginning(log)
    for entry in entries:
        if entry.previous != head or digest_of(record_of(entry, log)) != entry.digest:
            wrong.append(_name(entry))
        head = entry.digest
    return wrong


def _name(entry: LogEntry) -> str:
    return f"{entry.identifier}, revision {entry.revision}"
