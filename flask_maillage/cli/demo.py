"""`maillage demo`: two nodes, a real call crossing from one to the other, and a look at whether it arrived whole."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from actors import followers, following, local, remote
from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.errors import FederationError
from flask_maillage import sample
from flask_maillage.app import create_app
from flask_maillage.cli import demo_partners
from flask_maillage.cli.initialising import prepare
from flask_maillage.cli.serving import check_port, end
from flask_maillage.publications import publishing
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.sample.loading import PASSWORD, add_actors, add_member, add_territories
from flask_maillage.sample.pages import add_pages
from flask_maillage.setting_list import PREFIX

PATIENCE_SECONDS = 40.0
HOST = "127.0.0.1"


class DemoFailed(click.ClickException):
    """A step of the demonstration did not come about."""


@dataclass
class DemoNode:
    """One of the two nodes: where it is, and its application for the steps that a person would take in the browser."""

    name: str
    place: str
    port: int
    folder: Path

    @property
    def base_url(self) -> str:
        """The address of the node."""
        return f"http://{HOST}:{self.port}"

    @property
    def config(self) -> dict[str, str]:
        """The settings of the node."""
        return {
            "MAILLAGE_BASE_URL": self.base_url,
            "MAILLAGE_DATA": str(self.folder),
            "MAILLAGE_NAME": self.name,
            "MAILLAGE_ALLOWED_NETWORKS": "127.0.0.0/8",
            "MAILLAGE_SIGN_UP": "open",
            "MAILLAGE_PLACE": self.place,
        }

    def app(self) -> Flask:
        """Return an application of the node, on the same database as its server."""
        return create_app(self.config)


@click.command("demo")
@click.option("--check", "checking", is_flag=True, help="On free ports; verify, clean up, and end with 0 or 1.")
def demo(checking: bool) -> None:
    """Start two nodes with a sample network, and let a call and an event cross from one to the other."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="maillage-demo-"))
    ports = free_ports(2) if checking else [8000, 8001]
    nodes = [
        DemoNode("Sharers & Workers", "insee:75056", ports[0], folder / "a"),
        DemoNode("Research and trade unions", "BE", ports[1], folder / "b"),
    ]
    try:
        for node in nodes:
            check_port(HOST, node.port, "use `maillage demo --check`, which takes free ports")
        with serving(nodes) as servers:
            wait("both nodes to answer", lambda: all(answers(node.port) for node in nodes), servers)
            cross(nodes[0], nodes[1], servers)
            if checking:
                step("The demonstration passed.")
            else:
                tell(*nodes)
                rest(servers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(nodes: list[DemoNode]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Make the nodes and serve them until the block ends."""
    servers: list[subprocess.Popen[bytes]] = []
    try:
        for node in nodes:
            step(f"Making the node {node.name} at {node.base_url}/")
            prepare(node.config)
            command = [sys.executable, "-m", "flask_maillage", "serve", "--host", HOST, "--port", str(node.port)]
            servers.append(
                subprocess.Popen(  # noqa: S603
                    command, env=os.environ | node.config, stdout=subprocess.DEVNULL, start_new_session=True
                )
            )
        yield servers
    finally:
        end(servers)


def cross(a: DemoNode, b: DemoNode, servers: list[subprocess.Popen[bytes]]) -> None:
    """Let B's organisation follow A's project, publish on A, wait until B holds the same."""
    app_a, app_b = a.app(), b.app()
    addresses = found(app_a, app_b)
    step("The second node asks the first to be a partner, and is accepted")
    try:
        demo_partners.ask(app_b, a.base_url)
    except FederationError as error:
        raise DemoFailed(f"{a.base_url} could not be read: {error}") from None
    wait("the request", lambda: demo_partners.accept(app_a, b.base_url), servers)
    wait("the partnership", lambda: demo_partners.agreed(app_b, a.base_url), servers)
    step("IRES, on the second node, follows Platform workers and ASTREES, on the first")
    follow(app_b, "ires", [addresses["platform_workers"], addresses["astrees"]])
    wait("the follows to be accepted", lambda: accepted(app_b, "ires") == 2, servers)
    wait("the followers to be known", lambda: followed(app_a, ("platform_workers", "astrees")), servers)
    step("Platform workers publishes the call, ASTREES the seminar, on the first node")
    published = publish(app_a, addresses)
    wait("the second node to hold both", lambda: held(app_b, published), servers)
    for iri in published:
        compare(app_a, app_b, iri)


def found(app_a: Flask, app_b: Flask) -> dict[str, str]:
    """Create the actors and members of both nodes, and return the ids of the actors by handle."""
    organisations = {one.handle: one for one in sample.organisations()}
    step("Founding ETUC, ASTREES and the project Platform workers on the first node, IRES on the second")
    with app_a.app_context():
        actors = add_actors([organisations["etuc"], organisations["astrees"], sample.project()])
        add_territories()
        add_pages()
        add_member("camille@demo.example", "Camille Durand", "camille", actors)
        addresses = {actor.handle: actor.iri for actor in actors}
        session().commit()
    with app_b.app_context():
        actors = add_actors([organisations["ires"]])
        add_territories()
        add_pages()
        add_member("noor@demo.example", "Noor Haddad", "noor", actors)
        addresses |= {actor.handle: actor.iri for actor in actors}
        initiative = publishing.draft(actors[0], sample.initiative(now(), addresses))
        publishing.publish(initiative)
        publishing.publish(publishing.draft(actors[0], sample.news(now(), addresses)))
        session().commit()
    return addresses


def follow(app: Flask, handle: str, targets: list[str]) -> None:
    """Let one of a node's actors follow others, read from their own server first."""
    with app.app_context():
        for target in targets:
            try:
                document = remote.look_up(target)
            except FederationError as error:
                raise DemoFailed(f"{target} could not be read: {error}") from None
            following.follow(our(handle), remote.remember(document))
            session().commit()


def our(handle: str) -> Actor:
    """Return an actor of the node in hand."""
    actor = local.find(handle)
    if actor is None:
        raise DemoFailed(f"there is no actor {handle}")
    return actor


def accepted(app: Flask, handle: str) -> int:
    """Return how many follows of an actor are accepted."""
    with app.app_context():
        actors = session().scalars(select(Actor).where(~Actor.local)).all()
        relations = [followers.between(our(handle), actor) for actor in actors]
        return sum(relation is not None and relation.state == "accepted" for relation in relations)


def followed(app: Flask, handles: tuple[str, ...]) -> bool:
    """Tell whether these actors all have a follower elsewhere."""
    with app.app_context():
        return all(followers.inboxes_of_followers(our(handle)) for handle in handles)


def publish(app: Flask, addresses: dict[str, str]) -> list[str]:
    """Publish the call and the seminar, and return their ids."""
    with app.app_context():
        drafts = [
            publishing.draft(our("platform_workers"), sample.call(now(), addresses)),
            publishing.draft(our("astrees"), sample.seminar(now(), addresses)),
        ]
        for publication in drafts:
            publishing.publish(publication)
        published = [publication.iri for publication in drafts]
        session().commit()
        return published


def held(app: Flask, published: list[str]) -> bool:
    """Tell whether a node holds copies of all these."""
    with app.app_context():
        query = select(Publication.iri).where(Publication.iri.in_(published), Publication.state == PUBLISHED)
        return set(session().scalars(query)) == set(published)


def compare(app_a: Flask, app_b: Flask, iri: str) -> None:
    """Check that what B holds says the same as what A published, fact by fact."""
    contents = []
    for app in (app_a, app_b):
        with app.app_context():
            contents.append(session().scalars(select(Publication).where(Publication.iri == iri)).one().content)
    differences = kind_named(contents[0].kind).differences(*contents)
    if differences:
        raise DemoFailed(f"The copy of “{contents[0].name}” differs in {', '.join(differences)}.")
    step(f"The second node holds the same facts of the {contents[0].kind} “{contents[0].name}”")


def tell(a: DemoNode, b: DemoNode) -> None:
    """Say what to open, and with which login."""
    click.echo()
    click.echo("Open:")
    click.echo(f"  {a.base_url}/                       the first node")
    click.echo(f"  {a.base_url}/@platform_workers      the project, its call and its feeds")
    click.echo(f"  {a.base_url}/partners               the map of partners: the second node")
    click.echo(f"  {a.base_url}/@paris                 a territory that anybody may follow")
    click.echo(f"  {b.base_url}/                       the second node, with what came from the first")
    click.echo(f"  {b.base_url}/@platform_workers@{HOST}:{a.port}")
    click.echo(f"  {b.base_url}/feed.atom  {b.base_url}/calendar.ics")
    click.echo("Sign in:")
    click.echo(f"  {a.base_url}/sign-in   camille@demo.example   {PASSWORD}")
    click.echo(f"  {b.base_url}/sign-in   noor@demo.example      {PASSWORD}")
    click.echo("Ctrl-C ends both nodes and removes their data.")


def rest(servers: list[subprocess.Popen[bytes]]) -> None:
    """Wait until Ctrl-C, or until a server ends by itself."""
    try:
        while all(server.poll() is None for server in servers):
            time.sleep(0.5)
        raise DemoFailed("One of the nodes ended.")
    except KeyboardInterrupt:
        click.echo("\nEnding both nodes.")


def wait(what: str, condition: Callable[[], bool], servers: list[subprocess.Popen[bytes]]) -> None:
    """Wait for a condition, and fail with a sentence when it does not come about."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if any(server.poll() is not None for server in servers):
            raise DemoFailed(f"One of the nodes ended while waiting for {what}.")
        if time.monotonic() > deadline:
            raise DemoFailed(f"Waited {PATIENCE_SECONDS:.0f} seconds for {what} in vain.")
        time.sleep(0.2)


def answers(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nothing listens on."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def step(text: str) -> None:
    """Print a step as it happens."""
    click.echo(f"• {text}")
