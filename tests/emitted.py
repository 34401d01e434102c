"""What a node really emits, one document of each sort by name: what the examples of FEDERATION.md are held against.

One partner follows our union and our node, and sees a call, an event and an initiative of the sample come, change and
go. Hosts of the tests are written as hosts of examples.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import following, local, remote
from actors.database import session
from federation.activities import CONTENT_TYPE
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Publication
from tests.fediverse import Answer, Arrived, Fediverse
from tests.publications.board import SAMPLES

HOST, PARTNER = "node.example", "partner.example"


def in_examples(text: str) -> str:
    """Write the hosts of the tests as those of the examples."""
    text = re.sub(r"http://partner\.test(:\d+)?", f"https://{PARTNER}", text)
    text = re.sub(r"partner\.test(:\d+)?", PARTNER, text)
    return text.replace("http://localhost", f"https://{HOST}").replace("localhost", HOST)


def emitted(app: Flask, client: FlaskClient, work: Callable[[], int], fediverse: Fediverse) -> dict[str, Any]:
    """Let a node do all that the examples show, and return documents and the headers of requests by name."""
    partner = fediverse.actor("depot", "partner.test", kind="Group")
    now = app.extensions["maillage"].clock()
    union, relay = "http://localhost/actors/union", "http://localhost/actors/relay"

    for number, followed in enumerate((union, relay), 1):
        partner.post(client, partner.activity("Follow", followed, number), now=now)
    with app.app_context():
        following.follow(local.find("union"), remote.remember(remote.look_up(partner.iri)))
        session().commit()
    work()
    iris = {kind: _publish(app, kind) for kind in SAMPLES}
    work()
    _change(app, iris["event"], lambda one: publishing.revise(one, one.content.model_copy(update={"name": "New name"})))
    _change(app, iris["initiative"], publishing.withdraw)
    work()
    fediverse.answer(partner.shared_inbox, lambda request: Answer(202 if "signature-input" in request.headers else 401))
    fediverse.answer(partner.inbox, lambda request: Answer(202 if "signature-input" in request.headers else 401))
    _change(app, iris["call"], publishing.withdraw)
    work()

    letters = [one for one in fediverse.arrived if one.method == "POST"]
    found = {
        "actor": _document(client, urlsplit(union).path),
        "application": _document(client, urlsplit(relay).path),
        "webfinger": client.get("/.well-known/webfinger?resource=acct:union@localhost").get_json(),
        "follow": _letter(letters, "Follow", partner.iri),
        "accept": _letter(letters, "Accept", f"{partner.iri}/activities/1"),
        **{f"create-{kind}": _letter(letters, "Create", iri) for kind, iri in iris.items()},
        "announce": _letter(letters, "Announce", iris["call"]),
        "update": _letter(letters, "Update", iris["event"]),
        "delete": _letter(letters, "Delete", iris["initiative"]),
        "tombstone": _document(client, urlsplit(iris["initiative"]).path),
    }
    found["session"] = next(one for one in found["create-event"]["object"]["subEvent"] if "performer" in one)
    documents: dict[str, Any] = json.loads(in_examples(json.dumps(found)))
    asked = next(one for one in fediverse.arrived if one.method == "GET" and one.path == "/users/depot")
    last = [one for one in letters if b'"Delete"' in one.body][-2:]
    heads = {"cavage": last[0], "rfc9421": last[1], "cavage-get": asked}
    return documents | {name: in_examples(_head(request)) for name, request in heads.items()}


def _publish(app: Flask, kind: str) -> str:
    with app.app_context():
        publication = publishing.draft(local.find("union"), SAMPLES[kind](app.extensions["maillage"].clock()))
        publishing.publish(publication)
        session().commit()
        return publication.iri


def _change(app: Flask, iri: str, use_case: Callable[[Publication], Any]) -> None:
    with app.app_context():
        use_case(session().scalars(select(Publication).where(Publication.iri == iri)).one())
        session().commit()


def _document(client: FlaskClient, path: str) -> Any:
    return client.get(path, headers={"Accept": CONTENT_TYPE}).get_json()


def _letter(letters: list[Arrived], verb: str, iri: str) -> Any:
    """Return the first letter of a verb about an object."""
    for letter in letters:
        thing = letter.json["object"]
        if letter.json["type"] == verb and (thing["id"] if isinstance(thing, dict) else thing) == iri:
            return letter.json
    raise AssertionError(f"no {verb} of {iri} in {[letter.json['type'] for letter in letters]}")


def _head(request: Arrived) -> str:
    lines = [f"{name.title()}: {value}" for name, value in request.headers.items()]
    return "\n".join([f"{request.method} {request.path} HTTP/1.1", *lines])
