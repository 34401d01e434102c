"""What letters do to applications that were sent from here: registered, refused, decided, placed, to be erased.

Only the owner of the call is believed in these (FC-53); receipts of seats are counted elsewhere (`receipts`).
"""

from federation.activities import Document, id_of
from flask_maillage.calls import letters, receipts
from flask_maillage.calls.applying import drafts, reminding, telling
from flask_maillage.calls.codes import refusal_of
from flask_maillage.calls.models import CallLetter, Draft
from flask_maillage.calls.models.drafts import REFUSED, REGISTERED, SENT, WITHDRAWN
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.publications import keeping
from flask_maillage.publications.kinds import reading
from inboxes.registry import Ignored

WORDS = ("selected", "reserve", "declined", "expired")


@takes(Shape.RECEIPT)
def take_receipt(taken: Taken) -> str | None:
    """The owner confirms that it registered what was sent, or says what of it lacks."""
    draft, thing = _ours(taken), taken.thing
    sent = _letter_of(draft, id_of(thing.get("inReplyTo"))) if draft is not None else None
    if draft is None or sent is None or "seat" in thing or thing.get("digestMultibase") != sent.digest:
        return None
    if thing.get("incomplete"):
        telling.tell(draft, "incomplete", once=taken.kept.iri)
        return "told that something lacks"
    sent.refused = None  # one that came too late may be admitted after all (FC-34)
    dossier = id_of(thing.get("dossier"))
    if dossier is not None:
        draft.dossier_iri = dossier
    if sent.iri == draft.offer_iri and draft.state in (SENT, REFUSED):
        draft.state, draft.refusal = REGISTERED, None
        draft.registered_at = reading.instant_of(thing.get("receivedAt"), None) or taken.at
        telling.tell(draft, "registered", once=sent.iri)
    return "the owner's receipt"


@takes(Shape.REFUSAL)
def take_refusal(taken: Taken) -> str | None:
    """The owner did not take what was sent: its people are shown why, and may send it again (FC-27)."""
    draft, refusal = _ours(taken), refusal_of(taken.document)
    sent = _letter_of(draft, taken.activity.object_id) if draft is not None else None
    if draft is None or sent is None or refusal is None:
        return None
    if receipts.owners(sent) is not None:
        raise Ignored("what was registered is refused no more")
    sent.refused = refusal.code
    what = {Shape.OFFER: "refused", Shape.CORRECTION: "correction refused", Shape.CONFIRMATION: "answer refused"}
    if sent.verb == Shape.OFFER and sent.iri == draft.offer_iri and draft.state == SENT:
        draft.state, draft.refusal = REFUSED, refusal.document()
    elif sent.verb == Shape.WITHDRAWAL and draft.state == WITHDRAWN and refusal.code == "closed":
        draft.state = REGISTERED
    if sent.verb in what:
        telling.tell(draft, what[Shape(sent.verb)], once=sent.iri)
    return "told why it was not taken"


@takes(Shape.DECISION)
def take_decision(taken: Taken) -> str | None:
    """The owner decided; the letter stays, and the greatest number of them counts."""
    draft = _ours(taken)
    said = taken.document.get("decision")
    outcome = said.get("outcome") if isinstance(said, dict) else None
    if draft is None or outcome not in WORDS or _is_older(taken, "decision"):
        return None
    if draft.state == SENT:
        draft.state, draft.registered_at = REGISTERED, taken.at
    reminding.plan(draft)
    if not taken.sender.local:  # who decides here tells the applicants of this node (`deciding/telling.py`)
        telling.tell(draft, str(outcome), once=taken.kept.iri)
    return "a decision"


@takes(Shape.PLACEMENT)
def take_placement(taken: Taken) -> str | None:
    """The owner put the application into a group, or into another one."""
    draft = _ours(taken)
    if draft is None or _is_older(taken, "placement"):
        return None
    if taken.activity.type == "Add":
        telling.tell(draft, "placed", once=taken.kept.iri)
    return "a group"


@takes(Shape.NOTICE)
def take_notice(taken: Taken) -> str | None:
    """The owner says when the application will be erased."""
    draft = _ours(taken)
    if draft is None:
        return None
    telling.tell(draft, "erasing", once=taken.kept.iri)
    return "told when it is erased"


@takes(Shape.PURGE)
def take_purge(taken: Taken) -> str | None:
    """The owner erased it; what a member wrote is theirs to keep."""
    return "erased by its owner" if _ours(taken) is not None else None


def _is_older(taken: Taken, part: str) -> bool:
    """Tell whether the owner said something later before: what came out of order changes nothing (FC-53, FC-57)."""
    about = letters.about(taken.kept.agreement_iri or "", taken.shape)
    known = [
        letters.document_of(one) for one in about if one.id != taken.kept.id and one.sender_iri == taken.sender.iri
    ]
    return max((_number_in(one, part) for one in known), default=0) > _number_in(taken.document, part)


def _number_in(document: Document, part: str) -> int:
    said = document.get(part)
    number = said.get("number") if isinstance(said, dict) else None
    return number if isinstance(number, int) else 0


def _ours(taken: Taken) -> Draft | None:
    """Return the application that a letter is about, where it was sent from here and the call's owner writes."""
    draft = drafts.of_agreement(taken.kept.agreement_iri)
    call = keeping.find(draft.call_iri) if draft is not None else None
    if draft is None or call is None or call.actor.iri != taken.sender.iri:
        return None
    return draft if draft.actor_id in {reader.id for reader in taken.readers} else None


def _letter_of(draft: Draft, iri: str | None) -> CallLetter | None:
    found = letters.find(draft.actor.iri, iri) if iri else None
    return found if found is not None and found.agreement_iri == drafts.agreement_of(draft) else None
