"""`maillage policy …`: what it does, what it says, and that a mistake changes nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.fediverse import Fediverse

Command = Callable[..., str]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone, as for all commands."""
    path = tmp_path / "maillage.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


def invoke(app: Flask, words: tuple[str, ...]) -> tuple[int, str]:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["maillage", *words])
    return result.exit_code, result.output


@pytest.fixture
def maillage(app: Flask) -> Command:
    """Run a command that works, and return what it says."""

    def run(*words: str) -> str:
        code, output = invoke(app, words)
        assert code == 0, output
        return output

    return run


@pytest.fixture
def refused(app: Flask) -> Command:
    """Run a command that refuses, and return its sentence."""

    def run(*words: str) -> str:
        code, output = invoke(app, words)
        assert code == 1, output
        return output.removeprefix("Error: ").strip()

    return run


@pytest.fixture
def listed(maillage: Command) -> Callable[[], list[list[str]]]:
    """Return what is decided, as the first words of the lines of `policy list`."""
    return lambda: [line.split()[:2] for line in maillage("policy", "list").splitlines()[1:]]


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_block_ends_what_was_under_way_until_it_is_taken_back(
    maillage: Command, refused: Command, fediverse: Fediverse
) -> None:
    alice = fediverse.actor("alice", "far.test")
    maillage("actor", "follow", "union", alice.iri)

    told = maillage("policy", "block", "FAR.test", "--reason", "spam")
    assert told == "far.test is blocked, with everything below it. (1 follows ended, 1 deliveries cancelled)\n"
    maillage("work", "--once")
    assert "cancelled  Follow" in maillage("delivery", "list")
    assert fediverse.letters() == []
    assert "do not deal with" in refused("actor", "follow", "union", alice.iri)
    assert maillage("policy", "unblock", "far.test").startswith("far.test is blocked no longer")
    assert refused("policy", "unblock", "far.test").startswith("far.test is not blocked")
    maillage("actor", "follow", "union", alice.iri)


def test_several_hosts_at_once_or_none(maillage: Command, refused: Command, listed: Callable[[], object]) -> None:
    assert "'b..test' is not" not in maillage("policy", "silence", "a.test", "bücher.test")
    assert listed() == [["a.test", "silenced"], ["xn--bcher-kva.test", "silenced"]]
    assert refused("policy", "block", "c.test", "b..test").startswith("Nothing was changed: ")
    assert refused("policy", "unblock", "a.test", "c.test").startswith("c.test is not blocked")
    assert listed() == [["a.test", "silenced"], ["xn--bcher-kva.test", "silenced"]]


@pytest.mark.parametrize("host", ["localhost", "org", "co.uk"])
def test_a_block_that_is_too_wide_has_to_be_meant(
    maillage: Command, refused: Command, listed: Callable[[], object], host: str
) -> None:
    assert refused("policy", "block", host).endswith("If you mean it, add --force.")
    assert listed() == []
    maillage("policy", "block", host, "--force")
    assert listed() == [[host, "blocked"]]


def test_media_are_refused_beside_what_else_is_decided(maillage: Command) -> None:
    maillage("policy", "silence", "a.test", "--reason", "Loud")
    maillage("policy", "media", "a.test")
    assert maillage("policy", "list").splitlines()[1].split() == [
        "a.test",
        "silenced",
        "no",
        "media",
        "2026-11-21",
        "Loud",
    ]
    maillage("policy", "media", "--accept", "a.test")
    assert "no media" not in maillage("policy", "list")


def test_the_list_says_with_whom_the_node_deals(app: Flask, maillage: Command) -> None:
    assert maillage("policy", "list") == "This node federates with every host that is not blocked.\n"
    assert "archipelago" in maillage("policy", "allow", "partner.test")
    app.extensions["maillage"].archipelago = True
    assert "only with allowed hosts" in maillage("policy", "list")


def test_a_list_goes_out_and_comes_back_whole(maillage: Command, listed: Callable[[], object], tmp_path: Path) -> None:
    maillage("policy", "block", "a.test", "--reason", '=1+1, "quoted"')
    maillage("policy", "silence", "b.test")
    maillage("policy", "media", "b.test", "c.test")
    maillage("policy", "allow", "d.test")
    before = maillage("policy", "list")
    blocks, allowed = str(tmp_path / "blocks.csv"), str(tmp_path / "allowed.csv")
    maillage("policy", "export", blocks)
    maillage("policy", "export", "--allow", allowed)
    assert maillage("policy", "export").splitlines() == Path(blocks).read_bytes().decode().splitlines()
    assert maillage("policy", "import", blocks, "--replace") == "0 new, 0 changed, 0 taken back.\n"
    maillage("policy", "unblock", "a.test", "b.test", "c.test", "d.test")
    assert maillage("policy", "import", blocks) == "3 new, 0 changed, 0 taken back.\n"
    assert maillage("policy", "import", "--allow", allowed) == "1 new, 0 changed, 0 taken back.\n"
    assert maillage("policy", "list") == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    maillage: Command, listed: Callable[[], object], file: Callable[[str], str]
) -> None:
    maillage("policy", "block", "a.test", "b.test")
    maillage("policy", "allow", "d.test")
    path = file("#domain,#severity\na.test,silence\nc.test,suspend\nex***.test,suspend\n")
    assert maillage("policy", "import", path, "--dry-run", "--replace").splitlines() == [
        "+ c.test",
        "~ a.test",
        "- b.test",
        "Skipped, since their hosts are not written out: lines 4.",
        "1 new, 1 changed, 1 taken back; nothing was written.",
    ]
    assert listed() == [["a.test", "blocked"], ["b.test", "blocked"], ["d.test", "allowed"]]
    maillage("policy", "import", path, "--replace")
    assert listed() == [["a.test", "silenced"], ["c.test", "blocked"], ["d.test", "allowed"]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a.test\nb..test\n", "line 2: “b..test” is not the name of a host"),
        ("a.test\nlocalhost\n", "line 2: localhost is this node itself, or above it."),
        ("a.test\nco.uk\n", "line 2: co.uk is the end of many names, not the name of a host."),
        ("domain,severity\na.test,kill\n", "line 2: “kill” is not noop, silence or suspend"),
    ],
)
def test_a_list_with_one_bad_line_changes_nothing(
    refused: Command, listed: Callable[[], object], file: Callable[[str], str], text: str, sentence: str
) -> None:
    assert sentence in refused("policy", "import", file(text))
    assert listed() == []


def test_what_is_kept_is_erased_with_the_block_where_asked(maillage: Command, fediverse: Fediverse) -> None:
    maillage("actor", "follow", "union", fediverse.actor("alice", "far.test").iri)
    assert "of 1 actors is erased" in maillage("policy", "block", "far.test", "--erase")
