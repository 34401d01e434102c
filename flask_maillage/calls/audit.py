"""The log of a call: one record for each transition, chained by hashes, so that later changes are seen (FC-72)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import func, select

from actors.database import session
from federation import strict_json
from federation.activities import Document, host_of
from federation.errors import FederationError
from flask_maillage.calls.models import AuditRecord, CallLetter
from flask_maillage.files.storing import digest_of
from flask_maillage.publications.attending import locking
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.models import Publication


def append(
    call: Publication,
    act: str,
    *,
    by: str,
    at: datetime,
    node: str | None = None,
    subject: str | None = None,
    before: str | None = None,
    after: str | None = None,
    letter: CallLetter | None = None,
    letter_iri: str | None = None,
) -> AuditRecord:
    """Write the next record of a call, in the transaction of what it records; the call's row is locked for it.

    Args:
        call: one of ours.
        act: what was done, in a word: register, correct, withdraw, review, decide, confirm, place…
        by: the id of the actor who did it, or `urn:uuid:…` for a person without one.
        at: when.
        node: the host from which it was done; that of `by` where none is given.
        subject: the id of the dossier; None for what concerns the whole call.
        before: the state of the dossier before.
        after: and after.
        letter: the letter by which it was done; its digest is recorded with it.
        letter_iri: the id of a letter that holds the head of this log itself, so that no digest of it can be.
    """
    locking.lock(call.id)
    head = last(call)
    record: dict[str, Any] = {
        "number": head.number + 1 if head else 1,
        "at": timestamp(at),
        "call": call.iri,
        "subject": subject,
        "act": act,
        "by": by,
        "node": node or host_of(call.iri if by.startswith("urn:") else by),
        "from": before,
        "to": after,
        "letter": letter.iri if letter is not None else letter_iri,
        "digest": letter.digest if letter is not None else None,
        "previous": head.hash if head else _beginning(call.iri),
    }
    record["hash"] = _hash(record)
    row = AuditRecord(
        call_id=call.id, number=record["number"], record=rfc8785.dumps(record).decode("utf-8"), hash=record["hash"]
    )
    session().add(row)
    session().flush()
    return row


def last(call: Publication) -> AuditRecord | None:
    """Return the newest record of a call."""
    query = select(AuditRecord).where(AuditRecord.call_id == call.id).order_by(AuditRecord.number.desc()).limit(1)
    return session().scalar(query)


def head(call: Publication) -> Document:
    """Return what decisions say of the log, and those who got them keep (FC-73): its last number and hash."""
    found = last(call)
    return {"number": found.number, "hash": found.hash} if found else {"number": 0, "hash": _beginning(call.iri)}


def records(call: Publication, *, after: int = 0, limit: int | None = None) -> list[Document]:
    """Return the records of a call in their order, as they were written."""
    return [read(row) for row in written(call, after=after, limit=limit)]


def written(call: Publication, *, after: int = 0, limit: int | None = None) -> Sequence[str]:
    """Return the records of a call in their order, each as the text that was written, in canonical form."""
    query = select(AuditRecord.record).where(AuditRecord.call_id == call.id, AuditRecord.number > after)
    return session().scalars(query.order_by(AuditRecord.number).limit(limit)).all()


def read(row: str) -> Document:
    """Return what a record says; nothing where it is none any more, since somebody changed the database."""
    try:
        found = strict_json.loads(row.encode("utf-8"))
    except FederationError:
        return {}
    return found if isinstance(found, dict) else {}


def count(call: Publication) -> int:
    """Return how many records a call has."""
    return session().scalar(select(func.count()).where(AuditRecord.call_id == call.id)) or 0


def problems_of(call_iri: str, chain: Sequence[Document]) -> list[str]:
    """Return what is wrong with a log, a sentence for each record that does not hold; nothing where it is whole."""
    found, previous = [], _beginning(call_iri)
    for number, record in enumerate(chain, 1):
        if record.get("number") != number:
            found.append(f"record {number} is missing: number {record.get('number')} stands in its place")
            break
        if record.get("hash") != _hash(record):
            found.append(f"record {number} was changed")
        if record.get("previous") != previous:
            found.append(f"record {number} does not follow from the one before")
        if record.get("call") != call_iri:
            found.append(f"record {number} is of another call")
        previous = str(record.get("hash"))
    return found


def verify(call: Publication) -> list[str]:
    """Return what is wrong with the log of a call of ours, its columns included."""
    chain = records(call)
    found = problems_of(call.iri, chain)
    rows = session().execute(
        select(AuditRecord.number, AuditRecord.hash).where(AuditRecord.call_id == call.id).order_by(AuditRecord.number)
    )
    for record, (number, written) in zip(chain, rows, strict=False):
        if (record.get("number"), record.get("hash")) != (number, written):
            found.append(f"record {number} is not what its row says")
    return found


def verify_all() -> dict[str, list[str]]:
    """Return by the id of each call of ours whose log does not hold what is wrong with it."""
    logged = select(AuditRecord.call_id).distinct()
    calls = session().scalars(select(Publication).where(Publication.id.in_(logged)).order_by(Publication.id))
    return {call.iri: found for call in calls if (found := verify(call))}


def _hash(record: Document) -> str:
    return digest_of(rfc8785.dumps({name: value for name, value in record.items() if name != "hash"}))


def _beginning(call_iri: str) -> str:
    return digest_of(call_iri.encode())
