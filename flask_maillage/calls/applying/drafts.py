"""Applications of actors and guests of this node as they are kept: begun, saved, found, locked."""

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from actors import iris, local
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from federation import strict_json
from flask_maillage.calls.models import Draft, Guest
from flask_maillage.calls.models.drafts import DRAFT
from flask_maillage.publications.attending import locking
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible

MOST_BEGUN = 50
"""How many applications of one actor to one call may be under way."""


def _(message: str) -> str:
    return message


def begin(call: Publication, actor: Actor, author: Actor | None, *, language: str) -> Draft:
    """Return an application in which nothing is written yet: a new one, or the one that was begun before.

    Raises:
        NotPossible: so many were begun that nobody means them.
    """
    known = of_actor(call, actor)
    empty = next((one for one in known if one.state == DRAFT and not one.content.get("name") and not one.version), None)
    if empty is not None:
        return empty
    if len(known) >= MOST_BEGUN:
        raise NotPossible(_("You have begun too many applications to this call: go on with one of them."))
    return _made(call, actor, author, language)


def begin_for_guest(call: Publication, guest: Guest) -> Draft:
    """Return the application of a guest: they have one, and the node's own actor sends it (FC-28)."""
    known = of_guest(guest)
    if known is not None:
        return known
    draft = _made(call, local.application(), None, guest.language)
    draft.guest_id = guest.id
    draft.content = draft.content | {"applicant": {"name": guest.name, "organisation": guest.organisation}}
    session().flush()
    return draft


def _made(call: Publication, actor: Actor, author: Actor | None, language: str) -> Draft:
    moment = now()
    draft = Draft(
        identifier=new_identifier(moment),
        actor_id=actor.id,
        author_id=author.id if author else None,
        call_iri=call.iri,
        content={"language": language},
        version=0,
        state=DRAFT,
        saved_at=moment,
    )
    session().add(draft)
    session().flush()
    return draft


def save(draft: Draft, content: dict[str, Any]) -> None:
    """Keep what was written."""
    draft.content, draft.saved_at = content, now()
    session().flush()


def agreement_of(draft: Draft) -> str:
    """Return the id of the application on the wire."""
    return iris.of_call(draft.actor.handle, "applications", draft.identifier)


def of_agreement(iri: str | None) -> Draft | None:
    """Return the application of this node that has this id on the wire."""
    if iri is None:
        return None
    found = find(iri.rpartition("/")[2])
    return found if found is not None and agreement_of(found) == iri else None


def find(identifier: str) -> Draft | None:
    """Return an application by its identifier."""
    return session().scalar(select(Draft).where(Draft.identifier == identifier))


def of_guest(guest: Guest) -> Draft | None:
    """Return the application of a guest."""
    return session().scalar(select(Draft).where(Draft.guest_id == guest.id))


def of_actor(call: Publication, actor: Actor) -> list[Draft]:
    """Return the applications of an actor to a call, the newest first."""
    query = select(Draft).where(Draft.actor_id == actor.id, Draft.call_iri == call.iri, Draft.guest_id.is_(None))
    return list(session().scalars(query.order_by(Draft.id.desc()).limit(MOST_BEGUN)))


def of_actors(actors: Iterable[Actor]) -> list[Draft]:
    """Return all applications of these actors, the last touched first."""
    numbers = [actor.id for actor in actors]
    query = select(Draft).where(Draft.actor_id.in_(numbers), Draft.guest_id.is_(None))
    return list(session().scalars(query.order_by(Draft.saved_at.desc(), Draft.id.desc()).limit(200)))


def lock(draft: Draft) -> Draft:
    """Return an application, locked until the transaction ends; a call of ours is locked before it, as everywhere."""
    number = session().scalar(select(Publication.id).where(Publication.iri == draft.call_iri, Publication.local))
    if number is not None:
        locking.lock(number)
    query = select(Draft).where(Draft.id == draft.id).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()


def mark(draft: Draft) -> str:
    """Return by what a page knows later whether somebody else wrote in the application meanwhile."""
    whole = strict_json.dumps({"at": draft.saved_at.isoformat(), "said": draft.content})
    return hashlib.sha256(whole).hexdigest()[:32]
