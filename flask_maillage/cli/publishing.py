"""`maillage publish`: what a script has written, published in the name of an actor of ours."""

import json
import sys
from datetime import UTC, datetime
from typing import IO, Any

import click

from actors import iris
from actors.database import session
from federation import strict_json
from federation.activities import PUBLIC, Document
from federation.errors import Malformed
from flask_maillage.cli.groups import check_scheme, maillage, our_actor
from flask_maillage.publications import publishing
from flask_maillage.publications.life import scheduling
from flask_maillage.publications.models import DRAFT
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.submitting import front_matter, seating
from flask_maillage.publications.submitting.submitting import ADDRESSING, Outcome, submit

LONGEST = 256 * 1024


@maillage.command("publish")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--actor", "handle", required=True, help="In whose name; an actor of ours.")
@click.option("--draft", is_flag=True, help="Keep it as a draft that a person publishes.")
@click.option("--replace", metavar="ID", default=None, help="Change the publication with this id instead.")
@click.option("--at", "moment", metavar="TIME", default=None, help="Publish it then, as 2027-01-13T09:00+01:00.")
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and do nothing.")
def publish(file: IO[bytes], handle: str, draft: bool, replace: str | None, moment: str | None, dry_run: bool) -> None:
    """Publish FILE, or what comes on the standard input, and print its address.

    FILE is an ActivityStreams object of one of our kinds as JSON, or Markdown with its properties in front, as TOML
    between two lines of `+++` (docs/publish-by-program.md). Where it does not say for whom it is, it is for everyone.
    """
    check_scheme()
    actor, later = our_actor(handle), _moment_in(moment)
    if later is not None and replace is not None:
        raise click.ClickException("--at is for what is new, --replace for what is there.")
    thing = _object_in(file.read(LONGEST + 1))
    if not any(thing.get(name) for name in ADDRESSING) and replace is None:
        thing["to"] = [PUBLIC]
    letter: Document = thing
    if replace is not None:
        letter = {"type": "Update", "object": {**thing, "id": replace}}
    try:
        if not draft:
            seating.check(letter, "commands")
        outcome = submit(letter, actor, drafts_only=draft or later is not None)
        if later is not None:
            scheduling.schedule(outcome.publication, later)
    except NotPossible as refusal:
        at = f"{refusal.field}: " if refusal.field else ""
        raise click.ClickException(f"{at}{refusal}") from None
    _tell(outcome, dry_run=dry_run)


def _moment_in(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"{text} is no time: write it as 2027-01-13T09:00+01:00.") from None
    if moment.tzinfo is None:
        raise click.ClickException(f"{text} needs the offset of its zone, as +01:00, or Z for UTC.")
    return moment.astimezone(UTC)


def _object_in(data: bytes) -> Document:
    if len(data) > LONGEST:
        raise click.ClickException("This is longer than 256 KB.")
    try:
        found: Any = front_matter.read(data) if data.startswith(front_matter.FENCE) else strict_json.loads(data)
    except (Malformed, ValueError) as error:
        raise click.ClickException(f"It cannot be read: {error}.") from None
    if not isinstance(found, dict):
        raise click.ClickException("It is no object: see docs/publish-by-program.md.")
    return found


def _tell(outcome: Outcome, *, dry_run: bool) -> None:
    found = outcome.publication
    for name in outcome.ignored:
        click.echo(f"{name} is not known here, and left out.", err=True)
    if dry_run:
        click.echo(json.dumps(publishing.document(found), ensure_ascii=False, indent=2))
        session().rollback()
        return
    page = found.page if found.state != DRAFT else f"{found.page}/edit"
    iri = found.iri
    session().commit()
    click.echo(iri if not sys.stdout.isatty() else f"{iri}\n{page} on {iris.host()}")
