"""Commands about whom the node deals with."""

import click

from actors import policy
from actors.database import session
from flask_maillage.cli.groups import policy_group


@policy_group.command("block")
@click.argument("host")
@click.option("--reason", default="", help="Why; for the admins.")
def policy_block(host: str, reason: str) -> None:
    """Take nothing from a host and its subdomains, and send nothing there."""
    policy.block(host, reason)
    session().commit()
    click.echo(f"{host} is blocked.")


@policy_group.command("unblock")
@click.argument("host")
def policy_unblock(host: str) -> None:
    """End the block of a host."""
    if not policy.unblock(host):
        raise click.ClickException(f"{host} is not blocked.")
    session().commit()
    click.echo(f"{host} is blocked no longer.")
