"""Applications that their applicants take back (FC-36), also before they came."""

from datetime import datetime, timedelta

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from federation.activities import id_of
from flask_maillage.calls import bounds, letters, posting, receipts
from flask_maillage.calls.acting import acting
from flask_maillage.calls.afterwards import erasing
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.deciding import opening
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import CallLetter, Dossier
from flask_maillage.calls.models.dossiers import WITHDRAWN
from flask_maillage.calls.registering import dossiers
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.publications import keeping
from flask_maillage.publications.attending import locking
from inboxes.registry import Ignored

REMEMBERED = timedelta(days=7)
"""For how long a withdrawal waits for its Offer."""


@takes(Shape.WITHDRAWAL)
def withdraw(taken: Taken) -> str | None:
    """The applicant takes an application back."""
    if not taken.kept.call_iri:
        return _remember(taken)
    call = keeping.find(taken.kept.call_iri)
    if call is None or not call.local:
        return None
    locking.lock(call.id)
    dossier = dossiers.of(call, taken.kept.agreement_iri or "")
    if dossier is None:
        return _let_go(taken)
    if dossier.applicant_iri != taken.sender.iri:
        raise Ignored("somebody else's application")
    if dossier.state == WITHDRAWN:
        raise Ignored("withdrawn already")
    if refusal := may(Action.WITHDRAW, acting(call, taken.sender, dossier), call, dossier, taken.at):
        raise Refused(refusal)
    mark(dossier, by=taken.sender, at=taken.at, letter=taken.kept)
    _answer(dossier, taken.kept)
    return f"withdrawn: {dossier.identifier}"


def mark(dossier: Dossier, *, by: Actor, at: datetime, letter: CallLetter | None) -> None:
    """Write down that an application was taken back; its place, if it had one, opens and stays open."""
    before, held = dossier.state, dossier.place_id is not None
    dossier.state, dossier.withdrawn_at = WITHDRAWN, at
    dossier.place_id = dossier.slot_id = dossier.rank = dossier.initiative_due_at = None
    session().flush()
    dossiers.log(dossier, "withdraw", by=by.iri, at=at, letter=letter, before=before, after=WITHDRAWN)
    opening.after_withdrawal(dossier.call, dossier, held, by=by)


def those_that_waited(dossier: Dossier, offer: Taken) -> None:
    """Take an application back at once whose withdrawal came before its Offer."""
    letter = early(offer)
    if letter is not None:
        mark(dossier, by=offer.sender, at=offer.at, letter=letter)
        _answer(dossier, letter)


def early(offer: Taken) -> CallLetter | None:
    """Return the withdrawal of an Offer that came before it, which from now on is known to be about its application."""
    query = select(CallLetter).where(
        CallLetter.sender_iri == offer.sender.iri,
        CallLetter.verb == str(Shape.WITHDRAWAL),
        CallLetter.call_iri == "",
        CallLetter.held_until >= offer.at,
    )
    for letter in session().scalars(query).all():
        if id_of(letters.document_of(letter).get("object")) == offer.kept.iri:
            letter.call_iri, letter.agreement_iri = offer.kept.call_iri, offer.kept.agreement_iri
            letter.held_until = None
            session().flush()
            return letter
    return None


def _answer(dossier: Dossier, letter: CallLetter) -> None:
    """Say to the applicant that it is withdrawn; that holds, whoever cannot be written to any more."""
    try:
        receipts.make(
            dossier.call.actor,
            letter,
            to=[dossier.applicant_iri],
            version=dossier.version,
            dossier=dossiers.iri_of(dossier),
        )
    except posting.NotForThem:
        return


def _remember(taken: Taken) -> str:
    bounds.check_early(taken.sender)
    taken.kept.held_until = taken.at + REMEMBERED
    return "remembered, since what it takes back did not come yet"


def _let_go(taken: Taken) -> str | None:
    """Let go of an Offer that was held since it came too late, when its applicant takes it back."""
    held = letters.find(taken.sender.iri, taken.activity.object_id or "")
    if held is None or held.held_until is None:
        raise Ignored("nothing is registered that could be withdrawn")
    erasing.held(held)
    return "what was held is let go"
