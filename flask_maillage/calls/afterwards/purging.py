"""When an application is erased (FC-68): its day, the notice thirty days before, and the letter when it is done.

What was not selected is erased `retentionMonths` after its decision. What was never decided has no decision to count
from: then its withdrawal, or the end of the call, takes its place. Nothing is erased while its call is under way.
"""

from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from markupsafe import escape
from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import Document, recipients
from flask_maillage.calls import audit, letters, posting
from flask_maillage.calls.acting import CLOCK
from flask_maillage.calls.afterwards import erasing, openness
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import CallLetter, Dossier
from flask_maillage.calls.models.dossiers import HOLDING, SUBMITTED
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.states import state_of
from flask_maillage.calls.subjects import Subject
from flask_maillage.mail import queue
from flask_maillage.mail.composing import Message
from flask_maillage.publications.attending import locking
from flask_maillage.publications.call_states import ARCHIVED, CANCELLED, DECIDED
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.words import day_in_words, words
from flask_maillage.publications.models import Publication
from flask_maillage.web.language import translate

NOTICE = timedelta(days=30)
OVER = (DECIDED, ARCHIVED, CANCELLED)
"""The states of a call in which applications may be erased (`may`)."""
KEPT_NO_LONGER = _("It was not selected, or taken back, and is kept no longer than the call says.")


def moment_of(dossier: Dossier, call: Publication) -> datetime | None:
    """Return when an application is to be erased; None for one that is selected, or not decided yet."""
    if dossier.purged_at is not None or dossier.state in HOLDING or state_of(call, now()) not in OVER:
        return None
    if dossier.decided_at is not None:
        since = dossier.decided_at
    elif dossier.withdrawn_at is not None:
        since = dossier.withdrawn_at
    elif dossier.state == SUBMITTED:
        since = max(call.ends_at or dossier.registered_at, dossier.registered_at)
    else:
        return None
    return letters.whole_second(since) + relativedelta(months=details_of(call.content).retention_months)


def plan(dossier: Dossier, call: Publication) -> None:
    """Write down when an application is to be erased, anew where it was decided anew; its people are told again then.

    Whoever was told has their thirty days, whatever the call says of months now.
    """
    moment = moment_of(dossier, call)
    if dossier.purge_told_at is not None and moment is not None and dossier.purge_at is not None:
        moment = max(moment, dossier.purge_told_at + NOTICE)
        if moment - dossier.purge_at > NOTICE:
            dossier.purge_told_at = None
    if moment is None:
        dossier.purge_told_at = None
    dossier.purge_at = moment


def warn(dossier: Dossier) -> None:
    """Tell the applicant that an application will be erased, thirty days before or as soon as it is less."""
    call, moment = dossier.call, now()
    dossier.purge_told_at = moment
    if dossier.purge_at is None or dossier.purge_at < moment + NOTICE:
        dossier.purge_at = letters.whole_second(moment + NOTICE)
    if dossier.guest is not None:
        _mail(dossier, call, _("Your application will be erased on %(date)s."))
        return
    thing = {
        "id": f"{iris.dossier(call.iri, dossier.identifier)}/notice",
        "type": "Note",
        "attributedTo": call.actor.iri,
        "context": iris.dossier(call.iri, dossier.identifier),
        "to": [dossier.applicant_iri],
        "content": f"<p>{escape(_in_words(dossier, call))}</p>",
        "notice": "purge",
        "deleteAfter": timestamp(dossier.purge_at),
        "inReplyTo": dossier.agreement_iri,
    }
    _send(call, "Create", thing, dossier, Shape.NOTICE, [dossier.applicant_iri])


def purge(dossier: Dossier) -> list[str]:
    """Erase an application whose time has come, and tell the applicant and the seats that got it.

    Returns:
        The names of files whose bytes are to be removed once this is committed (`private_files.remove`).

    Raises:
        Refused: it may not be erased now.
    """
    call = locking.lock(dossier.call_id)
    session().refresh(dossier, with_for_update=True)
    if refusal := may(Action.PURGE, CLOCK, call, dossier, now()):
        raise Refused(refusal)
    if dossier.guest is not None:
        _mail(dossier, call, _("Your application is erased."))
    return erase(dossier, call, by=call.actor.iri, act="purge", readers=readers_of(dossier))


def erase_all(call: Publication) -> None:
    """Erase all that came to a call that its owner withdraws, and tell whoever got it; the log stays.

    The bytes of files go with the next pruning, since no row names them any more.
    """
    locking.lock(call.id)
    query = select(Dossier).where(Dossier.call_id == call.id, Dossier.purged_at.is_(None)).order_by(Dossier.id)
    for dossier in session().scalars(query.with_for_update(of=Dossier)).all():
        if dossier.guest is not None:
            _mail(dossier, call, _("Your application is erased."), because=_("The call was withdrawn."))
        erase(dossier, call, by=call.actor.iri, act="purge", readers=readers_of(dossier))
    held = select(CallLetter).where(CallLetter.call_iri == call.iri, CallLetter.held_until.is_not(None))
    for letter in session().scalars(held).all():
        erasing.held(letter)
    erasing.guests(call)


def erase(
    dossier: Dossier, call: Publication, *, by: str, act: str, readers: list[str], letter: CallLetter | None = None
) -> list[str]:
    """Erase an application, log it, and tell those who got it; the call's row is locked.

    Args:
        dossier: the application.
        call: its call, one of ours.
        by: the id of whoever asked for it; the owner's, when its time has come.
        act: the word of the record.
        readers: whom to tell.
        letter: the letter that asked for it.

    Returns:
        The names of files whose bytes are to be removed once this is committed.
    """
    openness.freeze(call)
    subject = iris.dossier(call.iri, dossier.identifier)
    tombstone: Document = {
        "id": subject,
        "type": "Tombstone",
        "formerType": "Dossier",
        "inReplyTo": dossier.agreement_iri,
    }
    names = erasing.dossier(dossier)
    dossier.purged_at = dossier.purged_at or now()
    told = _send(call, "Delete", tombstone, dossier, Shape.PURGE, readers)
    state = dossier.state
    audit.append(call, act, by=by, at=now(), subject=subject, before=state, after=state, letter=letter or told)
    return names


def readers_of(dossier: Dossier) -> list[str]:
    """Return the applicant of an application, unless that is a guest, and the seats that got its letters."""
    owner = dossier.call.actor.iri
    got = [dossier.applicant_iri] if dossier.guest_id is None else []
    for letter in letters.about(dossier.agreement_iri, Shape.OFFER, Shape.CORRECTION):
        got += recipients(letters.document_of(letter)) if letter.refused is None else []
    return [iri for iri in dict.fromkeys(got) if iri != owner]


def _send(
    call: Publication, verb: str, thing: Document, dossier: Dossier, shape: Shape, to: list[str]
) -> CallLetter | None:
    """Send a letter to those whom this node can reach; None where it can reach nobody: erasing waits for nobody."""
    lost = set(posting.unreachable(to))
    reached = [iri for iri in to if iri not in lost]
    known = select(Actor.id).where(Actor.iri.in_(reached)).limit(1)
    if session().scalar(known) is None:
        return None
    return posting.send(
        call.actor, verb, thing, shape=shape, subject=Subject(call.iri, dossier.agreement_iri), to=reached
    )


def _in_words(dossier: Dossier, call: Publication) -> str:
    language = dossier.language
    assert dossier.purge_at is not None
    day = day_in_words(language, dossier.purge_at, call.timezone)
    return words(language, "Your application will be erased on {date}.", date=day)


def _mail(dossier: Dossier, call: Publication, sentence: str, *, because: str = KEPT_NO_LONGER) -> None:
    """Write to a guest, whom no letter reaches; nothing of the application stands in the mail."""
    guest = dossier.guest
    if guest is None or guest.email is None:
        return
    day = day_in_words(guest.language, dossier.purge_at or now(), call.timezone)
    parts = (
        translate(guest.language, _("You answered a call:")),
        call.name,
        translate(guest.language, sentence, date=day),
        translate(guest.language, because),
    )
    subject = translate(guest.language, _("About your application: %(call)s"), call=call.name)
    queue.write(guest.email, Message(subject, parts, guest.language), purpose="call: purge", about=call.iri)
