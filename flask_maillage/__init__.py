"""Maillage: a federated territorial network. Hosts import from here, and only from here.

`Maillage(app)` mounts it on an application that there is; `create_app()` makes a node that stands alone.
"""

from flask_maillage.app import create_app
from flask_maillage.extension import Maillage
from flask_maillage.version import __version__

__all__ = ["Maillage", "__version__", "create_app"]
