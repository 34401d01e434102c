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
