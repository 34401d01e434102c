"""Commands about actors and members that go: to another address, or for good."""

from typing import BinaryIO

import click

from actors import iris, moving, remote
from actors.database import session
from federation.activities import Document
from federation.errors import FederationError
from flask_maillage.cli.groups import actor, member, our_actor
from flask_maillage.people import accounts, exporting
from flask_maillage.people.models import Member
from flask_maillage.people.roles import LastAdmin
from flask_maillage.publications import leaving
from flask_maillage.publications.own import closing


@actor.command("alias")
@click.argument("handle")
@click.argument("address")
@click.option("--remove", is_flag=True, help="Take the alias away.")
def actor_alias(handle: str, address: str, remove: bool) -> None:
    """Let an actor of ours name another (@name@host) as its own: a move from there is believed then."""
    our_actor(handle)
    iri = _look_up(address)["id"]
    found = our_actor(handle)
    try:
        changed = moving.remove_alias(found, iri) if remove else moving.add_alias(found, iri)
    except moving.MoveRefused as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    said = ("is no longer an alias of" if remove else "is an alias of") if changed else "was left as it was for"
    click.echo(f"{iri} {said} {found.address}")


@actor.command("move")
@click.argument("handle")
@click.argument("target")
@click.confirmation_option(prompt="It publishes no more here, and its followers go to the other. Move it?")
def actor_move(handle: str, target: str) -> None:
    """Move an actor of ours to another (@name@host), which has to name ours as its alias."""
    our_actor(handle)
    document = _look_up(target)
    found = our_actor(handle)
    try:
        moving.move(found, document)
    except moving.MoveRefused as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{found.address} moved to {document['id']}; its followers are told.")


@actor.command("come-back")
@click.argument("handle")
def actor_come_back(handle: str) -> None:
    """Let an actor of ours that moved be at its old address again; its followers stay with the new one."""
    found = our_actor(handle)
    if not moving.come_back(found):
        raise click.ClickException(f"{found.address} did not move.")
    session().commit()
    click.echo(f"{found.address} is here again; who followed it elsewhere has to be asked to.")


@actor.command("delete")
@click.argument("handle")
@click.confirmation_option(prompt="All that it published is withdrawn, and its handle is never given again. Delete it?")
def actor_delete(handle: str) -> None:
    """Delete an actor of ours for good, here and on every server that knows it."""
    found = our_actor(handle)
    try:
        withdrawn = leaving.delete_actor(found)
    except leaving.CannotLeave as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{found.address} is deleted, and {withdrawn} publications with it.")


@member.command("export")
@click.argument("email")
@click.argument("file", type=click.File("wb"))
def member_export(email: str, file: BinaryIO) -> None:
    """Write all that the node holds of a member into a zip, with the files that they uploaded."""
    for piece in exporting.zipped(exporting.collect(_member(email))):
        file.write(piece)


@member.command("delete")
@click.argument("email")
@click.confirmation_option(prompt="The account goes for good, with all published in their own name. Delete it?")
def member_delete(email: str) -> None:
    """Delete a member; what they wrote for organisations stays."""
    found = _member(email)
    try:
        withdrawn = closing.close(found)
    except LastAdmin as refusal:
        raise click.ClickException(f"{email} is the last administrator ({refusal}): make another one first.") from None
    session().commit()
    click.echo(f"{email} is deleted, and {withdrawn} publications with it.")


def _member(email: str) -> Member:
    found = accounts.find(email)
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    return found


def _look_up(name: str) -> Document:
    """Return the document of an actor as its own server gives it now, or end the command with a sentence."""
    session().rollback()
    host = name.lstrip("@").partition("@")[2]
    if iris.is_ours(name) or host == iris.host():
        raise click.ClickException(f"{name} lives here: actors move from server to server.")
    try:
        return remote.look_up(name)
    except FederationError as error:
        raise click.ClickException(f"{name} was not found: {error}") from None
