"""What is agreed with other nodes about what goes between us: a room above knows it, lists and announcements ask."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from actors import followers
from actors.models import Actor
from flask_maillage.publications.models import Publication


@dataclass(frozen=True)
class Scope:
    """Of which kinds something has to be, and in which zones it has to lie; without zones it may lie anywhere."""

    kinds: frozenset[str]
    territories: frozenset[str] = frozenset()

    def covers(self, publication: Publication) -> bool:
        """Tell whether a publication is within what is agreed."""
        if publication.kind not in self.kinds:
            return False
        return not self.territories or not self.territories.isdisjoint(row.code for row in publication.zones)


_takers: list[Callable[[Actor], Scope | None]] = []
_givers: list[Callable[[], Mapping[int, Scope]]] = []


def on_taking(function: Callable[[Actor], Scope | None]) -> Callable[[Actor], Scope | None]:
    """Register a function that returns to what is limited what an actor brings; None where nothing limits it."""
    _takers.append(function)
    return function


def on_giving(function: Callable[[], Mapping[int, Scope]]) -> Callable[[], Mapping[int, Scope]]:
    """Register a function that returns to what is limited what the node announces to followers, by their rows."""
    _givers.append(function)
    return function


def lets_in(publication: Publication, brought_by: Actor) -> bool:
    """Tell whether a copy may stand in lists, going by what is agreed with who brought it.

    Where its author is somebody else whom one of ours follows, it stands there because of that.
    """
    if _covered(publication, brought_by):
        return True
    author = publication.actor
    is_followed = author.id != brought_by.id and followers.follows_from_here(author)
    return is_followed and _covered(publication, author)


def left_out(publication: Publication) -> Collection[int]:
    """Return the rows of those followers of the node to whom a publication of ours is not announced."""
    return {row for give in _givers for row, scope in give().items() if not scope.covers(publication)}


def _covered(publication: Publication, actor: Actor) -> bool:
    scopes = (take(actor) for take in _takers)
    return all(scope is None or scope.covers(publication) for scope in scopes)
