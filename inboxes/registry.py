"""The registry of verbs: one function per verb, and per type of object where a verb is shared.

To add a verb, write one function with `@on("Join")` (or `@on("Create", "Event")`) in the package that owns the
consequence. A function gets a `Context`, works inside one transaction, and returns in a few words what it did. It
raises `Ignored` for what is well formed and none of our business, and asks for documents with `context.document`:
the network is used between two runs of the function, never inside its transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from actors import remote
from actors.models import Actor
from federation.activities import Activity, Document
from federation.errors import FederationError
from inboxes.models import Letter

ANY = "*"
"""Stands for every type of object that has no function of its own."""
UNKNOWN = ""
"""Stands for the type of an object that is given by its id alone, and that nothing here knows."""
ITSELF = "itself"
"""Stands for the type of the object where the object is the sender: an actor's Update or Delete of itself."""
WITH_TARGET = "with a target"
"""Stands for the type of the object of a Delete that names a target: Communecter ends memberships by it."""

RELAYED = "relayed"
"""Stands for the type of the object where somebody else than the actor brings a letter, and nobody vouches for it.

Its handler is told nothing of the letter but the verb and the id of the object; there is no other for it.
"""


class Ignored(Exception):
    """A letter that is well formed and changes nothing here; the text says why."""


class Wanted(Exception):
    """A handler needs a document that has not been fetched yet; the worker fetches it and runs the handler again."""

    def __init__(self, iri: str, *, actor: bool) -> None:
        """Name the document, and whether it has to be an actor's."""
        super().__init__(iri)
        self.iri = iri
        self.actor = actor


@dataclass
class Context:
    """What a handler knows: the letter, its verified sender, and what was fetched for it so far."""

    letter: Letter
    activity: Activity
    sender: Actor
    fetched: dict[str, Document | FederationError] = field(default_factory=dict)

    def document(self, iri: str) -> Document:
        """Return the document at `iri`, as its own server gives it.

        Raises:
            Wanted: it was not fetched yet.
            FederationError: it could not be fetched.
        """
        return self._fetched(iri, actor=False)

    def actor(self, iri: str) -> Actor:
        """Return the actor with this id: ours, a copy we have, or one made now from its fetched document.

        Raises:
            Wanted: the actor is unknown and was not fetched yet.
            FederationError: it could not be fetched.
        """
        known = remote.find(iri)
        return known if known is not None else remote.remember(self._fetched(iri, actor=True))

    def _fetched(self, iri: str, *, actor: bool) -> Document:
        if iri not in self.fetched:
            raise Wanted(iri, actor=actor)
        found = self.fetched[iri]
        if isinstance(found, FederationError):
            raise found
        return found


Handler = Callable[[Context], str]
departures: list[Callable[[Actor], None]] = []
"""What upper packages do when a remote actor leaves for good, in the same transaction."""
Chance = Callable[[Context, str], str | None]
"""A function that is asked whether an id is its business; None says no, and the next one is asked."""
collections: list[Chance] = []
"""Who is asked, in turn, about an Add to or a Remove from a collection."""
retractions: list[Chance] = []
"""Who is asked, in turn, about an Undo that names by its id alone something whose type is not known any more."""
standing: list[Callable[[Letter], bool]] = []
"""Who is asked whether something is left of what a Join began."""
claims: list[Callable[[Activity, Actor], Handler | None]] = []
"""Who is asked, in turn, whether a letter is its own by more than verb and type; the first function given opens it."""
type_finders: list[Callable[[str], str | None]] = []
"""Who is asked, in turn, which type a thing has that a letter names by its id alone."""
_handlers: dict[tuple[str, str], Handler] = {}


def on(verb: str, *object_types: str) -> Callable[[Handler], Handler]:
    """Register a function for a verb, for these types of its object or for any.

    Raises:
        TypeError: there is a function for this already.
    """

    def register(handler: Handler) -> Handler:
        for object_type in object_types or (ANY,):
            if (verb, object_type) in _handlers:
                raise TypeError(f"{verb} of {object_type or 'anything'} has a handler already")
            _handlers[verb, object_type] = handler
        return handler

    return register


def handler_for(verb: str, object_type: str) -> Handler | None:
    """Return the function for a verb and its object's type, else the one for the verb, else None."""
    exact = _handlers.get((verb, object_type))
    return exact if exact is not None or object_type == RELAYED else _handlers.get((verb, ANY))


def on_departure(function: Callable[[Actor], None]) -> Callable[[Actor], None]:
    """Register a function that erases what a package keeps of a remote actor who leaves for good."""
    departures.append(function)
    return function


def on_collection(function: Chance) -> Chance:
    """Register a function for `Add` and `Remove`, which are told apart by their target and not by their object.

    It is called with the context and the id of the collection (`target`, or `origin` where only that is given), and
    returns what it did, or None where the collection is none of its own; `context.activity.type` is the verb.
    """
    collections.append(function)
    return function


def on_retraction(function: Chance) -> Chance:
    """Register a function for an `Undo` by the bare id of what is undone: called with the context and that id."""
    retractions.append(function)
    return function


def on_repetition(function: Callable[[Letter], bool]) -> Callable[[Letter], bool]:
    """Register a function that tells whether something that a package keeps is left of what a Join began."""
    standing.append(function)
    return function


def on_claim(function: Callable[[Activity, Actor], Handler | None]) -> Callable[[Activity, Actor], Handler | None]:
    """Register a function that tells its letters by their shape, where others use the same verb for the same type.

    It is called with the activity and its verified sender before the registry of verbs is looked at, for no letter
    that somebody else relays, and returns the function that opens it, or None.
    """
    claims.append(function)
    return function


def claimed(activity: Activity, sender: Actor) -> Handler | None:
    """Return the function of whoever claims a letter by its shape, or None."""
    return next((handler for claim in claims if (handler := claim(activity, sender))), None)


def knows_types(function: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Register a function that tells the type of what a package keeps, by its id; None for what it does not keep."""
    type_finders.append(function)
    return function


def first_answer(chances: list[Chance], context: Context, iri: str) -> str | None:
    """Ask each function in turn, and return what the first one did whose business it is, or None."""
    for chance in chances:
        if (outcome := chance(context, iri)) is not None:
            return outcome
    return None


def verbs() -> set[str]:
    """Return every verb that has a handler."""
    return {verb for verb, _ in _handlers}
