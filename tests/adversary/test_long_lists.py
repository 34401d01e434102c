"""A list of blocked hosts as long as those that go around, on a node that knows as many hosts.

While it is taken over, SQLite's one write lock is held: letters and pages wait.
"""

import time

from flask import Flask

from actors.database import session
from actors.models import Actor
from actors.node import now
from inboxes import consequences

HOSTS = LINES = 3000
PATIENCE = 10.0
"""Comparing each line with each host took half a minute, comparing each host with all lines takes two seconds."""


def test_a_long_list_that_refuses_media_does_not_hold_up_everything(app: Flask) -> None:
    lines = [f"b{number}.test,suspend,true" for number in range(LINES)]
    with app.app_context():
        session().add_all(
            Actor(
                iri=f"https://h{number}.test/a",
                local=False,
                type="Person",
                handle="a",
                host=f"h{number}.test",
                name="A",
                summary="",
                url=f"https://h{number}.test/a",
                inbox=f"https://h{number}.test/a/inbox",
                updated_at=now(),
            )
            for number in range(HOSTS)
        )
        session().commit()
        began = time.process_time()
        taken = consequences.take_list("\n".join(["#domain,#severity,#reject_media", *lines]).encode())
        assert (len(taken.added), time.process_time() - began < PATIENCE) == (LINES, True)
