"""Commands about partner nodes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from actors import remote
from actors.database import session
from federation import discovery
from federation.errors import FederationError
from flask_maillage.cli.groups import partner as partner_group
from flask_maillage.coalitions.partners import discovering, health, partnership, refreshing
from flask_maillage.coalitions.partners.facts import Facts
from flask_maillage.coalitions.partners.models import AGREED, KINDS, STATES, Partner
from flask_maillage.territory import zones
from inboxes import polling

domain = click.argument("domain")
kinds = click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only this; may be repeated.")
territories = click.option(
    "--territory", "territories", multiple=True, help="Only what lies there, as FR-38; may be repeated."
)


@partner_group.command("add")
@domain
@kinds
@territories
def partner_add(domain: str, kinds: tuple[str, ...], territories: tuple[str, ...]) -> None:
    """Find a node by its domain and ask it to be a partner; one that asked already is accepted."""
    codes = [_zone(text) for text in territories]
    session().rollback()
    try:
        found = discovering.discover(domain)
    except (FederationError, ValueError) as error:
        raise click.ClickException(f"{domain} was not found: {error}") from None
    application = remote.remember(found.application)
    with _told():
        asked = partnership.request(application)
        refreshing.keep(asked, found.facts)
        if kinds or codes:
            partnership.limit(asked, kinds or KINDS, codes)
    session().commit()
    click.echo(f"{asked.host} ({_runs(found.facts)}): {asked.state}")


@partner_group.command("list")
@click.option("--state", type=click.Choice(STATES), default=None, help="Only those in this state.")
def partner_list(state: str | None) -> None:
    """List the nodes that are partners, ask to be, are asked, or were."""
    for one in partnership.listed([state] if state else None):
        trouble = "  in trouble" if one.state in AGREED and health.of(one).has_trouble else ""
        click.echo(f"{one.host:30} {one.state:10} {_runs(Facts.from_row(one.facts)):25} {one.name}{trouble}".rstrip())


@partner_group.command("show")
@domain
def partner_show(domain: str) -> None:
    """Show what a node is, what is agreed with it, and how it goes."""
    one = _known(domain)
    said, state = Facts.from_row(one.facts), health.of(one)
    host, read = state.host, state.polling
    lines = [
        ("node", f"{one.name}, {_runs(said)}"),
        ("says", said.description),
        ("languages", " ".join(said.languages)),
        ("implements", ", ".join(name for name, _ in said.implements)),
        ("application", one.actor.iri),
        ("state", f"{one.state}{_since(one)}"),
        ("scope", f"{', '.join(one.kinds)}; {', '.join(one.territories) or 'everywhere'}"),
        ("note", one.note),
        ("it follows us", state.reads_us or "no"),
        ("we follow it", state.we_read or "no"),
        ("last letter of theirs", _moment(state.last_letter)),
        ("last letter of ours", _moment(host.last_success_at if host else None)),
        ("failing since", _moment(host.failing_since) if host and host.failing_since else ""),
        ("given up since", _moment(host.unavailable_at) if host and host.unavailable_at else ""),
        ("waiting", f"{state.waiting}" + (f", next try {_moment(state.next_try)}" if state.waiting else "")),
        ("refused in a week", str(state.refused)),
        ("letters that failed", str(state.failed_letters)),
        ("outbox read", f"{_moment(read.polled_at)}: {read.outcome}" if read else "not read"),
    ]
    for name, value in lines:
        if value:
            click.echo(f"{name:22} {value}")


@partner_group.command("accept")
@domain
def partner_accept(domain: str) -> None:
    """Accept a node that asks, and follow it back."""
    _change(domain, partnership.accept)


@partner_group.command("suspend")
@domain
def partner_suspend(domain: str) -> None:
    """Announce nothing new to a partner and list nothing that only it brought, until `resume`; nobody is told."""
    _change(domain, partnership.suspend)


@partner_group.command("resume")
@domain
def partner_resume(domain: str) -> None:
    """Take a suspended partnership up again."""
    _change(domain, partnership.resume)


@partner_group.command("end")
@domain
def partner_end(domain: str) -> None:
    """End a partnership, refuse a node that asks, or take our request back; the other node is told."""
    _change(domain, partnership.end)


@partner_group.command("scope")
@domain
@kinds
@territories
def partner_scope(domain: str, kinds: tuple[str, ...], territories: tuple[str, ...]) -> None:
    """Say what goes between a partner and us, both ways; without options everything does."""
    codes = [_zone(text) for text in territories]
    _change(domain, lambda one: partnership.limit(one, kinds or KINDS, codes))


@partner_group.command("poll")
@domain
def partner_poll(domain: str) -> None:
    """Read the outbox of a partner now."""
    one = _known(domain)
    actor = one.actor
    session().rollback()
    outcome = polling.poll_now(actor)
    if outcome is None:
        raise click.ClickException(f"{domain} has not let us follow it: there is nothing to read yet.")
    click.echo(f"{actor.host}: {outcome}")


def _change(domain: str, use_case: Callable[[Partner], None]) -> None:
    one = _known(domain)
    with _told():
        use_case(one)
    session().commit()
    where = ", ".join(one.territories) or "everywhere"
    click.echo(f"{one.host}: {one.state}; {', '.join(one.kinds)}; {where}")


def _known(domain: str) -> Partner:
    found = partnership.find(discovery.parse_domain(domain) or domain)
    if found is None:
        raise click.ClickException(f"{domain} is not known as a node; `maillage partner list` names those that are.")
    return found


def _zone(text: str) -> str:
    found = zones.canonical(text)
    if found is None:
        raise click.ClickException(f"{text} is the code of no territory; `maillage territory find` knows them.")
    return found


@contextmanager
def _told() -> Iterator[None]:
    """End the command in a sentence where a partner cannot be changed so, with nothing changed."""
    try:
        yield
    except partnership.NotPossible as error:
        session().rollback()
        raise click.ClickException(str(error)) from None


def _runs(said: Facts) -> str:
    return said.runs or "software unknown"


def _since(one: Partner) -> str:
    moment = {"partner": one.agreed_at, "suspended": one.suspended_at, "ended": one.ended_at}.get(one.state)
    return f" since {_moment(moment)}" if moment else ""


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
