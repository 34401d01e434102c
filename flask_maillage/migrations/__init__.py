"""The migration scripts, run by `maillage db upgrade`, the same on SQLite and PostgreSQL."""
