"""Commands about mail: what waits, what was given up, trying again, and whether the mail server takes anything."""

import click

from actors.database import session
from actors.node import node
from flask_maillage.cli.groups import mail
from flask_maillage.mail import queue, sending
from flask_maillage.mail.composing import Message


@mail.command("list")
@click.option("--state", default=None, help="Only those in this state: pending, sent, failed or cancelled.")
@click.option("--limit", default=50, show_default=True)
def mail_list(state: str | None, limit: int) -> None:
    """List mails, the newest first, with what became of them; whom one went to is forgotten once it is sent."""
    for found in queue.listed(state, limit):
        click.echo(
            f"{found.id:6} {found.created_at:%Y-%m-%d %H:%M} {found.state:9} {found.purpose:25} "
            f"{found.attempts} tried  {found.recipient}  {found.outcome}"
        )


@mail.command("retry")
@click.argument("number", type=int, required=False)
def mail_retry(number: int | None) -> None:
    """Try a mail again now that waits or was given up, by its number in the list; all of them without one."""
    count = queue.retry(number)
    session().commit()
    click.echo(f"{count} due now.")


@mail.command("test")
@click.argument("address")
def mail_test(address: str) -> None:
    """Send a mail to an address of yours, and tell what the mail server says to it."""
    if not queue.is_on():
        raise click.ClickException("No mail server is set: set MAILLAGE_MAIL_SERVER.")
    message = Message("A mail to try", (f"This is a mail that {node().name} sent to try whether it can.",), "en")
    if not queue.write(address, message, purpose="test"):
        raise click.ClickException("That is not an e-mail address: write it as name@example.org.")
    session().commit()
    sending.send_mail()
    click.echo(" ".join(filter(None, (queue.listed(None, 1)[0].state, queue.listed(None, 1)[0].outcome))))
