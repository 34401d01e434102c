"""What is looked at before a node begins to work: its tables, its address, its secret."""

from flask import current_app

from actors import iris, local
from actors.database import BIND, session
from flask_maillage import migrating
from flask_maillage.settings import SettingError


def check_node() -> None:
    """Refuse to work with a database that is not this node's or not of this version.

    Raises:
        SchemeError: the tables are older, newer or missing.
        SettingError: the database belongs to a node with another address.
        WrongSecret: its private keys lie under another secret.
    """
    migrating.check(current_app.extensions["sqlalchemy"].engines[BIND])
    application = local.find(iris.NODE_HANDLE)
    if application is None:
        raise SettingError("This node has no actor of its own yet: run `maillage init`, or `maillage db upgrade`.")
    if application.iri != iris.application():
        raise SettingError(
            f"MAILLAGE_BASE_URL leads to {iris.application()}, but the database is that of {application.iri}: an "
            "address never changes, so set it back, or begin with another database."
        )
    local.signer_of(application)
    session().rollback()
