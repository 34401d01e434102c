"""Commands about what left and what arrived."""

import click
from sqlalchemy import select

from actors.database import session
from actors.models import Delivery, Posted
from flask_maillage.cli.groups import delivery
from inboxes import delivery as carrying
from inboxes import pruning
from inboxes.models import Letter


@delivery.command("list")
@click.option("--state", default=None, help="Only those in this state, as pending or refused.")
@click.option("--host", default=None, help="Only those to this host.")
@click.option("--limit", default=50, show_default=True)
def delivery_list(state: str | None, host: str | None, limit: int) -> None:
    """List what left, the newest first, with what became of it."""
    query = select(Delivery, Posted).join(Posted, Posted.id == Delivery.activity_id).order_by(Delivery.id.desc())
    if state:
        query = query.where(Delivery.state == state)
    if host:
        query = query.where(Delivery.host == host)
    for row, posted in session().execute(query.limit(limit)):
        click.echo(
            f"{row.created_at:%Y-%m-%d %H:%M:%S} {row.state:10} {posted.type:9} {row.host:25} "
            f"{row.attempts} tried  {row.outcome}  {posted.object_iri or ''}"
        )


@delivery.command("letters")
@click.option("--state", default=None, help="Only those in this state, as waiting or failed.")
@click.option("--limit", default=50, show_default=True)
def delivery_letters(state: str | None, limit: int) -> None:
    """List what arrived, the newest first, with what became of it."""
    query = select(Letter).order_by(Letter.id.desc())
    if state:
        query = query.where(Letter.state == state)
    for letter in session().scalars(query.limit(limit)):
        click.echo(
            f"{letter.received_at:%Y-%m-%d %H:%M:%S} {letter.state:8} {letter.type:9} "
            f"{letter.sender.address:40} {letter.outcome}"
        )


@delivery.command("retry")
@click.option("--host", default=None, help="Only those to this host.")
def delivery_retry(host: str | None) -> None:
    """Try what waits again now."""
    count = carrying.retry_now(Delivery.host == host if host else Delivery.id > 0)
    session().commit()
    click.echo(f"{count} due now.")


@delivery.command("prune")
@click.option(
    "--days",
    type=click.IntRange(min=pruning.KEPT_DAYS, max=36500),
    default=pruning.KEPT_DAYS,
    show_default=True,
    help="Settled how long ago.",
)
def delivery_prune(days: int) -> None:
    """Let go of letters and deliveries settled long ago; the worker does it once a day."""
    letters, deliveries = pruning.prune(days)
    click.echo(f"{letters} letters and {deliveries} deliveries are gone.")
