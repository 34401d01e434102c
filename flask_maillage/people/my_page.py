"""What stands on a member's own page: any room registers what waits for a member, and sections of its own.

The page itself lies where publications are (`publications/own/`), below some of the rooms that have something to say on
it. Add a line or a section: write a function with `@waits` or `@section` and let `parts.py` import its module.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from actors.models import Actor


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a member: in words of their language, with how many, and where it is dealt with."""

    words: str
    address: str


@dataclass(frozen=True)
class Section:
    """A part of the page: its title, in the reader's language, and the template that shows `values` below it."""

    title: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)


Waits = Callable[[Any, Sequence[Actor]], Iterable[Waiting]]
MakesSection = Callable[[Any], Section | None]
_waits: list[Waits] = []
_sections: list[MakesSection] = []


def waits(function: Waits) -> Waits:
    """Register a function that says what waits for a member, and for the actors in whose name they may publish."""
    if function not in _waits:
        _waits.append(function)
    return function


def section(function: MakesSection) -> MakesSection:
    """Register a function that makes a section of a member's page, or None where it would be of no use to them."""
    if function not in _sections:
        _sections.append(function)
    return function


def waiting_for(member: Any, actors: Sequence[Actor]) -> list[Waiting]:
    """Return what waits for a member, in the order in which the rooms registered."""
    return [one for function in _waits for one in function(member, actors)]


def sections_for(member: Any) -> list[Section]:
    """Return the sections that other rooms have for a member."""
    made = (function(member) for function in _sections)
    return [one for one in made if one is not None]
