"""Who of a leader's cohort shares how to be reached, where another server owns the call: read in the leader's name."""

from dataclasses import dataclass

from pydantic import ValidationError

from actors.models import Actor
from federation.activities import Document, host_of, id_of
from flask_maillage.calls.desk import elsewhere
from flask_maillage.calls.desk.elsewhere import Owner
from flask_maillage.calls.following.saying import Contact
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication

MOST = 200


@dataclass(frozen=True)
class Ask:
    """What is to be asked, made in a transaction and used outside of one."""

    owner: Owner
    cohorts: str
    leader: str


def ask_of(call: Publication, leader: Actor) -> Ask | None:
    """Return what to ask the owner of another server's call; None for a call of ours, or where none can be asked."""
    desk = details_of(call.content).desk
    owner = elsewhere.owner_of(call, leader) if not call.local else None
    if owner is None or desk is None or desk.cohorts is None:
        return None
    return Ask(owner, desk.cohorts, leader.iri)


def contacts(ask: Ask) -> list[tuple[str, Contact]] | None:
    """Fetch how the others of a leader's cohort are reached; None where the owner cannot be asked."""
    first = elsewhere.document(ask.owner, ask.cohorts)
    page = elsewhere.document(ask.owner, id_of(first.get("first")) or "") if first is not None else None
    if page is None:
        return None
    found = []
    for cohort in _objects(page.get("orderedItems")):
        names = {id_of(one.get("attributedTo")): one.get("name") for one in _objects(cohort.get("orderedItems"))}
        for said in _objects(cohort.get("contacts")):
            contact, whose = _contact(said), id_of(said.get("attributedTo"))
            if contact is not None and whose is not None and whose != ask.leader:
                name = names.get(whose)
                found.append((name if isinstance(name, str) and name else host_of(whose), contact))
    return found[:MOST]


def _contact(said: Document) -> Contact | None:
    try:
        return Contact.model_validate(said)
    except ValidationError:
        return None


def _objects(value: object) -> list[Document]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
