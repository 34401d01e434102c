"""What a seat that coordinates follows at a call of another server: read there with its own signature, kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from actors.database import session
from federation.activities import Document, id_of
from flask_maillage.calls.desk import elsewhere, looking
from flask_maillage.calls.desk.elsewhere import Owner
from flask_maillage.calls.desk.entries import Entry
from flask_maillage.calls.desk.looking import Place
from flask_maillage.calls.following import board, timeline
from flask_maillage.calls.following.board import Standing
from flask_maillage.calls.following.people import Followed
from flask_maillage.calls.following.saying import CONTACT, CONTACT_DETAILS, Contact
from flask_maillage.calls.following.timeline import Line
from flask_maillage.calls.models.dossiers import CLOSED, PLACED
from flask_maillage.publications.local_time import start_of_day

MOST_FOLLOWED = 50
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Initiative:
    """An application that is followed, in the words of its owner's list; pages ask of it what they ask of a row."""

    identifier: str
    name: str
    applicant: str
    state: str
    language: str = ""
    slot: None = None

    @property
    def id(self) -> str:
        """What it is known by on a page."""
        return self.identifier


@dataclass(frozen=True)
class Row(Standing):
    """How it stands with one of them; `followed` is None where its entries could not be had."""

    dossier: Initiative
    entry: Entry
    followed: Followed | None
    contact: Contact | None
    """How its leader is reached, where they share that."""


@dataclass(frozen=True)
class Board:
    """What is followed at a call, as its owner tells a seat; `reached` is False where the owner could not be asked."""

    rows: list[Row]
    reached: bool


@dataclass(frozen=True)
class _Notes:
    collection: str
    items: list[Document]


def board_of(place: Place, key: str = "") -> Board:
    """Fetch how the initiatives stand that a seat follows, or one of them; with no transaction open.

    Overdue ones come first, the longest without contact first among equals, closed ones last.
    """
    found = looking.listed(place)
    shown = [one for one in found.entries if one.state in PLACED and one.dossier and not one.recused]
    shown = [one for one in shown if key in ("", one.key)][:MOST_FOLLOWED]
    session().rollback()
    until = monotonic() + elsewhere.MOST_SECONDS
    owner = found.owner
    notes = [_notes(owner, one, until) if owner is not None else None for one in shown]
    rows = [_row(place, entry, told) for entry, told in zip(shown, notes, strict=True)]
    rows.sort(key=lambda one: (one.dossier.state == CLOSED, not one.is_overdue, one.last_contact or NEVER))
    return Board(rows, found.reached and None not in notes)


def _notes(owner: Owner, entry: Entry, until: float) -> _Notes | None:
    dossier = elsewhere.document(owner, entry.dossier) if monotonic() < until else None
    address = id_of(dossier.get("followUp")) if dossier is not None else None
    items = elsewhere.collection(owner, address, until) if address is not None else None
    return _Notes(address, items) if address is not None and items is not None else None


def _row(place: Place, entry: Entry, told: _Notes | None) -> Row:
    call = place.call
    one = Initiative(entry.key, entry.name, entry.organisation or entry.applicant_name, entry.state)
    followed = Followed(call, entry.agreement, entry.applicant, told.collection) if told is not None else None
    lines = timeline.of_notes(followed, told.items, place.acting.iri) if followed is not None and told else []
    contact = _last_contact(call.timezone, lines)
    how = board.standing(call, lines, last_contact=contact, since=contact, is_open=entry.state != CLOSED)
    shared = timeline.last([line for line in lines if line.by == entry.applicant], CONTACT_DETAILS)
    reached_by = shared.what.contact if shared is not None else None
    return Row(**vars(how), dossier=one, entry=entry, followed=followed, contact=reached_by)


def _last_contact(zone: str | None, lines: Sequence[Line]) -> datetime | None:
    """Return when the last contact was, by the day that its entry names, and never after it was written down."""
    held = [one for one in lines if one.what.entry == CONTACT and not one.replaced and not one.refused]
    days = [min(one.at, start_of_day(one.what.on, zone or "UTC")) if one.what.on else one.at for one in held]
    return max(days, default=None)
