"""Another owner's desk, read by a member of this node in their session with their own signature, and what came here.

Nothing that is read is kept. Every address is of the call's own origin, the network is never used in a transaction, and
what is read is bounded in number and time.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from sqlalchemy import select

from actors import policy, rotation
from actors.database import session
from actors.models import Actor
from actors.node import node
from federation.activities import Document, host_of, id_of, same_origin
from federation.errors import FederationError
from federation.signatures import Signer
from flask_maillage.calls import application, letters
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.desk.entries import Text
from flask_maillage.calls.models import CallLetter, CommitteeCopy
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication

log = logging.getLogger(__name__)
MOST_PAGES = 20
MOST_SECONDS = 25.0
LONGEST_FILE = 50 * 1024 * 1024


@dataclass(frozen=True)
class Owner:
    """Where an owner's desk is, and whose signature reads it; made in a transaction, used outside of one."""

    call_iri: str
    applications: str
    signer: Signer

    def is_theirs(self, iri: str | None) -> bool:
        """Tell whether an address is on the owner's own origin."""
        return iri is not None and same_origin(self.call_iri, iri)


def owner_of(call: Publication, seat: Actor) -> Owner | None:
    """Return the owner of another server's call, to be asked in the name of a seat of ours; None where none can be."""
    desk = details_of(call.content).desk
    if desk is None or desk.applications is None or policy.is_blocked(call.iri):
        return None
    found = Owner(call.iri, desk.applications, rotation.signer_for(seat, host_of(call.iri)))
    return found if found.is_theirs(found.applications) else None


def applications(owner: Owner) -> list[Document] | None:
    """Fetch the applications of which the owner tells this reader; None where the owner cannot be asked."""
    return collection(owner, owner.applications, monotonic() + MOST_SECONDS)


def collection(owner: Owner, address: str, until: float) -> list[Document] | None:
    """Fetch what a collection of an owner's desk lists; None where it cannot be had whole.

    At most `MOST_PAGES` pages are read, and none is begun after `until`, a moment of `monotonic`; a list that breaks
    off is none.
    """
    first = document(owner, address)
    page_iri = id_of(first.get("first")) if first is not None else None
    if first is not None and page_iri is None:
        return _items(first)
    found: list[Document] = []
    for _ in range(MOST_PAGES):
        page = document(owner, page_iri) if page_iri is not None and monotonic() < until else None
        if page is None:
            return None
        found += _items(page)
        page_iri = id_of(page.get("next"))
        if page_iri is None:
            return found
    return found


def document(owner: Owner, address: str) -> Document | None:
    """Fetch one document of an owner's desk; None where it cannot be had."""
    if not owner.is_theirs(address):
        return None
    try:
        return node().client.fetch_collection(address, signer=owner.signer, stay=True).document
    except FederationError as error:
        log.info("a desk at %s was not read: %s", host_of(owner.call_iri), type(error).__name__)
        return None


def versions(owner: Owner, address: str | None) -> list[Document]:
    """Fetch the versions of an application as the owner stored them; none where they cannot be had."""
    first = document(owner, address) if address else None
    page = document(owner, id_of(first.get("first")) or "") if first is not None else None
    return _items(page) if page is not None else []


def text_of_agreement(agreement: Document, letter: CallLetter | None = None) -> Text | None:
    """Return what an application from elsewhere says; None where it is no application."""
    try:
        said = application.read(agreement)
    except Refused:
        return None
    content = said.model_dump(mode="json", by_alias=True, exclude_none=True)
    applicant = id_of(agreement.get("attributedTo")) or ""
    if letter is None:
        return Text(said.version, content, applicant, None)
    return Text(said.version, content, applicant, letter.received_at, letter.digest)


def copies(seat: Actor, call_iri: str) -> dict[str, list[Text]]:
    """Return by application the versions that came here for a seat, in their order; hidden ones are left out."""
    query = (
        select(CallLetter)
        .join(CommitteeCopy, CommitteeCopy.letter_id == CallLetter.id)
        .where(
            CommitteeCopy.seat_actor_id == seat.id,
            CommitteeCopy.call_iri == call_iri,
            CommitteeCopy.hidden_at.is_(None),
            CallLetter.erased_at.is_(None),
            CallLetter.verb.in_([str(Shape.OFFER), str(Shape.CORRECTION)]),
        )
        .order_by(CallLetter.id)
    )
    found: dict[str, list[Text]] = {}
    for letter in session().scalars(query):
        agreement = letters.document_of(letter).get("object")
        text = text_of_agreement(agreement, letter) if isinstance(agreement, dict) else None
        if text is not None and letter.agreement_iri:
            found.setdefault(letter.agreement_iri, []).append(text)
    return found


def file(signer: Signer, address: str, size: int) -> bytes | None:
    """Fetch a file of an application from its applicant's node, in the name of a seat (FC-38); None where it fails."""
    try:
        _, _, data = node().client.fetch_bytes(
            address, accept="*/*", signer=signer, max_bytes=min(max(size, 1), LONGEST_FILE)
        )
    except FederationError:
        return None
    return data


def _items(document: Document) -> list[Document]:
    said = document.get("orderedItems")
    items: Sequence[object] = said if isinstance(said, list) else []
    return [one for one in items if isinstance(one, dict)]


def several(owner: Owner, dossiers: Mapping[str, str]) -> dict[str, Document]:
    """Fetch dossiers by their addresses, in `MOST_SECONDS` altogether; those that cannot be had are left out."""
    until = monotonic() + MOST_SECONDS
    found = ((name, document(owner, address)) for name, address in dossiers.items() if monotonic() < until)
    return {name: one for name, one in found if one is not None}
