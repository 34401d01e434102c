"""Commands about charters: publishing the next version, who has agreed to it, agreeing for an actor of ours."""

from typing import TextIO

import click

from actors.database import session
from federation.errors import FederationError
from flask_maillage.cli.groups import actor, known_or_looked_up, our_actor
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.charters import agreeing, reading, versions
from flask_maillage.coalitions.charters.models import Charter


@actor.command("charter")
@click.argument("handle")
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option("--title", default=None, help="Its title; that of the version before where none is given.")
@click.option("--change", default="", help="What is different from the version before.")
def actor_charter(handle: str, file: TextIO | None, title: str | None, change: str) -> None:
    """Publish the Markdown in FILE as the next version of a group's charter; without FILE, show who has agreed."""
    group = our_actor(handle)
    before = versions.newest(group)
    if file is None:
        _show(handle, before)
        return
    try:
        made = versions.publish(
            group, title=title or (before.title if before is not None else ""), text=file.read(), change=change
        )
    except versions.CharterRefused as refusal:
        session().rollback()
        raise click.ClickException(str(refusal)) from None
    session().commit()
    click.echo(f"version {made.number} is at {made.iri}")


@actor.command("agree")
@click.argument("handle")
@click.argument("group")
def actor_agree(handle: str, group: str) -> None:
    """Let an actor of ours agree to the charter of a group to which it belongs, given as @name@host."""
    our_actor(handle)
    found = known_or_looked_up(group)
    name, iri, is_local = found.address, found.iri, found.local
    row = memberships.find(found, our_actor(handle))
    if row is None or row.state not in agreeing.OPEN:
        raise click.ClickException(f"{handle} neither belongs to {name} nor asks to.")
    session().rollback()
    try:
        charter = versions.newest(known_or_looked_up(group)) if is_local else reading.read(iri)
    except FederationError as error:
        raise click.ClickException(f"The charter of {name} was not read: {error}") from None
    if charter is None:
        raise click.ClickException(f"{name} has no charter.")
    agreeing.agree(charter, our_actor(handle))
    session().commit()
    click.echo(f"{handle} agrees to {charter.iri}")


def _show(handle: str, charter: Charter | None) -> None:
    if charter is None:
        raise click.ClickException(f"{handle} has no charter.")
    click.echo(f"version {charter.number} of {charter.published_at:%Y-%m-%d}: {charter.title}")
    for member, agreed in agreeing.of_members(charter):
        click.echo(f"{f'{agreed.accepted_at:%Y-%m-%d}' if agreed else 'not yet':12} {member.address}")
