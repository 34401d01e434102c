"""The commands: what they say, and that what a person can mend is told in one sentence, without a traceback."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from actors.database import BIND
from flask_maillage import __version__
from flask_maillage.migrating import VERSION_TABLE
from tests.conftest import Clock
from tests.fediverse import Fediverse

ROOT = Path(__file__).resolve().parent.parent
INIT = ("init", "--base-url", "http://127.0.0.1:8000", "--allowed-networks", "127.0.0.0/8")
Command = Callable[..., str]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone: what commands say does not depend on the database, and what they do is tested elsewhere on both."""
    path = tmp_path / "maillage.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


def process(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `maillage …` in a process of its own, in a folder, with nothing set but `settings`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILLAGE_")}
    environment |= {"PYTHONPATH": str(ROOT)} | {f"MAILLAGE_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "flask_maillage", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence by which a command says why it ended with 1."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.startswith("Error: "), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.removeprefix("Error: ").strip()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a node in it that `maillage init` has made."""
    folder = tmp_path_factory.mktemp("made")
    done = process(folder, *INIT)
    assert done.returncode == 0, done.stderr
    return folder


def invoke(app: Flask, words: tuple[str, ...]) -> tuple[int, str]:
    """Run a command on the node under test in a context of its own, as a process would."""
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["maillage", *words])
    return result.exit_code, result.output


@pytest.fixture
def maillage(app: Flask) -> Command:
    """Run a command on the node under test, which works, and return what it says."""

    def run(*words: str) -> str:
        code, output = invoke(app, words)
        assert code == 0, output
        return output

    return run


@pytest.fixture
def refused(app: Flask) -> Command:
    """Run a command on the node under test, which refuses, and return its sentence."""

    def run(*words: str) -> str:
        code, output = invoke(app, words)
        assert code == 1, output
        assert output.startswith("Error: "), output
        return output.removeprefix("Error: ").strip()

    return run


def test_version_is_that_of_the_package(tmp_path: Path) -> None:
    assert process(tmp_path, "--version").stdout == f"maillage, version {__version__}\n"


def test_every_command_says_what_it_does(tmp_path: Path) -> None:
    told = process(tmp_path, "--help").stdout

    listed = re.findall(r"^  ([a-z]+)  +\S", told.partition("Commands:")[2], flags=re.MULTILINE)
    expected = "actor call check db delivery demo doctor event fetch import init mail member page partner"
    expected += " policy project publish report serve territory token topic work"
    assert listed == expected.split()


def test_command_without_a_node_says_how_to_make_one(tmp_path: Path) -> None:
    assert "`maillage init` asks for it once" in sentence(process(tmp_path, "actor", "list"))


def test_help_of_a_command_needs_no_node(tmp_path: Path) -> None:
    assert process(tmp_path, "actor", "add", "--help").stdout.startswith("Usage: maillage actor add")


def test_init_makes_a_node_that_works_at_once(tmp_path: Path) -> None:
    made = process(tmp_path, *INIT, "--name", "L’atelier “du” nord 🧵", "--language", "fr")

    assert made.returncode == 0, made.stderr
    assert "maillage serve" in made.stdout
    settings = tomllib.loads((tmp_path / "node" / "settings.toml").read_text(encoding="utf-8"))
    assert settings == {
        "base_url": "http://127.0.0.1:8000",
        "name": "L’atelier “du” nord 🧵",
        "language": "fr",
        "allowed_networks": "127.0.0.0/8",
    }
    assert "@relay@127.0.0.1:8000" in process(tmp_path, "actor", "list").stdout


def test_init_takes_what_the_environment_says(tmp_path: Path) -> None:
    settings = {"BASE_URL": "https://network.example", "DATA": str(tmp_path / "elsewhere"), "NAME": "From outside"}

    assert process(tmp_path, "init", **settings).returncode == 0
    written = tomllib.loads((tmp_path / "elsewhere" / "settings.toml").read_text(encoding="utf-8"))
    assert (written["base_url"], written["name"]) == ("https://network.example", "From outside")
    assert not (tmp_path / "node").exists()


def test_init_asks_for_address_and_name_where_they_are_not_given(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flask_maillage", "init"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILLAGE_")}
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        input="https://network.example\nOur network\n",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    written = tomllib.loads((tmp_path / "node" / "settings.toml").read_text(encoding="utf-8"))
    assert written == {"base_url": "https://network.example", "name": "Our network", "language": "en"}


def test_init_of_a_trial_on_this_machine_needs_no_further_setting(tmp_path: Path) -> None:
    assert process(tmp_path, "init", "--base-url", "http://127.0.0.1:8000").returncode == 0

    written = tomllib.loads((tmp_path / "node" / "settings.toml").read_text(encoding="utf-8"))
    assert written["allowed_networks"] == "127.0.0.0/8"


def test_init_a_second_time_changes_nothing(node: Path) -> None:
    before = {path.name: path.read_bytes() for path in (node / "node").iterdir() if path.suffix in ("", ".toml")}

    assert "this node was made before" in sentence(process(node, *INIT, "--name", "Another"))
    assert {name: (node / "node" / name).read_bytes() for name in before} == before


def test_init_with_a_wrong_setting_leaves_no_settings_behind(tmp_path: Path) -> None:
    told = sentence(process(tmp_path, "init", "--base-url", "network.example"))

    assert told.startswith("MAILLAGE_BASE_URL is 'network.example': write it as")
    assert not (tmp_path / "node" / "settings.toml").exists()


@pytest.mark.parametrize("words", [("serve",), ("work", "--once"), ("actor", "list"), ("delivery", "letters")])
def test_database_that_is_not_up_to_date_is_told(words: tuple[str, ...], tmp_path: Path) -> None:
    told = sentence(process(tmp_path, *words, BASE_URL="https://network.example"))

    assert told == "The database is not up to date: run `maillage db upgrade` (a backup first is wise)."


@pytest.mark.parametrize("words", [("serve",), ("db", "upgrade"), ("member", "list")])
def test_database_of_a_newer_version_is_left_alone(words: tuple[str, ...], app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engines[BIND]
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = 'to come'"))
    url = engine.url.render_as_string(hide_password=False)

    told = sentence(process(tmp_path, *words, BASE_URL="https://network.example", DATABASE_URL=url))

    assert told.endswith("of a newer version of Maillage (revision to come): install that version or later.")


def test_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    config = {"BASE_URL": "https://network.example", "DATABASE_URL": f"sqlite:///{tmp_path}/none/here.sqlite3"}

    assert "check MAILLAGE_DATABASE_URL" in sentence(process(tmp_path, "db", "upgrade", **config))


def test_server_of_the_database_that_does_not_run_is_told(tmp_path: Path) -> None:
    config = {"BASE_URL": "https://network.example", "DATABASE_URL": "postgresql://127.0.0.1:1/none"}

    assert "The database cannot be opened" in process(tmp_path, "db", "upgrade", **config).stderr


def test_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "node").write_text("not a folder")

    told = sentence(process(tmp_path, "db", "upgrade", BASE_URL="https://network.example"))

    assert told.endswith("set MAILLAGE_DATA to one that may be written to.")


def test_secret_of_another_node_is_told(node: Path) -> None:
    asked = ("actor", "follow", "relay", "http://127.0.0.1:1/actors/nobody")

    told = sentence(process(node, *asked, SECRET="another secret, longer than thirty-two characters"))

    assert "secret does not open its private keys" in told


@pytest.mark.parametrize("words", [("serve",), ("work", "--once")])
def test_secret_or_address_of_another_node_is_told_at_the_start(words: tuple[str, ...], node: Path) -> None:
    other_secret = sentence(process(node, *words, SECRET="another secret, longer than thirty-two characters"))
    other_address = sentence(process(node, *words, BASE_URL="http://127.0.0.1:1"))

    assert "secret does not open its private keys" in other_secret
    assert other_address.startswith("MAILLAGE_BASE_URL leads to http://127.0.0.1:1/actors/relay, but the database is")


@pytest.mark.parametrize("port", ["0", "-1", "99999"])
def test_port_that_is_none_is_told(port: str, node: Path) -> None:
    done = process(node, "serve", f"--port={port}")

    assert done.returncode == 2
    assert "is not in the range 1<=x<=65535" in done.stderr


def test_port_in_use_is_told_before_anything_starts(node: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = process(node, "serve", "--port", str(port))

    told = sentence(done)
    assert told.startswith(f"Port {port} on 127.0.0.1 cannot be used (")
    assert told.endswith("end what listens there, or choose another with --port.")
    assert done.stdout == ""


def test_actor_add_tells_its_handle_and_its_page(maillage: Command) -> None:
    told = maillage("actor", "add", "bakers", "The bakers", "--kind", "project", "--summary", "<p>We bake.</p>")

    assert told == "@bakers@localhost is at http://localhost/@bakers\n"
    assert "project        The bakers" in maillage("actor", "list")


@pytest.mark.parametrize(
    ("handle", "told"),
    [
        ("Bakers!", "A handle has 1 to 30 characters"),
        ("relay", "The handle relay is reserved."),
        ("union", "The handle union is taken; handles are never used twice."),
    ],
)
def test_actor_add_refuses_a_handle_with_the_reason(handle: str, told: str, refused: Command) -> None:
    assert refused("actor", "add", handle, "Some name").startswith(told)


@pytest.mark.parametrize("website", ["javascript:alert(1)", "union.example", 'https://a.example/" onmouseover="x'])
def test_actor_add_refuses_a_website_that_is_none(website: str, refused: Command) -> None:
    assert "is not the address of a website" in refused("actor", "add", "bakers", "Bakers", "--website", website)


def test_actor_that_is_not_there_is_told_with_where_to_look(refused: Command) -> None:
    for words in (("followers", "nobody"), ("follow", "nobody", "@a@b.test"), ("answer", "nobody", "union", "accept")):
        assert refused("actor", *words) == "There is no actor nobody here; `maillage actor list` names them."


def test_follow_of_a_remote_actor_waits_and_is_carried(
    maillage: Command, fediverse: Fediverse, clock: Clock, app: Flask
) -> None:
    alice = fediverse.actor("alice", "far.test")

    assert maillage("actor", "follow", "union", alice.iri).startswith("union follows @alice@far.test")
    assert "pending    Follow" in maillage("delivery", "list")
    assert maillage("work", "--once") == "1 done.\n"
    assert "delivered  Follow" in maillage("delivery", "list", "--state", "delivered")
    assert [letter["type"] for letter in fediverse.letters()] == ["Follow"]
    accept = alice.activity("Accept", fediverse.letters()[0])
    assert alice.post(app.test_client(), accept, now=clock()).status_code == 202
    assert "waiting  Accept" in maillage("delivery", "letters", "--state", "waiting")
    maillage("work", "--once")
    assert "done     Accept" in maillage("delivery", "letters")
    assert "follows @alice@far.test" in maillage("actor", "unfollow", "union", alice.iri)
    maillage("work", "--once")
    assert [letter["type"] for letter in fediverse.letters()] == ["Follow", "Undo"]


def test_follow_of_one_who_cannot_be_read_is_told(refused: Command, fediverse: Fediverse) -> None:
    address = fediverse.address("far.test", "/users/nobody")

    assert refused("actor", "follow", "union", address).startswith(f"{address} was not found: ")


def test_followers_are_listed_and_answered(maillage: Command, refused: Command) -> None:
    maillage("actor", "add", "closed", "On approval", "--approves-followers")
    assert maillage("actor", "follow", "union", "closed") == "union follows @closed@localhost: pending\n"

    assert maillage("actor", "followers", "closed") == "pending    @union@localhost\n"
    assert maillage("actor", "answer", "closed", "union", "accept") == "union: accepted\n"
    assert maillage("actor", "followers", "closed") == "accepted   @union@localhost\n"
    assert refused("actor", "answer", "closed", "couriers", "accept") == "couriers has not asked to follow closed."
    assert refused("actor", "unfollow", "couriers", "closed") == "couriers does not follow @closed@localhost."


def test_member_add_tells_where_to_sign_in_and_never_the_password(maillage: Command) -> None:
    words = ("Bo@Example.org", "Bo", "bo", "--password", "a good long password", "--for", "union", "--admin")

    told = maillage("member", "add", *words)

    assert told == "bo@example.org may sign in at http://localhost/sign-in, as @bo@localhost\n"
    line = next(line for line in maillage("member", "list").splitlines() if line.startswith("bo@example.org"))
    assert "admin union (editor)" in line
    assert "a good long password" not in maillage("member", "list")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ann@example.org", "Ann", "ann_two", "--password", "correct horse"), "Somebody has an account with"),
        (("bo", "Bo", "bo", "--password", "correct horse"), "That is not an e-mail address"),
        (("bo@example.org", "Bo", "union", "--password", "correct horse"), "The handle union is taken"),
        (("bo@example.org", "Bo", "bo", "--password", "short"), "A password has at least 10 characters"),
        (("bo@example.org", "Bo", "bo", "--password", "correct horse", "--for", "nobody"), "There is no actor nobody"),
    ],
)
def test_member_add_refuses_with_the_reason_and_adds_nobody(
    words: tuple[str, ...], told: str, refused: Command, maillage: Command
) -> None:
    before = maillage("member", "list")

    assert refused("member", "add", *words).startswith(told)
    assert maillage("member", "list") == before


def test_role_of_a_member_is_given_and_taken(maillage: Command, refused: Command) -> None:
    assert maillage("member", "role", "ann@example.org", "couriers", "admin") == "ann@example.org for couriers: admin\n"
    assert "couriers (admin)" in maillage("member", "list")
    assert "Nobody else administers it" in refused("member", "role", "ann@example.org", "couriers", "none")
    maillage("member", "add", "bea@example.org", "Bea", "bea", "--password", "twelve apples", "--for", "couriers",
             "--role", "admin")  # fmt: skip
    maillage("member", "role", "ann@example.org", "couriers", "none")
    assert "couriers" not in maillage("member", "list").splitlines()[0]
    assert (
        refused("member", "role", "no@example.org", "union", "admin") == "Nobody here has the address no@example.org."
    )
    assert "nobody has a role for it" in refused("member", "role", "ann@example.org", "relay", "admin")


def test_retry_makes_due_what_was_put_off(maillage: Command, fediverse: Fediverse) -> None:
    alice = fediverse.actor("alice", "far.test")
    working = fediverse.answers.pop(("far.test", "/users/alice/inbox"))
    fediverse.answer(alice.inbox, lambda arrived: type(working)(503))  # type: ignore[operator]
    maillage("actor", "follow", "union", alice.iri)
    maillage("work", "--once")
    fediverse.answers["far.test", "/users/alice/inbox"] = working
    assert maillage("work", "--once") == "0 done.\n"

    assert maillage("delivery", "retry", "--host", "elsewhere.test") == "0 due now.\n"
    assert maillage("delivery", "retry") == "1 due now.\n"
    assert maillage("work", "--once") == "1 done.\n"
    assert "delivered  Follow" in maillage("delivery", "list")
