"""Commands about what stays and what goes of applications: the log of a call, and erasing those whose time has come."""

import click
from sqlalchemy import select

from actors.database import session
from actors.node import now
from flask_maillage.calls import audit, private_files
from flask_maillage.calls.afterwards import purging
from flask_maillage.calls.models import Dossier
from flask_maillage.cli.calls import call_of_ours
from flask_maillage.cli.groups import call
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.models import Publication


@call.command("audit")
@click.argument("identifier")
@click.option("--application", default="", help="Only of this application, by its identifier.")
@click.option("--verify", is_flag=True, help="Only say whether the log is as it was written; ends with 1 if not.")
@click.option("--json-lines", is_flag=True, help="Print the records as they were written, for others to verify.")
def print_log(identifier: str, application: str, verify: bool, json_lines: bool) -> None:
    """Print the log of a call: who did what with which application, when and from which server."""
    found = call_of_ours(identifier)
    if verify:
        _verify(audit.verify(found), audit.head(found))
        return
    for row in audit.written(found):
        record = audit.read(row)
        subject = str(record.get("subject") or "").rpartition("/")[2]
        if application and subject != application:
            continue
        if json_lines:
            click.echo(row)
            continue
        moved = f"{record.get('from') or '-'} -> {record.get('to') or '-'}"
        who = f"{record.get('by')} ({record.get('node')})"
        click.echo(f"{record.get('number')} {record.get('at')} {record.get('act')} {subject or '-'} {moved} {who}")


@call.command("purge")
@click.argument("identifier")
@click.option("--dry-run", is_flag=True, help="Only say what would be erased now, and when the others are due.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def purge_applications(identifier: str, dry_run: bool, yes: bool) -> None:
    """Erase the applications to a call whose time has come and whose people were told; the worker does it by itself."""
    due = 0
    for dossier, is_due in _planned(call_of_ours(identifier)):
        due += is_due
        click.echo(f"{dossier.identifier} {dossier.state:13} {_when(dossier, is_due)}")
    session().rollback()
    if dry_run or not due:
        click.echo(f"{due} would be erased now." if dry_run else "There is nothing to erase now.")
        return
    if not yes:
        click.confirm(f"There is no way back, for seats elsewhere too. Erase {due}?", abort=True)
    gone = [dossier for dossier, is_due in _planned(call_of_ours(identifier)) if is_due]
    names = [name for dossier in gone for name in purging.purge(dossier)]
    session().commit()
    private_files.remove(names)
    click.echo(f"Erased {len(gone)}. The log and the counts stay.")


def _planned(found: Publication) -> list[tuple[Dossier, bool]]:
    """Return the applications to a call that are still there, each with whether it is to be erased now."""
    query = select(Dossier).where(Dossier.call_id == found.id, Dossier.purged_at.is_(None)).order_by(Dossier.id)
    query = query.with_for_update(of=Dossier).execution_options(populate_existing=True)
    planned = []
    for dossier in session().scalars(query).all():
        purging.plan(dossier, found)
        is_due = dossier.purge_at is not None and dossier.purge_at <= now() and dossier.purge_told_at is not None
        planned.append((dossier, is_due))
    return planned


def _verify(problems: list[str], head: dict[str, object]) -> None:
    if problems:
        raise click.ClickException("\n".join(["The log is not as it was written:", *problems]))
    click.echo(f"{head['number']} records, each follows from the one before. The last has the hash {head['hash']}")


def _when(dossier: Dossier, is_due: bool) -> str:
    if dossier.purge_at is None:
        return "kept"
    day = f"{wall_clock(dossier.purge_at, dossier.call.timezone):%Y-%m-%d %H:%M %Z}"
    if is_due:
        return f"due since {day}"
    return f"from {day}" if dossier.purge_told_at else f"from {day}, people are not told yet"
