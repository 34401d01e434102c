"""The addresses of images and documents: each is given to those who may see an actor or a publication it belongs to."""

from typing import Any

from flask import Response, abort
from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from actors.readers import current_reader
from federation.errors import FederationError
from flask_maillage.files import answering, folder, storing
from flask_maillage.files.images import BOXES
from flask_maillage.files.media_types import MEDIA_TYPES, MediaType, with_ending
from flask_maillage.files.models import StoredFile
from flask_maillage.people.current import current_member, may
from flask_maillage.people.roles import PUBLISH
from flask_maillage.publications import audience
from flask_maillage.publications.enclosures.models import CopiedImage, FileUse, Portrait
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.views.finding import is_for_member, is_standing
from flask_maillage.web.blueprint import pages

ENDINGS = frozenset(media_type.ending for media_type in MEDIA_TYPES)


@pages.get("/media/<filename>")
def media(filename: str) -> Response:
    """Give out a file; to whom it is not given, it is not there."""
    match = folder.FILENAME.fullmatch(filename)
    if match is None or match[3] not in ENDINGS or (match[2] and int(match[2]) not in BOXES[1:]):
        abort(404)
    media_type = with_ending(match[3])
    stored = storing.find(match[1])
    if stored is not None:
        if stored.media_type != media_type.name:
            abort(404)
        if (actor := _pictured(stored)) is not None and is_standing(actor, known=current_member() is not None):
            return answering.answer(filename, media_type, is_open=is_standing(actor, known=False))
        return _answer(filename, media_type, _publications_with(stored), title=stored.title, owner=stored.actor)
    copied = session().scalar(select(CopiedImage).where(CopiedImage.name == match[1]))
    if copied is None or copied.ending != match[3]:
        abort(404)
    if copied.actor_id is not None:
        actor = session().get(Actor, copied.actor_id)
        is_open = actor is not None and is_standing(actor, known=False)
        return answering.answer(filename, media_type, is_open=True) if is_open else abort(404)
    return _answer(filename, media_type, _publications_with(copied))


def _pictured(stored: StoredFile) -> Actor | None:
    """Return the actor whose picture a file is."""
    return session().scalar(
        select(Actor).join(Portrait, Portrait.actor_id == Actor.id).where(Portrait.file_id == stored.id).limit(1)
    )


def _answer(
    filename: str,
    media_type: MediaType,
    publications: list[Publication],
    *,
    title: str = "",
    owner: Actor | None = None,
) -> Response:
    """Ask who reads only where it depends on that, so that what everybody may have is kept by caches."""
    published = [one for one in publications if one.state == PUBLISHED]
    is_open = _is_open(published)
    if not is_open and not (_may_see(current_member(), published, owner) or _reads([one.id for one in published])):
        abort(404)
    return answering.answer(filename, media_type, title=title, is_open=is_open)


def may_have(member: Any, stored: StoredFile) -> bool:
    """Tell whether a member may have a file of ours."""
    published = [one for one in _publications_with(stored) if one.state == PUBLISHED]
    pictured = _pictured(stored)
    is_picture = pictured is not None and is_standing(pictured, known=True)
    return is_picture or _is_open(published) or _may_see(member, published, stored.actor)


def _is_open(published: list[Publication]) -> bool:
    return any(audience.is_open(one) and is_standing(one.actor, known=False) for one in published)


def _may_see(member: Any, published: list[Publication], owner: Actor | None) -> bool:
    """Tell whether a member may have a file: those who write for its actor, or who may read what it belongs to."""
    if member is not None and owner is not None and may(member, PUBLISH, owner):
        return True
    return any(is_for_member(member, one) and is_standing(one.actor, known=True) for one in published)


def _publications_with(thing: StoredFile | CopiedImage) -> list[Publication]:
    if isinstance(thing, CopiedImage):
        found = session().get(Publication, thing.publication_id) if thing.publication_id else None
        return [found] if found else []
    query = select(Publication).join(FileUse, FileUse.publication_id == Publication.id)
    return list(session().scalars(query.where(FileUse.file_id == thing.id)))


def _reads(numbers: list[int]) -> bool:
    """Tell whether a server signed for somebody who may read one of these; finding that out may end the transaction."""
    try:
        reader = current_reader()
    except FederationError:
        return False
    if reader is None or reader.number is None:
        return False
    found = session().scalars(select(Publication).where(Publication.id.in_(numbers)))
    return any(one.local and audience.includes(one, [reader.number]) for one in found)
