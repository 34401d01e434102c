"""Letters of applicants as the call's owner takes them: each is checked in the order of FC-22, and done at once.

What is done and what says so stand or fall together: letter, version, state, audit record and receipt (FC-26).
"""

from actors.models import NODE
from flask_maillage.calls import application as reading
from flask_maillage.calls import bounds, judging, posting, receipts, seats_by_mail
from flask_maillage.calls.acting import acting
from flask_maillage.calls.answering import how_to_apply, our_call
from flask_maillage.calls.application import Application
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.models.dossiers import WAITING, WITHDRAWN
from flask_maillage.calls.models.letters import HELD
from flask_maillage.calls.registering import addressing, dossiers, initiatives, withdrawing
from flask_maillage.calls.registering.initiatives import Seen
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.publications.attending import locking
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from inboxes.registry import Ignored


@takes(Shape.OFFER)
def offer(taken: Taken) -> str | None:
    """Somebody applies to a call of ours."""
    call = our_call(taken.kept.call_iri)
    if call is None:
        return None
    bounds.check_rate(taken.sender)
    application = _read(taken, call)
    if application.version != 1:
        raise Refused(Refusal("malformed"))
    locking.lock(call.id)
    known = dossiers.of(call, taken.kept.agreement_iri or "")
    if known is not None:
        if known.applicant_iri != taken.sender.iri:
            raise Ignored("somebody else's application")
        raise Refused(Refusal("already-registered"))
    refusal = may(Action.APPLY, acting(call, taken.sender), call, None, taken.at)
    if refusal is not None:
        is_held = refusal.code == "late" and bounds.may_hold(taken.kept, taken.sender)
        held_until = taken.at + HELD if is_held else None
        raise Refused(refusal, held_until=held_until)
    initiative = check(taken, call, application)
    dossier = register(taken, call, application, initiative)
    return f"registered as {dossier.identifier}"


@takes(Shape.CORRECTION)
def correct(taken: Taken) -> str | None:
    """The applicant corrects an application: as an Offer is checked, the deadline included (FC-35)."""
    call = our_call(taken.kept.call_iri)
    if call is None:
        return None
    bounds.check_rate(taken.sender)
    application = _read(taken, call)
    locking.lock(call.id)
    dossier = dossiers.of(call, taken.kept.agreement_iri or "")
    if dossier is None:
        raise Refused(Refusal("unknown-application"))
    if dossier.applicant_iri != taken.sender.iri:
        raise Ignored("somebody else's application")
    if dossier.state == WITHDRAWN:
        raise Refused(Refusal("withdrawn"))
    if application.version <= dossier.version:
        raise Ignored("a version that is known, or an older one")
    if refusal := may(Action.CORRECT, acting(call, taken.sender, dossier), call, dossier, taken.at):
        raise Refused(refusal)
    initiative = check(taken, call, application, dossier)
    before = dossier.state
    dossiers.write(dossier, application, taken.kept, initiative)
    _look_again(dossier, taken)
    dossiers.log(
        dossier, "correct", by=taken.sender.iri, at=taken.at, letter=taken.kept, before=before, after=dossier.state
    )
    answer(call, dossier, taken)
    seats_by_mail.tell(dossier)
    return f"version {application.version} of {dossier.identifier}"


def check(taken: Taken, call: Publication, application: Application, dossier: Dossier | None = None) -> Seen:
    """Check what comes after the state of the call, and return what is known of the initiative.

    Args:
        taken: the letter.
        call: one of ours, locked.
        application: what it says.
        dossier: the application that it corrects, if any.

    Raises:
        Refused: by the first code that fits.
    """
    addressing.check(call, taken.document, application.committee_version, taken.at)
    if refusal := judging.judge(application, details_of(call.content)):
        raise Refused(refusal)
    if dossier is not None and dossier.initiative_iri == application.initiative_id:
        initiative = Seen(dossier.initiative_state, frozenset(dossier.initiative_carriers))
    else:
        initiative = initiatives.look(application, taken.sender.iri, taken.fetch)
    initiatives.check_distinct(
        call,
        application,
        taken.sender.iri,
        guest_id=dossiers.guest_of(taken.sender, taken.kept.agreement_iri or ""),
        except_for=dossier,
    )
    return initiative


def register(taken: Taken, call: Publication, application: Application, initiative: Seen) -> Dossier:
    """Register an application that was checked, and say so to whoever sent it; from now on it counts (FC-26)."""
    dossier = dossiers.make(call, application, taken.kept, taken.sender, initiative)
    _look_again(dossier, taken)
    dossiers.log(
        dossier,
        "register",
        by=taken.sender.iri,
        at=taken.at,
        letter=taken.kept,
        before="draft",
        after=dossier.state,
    )
    answer(call, dossier, taken)
    seats_by_mail.tell(dossier)
    receipts.count_those_that_waited(taken.kept)
    withdrawing.those_that_waited(dossier, taken)
    return dossier


def answer(call: Publication, dossier: Dossier, taken: Taken) -> None:
    """Send the owner's receipt of a letter to the applicant, who may be gone meanwhile."""
    try:
        receipts.make(
            call.actor,
            taken.kept,
            to=[dossier.applicant_iri],
            version=dossier.version,
            dossier=dossiers.iri_of(dossier),
        )
    except posting.NotForThem:
        raise Ignored("its sender cannot be answered") from None


def _read(taken: Taken, call: Publication) -> Application:
    """Return what a letter says: first its shape, then its proof, as FC-22 wants.

    Raises:
        Refused: `malformed`, with how one applies where there is no application in it at all (FC-75);
            `proof-missing`.
    """
    if "application" not in taken.thing:
        raise Refused(Refusal("malformed"), content=how_to_apply(call))
    application = reading.read(taken.thing)
    envelope = reading.envelope_of(taken.thing)
    is_guests = taken.sender.local and taken.sender.kind == NODE
    if envelope.call_iri != call.iri or envelope.intent_iri != f"{call.iri}#intent":
        raise Refused(Refusal("malformed"))
    if (application.applicant is not None) != is_guests:
        raise Refused(Refusal("malformed"))
    if not taken.vouched:
        raise Refused(Refusal("proof-missing"))
    return application


def _look_again(dossier: Dossier, taken: Taken) -> None:
    is_open = dossier.initiative_state == WAITING
    dossier.initiative_due_at = taken.at + initiatives.PAUSE if is_open else None
