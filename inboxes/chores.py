"""What else the worker does when its time has come: upper packages register it, as they register verbs.

A chore is a function without arguments that does one piece of work that is due, commits, and returns how much it did;
0 when nothing is due. It looks in `reading()` first, so that whoever has nothing to do takes no lock, and it claims
its rows as all workers do (`actors/leases.py`): several may run at once, and any of them be killed.
"""

from collections.abc import Callable

Chore = Callable[[], int]
_chores: dict[str, Chore] = {}


def chore(function: Chore) -> Chore:
    """Register a function as something that the worker does again and again.

    Raises:
        ValueError: another function of that name is registered already.
    """
    known = _chores.setdefault(function.__name__, function)
    if known is not function:
        raise ValueError(f"two chores are called {function.__name__}")
    return function


def chores() -> list[Chore]:
    """Return what is registered, in the order in which it was."""
    return list(_chores.values())
