"""The kinds of notifications: each is declared once, with its name, its words and the channels that it comes by."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_maillage.people.notifying.models import Notification

PAGE, MAIL, DIGEST = "page", "mail", "digest"
CHANNELS = (PAGE, MAIL, DIGEST)
"""In a list on the node's pages; by a mail of its own, at once; in the mail that tells of several days."""


@dataclass(frozen=True)
class Told:
    """What a notification says to its reader, in the language that is spoken, and where one goes from there."""

    text: str
    address: str


Tell = Callable[[Notification], Told | None]


@dataclass(frozen=True)
class Kind:
    """One sort of thing that members are told.

    `tell` makes the words when they are read; None where there is nothing (any more) that this member may see.
    """

    name: str
    label: str
    """What it is about, in English, for the settings; translated where it is shown."""
    tell: Tell
    defaults: frozenset[str]
    offered: frozenset[str] = frozenset(CHANNELS)
    """The channels that one can choose; what is mailed anyway is not offered by mail again."""
    for_moderators: bool = False


KINDS: dict[str, Kind] = {}
"""All kinds by their names, in the order in which the rooms declared them."""


def declare(
    name: str,
    label: str,
    tell: Tell,
    *,
    mailed: bool = False,
    never_mailed: bool = False,
    for_moderators: bool = False,
) -> Kind:
    """Declare a kind of notification; everything stands on the page and in the digest unless a member says otherwise.

    Args:
        name: its name in the table, for good.
        label: what it is about, for the settings.
        tell: what makes its words.
        mailed: whether it is mailed at once where a member said nothing: what waits for them, or changes their plans.
        never_mailed: whether another mail tells it already.
        for_moderators: whether it concerns only those who moderate the node.

    Raises:
        ValueError: another kind has that name.
    """
    defaults = {PAGE, DIGEST} | ({MAIL} if mailed else set())
    offered = frozenset(CHANNELS) - ({MAIL} if never_mailed else set())
    kind = Kind(name, label, tell, frozenset(defaults), offered, for_moderators)
    if name in KINDS:
        raise ValueError(f"two kinds of notifications are called {name}")
    KINDS[name] = kind
    return kind
