"""Commands about applications to calls of ours: which there are and how they stand, and publishing what is decided."""

import click
from sqlalchemy import select

from actors.database import session
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.deciding import checking, publishing
from flask_maillage.calls.models import Dossier
from flask_maillage.cli.calls import call_of_ours
from flask_maillage.cli.groups import call
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.rules import NotPossible


@call.command("applications")
@click.argument("identifier")
def list_applications(identifier: str) -> None:
    """List the registered applications to a call with where each stands; nothing of what they say but their name."""
    found = call_of_ours(identifier)
    query = select(Dossier).where(Dossier.call_id == found.id).order_by(Dossier.id)
    for dossier in session().scalars(query):
        state = f"{dossier.state} {dossier.rank}" if dossier.rank else dossier.state
        when = f"{wall_clock(dossier.registered_at, found.timezone):%Y-%m-%d %H:%M:%S %Z}"
        cohort = dossier.slot.cohort if dossier.slot else "-"
        click.echo(f"{dossier.identifier} {state:13} {when} {cohort:10} {dossier.name or '(erased)'}")


@call.command("publish")
@click.argument("identifier")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent, and what lacks.")
def publish_decisions(identifier: str, dry_run: bool) -> None:
    """Publish all decisions that coordinators have arranged for a call, at once."""
    found = call_of_ours(identifier)
    check = checking.look(found)
    for line in check.lines:
        if line.pending is not None:
            click.echo(f"{line.pending.outcome:9} {line.pending.rank or '':>3} {line.dossier.name}")
    for iri in check.unreachable:
        click.echo(f"cannot be reached: {iri}", err=True)
    if check.lacks:
        raise click.ClickException("\n".join(lack.in_english() for lack in check.lacks))
    if dry_run:
        click.echo(f"Nothing lacks: {len(check.lines)} decisions would be published.")
        return
    try:
        done = publishing.publish(found, Acting(iri=found.actor.iri, coordinator=True))
    except (publishing.Lacking, Refused, NotPossible) as error:
        session().rollback()
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"Published {len(done.decisions)} decisions.")
