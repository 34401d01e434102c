"""Commands about taking part: joining events and groups, members and invitations."""

from datetime import datetime

import click

from actors.database import session
from actors.models import Actor
from flask_maillage.cli.groups import actor, known_or_looked_up, our_actor
from flask_maillage.cli.naming import event_or_actor
from flask_maillage.coalitions import comparing, listing, managing, memberships, questions
from flask_maillage.coalitions.claims import GROUP, MEMBER
from flask_maillage.coalitions.joining import conditions
from flask_maillage.coalitions.joining.models import OPENNESS
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.attending import registering, taking_part
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible as NotPossibleForEvent

REFUSED = (memberships.NotPossible, NotPossibleForEvent)


@actor.command("join")
@click.argument("handle")
@click.argument("address")
@click.option("--message", default="", help="A word to those who decide.")
def actor_join(handle: str, address: str, message: str) -> None:
    """Let an actor of ours ask to take part in an event, or to join a group, given by its address or @name@host."""
    ours, thing = _ours_and(handle, address)
    try:
        if isinstance(thing, Publication):
            state = taking_part.join(ours, thing, message).state
        else:
            state = memberships.join(ours, thing, message).state
    except REFUSED as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{handle} and {address}: {state}")


@actor.command("leave")
@click.argument("handle")
@click.argument("address")
def actor_leave(handle: str, address: str) -> None:
    """Let an actor of ours leave an event or a group, or take its request back."""
    ours, thing = _ours_and(handle, address)
    left = taking_part.leave(ours, thing) if isinstance(thing, Publication) else memberships.leave(ours, thing)
    if not left:
        raise click.ClickException(f"{handle} does not take part in {address}.")
    session().commit()
    click.echo(f"{handle} and {address}: left")


@actor.command("answer-invite")
@click.argument("handle")
@click.argument("address")
@click.argument("answer", type=click.Choice(["accept", "reject"]))
def actor_answer_invite(handle: str, address: str, answer: str) -> None:
    """Answer an invitation of an actor of ours to an event or a group; `actor members` lists them."""
    ours, thing = _ours_and(handle, address)
    try:
        state = _answer_invite(ours, thing, accept=answer == "accept")
    except REFUSED as error:
        raise click.ClickException(str(error)) from None
    if state is None:
        raise click.ClickException(f"{handle} is not invited to {address}.")
    session().commit()
    click.echo(f"{handle} and {address}: {state}")


@actor.command("members")
@click.argument("handle")
def actor_members(handle: str) -> None:
    """List who belongs to a group of ours or asks to, to what an actor of ours belongs, and to what it is invited."""
    ours = our_actor(handle)
    for found in memberships.of_group(ours):
        state = found.state if found.state != "member" else listing.standing(found)
        message = " ".join(found.message.split())
        click.echo(f"{state:12} {found.role:10} {found.member.address:40} {message}".rstrip())
    for row in listing.rows(ours, MEMBER, listed=False):
        click.echo(f"belongs to {row.group.address}  {row.role}  {listing.standing(row)}")
    for invitation in memberships.invitations([ours]):
        click.echo(f"invited to {invitation.group.address}")
    for part in taking_part.invitations([ours]):
        click.echo(f"invited to {part.publication.iri}  {part.publication.name}")


@actor.command("role")
@click.argument("handle")
@click.argument("who")
@click.argument("role")
@click.option("--territory", help="The code or the name of the territory for which it is there.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it began.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it ends.")
def actor_role(
    handle: str, who: str, role: str, territory: str | None, since: datetime | None, until: datetime | None
) -> None:
    """Say as what a member is in a group of ours: founder, admin, member, affiliate, or a word of your own.

    It gives no right on this node. Without --since and --until the dates stay as they are.
    """
    found = _member_of(handle, who)
    first = since.date() if since else found.since
    last = until.date() if until else found.until
    try:
        managing.set_terms(found, role=role, territory=territory, since=first, until=last)
    except REFUSED as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{who}: {found.role}")


@actor.command("suspend")
@click.argument("handle")
@click.argument("who")
@click.option("--resume", is_flag=True, help="Let the membership stand again.")
def actor_suspend(handle: str, who: str, *, resume: bool) -> None:
    """Suspend a membership in a group of ours; its member is told."""
    found = _member_of(handle, who)
    try:
        managing.suspend(found, suspended=not resume)
    except REFUSED as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{who}: {listing.standing(found)}")


@actor.command("compare")
@click.argument("handle")
def actor_compare(handle: str) -> None:
    """Read now what the other sides' servers say of the memberships of an actor of ours."""
    ours = our_actor(handle)
    rows = [*listing.rows(ours, GROUP, listed=False), *listing.rows(ours, MEMBER, listed=False)]
    errands = [errand for row in rows if (errand := comparing.errand_of(row)) is not None]
    session().rollback()
    for errand in errands:
        outcome = comparing.settle(errand, comparing.look(errand))
        session().commit()
        click.echo(f"{outcome:12} {errand.actor_iri}")


@actor.command("joining")
@click.argument("handle")
@click.option("--openness", type=click.Choice(OPENNESS), help="Everybody at once, whom its people accept, or invite.")
@click.option("--question", "asked", multiple=True, help="What everybody is asked; * before it: has to be answered.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(conditions.WHO)), help="Only these may.")
@click.option("--charter/--no-charter", "needs_charter", default=None, help="Whether one agrees to the charter first.")
@click.option("--welcome", help="A word to those who think of joining.")
def actor_joining(
    handle: str,
    openness: str | None,
    asked: tuple[str, ...],
    kinds: tuple[str, ...],
    *,
    needs_charter: bool | None,
    welcome: str | None,
) -> None:
    """Show on what conditions one joins a group of ours; with options, change those that they name."""
    group = our_actor(handle)
    before = conditions.of(group)
    wanted = conditions.Terms(
        openness or before.openness,
        tuple(questions.typed(line) for line in asked) or before.questions,
        kinds or before.kinds,
        before.welcome if welcome is None else welcome,
        before.needs_charter if needs_charter is None else needs_charter,
    )
    try:
        conditions.change(group, wanted)
    except REFUSED as error:
        raise click.ClickException(str(error)) from None
    terms = conditions.of(group)
    session().commit()
    click.echo(f"{handle}: {terms.openness}")
    for kind in terms.kinds:
        click.echo(f"only {kind}")
    for question in terms.questions:
        click.echo(questions.typable(question))
    if terms.needs_charter:
        click.echo("agrees to the charter first")
    if terms.welcome:
        click.echo(terms.welcome)


@actor.command("answer-member")
@click.argument("handle")
@click.argument("who")
@click.argument("answer", type=click.Choice(["accept", "reject", "remove"]))
def actor_answer_member(handle: str, who: str, answer: str) -> None:
    """Accept or refuse who asks to join a group of ours; remove who belongs to it."""
    group, member = _ours_and_actor(handle, who)
    found = memberships.find(group, member)
    if found is None:
        raise click.ClickException(f"{who} has not asked to join {handle}.")
    try:
        memberships.answer(found, answer)
    except REFUSED as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{who}: {found.state}")


@actor.command("invite")
@click.argument("handle")
@click.argument("who")
@click.option("--message", default="", help="A word to whom is invited.")
def actor_invite(handle: str, who: str, message: str) -> None:
    """Let a group of ours invite an actor of any server."""
    group, member = _ours_and_actor(handle, who)
    try:
        found = memberships.invite(group, member, message)
    except REFUSED as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{who}: {found.state}")


def _member_of(handle: str, who: str) -> Membership:
    group, member = _ours_and_actor(handle, who)
    found = memberships.find(group, member)
    if found is None:
        raise click.ClickException(f"{who} does not belong to {handle}.")
    return found


def _ours_and(handle: str, address: str) -> tuple[Actor, Publication | Actor]:
    """Return an actor of ours and the event or actor that is meant; the second may be read from its server first."""
    our_actor(handle)
    thing = event_or_actor(address)
    return our_actor(handle), thing


def _ours_and_actor(handle: str, who: str) -> tuple[Actor, Actor]:
    our_actor(handle)
    other = known_or_looked_up(who)
    return our_actor(handle), other


def _answer_invite(ours: Actor, thing: Publication | Actor, *, accept: bool) -> str | None:
    """Answer, and return what became of it; None where there was no invitation."""
    if isinstance(thing, Publication):
        part = registering.find(thing, ours)
        if part is not None:
            taking_part.answer_invite(part, accept=accept)
        return part.state if part else None
    membership = memberships.find(thing, ours)
    if membership is not None:
        memberships.answer_invite(membership, accept=accept)
    return membership.state if membership else None
