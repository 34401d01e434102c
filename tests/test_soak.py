"""Many letters from many actors, one in ten of them bad, while workers are killed: all good ones once, no bad one."""

import os
import signal
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from actors import followers, local, remote
from actors.database import reading, session
from actors.models import Delivery, Posted
from flask_maillage.publications.models import Publication
from inboxes.models import Letter
from tests import postgresql
from tests.fediverse import Fediverse
from tests.nodes import RunningNode, until
from tests.soak_letters import BAD, FOLLOW_EVERY, Post

ACTORS = 200
LETTERS = {"sqlite": 3_000, "postgresql": 1_000}
KEYS = ("alice", "bob", "mallory")
KILL_SECONDS = 4.0
STEADY_MEGABYTES = 48
"""How much a process may grow between the first quarter of the letters and the last."""
RATES = ", ".join(
    f"{name}: 1000000 per minute"
    for name in (
        "inbox",
        "bad signatures",
        "letters of a host",
        "letters of an actor",
        "key fetch",
        "key fetch by address",
    )
)


@pytest.fixture(params=["sqlite", "postgresql"])
def node(request, tmp_path):
    """A node whose rates are out of the way: all letters come from one address and one host."""
    more = {}
    if request.param == "postgresql":
        server, name = request.getfixturevalue("postgresql_server"), f"soak_{uuid.uuid4().hex[:8]}"
        postgresql.administer(server, f'CREATE DATABASE "{name}"')
        more["database_url"] = postgresql.database(server, name)
    with RunningNode(tmp_path, lease_seconds=5, rates=RATES, **more) as running:
        running.letters = int(os.environ.get("MAILLAGE_SOAK_LETTERS", LETTERS[request.param]))
        yield running
    if more:
        postgresql.administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


class Memory:
    """What processes hold, in megabytes, looked at again and again."""

    def __init__(self):
        self.samples: dict[str, list[float]] = {}

    def look(self, **processes):
        for name, process in processes.items():
            total = sum(_resident(number) for number in [process.pid, *_children(process.pid)])
            self.samples.setdefault(name, []).append(total)

    def growth(self, name):
        """Return by how much the last quarter of the samples lies above the second."""
        samples = self.samples[name]
        quarter = max(1, len(samples) // 4)
        return max(samples[-quarter:]) - max(samples[quarter : 2 * quarter] or samples[:1])


def _resident(number):
    text = Path(f"/proc/{number}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def _children(number):
    return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


class Sender:
    """Sends the letters over kept connections, and again what the node cannot take just now."""

    def __init__(self, node, post):
        self.node, self.post = node, post
        self.answers: dict[int, tuple[str, int, int]] = {}
        self.held = 0
        self._wires = threading.local()

    def send(self, number):
        name, (make, expected) = ("good", (Post.good, 202)) if number % 10 else list(BAD.items())[self._way(number)]
        while (status := self._send(make(self.post, number))) in (429, 503):
            self.held += 1
            time.sleep(0.2)
        self.answers[number] = (name, status, expected)

    def send_again(self, number):
        """Send a good letter once more, which is no other letter."""
        if number % 10:
            self.send(number)

    def _way(self, number):
        return number // 10 % len(BAD)

    def _send(self, draft):
        """Post it; over a new connection where the node has let go of the kept one."""
        url, wires = f"{self.node.base_url}/inbox", self._wires
        for kept in (True, False):
            try:
                wires.session = (kept and getattr(wires, "session", None)) or requests.Session()
                return wires.session.post(url, data=draft.body, headers=draft.headers, timeout=60).status_code
            except requests.ConnectionError:
                if not kept:
                    raise
        raise AssertionError("not reached")


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_soak_keeps_every_good_letter_once_and_no_bad_one(node, record_property):
    with Fediverse() as fediverse:
        actors = [fediverse.actor(f"a{n}", "127.0.0.1", KEYS[n % 3], outbox=None) for n in range(ACTORS)]
        with node.app.app_context():
            union = local.create("union", "organisation", "A union")
            for actor in actors:
                followers.record(union, remote.remember(actor.document), iri=f"{actor.iri}/f", state="accepted")
            session().commit()
        stranger = fediverse.actor("stranger", "127.0.0.1", "mallory")
        sender = Sender(node, Post(node.base_url, actors, stranger))
        began = time.monotonic()
        kills, memory = live_through(node, sender)
        seconds = time.monotonic() - began

        wrong = {number: found for number, found in sender.answers.items() if found[1] != found[2]}
        assert wrong == {}
        assert len(sender.answers) == node.letters
        assert {name for name, _, _ in sender.answers.values()} == {"good", *BAD}
        assert kills >= 3
        good = [number for number in range(node.letters) if number % 10]
        follows = [number for number in good if number % FOLLOW_EVERY == 1]
        check_rows(node, good, follows)
        until("the answers to arrive", lambda: not pending(node))
        arrived = [letter["id"] for letter in fediverse.letters()]
        assert len(set(arrived)) == len(follows)
        assert len(arrived) <= len(follows) + 2 * kills
        for name in memory.samples:
            record_property(f"megabytes of {name}", memory.samples[name])
            assert memory.growth(name) < STEADY_MEGABYTES, memory.samples[name]
        sys.stderr.write(f"{node.letters / seconds:.0f} letters/s, {kills} kills, {sender.held} held back\n")


def live_through(node, sender):
    """Send all letters, kill one of two workers again and again, and return how often, when all letters are opened."""
    kills, memory = 0, Memory()
    web, survivor, victim = node.processes[0], node.work(), node.work()
    numbers = range(node.letters)
    with ThreadPoolExecutor(8) as pool:
        sending = [pool.submit(sender.send, number) for number in numbers]
        sending += [pool.submit(sender.send_again, number) for number in range(0, node.letters, 20)]
        while not all(future.done() for future in sending) or waiting(node):
            time.sleep(KILL_SECONDS)
            memory.look(web=web, worker=survivor)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            victim = node.work()
            kills += 1
        for future in sending:
            future.result()
    return kills, memory


def check_rows(node, good, follows):
    """Check that the tables hold what the good letters say, each once."""
    with node.app.app_context():
        states = dict(session().execute(select(Letter.state, func.count()).group_by(Letter.state)).all())
        assert states == {"done": len(good)}
        iris = session().scalars(select(Letter.iri))
        assert sorted(int(iri.rpartition("/")[2]) for iri in iris) == good
        held = sorted(int(iri.rpartition("/")[2]) for iri in session().scalars(select(Publication.iri)))
        assert held == sorted(set(good) - set(follows))
        answers = session().scalar(select(func.count()).where(Posted.type == "Accept"))
        assert answers == len(follows), "a Follow was handled twice, or not at all"


def waiting(node):
    """Return how many letters wait."""
    with node.app.app_context(), reading():
        return session().scalar(select(func.count()).where(Letter.state == "waiting"))


def pending(node):
    """Return how many deliveries are on their way."""
    with node.app.app_context(), reading():
        return session().scalar(select(func.count()).where(Delivery.state == "pending"))
