"""One project has three ids: of its Create, of its object and of its actor; and who speaks for it (Communecter)."""

import re
from collections.abc import Iterable

from sqlalchemy import delete, select

from actors import remote
from actors.database import session
from actors.models import Actor
from federation.activities import Document, id_of, origin, same_origin, type_of
from federation.errors import FederationError, TooMany, Unreachable
from flask_maillage.coalitions import claims, memberships, moments
from flask_maillage.coalitions.communecter.models import ACTIVITY, OBJECT, ProjectAlias
from inboxes.registry import Context, Ignored, on_departure

ACTORS = "/api/activitypub/projects/p/"
"""Where Communecter has the actors of projects, each under the project's `uuid`."""
_UUID = re.compile(r"[0-9A-Za-z-]{8,64}")


def known(iri: str | None) -> Actor | None:
    """Return the actor of the project that an id means, where it was read before."""
    alias = session().get(ProjectAlias, iri) if iri else None
    return alias.actor if alias is not None else None


def remember(context: Context, document: Document, names: Iterable[str]) -> Actor:
    """Return the actor of a project by its object, and remember the ids that mean it.

    Args:
        context: the letter that names it.
        document: the project's object, as its own server has it.
        names: other ids of the same, on the same server.

    Raises:
        Ignored: it says no `uuid`, or there is no actor that one can belong to.
    """
    iris = {id_of(document) or "", *names}
    if not same_origin(*iris):
        raise Ignored("the ids of the project are on several servers")
    found = _actor(context, document)
    owner = id_of(document.get("attributedTo")) or ""
    for name in sorted(iris):
        alias = session().get(ProjectAlias, name)
        if alias is None:
            alias = ProjectAlias(iri=name, names=OBJECT if name == id_of(document) else ACTIVITY)
            session().add(alias)
        alias.actor, alias.owner_iri = found, owner if same_origin(owner, found.iri) else ""
    session().flush()
    return found


def named(actor: Actor, what: str) -> str | None:
    """Return an id by which Communecter means a project, of its object or of its Create; None where none is known."""
    query = select(ProjectAlias.iri).where(ProjectAlias.actor_id == actor.id, ProjectAlias.names == what)
    return session().scalar(query.order_by(ProjectAlias.iri).limit(1))


def spoken_for(sender: Actor) -> list[int]:
    """Return the rows of those for whom somebody speaks: themselves, and the projects that are attributed to them."""
    owned = session().scalars(select(ProjectAlias.actor_id).where(ProjectAlias.owner_iri == sender.iri).distinct())
    return [sender.id, *owned]


def take_out(context: Context, member_iri: str, target: str | None) -> str:
    """End that one of ours belongs to a project elsewhere, by the word of whose project it is.

    Raises:
        Ignored: it is not theirs to say, or there is nothing to end.
    """
    group, member = known(target) or remote.find(target or ""), remote.find(member_iri)
    if group is None or group.local or member is None or not member.local or group.id not in spoken_for(context.sender):
        raise Ignored("only members themselves, and the group's own people, end a membership")
    found = memberships.find(group, member)
    if found is None or found.state in memberships.ENDED:
        raise Ignored("has ended already")
    at = moments.said_at(context)
    if claims.is_outdated(found, group, member, claims.GROUP, at):
        raise Ignored("has said something newer")
    memberships.end(found, "removed", by=claims.GROUP, at=at, letter=context.activity.id)
    return f"{member.handle} in {group.handle}: removed"


@on_departure
def forget(actor: Actor) -> None:
    """A project left for good: its other ids mean nothing any more."""
    session().execute(delete(ProjectAlias).where(ProjectAlias.actor_id == actor.id))


def _actor(context: Context, document: Document) -> Actor:
    if type_of(document) != "Project":
        raise Ignored("is no project")
    number = document.get("uuid")
    if not isinstance(number, str) or not _UUID.fullmatch(number):
        raise Ignored("the project does not say the uuid of its actor")
    try:
        found = context.actor(f"{origin(document['id'])}{ACTORS}{number}")
    except (Unreachable, TooMany):
        raise
    except FederationError as error:
        raise Ignored(f"the project has no actor that can be read: {error}") from None
    if found.local or not memberships.is_group(found):
        raise Ignored("the project has no actor that one can belong to")
    return found
