"""Commands about projects: proposing one, asking founders, showing who has consented, saying how far it is."""

import click
from sqlalchemy import select

from actors import iris, local, remote
from actors.database import session
from actors.documents import actor_document
from actors.models import PROJECT, Actor
from federation.errors import FederationError
from flask_maillage.cli.groups import known_or_looked_up, our_actor, project
from flask_maillage.coalitions.founding import ending, inviting, projects, proposing
from flask_maillage.coalitions.founding.models import PROGRESS
from flask_maillage.people import accounts, roles


@project.command("propose")
@click.argument("handle")
@click.argument("name")
@click.option("--by", "proposer", required=True, help="The handle of the member who proposes it, and administers it.")
@click.option("--for", "organisation", default=None, help="The organisation in whose name they do.")
@click.option("--network", default=None, help="The coalition that it belongs to, as @name@host.")
@click.option("--summary", default="", help="A sentence or two about it.")
@click.option("--progress", type=click.Choice(PROGRESS), default=PROGRESS[0], show_default=True)
def project_propose(
    handle: str,
    name: str,
    proposer: str,
    organisation: str | None,
    network: str | None,
    summary: str,
    progress: str,
) -> None:
    """Propose a project for a member: it is active when three people have consented, and so has no command."""
    coalition = known_or_looked_up(network) if network else None
    member = accounts.by_handle(proposer.lstrip("@"))
    if member is None:
        raise click.ClickException(f"There is no member {proposer} here; `maillage member list` names them.")
    by = our_actor(organisation) if organisation else member.actor
    if not roles.may(member, roles.PUBLISH, by):
        raise click.ClickException(f"{proposer} does not publish for {by.handle}.")
    try:
        made = proposing.propose(
            member, by, handle=handle, name=name, summary=summary, network=coalition, progress=progress
        )
    except projects.NotPossible as error:
        session().rollback()
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{made.address} is proposed; {member.name} is asked first: {made.url}")


@project.command("invite")
@click.argument("handle")
@click.argument("who")
@click.option("--for", "organisation", default=None, help="The organisation of the network for which they stand.")
@click.option("--message", default="", help="A word to whom is asked.")
def project_invite(handle: str, who: str, organisation: str | None, message: str) -> None:
    """Ask a person of any server to found a project of ours."""
    our_actor(handle)
    person = known_or_looked_up(who)
    stands_for = known_or_looked_up(organisation) if organisation else None
    try:
        founder = inviting.invite(our_actor(handle), session().merge(person), stands_for=stands_for, message=message)
    except projects.NotPossible as error:
        session().rollback()
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{who}: {founder.state}, until {founder.expires_at:%Y-%m-%d}")


@project.command("show")
@click.argument("handle")
def project_show(handle: str) -> None:
    """Show where a project of ours is in its life, and who has consented to found it."""
    found = our_actor(handle)
    if found.kind != PROJECT:
        raise click.ClickException(f"{handle} is no project.")
    row = projects.find(found)
    click.echo(f"{found.address}  {found.name}")
    click.echo(f"phase      {found.phase}")
    click.echo(f"progress   {row.progress if row else PROGRESS[0]}")
    if row is not None and row.network is not None:
        click.echo(f"network    {row.network.address}")
    if projects.is_founded_by_node(found):
        click.echo("founded    by the node")
        return
    click.echo(f"consenting {projects.consenting(found)} of {projects.NEEDED}")
    for founder in projects.founders(found):
        until = f" until {founder.expires_at:%Y-%m-%d}" if projects.is_open(founder) else ""
        click.echo(f"  {founder.state:10} {founder.person.address}{until}")


@project.command("list")
def project_list() -> None:
    """List our projects with their phases."""
    query = select(Actor).where(Actor.local, Actor.kind == PROJECT, Actor.gone_at.is_(None)).order_by(Actor.id)
    for found in session().scalars(query):
        click.echo(f"{found.phase:10} {found.address:40} {found.name}")


@project.command("progress")
@click.argument("handle")
@click.argument("progress", type=click.Choice(PROGRESS))
def project_progress(handle: str, progress: str) -> None:
    """Say how far a project of ours is."""
    try:
        projects.set_progress(our_actor(handle), progress)
    except projects.NotPossible as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{handle}: {progress}")


@project.command("close")
@click.argument("handle")
@click.argument("outcome")
def project_close(handle: str, outcome: str) -> None:
    """Close a project of ours, with what came of it: it publishes nothing more."""
    try:
        ending.close(our_actor(handle), outcome)
    except projects.NotPossible as error:
        session().rollback()
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{handle} is closed.")


@project.command("merge")
@click.argument("handle")
@click.argument("into")
@click.option("--outcome", default="", help="What came of it.")
def project_merge(handle: str, into: str, outcome: str) -> None:
    """Merge a project of ours into another, which has named it as an alias before where it lives elsewhere."""
    our_actor(handle)
    here = local.find(into.lstrip("@").partition("@")[0]) if "://" not in into else None
    is_here = here is not None and into.lstrip("@").partition("@")[2] in ("", iris.host())
    session().rollback()
    try:
        document = None if is_here else remote.look_up(into)
    except FederationError as error:
        raise click.ClickException(f"{into} was not found: {error}") from None
    successor = document or actor_document(our_actor(into.lstrip("@").partition("@")[0]))
    try:
        invited = ending.merge(our_actor(handle), successor, outcome=outcome, administers_both=True)
    except projects.NotPossible as error:
        session().rollback()
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{handle} is merged into {into}; {invited} members are invited there.")
