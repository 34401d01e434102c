"""The database foundation: our own declarative base and bind, the session, and how transactions begin.

Our tables live on a bind of their own in the application's Flask-SQLAlchemy, so that engine, pragmas and transaction
mode are ours and touch nothing of a host's. Use-cases flush; edges (a view, a command, a turn of the worker) commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app, has_request_context, request
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.types import TypeDecorator

BIND = "maillage"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
Identity = BigInteger().with_variant(Integer, "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC on both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; a moment without zone is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all our models; its metadata names our bind."""

    metadata = MetaData(naming_convention=NAMING, info={"bind_key": BIND})
    type_annotation_map = {datetime: UTCDateTime, dict[str, Any]: JSON, str: Text}  # noqa: RUF012


def session() -> scoped_session[Session]:
    """Return the session of the application in hand."""
    return cast("scoped_session[Session]", current_app.extensions["sqlalchemy"].session)


_mode: ContextVar[str | None] = ContextVar("maillage_transaction_mode", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Begin transactions inside without the write lock, and end the one that was begun.

    For the reads that a request which will write later does first: SQLite's one write lock is then held for the
    moment of writing only, never while a key is fetched over the network.
    """
    token = _mode.set("read")
    try:
        yield
    finally:
        session().rollback()
        _mode.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Begin transactions inside with the write lock, where the request's method would not say so."""
    token = _mode.set("write")
    try:
        yield
    finally:
        _mode.reset(token)


def begins_with_lock() -> bool:
    """Tell whether a transaction that begins now takes SQLite's write lock at once.

    Requests with a safe method read; other requests, the worker and commands write. Anything else was measured to
    lose updates or to fail half of the time under concurrency.
    """
    mode = _mode.get()
    if mode is not None:
        return mode == "write"
    return not has_request_context() or request.method not in SAFE_METHODS
