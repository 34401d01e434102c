"""What a member says of a statement, written down: signed, declined, taken back; in whatever order its letters come.

Each word has the moment at which the member said it, by its own clock. An older one never takes the place of a newer
one, and a signature that was taken back stays so when it arrives later than what took it back: it is told by its id.
"""

from datetime import datetime
from typing import Any

from actors.database import session
from actors.documents import timestamp
from actors.node import now
from federation.activities import Document
from flask_maillage.coalitions.statements.models import (
    DECLINED,
    INVITED,
    SIGNED,
    TAKEN_BACK,
    StatementSignature,
)


class Outdated(ValueError):
    """The member has said something newer, or the same before."""


def sign(row: StatementSignature, letter: str, document: Document, *, at: datetime) -> bool:
    """Write down that a member signed, and return whether it counts as signed by that.

    Args:
        row: what it was asked.
        letter: the id of its Accept.
        document: the Accept, with its proof.
        at: when it said so, by its own clock.

    Raises:
        Outdated: it said something newer, or this before.
    """
    early = _past(row, letter)
    if early is not None:
        return _complete(early, row, document, at)
    if row.letter_iri == letter:
        if row.signed_at is not None:
            raise Outdated("was written down before")
        row.signed_at, row.document, row.name = at, document, row.member.name
        session().flush()
        return False
    if row.said_at is not None and at < row.said_at:
        raise Outdated("has said something newer")
    _put_by(row)
    row.state, row.letter_iri, row.document, row.name = SIGNED, letter, document, row.member.name
    row.signed_at, row.withdrawn_at = at, None
    _said(row, at)
    return True


def decline(row: StatementSignature, *, at: datetime) -> None:
    """Write down that a member does not sign; of one that had signed, that it takes its signature back.

    Raises:
        Outdated: it said something newer, or the same before.
    """
    if row.said_at is not None and at < row.said_at:
        raise Outdated("has said something newer")
    if row.state in (DECLINED, TAKEN_BACK):
        raise Outdated("was written down before")
    if row.state == SIGNED:
        row.state, row.withdrawn_at = TAKEN_BACK, at
    else:
        row.state = DECLINED
    _said(row, at)


def take_back(row: StatementSignature, letter: str, *, at: datetime) -> None:
    """Write down that a member takes a signature back, that one and no other; it may come before the signature itself.

    Args:
        row: what it was asked.
        letter: the id of the Accept that it takes back.
        at: when it said so, by its own clock.

    Raises:
        Outdated: it was taken back before.
    """
    early = _past(row, letter)
    if early is not None:
        if early.get("withdrawn"):
            raise Outdated("was written down before")
        row.past = [one | {"withdrawn": timestamp(at)} if one is early else one for one in row.past]
        session().flush()
        return
    if row.letter_iri == letter or row.state == INVITED:
        if row.state == TAKEN_BACK:
            raise Outdated("was written down before")
        row.state, row.letter_iri, row.withdrawn_at = TAKEN_BACK, letter, at
        _said(row, max(at, row.said_at) if row.said_at else at)
        return
    row.past = [*row.past, {"letter": letter, "signed": None, "withdrawn": timestamp(at), "document": None}]
    session().flush()


def has_answered(row: StatementSignature) -> bool:
    """Tell whether a member said anything of it."""
    return row.state != INVITED


def _said(row: StatementSignature, at: datetime) -> None:
    row.said_at, row.received_at = at, now()
    session().flush()


def _past(row: StatementSignature, letter: str) -> dict[str, Any] | None:
    return next((one for one in row.past if one.get("letter") == letter), None)


def _put_by(row: StatementSignature) -> None:
    """Keep the signature that was there beside the new word."""
    if row.letter_iri is None:
        return
    kept = {
        "letter": row.letter_iri,
        "signed": timestamp(row.signed_at) if row.signed_at else None,
        "withdrawn": timestamp(row.withdrawn_at) if row.withdrawn_at else None,
        "document": row.document,
    }
    row.past = [*row.past, kept]


def _complete(early: dict[str, Any], row: StatementSignature, document: Document, at: datetime) -> bool:
    """Fill in the past a signature whose end came before it."""
    if early.get("signed"):
        raise Outdated("was written down before")
    filled = early | {"signed": timestamp(at), "document": document}
    row.past = [filled if one is early else one for one in row.past]
    session().flush()
    return False
