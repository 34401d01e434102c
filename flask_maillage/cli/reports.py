"""Commands about reports: those that arrived, and ours to others."""

import click

from actors.database import session
from flask_maillage.cli.groups import report
from flask_maillage.moderation import reports
from flask_maillage.moderation.models import Report


@report.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are settled too.")
def report_list(everything: bool) -> None:
    """List the reports that wait, the oldest first."""
    for found in reports.all_reports() if everything else reports.open_reports():
        beginning = " ".join(found.text.split())[:60]
        click.echo(f"{found.id:6} {found.received_at:%Y-%m-%d} {found.state:9} {found.host:30} {beginning}")


@report.command("show")
@click.argument("number", type=int)
def report_show(number: int) -> None:
    """Show a report with everything that it names."""
    found = _report(number)
    click.echo(f"Report {found.id}, {found.state}, of {found.received_at:%Y-%m-%d %H:%M} UTC")
    click.echo(f"From   {found.reporter.address}")
    for iri in found.objects:
        click.echo(f"About  {iri}")
    click.echo(f"\n{found.text}")
    if found.note:
        click.echo(f"\nNote: {found.note}")


@report.command("resolve")
@click.argument("number", type=int)
@click.option("--note", default="", help="What was done, for those who come later.")
def report_resolve(number: int, note: str) -> None:
    """Settle a report."""
    found = _report(number)
    reports.resolve(found, note)
    session().commit()
    click.echo(f"Report {found.id} is resolved.")


@report.command("send")
@click.argument("things", metavar="ADDRESS…", nargs=-1, required=True)
@click.option("--text", required=True, help="What is wrong, for the moderators there.")
def report_send(things: tuple[str, ...], text: str) -> None:
    """Report actors or publications elsewhere to their servers, in the name of this node."""
    unknown = [thing for thing in things if (owner := reports.owner_of(thing)) is None or owner.local]
    if unknown:
        raise click.ClickException(f"{', '.join(unknown)}: nothing from elsewhere that this node has seen.")
    servers = reports.send(things, text)
    session().commit()
    click.echo(f"Reported to {servers} servers." if servers != 1 else "Reported to one server.")


def _report(number: int) -> Report:
    found = reports.find(number)
    if found is None:
        raise click.ClickException(f"There is no report {number}; `maillage report list` names them.")
    return found
