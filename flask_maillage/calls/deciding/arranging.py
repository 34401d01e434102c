"""Pending decisions: what a coordinator has in mind for each application, seen by coordinators alone (FC-50)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Select, func, select

from actors.database import session
from actors.node import now
from flask_maillage.calls import weighing
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.arithmetic import Standing
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.deciding import opinions
from flask_maillage.calls.desk.roles import Reader
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import Decision, Dossier
from flask_maillage.publications.attending import locking
from flask_maillage.publications.models import Publication

SELECTED, RESERVE, DECLINED = "selected", "reserve", "declined"
ACTIONS = {SELECTED: Action.SELECT, RESERVE: Action.RESERVE, DECLINED: Action.DECLINE}
MOST_RANK = 10_000
MOST_MOTIVES, MOST_REASON = 5000, 1000


class Wish(NamedTuple):
    """What somebody wants for an application; `mark` says what they had before their eyes."""

    outcome: str
    """Empty for no decision."""
    mark: str
    rank: int | None = None
    motives: str = ""
    departure: str = ""


@dataclass(frozen=True)
class Line:
    """An application with what is decided about it, what is pending, and what may be chosen."""

    dossier: Dossier
    opinions: Standing
    last: Decision | None
    pending: Decision | None
    choices: tuple[str, ...]

    @property
    def mark(self) -> str:
        """A short text that changes whenever somebody arranges or decides something else about it."""
        one = self.pending
        said = (one.outcome, one.rank, one.motives, one.departure) if one is not None else ()
        parts = (self.dossier.state, self.last.number if self.last else 0, *said)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


class Meanwhile(Exception):
    """Somebody else has arranged the same applications since they were looked at; `identifiers` are those."""

    def __init__(self, identifiers: Sequence[str]) -> None:
        """Keep which."""
        super().__init__(", ".join(identifiers))
        self.identifiers = tuple(identifiers)


def lines(
    call: Publication, by: Acting, *, only: Sequence[str] | None = None, reader: Reader | None = None
) -> list[Line]:
    """Return the registered applications of a call in the order in which they came, with what may be chosen.

    Withdrawn ones are among them and can be given nothing. What a coordinator has a seat's conflict of interest with
    is left out: who is recused sees no pending decision (FC-45).

    Args:
        call: one of ours.
        by: who looks, as they are to the call.
        only: identifiers; None for all.
        reader: the member who looks, so that what they have themselves to do with is left out too (FC-44).
    """
    query = select(Dossier).where(Dossier.call_id == call.id)
    query = query if only is None else query.where(Dossier.identifier.in_(only))
    found = session().scalars(query.order_by(Dossier.id).execution_options(populate_existing=True)).all()
    said, decisions, moment = weighing.opinions(call, found), _decisions(call), now()
    made = []
    for dossier in found:
        standing = said.standing(dossier)
        who = by if reader is None else reader.acting(dossier, said)
        mine = decisions.get(dossier.id, [])
        pending = next((one for one in mine if one.published_at is None), None)
        last = next((one for one in reversed(mine) if one.published_at is not None), None)
        if not (who.is_of_it or opinions.is_out(who, standing)):
            allowed = (name for name, action in ACTIONS.items() if may(action, who, call, dossier, moment) is None)
            made.append(Line(dossier, standing, last, pending, tuple(allowed)))
    return made


def arrange(call: Publication, wishes: Mapping[str, Wish], by: Acting, *, reader: Reader | None = None) -> int:
    """Keep what a coordinator has in mind, and return how many pending decisions have changed.

    Args:
        call: one of ours.
        wishes: by the identifiers of dossiers; those that are not named stay as they are.
        by: the coordinator.
        reader: the member who arranges, where it is one: what they have to do with themselves stays as it is.

    Raises:
        Refused: the call is not so far, or something cannot be chosen for an application.
        Meanwhile: somebody else arranged some of these since; nothing is kept.
    """
    call = locking.lock(call.id)
    refusal = may(Action.ARRANGE, by, call, None, now())
    if refusal is not None:
        raise Refused(refusal)
    found = {line.dossier.identifier: line for line in lines(call, by, only=list(wishes), reader=reader)}
    changed = {name: wish for name, wish in wishes.items() if name in found and _is_other(found[name], wish)}
    stale = [name for name, wish in changed.items() if found[name].mark != wish.mark]
    if stale:
        raise Meanwhile(stale)
    for name, wish in changed.items():
        _keep(call, found[name], wish, by)
    session().flush()
    _close_ranks(call)
    return len(changed)


def move(call: Publication, identifier: str, by: int) -> bool:
    """Let a pending one of the reserve change its number with the one before (-1) or after it (1); False at the end.

    The caller holds the row of the call (`arrange`), and has asked who may.
    """
    ranked = session().scalars(_ranked(call)).all()
    at = next((place for place, one in enumerate(ranked) if one.dossier.identifier == identifier), None)
    if at is None or not 0 <= at + by < len(ranked):
        return False
    one, other = ranked[at], ranked[at + by]
    one.rank, other.rank = other.rank, one.rank
    session().flush()
    return True


def is_first(call: Publication) -> bool:
    """Tell whether nothing was decided about a call yet."""
    query = select(Decision.id).join(Dossier).where(Dossier.call_id == call.id, Decision.published_at.is_not(None))
    return session().scalar(query.limit(1)) is None


def forget(dossier: Dossier) -> None:
    """Let go of what is pending for an application that gets no decision any more."""
    query = select(Decision).where(Decision.dossier_id == dossier.id, Decision.published_at.is_(None))
    for pending in session().scalars(query).all():
        session().delete(pending)
    session().flush()


def _decisions(call: Publication) -> dict[int, list[Decision]]:
    query = select(Decision).join(Dossier).where(Dossier.call_id == call.id).order_by(Decision.number)
    found: dict[int, list[Decision]] = {}
    for decision in session().scalars(query.execution_options(populate_existing=True)):
        found.setdefault(decision.dossier_id, []).append(decision)
    return found


def _is_other(line: Line, wish: Wish) -> bool:
    """Tell whether somebody wants something else than what is there; a rank that is left empty stays as it is."""
    one = line.pending
    if one is None or not wish.outcome:
        return bool(wish.outcome) or one is not None
    ranks = wish.outcome == RESERVE and wish.rank is not None and wish.rank != one.rank
    return ranks or (one.outcome, one.motives, one.departure) != (wish.outcome, wish.motives, wish.departure)


def _keep(call: Publication, line: Line, wish: Wish, by: Acting) -> None:
    if not wish.outcome:
        forget(line.dossier)
        return
    refusal = may(ACTIONS[wish.outcome], by, call, line.dossier, now())
    if refusal is not None:
        raise Refused(refusal)
    pending = line.pending
    if pending is None:
        number = (line.last.number if line.last else 0) + 1
        pending = Decision(dossier_id=line.dossier.id, number=number)
        session().add(pending)
    rank = wish.rank or pending.rank or _next_rank(call)
    pending.outcome, pending.rank = wish.outcome, rank if wish.outcome == RESERVE else None
    pending.motives, pending.departure = wish.motives, wish.departure
    pending.arranged_by, pending.arranged_at = by.iri or call.actor.iri, now()
    session().flush()


def _next_rank(call: Publication) -> int:
    with session().no_autoflush:
        pending = select(func.max(Decision.rank)).join(Dossier)
        pending = pending.where(Dossier.call_id == call.id, Decision.published_at.is_(None))
        held = select(func.max(Dossier.rank)).where(Dossier.call_id == call.id)
        return max(session().scalar(pending) or 0, session().scalar(held) or 0) + 1


def _close_ranks(call: Publication) -> None:
    """Let the ranks of a reserve that nobody was told yet follow one another; equal ones stay, for a person to part."""
    if not is_first(call):
        return
    ranked = session().scalars(_ranked(call)).all()
    if len({one.rank for one in ranked}) == len(ranked):
        for number, one in enumerate(ranked, 1):
            one.rank = number
        session().flush()


def _ranked(call: Publication) -> Select[Decision]:
    """Return what asks for the pending decisions of the reserve, in their order."""
    query = select(Decision).join(Dossier).where(Dossier.call_id == call.id, Decision.published_at.is_(None))
    return query.where(Decision.outcome == RESERVE).order_by(Decision.rank, Decision.id)
