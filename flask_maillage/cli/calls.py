"""Commands about calls of ours: where one stands, a later deadline, the next step, its journal."""

from datetime import date, time

import click
from sqlalchemy import or_, select
from wtforms import ValidationError

from actors.database import session
from actors.node import now
from flask_maillage.cli.groups import call
from flask_maillage.publications import call_states, calling, journal
from flask_maillage.publications.forms.moments import moment
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.models import WITHDRAWN, Publication
from flask_maillage.publications.rules import NotPossible

STEPS = ("deliberating", "decided", "archived", "cancelled")


@call.command("list")
def list_calls() -> None:
    """List the calls of this node with where each stands, the last to close first."""
    query = select(Publication).where(Publication.kind == "call", Publication.local, Publication.state != WITHDRAWN)
    for found in session().scalars(query.order_by(Publication.ends_at.desc(), Publication.id)):
        state = "draft" if found.published_at is None else call_states.state_at(found.content, now())
        click.echo(f"{found.identifier} {state:12} {_deadline(found):22} {found.name}")


@call.command("extend")
@click.argument("identifier")
@click.argument("day")
@click.option("--time", "clock", default="", help="Until what time, as 18:00; the end of the day where it is left out.")
@click.option("--reason", default="", help="Why, for readers.")
def extend_call(identifier: str, day: str, clock: str, reason: str) -> None:
    """Make the deadline of a call later: DAY as 2027-01-13, in the time zone of the call."""
    found = call_of_ours(identifier)
    try:
        until = moment(date.fromisoformat(day), time.fromisoformat(clock) if clock else None, found.timezone, end=True)
        if until is None:
            raise click.ClickException("This call has no time zone.")
        calling.extend(found, until, reason=reason)
    except (ValidationError, NotPossible) as error:
        raise click.ClickException(str(error)) from None
    except ValueError:
        raise click.ClickException("Write a day as 2027-01-13, and a time as 18:00.") from None
    session().commit()
    click.echo(f"Extended until {_deadline(found)}.")


@call.command("step")
@click.argument("identifier")
@click.argument("status", type=click.Choice(STEPS))
@click.option("--reason", default="", help="Why, for readers; to cancel takes one.")
def step_call(identifier: str, status: str, reason: str) -> None:
    """Let a call deliberate, be decided, archived or cancelled."""
    found = call_of_ours(identifier)
    try:
        calling.step(found, status, reason=reason)
    except NotPossible as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{found.name}: {found.status}")


@call.command("journal")
@click.argument("identifier")
def show_journal(identifier: str) -> None:
    """List what people count on and was changed since a call was published."""
    for entry in journal.of(call_of_ours(identifier)):
        who = entry.actor.address if entry.actor else "command"
        change = f"{entry.what}: {entry.before or '-'} -> {entry.after or '-'}"
        click.echo(f"{entry.changed_at:%Y-%m-%d %H:%M} {change} ({who}) {entry.reason}".rstrip())


def call_of_ours(name: str) -> Publication:
    """Return a call of ours by its identifier, its id or its page, or end the command with a sentence."""
    identifier = name.rstrip("/").rpartition("/")[2]
    named = or_(Publication.iri == name, Publication.url == name, Publication.identifier == identifier)
    query = select(Publication).where(Publication.kind == "call", Publication.local, named)
    found = session().scalar(query.with_for_update(of=Publication))
    if found is None:
        raise click.ClickException(f"There is no call {name} here; `maillage call list` names them.")
    return found


def _deadline(found: Publication) -> str:
    return f"{wall_clock(found.ends_at, found.timezone):%Y-%m-%d %H:%M %Z}" if found.ends_at else "no deadline"
