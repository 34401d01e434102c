"""What else happens when a publication of ours is published, changed or withdrawn: upper modules register it here."""

from collections.abc import Callable

from flask_maillage.publications.content import Content
from flask_maillage.publications.models import Publication

Watcher = Callable[[Publication, Content | None], None]
_watchers: list[Watcher] = []


def on_change(function: Watcher) -> Watcher:
    """Register a function that is called with a publication and what it said before, in the same transaction.

    None stands for what is published just now, and for an event that comes again and went on to its next day.
    What is withdrawn still says all when it is called.
    """
    _watchers.append(function)
    return function


_copy_watchers: list[Watcher] = []


def on_copy_change(function: Watcher) -> Watcher:
    """Register a function that is called with a copy of another server's and what it said before it changed."""
    _copy_watchers.append(function)
    return function


def copy_changed(publication: Publication, before: Content) -> None:
    """Call what is registered for copies."""
    for function in _copy_watchers:
        function(publication, before)


def happened(publication: Publication, before: Content | None) -> None:
    """Call what is registered."""
    for function in _watchers:
        function(publication, before)
