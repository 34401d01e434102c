"""The owner's copies of the files of an application."""

from sqlalchemy import select

from actors.database import session
from flask_maillage.calls.models import ApplicationFile, Dossier, PrivateFile, Version
from flask_maillage.calls.models.files import KEPT


def kept_file(dossier: Dossier, number: int, question: str) -> PrivateFile | None:
    """Return the file that answers a question in a version, where this node keeps it."""
    query = (
        select(PrivateFile)
        .join(ApplicationFile, ApplicationFile.file_id == PrivateFile.id)
        .join(Version, Version.id == ApplicationFile.version_id)
        .where(Version.dossier_id == dossier.id, Version.number == number)
        .where(ApplicationFile.key == question, ApplicationFile.state == KEPT)
    )
    return session().scalars(query.limit(1)).first()
