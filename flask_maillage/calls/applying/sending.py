"""Sending what was written, correcting it, taking it back, and answering a selection: a letter each, or none at all.

The caller has read the call afresh outside of its transaction (`the_call.read_afresh`), and commits.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from actors.database import session
from actors.models import Delivery, Posted
from actors.node import now
from federation.activities import recipients
from flask_maillage.calls import letters, posting
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.application import Application, Envelope, agreement_of, content_of
from flask_maillage.calls.applying import drafts, telling
from flask_maillage.calls.applying.checking import Problem, application_of
from flask_maillage.calls.applying.outcomes import Decided, decision_of, held_until
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import CallLetter, Draft
from flask_maillage.calls.models.drafts import DRAFT, REFUSED, REGISTERED, SENT, WITHDRAWN
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.subjects import Subject
from flask_maillage.publications import call_states, keeping

LOST = ("refused", "expired", "cancelled")
"""States of a delivery that will not arrive any more."""


class NotReady(Exception):
    """It cannot be sent as it is written; `problems` say what to mend, at which field."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep what to mend."""
        super().__init__("; ".join(name for name, _sentence in problems))
        self.problems = problems


def closed(call: TheCall) -> Refusal | None:
    """Say why nobody can apply or correct now, or None where one can."""
    return may(Action.APPLY, Acting(), call.row, None, now())


def may_send(draft: Draft) -> bool:
    """Tell whether an application may go on its way as a whole: the first time, or again after a refusal (FC-27)."""
    if draft.state in (DRAFT, REFUSED):
        return True
    return draft.state == SENT and _never_reached_its_owner(draft)


def may_correct(draft: Draft) -> bool:
    """Tell whether a later version may be sent: a first one is registered."""
    return draft.state == REGISTERED


def may_withdraw(draft: Draft, call: TheCall | None) -> bool:
    """Tell whether an application can be taken back now: also one that came too late and is held (FC-34)."""
    if call is None:
        return False
    if draft.state not in (SENT, REGISTERED) and held_until(draft, call) is None:
        return False
    return call_states.state_at(call.row.content, now()) != call_states.ARCHIVED


def may_erase(draft: Draft) -> bool:
    """Tell whether who took an application back can still ask for its erasure (FC-69): nobody did yet."""
    said = letters.about(drafts.agreement_of(draft), Shape.ERASURE, Shape.PURGE)
    return draft.state == WITHDRAWN and not said


def send(draft: Draft, call: TheCall) -> CallLetter:
    """Send an application to the owner and all seats at once, or a later version of one that is registered.

    Raises:
        Refused: the call takes none now.
        NotReady: it cannot be sent as it is written.
        posting.NotForThem: it would not reach all of them, so it goes to nobody (FC-21).
    """
    is_correction = may_correct(draft)
    if not is_correction and not may_send(draft):
        raise Refused(Refusal("already-registered"))
    if refusal := closed(call):
        raise Refused(refusal)
    version = draft.version + 1 if is_correction else 1
    application, problems = application_of(draft, call, version=version)
    if application is None:
        raise NotReady(tuple(problems))
    letter = _write(draft, call, application, is_correction=is_correction)
    moment = letter.received_at
    draft.version, draft.sent_at = version, moment
    if draft.guest is not None and application.applicant is not None:
        draft.guest.name, draft.guest.organisation = application.applicant.name, application.applicant.organisation
    if not is_correction:
        draft.state, draft.offer_iri, draft.refusal = SENT, letter.iri, None
    session().flush()
    telling.sent(draft, call, application)
    posting.hand_over(letter)
    return letter


def _write(draft: Draft, call: TheCall, application: Application, *, is_correction: bool) -> CallLetter:
    agreement, recipients, moment = drafts.agreement_of(draft), call.recipients, letters.whole_second(now())
    envelope = Envelope(
        id=agreement,
        attributedTo=draft.actor.iri,
        context=call.row.iri,
        intent_iri=call.intent,
        to=tuple(recipients),
        published=_first_sent(draft) or moment if is_correction else moment,
        updated=moment if is_correction else None,
        content=content_of(application, call.details),
    )
    shape = Shape.CORRECTION if is_correction else Shape.OFFER
    more: dict[str, Any] = {} if is_correction else {"target": call.row.iri}
    return posting.write(
        draft.actor,
        "Update" if is_correction else "Offer",
        agreement_of(application, envelope),
        shape=shape,
        subject=Subject(call.row.iri, agreement),
        to=recipients,
        **more,
    )


def _first_sent(draft: Draft) -> datetime | None:
    offer = letters.find(draft.actor.iri, draft.offer_iri) if draft.offer_iri else None
    return offer.received_at if offer is not None else None


def withdraw(draft: Draft, call: TheCall) -> CallLetter:
    """Take an application back (FC-36): told to all who can still be reached; who cannot holds nobody.

    Raises:
        Refused: it was never sent, or is withdrawn already, or the call is archived.
        posting.NotForThem: its owner cannot be reached.
    """
    if not may_withdraw(draft, call):
        raise Refused(Refusal("withdrawn" if draft.state == WITHDRAWN else "closed"))
    offer = {"id": draft.offer_iri, "type": "Offer", "actor": draft.actor.iri}
    subject = Subject(call.row.iri, drafts.agreement_of(draft))
    named = _reachable(call.row.actor.iri, call.recipients)
    letter = posting.write(draft.actor, "Undo", offer, shape=Shape.WITHDRAWAL, subject=subject, to=named)
    draft.state, draft.confirm_by, draft.refusal = WITHDRAWN, None, None
    session().flush()
    posting.hand_over(letter)
    return letter


def ask_to_erase(draft: Draft) -> None:
    """Ask whoever got an application to erase it (FC-69), as far as they can be reached.

    What never left, or was refused, nobody has. Of a guest of a call of ours nothing is left here either.
    """
    if draft.state in (DRAFT, REFUSED):
        return
    agreement = drafts.agreement_of(draft)
    sent = letters.about(agreement, Shape.OFFER, Shape.CORRECTION)
    named = list(dict.fromkeys(iri for letter in sent for iri in recipients(letters.document_of(letter))))
    lost = set(posting.unreachable(named))
    reached = [iri for iri in named if iri not in lost]
    if reached:
        subject = Subject(draft.call_iri, agreement)
        posting.send(draft.actor, "Delete", agreement, shape=Shape.ERASURE, subject=subject, to=reached)


def answer_selection(draft: Draft, call: TheCall, *, accept: bool, publicise: bool = False) -> CallLetter:
    """Confirm the place that a selection gives, or leave it to others (FC-55).

    Raises:
        Refused: there is none to answer (any more).
        posting.NotForThem: the call's owner cannot be reached.
    """
    decided = decision_of(draft, call)
    if refusal := why_not_answer(draft, decided):
        raise Refused(refusal)
    assert decided is not None
    result = {"id": decided.result, "type": "Agreement", "attributedTo": call.row.actor.iri}
    more: dict[str, Any] = {"inReplyTo": decided.iri} | ({"publicise": publicise} if accept else {})
    letter = posting.write(
        draft.actor,
        "Accept" if accept else "Reject",
        result,
        shape=Shape.CONFIRMATION,
        subject=Subject(call.row.iri, drafts.agreement_of(draft)),
        to=_reachable(call.row.actor.iri, [call.row.actor.iri, *decided.readers]),
        **more,
    )
    draft.confirm_by = None
    session().flush()
    posting.hand_over(letter)
    return letter


def why_not_answer(draft: Draft, decided: Decided | None) -> Refusal | None:
    """Say why a selection cannot be answered now, or None where it can."""
    if draft.state == WITHDRAWN:
        return Refusal("withdrawn")
    if decided is None or decided.outcome != "selected":
        return Refusal("superseded" if decided is not None else "unknown-application")
    if decided.answer is not None:
        return Refusal("not-allowed")
    is_late = decided.confirm_by is not None and now() > decided.confirm_by
    return Refusal("confirmation-expired") if is_late else None


def _reachable(owner: str, recipients: Iterable[str]) -> list[str]:
    """Return whom a letter can reach; its owner is named in any case, since it is nothing without them."""
    named = list(dict.fromkeys(recipients))
    lost = set(posting.unreachable(named)) - {owner}
    return [one for one in named if one not in lost]


def _never_reached_its_owner(draft: Draft) -> bool:
    """Tell whether the delivery of the Offer to the owner was given up."""
    call = keeping.find(draft.call_iri)
    if call is None:
        return False
    query = select(Delivery.state).join(Posted, Posted.id == Delivery.activity_id)
    state = session().scalar(query.where(Posted.iri == draft.offer_iri, Delivery.inbox == call.actor.inbox))
    return state in LOST
