"""What a publication of decisions would send, and what it lacks (FC-51): shown before, asked again under the lock."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from actors.database import session
from actors.node import now
from flask_maillage.calls import places, posting
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.codes import SENTENCES
from flask_maillage.calls.deciding import arranging, opinions
from flask_maillage.calls.deciding.arranging import ACTIONS, SELECTED, Line
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.states import RESERVE as IN_RESERVE
from flask_maillage.calls.states import WITHDRAWN
from flask_maillage.publications.models import Publication

OWNER = Acting(coordinator=True)
"""Who decides: whoever presses the button, what was arranged is the owner's."""


def _(message: str) -> str:
    return message


DEPARTS = _("“%(name)s”: say why, since this departs from the opinions of the committee.")
TOO_FEW = _("“%(name)s”: say why, since too few of the committee gave an opinion.")


NO_MOTIVES = _("“%(name)s” has no motives: they are what the applicant is told.")


class Saying(NamedTuple):
    """A sentence with what stands in it, as the names of applications, to be said in the reader's language."""

    text: str
    values: dict[str, str | int]
    about: str = ""
    """The identifier of the dossier that it is about; empty for what is about all."""

    def in_english(self) -> str:
        """Return it as commands say it."""
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True)
class Check:
    """What is to be sent, and why it cannot be."""

    first: bool
    lines: tuple[Line, ...]
    """Those with a pending decision that will be published."""
    lacks: tuple[Saying, ...]
    """Nothing is published while there is one."""
    unreachable: tuple[str, ...]
    """Ids of applicants and seats that are named and to whom nothing can be delivered."""
    maximum: int | None
    held: int
    """How many places are held now."""
    after: int
    """How many will be."""
    mark: str
    """What a coordinator had before their eyes, for the button."""


def look(call: Publication) -> Check:
    """Return what would be published of a call now, and what it lacks."""
    every = arranging.lines(call, OWNER)
    sent = tuple(line for line in every if line.pending is not None and line.dossier.state != WITHDRAWN)
    first, held = arranging.is_first(call), places.taken(call)
    gone = sum(line.dossier.place_id is not None and _outcome(line) != SELECTED for line in sent)
    come = sum(line.dossier.place_id is None and _outcome(line) == SELECTED for line in sent)
    after = held - gone + come
    lacks = [*_of_call(call, every, sent, first), *_of_places(call, after), *_of_ranks(call, sent, first)]
    for line in sent:
        lacks += _of_line(call, line)
    mark = hashlib.sha256("-".join(line.mark for line in sent).encode()).hexdigest()[:16]
    return Check(first, sent, tuple(lacks), _unreachable(call, sent), places.maximum(call), held, after, mark)


def _outcome(line: Line) -> str:
    return line.pending.outcome if line.pending is not None else ""


def _of_call(call: Publication, every: list[Line], sent: tuple[Line, ...], first: bool) -> list[Saying]:
    refusal = may(Action.PUBLISH, OWNER, call, None, now())
    if refusal is not None:
        text = _("The committee does not deliberate yet.") if refusal.code == "too-early" else SENTENCES[refusal.code]
        return [Saying(text, {})]
    if not sent:
        return [Saying(_("There is nothing to publish: arrange decisions first."), {})]
    undecided = [line for line in every if first and line.pending is None and line.dossier.state != WITHDRAWN]
    text = _("“%(name)s” has no decision yet.")
    return [Saying(text, {"name": line.dossier.name}, line.dossier.identifier) for line in undecided]


def _of_places(call: Publication, after: int) -> list[Saying]:
    most = places.maximum(call)
    if most is None or after <= most:
        return []
    text = _("%(count)s would be selected, and there are %(most)s places.")
    return [Saying(text, {"count": after, "most": most})]


def _of_ranks(call: Publication, sent: tuple[Line, ...], first: bool) -> list[Saying]:
    """Ranks are distinct, with those of the reserve that stay in it; at first they are without gaps too."""
    numbers = [line.dossier.id for line in sent]
    staying = select(Dossier.rank).where(Dossier.call_id == call.id, Dossier.state == IN_RESERVE)
    ranks = [rank for rank in session().scalars(staying.where(Dossier.id.not_in(numbers))) if rank is not None]
    ranks += [line.pending.rank for line in sent if line.pending is not None and line.pending.rank is not None]
    twice = sorted({rank for rank in ranks if ranks.count(rank) > 1})
    if twice:
        text = _("Two applications have number %(rank)s of the reserve.")
        return [Saying(text, {"rank": rank}) for rank in twice]
    if first and sorted(ranks) != list(range(1, len(ranks) + 1)):
        return [Saying(_("The numbers of the reserve begin with 1 and leave none out."), {})]
    return []


def _of_line(call: Publication, line: Line) -> list[Saying]:
    outcome, name = _outcome(line), {"name": line.dossier.name}
    found: list[str] = []
    if may(ACTIONS[outcome], OWNER, call, line.dossier, now()) is not None:
        found.append(_("“%(name)s” stands elsewhere by now: choose again."))
    if line.pending is not None and not line.pending.motives.strip():
        found.append(NO_MOTIVES)
    if (
        line.pending is not None
        and not line.pending.departure.strip()
        and opinions.wants_reason(line.opinions, outcome)
    ):
        found.append(DEPARTS if line.opinions.has_quorum else TOO_FEW)
    return [Saying(text, dict(name), line.dossier.identifier) for text in found]


def _unreachable(call: Publication, sent: tuple[Line, ...]) -> tuple[str, ...]:
    named = {line.dossier.applicant_iri for line in sent}
    for line in sent:
        named |= {seat.actor or "" for seat in opinions.judging(call, line.opinions)}
    return tuple(sorted(posting.unreachable(named)))
