"""The scheme of our tables: brought up to date, and compared with what this version expects."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DatabaseError, OperationalError

from flask_maillage.resources import migrations_folder

VERSION_TABLE = "maillage_alembic_version"


class SchemeError(Exception):
    """The database is not what this version expects; the text is one sentence with the remedy."""


def upgrade(engine: Engine) -> str:
    """Bring our tables to the newest scheme, and return its revision.

    Raises:
        SchemeError: the database is of a newer version, or cannot be written to.
    """
    check_not_newer(engine)
    config = _config()
    with engine.connect() as connection, _unbound_rows(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return head()


@contextmanager
def _unbound_rows(connection: Connection) -> Iterator[None]:
    """Let a table be made anew on SQLite, which it does by dropping it: no row that leads to it goes with it.

    Raises:
        SchemeError: afterwards a row leads to one that is not there.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        cursor.execute("PRAGMA foreign_key_check")
        if broken := cursor.fetchone():
            raise SchemeError(f"The database is damaged (table {broken[0]}): restore a backup.")
    finally:
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()


def check(engine: Engine) -> None:
    """Refuse to work on a database that is not of the newest scheme.

    Raises:
        SchemeError: it is older, newer or empty.
    """
    check_not_newer(engine)
    if _revision(engine) != head():
        raise SchemeError("The database is not up to date: run `maillage db upgrade` (a backup first is wise).")


def check_not_newer(engine: Engine) -> None:
    """Refuse a database that a later version has worked on.

    Raises:
        SchemeError: its revision is unknown here, or it cannot be opened.
    """
    revision = _revision(engine)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemeError(
            f"The database is of a newer version of Maillage (revision {revision}): install that version or later."
        )


def head() -> str:
    """Return the newest revision that this version knows."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise SchemeError("The migration scripts are missing: install the package again.")
    return found


def _revision(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(VERSION_TABLE):
                return None
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
            return context.get_current_revision()
    except (OperationalError, DatabaseError) as error:
        raise SchemeError(
            f"The database cannot be opened ({error.orig}): check MAILLAGE_DATABASE_URL, that the server runs, and "
            "that the data folder may be written to."
        ) from None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    return config
