"""Commands about the archive of an actor: taking it, and taking it up on another node."""

from typing import BinaryIO

import click

from flask_maillage.cli.groups import actor, our_actor
from flask_maillage.coalitions.moving import archive


@actor.command("export")
@click.argument("handle")
@click.argument("file", type=click.File("wb"))
def actor_export(handle: str, file: BinaryIO) -> None:
    """Write the archive of an actor of ours: what it published, its files, its followers; no private key."""
    for piece in archive.packed(our_actor(handle)):
        file.write(piece)
