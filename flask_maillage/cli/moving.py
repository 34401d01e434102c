"""Commands about the archive of an actor: taking it, and taking it up on another node."""

from pathlib import Path
from typing import BinaryIO

import click

from actors.database import session
from actors.moving import MoveRefused
from flask_maillage.cli.groups import actor, our_actor
from flask_maillage.coalitions.moving import archive, taking_up, working
from flask_maillage.coalitions.moving.models import FAILED
from flask_maillage.coalitions.moving.reading import Unreadable


@actor.command("export")
@click.argument("handle")
@click.argument("file", type=click.File("wb"))
def actor_export(handle: str, file: BinaryIO) -> None:
    """Write the archive of an actor of ours: what it published, its files, its followers; no private key."""
    for piece in archive.packed(our_actor(handle)):
        file.write(piece)


@actor.command("take-up")
@click.argument("handle")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tell whose archive it is, and change nothing.")
def actor_take_up(handle: str, file: Path, dry_run: bool) -> None:
    """Take up the archive of what an actor of ours was on another node, which it names as its alias from then on."""
    taker = our_actor(handle)
    try:
        job = working.bring(taker, working.copied(file))
        click.echo(f"{job.origin_name}, {job.origin}: {job.total} publications")
        if dry_run:
            working.throw_away(job)
            session().commit()
            return
        working.begin(job)
    except (Unreadable, MoveRefused) as refusal:
        raise click.ClickException(str(refusal)) from None
    job.leased_until = working.in_hand()
    session().commit()
    working.work_off(job)
    for entry in job.report:
        why = f" ({entry['reason']})" if entry["reason"] else ""
        click.echo(f"{taking_up.LABELS[entry['outcome']]}: {entry['name']}{why}")
    if job.state == FAILED:
        raise click.ClickException(job.message)
