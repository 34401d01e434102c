"""Commands about what left and what arrived."""

from datetime import datetime

import click
from sqlalchemy import select

from actors import hosts
from actors.database import session
from actors.models import Delivery, Host, Posted
from actors.node import now
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


@delivery.command("hosts")
def delivery_hosts() -> None:
    """List the servers that we deliver to: what waits, whether they answer, when they are tried next."""
    for host, waiting, following in hosts.overview():
        click.echo(f"{host.name:30} {waiting} waiting  {_standing(host)}{_next_try(host, following)}")


@delivery.command("pause")
@click.argument("host")
def delivery_pause(host: str) -> None:
    """Have the deliveries to a host wait until `resume`."""
    _known(hosts.pause(host), host)
    click.echo(f"{host} is paused.")


@delivery.command("resume")
@click.argument("host")
def delivery_resume(host: str) -> None:
    """End the pause of a host."""
    _known(hosts.resume(host), host)
    click.echo(f"{host} is paused no longer.")


@delivery.command("forget")
@click.argument("host")
def delivery_forget(host: str) -> None:
    """Call back what waits for a host, and forget how it did."""
    count = carrying.forget_host(host)
    session().commit()
    click.echo(f"{count} deliveries are called back; {host} is forgotten.")


def _known(found: bool, host: str) -> None:
    if not found:
        raise click.ClickException(f"Nothing was ever sent to {host}.")
    session().commit()


def _standing(host: Host) -> str:
    """Say in a few words how a host does."""
    said = []
    if host.paused_at is not None:
        said.append("paused")
    if host.unavailable_at is not None:
        said.append(f"given up on {_moment(host.unavailable_at)}")
    if host.failing_since is not None:
        said.append(f"failing since {_moment(host.failing_since)}")
    if host.closed_until is not None and host.closed_until > now():
        said.append(f"breaker open until {_moment(host.closed_until)}")
    return ", ".join(said) or "well"


def _next_try(host: Host, following: datetime | None) -> str:
    if following is None or host.paused_at is not None:
        return ""
    return f", next try {_moment(max(following, host.closed_until or following))}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


@delivery.command("prune")
@click.option(
    "--days",
    type=click.IntRange(min=pruning.KEPT_DAYS, max=36500),
    default=pruning.KEPT_DAYS,
    show_default=True,
    help="Settled how long ago.",
)
def delivery_prune(days: int) -> None:
    """Let go of what was settled long ago, and of strangers of whom nothing is left; the worker does it once a day."""
    gone = pruning.prune(days)
    click.echo(", ".join(f"{count} {name}" for name, count in gone._asdict().items()) + " are gone.")
