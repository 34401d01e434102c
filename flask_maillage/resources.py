"""Where our templates, static files and migrations lie: one rule for a checkout, an editable install and a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """Return the folder that holds `maillage/`: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def static_folder() -> Path:
    """Return the folder of the static files."""
    return PACKAGE / "static"


def migrations_folder() -> Path:
    """Return the folder of the migration scripts."""
    return PACKAGE / "migrations"
