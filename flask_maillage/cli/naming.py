"""How commands name an event: by its identifier, its id or its page; one from elsewhere is read on its server."""

import click
from sqlalchemy import or_, select

from actors import iris
from actors.database import session
from actors.models import Actor
from federation.activities import is_web_iri
from federation.errors import FederationError
from flask_maillage.cli.groups import known_or_looked_up
from flask_maillage.publications import resolving
from flask_maillage.publications.models import Publication


def event_of_ours(name: str) -> Publication:
    """Return an event of ours, or end the command with a sentence."""
    found = _known_event(name)
    if found is None or not found.local:
        raise click.ClickException(f"There is no event {name} here: give the last part of its address.")
    return found


def event_or_actor(name: str) -> Publication | Actor:
    """Return the event or the actor that is meant, asking its server where it is not known here."""
    found = _known_event(name)
    if found is not None:
        return found
    if not is_web_iri(name) or iris.is_ours(name):
        return known_or_looked_up(name)
    session().rollback()
    try:
        return resolving.resolve(name)
    except FederationError as error:
        raise click.ClickException(f"{resolving.sentence_for(error)} ({error})") from None


def _known_event(name: str) -> Publication | None:
    """Return the event that is meant, ours or a copy, or None."""
    identifier = name.rstrip("/").rpartition("/")[2]
    is_here = identifier == name or iris.is_ours(name)
    named = or_(Publication.iri == name, Publication.url == name)
    query = select(Publication).where(Publication.kind == "event")
    return session().scalar(query.where(or_(named, Publication.identifier == identifier) if is_here else named))
