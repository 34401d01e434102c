"""Commands that work on the application in hand: the same for a stand-alone node and inside a host application."""

import os
import signal
import threading

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import Engine, select

from actors import followers, following, iris, local, policy, remote
from actors.database import BIND, session
from actors.models import ORGANISATION, PROJECT, Actor, Delivery, Follow, Posted
from actors.node import node
from actors.secret import WrongSecret
from federation.errors import FederationError
from flask_maillage import migrating
from flask_maillage.cli.checking import check_node
from flask_maillage.migrating import SchemeError
from flask_maillage.people import accounts, roles
from flask_maillage.people.models import ROLES, Member
from flask_maillage.settings import SettingError
from inboxes import delivery as carrying
from inboxes import pruning, worker
from inboxes.models import Letter


class Commands(AppGroup):
    """A group of commands that tells an error which a person can mend in one sentence."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (SettingError, SchemeError, WrongSecret) as error:
            raise click.ClickException(str(error)) from None


def engine() -> Engine:
    """Return the engine of our bind."""
    found: Engine = current_app.extensions["sqlalchemy"].engines[BIND]
    return found


@with_appcontext
def check_scheme() -> None:
    """Refuse a database without our tables, or with those of another version, before a command looks into it."""
    migrating.check(engine())


maillage = Commands("maillage", help="The territorial network: its actors, members, letters and deliveries.")
db = AppGroup("db", help="The scheme of the database.")
actor = AppGroup("actor", callback=check_scheme, help="Organisations, projects, and whom they follow.")
member = AppGroup("member", callback=check_scheme, help="People with an account here.")
delivery = AppGroup("delivery", callback=check_scheme, help="What left and what arrived, and what became of it.")
policy_group = AppGroup("policy", callback=check_scheme, help="Whom the node deals with.")
for group in (db, actor, member, delivery, policy_group):
    maillage.add_command(group)


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to the newest scheme."""
    revision = migrating.upgrade(engine())
    local.ensure_application()
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
    worker.run_forever(app, stop, carriers=node().state["settings"].carriers)


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


@member.command("add")
@click.argument("email")
@click.argument("name")
@click.argument("handle")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
@click.option("--admin", is_flag=True, help="The member administers the node.")
@click.option("--for", "organisation", default=None, help="An actor of ours the member is to publish for.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True, help="What for that actor.")
def member_add(
    email: str, name: str, handle: str, password: str, admin: bool, organisation: str | None, role: str
) -> None:
    """Give a person an account, and an actor of their own."""
    target = our_actor(organisation) if organisation is not None else None
    try:
        added = accounts.add(email, name, handle, password, is_admin=admin)
        if target is not None:
            roles.grant(added, target, role)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{added.email} may sign in at {node().base_url}/sign-in, as {added.actor.address}")


@member.command("role")
@click.argument("email")
@click.argument("handle")
@click.argument("role", type=click.Choice([*ROLES, "none"]))
def member_role(email: str, handle: str, role: str) -> None:
    """Say what a member is for an actor of ours."""
    found = accounts.find(email)
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    target = our_actor(handle)
    try:
        roles.revoke(found, target) if role == "none" else roles.grant(found, target, role)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(f"{email} for {handle}: {role}")


@member.command("list")
def member_list() -> None:
    """List the members and for whom they may publish."""
    for found in session().scalars(select(Member).order_by(Member.id)):
        parts = ", ".join(f"{role.actor.handle} ({role.role})" for role in found.roles)
        click.echo(f"{found.email:40} @{found.actor.handle:20} {'admin ' if found.is_admin else ''}{parts}")


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


@policy_group.command("block")
@click.argument("host")
@click.option("--reason", default="", help="Why; for the admins.")
def policy_block(host: str, reason: str) -> None:
    """Take nothing from a host and its subdomains, and send nothing there."""
    policy.block(host, reason)
    session().commit()
    click.echo(f"{host} is blocked.")


@policy_group.command("unblock")
@click.argument("host")
def policy_unblock(host: str) -> None:
    """End the block of a host."""
    if not policy.unblock(host):
        raise click.ClickException(f"{host} is not blocked.")
    session().commit()
    click.echo(f"{host} is blocked no longer.")


def our_actor(handle: str) -> Actor:
    """Return an actor of ours by its handle, or end the command with a sentence."""
    found = local.find(handle.lstrip("@"))
    if found is None or found.gone_at is not None:
        raise click.ClickException(f"There is no actor {handle} here; `maillage actor list` names them.")
    return found


def known_or_looked_up(name: str) -> Actor:
    """Return an actor of any server, asking its server first where it is not one of ours."""
    name_of, _, host = name.lstrip("@").partition("@")
    if not name.startswith("http") and host in ("", iris.host()):
        return our_actor(name_of)
    session().rollback()
    try:
        document = remote.look_up(name)
    except FederationError as error:
        raise click.ClickException(f"{name} was not found: {error}") from None
    return remote.remember(document)
