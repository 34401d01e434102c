"""Commands that keep a node going: its tables and its worker."""

import os
import signal
import threading

import click
from flask import current_app

from actors import local
from actors.database import session
from actors.node import node
from flask_maillage import migrating
from flask_maillage.cli.checking import check_node
from flask_maillage.cli.groups import db, engine, maillage
from inboxes import worker


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to the newest scheme."""
    revision = migrating.upgrade(engine())
    local.ensure_application()
    local.complete_keys()
    session().commit()
    click.echo(f"The database is up to date (revision {revision}).")


@maillage.command("work")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option("--parent", type=int, hidden=True, help="End when this process is our parent no longer.")
def work(once: bool, parent: int | None) -> None:
    """Open the letters that wait and carry the deliveries that are due."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    check_node()
    if once:
        click.echo(f"{worker.run_until_idle(app)} done.")
        return
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *received: stop.set())
    if parent is not None:
        worker.stop_with_parent(stop, parent)
    click.echo(f"Working (process {os.getpid()}).")
    worker.run_forever(app, stop, carriers=node().carriers)
