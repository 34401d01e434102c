"""Which files a publication needs: kept with it in one transaction, and let go of with it.

What lies here belongs to the publication's own actor; an image that lies elsewhere is put down to be copied.
"""

from sqlalchemy import delete, select

from actors import iris
from actors.database import session
from actors.node import now
from flask_maillage.files import folder
from flask_maillage.files.models import StoredFile
from flask_maillage.publications.attached import Media
from flask_maillage.publications.content import Content
from flask_maillage.publications.enclosures.models import KEPT, WAITING, CopiedImage, FileUse
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible

NOT_HERE = _("This file is not here any more: choose it again.")


def attach(publication: Publication) -> None:
    """Note which files a publication needs, after what it says was set; what it needs no longer goes later.

    Raises:
        NotPossible: one of ours names a file that its actor has not.
    """
    content = publication.content
    if publication.local:
        _use(publication, content)
    _put_down_to_copy(publication, content.image.url if content.image else None)
    session().flush()


def detach(publication: Publication) -> None:
    """Let go of all files of a publication that says nothing any more."""
    session().execute(delete(FileUse).where(FileUse.publication_id == publication.id))
    let_go_of_copy(publication)


def let_go_of_copy(publication: Publication) -> None:
    """Let go of our copy of an image that lies elsewhere."""
    _put_down_to_copy(publication, None)
    session().flush()


def stored_name(url: str) -> str | None:
    """Return the name of the stored file whose address this is, or None for what lies elsewhere."""
    base = iris.media("")
    match = folder.FILENAME.fullmatch(url.removeprefix(base)) if url.startswith(base) else None
    return match[1] if match else None


def media_of(content: Content) -> list[Media]:
    """Return the image and the documents of a publication."""
    return [*([content.image] if content.image else []), *content.attachments]


def _use(publication: Publication, content: Content) -> None:
    named = {name: one for one in media_of(content) if (name := stored_name(one.url))}
    query = select(StoredFile.name, StoredFile.id).where(
        StoredFile.name.in_(named), StoredFile.actor_id == publication.actor_id
    )
    numbers = {row.name: row.id for row in session().execute(query)}
    before = set(session().scalars(select(FileUse.file_id).where(FileUse.publication_id == publication.id)))
    gone, wanted = before - set(numbers.values()), set(numbers.values()) - before
    for name, one in named.items():
        if name not in numbers or (numbers[name] in wanted and not _lies_here(one.url)):
            raise NotPossible(NOT_HERE, "image" if one is content.image else "documents")
    if gone:
        session().execute(delete(FileUse).where(FileUse.publication_id == publication.id, FileUse.file_id.in_(gone)))
    session().add_all(FileUse(publication_id=publication.id, file_id=number) for number in sorted(wanted))


def _lies_here(url: str) -> bool:
    """Tell whether the bytes are there too: a row may outlive them, as after an incomplete restore."""
    return folder.path_of(url.removeprefix(iris.media(""))).is_file()


def _put_down_to_copy(publication: Publication, url: str | None) -> None:
    url = None if url and stored_name(url) else url
    query = select(CopiedImage).where(CopiedImage.publication_id == publication.id)
    row = session().scalar(query)
    if row is not None and row.url != url:
        row.publication_id = None
        session().flush()
        row = None
    if url is None or row is not None:
        return
    session().add(CopiedImage(publication_id=publication.id, url=url, state=WAITING, due_at=now()))


def kept_copies(publication_ids: list[int]) -> dict[int, CopiedImage]:
    """Return the copies of images that can be shown, by their publications."""
    if not publication_ids:
        return {}
    query = select(CopiedImage).where(CopiedImage.publication_id.in_(publication_ids), CopiedImage.state == KEPT)
    return {row.publication_id: row for row in session().scalars(query) if row.publication_id is not None}
