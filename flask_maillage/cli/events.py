"""Commands about events: who comes, and what they are told."""

import click

from actors.database import session
from flask_maillage.cli.groups import event, known_or_looked_up
from flask_maillage.cli.naming import event_of_ours
from flask_maillage.publications.attending import attendance_list, programme_news, registering
from flask_maillage.publications.rules import NotPossible


@event.command("attendees")
@click.argument("identifier")
@click.option("--csv", "as_csv", is_flag=True, help="As a table with answers, in UTF-8 with a byte order mark.")
def event_attendees(identifier: str, as_csv: bool) -> None:
    """List who comes to an event of ours, who asks to and who said no."""
    found = event_of_ours(identifier)
    if as_csv:
        click.echo(attendance_list.table(found).encode(), nl=False)
        return
    for part in registering.attendances(found):
        message = " ".join(part.message.split())
        click.echo(f"{part.created_at:%Y-%m-%d %H:%M} {part.state:10} {part.address:40} {message}")


@event.command("answer")
@click.argument("identifier")
@click.argument("who")
@click.argument("answer", type=click.Choice(["accept", "reject"]))
def event_answer(identifier: str, who: str, answer: str) -> None:
    """Accept a registration, or refuse it, also one that was accepted before."""
    event_of_ours(identifier)
    actor = known_or_looked_up(who)
    part = registering.find(event_of_ours(identifier), actor)
    if part is None:
        raise click.ClickException(f"{who} has not registered.")
    try:
        registering.answer(part, accept=answer == "accept")
    except NotPossible as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{who}: {part.state}")


@event.command("tell")
@click.argument("identifier")
def event_tell(identifier: str) -> None:
    """Let those who registered hear what changed in the programme, once for each version."""
    try:
        number = programme_news.tell(event_of_ours(identifier))
    except NotPossible as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"Mails about version {number} of the programme are on their way.")
