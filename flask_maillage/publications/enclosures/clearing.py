"""Files that no publication needs: uploaded in a form that was never saved, or of what was withdrawn. They go."""

from datetime import timedelta
from typing import Any

from sqlalchemy import exists, or_, select

from actors.database import reading, session
from actors.node import now
from flask_maillage.files import folder
from flask_maillage.files.models import StoredFile
from flask_maillage.publications.enclosures.models import CopiedImage, FileUse, Portrait
from inboxes.chores import chore

GRACE = timedelta(days=7)
"""How long a file waits for the form that holds it to be saved."""
BATCH = 100


@chore
def clear_files() -> int:
    """Remove files that nothing needs any more, and return how many; the row first, so that none leads to nothing."""
    with reading():
        stored, copies = _unneeded()
    names = _forget(StoredFile, stored) + _forget(CopiedImage, copies)
    for name in names:
        folder.remove(name)
    return len(stored) + len(copies)


def _unneeded() -> tuple[list[int], list[int]]:
    needed = or_(exists().where(FileUse.file_id == StoredFile.id), exists().where(Portrait.file_id == StoredFile.id))
    stored = select(StoredFile.id).where(~needed, StoredFile.touched_at < now() - GRACE).limit(BATCH)
    copies = select(CopiedImage.id).where(CopiedImage.publication_id.is_(None), CopiedImage.actor_id.is_(None))
    return list(session().scalars(stored)), list(session().scalars(copies.limit(BATCH)))


def _forget(model: type[StoredFile] | type[CopiedImage], numbers: list[int]) -> list[str]:
    """Delete rows that nothing needs now either, and return the names of their files."""
    if not numbers:
        return []
    names = []
    rows: list[Any] = list(session().scalars(select(model).where(model.id.in_(numbers)).with_for_update()))
    for row in rows:
        if isinstance(row, StoredFile) and _is_needed(row):
            continue
        if row.name:
            names.append(row.name)
        session().delete(row)
    session().commit()
    return names


def _is_needed(row: StoredFile) -> bool:
    uses = (select(model.file_id).where(model.file_id == row.id).limit(1) for model in (FileUse, Portrait))
    return any(session().scalar(use) is not None for use in uses)
