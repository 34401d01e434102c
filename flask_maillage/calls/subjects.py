"""What a letter is about: its call and its application, by what it says and by the letters that came before."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from actors.database import session
from federation.activities import Activity, Document, id_of
from flask_maillage.calls.models import CallLetter, Decision, Dossier, Draft
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.models import Publication

IN_CONTEXT = (Shape.OFFER, Shape.CORRECTION, Shape.RECEIPT, Shape.REVIEW)
BY_RESULT = (Shape.CONFIRMATION, Shape.PLACEMENT)


class Subject(NamedTuple):
    """The id of a call and of an application; None for what is not told or not known here."""

    call: str | None
    agreement: str | None


def subject_of(shape: Shape, activity: Activity) -> Subject:
    """Return what a letter is about; what it says of that is believed only as far as its takers check it."""
    thing: Document = activity.object if isinstance(activity.object, dict) else {}
    if shape in IN_CONTEXT:
        return _in_context(shape, activity, thing)
    if shape in BY_RESULT:
        return _by_result(activity.object_id, id_of(activity.document.get("inReplyTo")))
    if shape is Shape.ENTRY:
        return _of_dossier(id_of(thing.get("context")))
    if shape in (Shape.NOTICE, Shape.PURGE):
        return _of_agreement(id_of(thing.get("inReplyTo")))
    if shape is Shape.ERASURE:
        return _of_agreement(activity.object_id)
    found = _of_letter(activity.object_id)
    if shape is Shape.WITHDRAWAL:
        return found  # whatever call it names: what comes before its Offer is about nothing that is known
    return Subject(activity.target_id or found.call, found.agreement)


def _in_context(shape: Shape, activity: Activity, thing: Document) -> Subject:
    call = id_of(thing.get("context"))
    if shape is Shape.OFFER:
        call = (activity.target_id or call or "").partition("#")[0] or None
        return Subject(call, id_of(thing))
    if shape is Shape.CORRECTION:
        return Subject(call, id_of(thing))
    answered = id_of(thing.get("inReplyTo"))
    if shape is Shape.REVIEW:
        return Subject(call, answered)
    return Subject(call, _of_letter(answered).agreement)


def _of_letter(iri: str | None) -> Subject:
    return _first(CallLetter.iri == iri) if iri else Subject(None, None)


def _of_agreement(iri: str | None) -> Subject:
    return Subject(_first(CallLetter.agreement_iri == iri).call, iri) if iri else Subject(None, None)


def _by_result(result: str | None, decision: str | None) -> Subject:
    """Find the application of a `result`: by our own decision, or by the decision's letter."""
    query = (
        select(Publication.iri, Dossier.agreement_iri)
        .join(Dossier, Dossier.call_id == Publication.id)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(Decision.result_iri == result)
    )
    ours = session().execute(query).first()
    if ours is not None:
        return Subject(*ours)
    found = _first(CallLetter.result_iri == result)
    return found if found.agreement else _of_letter(decision)


def _of_dossier(follow_up: str | None) -> Subject:
    """Find the application of a dossier's follow-up: `…/dossiers/x/follow-up` lies below the dossier's id."""
    dossier = (follow_up or "").rpartition("/")[0]
    query = (
        select(Publication.iri, Dossier.agreement_iri)
        .join(Dossier, Dossier.call_id == Publication.id)
        .where(Dossier.identifier == dossier.rpartition("/")[2])
    )
    if (ours := session().execute(query).first()) is not None and dossier.startswith(ours[0]):
        return Subject(*ours)
    sent = session().scalar(select(Draft).where(Draft.dossier_iri == dossier)) if dossier else None
    if sent is not None:
        return _first(CallLetter.iri == sent.offer_iri)
    known = select(CallLetter.call_iri).distinct()
    return Subject(next((iri for iri in session().scalars(known) if dossier.startswith(f"{iri}/")), None), None)


def _first(condition: ColumnElement[bool]) -> Subject:
    query = select(CallLetter.call_iri, CallLetter.agreement_iri).where(condition).order_by(CallLetter.id).limit(1)
    found = session().execute(query).first()
    return Subject(*found) if found is not None else Subject(None, None)
