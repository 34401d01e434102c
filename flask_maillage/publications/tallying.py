"""How many publications of each kind a filter leaves, and how many have no place: counted to a bound, in one query."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ScalarSelect, func, literal, select, union_all

from actors.database import session
from flask_maillage.publications import listing, matching
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.kinds import KINDS
from flask_maillage.publications.models import Publication

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


def tally(asked: Filter) -> Tally:
    """Count what everybody may see of a filter."""
    of_any_kind = matching.narrowed(listing.visible(), replace(asked, kinds=()))
    parts = {kind.name: of_any_kind.where(Publication.kind == kind.name) for kind in KINDS}
    parts[UNPLACED] = matching.narrowed(listing.visible(), asked).where(Publication.latitude.is_(None))
    counts = [select(literal(name), _bounded(query)) for name, query in parts.items()]
    rows = session().execute(union_all(*counts), bind_arguments={"mapper": Publication})
    found: dict[str, int] = {str(name): int(number) for name, number in rows}
    return Tally({kind.name: found[kind.name] for kind in KINDS}, found[UNPLACED], asked.kinds)


def _bounded(query: listing.Query) -> ScalarSelect[int]:
    some = query.with_only_columns(Publication.id).limit(MOST + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
