"""Commands about territories that are actors, and about what lies where."""

import click

from actors import local
from actors.database import session
from flask_maillage.cli.groups import territory
from flask_maillage.publications import zoning as publications_zoning
from flask_maillage.publications.territories import founding
from flask_maillage.territory import refreshing, zoning
from flask_maillage.territory.models import Territory


@territory.command("found")
@click.argument("code")
@click.option("--handle", required=True, help="The handle of its actor, as grenoble; never to be given again.")
@click.option("--name", default="", help="What it is called; the zone's name where it is left out.")
@click.option("--summary", default="", help="What it does, in Markdown; a sentence of ours where it is left out.")
@click.option("--with-open", is_flag=True, help="Announce also what is there already and open or still to come.")
def territory_found(code: str, handle: str, name: str, summary: str, *, with_open: bool) -> None:
    """Give a zone, by its code, an actor that anybody may follow: it shares what is published there."""
    try:
        founded = founding.found(code, handle, name=name, summary=summary, with_open=with_open)
    except founding.TerritoryRefused as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{founded.actor.address} shares what is published in {founded.actor.name} ({founded.code}).")


@territory.command("list")
def territory_list() -> None:
    """List the territories that are actors."""
    for found in founding.listed():
        click.echo(f"{found.actor.address:40} {found.code:20} {found.actor.name}")


@territory.command("close")
@click.argument("handle")
@click.confirmation_option(prompt="Its followers lose it, and its handle is never given again. Close it?")
def territory_close(handle: str) -> None:
    """Close the actor of a territory for good; the zone's page stays, and may have another actor."""
    try:
        founding.close(_of_handle(handle))
    except founding.TerritoryRefused as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{handle} is closed.")


@territory.command("refresh")
def territory_refresh() -> None:
    """Lay out anew what lies where, as the worker does by itself when the gazetteer has other data."""
    zoning.begin_again()
    session().commit()
    for what, lay_out in (
        ("publications", publications_zoning.lay_out_publications),
        ("actors", refreshing.lay_out_actors),
    ):
        total = 0
        while done := lay_out():
            total += done
        click.echo(f"{total} {what} laid out.")


def _of_handle(handle: str) -> Territory:
    actor = local.find(handle.lstrip("@"))
    found = founding.of_actor(actor) if actor is not None else None
    if found is None:
        raise click.ClickException(f"There is no territory {handle} here; `maillage territory list` names them.")
    return found
