"""How commands name an event: by its identifier, its id or its page; one from elsewhere is read on its server."""

import click
from sqlalchemy import or_, select

from actors import iris, policy, remote
from actors.database import session
from actors.models import Actor
from actors.node import node
from federation.activities import ACTOR_TYPES, Document, is_web_iri, type_of
from federation.errors import FederationError
from flask_maillage.cli.groups import known_or_looked_up
from flask_maillage.publications import keeping
from flask_maillage.publications.models import UNLISTED, Publication


def known_event(name: str) -> Publication | None:
    """Return the event that is meant, ours or a copy, or None."""
    identifier = name.rstrip("/").rpartition("/")[2]
    is_here = identifier == name or iris.is_ours(name)
    named = or_(Publication.iri == name, Publication.url == name)
    query = select(Publication).where(Publication.kind == "event")
    return session().scalar(query.where(or_(named, Publication.identifier == identifier) if is_here else named))


def event_of_ours(name: str) -> Publication:
    """Return an event of ours, or end the command with a sentence."""
    found = known_event(name)
    if found is None or not found.local:
        raise click.ClickException(f"There is no event {name} here: give the last part of its address.")
    return found


def event_or_actor(name: str) -> Publication | Actor:
    """Return the event or the actor that is meant, asking its server where it is not known here.

    What was found is kept; an event is listed nowhere until somebody here follows its owner.
    """
    found = known_event(name)
    if found is not None or not is_web_iri(name) or iris.is_ours(name) or remote.find(name) is not None:
        return found or known_or_looked_up(name)
    session().rollback()
    try:
        return _read(name)
    except FederationError as error:
        raise click.ClickException(f"{name} was not found: {error}") from None


def _read(address: str) -> Publication | Actor:
    """Read an event or an actor from its own server; the network is used before the rows are written."""
    if policy.is_blocked(address):
        raise click.ClickException(f"{address} is on a host that this node has nothing to do with.")
    session().rollback()
    document = _fetch(address)
    if type_of(document) in ACTOR_TYPES:
        return remote.remember(remote.checked_actor(document))
    if type_of(document) != "Event":
        raise click.ClickException(f"{address} is neither an event nor an actor.")
    author = remote.fetch_actor(keeping.author_of(document))
    known = keeping.find(document["id"])
    kept = keeping.keep(document, remote.remember(author))
    if kept is None:
        raise click.ClickException(f"{address} is no event that is shown here.")
    if known is None:
        kept.visibility = UNLISTED
    return kept


def _fetch(address: str) -> Document:
    return node().client.fetch_activity(address, signer=remote.application_signer()).document
