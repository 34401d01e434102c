"""A real node on a socket of this machine, and the machine's Chromium to look at it."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from actors import local
from actors.database import BIND, session
from actors.models import ORGANISATION
from flask_maillage import migrating
from flask_maillage.app import create_app
from flask_maillage.people import accounts, roles
from tests.conftest import PASSWORD, config_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; on continuous integration it has to be there."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("There is no Chromium on this machine: install it to run the tests in a browser.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a node with a union and its editor Ann, served on loopback."""
    folder = tmp_path_factory.mktemp("served")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        node = furnished(base_url, folder)
        server = make_server("127.0.0.1", 0, node, threaded=True, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield base_url
        server.shutdown()
        thread.join()
        server.server_close()
        with node.app_context():
            node.extensions["sqlalchemy"].engines[BIND].dispose()


def furnished(base_url: str, folder: Path) -> Flask:
    """Return a node with its tables, a union, and Ann who writes for it."""
    config = config_of(f"sqlite:///{folder / 'maillage.sqlite3'}", folder, MAILLAGE_BASE_URL=base_url, TESTING=False)
    node = create_app(config)
    with node.app_context():
        migrating.upgrade(node.extensions["sqlalchemy"].engines[BIND])
        local.ensure_application()
        union = local.create("union", ORGANISATION, "A union")
        roles.grant(accounts.add("ann@example.org", "Ann", "ann", PASSWORD), union, "editor")
        session().commit()
    return node
