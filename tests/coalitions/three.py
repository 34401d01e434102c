"""Three nodes in processes of their own, and the wires between them, on which a test holds letters."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from actors import local, remote
from actors.database import session
from actors.models import Actor, Delivery, Posted
from flask_maillage.coalitions import claims, memberships
from flask_maillage.coalitions.claims import GROUP, MEMBER, Said
from flask_maillage.coalitions.models import Membership
from inboxes.models import Letter
from tests.nodes import RunningNode, TurnedClock, until
from tests.proxy import Proxy


@dataclass(frozen=True)
class Side:
    """What one node holds of a membership: what has become of it, and what each side says."""

    state: str = ""
    group: Said | None = None
    member: Said | None = None


@dataclass
class Node:
    """A node, its worker, and the wire on which everybody reaches it."""

    running: RunningNode
    wire: Proxy
    worker: subprocess.Popen[bytes]

    def deal(self, what: Callable[[], Any]) -> Any:
        """Let a person of the node do something, and return what comes of it."""
        with self.running.app.app_context():
            result = what()
            session().commit()
            return result

    def actor(self, iri: str) -> Actor:
        """Return an actor as the node knows it, read where it has not met it yet."""
        return remote.find(iri) or remote.remember(remote.look_up(iri))

    def row(self, group: str, member: str) -> Membership:
        """Return what the node holds between a group and a member."""
        found = memberships.find(self.actor(group), self.actor(member))
        assert found is not None
        return found

    def side(self, group: str, member: str) -> Side:
        """Return the same as plain values; empty where the node holds nothing."""
        with self.running.app.app_context():
            both = [remote.find(iri) for iri in (group, member)]
            found = memberships.find(*both) if all(both) else None
            if found is None:
                return Side()
            state = "ended" if found.state in memberships.ENDED else found.state
            return Side(state, claims.said(found, GROUP), claims.said(found, MEMBER))

    def listed(self, path: str) -> set[str]:
        """Return whom a collection of the node names to everybody, page for page: the opposite side of each claim."""
        address: str | None = path
        found: set[str] = set()
        end = "object" if path.endswith("/members") else "subject"
        while address is not None:
            document = self.running.get(address).json()
            page = document.get("first", document) if "items" not in document else document
            if isinstance(page, str):
                address = page.removeprefix(self.running.base_url)
                continue
            items = page.get("items", page.get("orderedItems", []))
            found |= {item[end] for item in items if isinstance(item, dict)}
            following = page.get("next")
            address = following.removeprefix(self.running.base_url) if following else None
        return found


@dataclass
class ThreeNodes:
    """The nodes with their clock."""

    clock: TurnedClock
    a: Node
    b: Node
    c: Node
    away: list[Node] = field(default_factory=list)

    @property
    def there(self) -> list[Node]:
        """Return the nodes that run."""
        return [node for node in (self.a, self.b, self.c) if node not in self.away]

    def settle(self) -> None:
        """Wait until every letter that nobody holds has arrived and was opened; what is for who is gone waits."""
        until("the post to be quiet", self._is_quiet)

    def hold(self, node: Node) -> None:
        """Hold from now on what others write to a node."""
        node.wire.holds = True

    def bring(self, node: Node, order: Callable[[list[bytes]], list[bytes]]) -> None:
        """Bring what was held, in the order and as often as a test wants, and hold no more."""
        self.settle()
        letters, node.wire.held, node.wire.holds = node.wire.held, [], False
        assert letters, "nobody wrote"
        for status in node.wire.deliver(*order(letters)):
            assert status in (200, 202)
        self.settle()

    def go_down(self, node: Node) -> None:
        """Let a node be gone, its web server and its worker."""
        for process in node.running.processes:
            process.send_signal(signal.SIGTERM)
        for process in node.running.processes:
            process.wait(20)
        node.running.processes.clear()
        self.away.append(node)

    def come_back(self, node: Node) -> None:
        """Let a node that was gone run again."""
        node.running.__enter__()
        node.worker = node.running.work()
        self.away.remove(node)

    def days_pass(self, number: int) -> None:
        """Turn the clock on by days."""
        self.clock.turn_to(self.clock() + timedelta(days=number))

    def _is_quiet(self) -> bool:
        before = [self._post(node) for node in self.there]
        return all(busy == 0 for _, busy in before) and before == [self._post(node) for node in self.there]

    def _post(self, node: Node) -> tuple[int, int]:
        """Return how many letters a node has ever seen and written, and how many are on their way."""
        gone = {one.running.base_url.partition("//")[2] for one in self.away}
        with node.running.app.app_context():
            seen = session().scalar(select(func.count(Letter.id))) or 0
            written = session().scalar(select(func.count(Posted.id))) or 0
            waiting = session().scalar(select(func.count(Letter.id)).where(Letter.state == "waiting")) or 0
            going = select(func.count(Delivery.id)).where(Delivery.state == "pending", Delivery.host.not_in(gone))
            return seen + written, waiting + (session().scalar(going) or 0)


@contextmanager
def running(folder: Path) -> Iterator[ThreeNodes]:
    """Run three nodes, each behind a wire of its own."""
    clock = TurnedClock(folder / "clock")
    with ExitStack() as stack:
        nodes = []
        for name in "abc":
            wire = stack.enter_context(Proxy())
            node = RunningNode(folder / name, clock=clock, lease_seconds=2, public_port=wire.port)
            wire.target = node.port
            stack.enter_context(node)
            nodes.append(Node(node, wire, node.work()))
        yield ThreeNodes(clock, *nodes)


def found(node: Node, handle: str, kind: str) -> str:
    """Create an actor on a node, and return its id."""
    with node.running.app.app_context():
        iri = local.create(handle, kind, handle.capitalize()).iri
        session().commit()
        return iri


def backwards_and_twice(letters: list[bytes]) -> list[bytes]:
    """Bring the last first, and each twice."""
    return [letter for letter in reversed(letters) for _ in range(2)]


def twice_over(letters: list[bytes]) -> list[bytes]:
    """Bring all, and then all once more."""
    return letters * 2
