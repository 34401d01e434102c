"""The moment at which decisions become true: places, states, records, letters, together or not at all (FC-51)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import audit, letters, places
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.arithmetic import UNDECIDED
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.deciding import arranging, checking, stating, telling
from flask_maillage.calls.deciding.arranging import DECLINED, RESERVE, SELECTED, Line
from flask_maillage.calls.deciding.checking import Saying
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import Decision, Dossier
from flask_maillage.calls.states import SUBMITTED, WITHDRAWN
from flask_maillage.publications import call_states, calling
from flask_maillage.publications.attending import locking
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.local_time import end_of_day, wall_clock
from flask_maillage.publications.models import Publication


def _(message: str) -> str:
    return message


CHANGED = Saying(_("Somebody has arranged something else in the meantime: look at it again."), {})
NO_PLACE = Saying(_("No place is free any more."), {})


class Lacking(ValueError):
    """Decisions cannot be published; `lacks` says why, a sentence for each thing."""

    def __init__(self, lacks: Sequence[Saying]) -> None:
        """Keep what lacks."""
        self.lacks = tuple(lacks)
        super().__init__(" ".join(lack.in_english() for lack in lacks))


@dataclass(frozen=True)
class Published:
    """What was published together."""

    batch: str
    at: datetime
    decisions: tuple[Decision, ...]


def publish(call: Publication, by: Acting, *, author: Actor | None = None, mark: str | None = None) -> Published:
    """Publish all pending decisions of a call of ours at once; nothing of it stays where anything fails.

    Args:
        call: the call; its row is locked, so that whoever else publishes waits, and then finds nothing pending.
        by: the coordinator who publishes.
        author: the member who does, where it is one.
        mark: what they had before their eyes (`Check.mark`); None for a command.

    Raises:
        Refused: who asks may not.
        Lacking: something is missing, or was changed since they looked.
    """
    call = locking.lock(call.id)
    refusal = may(Action.PUBLISH, by, call, None, now())
    if refusal is not None and refusal.code == "not-allowed":
        raise Refused(refusal)
    lock_dossiers(call)
    check = checking.look(call)
    if mark is not None and mark != check.mark:
        raise Lacking([CHANGED])
    if check.lacks:
        raise Lacking(check.lacks)
    at, who = letters.whole_second(now()), by.iri or call.actor.iri
    _forget_withdrawn(call)
    before = [_state_before(line) for line in check.lines]
    batch = new_batch(call)
    decided = [_make_true(call, line, batch, at) for line in check.lines]
    _settle(call, check.lines, who, at)
    if call_states.state_at(call.content, at) == call_states.DELIBERATING:
        calling.step(call, call_states.DECIDED, author=author)
    for line, decision, state in zip(check.lines, decided, before, strict=True):
        record(call, line.dossier, decision, act="decide", by=who, before=state)
    stating.write_all(call, decided)
    for decision in decided:
        telling.decided(call, decision)
    return Published(batch, at, tuple(decided))


def new_batch(call: Publication) -> str:
    """Return an id for what is published together."""
    return f"{call.iri}/batches/{new_identifier(now())}"


def lock_dossiers(call: Publication) -> None:
    """Lock all dossiers of a call whose row is locked, in their order, and read them anew."""
    query = select(Dossier).where(Dossier.call_id == call.id).order_by(Dossier.id).with_for_update(of=Dossier)
    session().scalars(query.execution_options(populate_existing=True)).all()


def make_true(call: Publication, decision: Decision, batch: str, at: datetime) -> None:
    """Give a decision its id and its moment: from now on it is never edited (FC-53)."""
    identifier = new_identifier(now())
    decision.iri, decision.batch, decision.published_at = iris.decision(call.iri, identifier), batch, at
    if decision.outcome == SELECTED:
        decision.result_iri = f"{call.iri}/agreements/{identifier}"
        decision.confirm_by = until(call, at)


def record(call: Publication, dossier: Dossier, decision: Decision, *, act: str, by: str, before: str) -> None:
    """Write what was decided into the log of the call."""
    audit.append(
        call,
        act,
        by=by,
        at=decision.published_at or now(),
        subject=iris.dossier(call.iri, dossier.identifier),
        before=before,
        after=dossier.state,
        letter_iri=decision.iri,
    )


def _make_true(call: Publication, line: Line, batch: str, at: datetime) -> Decision:
    decision = line.pending
    assert decision is not None
    make_true(call, decision, batch, at)
    return decision


def _state_before(line: Line) -> str:
    """Return where an application stood; what the opinions come to is never stored, and is said here (FC-62)."""
    comes_to = line.opinions.comes_to
    return comes_to if line.dossier.state == SUBMITTED and comes_to != UNDECIDED else line.dossier.state


def _settle(call: Publication, lines: Sequence[Line], who: str, at: datetime) -> None:
    """Let the dossiers stand where it was decided: first who leaves a place or a rank, then who takes one."""
    for line in lines:
        dossier = line.dossier
        dossier.decided_by, dossier.decided_at = who, at
        if not (line.pending is not None and line.pending.outcome == SELECTED and dossier.place_id is not None):
            dossier.state, dossier.place_id, dossier.rank, dossier.confirm_by = DECLINED, None, None, None
    session().flush()
    coming = [line for line in lines if line.pending is not None and line.pending.outcome == SELECTED]
    taking = [line for line in coming if line.dossier.place_id is None]
    found = places.free(call, len(taking))
    if len(found) < len(taking):
        raise Lacking([NO_PLACE])
    for line, place in zip(taking, found, strict=True):
        line.dossier.place_id = place.id
    for line in coming:
        decision = line.pending
        assert decision is not None
        line.dossier.state, line.dossier.confirm_by = SELECTED, decision.confirm_by
    for line in lines:
        if line.pending is not None and line.pending.outcome == RESERVE:
            line.dossier.state, line.dossier.rank = RESERVE, line.pending.rank
    session().flush()


def _forget_withdrawn(call: Publication) -> None:
    query = select(Dossier).join(Decision, Decision.dossier_id == Dossier.id)
    query = query.where(Dossier.call_id == call.id, Dossier.state == WITHDRAWN, Decision.published_at.is_(None))
    for dossier in session().scalars(query).all():
        arranging.forget(dossier)


def until(call: Publication, at: datetime) -> datetime:
    """Return the last second at which a place can be confirmed: of a whole day, in the zone of the call."""
    zone = call.timezone or "UTC"
    return end_of_day((wall_clock(at, zone) + timedelta(days=details_of(call.content).confirm_days)).date(), zone)
