"""What opinions of an application come to (FC-48), and who of the committee does not judge it (FC-44, FC-45)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from actors.database import session
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.models import Dossier, Review, Version
from flask_maillage.publications import keeping
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication

ADMISSIBLE, NOT_ADMISSIBLE, ABSTAIN, RECUSED = "admissible", "not_admissible", "abstain", "recused"
UNDECIDED = "undecided"
NEEDS_REASON = {(NOT_ADMISSIBLE, "selected"), (NOT_ADMISSIBLE, "reserve"), (ADMISSIBLE, "declined")}
"""Decisions that depart from what the opinions come to (FC-51)."""


@dataclass(frozen=True)
class Opinions:
    """What the seats of now think of one application."""

    recused: frozenset[str]
    """Keys of the seats that do not judge it."""
    needed: int | None
    """How many opinions the quorum wants; None where nobody may judge."""
    given: Mapping[str, int]
    comes_to: str

    @property
    def count(self) -> int:
        """How many opinions there are; abstaining is giving one."""
        return sum(self.given.values())

    @property
    def has_quorum(self) -> bool:
        """Whether enough were given."""
        return self.needed is not None and self.count >= self.needed

    def wants_reason(self, outcome: str) -> bool:
        """Tell whether a decision departs from them, or is taken without their quorum (FC-51)."""
        return not self.has_quorum or (self.comes_to, outcome) in NEEDS_REASON


def weigh(seats: int, recused: int, quorum: int | None, given: Mapping[str, int]) -> tuple[int | None, str]:
    """Return how many opinions are needed, and what these come to (FC-48)."""
    eligible = seats - recused
    if eligible <= 0:
        return None, UNDECIDED
    wanted = (quorum or seats // 2 + 1) * eligible
    needed = max(1, -(-wanted // seats))
    yes, no = given.get(ADMISSIBLE, 0), given.get(NOT_ADMISSIBLE, 0)
    if sum(given.values()) < needed or yes == no:
        return needed, UNDECIDED
    return needed, ADMISSIBLE if yes > no else NOT_ADMISSIBLE


def of_all(call: Publication, dossiers: Iterable[Dossier]) -> dict[int, Opinions]:
    """Return what the committee of now thinks of applications to a call of ours, by the numbers of their rows."""
    details, said = details_of(call.content), _said(call)
    people = _people_in(call)
    found = {}
    for dossier in dossiers:
        by_seat = said.get(dossier.id, {})
        named = people.get(dossier.id, frozenset()) | _carriers(dossier)
        recused = frozenset(
            seat.key for seat in details.committee if by_seat.get(seat.key) == RECUSED or (seat.actor or "") in named
        )
        given = dict.fromkeys((ADMISSIBLE, NOT_ADMISSIBLE, ABSTAIN), 0)
        for seat in details.committee:
            if seat.key not in recused and seat.key in by_seat:
                given[by_seat[seat.key]] += 1
        needed, comes_to = weigh(len(details.committee), len(recused), details.quorum, given)
        found[dossier.id] = Opinions(recused, needed, given, comes_to)
    return found


def of(call: Publication, dossier: Dossier) -> Opinions:
    """Return what the committee of now thinks of one application."""
    return of_all(call, [dossier])[dossier.id]


def judging(call: Publication, opinions: Opinions) -> list[Seat]:
    """Return the seats of a call that have an actor and are not recused from an application (FC-52)."""
    return [seat for seat in details_of(call.content).committee if seat.actor and seat.key not in opinions.recused]


def is_out(by: Acting, opinions: Opinions) -> bool:
    """Tell whether somebody holds a seat that does not judge this application."""
    return bool(by.seat) and by.seat in opinions.recused


def _said(call: Publication) -> dict[int, dict[str, str]]:
    """Return the last opinion of each seat, by dossier."""
    query = select(Review.dossier_id, Review.seat_key, Review.opinion).join(Dossier).where(Dossier.call_id == call.id)
    found: dict[int, dict[str, str]] = {}
    for number, seat, opinion in session().execute(query.order_by(Review.number)):
        found.setdefault(number, {})[seat] = opinion
    return found


def _people_in(call: Publication) -> dict[int, frozenset[str]]:
    """Return whom the last version of each application names, by dossier."""
    query = select(Version.dossier_id, Version.content).join(Dossier).where(Dossier.call_id == call.id)
    rows = session().execute(query.where(Version.number == Dossier.version))
    return {
        number: frozenset(str(one.get("id")) for one in (content or {}).get("people", []) if one.get("id"))
        for number, content in rows
    }


def _carriers(dossier: Dossier) -> set[str]:
    """Return whose an application is, and the initiative of it where that is known here."""
    found = keeping.find(dossier.initiative_iri) if dossier.initiative_iri else None
    return {dossier.applicant_iri} | ({found.actor.iri} if found is not None else set())
