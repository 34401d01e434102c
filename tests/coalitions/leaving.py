"""An organisation that leaves: what it published before, and its archive as the node writes it."""

import io
import json
import zipfile
from typing import Any

from flask import Flask

from actors import followers, local, remote
from actors.database import session
from actors.node import now
from flask_maillage.coalitions.moving import archive
from flask_maillage.files import storing
from flask_maillage.files.media_types import IMAGE
from flask_maillage.people import accounts, roles
from flask_maillage.publications import publishing
from flask_maillage.publications.attached import Picture
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.editing.uploads import facts_of
from flask_maillage.publications.models import DIRECT, FOLLOWERS
from tests.conftest import PASSWORD
from tests.fediverse import Fediverse
from tests.files import nasty
from tests.publications import board

UNION = "http://localhost/actors/union"
SECRET_DRAFT, SECRET_LETTER = "Not ready at all", "For Alice alone"


def furnish(app: Flask, fediverse: Fediverse) -> None:
    """Let the union have an administrator, a follower, a photograph, and one publication of every sort."""
    with app.app_context():
        union, alice = local.find("union"), remote.remember(fediverse.actor("alice", "a.test").document)
        assert union is not None
        zoe = accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)
        roles.grant(zoe, union, "admin")
        relation = followers.record(alice, union, iri="http://a.test/follow", state="accepted")
        assert relation.state == "accepted"
        stored = storing.store(storing.prepare(IMAGE, io.BytesIO(nasty.photograph()), "hall.jpg"), union, zoe.actor)
        facts = {name: value for name, value in facts_of(stored).items() if name in Picture.model_fields}
        picture = Picture(**facts, alt="The hall")
        publish("news", image=picture, name="We have a hall")
        publish("news", Audience(FOLLOWERS), name="For those who follow")
        publish("news", Audience(DIRECT, (alice,)), name=SECRET_LETTER)
        publish("event")
        publish("call")
        publish("initiative")
        publishing.draft(union, board.sample_of("news", now(), name=SECRET_DRAFT))
        session().commit()


def publish(kind: str, readers: Audience | None = None, **changes: Any) -> None:
    """Publish a sample of the union's."""
    union = local.find("union")
    assert union is not None
    more = {"readers": readers} if readers else {}
    publishing.publish(publishing.draft(union, board.sample_of(kind, now(), **changes), **more))


def archived(app: Flask, handle: str = "union") -> bytes:
    """Return the archive of an actor."""
    with app.app_context():
        actor = local.find(handle)
        assert actor is not None
        return b"".join(archive.packed(actor))


def opened(data: bytes) -> dict[str, Any]:
    """Return the parts of an archive by their names, JSON read."""
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        names = found.namelist()
        return {name: json.loads(found.read(name)) if name.endswith(".json") else found.read(name) for name in names}


OLD = "https://old.test"
"""The node on which `elsewhere` lets an archive have been made."""
OLD_UNION = f"{OLD}/actors/union"


def elsewhere(data: bytes) -> dict[str, bytes]:
    """Return the parts of an archive of ours as if another node had made it."""
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        parts = {name: found.read(name) for name in found.namelist()}
    ours = UNION.partition("/actors")[0].encode()
    return {name: part.replace(ours, OLD.encode()) if name.endswith(".json") else part for name, part in parts.items()}


def zipped(parts: dict[str, bytes], **more: Any) -> bytes:
    """Return parts as a zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **more) as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return target.getvalue()


def minimal(*objects: Any) -> dict[str, bytes]:
    """Return the parts of the smallest archive that is one, with these objects as its publications."""
    about = {"type": archive.FORMAT, "version": archive.VERSION, "actor": OLD_UNION}
    actor = {"id": OLD_UNION, "type": "Group", "name": "A union", "followers": f"{OLD_UNION}/followers"}
    parts = {"about.json": about, "actor.json": actor}
    for number, thing in enumerate(objects):
        parts[f"publications/0192f000-0000-7000-8000-{number:012}.json"] = thing
    return {name: part if isinstance(part, bytes) else json.dumps(part).encode() for name, part in parts.items()}


def note(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return news as the old node wrote it."""
    return {
        "id": f"{OLD_UNION}/news/{number}",
        "type": "Note",
        "attributedTo": OLD_UNION,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "name": f"News {number}",
        "content": "<p>We went on strike.</p>",
        "published": "2024-05-01T10:00:00Z",
        "url": f"{OLD}/@union/news/{number}",
        **changes,
    }
