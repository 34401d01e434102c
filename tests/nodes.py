"""Nodes as they really run: processes of their own, on sockets of this machine."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from sqlalchemy import select

from actors import followers, following, local, remote
from actors.database import BIND, session
from actors.models import Actor
from actors.node import utc_now
from flask_maillage.app import create_app
from flask_maillage.cli.initialising import prepare

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0


def until(what: str, condition: Callable[[], Any]) -> Any:
    """Return the first true value of a condition, looked at again and again; fail when none comes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = threading.Event()
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        pause.wait(0.05)
    return value


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TurnedClock:
    """A clock that goes, and that a test turns on for all nodes at once, in their processes too (`tests/turned`)."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.file.write_text("0", encoding="ascii")

    def __call__(self) -> datetime:
        return utc_now() + timedelta(seconds=float(self.file.read_text(encoding="ascii")))

    def turn_to(self, moment: datetime) -> None:
        """Turn it to a moment; it goes on from there."""
        beside = self.file.with_suffix(".new")
        beside.write_text(str((moment - utc_now()).total_seconds()), encoding="ascii")
        beside.replace(self.file)


class RunningNode:
    """A node in a folder, whose web server and worker are processes that a test may kill."""

    def __init__(
        self,
        folder: Path,
        *,
        public_port: int | None = None,
        clock: "TurnedClock | None" = None,
        **settings: object,
    ) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{public_port or self.port}"
        self.config = {
            "MAILLAGE_BASE_URL": self.base_url,
            "MAILLAGE_DATA": str(folder),
            "MAILLAGE_ALLOWED_NETWORKS": "127.0.0.0/8",
            **{f"MAILLAGE_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.processes: list[subprocess.Popen[bytes]] = []
        self.clock = clock
        prepare(self.config)
        self.app: Flask = create_app(self.config, clock=clock or utc_now)

    def __enter__(self) -> "RunningNode":
        self.start("serve", "--port", str(self.port), "--no-worker")
        until("the node to answer", self._answers)
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(PATIENCE_SECONDS)
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engines[BIND].dispose()
            self.app.extensions["maillage"].client.close()

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command of the node."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILLAGE_")}
        environment |= {name: str(value) for name, value in self.config.items()} | {"PYTHONPATH": str(ROOT)}
        if self.clock is not None:
            turned = f"{ROOT / 'tests' / 'turned'}{os.pathsep}{ROOT}"
            environment |= {"TURNED_CLOCK": str(self.clock.file), "PYTHONPATH": turned}
        process = subprocess.Popen([sys.executable, "-m", "flask_maillage", *words], env=environment, cwd=ROOT)
        self.processes.append(process)
        return process

    def work(self) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self.start("work")

    def get(self, path: str, accept: str = "application/activity+json", **more: Any) -> requests.Response:
        """Ask the node's web server for something, without following redirects."""
        return requests.get(self.base_url + path, headers={"Accept": accept}, timeout=10, allow_redirects=False, **more)

    def add_actor(self, handle: str, kind: str = "organisation") -> str:
        """Create an actor, and return its id."""
        with self.app.app_context():
            iri = local.create(handle, kind, handle.capitalize()).iri
            session().commit()
            return iri

    def follow(self, handle: str, iri: str) -> None:
        """Let an actor of the node follow one elsewhere, and wait until that is accepted."""
        with self.app.app_context():
            document = remote.look_up(iri)
            following.follow(local.find(handle), remote.remember(document))
            session().commit()
        until("the follow to be accepted", lambda: self._follows(iri))

    def _follows(self, iri: str) -> bool:
        with self.app.app_context():
            return followers.follows_from_here(session().scalars(select(Actor).where(Actor.iri == iri)).one())

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
