"""The wheel: what is in it, what is not, and that a node runs from it with no checkout in sight."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"federation", "actors", "inboxes", "flask_maillage"}
BUILT_FROM = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "templates", *sorted(PACKAGES))
VENDOR = ROOT / "flask_maillage/static/vendor/vendor.json"
GAZETTEER = "flask_maillage/territory/gazetteer.sqlite3"


def build(root: Path, target: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not VENDOR.is_file() or not (ROOT / GAZETTEER).is_file():
        pytest.fail("The front-end files or the gazetteer are missing: run `make assets` first.")
    folder = tmp_path_factory.mktemp("wheel")
    done = build(ROOT, "wheel", folder)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel in it, as pip puts it there without a network."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    done = subprocess.run([*command, str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    """What a build reads, in a folder of its own, before `make assets` has run."""
    for name in BUILT_FROM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(
                source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "vendor", "*.sqlite3")
            )
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def run(installed: Path, folder: Path, *command: str) -> str:
    """Run a command that finds our packages in the installed wheel alone, and return what it says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILLAGE_")}
    environment["PYTHONPATH"] = str(installed)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_wheel_has_four_packages_and_nothing_else_at_its_top(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_wheel_carries_every_file_that_is_not_code(names: set[str]) -> None:
    templates = {f"flask_maillage/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "templates").rglob("*.html")}
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    assert files | templates <= names
    assert {
        "federation/context.json",
        "flask_maillage/py.typed",
        "flask_maillage/static/vendor/vendor.json",
        GAZETTEER,
    } <= names
    assert any(name.endswith(".woff2") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_wheel_carries_nothing_that_was_left_lying_about(names: set[str]) -> None:
    left = names - {GAZETTEER}
    assert not [name for name in left if name.endswith((".pyc", ".sqlite3", ".log")) or "/tests/" in name]


@pytest.mark.later
def test_command_of_the_wheel_tells_its_version(installed: Path, tmp_path: Path) -> None:
    version = run(installed, tmp_path, sys.executable, "-c", "import flask_maillage as m; print(m.__version__)").strip()

    assert run(installed, tmp_path, sys.executable, str(installed / "bin/maillage"), "--version").split()[-1] == version


@pytest.mark.later
def test_node_of_the_wheel_shows_its_page_and_its_actor(installed: Path, tmp_path: Path) -> None:
    command = (sys.executable, str(installed / "bin/maillage"))
    run(installed, tmp_path, *command, "init", "--base-url", "https://node.example", "--name", "Of the wheel")
    run(installed, tmp_path, *command, "actor", "add", "union", "A union")
    script = """
import json, pathlib, sys
import actors, federation, flask_maillage, inboxes
here = pathlib.Path(sys.argv[1])
for package in (actors, federation, flask_maillage, inboxes):
    assert here in pathlib.Path(package.__file__).parents, package.__file__
client = flask_maillage.create_app().test_client()
page = client.get("/")
assert page.status_code == 200, page.status
font = next(here.glob("flask_maillage/static/vendor/*/*.woff2")).relative_to(here / "flask_maillage")
assert client.get(f"/{font.as_posix()}").status_code == 200
document = client.get("/actors/union", headers={"Accept": "application/activity+json"}).json
print(json.dumps({"page": page.text, "actor": document["id"]}))
"""

    told = run(installed, tmp_path, sys.executable, "-c", script, str(installed))

    assert "Of the wheel" in told
    assert "https://node.example/actors/union" in told


@pytest.mark.parametrize("missing", ["vendor.json", "gazetteer.sqlite3"])
def test_wheel_without_what_is_made_is_not_built(bare_checkout: Path, missing: str) -> None:
    for path in ("flask_maillage/static/vendor/vendor.json", GAZETTEER):
        if not path.endswith(missing):
            (bare_checkout / path).parent.mkdir(exist_ok=True)
            (bare_checkout / path).touch()

    done = build(bare_checkout, "wheel", bare_checkout / "dist")

    assert done.returncode != 0
    assert f"{missing} is missing" in done.stderr
    assert "run `make assets`, then build again" in done.stderr
    assert not list(bare_checkout.glob("dist/*"))


@pytest.mark.later
def test_editable_install_needs_no_front_end_files_yet(bare_checkout: Path, tmp_path: Path) -> None:
    script = "from hatchling.build import build_editable; print(build_editable('dist'))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=bare_checkout, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(bare_checkout.glob("dist/*.whl"))) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".html")]


@pytest.mark.later
def test_source_archive_builds_the_same_wheel(names: set[str], tmp_path: Path) -> None:
    done = build(ROOT, "sdist", tmp_path)
    assert done.returncode == 0, done.stderr
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    root = next((tmp_path / "source").iterdir())

    done = build(root, "wheel", tmp_path / "again")

    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next((tmp_path / "again").glob("*.whl"))) as archive:
        assert set(archive.namelist()) == names
    assert {"README.md", "LICENSE", "Makefile", "requirements.lock", "tests", "docs"} <= {
        path.name for path in root.iterdir()
    }
