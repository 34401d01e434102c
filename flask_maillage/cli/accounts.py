"""Commands about one account: its password, and where its member is signed in."""

import click

from actors.database import session
from flask_maillage.cli.groups import member
from flask_maillage.people import accounts, recovering, sessions
from flask_maillage.people.models import Member


@member.command("password")
@click.argument("email")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
def member_password(email: str, password: str) -> None:
    """Give a member another password; every session of theirs ends."""
    found = _member(email)
    try:
        recovering.take_password(found, password)
    except accounts.AccountRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    session().commit()
    click.echo(f"{email} signs in with the new password.")


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


def _member(email: str) -> Member:
    found = accounts.find(email)
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    return found
