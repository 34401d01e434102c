"""Commands about tokens: what lets a website or a script publish in the place of a member."""

from datetime import timedelta

import click

from actors import iris
from actors.database import session
from actors.node import now
from flask_maillage.cli.groups import our_actor
from flask_maillage.cli.groups import token as group
from flask_maillage.people import accounts, tokens
from flask_maillage.people.models import Member, Token
from flask_maillage.people.roles import PUBLISH, may


@group.command("add")
@click.argument("email")
@click.argument("handle")
@click.option("--name", "label", required=True, help="What it is for, as “our website”.")
@click.option("--scope", type=click.Choice(tokens.SCOPES), default=tokens.DRAFTING, show_default=True)
@click.option("--days", type=click.IntRange(1, 3660), default=None, help="For how long it works; else until revoked.")
def token_add(email: str, handle: str, label: str, scope: str, days: int | None) -> None:
    """Make a token of a member for an actor, and print its secret, this once."""
    member, actor = _member(email), our_actor(handle)
    if not may(member, PUBLISH, actor):
        raise click.ClickException(f"{email} may not publish for {handle}: see `maillage member role`.")
    expires = now() + timedelta(days=days) if days else None
    try:
        _made, secret = tokens.issue(member, actor, label=label, scope=scope, expires_at=expires)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"Posts to {iris.collection(actor.handle, 'outbox')} with this token, shown this once:", err=True)
    click.echo(secret)


@group.command("list")
@click.argument("email")
def token_list(email: str) -> None:
    """List the tokens of a member that work."""
    for one in tokens.tokens_of(_member(email)):
        used = f"last used {one.used_at:%Y-%m-%d}" if one.used_at else "never used"
        until = f"until {one.expires_at:%Y-%m-%d}" if one.expires_at else "until revoked"
        click.echo(f"{one.id:6} {one.scope:8} @{one.actor.handle:20} {until}, {used}: {one.label}")


@group.command("revoke")
@click.argument("number", type=int)
def token_revoke(number: int) -> None:
    """End a token at once, by the number that `token list` shows."""
    found = session().get(Token, number)
    if found is None or found.revoked_at is not None:
        raise click.ClickException(f"There is no token {number} that works.")
    tokens.revoke(found)
    session().commit()
    click.echo(f"Token {number} works no longer.")


def _member(email: str) -> Member:
    found = accounts.find(email)
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    return found
