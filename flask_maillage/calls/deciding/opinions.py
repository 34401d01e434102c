"""What opinions (`weighing`) mean for who decides: when a reason is wanted, who hears of it, who has no part in it."""

from collections.abc import Sequence

from flask_maillage.calls import weighing
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.arithmetic import Standing
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.states import ADMISSIBLE, NOT_ADMISSIBLE
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication

NEEDS_REASON = {(NOT_ADMISSIBLE, "selected"), (NOT_ADMISSIBLE, "reserve"), (ADMISSIBLE, "declined")}
"""Decisions that depart from what the opinions come to (FC-51)."""


def of_all(call: Publication, dossiers: Sequence[Dossier]) -> dict[int, Standing]:
    """Return what the committee of now thinks of applications to a call of ours, by the numbers of their rows."""
    read = weighing.opinions(call, dossiers)
    return {dossier.id: read.standing(dossier) for dossier in dossiers}


def wants_reason(standing: Standing, outcome: str) -> bool:
    """Tell whether a decision departs from the opinions, or is taken without their quorum (FC-51)."""
    return not standing.has_quorum or (standing.comes_to, outcome) in NEEDS_REASON


def judging(call: Publication, standing: Standing) -> list[Seat]:
    """Return the seats of a call that have an actor and are not recused from an application (FC-52)."""
    return [seat for seat in details_of(call.content).committee if seat.actor and seat.key not in standing.recused]


def is_out(by: Acting, standing: Standing) -> bool:
    """Tell whether somebody holds a seat that does not judge this application."""
    return bool(by.seat) and by.seat in standing.recused
