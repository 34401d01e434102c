"""Commands that read from other servers: what an address names, and what those whom we follow have published."""

import click

from actors import iris
from actors.database import session
from actors.models import Actor
from federation.errors import FederationError
from flask_maillage.cli.groups import actor, check_scheme, known_or_looked_up, maillage
from flask_maillage.publications import resolving
from inboxes import polling


@maillage.command("fetch")
@click.argument("name")
def fetch(name: str) -> None:
    """Find an actor or a publication by its handle, its address or its domain, and keep a copy."""
    check_scheme()
    session().rollback()
    try:
        found = resolving.resolve(name)
    except FederationError as error:
        raise click.ClickException(f"{resolving.sentence_for(error)} ({error})") from None
    session().commit()
    for line in _describe(found):
        click.echo(line)


@actor.command("poll")
@click.argument("name")
def actor_poll(name: str) -> None:
    """Read the outbox of an actor that one of ours follows, some pages back, now."""
    found = known_or_looked_up(name)
    session().commit()
    address = found.address
    outcome = polling.poll_now(found)
    if outcome is None:
        raise click.ClickException(f"Nobody here follows {address}: let an actor follow it first.")
    click.echo(f"{address}: {outcome}.")


def _describe(found: resolving.Found) -> list[str]:
    if isinstance(found, Actor):
        return [
            f"{found.name} ({found.type}), {found.address}",
            f"its id: {found.iri}",
            f"here: {iris.actor_page(found.page_handle)}",
        ]
    return [
        f"{found.kind}: {found.name}",
        f"by {found.actor.name}, {found.actor.address}",
        f"its id: {found.iri}",
        f"here: {found.page}",
    ]
