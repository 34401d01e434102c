"""What pages say of a statement: who signed it, when, from where, and whether they still belong to the coalition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.models import Membership
from flask_maillage.coalitions.statements import listing
from flask_maillage.coalitions.statements.models import SIGNED, Statement, StatementSignature
from flask_maillage.coalitions.statements.texts import is_readable


@dataclass(frozen=True)
class Signatory:
    """A member and its signature, as a page shows it.

    `actor` leads to its page, None where it is gone; `host` is where it speaks from, None for one of ours; `proof` is
    the address of its Accept; `late_at` says when that came where it came on another day; `earlier` are the days on
    which it had signed before, each with the day on which it took that back.
    """

    name: str
    state: str
    actor: Actor | None
    host: str | None
    signed_at: datetime | None
    withdrawn_at: datetime | None
    left_at: datetime | None
    late_at: datetime | None
    proof: str
    earlier: list[tuple[datetime, datetime | None]]


@dataclass(frozen=True)
class Signatories:
    """Who signed a version, who had, and of how many who were asked."""

    signed: list[Signatory]
    withdrawn: list[Signatory]
    others: list[Signatory]
    asked: int


def signatories(statement: Statement) -> Signatories:
    """Return who signed a version of a statement of ours; `others`, who did not, are for its people alone."""
    rows = listing.signatures(statement)
    left = _left(statement.actor, [row.member for row in rows])
    shown = [(row, _signatory(row, left.get(row.member_id))) for row in rows]
    return Signatories(
        signed=[one for row, one in shown if row.state == SIGNED],
        withdrawn=[one for row, one in shown if row.state != SIGNED and (row.signed_at is not None or one.earlier)],
        others=[one for row, one in shown if row.state != SIGNED and row.signed_at is None and not one.earlier],
        asked=len(rows),
    )


def counts(found: Sequence[Statement]) -> dict[int, tuple[int, int]]:
    """Return for each version how many signed and how many were asked."""
    query = select(StatementSignature.statement_id, StatementSignature.state).where(
        StatementSignature.statement_id.in_([one.id for one in found])
    )
    counted = {one.id: (0, 0) for one in found}
    for number, state in session().execute(query):
        signed, asked = counted[number]
        counted[number] = (signed + (state == SIGNED), asked + 1)
    return counted


def standing(statement: Statement) -> str:
    """Return in a word how a version stands: `draft`, `open`, `closed`, `published` or `withdrawn`."""
    over = statement.until is not None and now().date() > statement.until
    return "closed" if statement.phase == "open" and over else statement.phase


def seen_by_all(found: Sequence[Statement]) -> list[Statement]:
    """Return of versions those that everybody may read."""
    return [one for one in found if is_readable(one)]


def _signatory(row: StatementSignature, left: datetime | None) -> Signatory:
    member = row.member
    there = member.gone_at is None and member.suspended_at is None
    signed, received = row.signed_at, row.received_at
    is_late = signed is not None and received is not None and received.date() > signed.date() and row.state == SIGNED
    return Signatory(
        name=row.name or (member.name if there else ""),
        state=row.state,
        actor=member if there else None,
        host=None if member.local else member.host,
        signed_at=signed,
        withdrawn_at=row.withdrawn_at,
        left_at=row.left_at or left,
        late_at=received if is_late else None,
        proof=f"{row.statement.iri}/signatures/{row.identifier}" if row.document is not None else "",
        earlier=[(_moment(one["signed"]), _moment(one.get("withdrawn"))) for one in row.past if one.get("signed")],
    )


def _left(coalition: Actor, members: Sequence[Actor]) -> dict[int, datetime]:
    """Return of members who belong to a coalition no more when that ended."""
    query = select(Membership.member_id, Membership.ended_at).where(
        Membership.group_id == coalition.id,
        Membership.member_id.in_([one.id for one in members]),
        Membership.state.in_(memberships.ENDED),
    )
    return {number: moment for number, moment in session().execute(query) if moment is not None}


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
