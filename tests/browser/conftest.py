"""A real node on a socket of this machine, and the machine's Chromium to look at it."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright
from werkzeug.serving import make_server

from actors import local
from actors.database import BIND, session
from actors.models import ORGANISATION
from flask_maillage import migrating
from flask_maillage.app import create_app
from flask_maillage.people import accounts, roles
from tests.browser import furnished as furnishing
from tests.browser.furnished import Places
from tests.conftest import PASSWORD, config_of
from tests.people import identity_provider

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 60_000
"""How many milliseconds something may take to come on a page: a machine that is busy with other tests is slow."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; on continuous integration it has to be there."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("There is no Chromium on this machine: install it to run the tests in a browser.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass(frozen=True)
class Served:
    """A node that listens, and what its pages are found by."""

    base_url: str
    places: Places


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a node with a union and its editor Ann, served on loopback."""
    with serving(tmp_path_factory.mktemp("served"), _with_a_union) as (base_url, _):
        yield base_url


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A node with something on every page."""
    with everything(tmp_path_factory.mktemp("furnished")) as node:
        yield node


OFTEN = ("sign in", "mails asked for by a caller", "mails to an address")
RATES = ", ".join(f"{name}: 1000 per minute" for name in OFTEN)
"""Several walks after one another sign in more often than a node bears from one place."""


@contextmanager
def everything(folder: Path) -> Iterator[Served]:
    """Serve a node with something on every page, and a provider by which one signs in; its address is a place too."""
    with identity_provider.running(lambda: datetime.now(UTC), "127.0.0.1") as provider:
        provider.people = furnishing.ELSEWHERE
        oidc = {
            "MAILLAGE_OIDC_ISSUER": provider.issuer,
            "MAILLAGE_OIDC_CLIENT_ID": identity_provider.CLIENT_ID,
            "MAILLAGE_OIDC_CLIENT_SECRET": identity_provider.CLIENT_SECRET,
            "MAILLAGE_OIDC_NAME": "La Fédération",
            "MAILLAGE_RATES": RATES,
        }
        with serving(folder, furnishing.furnish, **oidc) as (base_url, places):
            yield Served(base_url, {**places, "provider": provider.issuer})


@contextmanager
def serving(folder: Path, fill: Callable[[Flask], Places], **more: object) -> Iterator[tuple[str, Places]]:
    """Serve a node that was filled, on loopback, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        url = f"sqlite:///{folder / 'maillage.sqlite3'}"
        settings = {"MAILLAGE_BASE_URL": base_url, "MAILLAGE_SIGN_UP": "approval", "TESTING": False} | more
        node = create_app(config_of(url, folder, **settings))
        with node.app_context():
            migrating.upgrade(node.extensions["sqlalchemy"].engines[BIND])
        places = fill(node)
        server = make_server("127.0.0.1", 0, node, threaded=True, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield base_url, places
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with node.app_context():
                node.extensions["sqlalchemy"].engines[BIND].dispose()


def _with_a_union(node: Flask) -> Places:
    with node.app_context():
        local.ensure_application()
        union = local.create("union", ORGANISATION, "A union")
        roles.grant(accounts.add("ann@example.org", "Ann", "ann", PASSWORD), union, "editor")
        session().commit()
    return {}
