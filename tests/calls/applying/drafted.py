"""Applications of this node as rows, for tests and pages of what comes after they were written."""

import json
from datetime import timedelta
from typing import Any

from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import letters
from flask_maillage.calls.applying import drafts, guests, links, sending
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.models import CallLetter, Draft, Guest
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.models import Publication


def whole(call: Publication, **more: Any) -> dict[str, Any]:
    """Return what a draft holds that answers everything that a call has to be told."""
    asked = TheCall(call).details.questions
    answers: list[dict[str, Any]] = [
        {"key": one.key, "text": f"About {one.label.lower()}."} for one in asked if one.answer in ("short", "long")
    ]
    answers += [{"key": one.key, "choices": [one.choices[0]]} for one in asked if one.answer == "choice"]
    initiative = {"name": "A pay log kept by riders", "summary": "Forty riders write down what they are paid."}
    said = {"name": "A pay log", "language": "en", "territory": "FR", "sectors": ["Delivery"], "answers": answers}
    return {**said, "initiative": initiative, "people": [{"name": "A rider", "role": "Speaker"}], **more}


def draft_of(call: Publication, actor: Actor, author: Actor | None, **more: Any) -> Draft:
    """Write an application that may be sent."""
    draft = drafts.begin(call, actor, author, language="en")
    drafts.save(draft, whole(call, **more))
    return draft


def sent_of(call: Publication, actor: Actor, author: Actor | None, **more: Any) -> Draft:
    """Write an application and send it."""
    draft = draft_of(call, actor, author, **more)
    sending.send(draft, TheCall(call))
    return draft


def guest_of(call: Publication, email: str = "zoe@example.org") -> tuple[Guest, str]:
    """Write a guest who has confirmed their address, with an application that may be sent; and their token."""
    guest = Guest(call_id=call.id, identifier=new_identifier(now()), email=email, language="en", asked_at=now())
    session().add(guest)
    session().flush()
    draft = guests.confirm(guest)
    drafts.save(draft, whole(call, applicant={"name": "Zoé", "organisation": "Drivers' breakfast"}))
    return guest, links.token(guest, links.OWN)


def decided(draft: Draft, call: Publication, outcome: str = "selected", number: int = 1) -> CallLetter:
    """Write the letter by which a call's owner decides, as it is kept here."""
    moment = letters.whole_second(now())
    agreement = drafts.agreement_of(draft)
    is_selected = outcome == "selected"
    said: dict[str, Any] = {"outcome": outcome, "number": number}
    if is_selected:
        said["confirmBy"] = timestamp(moment + timedelta(days=14))
    if outcome == "reserve":
        said["rank"] = 1
    result = f"{call.iri}/agreements/{draft.identifier}-{number}" if is_selected else None
    document: dict[str, Any] = {
        "id": f"{call.iri}/decisions/{draft.identifier}-{number}",
        "type": {"selected": "Accept", "reserve": "TentativeAccept"}.get(outcome, "Reject"),
        "actor": call.actor.iri,
        "to": [draft.actor.iri],
        "decision": said,
        "content": "<p>Useful at once.</p><script>alert(1)</script>",
        **({"result": {"id": result, "type": "Agreement", "attributedTo": call.actor.iri}} if result else {}),
        "object": {"id": draft.offer_iri, "type": "Offer", "actor": draft.actor.iri},
    }
    letter = CallLetter(
        sender_iri=call.actor.iri,
        iri=document["id"],
        verb=str(Shape.DECISION),
        call_iri=call.iri,
        agreement_iri=agreement,
        result_iri=result,
        sent=True,
        received_at=moment,
        digest=letters.digest_of_document(document),
        document=json.dumps(document),
    )
    session().add(letter)
    draft.state, draft.registered_at = "registered", draft.registered_at or moment
    session().flush()
    return letter
