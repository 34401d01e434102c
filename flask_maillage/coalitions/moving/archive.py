"""The archive of an actor of ours: what it published, as servers read it, with its files and whom it knows.

`docs/moving.md` says what each part is. What others entrusted to the node stays: applications, opinions, registrations,
drafts, letters; and so do private keys, which would let two nodes speak with one voice.
"""

import json
from collections.abc import Iterator
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import aliased

from actors.database import reading, session
from actors.documents import actor_document, timestamp
from actors.models import Actor, ActorKey, Follow
from actors.node import node, now
from federation.activities import Document, context
from flask_maillage.coalitions.models import Membership
from flask_maillage.files import folder
from flask_maillage.files.media_types import named
from flask_maillage.files.models import StoredFile
from flask_maillage.publications import publishing
from flask_maillage.publications.enclosures.models import FileUse, Portrait
from flask_maillage.publications.models import DIRECT, PUBLISHED, Publication
from flask_maillage.version import __version__
from flask_maillage.web import zips

FORMAT, VERSION = "https://w3id.org/maillage#ActorArchive", 1
MARKDOWN = "text/markdown"
BATCH = 50


def packed(actor: Actor) -> Iterator[bytes]:
    """Yield the archive of an actor as a zip, a piece at a time; each part is read when its turn comes.

    It needs no request, and no transaction is open while somebody waits for a slow line: what is published meanwhile
    may be in it or not.
    """
    app: Any = current_app
    return zips.packed(_entries(app._get_current_object(), actor.id))


def filename(actor: Actor) -> str:
    """Return what an archive is called where it is saved."""
    return f"{actor.handle}-{actor.host.partition(':')[0]}-{now():%Y-%m-%d}.zip"


def _entries(app: Flask, number: int) -> Iterator[zips.Entry]:
    with app.app_context(), reading():
        parts = _parts(session().get_one(Actor, number))
        publications = _numbers(number)
    yield from ((f"{name}.json", _written(value)) for name, value in parts.items())
    for at in range(0, len(publications), BATCH):
        with app.app_context(), reading():
            texts = [_publication(one) for one in publications[at : at + BATCH]]
        yield from (one for one in texts if one is not None)
    with app.app_context(), reading():
        files = _files(number, publications)
    yield from files


def _parts(actor: Actor) -> dict[str, Any]:
    return {
        "about": {
            "type": FORMAT,
            "version": VERSION,
            "made": timestamp(now()),
            "by": f"Maillage {__version__}",
            "node": node().base_url,
            "actor": actor.iri,
            "publications": len(_numbers(actor.id)),
        },
        "actor": actor_document(actor),
        "keys": [_key(one) for one in sorted(actor.keys, key=lambda key: key.id)],
        "followers": _known_by(actor, Follow.followed_id, Follow.follower_id),
        "following": _known_by(actor, Follow.follower_id, Follow.followed_id),
        "memberships": _memberships(actor),
    }


def _key(key: ActorKey) -> Document:
    """Return the public half of a key, so that what it signed can be verified when this node is gone."""
    return {
        "id": key.iri,
        "purpose": key.purpose,
        "publicKeyPem": key.public_pem,
        "created": timestamp(key.created_at),
        "retired": timestamp(key.retired_at) if key.retired_at else None,
    }


def _known_by(actor: Actor, own: Any, other: Any) -> list[Document]:
    query = select(Actor.iri, Follow.created_at).join(Follow, other == Actor.id)
    found = session().execute(query.where(own == actor.id, Follow.state == "accepted").order_by(Follow.id))
    return [{"actor": iri, "since": timestamp(since)} for iri, since in found]


def _memberships(actor: Actor) -> list[Document]:
    """Return what the actor belongs to, and who belongs to it, with what each side signed."""
    group, member = aliased(Actor), aliased(Actor)
    query = (
        select(Membership, group.iri, member.iri)
        .join(group, group.id == Membership.group_id)
        .join(member, member.id == Membership.member_id)
        .where(Membership.state == "member", (group.id == actor.id) | (member.id == actor.id))
        .order_by(Membership.id)
    )
    return [
        {
            "group": of,
            "member": who,
            "role": one.role,
            "since": one.since.isoformat() if one.since else None,
            "until": one.until.isoformat() if one.until else None,
            "claimedByGroup": one.group_document,
            "claimedByMember": one.member_document,
        }
        for one, of, who in session().execute(query)
    ]


def _numbers(number: int) -> list[int]:
    """Return the rows that go along; what was for a few by name stays between them and this node."""
    query = select(Publication.id).where(
        Publication.actor_id == number,
        Publication.local,
        Publication.state == PUBLISHED,
        Publication.visibility != DIRECT,
    )
    return list(session().scalars(query.order_by(Publication.published_at, Publication.id)))


def _publication(number: int) -> zips.Entry | None:
    """Return the object as servers read it, with all of its text as it was written; None where it went meanwhile."""
    found = session().get(Publication, number, populate_existing=True)
    if found is None or found.state != PUBLISHED:
        return None
    document = {"@context": context(), **publishing.document(found)}
    if found.source:
        document["source"] = {"content": found.source, "mediaType": MARKDOWN}
    return f"publications/{found.identifier}.json", _written(document)


def _files(number: int, publications: list[int]) -> list[zips.Entry]:
    """Return the files that the publications and the page of an actor need; others' uploads are none of them."""
    used = select(FileUse.file_id).join(Publication, Publication.id == FileUse.publication_id)
    used = used.where(Publication.actor_id == number, Publication.state == PUBLISHED, Publication.visibility != DIRECT)
    shown = select(Portrait.file_id).where(Portrait.actor_id == number, Portrait.file_id.is_not(None))
    needed = select(StoredFile).where(StoredFile.id.in_(used.union(shown))).order_by(StoredFile.id)
    return [entry for entry in map(_file, session().scalars(needed)) if entry is not None]


def _file(stored: StoredFile) -> zips.Entry | None:
    media_type = named(stored.media_type)
    if media_type is None:
        return None
    name = folder.filename(stored.name, media_type.ending)
    return f"files/{name}", folder.path_of(name)


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
