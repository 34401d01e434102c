"""A node per test, on SQLite and on PostgreSQL; a whole remote fediverse on a socket of this machine; a clock to turn.

The tables, the node's own actor, an organisation, a project and a member are made once per database and copied for
each test: making RSA keys is slow, and copying them changes nothing of what is tested.
"""

import gc
import itertools
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from actors import engine as engines
from actors import local
from actors.database import BIND, session
from actors.models import ORGANISATION, PROJECT
from flask_maillage import migrating
from flask_maillage.app import create_app
from flask_maillage.people import accounts, roles
from flask_maillage.people.notifying.models import Notification
from inboxes import worker
from inboxes.models import Letter
from tests import postgresql
from tests.fediverse import Fediverse, RemoteActor
from tests.inboxes.letters import INBOXES

if postgresql.MEMORY.is_dir():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(postgresql.MEMORY))

gc.set_threshold(50_000, 20, 50)
"""A sixth of the processor's time of a test went into looking for garbage that there hardly is."""
BASE_URL = "http://localhost"
SECRET = "a secret of the tests, longer than thirty-two characters"
TEMPLATE = "MAILLAGE_TESTS_TEMPLATE"
"""Names a database that is furnished already, where many sessions follow one another (`scripts/mutants.py`)."""
PASSWORD = "correct horse battery"
TWINS = 1
"""How many parameters of a function are tried on PostgreSQL too."""
COMPILED_STATEMENTS = 5000
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands until it is turned."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def turn(self, **amount: float) -> None:
        """Turn the clock on by an amount, as `turn(minutes=5)`."""
        self.moment += timedelta(**amount)


def config_of(url: str, folder: Path, **more: object) -> dict[str, object]:
    """Return the settings of a node for tests."""
    return {
        "TESTING": True,
        "MAILLAGE_BASE_URL": BASE_URL,
        "MAILLAGE_DATA": str(folder),
        "MAILLAGE_DATABASE_URL": url,
        "MAILLAGE_SECRET": SECRET,
        "MAILLAGE_ALLOWED_NETWORKS": "127.0.0.0/8",
        **more,
    }


def furnish(url: str, folder: Path) -> None:
    """Make the tables and the actors that every test finds."""
    app = create_app(config_of(url, folder), clock=Clock())
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engines[BIND]
        migrating.upgrade(engine)
        local.ensure_application()
        union = local.create("union", ORGANISATION, "A union", summary="<p>We organise.</p>")
        local.create("couriers", PROJECT, "Couriers together")
        member = accounts.add("ann@example.org", "Ann", "ann", PASSWORD)
        member.actor.federated = True
        roles.grant(member, union, "editor")
        session().execute(delete(Notification))  # of the role: nobody was told anything yet
        session().commit()
        engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _compile_each_route_once() -> Iterator[None]:
    """Let Werkzeug make the functions that build addresses once for each route, not once for each test's application.

    It is most of what an application costs, and they depend on the route alone.
    """
    compiled: dict[tuple[object, ...], object] = {}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> object:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.subdomain, rule.host, defaults, append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


class CompiledOnce(BytecodeCache):
    """Templates compiled once for all applications of a session: a third of a second for each one's first page."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _compile_each_template_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": CompiledOnce()})
        yield


@pytest.fixture(scope="session", autouse=True)
def _compile_each_statement_once() -> Iterator[None]:
    """Let the SQLite databases of a session share what SQLAlchemy compiled: a sixth of what a test of pages costs.

    A compiled statement depends on the dialect's settings, and those are the same for every SQLite database of ours.
    """
    compiled: dict[object, object] = LRUCache(COMPILED_STATEMENTS)
    create = engines.create

    def sharing(url: str) -> Engine:
        made = create(url)
        if made.dialect.name == "sqlite":
            made._compiled_cache = compiled
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "create", sharing)
        patch.setattr(SQLiteDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(SQLiteDialect, "__hash__", lambda one: hash(type(one)))
        yield


@pytest.fixture(scope="session", autouse=True)
def _hash_passwords_in_no_time() -> Iterator[None]:
    """Let no test wait for what slows down who guesses passwords, an eighth of a second at every sign-in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if made := os.environ.get(TEMPLATE):
        return Path(made)
    folder = tmp_path_factory.mktemp("sqlite-template")
    path = folder / "template.sqlite3"
    furnish(f"sqlite:///{path}", folder)
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server of the session's own."""
    with postgresql.server() as address:
        yield address


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    name = f"template_{uuid.uuid4().hex[:8]}"
    postgresql.administer(postgresql_server, f'CREATE DATABASE "{name}"')
    furnish(postgresql.database(postgresql_server, name), tmp_path_factory.mktemp("postgresql-template"))
    return name


@contextmanager
def databases(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[Callable[[], str]]:
    """Give what makes furnished databases and returns their addresses; in the end they are gone."""
    if kind == "sqlite":
        source = request.getfixturevalue("sqlite_template")
        yield lambda: f"sqlite:///{shutil.copy(source, folder / f'maillage-{uuid.uuid4().hex[:12]}.sqlite3')}"
        return
    server, template = request.getfixturevalue("postgresql_server"), request.getfixturevalue("postgresql_template")
    made: list[str] = []

    def database() -> str:
        made.append(f"test_{uuid.uuid4().hex[:12]}")
        postgresql.administer(server, f'CREATE DATABASE "{made[-1]}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return postgresql.database(server, made[-1])

    yield database
    for name in made:
        postgresql.administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.twin)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a furnished database of the test's own.

    The same on PostgreSQL is for `make test-long`, but for modules that say `postgresql.BOTH`: there it is PostgreSQL's
    locks, types or queries that a change may break.
    """
    with databases(request, request.param, tmp_path) as new:
        yield new()


@pytest.fixture
def new_database(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make more furnished databases of the same kind, for a test that plays many times from the beginning."""
    with databases(request, database_url.partition(":")[0], tmp_path) as new:
        yield new


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Ask a function of many parameters only the first of them on PostgreSQL too.

    What the others add is about our own code, which they meet on SQLite. Modules that say `postgresql.BOTH` have all.
    """
    asked: Counter[str] = Counter()
    kept, left = [], []
    for item in items:
        function = item.nodeid.partition("[")[0]
        is_twin = item.get_closest_marker("twin") is not None
        asked[function] += is_twin
        (left if is_twin and asked[function] > TWINS else kept).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fediverse() -> Iterator[Fediverse]:
    """Every host whose name ends in `.test`, as one server on a socket of this machine."""
    with Fediverse() as started:
        yield started


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: Clock, fediverse: Fediverse) -> Iterator[Flask]:
    """The node under test; the fixture `client` of pytest-flask speaks to it."""
    made = create_app(config_of(database_url, tmp_path), clock=clock, client=fediverse.client(clock))
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Do not keep one application context for all requests of a test, as pytest-flask does.

    In one context all requests share a session with its transaction: none would see what another wrote, and tests
    would pass or fail for a reason that there is not in service.
    """


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """Let the worker work until nothing is due."""
    return lambda: worker.run_until_idle(app)


@pytest.fixture(params=INBOXES, ids=["shared", "personal"])
def tell(
    request: pytest.FixtureRequest, app: Flask, client: FlaskClient, clock: Clock, work: Callable[[], int]
) -> Callable[..., str]:
    """Let a remote actor say something to either inbox, have it opened, and give what became of the letter."""
    numbers = itertools.count(1)

    def told(actor: RemoteActor, kind: str, thing: object, number: int | str | None = None, **more: object) -> str:
        document = actor.activity(kind, thing, next(numbers) if number is None else number, **more)
        assert actor.post(client, document, request.param, now=clock()).status_code == 202
        work()
        with app.app_context():
            return session().scalars(select(Letter.state).where(Letter.iri == document["id"])).one()

    return told
