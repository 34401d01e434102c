"""The groups that commands belong to, what they all check first, and how they name an actor."""

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import Engine

from actors import iris, local, remote
from actors.database import BIND, session
from actors.models import Actor
from actors.secret import WrongSecret
from federation.errors import FederationError
from flask_maillage import migrating
from flask_maillage.migrating import SchemeError
from flask_maillage.settings import SettingError


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


class CheckedGroup(AppGroup):
    """A group whose commands need our tables; who only asks what they do needs no node."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        if set(ctx.help_option_names).isdisjoint(ctx.args):
            check_scheme()
        return super().invoke(ctx)


maillage = Commands("maillage", help="The territorial network: its actors, members, letters and deliveries.")
db = AppGroup("db", help="The scheme of the database.")
actor = CheckedGroup("actor", help="Organisations, projects, whom they follow, and what they belong to.")
project = CheckedGroup("project", help="Projects: proposed, founded by three, how far they are.")
member = CheckedGroup("member", help="People with an account here.")
call = CheckedGroup("call", help="Calls of ours: deadlines and next steps.")
event = CheckedGroup("event", help="Events of ours, and who comes to them.")
delivery = CheckedGroup("delivery", help="What left and what arrived, and what became of it.")
mail = CheckedGroup("mail", help="Mail to people, and what became of it.")
policy_group = CheckedGroup("policy", help="Whom the node deals with.")
report = CheckedGroup("report", help="What is reported to the moderators here, and by us to others.")
token = CheckedGroup("token", help="What lets programs publish in the place of members.")
page = CheckedGroup("page", help="Pages on which the node says what it is: about, charter, legal notice.")
topic = CheckedGroup("topic", help="Topics that this node adds to those which all nodes share.")
partner = CheckedGroup("partner", help="Other nodes that this one is partner of.")
territory = CheckedGroup("territory", help="Territories: zones of the gazetteer, and their actors.")
for group in (
    db,
    actor,
    project,
    member,
    call,
    event,
    delivery,
    mail,
    policy_group,
    partner,
    report,
    token,
    topic,
    page,
    territory,
):
    maillage.add_command(group)


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
