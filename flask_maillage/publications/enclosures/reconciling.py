"""The folder and the rows held against each other: files that no row names go, rows whose file is gone are told.

A file is written before its row, so that a row never leads to nothing: who is killed between the two leaves a file of
which no row knows. It waits a day, since the row of a new one may not be written yet.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from actors.database import reading, session
from actors.node import now
from flask_maillage.files import folder
from flask_maillage.files.images import smaller_boxes
from flask_maillage.files.media_types import named
from flask_maillage.files.models import StoredFile
from flask_maillage.publications.enclosures.models import KEPT, CopiedImage
from inboxes.pruning import on_pruning

log = logging.getLogger(__name__)
GRACE = timedelta(days=1)
"""How long a file may wait for its row: far longer than any transaction takes."""
BATCH = 500


@on_pruning
def sweep(_limit: datetime) -> None:
    """Remove files older than a day that no row names, and what was begun then and never finished.

    Where rows name not one of the files, the folder is another node's, or its database was put back wrongly: then
    nothing is removed.
    """
    before = (now() - GRACE).timestamp()
    unfinished = folder.remove_unfinished(older_than=before)
    lying = sorted(set(folder.names(older_than=before)))
    with reading():
        known = {name for at in range(0, len(lying), BATCH) for name in _known(lying[at : at + BATCH])}
    strays = [name for name in lying if name not in known]
    if strays and not known:
        log.warning("no row names one of the %s files in %s: they are left alone", len(lying), folder.shelf().folder)
        return
    for name in strays:
        folder.remove(name)
    if strays or unfinished:
        log.info("files that no row names, and gone: %s, and %s unfinished ones", len(strays), unfinished)


def _known(names: list[str]) -> list[str]:
    stored = session().scalars(select(StoredFile.name).where(StoredFile.name.in_(names)))
    copies = session().scalars(select(CopiedImage.name).where(CopiedImage.name.in_(names)))
    return [*stored, *(name for name in copies if name)]


def named_files() -> Iterator[tuple[str, ...]]:
    """Yield for each row what its file is called in the folder: one name for each size that it is kept in."""
    stored = select(StoredFile.name, StoredFile.media_type, StoredFile.width, StoredFile.height)
    for name, media_type, width, height in session().execute(stored.order_by(StoredFile.id)):
        known = named(media_type)
        yield _sizes(name, known.ending if known else "", width, height)
    copies = select(CopiedImage.name, CopiedImage.ending, CopiedImage.width, CopiedImage.height)
    for copy, ending, width, height in session().execute(copies.where(CopiedImage.state == KEPT)):
        yield _sizes(copy or "", ending, width, height)


def _sizes(name: str, ending: str, width: int | None, height: int | None) -> tuple[str, ...]:
    return tuple(folder.filename(name, ending, box) for box in (None, *smaller_boxes(width, height)))
