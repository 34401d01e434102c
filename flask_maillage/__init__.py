"""Maillage: a federated territorial network. Hosts import from here, and only from here."""

__version__ = "0.1.0"
