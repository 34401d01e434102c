"""The entries of one application as people read them: from the owner's rows, or from the letters that a leader has."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import ValidationError
from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import Document, host_of, id_of
from federation.sanitising import text_of_html
from flask_maillage.calls import committee, letters
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.following import keeping
from flask_maillage.calls.following.people import Followed
from flask_maillage.calls.following.saying import CONTACT_DETAILS, FollowUp, Said
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.content import HTML_LIMIT

LEADER, OWNER, SEAT = "leader", "owner", "seat"


@dataclass(frozen=True)
class Line:
    """One entry."""

    iri: str
    by: str
    role: str
    """One of `LEADER`, `OWNER` and `SEAT`."""
    name: str
    at: datetime
    what: FollowUp
    html: str
    replaced: bool = False
    refused: str = ""
    """The code with which the owner did not take it."""

    @property
    def key(self) -> str:
        """What stands for it in an address."""
        return key_of(self.iri)

    @property
    def text(self) -> str:
        """Its words without marks."""
        return text_of_html(self.html, limit=HTML_LIMIT)

    @property
    def day(self) -> date | None:
        """The day that it names: of a contact, of a next step."""
        return self.what.on or self.what.due


def lines(followed: Followed, *, contacts: bool = True) -> list[Line]:
    """Return the entries of an application, the last one first.

    Args:
        followed: the application.
        contacts: whether the reader is given contact details.
    """
    found = _of_rows(followed) if followed.dossier is not None else _of_letters(followed)
    kept = [one for one in found if contacts or one.what.entry != CONTACT_DETAILS]
    return sorted(kept, key=lambda one: one.at)[::-1]  # of one moment the later first


def of_notes(followed: Followed, notes: Iterable[object], own: str) -> list[Line]:
    """Return the entries that another server lists, the last one first, with those of a seat here that it does not.

    What cannot be read is left out.

    Args:
        followed: the application.
        notes: what the owner's collection lists.
        own: the id of the seat; what it wrote stands here until the owner lists it, or refused it.
    """
    listed = [(said, by) for one in notes if isinstance(one, dict) and (said := _said(one)) and (by := _author(one))]
    known = {said.id for said, _by in listed}
    sent = [one for one in _of_letters(followed) if one.by == own and one.iri not in known]
    taken = {(by, said.follow_up.supersedes) for said, by in listed}
    taken |= {(own, one.what.supersedes) for one in sent if not one.refused}
    names = _names(followed, {by for _said, by in listed})
    moment = now()
    found = [
        Line(
            said.id,
            by,
            _role(followed, by),
            names[by],
            said.at(moment),
            said.follow_up,
            said.html,
            (by, said.id) in taken,
        )
        for said, by in listed
    ]
    return sorted([*found, *sent], key=lambda one: one.at)[::-1]


def last(found: Sequence[Line], sort: str) -> Line | None:
    """Return the last entry of a sort that holds."""
    return next((one for one in found if one.what.entry == sort and not one.replaced and not one.refused), None)


def _of_rows(followed: Followed) -> list[Line]:
    rows = keeping.entries(followed.dossier) if followed.dossier is not None else []
    holding = {one.id for one in keeping.holding(rows)}
    names = _names(followed, {one.by_iri for one in rows})
    return [
        Line(
            one.iri,
            one.by_iri,
            _role(followed, one.by_iri),
            one.by_name or names[one.by_iri],
            one.at,
            FollowUp.model_validate({"entry": one.entry, **one.facts, "supersedes": one.supersedes}),
            one.content,
            one.id not in holding,
        )
        for one in rows
    ]


def _of_letters(followed: Followed) -> list[Line]:
    """Return what a leader of this node sent and got; what cannot be read any more is left out."""
    found = [(letter, _read(letters.document_of(letter))) for letter in letters.about(followed.agreement, Shape.ENTRY)]
    read = [(letter, said) for letter, said in found if said is not None]
    taken = {(letter.sender_iri, said.follow_up.supersedes) for letter, said in read if not letter.refused}
    names = _names(followed, {letter.sender_iri for letter, _said in read})
    return [
        Line(
            said.id,
            letter.sender_iri,
            _role(followed, letter.sender_iri),
            names[letter.sender_iri],
            said.at(letter.received_at),
            said.follow_up,
            said.html,
            (letter.sender_iri, said.id) in taken,
            letter.refused or "",
        )
        for letter, said in read
    ]


def _read(document: Document) -> Said | None:
    return _said(document.get("object"))


def _author(note: Document) -> str | None:
    return id_of(note.get("attributedTo"))


def _said(note: object) -> Said | None:
    try:
        return Said.model_validate(note)
    except ValidationError:
        return None


def _role(followed: Followed, iri: str) -> str:
    if iri == followed.call.actor.iri:
        return OWNER
    return LEADER if iri == followed.leader else SEAT


def _names(followed: Followed, iris: Iterable[str]) -> dict[str, str]:
    """Return how those who wrote are called: seats as the call says, others as they are known here."""
    wanted = list(iris)
    known = session().scalars(select(Actor).where(Actor.iri.in_(wanted)))
    names = {iri: host_of(iri) for iri in wanted} | {one.iri: one.name or one.handle for one in known}
    seats = {seat.actor: seat.in_words for seat in committee.current(followed.call).seats if seat.actor in names}
    names |= {iri: name for iri, name in seats.items() if iri}
    guest = followed.dossier.guest if followed.dossier is not None else None
    return names | ({followed.leader: guest.organisation or guest.name} if guest is not None else {})
