"""The call to which somebody applies: ours as its row says, another server's as it was read there (FC-21)."""

from contextlib import suppress
from dataclasses import dataclass

from actors import iris, remote
from actors.database import reading
from federation.activities import Document, id_of
from federation.errors import FederationError
from flask_maillage.calls import posting
from flask_maillage.publications import audience, keeping
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.resolving import NotForEveryone


@dataclass(frozen=True)
class TheCall:
    """A call with what an application to it needs."""

    row: Publication

    @property
    def details(self) -> CallDetails:
        """What it asks and who decides."""
        return details_of(self.row.content)

    @property
    def intent(self) -> str:
        """The id of what an application satisfies, as its owner says it."""
        published = self.row.document.get("publishes") if not self.row.local and self.row.document else None
        return id_of(published) or f"{self.row.iri}#intent"

    @property
    def recipients(self) -> list[str]:
        """The owner and the actors of all seats (FC-19), each once."""
        seats = (seat.actor for seat in self.details.committee if seat.actor)
        return list(dict.fromkeys([self.row.actor.iri, *seats]))

    @property
    def takes_applications(self) -> bool:
        """Whether one applies by a letter: not where it names a page of somebody else's, or its server takes none."""
        return self.details.takes_applications(local=self.row.local)

    @property
    def takes_guests(self) -> bool:
        """Whether who has no account may apply: to calls of this node that everybody may read (FC-28)."""
        return self.row.local and audience.is_open(self.row)


def find(iri: str) -> TheCall | None:
    """Return a call that is known here, or None where it is not, or not any more."""
    row = keeping.find(iri)
    is_call = row is not None and row.kind == "call" and row.state == PUBLISHED
    return TheCall(row) if row is not None and is_call else None


def read_afresh(iri: str) -> list[str]:
    """Read another server's call anew, and the actors of the committee whom nobody here knows yet; the caller commits.

    The network is used before anything is written. Nothing is done for a call of ours but to fetch those actors.

    Returns:
        Those of its recipients to whom nothing can be delivered from here.

    Raises:
        FederationError: the call cannot be had.
    """
    document = None if iris.is_ours(iri) else remote.find_document(iri)
    if document is not None and document.get("id") != iri:
        raise NotForEveryone(f"{iri} is called something else now")
    with reading():
        named = _named(document) if document is not None else _named_by_ours(iri)
        unknown = [one for one in named if remote.find(one) is None and not iris.is_ours(one)]
    profiles = []
    for one in unknown:
        with suppress(FederationError):
            profiles.append(remote.fetch_actor(one))
    for profile in profiles:
        remote.remember(profile)
    if document is not None:
        _keep(document)
    return posting.unreachable(named)


def _keep(document: Document) -> None:
    owner = remote.find(keeping.author_of(document))
    before = keeping.find(str(document["id"]))
    if owner is None or before is None:
        raise NotForEveryone("neither the call nor its owner is known here")
    kept = keeping.keep(document, owner, looked_up=before.looked_up)
    if kept is None:
        raise NotForEveryone("the call is not for anybody here any more")


def _named(document: Document) -> list[str]:
    committee = document.get("steeringCommittee")
    seats = (id_of(one) for one in committee) if isinstance(committee, list) else ()
    return list(dict.fromkeys([keeping.author_of(document), *(seat for seat in seats if seat)]))


def _named_by_ours(iri: str) -> list[str]:
    found = find(iri)
    return found.recipients if found is not None else []
