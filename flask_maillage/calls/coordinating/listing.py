"""Who applied, how complete it is and who received it, of all applications of a call at once; filters and orders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from federation.activities import Document, host_of
from flask_maillage.calls import states
from flask_maillage.calls.arithmetic import Standing, percent
from flask_maillage.calls.desk import documents
from flask_maillage.calls.desk.roles import Desk
from flask_maillage.calls.models import Committee, Dossier, Receipt, Version
from flask_maillage.calls.sight import Thing
from flask_maillage.publications.models import Publication

PAGE = 40


@dataclass(frozen=True)
class Row:
    """One application in the list of its coordinators."""

    dossier: Dossier
    state: str
    applicant: str
    received: int
    seats: int
    lacking: Sequence[Document]
    standing: Standing | None
    """How the opinions stand; None where the reader has a conflict of interest, or has yet to give their own."""
    is_out: bool
    """Whether the reader has to do with it themselves."""

    @property
    def score(self) -> str | None:
        """Its score in percent."""
        return percent(self.standing.score) if self.standing is not None else None


@dataclass(frozen=True)
class Asked:
    """What of a list is asked for, as the address says it; what is unknown is nothing."""

    state: str = ""
    show: str = ""
    country: str = ""
    sort: str = ""
    words: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """What stands in the address."""
        said = {"state": self.state, "show": self.show, "country": self.country, "sort": self.sort, "q": self.words}
        return {name: value for name, value in said.items() if value}


def _lowest_last(row: Row) -> tuple[bool, Fraction]:
    score = row.standing.score if row.standing is not None else None
    return score is None, -(score or Fraction())


SHOWS: dict[str, Callable[[Row], bool]] = {
    "incomplete": lambda row: bool(row.lacking),
    "late": lambda row: row.dossier.late,
    "unreceived": lambda row: row.received < row.seats,
    "no-quorum": lambda row: row.standing is not None and not row.standing.has_quorum,
}
SORTS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.dossier.name.casefold(),
    "country": lambda row: (row.dossier.territory, row.dossier.id),
    "score": _lowest_last,
    "state": lambda row: (states.STATES.index(row.state), row.dossier.rank or 0, row.dossier.id),
}


def asked_in(arguments: Mapping[str, str]) -> Asked:
    """Return what an address asks for."""
    state, show, sort = (arguments.get(name, "") for name in ("state", "show", "sort"))
    return Asked(
        state if state in states.STATES else "",
        show if show in SHOWS else "",
        arguments.get("country", "")[:10],
        sort if sort in SORTS else "",
        arguments.get("q", "").strip()[:100],
    )


def rows(desk: Desk) -> list[Row]:
    """Return the applications that a coordinator sees, in the order in which they came."""
    lacking = documents.incomplete(desk.dossiers)
    received, names = _received(desk), names_of(desk.dossiers)
    return [
        Row(
            dossier,
            documents.state_for(desk, dossier),
            names[dossier.id],
            *received.get(dossier.id, (0, 0)),
            lacking.get(dossier.id, ()),
            desk.said.standing(dossier) if desk.sees(Thing.OPINIONS, dossier) else None,
            is_out(desk, dossier),
        )
        for dossier in desk.dossiers
    ]


def chosen(every: Sequence[Row], asked: Asked) -> list[Row]:
    """Return those that are asked for, in the order that is asked for."""
    wanted = asked.words.casefold()
    found = [
        row
        for row in every
        if (not asked.state or row.state == asked.state)
        and (not asked.show or SHOWS[asked.show](row))
        and (not asked.country or row.dossier.territory == asked.country)
        and (not wanted or wanted in f"{row.dossier.name} {row.applicant}".casefold())
    ]
    return sorted(found, key=SORTS[asked.sort]) if asked.sort else found


def is_out(desk: Desk, dossier: Dossier) -> bool:
    """Tell whether who looks is of an application, or recused from it, and so decides nothing about it."""
    who = desk.roles[dossier.id]
    return who.is_of_it or who.recused


def names_of(dossiers: Sequence[Dossier]) -> dict[int, str]:
    """Return how the applicants are called: guests by what they say, others by what is known here of them."""
    wanted = {one.applicant_iri for one in dossiers if one.guest_id is None}
    known = {actor.iri: actor.name or actor.handle for actor in session().scalars(_actors(wanted))}
    return {one.id: _guest(one) or known.get(one.applicant_iri) or host_of(one.applicant_iri) for one in dossiers}


def contents_of(call: Publication, dossiers: Sequence[Dossier] | None = None) -> dict[int, dict[str, Any]]:
    """Return by the number of each dossier of a call what its last version says; nothing where it was erased.

    Args:
        call: the call.
        dossiers: those that are asked for, where it is not all.
    """
    query = (
        select(Version.dossier_id, Version.content)
        .join(Dossier, (Dossier.id == Version.dossier_id) & (Dossier.version == Version.number))
        .where(Dossier.call_id == call.id)
    )
    if dossiers is not None:
        query = query.where(Dossier.id.in_([one.id for one in dossiers]))
    return {row.dossier_id: row.content or {} for row in session().execute(query)}


def _actors(wanted: set[str]) -> Any:
    return select(Actor).where(Actor.iri.in_(wanted))


def _guest(dossier: Dossier) -> str:
    return (dossier.guest.organisation or dossier.guest.name) if dossier.guest is not None else ""


def _received(desk: Desk) -> dict[int, tuple[int, int]]:
    """Return by dossier "n of N", counted as `documents.received_by` counts it for one."""
    call = desk.call
    kept = select(Committee.version, Committee.seats).where(Committee.call_id == call.id)
    seats = {version: {str(seat.get("key")) for seat in said} for version, said in session().execute(kept)}
    now_there = {seat.key for seat in desk.said.details.committee}
    counted = (
        select(Version.dossier_id, Version.number, Version.committee_version, Receipt.seat_key)
        .join(Dossier, Dossier.id == Version.dossier_id)
        .outerjoin(Receipt, (Receipt.letter_id == Version.letter_id) & Receipt.matches & (Receipt.seat_key != ""))
        .where(Dossier.call_id == call.id)
    )
    found: dict[int, dict[int, tuple[set[str], set[str]]]] = {}
    for dossier, number, version, key in session().execute(counted):
        there = seats.get(version, now_there)
        versions = found.setdefault(dossier, {})
        by = versions.setdefault(number, (set(), there))[0]
        if key is not None:
            by.add(key)
    return {dossier: _of_last(versions) for dossier, versions in found.items()}


def _of_last(versions: Mapping[int, tuple[set[str], set[str]]]) -> tuple[int, int]:
    """Return the counts of the last version of which a seat sent a receipt, else of the last one."""
    shown = max((number for number, (by, _) in versions.items() if by), default=max(versions))
    by, there = versions[shown]
    return len(by & there), len(there)
