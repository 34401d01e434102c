"""Maillage inside an application that was there before: it brings everything, and changes nothing of its host's."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import select

from actors.database import BIND, Base, session
from actors.negotiation import ANSWER_TYPE
from examples import host_app
from flask_maillage import Maillage, create_app
from flask_maillage.people import sessions
from flask_maillage.people.models import Member, MemberSession
from flask_maillage.settings import SettingError
from inboxes import worker
from tests.conftest import Clock
from tests.fediverse import Fediverse
from tests.reader import Reader

PREFIX = "/network"
ACTIVITY = {"Accept": "application/activity+json"}
SECRET = "a secret of the tests, longer than thirty-two characters"


def config_of(folder: Path, **more: Any) -> dict[str, Any]:
    return {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/oven.sqlite3",
        "MAILLAGE_BASE_URL": "http://localhost/network",
        "MAILLAGE_DATA": str(folder / "network"),
        "MAILLAGE_SECRET": SECRET,
        **more,
    }


def let_go(app: Flask) -> None:
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose()


@pytest.fixture
def host(tmp_path: Path, clock: Clock, fediverse: Fediverse) -> Iterator[Flask]:
    """The cooperative's application with the network in it, its clock ours, its fediverse on this machine."""
    app = host_app.create_app(config_of(tmp_path))
    app.extensions["maillage"].clock = clock
    app.extensions["maillage"].client = fediverse.client(clock)
    host_app.prepare(app)
    yield app
    let_go(app)


@pytest.fixture
def bare() -> Iterator[Callable[[dict[str, Any]], Flask]]:
    """Make nodes that stand alone, and let go of their databases afterwards."""
    made: list[Flask] = []

    def make(config: dict[str, Any]) -> Flask:
        made.append(create_app(config))
        return made[-1]

    yield make
    for app in made:
        let_go(app)


def logged_in(host: Flask, name: str) -> Reader:
    reader = Reader(host)
    assert reader.submit("/log-in", name=name, password="sourdough").status_code == 302
    return reader


def tables_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def command(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(args=["maillage", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_pages_and_forms_of_the_host_work_as_before(host: Flask) -> None:
    rosa = logged_in(host, "Rosa")

    assert rosa.submit("/", kind="Rye").status_code == 200
    assert "<li>Rye</li>" in Reader(host).get("/").text


def test_csrf_check_of_the_host_still_guards_its_own_forms(host: Flask) -> None:
    assert logged_in(host, "Rosa").post("/", {"kind": "Rye"}).status_code == 400


def test_tables_lie_in_a_database_of_their_own(host: Flask, tmp_path: Path) -> None:
    assert tables_of(tmp_path / "oven.sqlite3") == {"person", "loaf"}
    ours = {table.name for table in Base.metadata.sorted_tables}
    assert ours <= tables_of(tmp_path / "network" / "maillage.sqlite3")
    assert all(name.startswith("maillage_") for name in tables_of(tmp_path / "network" / "maillage.sqlite3"))


def test_tables_are_in_no_metadata_of_the_host(host: Flask) -> None:
    seen = {name for metadata in host_app.db.metadatas.values() for name in metadata.tables}

    assert seen == {"person", "loaf"}


def test_engine_of_the_host_keeps_its_own_transactions_and_pragmas(host: Flask) -> None:
    with host.app_context():
        engines = host_app.db.engines
        with engines[None].connect() as theirs, engines[BIND].connect() as ours:
            assert theirs.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
            assert ours.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_pages_documents_and_feeds_lie_under_the_prefix(host: Flask) -> None:
    reader = Reader(host)

    assert "The Common Oven" in reader.get("/network/").text
    assert reader.get("/network/@common_oven").status_code == 200
    assert reader.get("/network/feed.atom").mimetype == "application/atom+xml"
    document = reader.get("/network/actors/common_oven", headers=ACTIVITY)
    assert document.content_type == ANSWER_TYPE
    assert document.json["id"] == "http://localhost/network/actors/common_oven"
    assert document.json["inbox"] == "http://localhost/network/actors/common_oven/inbox"
    assert reader.get("/actors/common_oven", headers=ACTIVITY).status_code == 404


def test_every_address_on_a_page_leads_somewhere(host: Flask) -> None:
    page = Reader(host).get("/network/").text
    addresses = {part.partition('"')[0] for part in page.split('href="')[1:] + page.split('src="')[1:]}
    paths = {urlsplit(one)._replace(scheme="", netloc="", fragment="").geturl() for one in addresses} - {""}
    assert any(path.endswith(".css") for path in {path.partition("?")[0] for path in paths})

    answers = {path: Reader(host).get(path, follow_redirects=True, buffered=True).status_code for path in paths}

    assert {path: status for path, status in answers.items() if status != 200} == {}


def test_well_known_lies_at_the_root(host: Flask) -> None:
    found = Reader(host).get("/.well-known/webfinger?resource=acct:common_oven@localhost").json

    assert "http://localhost/network/actors/common_oven" in {link.get("href") for link in found["links"]}
    assert Reader(host).get("/network/.well-known/webfinger?resource=acct:common_oven@localhost").status_code == 404


def test_well_known_is_left_to_a_host_that_answers_it_itself(tmp_path: Path) -> None:
    app = Flask("host")
    app.config.update(config_of(tmp_path, MAILLAGE_WELL_KNOWN=False, MAILLAGE_ALLOWED_NETWORKS="127.0.0.0/8"))
    app.add_url_rule("/.well-known/webfinger", view_func=lambda: "the host's")
    Maillage(app)

    assert app.test_client().get("/.well-known/webfinger").text == "the host's"
    let_go(app)


def test_letter_reaches_the_inbox_past_the_hosts_csrf_check(host: Flask, fediverse: Fediverse, clock: Clock) -> None:
    alice = fediverse.actor("alice", "far.test")
    follow = alice.activity("Follow", "http://localhost/network/actors/common_oven")

    for target in ("/network/actors/common_oven/inbox", "/network/inbox"):
        answer = alice.post(host.test_client(), follow, target, now=clock())
        assert (answer.status_code, answer.text) == (202, "")
    worker.run_until_idle(host)

    assert [letter["type"] for letter in fediverse.letters()] == ["Accept"]
    assert "alice@far.test" in command(host, "actor", "followers", "common_oven")


def test_unsigned_letter_is_refused_under_the_prefix_too(host: Flask, fediverse: Fediverse) -> None:
    alice = fediverse.actor("alice", "far.test")
    follow = alice.activity("Follow", "http://localhost/network/actors/common_oven")

    answer = host.test_client().post("/network/inbox", json=follow, headers={"Content-Type": ANSWER_TYPE})

    assert answer.status_code == 401


def test_member_of_the_host_writes_where_the_hosts_policy_says_so(host: Flask) -> None:
    rosa = logged_in(host, "Rosa")
    path = "/network/@common_oven/initiatives/new"
    assert "Rosa" in rosa.get("/network/").text

    answer = rosa.submit(path, name="Bread for the strike", text="We bake for those who **strike**.", do="publish")

    assert answer.status_code == 303, answer.text
    assert answer.location.startswith("/network/@common_oven/initiatives/")
    assert "Bread for the strike" in Reader(host).get("/network/").text
    outbox = Reader(host).get("/network/actors/common_oven/outbox/page/1", headers=ACTIVITY).json
    assert [item["type"] for item in outbox["orderedItems"]] == ["Create"]
    changed = rosa.submit(urlsplit(answer.location).path + "/edit", name="Bread for all", do="publish")
    assert changed.status_code == 303
    gone = rosa.submit(urlsplit(answer.location).path + "/withdraw")
    assert gone.status_code == 303
    assert Reader(host).get(answer.location).status_code == 410


def test_member_whom_the_hosts_policy_refuses_writes_nothing(host: Flask) -> None:
    emil = logged_in(host, "Emil")

    assert emil.get("/network/@common_oven/initiatives/new").status_code == 403
    rosa = logged_in(host, "Rosa")
    values = rosa.fill(rosa.get("/network/@common_oven/initiatives/new"), name="Mine", text="Mine", do="publish")
    values["csrf_token"] = emil.form(emil.get("/"))["csrf_token"]
    assert emil.post("/network/@common_oven/initiatives/new", values).status_code == 403
    assert "Mine" not in Reader(host).get("/network/initiatives").text


def test_reader_who_is_not_signed_in_is_sent_to_the_hosts_own_page(host: Flask) -> None:
    reader = Reader(host)

    assert reader.get("/network/@common_oven/initiatives/new").location == "/log-in"
    assert 'href="/log-in"' in reader.get("/network/").text


def test_sign_in_of_ours_is_not_there_where_the_host_has_members(host: Flask) -> None:
    assert Reader(host).get("/network/sign-in").status_code == 404
    assert logged_in(host, "Rosa").get("/network/account/password").status_code == 404


def test_host_may_put_its_own_frame_around_our_pages(host: Flask) -> None:
    frame = "<title>{% block title %}{% endblock %}</title><p>of the oven</p>{% block content %}{% endblock %}"
    host.jinja_loader = DictLoader({**host_app.PAGES, "maillage/base.html": frame})

    assert "<p>of the oven</p>" in Reader(host).get("/network/").text


def test_mounting_a_second_time_is_refused(host: Flask) -> None:
    with pytest.raises(RuntimeError, match="mount it once"):
        Maillage(host)


def test_mounting_installs_nothing_on_the_hosts_application(tmp_path: Path) -> None:
    app = host_app.cooperative(config_of(tmp_path, MAILLAGE_ALLOWED_NETWORKS="127.0.0.0/8"))
    before = installed_on(app)

    Maillage(app, current_member=host_app.person_here, may=host_app.may)

    assert installed_on(app) == before
    assert set(app.extensions) == {"sqlalchemy", "csrf", "maillage"}
    let_go(app)


def installed_on(app: Flask) -> dict[str, Any]:
    """Return everything that an extension could have put around the pages of its host."""
    hooks = (
        "before_request_funcs",
        "after_request_funcs",
        "teardown_request_funcs",
        "template_context_processors",
        "url_value_preprocessors",
        "url_default_functions",
    )
    for_all = {name: list(getattr(app, name).get(None, ())) for name in hooks}
    errors = {code: dict(handlers) for code, handlers in app.error_handler_spec[None].items() if handlers}
    environment = app.jinja_env
    words = {name: set(getattr(environment, name)) for name in ("globals", "filters", "tests")}
    own = {key: value for key, value in app.config.items() if not key.startswith("MAILLAGE_")}
    wrapping = (app.wsgi_app, app.session_interface, app.secret_key, app.json, list(app.teardown_appcontext_funcs))
    return {
        **for_all,
        **words,
        "errors": errors,
        "config": own,
        "app": wrapping,
        "login": "login_manager" in vars(app),
    }


def test_host_whose_database_comes_later_is_told_at_once(tmp_path: Path) -> None:
    app = Flask("host")
    app.config.update(config_of(tmp_path, MAILLAGE_ALLOWED_NETWORKS="127.0.0.0/8"))
    Maillage(app)

    with pytest.raises(RuntimeError, match="already been registered"):
        SQLAlchemy().init_app(app)
    let_go(app)


def test_host_without_base_url_is_told_the_setting_and_the_remedy(tmp_path: Path) -> None:
    app = Flask("host")
    app.config.update(MAILLAGE_DATA=str(tmp_path))

    with pytest.raises(SettingError, match="MAILLAGE_BASE_URL is missing: set it"):
        Maillage(app)
    assert app.extensions == {}


def test_two_nodes_in_one_process_do_not_mix(tmp_path: Path, bare: Callable[[dict[str, Any]], Flask]) -> None:
    names = ("north", "south")
    apps = {}
    for name in names:
        config = config_of(tmp_path / name, MAILLAGE_BASE_URL=f"http://{name}.localhost")
        apps[name] = bare(config | {"MAILLAGE_NAME": name.capitalize(), "MAILLAGE_ALLOWED_NETWORKS": "127.0.0.0/8"})
        command(apps[name], "db", "upgrade")
        command(apps[name], "actor", "add", f"{name}_union", f"The {name} union")
        command(apps[name], "member", "add", "ann@example.org", "Ann", "ann", "--password", "correct horse battery")
    readers = {name: Reader(apps[name]) for name in names}

    for name, other in (names, names[::-1]):
        document = readers[name].get(f"/actors/{name}_union", headers=ACTIVITY).json
        assert document["id"] == f"http://{name}.localhost/actors/{name}_union"
        assert readers[name].get(f"/actors/{other}_union", headers=ACTIVITY).status_code == 404
        assert name.capitalize() in readers[name].get("/").text
        assert other.capitalize() not in readers[name].get("/").text
    assert apps["north"].extensions["maillage"].client is not apps["south"].extensions["maillage"].client
    north, south = (apps[name].config["SESSION_COOKIE_NAME"] for name in names)
    assert north != south
    assert readers["north"].sign_in().status_code == 303
    assert readers["north"].get("/account").status_code == 200
    assert readers["south"].get("/account").status_code == 303


def test_session_of_one_node_opens_no_other(tmp_path: Path, bare: Callable[[dict[str, Any]], Flask]) -> None:
    apps = []
    for name in ("north", "south"):
        config = config_of(tmp_path / name, MAILLAGE_BASE_URL=f"http://{name}.localhost", MAILLAGE_SECRET=name * 10)
        apps.append(bare(config | {"MAILLAGE_ALLOWED_NETWORKS": "127.0.0.0/8"}))
        command(apps[-1], "db", "upgrade")
        command(apps[-1], "member", "add", "ann@example.org", "Ann", "ann", "--password", "correct horse battery")
    north, south = apps
    reader = Reader(north)
    reader.sign_in()
    cookie = reader.client.get_cookie(north.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    with north.app_context():
        digest = session().scalars(select(MemberSession.digest)).one()
    with south.app_context():
        row, _ = sessions.begin(session().scalars(select(Member)).one(), "")
        row.digest = digest  # the same by a great coincidence
        session().commit()

    stranger = Reader(south)
    stranger.client.set_cookie(south.config["SESSION_COOKIE_NAME"], cookie.value)

    assert stranger.get("/account").status_code == 303
    assert reader.get("/account").status_code == 200
