"""Whether those to whom a program gives a seat can take applications (FC-1): asked as of the form, before any lock."""

from typing import Any

from actors.database import reading
from federation.activities import as_list, id_of
from flask_maillage.publications import publishing
from flask_maillage.publications.editing import seat_servers
from flask_maillage.publications.rules import NotPossible


def check(document: Any, asker: str) -> None:
    """Ask the servers of everybody who gets a seat by what is sent; who has it already is not asked about again.

    Args:
        document: what a program sends: an activity, or an object without one.
        asker: what tells the program apart; what is asked of others is counted (`resolving.count`).

    Raises:
        NotPossible: one of them is not found, or their server takes no applications.
    """
    for sentence in seat_servers.ask_for(_newly_seated(document), asker).values():
        raise NotPossible(sentence, "call.committee")


def _newly_seated(document: Any) -> list[str]:
    sent = document.get("object", document) if isinstance(document, dict) else None
    if not isinstance(sent, dict):
        return []
    call = sent.get("call")
    seats = [
        *as_list(call.get("committee") if isinstance(call, dict) else None),
        *as_list(sent.get("steeringCommittee")),
    ]
    seated = _seated(id_of(sent))
    return [iri for iri in dict.fromkeys(map(id_of, seats)) if iri is not None and iri not in seated]


def _seated(iri: str | None) -> set[str | None]:
    """Return who has a seat already in the call that is changed."""
    with reading():
        found = publishing.find_by_iri(iri) if iri else None
        details = getattr(found.content, "details", None) if found is not None else None
        return {seat.actor for seat in getattr(details, "committee", ())}
