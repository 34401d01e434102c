"""Alembic's door: our metadata, our version table, batches for SQLite."""

from alembic import context

import flask_maillage.tables  # noqa: F401
from actors.database import Base
from flask_maillage.migrating import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
