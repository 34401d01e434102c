"""The files that a member uploaded, as they take them along: those that they may still see, up to a bound."""

import re
from typing import Any

from sqlalchemy import select

from actors.database import session
from flask_maillage.files import folder
from flask_maillage.files.media_types import named
from flask_maillage.files.models import StoredFile
from flask_maillage.people.exporting import Enclosed, WithFiles, exported, plain
from flask_maillage.people.models import Member
from flask_maillage.publications.views.files import may_have

MOST_BYTES = 1024 * folder.MEGABYTE
"""How much of files one export holds, the newest first."""
NAME_LIMIT = 60


@exported("files")
def files(member: Member) -> WithFiles:
    """What they uploaded, for themselves and for others; of what they may not see any more, that there is such."""
    query = select(StoredFile).where(StoredFile.uploader_id == member.actor_id).order_by(StoredFile.id.desc())
    rows: list[dict[str, Any]] = []
    enclosed: list[Enclosed] = []
    room = MOST_BYTES
    for one in session().scalars(query):
        if one.actor_id != member.actor_id and not may_have(member, one):
            rows.append({"id": one.id, "title": one.title, "created_at": one.created_at, "file": None})
            continue
        media_type = named(one.media_type)
        ending = media_type.ending if media_type is not None else "bin"
        path = folder.path_of(folder.filename(one.name, ending))
        fits = one.size <= room and path.is_file()
        name = f"files/{_slug(one.title)}-{one.id}.{ending}" if fits else None
        rows.append({**plain(one, but=("actor_id", "uploader_id")), "of": one.actor.address, "file": name})
        if name is not None:
            room -= one.size
            enclosed.append(Enclosed(name, path))
    return WithFiles(rows, tuple(enclosed))


def _slug(title: str) -> str:
    return re.sub(r"[^\w-]+", "-", title)[:NAME_LIMIT].strip("-") or "file"
