"""Commands about who asks for an account."""

import click

from actors.database import session
from flask_maillage.cli.groups import member
from flask_maillage.people import signing_up
from flask_maillage.people.models import Applicant


@member.command("waiting")
def member_waiting() -> None:
    """List who asks for an account and has confirmed their address."""
    for applicant in signing_up.waiting():
        click.echo(f"{applicant.id:6} {applicant.email:40} @{applicant.handle:20} {applicant.name}")
        if applicant.reason:
            click.echo(f"       {' '.join(applicant.reason.split())}")


@member.command("accept")
@click.argument("number", type=int)
def member_accept(number: int) -> None:
    """Give somebody who waits an account; NUMBER as `member waiting` shows it."""
    try:
        accepted = signing_up.accept(_waiting(number))
    except signing_up.SignUpRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    session().commit()
    click.echo(f"{accepted.email} may sign in, as {accepted.actor.address}")


@member.command("decline")
@click.argument("number", type=int)
@click.option("--note", default="", help="A word to them, in the mail.")
def member_decline(number: int, note: str) -> None:
    """Give somebody who waits no account, and forget what they wrote."""
    applicant = _waiting(number)
    email = applicant.email
    signing_up.decline(applicant, note)
    session().commit()
    click.echo(f"{email} is told, and forgotten.")


def _waiting(number: int) -> Applicant:
    found = signing_up.find_waiting(number) if 0 < number < 2**63 else None
    if found is None:
        raise click.ClickException(f"Nobody with the number {number} waits; `maillage member waiting` lists them.")
    return found
