"""What a publication names by handle or address: actors and calls, as far as they are known here."""

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from actors import iris, local, policy
from actors.database import session
from actors.models import Actor
from federation.sanitising import clean_url, displayed_host
from flask_maillage.publications import audience, resolving
from flask_maillage.publications.content import ActorRef, Content
from flask_maillage.publications.items import Named
from flask_maillage.publications.kinds.initiative_details import InitiativeDetails
from flask_maillage.publications.models import PUBLISHED, Publication


def identified(content: Content) -> Content:
    """Return what somebody wrote with ids in place of handles and pages, of those that are known here.

    Nobody is asked: what is not known stays as it was written.
    """
    changes: dict[str, object] = {"organisers": tuple(_identified(who) for who in content.organisers)}
    details = content.details
    if isinstance(details, InitiativeDetails):
        more = {
            "carried_by": tuple(_identified(who) for who in details.carried_by),
            "coalition": _identified(details.coalition) if details.coalition else None,
            "calls": tuple(dict.fromkeys(_id_of_call(address) for address in details.calls if address)),
        }
        changes["details"] = details.model_copy(update=more)
    return content.model_copy(update=changes)


def calls_answered(publication: Publication) -> tuple[Named, ...]:
    """Return the calls that an initiative says it answered: with title and our page where everybody may see them."""
    details = publication.content.details
    addresses = details.calls if isinstance(details, InitiativeDetails) else ()
    if not addresses:
        return ()
    query = (
        select(Publication)
        .join(Publication.actor)
        .options(contains_eager(Publication.actor))
        .where(or_(Publication.iri.in_(addresses), Publication.url.in_(addresses)))
        .where(Publication.kind == "call", Publication.state == PUBLISHED, Publication.visibility.in_(audience.OPEN))
        .where(policy.welcome(), Actor.federated)
    )
    known = {address: call for call in session().scalars(query) for address in (call.url, call.iri)}
    return tuple(_named(address or "", known.get(address or "")) for address in addresses)


def _named(address: str, call: Publication | None) -> Named:
    if call is None:
        return Named(displayed_host(address), clean_url(address))
    return Named(call.name, call.page)


def _identified(who: ActorRef) -> ActorRef:
    if who.iri:
        found = resolving.known(who.iri)
        return ActorRef(iri=found.iri, name=who.name) if isinstance(found, Actor) else who
    actor = actor_with(who.name) if who.name.startswith("@") else None
    return ActorRef(iri=actor.iri, name=actor.name) if actor is not None else who


def actor_with(handle: str) -> Actor | None:
    """Return the actor with a handle, `@name@host` or `@name` for one of ours, as far as it is known here."""
    name, _, host = handle.removeprefix("@").partition("@")
    actor = local.find_page(f"{name}@{host or iris.host()}")
    return actor if actor is not None and policy.is_welcome(actor) and actor.federated else None


def _id_of_call(address: str) -> str:
    found = resolving.known(address)
    return found.iri if isinstance(found, Publication) else address
