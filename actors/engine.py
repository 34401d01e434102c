"""The engine of our bind: SQLite in one file, or PostgreSQL."""

import math
import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from actors.database import begins_with_lock

BUSY_TIMEOUT_MILLISECONDS = 15_000
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
)


def create(url: str) -> Engine:
    """Make the engine for a database address; `postgresql://` means psycopg 3.

    Raises:
        sqlalchemy.exc.ArgumentError: the address is not one.
    """
    address = make_url(url)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_MILLISECONDS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(address, pool_pre_ping=True, pool_size=10, max_overflow=20)


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    _have_trigonometry(connection)


def _have_trigonometry(connection: sqlite3.Connection) -> None:
    """Distances need sines: some builds of SQLite have none."""
    try:
        connection.execute("SELECT sin(0), cos(0)")
    except sqlite3.OperationalError:
        for name in ("sin", "cos"):
            connection.create_function(name, 1, _of_number(getattr(math, name)), deterministic=True)


def _of_number(function: Callable[[float], float]) -> Callable[[float | None], float | None]:
    return lambda number: None if number is None else function(number)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if begins_with_lock() else "BEGIN")
