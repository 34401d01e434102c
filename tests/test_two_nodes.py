"""Two nodes in processes of their own federate over real sockets, and lose nothing when a worker is killed."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from actors import local
from actors.database import session
from actors.models import Delivery
from flask_maillage import sample
from flask_maillage.publications import publishing
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.models import Publication
from inboxes.models import Letter
from tests.nodes import ROOT, RunningNode, until
from tests.proxy import Proxy

NOW = datetime.now(UTC)


def publish(node, handle, content):
    """Publish something on a node, and return its id."""
    with node.app.app_context():
        publication = publishing.draft(local.find(handle), content)
        publishing.publish(publication)
        session().commit()
        return publication.iri


def copies(node, iri):
    """Return what a node holds under an id."""
    with node.app.app_context():
        return [found.content for found in session().scalars(select(Publication).where(Publication.iri == iri))]


def change(node, iri, use_case):
    """Let a use-case change a publication of a node."""
    with node.app.app_context():
        use_case(session().scalars(select(Publication).where(Publication.iri == iri)).one())
        session().commit()


def test_a_call_crosses_is_changed_and_is_withdrawn_on_both_nodes(tmp_path):
    with RunningNode(tmp_path / "a") as a, RunningNode(tmp_path / "b") as b:
        a.work(), b.work()
        project = a.add_actor("platform_workers", "project")
        b.add_actor("ires")
        b.follow("ires", project)
        ours = sample.call(NOW)

        iri = publish(a, "platform_workers", ours)
        until("the copy", lambda: copies(b, iri))
        (theirs,) = copies(b, iri)
        assert kind_named("call").differences(ours, theirs) == []
        assert ours.name in b.get("/feed.json", "*/*").json()["items"][0]["title"]
        page = b.get(f"/@platform_workers@127.0.0.1:{a.port}", "text/html")
        assert page.status_code == 200
        assert ours.name in page.text

        change(
            a, iri, lambda found: publishing.revise(found, ours.model_copy(update={"name": "A call with a new name"}))
        )
        until("the change", lambda: [content.name for content in copies(b, iri)] == ["A call with a new name"])

        path = iri.removeprefix(a.base_url)
        assert a.get(path).json()["name"] == "A call with a new name"
        change(a, iri, publishing.withdraw)
        until("the copy to go", lambda: not copies(b, iri))
        gone = a.get(path)
        assert gone.status_code == 410
        assert (gone.json()["type"], gone.json()["formerType"]) == ("Tombstone", "Article")
        assert a.get(path, "text/html").status_code in (303, 410)


@pytest.mark.later
def test_worker_killed_between_send_and_commit_loses_nothing_and_doubles_nothing(tmp_path):
    killed = []

    def kill_once(request):
        """Let the letter arrive, then kill the worker that carries it before it hears so."""
        if b'"type":"Create"' not in request or killed:
            return False
        killed.append(worker.pid)
        os.kill(worker.pid, signal.SIGKILL)
        return True

    with (
        Proxy(kill_once) as wire,
        RunningNode(tmp_path / "a", lease_seconds=2, carriers=1) as a,
        RunningNode(tmp_path / "b", public_port=wire.port) as b,
    ):
        wire.target = b.port
        worker = a.work()
        b.work()
        project = a.add_actor("couriers", "project")
        b.add_actor("ires")
        b.follow("ires", project)

        iri = publish(a, "couriers", sample.initiative(NOW))
        assert worker.wait(60) == -signal.SIGKILL
        until("the letter to have arrived", lambda: copies(b, iri))
        with a.app.app_context():
            states = dict(session().execute(select(Delivery.order_key, Delivery.state)).all())
        assert states[iri] == "pending", "the sender must not know yet"

        a.work()
        until("the delivery to be settled", lambda: delivered(a, iri))

        with a.app.app_context():
            delivery = session().scalars(select(Delivery).where(Delivery.order_key == iri)).one()
            assert (delivery.state, delivery.attempts) == ("delivered", 2)
        with b.app.app_context():
            assert session().scalar(select(func.count()).where(Letter.type == "Create")) == 1
        assert len(copies(b, iri)) == 1
        assert killed == [worker.pid]


def delivered(node, iri):
    """Tell whether everything about an object has been settled."""
    with node.app.app_context():
        query = select(func.count()).where(Delivery.order_key == iri, Delivery.state == "pending")
        return session().scalar(query) == 0


@pytest.mark.later
def test_demonstration_holds_the_same_facts_on_both_nodes_and_cleans_up(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    shown = subprocess.run(
        [sys.executable, "-m", "flask_maillage", "demo", "--check"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "asks the first to be a partner, and is accepted" in shown.stdout
    assert "holds the same facts of the call" in shown.stdout
    assert "holds the same facts of the event" in shown.stdout
    assert not list(tmp_path.glob("maillage-demo-*"))


@pytest.mark.long
@pytest.mark.timeout(900)
def test_workers_killed_again_and_again_lose_and_double_nothing(tmp_path):
    count = 150
    with RunningNode(tmp_path / "a", lease_seconds=2) as a, RunningNode(tmp_path / "b", lease_seconds=2) as b:
        project = a.add_actor("couriers", "project")
        b.add_actor("ires")
        workers = {node: node.work() for node in (a, b)}
        b.follow("ires", project)
        published = [publish(a, "couriers", sample.initiative(NOW)) for _ in range(count)]

        kills = 0
        while not (delivered_all(a) and held(b) == count):
            held_before = held(b)
            until("progress", lambda before=held_before: held(b) >= min(before + 15, count))
            for node in (a, b):
                workers[node].kill()
                workers[node].wait()
                workers[node] = node.work()
                kills += 1
            if held(b) == count:
                until("the last deliveries to be settled", lambda: delivered_all(a))

        assert kills >= 4
        assert held(b) == count
        with b.app.app_context():
            assert set(session().scalars(select(Publication.iri))) == set(published)
            assert session().scalar(select(func.count()).where(Letter.type == "Create")) == count
            assert set(session().scalars(select(Letter.state))) == {"done"}
        with a.app.app_context():
            states = session().execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
            assert [state for state, _ in states] == ["delivered"]


def delivered_all(node):
    """Tell whether no delivery is pending."""
    with node.app.app_context():
        return session().scalar(select(func.count()).where(Delivery.state == "pending")) == 0


def held(node):
    """Return how many publications a node holds."""
    with node.app.app_context():
        return session().scalar(select(func.count()).select_from(Publication)) or 0
