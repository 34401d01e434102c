"""Many letters from many actors, one in ten of them bad, while workers are killed: all good ones once, no bad one."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import func, select

from actors import followers, local, remote
from actors.database import session
from flask_maillage.publications.models import Publication
from inboxes.models import Letter
from tests.fediverse import Fediverse
from tests.nodes import RunningNode, until

ACTORS = 20
LETTERS = 1200
KEYS = ("alice", "bob", "mallory")


def good(actor, node, number):
    """Return a sound letter with its signature."""
    body = json.dumps(actor.activity("Create", actor.event(number), number)).encode()
    return body, actor.headers("/inbox", body, now=datetime.now(UTC), base_url=node.base_url)


def tampered(actor, node, number):
    body, headers = good(actor, node, number)
    return body.replace(b"An open evening", b"A shut evening!"), headers


def unsigned(actor, node, number):
    body, headers = good(actor, node, number)
    return body, {name: value for name, value in headers.items() if name.lower() != "signature"}


def stale(actor, node, number):
    body, _ = good(actor, node, number)
    return body, actor.headers("/inbox", body, now=datetime.now(UTC) - timedelta(hours=2), base_url=node.base_url)


def for_another_host(actor, node, number):
    body, _ = good(actor, node, number)
    return body, actor.headers("/inbox", body, now=datetime.now(UTC), base_url="http://other.example")


def not_json(actor, node, number):
    body = b'{"id": ' + str(number).encode()
    return body, actor.headers("/inbox", body, now=datetime.now(UTC), base_url=node.base_url)


def in_anothers_name(actor, node, number):
    document = actor.activity("Create", actor.event(number), number) | {"actor": f"{actor.iri}x"}
    body = json.dumps(document).encode()
    return body, actor.headers("/inbox", body, now=datetime.now(UTC), base_url=node.base_url)


BAD = (
    (tampered, 401),
    (unsigned, 401),
    (stale, 401),
    (for_another_host, 400),
    (not_json, 400),
    (in_anothers_name, 401),
)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_soak_keeps_every_good_letter_once_and_no_bad_one(tmp_path):
    with Fediverse() as fediverse, RunningNode(tmp_path, lease_seconds=2, inbox_rate="1000000 per minute") as node:
        actors = [fediverse.actor(f"actor{number}", "127.0.0.1", KEYS[number % 3]) for number in range(ACTORS)]
        with node.app.app_context():
            union = local.create("union", "organisation", "A union")
            for actor in actors:
                followers.record(union, remote.remember(actor.document), iri=f"{actor.iri}/f", state="accepted")
            session().commit()
        workers = [node.work(), node.work()]
        answers = {}
        wires = threading.local()

        def send(number):
            make, expected = BAD[(number // 10) % len(BAD)] if number % 10 == 0 else (good, 202)
            body, headers = make(actors[number % ACTORS], node, number)
            wires.session = getattr(wires, "session", None) or requests.Session()
            answer = wires.session.post(f"{node.base_url}/inbox", data=body, headers=headers, timeout=60)
            answers[number] = (answer.status_code, expected)

        def sent_again(number):
            if number % 10:
                send(number)

        kills = 0
        with ThreadPoolExecutor(8) as pool:
            sending = [pool.submit(send, number) for number in range(LETTERS)]
            sending += [pool.submit(sent_again, number) for number in range(0, LETTERS, 3)]
            while not all(future.done() for future in sending) or waiting(node):
                settled_before = settled(node)
                until("progress", lambda before=settled_before: settled(node) > before + 50 or not waiting(node))
                workers[kills % 2].kill()
                workers[kills % 2].wait()
                workers[kills % 2] = node.work()
                kills += 1
            for future in sending:
                future.result()

        expected = [number for number in range(LETTERS) if number % 10]
        assert {number: pair for number, pair in answers.items() if pair[0] != pair[1]} == {}
        assert kills >= 5
        with node.app.app_context():
            assert set(session().scalars(select(Letter.state))) == {"done"}
            assert session().scalar(select(func.count()).select_from(Letter)) == len(expected)
            held = sorted(int(iri.rpartition("/")[2]) for iri in session().scalars(select(Publication.iri)))
            assert held == expected


def settled(node):
    """Return how many letters are settled."""
    with node.app.app_context():
        return session().scalar(select(func.count()).where(Letter.state != "waiting"))


def waiting(node):
    """Return how many letters wait."""
    with node.app.app_context():
        return session().scalar(select(func.count()).where(Letter.state == "waiting"))
