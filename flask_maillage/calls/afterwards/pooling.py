"""What becomes public of many applications: counts without small rows, rows in which nobody is found again (FC-70, 71).

Pure functions: whoever publishes numbers of a call takes them from here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import TypeVar

FEWEST, ALIKE = 3, 5
HIDDEN = "*"
FIELDS = ("territory", "topics", "sectors")
Row = dict[str, str]
One = TypeVar("One")


def pooled(rows: Mapping[str, Set[One]]) -> dict[str, int]:
    """Return how many stand under each name, the small ones together under `*`, the greatest first.

    What stands under two small names counts once there: the `*` of three is three applications.

    Args:
        rows: what there is under each name; one thing may stand under several.
    """
    shown = {name: set(things) for name, things in rows.items() if len(things) >= FEWEST}
    pool: set[One] = set().union(*(things for name, things in rows.items() if name not in shown))
    while 0 < len(pool) < FEWEST and shown:
        smallest = min(shown, key=lambda name: (len(shown[name]), name))
        pool |= shown.pop(smallest)
    ranked = sorted(shown, key=lambda name: (-len(shown[name]), name))
    return {name: len(shown[name]) for name in ranked} | ({HIDDEN: len(pool)} if pool else {})


def totals(applications: int, selected: int) -> dict[str, int]:
    """Return how many applied and how many were selected, as far as neither tells of one or two people.

    Where fewer than three applied, nothing is said; where one or two were selected, or all but one or two, how many
    applied is said alone.
    """
    if 0 < applications < FEWEST:
        return {}
    few = any(0 < number < FEWEST for number in (selected, applications - selected))
    return {"applications": applications} | ({} if few else {"selected": selected})


def anonymised(rows: Iterable[Row]) -> list[Row]:
    """Return rows of which each combination of `FIELDS` occurs five times, and none says the one outcome of all."""
    kept = [dict(row) for row in rows]
    for field in reversed(FIELDS):
        often = Counter(map(_combination, kept))
        kept = [row if often[_combination(row)] >= ALIKE else {**row, field: HIDDEN} for row in kept]
    often = Counter(map(_combination, kept))
    kept = [row for row in kept if often[_combination(row)] >= ALIKE]
    outcomes: dict[tuple[str, ...], set[str]] = {}
    for row in kept:
        outcomes.setdefault(_combination(row), set()).add(row["outcome"])
    kept = [{**row, "outcome": HIDDEN} if len(outcomes[_combination(row)]) == 1 else row for row in kept]
    return sorted(kept, key=lambda row: [row[name] for name in (*FIELDS, "outcome")])


def _combination(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in FIELDS)
