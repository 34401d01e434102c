"""The records of a call's log in plain words: who did what, when, from which node, and what it made of an application.

Made of ids and states alone: a record holds no text that somebody wrote, and the log outlives what applications say.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.models import Actor
from flask_maillage.calls import audit
from flask_maillage.calls.coordinating import wording
from flask_maillage.calls.models import Dossier
from flask_maillage.publications.kinds.reading import instant_of
from flask_maillage.publications.models import Publication
from flask_maillage.web.language import gettext as _

OF_THE_CALL = {"decline seat", "raise places"}
"""Acts that are about no application."""


@dataclass(frozen=True)
class Line:
    """One record for people: `moved` says from which state to which, where that changed; `exact` is the record."""

    number: str
    at: datetime | None
    who: str
    node: str
    act: str
    application: str
    moved: tuple[str, str] | None
    exact: str


def acts_in_words() -> dict[str, str]:
    """Return what each act of the log is called, to be said after who did it."""
    return {
        "register": _("sent an application, and it was registered"),
        "admit": _("admitted an application that came late here"),
        "leave late": _("left an application refused that came late here"),
        "correct": _("corrected the application"),
        "withdraw": _("took the application back"),
        "erase": _("had the application erased"),
        "purge": _("erased the application, since its time was over"),
        "review": _("gave an opinion"),
        "recuse": _("declared a conflict of interest"),
        "decide": _("published a decision"),
        "expire": _("let a place go that was not confirmed in time"),
        "confirm": _("confirmed the place"),
        "refuse": _("gave the place back"),
        "place": _("put the application into a group"),
        "follow": _("wrote the first entry of the follow-up"),
        "decline seat": _("gave up a seat in the committee"),
        "raise places": _("let more applications be selected"),
        "close": _("closed the follow-up with a result"),
    }


def states_in_words() -> dict[str, str]:
    """Return what each state is called in the log: as on the other pages of coordinators, and before it was sent."""
    return {"draft": _("written"), **wording.states_in_words()}


def lines(call: Publication, rows: Sequence[str]) -> list[Line]:
    """Return these records of a call of ours, as they were written, in words in the reader's language."""
    acts, called = acts_in_words(), states_in_words()
    records = [audit.read(row) for row in rows]
    people, applications = _people({str(record.get("by")) for record in records}), _applications(call)
    found = []
    for row, record in zip(rows, records, strict=True):
        said = {name: str(record.get(name) or "") for name in ("at", "by", "node", "act", "subject", "from", "to")}
        before, after = (called.get(said[name], said[name]) for name in ("from", "to"))
        found.append(
            Line(
                number=str(record.get("number", "?")),
                at=instant_of(said["at"], None),
                who=people.get(said["by"]) or _("A person"),
                node=said["node"],
                act=acts.get(said["act"], said["act"]),
                application=_application(said, applications),
                moved=(before, after) if after and before != after else None,
                exact=row,
            )
        )
    return found


def _application(said: dict[str, str], applications: dict[str, str]) -> str:
    if said["act"] in OF_THE_CALL:
        return ""
    return applications.get(said["subject"].rpartition("/")[2]) or _("an application that is erased")


def _people(iris_of_people: Set[str]) -> dict[str, str]:
    """Return by id what who acted is called; the node itself applies for guests."""
    known = session().scalars(select(Actor).where(Actor.iri.in_(iris_of_people)))
    named = {actor.iri: actor.name or actor.handle for actor in known}
    unknown = {iri: iri for iri in iris_of_people if not iri.startswith("urn:")}
    return unknown | named | {iris.application(): _("A guest")}


def _applications(call: Publication) -> dict[str, str]:
    query = select(Dossier.identifier, Dossier.name).where(Dossier.call_id == call.id, Dossier.purged_at.is_(None))
    return {row.identifier: f"“{row.name}”" for row in session().execute(query) if row.name}
