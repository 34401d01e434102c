"""How many publications of each kind a filter leaves, and how many have no place: counted to a bound, in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ScalarSelect, func, literal, select, union_all

from actors.database import session
from flask_maillage.publications import listing, matching
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.kinds import KINDS
from flask_maillage.publications.models import Publication
from flask_maillage.publications.searching import index

MOST = 1000
"""Nobody chooses by a greater number, and to count on takes as long as there are publications."""
UNPLACED = ""


@dataclass(frozen=True)
class Tally:
    """How many there are by kind, without regard to the kinds that are asked for; `unplaced` of the kinds asked for."""

    by_kind: Mapping[str, int]
    unplaced: int
    asked: tuple[str, ...] = ()

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
    if unplaced:
        without = matching.narrowed(listing.counted(), asked).where(Publication.latitude.is_(None))
        parts.append(select(literal(UNPLACED), _bounded(without)))
    if not index.is_broad(asked.text):
        of_each = ((kind.name, of_any_kind.where(Publication.kind == kind.name)) for kind in KINDS)
        parts += [select(literal(name), _bounded(query)) for name, query in of_each]
    else:  # one pass: each of several would collect anew what has the words
        grouped = of_any_kind.with_only_columns(Publication.kind, func.count(Publication.id))
        parts.append(grouped.group_by(Publication.kind))
    rows: Sequence[Any] = session().execute(union_all(*parts), bind_arguments={"mapper": Publication}).all()
    found: dict[str, int] = {str(row[0]): min(int(row[1]), MOST + 1) for row in rows}
    return Tally({kind.name: found.get(kind.name, 0) for kind in KINDS}, found.get(UNPLACED, 0), asked.kinds)


def _bounded(query: listing.Query) -> ScalarSelect[int]:
    some = query.limit(MOST + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
