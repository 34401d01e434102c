"""The command that takes in what others keep: calendars, tables, maps, from a file or an address."""

from pathlib import Path

import click

from actors.database import session
from flask_maillage.cli.groups import check_scheme, maillage, our_actor
from flask_maillage.publications.importing import formats, table, taking, working
from flask_maillage.publications.importing.models import FAILED
from flask_maillage.publications.importing.rows import MAX_BYTES, Settings, Unreadable


@maillage.command("import")
@click.argument("source")
@click.option("--actor", "handle", required=True, help="In whose name.")
@click.option("--format", "form", type=click.Choice(list(formats.FORMATS)), help="Guessed where it is left out.")
@click.option("--publish", is_flag=True, help="Publish at once; else drafts are made.")
@click.option("--zone", default="Europe/Brussels", show_default=True, help="The time zone of times without one.")
@click.option("--language", default=None, help="The language of the texts, as fr.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADING", help="Which column of a table is what.")
@click.option("--subscribe", is_flag=True, help="Read the address of a calendar again every few hours.")
@click.option("--even-duplicates", is_flag=True, help="Take what looks like something that is here already.")
@click.option("--dry-run", is_flag=True, help="Tell what would happen, and change nothing.")
def import_(
    source: str,
    handle: str,
    form: str | None,
    publish: bool,
    zone: str,
    language: str | None,
    columns: tuple[str, ...],
    subscribe: bool,
    even_duplicates: bool,
    dry_run: bool,
) -> None:
    """Take events or initiatives from a file or an address; what was taken before is brought up to date."""
    check_scheme()
    actor = our_actor(handle)
    session().commit()
    is_address = "://" in source
    if subscribe and not is_address:
        raise click.ClickException("Only an address can be read again.")
    settings = Settings(zone, language, tuple(_column(one) for one in columns))
    try:
        address = working.address_of(source) if is_address else source
        data = working.fetched(address).body if is_address else _file(source)
        form = form or formats.guessed(data, source)
        found = formats.read(data, form, settings, _reading)
    except (Unreadable, ValueError) as error:
        raise click.ClickException(str(error)) from None
    job = working.begin(
        actor,
        author=None,
        source=address if is_address else Path(source).name,
        form=form,
        settings=settings,
        publishes=publish,
        data=data,
        subscribed=subscribe,
    )
    if dry_run:
        job.report = [taking.take(job, row, even_doubtful=even_duplicates) for row in found]
        _tell(job.report)
        session().rollback()
        click.echo("Nothing was changed.")
        return
    session().commit()
    working.work_off(job, _count, even_doubtful=even_duplicates)
    _tell(job.report)
    if job.state == FAILED:
        raise click.ClickException(job.message)


def _column(text: str) -> tuple[str, str]:
    name, _, heading = text.partition("=")
    if name not in table.FIELDS or not heading:
        raise click.ClickException(f"Write FIELD=HEADING; the fields are {', '.join(table.FIELDS)}.")
    return name, heading


def _file(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise click.ClickException(f"{name}: {error.strerror}") from None


def _reading(done: int, total: int) -> None:
    click.echo(f"\rread: {done} of {total}", nl=done == total, err=True)


def _count(done: int, total: int) -> None:
    click.echo(f"\r{done} of {total}", nl=done == total, err=True)


def _tell(report: list[taking.Entry]) -> None:
    counts: dict[str, int] = {}
    for entry in report:
        counts[entry["outcome"]] = counts.get(entry["outcome"], 0) + 1
        told = [" ".join(note).strip() for note in entry.get("notes", [])]
        told += [page for _name, page in entry.get("like", [])]
        more = entry["reason"] or ", ".join(told)
        click.echo(
            f"{entry['number']:5} {taking.LABELS[entry['outcome']]}: {entry['name']}" + (f" ({more})" if more else "")
        )
    click.echo(", ".join(f"{taking.LABELS[name]}: {count}" for name, count in counts.items()) or "Nothing was in it.")
