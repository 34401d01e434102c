"""Applications as a member of a committee finds them: the same here and elsewhere, made of documents and texts."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from federation.activities import Document, host_of, id_of, text_of
from flask_maillage.calls import conflicts
from flask_maillage.calls.arithmetic import RECUSED
from flask_maillage.calls.models import GivenOpinion
from flask_maillage.calls.states import WITHDRAWN
from flask_maillage.publications.kinds import reading

NAME_LIMIT = 200
UNREGISTERED = "unregistered"
"""Shown in the place of a state where the owner's list does not have what came here (FC-67)."""
UNKNOWN = "unknown"
"""And where the owner cannot be asked."""


@dataclass(frozen=True)
class Text:
    """One version of an application, as it is kept here: `content` as `application.Application` writes it."""

    number: int
    content: Mapping[str, Any]
    applicant: str
    received_at: datetime | None
    digest: str = ""


@dataclass(frozen=True)
class Entry:
    """One application in the list of a committee."""

    agreement: str
    dossier: str = ""
    name: str = ""
    state: str = UNKNOWN
    version: int = 0
    applicant: str = ""
    applicant_name: str = ""
    organisation: str = ""
    territory: str = ""
    incomplete: tuple[tuple[str, str], ...] = ()
    recused: bool = False
    reviewed: bool = False
    given: GivenOpinion | None = None
    texts: tuple[Text, ...] = field(default=())

    @property
    def key(self) -> str:
        """What stands for it in addresses here: made of its id, and not to be turned round."""
        return key_of(self.agreement or self.dossier)

    @property
    def opinion(self) -> str:
        """What the member said of it and the owner did not refuse; empty where nothing."""
        if self.recused:
            return RECUSED
        given = self.given
        return given.opinion or "" if given is not None and given.sent_at and not given.refusal else ""

    @property
    def waits(self) -> bool:
        """Whether the member has not said what they think of it."""
        return not (self.opinion or self.reviewed) and self.state not in (WITHDRAWN, UNREGISTERED)

    @property
    def text(self) -> Text | None:
        """The last version that is kept here."""
        return self.texts[-1] if self.texts else None


def key_of(iri: str) -> str:
    """Return what stands for an application in the addresses of this node's pages."""
    return hashlib.sha256(iri.encode()).hexdigest()[:24]


def entries(
    items: Iterable[Document] | None,
    texts: Mapping[str, Sequence[Text]],
    given: Mapping[str, GivenOpinion],
    seat: Actor | None,
) -> list[Entry]:
    """Return the applications of a list, with what is kept of them here, and what is kept and not in the list.

    Args:
        items: the list of the owner, as this reader gets it; None where the owner cannot be asked.
        texts: by application the versions that are kept here.
        given: by application what the member said of it.
        seat: the actor of the seat that looks; what names it is not shown to it, whatever the owner says (FC-44).
    """
    found = [_listed(item) for item in items or ()]
    listed = {one.agreement for one in found}
    missing = UNREGISTERED if items is not None else UNKNOWN
    found += [Entry(agreement, state=missing) for agreement in texts if agreement not in listed]
    names = _names({text.applicant for those in texts.values() for text in those} | {one.applicant for one in found})
    return [
        _with(_own(one, texts, seat), texts.get(one.agreement, ()), given.get(one.agreement), names) for one in found
    ]


def _listed(item: Document) -> Entry:
    """Return what an item of a list says; from elsewhere it may be anything."""
    return Entry(
        agreement=id_of(item.get("object")) or "",
        dossier=id_of(item) or "",
        name=text_of(item.get("name"), NAME_LIMIT),
        state=text_of(item.get("state"), 40) or UNKNOWN,
        version=reading.whole_number_of(item.get("version"), 1, 1000) or 0,
        applicant=id_of(item.get("attributedTo")) or "",
        territory=text_of(item.get("territory"), 10),
        incomplete=lacking_in(item),
        recused=item.get("recused") is True,
        reviewed=item.get("reviewedByReader") is True,
    )


def lacking_in(document: Document) -> tuple[tuple[str, str], ...]:
    """Return the question and the reason of each file that a dossier lacks."""
    said = document.get("incomplete")
    those = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    return tuple((text_of(one.get("key"), 40), text_of(one.get("reasonCode"), 40)) for one in those[:50])


def _own(entry: Entry, texts: Mapping[str, Sequence[Text]], seat: Actor | None) -> Entry:
    """Return an entry that is recused where one of its versions, or the list, names the seat."""
    if seat is None:
        return entry
    those = texts.get(entry.agreement, ())
    named = {entry.applicant, *(text.applicant for text in those)}
    named.update(iri for text in those for iri in conflicts.named_in(text.content))
    return replace(entry, recused=True) if seat.iri in named else entry


def _with(entry: Entry, texts: Sequence[Text], given: GivenOpinion | None, names: Mapping[str, str]) -> Entry:
    recused = entry.recused or (given is not None and given.opinion == RECUSED and not given.refusal)
    if recused or not texts:
        return replace(entry, recused=recused, given=given, applicant_name=names.get(entry.applicant, ""))
    last = texts[-1]
    guest = last.content.get("applicant")
    guest = guest if isinstance(guest, dict) else {}
    return replace(
        entry,
        name=entry.name or text_of(last.content.get("name"), NAME_LIMIT),
        version=entry.version or last.number,
        applicant=last.applicant,
        applicant_name=text_of(guest.get("name"), NAME_LIMIT) or names.get(last.applicant, ""),
        organisation=text_of(guest.get("organisation"), NAME_LIMIT),
        territory=text_of(last.content.get("territory"), 10),
        given=given,
        texts=tuple(texts),
    )


def _names(iris: Iterable[str]) -> dict[str, str]:
    """Return how applicants are called: by what is known here of them, else by their server."""
    wanted = [iri for iri in iris if iri]
    known = {
        actor.iri: actor.name or actor.handle for actor in session().scalars(select(Actor).where(Actor.iri.in_(wanted)))
    }
    return {iri: known.get(iri) or host_of(iri) for iri in wanted}
