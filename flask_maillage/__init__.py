"""Maillage: a federated territorial network. Hosts import from here, and only from here."""

from flask_maillage.version import __version__

__all__ = ["__version__"]
