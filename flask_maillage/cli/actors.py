"""Commands about actors: organisations, projects, and whom they follow."""

import click
from sqlalchemy import select

from actors import followers, following, local, rotation
from actors.database import session
from actors.models import ORGANISATION, PROJECT, Actor, Follow
from flask_maillage.cli.groups import actor, known_or_looked_up, our_actor


@actor.command("add")
@click.argument("handle")
@click.argument("name")
@click.option("--kind", type=click.Choice([ORGANISATION, PROJECT]), default=ORGANISATION, show_default=True)
@click.option("--summary", default="", help="A sentence or two about it.")
@click.option("--website", default=None, help="Its address on the web.")
@click.option("--approves-followers", is_flag=True, help="A person decides about each follower.")
def actor_add(handle: str, name: str, kind: str, summary: str, website: str | None, approves_followers: bool) -> None:
    """Create an organisation or a project."""
    try:
        created = local.create(
            handle, kind, name, summary=summary, website=website, approves_followers=approves_followers
        )
    except (local.HandleRefused, local.WebsiteRefused) as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{created.address} is at {created.url}")


@actor.command("list")
def actor_list() -> None:
    """List our actors."""
    for found in session().scalars(select(Actor).where(Actor.local).order_by(Actor.id)):
        click.echo(f"{found.address:40} {found.kind or '':14} {found.name}{' (deleted)' if found.gone_at else ''}")


@actor.command("follow")
@click.argument("follower")
@click.argument("followed")
def actor_follow(follower: str, followed: str) -> None:
    """Let an actor of ours follow another, given as @name@host or by its address."""
    ours = our_actor(follower)
    session().rollback()
    theirs = known_or_looked_up(followed)
    try:
        relation = following.follow(session().merge(ours), theirs)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{ours.handle} follows {theirs.address}: {relation.state}")


@actor.command("unfollow")
@click.argument("follower")
@click.argument("followed")
def actor_unfollow(follower: str, followed: str) -> None:
    """End a follow."""
    ours, theirs = our_actor(follower), known_or_looked_up(followed)
    if not following.unfollow(ours, theirs):
        raise click.ClickException(f"{ours.handle} does not follow {theirs.address}.")
    session().commit()
    click.echo(f"{ours.handle} follows {theirs.address} no longer.")


@actor.command("rotate-key")
@click.argument("handle", required=False)
@click.option("--all", "everybody", is_flag=True, help="All actors of the node, its own included.")
def actor_rotate_key(handle: str | None, everybody: bool) -> None:
    """Give an actor of ours a new key, announced with the old one."""
    if everybody == (handle is not None):
        raise click.UsageError("Name one actor, or say --all.")
    chosen = select(Actor).where(Actor.local, Actor.gone_at.is_(None)).order_by(Actor.id)
    actors = [our_actor(handle)] if handle is not None else session().scalars(chosen).all()
    for found in actors:
        posted = rotation.rotate(found)
        session().commit()
        click.echo(f"{found.handle} has a new key; it is announced to {len(posted.deliveries)} inboxes.")


@actor.command("followers")
@click.argument("handle")
def actor_followers(handle: str) -> None:
    """List who follows an actor of ours."""
    found = our_actor(handle)
    for relation in session().scalars(select(Follow).where(Follow.followed_id == found.id).order_by(Follow.id)):
        click.echo(f"{relation.state:10} {relation.follower.address}")


@actor.command("answer")
@click.argument("handle")
@click.argument("follower")
@click.argument("answer", type=click.Choice(["accept", "reject"]))
def actor_answer(handle: str, follower: str, answer: str) -> None:
    """Accept or refuse (or remove) a follower of an actor of ours."""
    relation = followers.between(known_or_looked_up(follower), our_actor(handle))
    if relation is None:
        raise click.ClickException(f"{follower} has not asked to follow {handle}.")
    (following.accept if answer == "accept" else following.reject)(relation)
    session().commit()
    click.echo(f"{follower}: {relation.state}")
