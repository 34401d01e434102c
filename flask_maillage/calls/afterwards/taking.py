"""Letters that ask to erase: an owner's, of an application that it erased, and an applicant's, of their own (FC-69)."""

from sqlalchemy import select

from actors.database import session
from federation.activities import same_origin
from flask_maillage.calls import letters
from flask_maillage.calls.acting import acting
from flask_maillage.calls.afterwards import erasing, openness, purging
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.models.dossiers import CLOSED, WITHDRAWN
from flask_maillage.calls.registering import withdrawing
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.publications import keeping
from flask_maillage.publications.attending import locking
from flask_maillage.publications.models import Publication


@takes(Shape.PURGE)
def owner_erased(taken: Taken) -> str | None:
    """Erase what our members hold as seats of an application that its call's owner erased (FC-68)."""
    call = keeping.find(taken.kept.call_iri)
    agreement = taken.kept.agreement_iri
    if call is None or agreement is None or call.actor_id != taken.sender.id:
        return None
    done = erasing.copies(agreement, taken.readers)
    return f"erased {done} copies" if done else None


@takes(Shape.ERASURE)
def applicant_asks(taken: Taken) -> str | None:
    """Erase an application that its applicant takes back for good, as its owner and for members who hold seats."""
    agreement = taken.kept.agreement_iri
    if agreement is None or not _is_theirs(agreement, taken):
        return None
    call = keeping.find(taken.kept.call_iri)
    done = _as_owner(taken, call) if call is not None and call.local else None
    copies = erasing.copies(agreement, taken.readers)
    return done or (f"erased {copies} copies" if copies else None)


def _is_theirs(agreement: str, taken: Taken) -> bool:
    """Tell whether an application came from whoever wants it erased; a receipt of it makes nobody its applicant."""
    offers = letters.about(agreement, Shape.OFFER)
    return same_origin(agreement, taken.sender.iri) and any(one.sender_iri == taken.sender.iri for one in offers)


def _as_owner(taken: Taken, call: Publication) -> str | None:
    """Withdraw and erase at once; the bytes of files go with the next pruning, since no row names them any more."""
    call = locking.lock(call.id)
    query = select(Dossier).where(Dossier.call_id == call.id, Dossier.agreement_iri == taken.kept.agreement_iri)
    dossier = session().scalar(query.with_for_update(of=Dossier).execution_options(populate_existing=True))
    if dossier is None:
        return _let_go(taken)
    if dossier.applicant_iri != taken.sender.iri or dossier.purged_at is not None:
        return None
    if refusal := may(Action.ERASE, acting(call, taken.sender, dossier), call, dossier, taken.at):
        raise Refused(refusal)
    readers = purging.readers_of(dossier)
    openness.freeze(call)
    if dossier.state not in (WITHDRAWN, CLOSED):
        withdrawing.mark(dossier, by=taken.sender, at=taken.at, letter=taken.kept)
    purging.erase(dossier, call, by=taken.sender.iri, act="erase", readers=readers, letter=taken.kept)
    return f"erased: {dossier.identifier}"


def _let_go(taken: Taken) -> str | None:
    """Erase what is held of an application that came too late, since nobody is to admit it any more."""
    held = [
        letter
        for letter in letters.about(taken.kept.agreement_iri or "", Shape.OFFER)
        if letter.sender_iri == taken.sender.iri and letter.held_until is not None
    ]
    for letter in held:
        erasing.held(letter)
    return "what was held is erased" if held else None
