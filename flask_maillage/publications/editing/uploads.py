"""Files that come with a form: looked at before anything is locked, kept at once, and found again by their address.

So they outlive an error, a preview and a conflict. What no publication needs in the end goes some days later.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from actors import iris, local
from actors.database import reading, session, writing
from actors.models import Actor
from actors.node import now
from flask_maillage.files import folder, media_types, storing
from flask_maillage.files.media_types import DOCUMENT, IMAGE
from flask_maillage.files.models import StoredFile
from flask_maillage.files.refusing import FileRefused
from flask_maillage.files.storing import Prepared
from flask_maillage.people.current import author_of, current_member, may
from flask_maillage.people.roles import PUBLISH
from flask_maillage.publications.attached import MOST_ATTACHMENTS
from flask_maillage.publications.content import Content
from flask_maillage.publications.enclosures.attaching import media_of, stored_name
from flask_maillage.publications.models import Publication
from flask_maillage.web.language import gettext

REQUEST_ROOM = 2 * folder.MEGABYTE
"""What a form may hold besides its files."""


@dataclass
class Taken:
    """What came with a form: facts of what was kept, and sentences about what was not."""

    image: dict[str, Any] | None = None
    image_problems: list[str] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    document_problems: list[str] = field(default_factory=list)

    def settle(self, form: Any, actor: Actor, publication: Publication | None) -> None:
        """Let the fields of a form know which files they hold."""
        find = finder(actor, publication.content if publication else None)
        form.image.settle(self.image, find, self.image_problems)
        form.documents.settle(self.documents, find, self.document_problems)


def bound_request() -> None:
    """Say how much a form with files may send, before anything of it is read.

    What declares more is refused by its length alone (413), what declares nothing after as many bytes; larger files
    than half a megabyte lie in the system's temporary folder while they are read. A host's own limits are left as they
    are: these are of this request.
    """
    shelf = folder.shelf()
    request.max_content_length = shelf.largest_image + 2 * shelf.largest_document + REQUEST_ROOM
    request.max_form_memory_size = REQUEST_ROOM


def take(page_handle: str) -> Taken:
    """Keep the files that came with a form in the name of an actor, for a member who may publish for it."""
    chosen = [(IMAGE, one) for one in _chosen("image")[:1]] + [(DOCUMENT, one) for one in _chosen("documents")]
    taken = Taken()
    if not chosen:
        return taken
    with reading():
        if not may_write_for(page_handle):
            return taken
    prepared = []
    for family, sent in chosen[: MOST_ATTACHMENTS + 1]:
        try:
            prepared.append((family, sent, storing.prepare(family, sent.stream, sent.filename or "")))
        except FileRefused as refusal:
            _refuse(taken, family, sent, refusal)
    with writing():
        actor, uploader = local.find_page(page_handle), author_of(current_member())
        for family, sent, one in prepared:
            if actor is not None:
                _keep(taken, family, sent, one, actor, uploader)
        session().commit()
    return taken


def _chosen(name: str) -> list[FileStorage]:
    return [one for one in request.files.getlist(name) if one.filename]


def may_write_for(page_handle: str) -> bool:
    """Tell whether somebody is signed in who may publish for an actor of ours."""
    member, actor = current_member(), local.find_page(page_handle)
    return member is not None and actor is not None and actor.local and may(member, PUBLISH, actor)


def _keep(
    taken: Taken, family: str, sent: FileStorage, prepared: Prepared, actor: Actor, uploader: Actor | None
) -> None:
    try:
        facts = facts_of(storing.store(prepared, actor, uploader))
    except FileRefused as refusal:
        _refuse(taken, family, sent, refusal)
        return
    if family == IMAGE:
        taken.image = facts
    else:
        taken.documents.append(facts)


def _refuse(taken: Taken, family: str, sent: FileStorage, refusal: FileRefused) -> None:
    sentence = gettext(refusal.message, **refusal.values)
    if family == IMAGE:
        taken.image_problems.append(sentence)
    else:
        taken.document_problems.append(f"{storing.clean_title(sent.filename or '')[:60]}: {sentence}")


def facts_of(stored: StoredFile) -> dict[str, Any]:
    """Return what the fields of a form need to know of a stored file."""
    media_type = media_types.named(stored.media_type)
    ending = media_type.ending if media_type else ""
    return {
        "url": iris.media(folder.filename(stored.name, ending)),
        **{name: getattr(stored, name) for name in ("media_type", "size", "digest", "title")},
        **{name: getattr(stored, name) for name in ("width", "height", "pages")},
    }


def finder(actor: Actor, previous: Content | None) -> Callable[[str], dict[str, Any] | None]:
    """Return the function that finds a file by its address: the actor's own, or what the publication had before."""
    had = {one.url: one.model_dump() for one in (media_of(previous) if previous else ())}

    def find(url: str) -> dict[str, Any] | None:
        name = stored_name(url)
        if name is None:
            return had.get(url)
        query = select(StoredFile).where(StoredFile.name == name, StoredFile.actor_id == actor.id)
        stored = session().scalar(query)
        if stored is None:
            return None
        if request.method == "POST":
            stored.touched_at = now()
        return facts_of(stored)

    return find
