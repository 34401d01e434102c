"""Whether the initiative that an application names is the applicant's, and no other application's (FC-25).

Where it cannot be had now the application is registered all the same, and a chore looks again for two days. Only what
was seen to be the applicant's holds others' applications back: else anybody could block an initiative by naming it.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select, update

from actors import iris, remote
from actors.database import reading, session
from actors.node import node, now
from federation.activities import Document, as_list, ids_of
from federation.errors import FederationError
from flask_maillage.calls.application import Application
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.models import Dossier, Guest
from flask_maillage.calls.models.dossiers import DESCRIBED, UNAVAILABLE, VERIFIED, WAITING, WITHDRAWN
from flask_maillage.publications import keeping
from flask_maillage.publications.attending import locking
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.initiative_details import InitiativeDetails
from flask_maillage.publications.models import PUBLISHED, Publication
from inboxes.chores import chore

LOOKED_FOR = timedelta(days=2)
PAUSE = timedelta(minutes=30)
Fetch = Callable[[str], Document]


class Seen(NamedTuple):
    """What is known of an initiative: whether it is the applicant's, and the ids of all whom it names (FC-44)."""

    state: str
    named: frozenset[str] = frozenset()


def look(application: Application, applicant_iri: str, fetch: Fetch) -> Seen:
    """Return what is known of the initiative that an application names.

    Args:
        application: what it says.
        applicant_iri: whose it is.
        fetch: returns the document at an address, or raises `FederationError`.

    Raises:
        Refused: `not-your-initiative`.
    """
    if application.initiative_id is None:
        return Seen(DESCRIBED)
    return _looked_at(application.initiative_id, applicant_iri, fetch)


def check_distinct(
    call: Publication,
    application: Application,
    applicant_iri: str,
    *,
    guest_id: int | None,
    except_for: Dossier | None = None,
) -> None:
    """Check that no other application of this initiative or, where one is allowed, of this applicant is registered.

    The caller holds the call's lock; what was withdrawn does not count.

    Raises:
        Refused: `second-for-initiative` or `second-for-applicant`.
    """
    others = [one for one in _registered(call) if except_for is None or one.id != except_for.id]
    for other in others:
        is_same = application.initiative_id is not None and other.initiative_iri == application.initiative_id
        if is_same and (other.initiative_state == VERIFIED or other.applicant_iri == applicant_iri):
            raise Refused(Refusal("second-for-initiative"))
    if details_of(call.content).one_per_applicant and any(_same(other, applicant_iri, guest_id) for other in others):
        raise Refused(Refusal("second-for-applicant"))


def _registered(call: Publication) -> Sequence[Dossier]:
    return session().scalars(select(Dossier).where(Dossier.call_id == call.id, Dossier.state != WITHDRAWN)).all()


def _same(other: Dossier, applicant_iri: str, guest_id: int | None) -> bool:
    """Tell whether an application is of this applicant; guests are told apart by their addresses alone."""
    if guest_id is None or other.guest_id is None:
        return other.guest_id == guest_id and other.applicant_iri == applicant_iri
    guest, before = session().get(Guest, guest_id), session().get(Guest, other.guest_id)
    return guest is not None and before is not None and guest.email is not None and guest.email == before.email


def _looked_at(iri: str, applicant_iri: str, fetch: Fetch) -> Seen:
    try:
        named = _named_here(iri) if iris.is_ours(iri) else _named_in(fetch(iri))
    except FederationError:
        return Seen(WAITING)
    if applicant_iri not in named:
        raise Refused(Refusal("not-your-initiative"))
    return Seen(VERIFIED, frozenset(named))


def _named_here(iri: str) -> set[str]:
    found = keeping.find(iri)
    if found is None or not found.local or found.state != PUBLISHED:
        return set()
    details = found.content.details
    carriers = details.carried_by if isinstance(details, InitiativeDetails) else ()
    return {found.actor.iri, *(who.iri for who in carriers if who.iri)}


def _named_in(document: Document) -> set[str]:
    facts = document.get("initiative")
    carried = facts.get("carriedBy") if isinstance(facts, dict) else None
    named = [document.get("attributedTo"), document.get("carriedBy"), carried]
    return {iri for value in named for iri in ids_of(as_list(value))}


@chore
def look_again_at_initiatives() -> int:
    """Look once more at an initiative that could not be had, and return how many that were."""
    due = Dossier.initiative_due_at <= now()
    with reading():
        number = session().scalar(select(Dossier.id).where(due).order_by(Dossier.initiative_due_at).limit(1))
    if number is None:
        return 0
    taken = update(Dossier).where(Dossier.id == number, due).values(initiative_due_at=now() + PAUSE)
    claimed = session().execute(taken.returning(Dossier.initiative_iri, Dossier.applicant_iri)).first()
    session().commit()
    if claimed is None:
        return 1
    try:
        seen = _looked_at(str(claimed.initiative_iri), claimed.applicant_iri, _fetch)
    except Refused:
        seen = Seen(UNAVAILABLE)
    _settle(number, seen, str(claimed.initiative_iri))
    session().commit()
    return 1


def _fetch(iri: str) -> Document:
    client = node().client
    client.permit(iri)
    return client.fetch_activity(iri, signer=remote.application_signer(iri)).document


def _settle(number: int, seen: Seen, iri: str) -> None:
    """Write down what was found, under the call's lock; what another application was seen to have is not theirs."""
    call_id = session().scalar(select(Dossier.call_id).where(Dossier.id == number))
    if call_id is None:
        return
    locking.lock(call_id)
    dossier = session().get(Dossier, number, populate_existing=True, with_for_update=True)
    if dossier is None or dossier.initiative_state != WAITING or dossier.initiative_iri != iri:
        return
    if dossier.state == WITHDRAWN:
        dossier.initiative_due_at = None
        return
    if seen.state == WAITING and now() < dossier.registered_at + LOOKED_FOR:
        return
    dossier.initiative_due_at = None
    dossier.initiative_state = UNAVAILABLE if seen.state == WAITING or _is_anothers(dossier) else seen.state
    dossier.initiative_carriers = sorted(seen.named)
    session().flush()


def _is_anothers(dossier: Dossier) -> bool:
    query = select(Dossier.id).where(
        Dossier.call_id == dossier.call_id,
        Dossier.initiative_iri == dossier.initiative_iri,
        Dossier.initiative_state == VERIFIED,
        Dossier.state != WITHDRAWN,
        Dossier.id != dossier.id,
    )
    return session().scalar(query.limit(1)) is not None
