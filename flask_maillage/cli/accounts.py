"""Commands about one account: its password, its sessions, what its member may do here, and whom they invite."""

from collections.abc import Callable

import click

from actors import iris
from actors.database import session
from flask_maillage.cli.groups import member, our_actor
from flask_maillage.people import accounts, invitations, recovering, roles, sessions, stewardship
from flask_maillage.people.models import ROLES, Member


@member.command("password")
@click.argument("email")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
def member_password(email: str, password: str) -> None:
    """Give a member another password; every session, token and secret address of theirs ends."""
    found = _member(email)
    try:
        keys = recovering.take_password(found, password, ends_keys=True)
    except accounts.AccountRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    session().commit()
    click.echo(f"{email} signs in with the new password.")
    if keys.tokens:
        click.echo(f"Revoked, these tokens of theirs: {', '.join(keys.tokens)}")
    if keys.has_feeds:
        click.echo("The secret addresses of their feeds and calendar lead nowhere any more.")


@member.command("sessions")
@click.argument("email")
@click.option("--end", "ending", is_flag=True, help="End all of them.")
def member_sessions(email: str, ending: bool) -> None:
    """List where a member is signed in."""
    found = _member(email)
    for one in sessions.of(found):
        click.echo(f"{one.seen_at:%Y-%m-%d %H:%M}  {one.browser or 'unknown'}")
    if ending:
        sessions.end_all(found)
        session().commit()
        click.echo(f"{email} is signed in nowhere now.")


@member.command("suspend")
@click.argument("email")
@click.argument("answer", type=click.Choice(["on", "off"]))
def member_suspend(email: str, answer: str) -> None:
    """Keep a member out (on), or let them in again (off)."""
    _steward(email, stewardship.suspend if answer == "on" else stewardship.restore)
    click.echo(f"{email} {'cannot sign in any more' if answer == 'on' else 'may sign in again'}.")


@member.command("admin")
@click.argument("email")
@click.argument("answer", type=click.Choice(["on", "off"]))
def member_admin(email: str, answer: str) -> None:
    """Let a member administer the node, or not any more."""
    _steward(email, lambda found: stewardship.set_admin(found, is_admin=answer == "on"))
    click.echo(f"{email} {'administers the node now' if answer == 'on' else 'administers the node no longer'}.")


@member.command("moderator")
@click.argument("email")
@click.argument("answer", type=click.Choice(["on", "off"]))
def member_moderator(email: str, answer: str) -> None:
    """Let a member see what is reported and settle it, or not any more."""
    _steward(email, lambda found: stewardship.set_moderator(found, is_moderator=answer == "on"))
    click.echo(f"{email} {'moderates now' if answer == 'on' else 'moderates no longer'}.")


@member.command("invite")
@click.argument("email")
@click.option("--for", "organisation", default=None, help="An actor of ours to work for; else to the node alone.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True, help="What for that actor.")
@click.option("--uses", default=1, show_default=True, help="For how many people the link is.")
@click.option("--days", default=invitations.DAYS, show_default=True, help="For how many days it is good.")
def member_invite(email: str, organisation: str | None, role: str, uses: int, days: int) -> None:
    """Print a link by which people come here; EMAIL is the member in whose name it invites."""
    actor = our_actor(organisation) if organisation is not None else None
    by = _member(email)
    if not roles.may(by, roles.ADMINISTER, actor):
        raise click.ClickException(f"{email} does not administer {organisation or 'the node'}.")
    try:
        secret = invitations.by_link(by, actor, role if actor else None, uses=uses, days=days)
    except invitations.InvitationRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    session().commit()
    click.echo(iris.of_account(f"invited/{secret}"))


def _steward(email: str, act: Callable[[Member], None]) -> None:
    try:
        act(_member(email))
    except roles.LastAdmin as refusal:
        raise click.ClickException(str(refusal)) from None
    session().commit()


def _member(email: str) -> Member:
    found = accounts.find(email)
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    return found
