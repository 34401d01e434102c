"""How many publications of each kind a filter leaves, and how many have no place: counted to a bound, in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ScalarSelect, Select, case, func, literal, select, union_all

from actors.database import session
from flask_maillage.publications import listing, matching
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.kinds import KINDS
from flask_maillage.publications.models import Publication
from flask_maillage.publications.searching import index

MOST = 1000
"""Nobody chooses by a greater number, and to count on takes as long as there are publications."""
MOST_SEARCHED = 10_000
"""Among how many, the newest, a word is counted that very many have."""
UNPLACED = ""


@dataclass(frozen=True)
class Tally:
    """How many there are by kind, without regard to the kinds that are asked for; `unplaced` of the kinds asked for."""

    by_kind: Mapping[str, int]
    unplaced: int
    asked: tuple[str, ...] = ()
    partial: bool = False
    """Whether older publications were not counted: there may be more of each kind."""

    @property
    def total(self) -> int:
        """How many the filter leaves."""
        return sum(self.by_kind[kind] for kind in self.asked or self.by_kind)

    @property
    def everything(self) -> int:
        """How many there are of all kinds."""
        return sum(self.by_kind.values())

    @staticmethod
    def is_more(number: int) -> bool:
        """Tell whether counting stopped at a bound."""
        return number > MOST


def tally(asked: Filter, *, unplaced: bool = False) -> Tally:
    """Count what everybody may see of a filter; what has no place only where that is wanted."""
    of_any_kind = matching.narrowed(listing.counted(), replace(asked, kinds=()))
    parts: list[Any] = []
    is_broad = index.is_broad(asked.text)
    if unplaced:
        without = matching.narrowed(listing.counted(), asked).where(Publication.latitude.is_(None))
        parts.append(select(literal(UNPLACED), _bounded(without), literal(0)))
    if is_broad:
        parts.append(_among_the_newest(asked))
    elif asked.around:  # one pass over the circle: one for each kind would measure every distance as often
        grouped = of_any_kind.with_only_columns(Publication.kind, func.count(Publication.id), literal(0))
        parts.append(grouped.group_by(Publication.kind))
    else:
        of_each = ((kind.name, of_any_kind.where(Publication.kind == kind.name)) for kind in KINDS)
        parts += [select(literal(name), _bounded(query), literal(0)) for name, query in of_each]
    rows: Sequence[Any] = session().execute(union_all(*parts), bind_arguments={"mapper": Publication}).all()
    found: dict[str, int] = {str(name): min(int(number), MOST + 1) for name, number, _ in rows}
    by_kind = {kind.name: found.get(kind.name, 0) for kind in KINDS}
    searched = sum(int(seen) for _, _, seen in rows)
    return Tally(by_kind, found.get(UNPLACED, 0), asked.kinds, partial=searched >= MOST_SEARCHED)


def _among_the_newest(asked: Filter) -> Select[Any]:
    """Return the query of how many by kind have a word that very many have, and among how many it was looked for."""
    rest = matching.narrowed(listing.counted(), replace(asked, kinds=(), text=""))
    newest = rest.add_columns(Publication.kind).order_by(Publication.published_at.desc(), Publication.id.desc())
    some = newest.limit(MOST_SEARCHED).subquery()
    has_it = case((index.among(some.c.id, asked.text), 1), else_=0)
    return select(some.c.kind, func.sum(has_it), func.count()).group_by(some.c.kind)


def _bounded(query: listing.Query) -> ScalarSelect[int]:
    some = query.limit(MOST + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
