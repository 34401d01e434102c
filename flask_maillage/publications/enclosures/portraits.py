"""The pictures of actors: the small one beside a name and the one above a page, on pages and on the wire.

Ours are files that were uploaded; others' are read from their documents and copied by the worker, for those alone of
whom something is shown here: who published what we keep, or is followed by one of ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.orm import aliased

from actors import documents, iris, moving, policy, remote
from actors.database import session
from actors.leases import wait_for_turn_at
from actors.models import Actor, Follow
from actors.node import now
from federation.activities import Document
from flask_maillage.files import folder
from flask_maillage.files.models import StoredFile
from flask_maillage.publications.attached import Picture
from flask_maillage.publications.enclosures.attaching import NOT_HERE, stored_name
from flask_maillage.publications.enclosures.models import ICON, IMAGE, KEPT, WAITING, CopiedImage, Portrait
from flask_maillage.publications.enclosures.showing import Shown, shown
from flask_maillage.publications.kinds import attachments
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible
from inboxes.consequences import on_media_refusal
from inboxes.registry import on_departure

PARTS = (ICON, IMAGE)


@dataclass(frozen=True)
class Pictures:
    """What can be shown of an actor's pictures."""

    icon: Shown | None = None
    image: Shown | None = None


def said(actor: Actor) -> dict[str, Picture]:
    """Return the pictures of an actor by their parts, wherever they lie."""
    rows = session().scalars(select(Portrait).where(Portrait.actor_id == actor.id))
    return {row.part: Picture.model_validate(row.picture) for row in rows}


def of(actor: Actor) -> Pictures:
    """Return the pictures of an actor that can be shown: of those elsewhere, what is copied already."""
    pictures = said(actor)
    kept = select(CopiedImage).where(CopiedImage.actor_id == actor.id, CopiedImage.state == KEPT)
    copies = {row.part: row for row in session().scalars(kept)} if pictures and not actor.local else {}
    return Pictures(**{part: _shown(picture, copies.get(part)) for part, picture in pictures.items()})


def icons_of(actor_ids: Iterable[int]) -> dict[int, Shown]:
    """Return the pictures beside the names of several actors, as far as they can be shown."""
    copied = aliased(CopiedImage)
    kept = and_(copied.actor_id == Portrait.actor_id, copied.part == ICON, copied.state == KEPT)
    query = select(Portrait, copied).outerjoin(copied, kept)
    rows = session().execute(query.where(Portrait.actor_id.in_(set(actor_ids)), Portrait.part == ICON))
    found = {row.actor_id: _shown(Picture.model_validate(row.picture), copy) for row, copy in rows}
    return {number: icon for number, icon in found.items() if icon is not None}


def write(actor: Actor, pictures: dict[str, Picture]) -> None:
    """Let an actor of ours have these pictures and no others, and tell its followers where that changes something.

    Followers elsewhere hear nothing of a member whom other servers may not find.

    Raises:
        NotPossible: a picture is no file of the actor.
    """
    if pictures == said(actor):
        return
    _keep(actor, {part: (picture, _file_of(actor, part, picture)) for part, picture in pictures.items()})
    if actor.federated:
        moving.tell_followers(actor)


@documents.describes
def described(actor: Actor) -> Document:
    """Return the pictures as the document of an actor of ours has them."""
    return {part: attachments.image_object(picture) for part, picture in said(actor).items()}


@remote.on_remembering
def remember(actor: Actor, document: Document) -> None:
    """Keep where the pictures of an actor elsewhere lie, and have them copied where it is shown here."""
    found = (
        {} if policy.refuses_media(actor.iri) else {part: attachments.picture_in(document.get(part)) for part in PARTS}
    )
    pictures = {part: picture for part, picture in found.items() if picture is not None}
    if pictures != said(actor):
        _keep(actor, {part: (picture, None) for part, picture in pictures.items()})
    if pictures:
        copy(actor)


def copy(actor: Actor) -> None:
    """Have the pictures of an actor elsewhere copied, where one of ours follows it or something of it is kept here."""
    if actor.local or not _is_shown(actor):
        return
    wait_for_turn_at(CopiedImage, str(actor.id))
    known = {row.part: row for row in session().scalars(select(CopiedImage).where(CopiedImage.actor_id == actor.id))}
    for part, picture in said(actor).items():
        if stored_name(picture.url) is not None:
            continue
        if part in known and known[part].url != picture.url:
            known.pop(part).actor_id = None
            session().flush()
        if part not in known:
            row = CopiedImage(actor_id=actor.id, part=part, url=picture.url, state=WAITING, due_at=now())
            session().add(row)
    session().flush()


@on_departure
@on_media_refusal
def forget(actor: Actor) -> None:
    """Keep no picture of an actor that left, or whose host's media are refused."""
    _keep(actor, {})


def _keep(actor: Actor, pictures: dict[str, tuple[Picture, int | None]]) -> None:
    session().execute(delete(Portrait).where(Portrait.actor_id == actor.id))
    for part, (picture, number) in pictures.items():
        dumped = picture.model_dump(mode="json")
        session().add(Portrait(actor_id=actor.id, part=part, picture=dumped, file_id=number))
    gone = update(CopiedImage).where(CopiedImage.actor_id == actor.id, CopiedImage.part.not_in(pictures))
    session().execute(gone.values(actor_id=None))
    session().flush()


def _file_of(actor: Actor, part: str, picture: Picture) -> int:
    name = stored_name(picture.url)
    query = select(StoredFile.id).where(StoredFile.name == name, StoredFile.actor_id == actor.id)
    number = session().scalar(query) if name else None
    if number is None:
        raise NotPossible(NOT_HERE, part)
    return number


def _is_shown(actor: Actor) -> bool:
    published = exists().where(Publication.actor_id == actor.id)
    followed = exists().where(Follow.followed_id == actor.id)
    return bool(session().scalar(select(Actor.id).where(Actor.id == actor.id, or_(published, followed))))


def _shown(picture: Picture, copied: CopiedImage | None) -> Shown | None:
    if stored_name(picture.url) is not None:
        return shown(picture, picture.url, picture.width, picture.height)
    if copied is None or copied.name is None or copied.url != picture.url:
        return None
    return shown(picture, iris.media(folder.filename(copied.name, copied.ending)), copied.width, copied.height)
