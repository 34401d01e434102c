"""Commands about people with an account here."""

import click
from sqlalchemy import select

from actors.database import session
from actors.node import node
from flask_maillage.cli.groups import member, our_actor
from flask_maillage.people import accounts, consent, roles
from flask_maillage.people.models import ROLES, Member


@member.command("add")
@click.argument("email")
@click.argument("name")
@click.argument("handle")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
@click.option("--admin", is_flag=True, help="The member administers the node.")
@click.option("--for", "organisation", default=None, help="An actor of ours the member is to publish for.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True, help="What for that actor.")
def member_add(
    email: str, name: str, handle: str, password: str, admin: bool, organisation: str | None, role: str
) -> None:
    """Give a person an account, and an actor of their own."""
    target = our_actor(organisation) if organisation is not None else None
    try:
        added = accounts.add(email, name, handle, password, is_admin=admin)
        if target is not None:
            roles.grant(added, target, role)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{added.email} may sign in at {node().base_url}/sign-in, as {added.actor.address}")


@member.command("role")
@click.argument("email")
@click.argument("handle")
@click.argument("role", type=click.Choice([*ROLES, "none"]))
def member_role(email: str, handle: str, role: str) -> None:
    """Say what a member is for an actor of ours."""
    found = accounts.find(email)
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    target = our_actor(handle)
    try:
        roles.revoke(found, target) if role == "none" else roles.grant(found, target, role)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{email} for {handle}: {role}")


@member.command("federate")
@click.argument("email")
@click.argument("answer", type=click.Choice(["on", "off"]))
def member_federate(email: str, answer: str) -> None:
    """Say whether other servers may find a member; ask them first."""
    found = accounts.find(email)
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    consent.set_consent(found, federated=answer == "on")
    session().commit()
    click.echo(f"Other servers {'find' if answer == 'on' else 'do not find'} {found.actor.address}.")


@member.command("list")
def member_list() -> None:
    """List the members and for whom they may publish."""
    for found in session().scalars(select(Member).order_by(Member.id)):
        parts = ", ".join(f"{role.actor.handle} ({role.role})" for role in found.roles)
        click.echo(f"{found.email:40} @{found.actor.handle:20} {'admin ' if found.is_admin else ''}{parts}")
