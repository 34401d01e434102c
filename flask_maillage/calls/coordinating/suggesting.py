"""A proposal who goes into which group, so that each has its share of languages, types and countries; pure.

The same confirmed applications give the same proposal, in whatever order they are read. Who is in a group stays there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MOST_IMPROVED = 120
"""With more newcomers than this, one good look at each has to do: to compare all pairs takes too long."""


@dataclass(frozen=True)
class Trait:
    """What of an application is to be spread evenly."""

    identifier: str
    language: str = ""
    country: str = ""
    types: frozenset[str] = field(default=frozenset())

    @property
    def marks(self) -> Iterator[tuple[str, str]]:
        """What it is counted under: with all others, and with those like it."""
        yield "all", ""
        yield "language", self.language
        yield "country", self.country
        for one in self.types:
            yield "type", one


class _Groups:
    """The groups as they fill up, and how far each mark is from its even share."""

    def __init__(self, every: Sequence[Trait], capacities: Mapping[str, int], placed: Mapping[str, str]) -> None:
        self.capacities = capacities
        self.all_places = sum(capacities.values()) or 1
        self.totals = Counter(mark for one in every for mark in one.marks)
        self.counts: dict[str, Counter[tuple[str, str]]] = {key: Counter() for key in capacities}
        self.sizes = dict.fromkeys(capacities, 0)
        for one in every:
            if placed.get(one.identifier) in capacities:
                self.put(one, placed[one.identifier])

    def put(self, one: Trait, key: str, by: int = 1) -> None:
        """Count somebody in a group, or no longer (-1)."""
        self.sizes[key] += by
        for mark in one.marks:
            self.counts[key][mark] += by

    def has_room(self, key: str) -> bool:
        """Tell whether a group has a free place."""
        return self.sizes[key] < self.capacities[key]

    def cost(self, key: str, marks: set[tuple[str, str]]) -> int:
        """Return how far these marks are from their share in a group: squares of whole numbers, so equal is equal."""
        share = self.capacities[key]
        return sum((self.counts[key][mark] * self.all_places - self.totals[mark] * share) ** 2 for mark in marks)

    def change(self, moves: Sequence[tuple[Trait, str, str]]) -> int:
        """Return by how much the cost changes by these moves (who, from, to; empty for from nowhere); undone again."""
        keys = sorted({key for _, before, after in moves for key in (before, after) if key})
        marks = {mark for one, _, _ in moves for mark in one.marks}
        old = sum(self.cost(key, marks) for key in keys)
        self.do(moves)
        new = sum(self.cost(key, marks) for key in keys)
        self.do([(one, after, before) for one, before, after in moves])
        return new - old

    def do(self, moves: Sequence[tuple[Trait, str, str]]) -> None:
        """Make moves."""
        for one, before, after in moves:
            if before:
                self.put(one, before, -1)
            if after:
                self.put(one, after)


def suggest(every: Sequence[Trait], capacities: Mapping[str, int], placed: Mapping[str, str]) -> dict[str, str]:
    """Return a group for each application that is in none, as far as there is room.

    Each group gets its share, by its capacity, of all, of each language, of each country and of each type. First each
    goes where it fits best, the rarest first; then newcomers move or change places as long as that makes it more even.

    Args:
        every: all applications that may be placed.
        capacities: of the groups, by key.
        placed: the group of those who are in one already, by identifier.

    Returns:
        The keys of groups by identifier; who is in one already is not named.
    """
    everybody = sorted(every, key=lambda one: one.identifier)
    groups = _Groups(everybody, capacities, placed)
    new = [one for one in everybody if placed.get(one.identifier) not in capacities]
    new.sort(key=lambda one: (min(groups.totals[mark] for mark in one.marks), one.identifier))
    found: dict[str, str] = {}
    for one in new:
        room = [key for key in sorted(capacities) if groups.has_room(key)]
        if not room:
            break
        best = min(room, key=lambda key: (groups.change([(one, "", key)]), key))
        groups.put(one, best)
        found[one.identifier] = best
    if len(found) <= MOST_IMPROVED:
        _improve(groups, [one for one in new if one.identifier in found], found)
    return found


def _improve(groups: _Groups, new: Sequence[Trait], found: dict[str, str]) -> None:
    """Move or swap newcomers while that makes it more even; it ends, since each step takes a whole number off."""
    while True:
        better = next((moves for moves in _moves(groups, new, found) if groups.change(moves) < 0), None)
        if better is None:
            return
        groups.do(better)
        found |= {one.identifier: after for one, _, after in better}


def _moves(groups: _Groups, new: Sequence[Trait], found: Mapping[str, str]) -> Iterator[list[tuple[Trait, str, str]]]:
    for place, one in enumerate(new):
        here = found[one.identifier]
        for key in sorted(groups.capacities):
            if key != here and groups.has_room(key):
                yield [(one, here, key)]
        for other in new[place + 1 :]:
            there = found[other.identifier]
            if there != here:
                yield [(one, here, there), (other, there, here)]
