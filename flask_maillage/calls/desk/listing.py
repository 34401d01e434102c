"""What a member asks to see of a committee's applications, and in which order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from flask_maillage.calls.desk.entries import Entry

SHOWS: dict[str, Callable[[Entry], bool]] = {
    "waiting": lambda entry: entry.waits,
    "incomplete": lambda entry: bool(entry.incomplete),
    "recused": lambda entry: entry.recused,
}
OPINIONS = ("admissible", "not_admissible", "abstain")
SORTS: dict[str, Callable[[Entry], Any]] = {
    "": lambda entry: 0,
    "name": lambda entry: entry.name.casefold(),
    "territory": lambda entry: (entry.territory, entry.name.casefold()),
    "opinion": lambda entry: (entry.opinion, entry.name.casefold()),
}
"""Where nothing is asked, in the order in which they were registered."""


@dataclass(frozen=True)
class Asked:
    """What is asked for; empty texts ask for everything."""

    show: str = ""
    opinion: str = ""
    territory: str = ""
    sort: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """What stands in an address that asks for the same."""
        return {name: value for name, value in vars(self).items() if value}


def asked_in(arguments: MultiDict[str, str]) -> Asked:
    """Return what an address asks for; what nobody can ask for asks for nothing."""
    territory = arguments.get("territory", "")
    return Asked(
        show=_among(arguments.get("show", ""), SHOWS),
        opinion=_among(arguments.get("opinion", ""), OPINIONS),
        territory=territory if len(territory) <= 10 else "",
        sort=_among(arguments.get("sort", ""), SORTS),
    )


def chosen(entries: Iterable[Entry], asked: Asked) -> list[Entry]:
    """Return the applications that are asked for, in the order that is."""
    found = [
        one
        for one in entries
        if (not asked.show or SHOWS[asked.show](one))
        and asked.opinion in ("", one.opinion)
        and asked.territory in ("", one.territory)
    ]
    return sorted(found, key=SORTS[asked.sort])


def _among(value: str, known: Iterable[str]) -> str:
    return value if value in known else ""
