"""Who is of an application, and so judges nothing of it (FC-44): by ids; in words, where a person has to be asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from actors.database import session
from flask_maillage.calls.models import Dossier, Version
from flask_maillage.publications.models import Publication


def involved(dossiers: Sequence[Dossier]) -> dict[int, frozenset[str]]:
    """Return by the number of each dossier the ids of who is of it: applicant, people, who carries the initiative."""
    contents = _last_contents(dossiers)
    kept = _carriers({one.initiative_iri for one in dossiers if one.initiative_iri})
    found = {}
    for one in dossiers:
        carriers = {*one.initiative_carriers, *kept.get(one.initiative_iri or "", ())}
        found[one.id] = frozenset({one.applicant_iri, *named_in(contents.get(one.id) or {}), *carriers})
    return found


def named_in(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of the people whom an application names."""
    for person in content.get("people") or ():
        if isinstance(person, dict) and isinstance(person.get("id"), str):
            yield person["id"]


def shared_words(organisation: str, content: Mapping[str, Any], applicant: str) -> list[str]:
    """Return which words for the applicant or a person's organisation equal those for a seat's; case is nothing.

    Args:
        organisation: of the seat.
        content: what the application says.
        applicant: what the applicant is called.
    """
    ours = _plain(organisation)
    guest = content.get("applicant")
    guest = guest if isinstance(guest, dict) else {}
    people = [one.get("organisation") for one in content.get("people") or () if isinstance(one, dict)]
    named = [applicant, guest.get("name"), guest.get("organisation"), *people]
    found = [name for name in named if isinstance(name, str) and ours and _plain(name) == ours]
    return list(dict.fromkeys(found))


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _last_contents(dossiers: Sequence[Dossier]) -> dict[int, dict[str, Any] | None]:
    query = (
        select(Version.dossier_id, Version.content)
        .join(Dossier, (Dossier.id == Version.dossier_id) & (Dossier.version == Version.number))
        .where(Dossier.id.in_([one.id for one in dossiers]))
    )
    return {row.dossier_id: row.content for row in session().execute(query)}


def _carriers(initiatives: Iterable[str]) -> dict[str, set[str]]:
    """Return by initiative who it is attributed to and who carries it, as far as this node keeps it."""
    query = select(Publication).where(Publication.iri.in_(list(initiatives)), Publication.kind == "initiative")
    found = {}
    for initiative in session().scalars(query):
        carried = getattr(initiative.content.details, "carried_by", ())
        found[initiative.iri] = {initiative.actor.iri, *(one.iri for one in carried if one.iri)}
    return found
