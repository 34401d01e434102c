"""What stands on an actor's page beside what it publishes: any room above registers parts of its own.

Add a part: write a function with `@actor_part` and let `parts.py` import its module.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from actors.models import Actor

HEADING, CONTENT = "heading", "content"
"""Below the name, or below what the actor says of itself."""


@dataclass(frozen=True)
class ActorPart:
    """A part of the page: where it stands, and the template that shows `part.values`."""

    place: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)


MakesPart = Callable[[Actor], ActorPart | None]
_parts: list[MakesPart] = []


def actor_part(function: MakesPart) -> MakesPart:
    """Register a function that makes a part of an actor's page, or None where it has nothing to say."""
    if function not in _parts:
        _parts.append(function)
    return function


def of(actor: Actor) -> list[ActorPart]:
    """Return the parts of an actor's page, in the order in which the rooms registered."""
    made = (function(actor) for function in _parts)
    return [part for part in made if part is not None]
