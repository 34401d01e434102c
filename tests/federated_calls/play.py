"""Play the fixtures against this node: by HTTP into the real inboxes, each at its time, after those before it.

`staged(base)` is a node of the story (`https://node-a.example`…) with its own actors and what it knows of everybody
else. `Stage.play` delivers a line of the index after those that it names, and gives what came of it, as the index says
it. A letter that an actor of the node in play sends itself is put where its sender would have put it (`BEFORE`).
"""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import iris, local, remote
from actors.database import BIND, session
from actors.models import ASSERTION, ORGANISATION, PERSON, Actor, Follow, Posted
from actors.node import node
from federation import keys as federation_keys
from federation import strict_json
from federation.activities import CONTENT_TYPE, activity_of, host_of
from federation.errors import NotFound
from federation.exchanged import Answer, Fetched
from federation.signatures import Signer, sign
from flask_maillage.app import create_app
from flask_maillage.calls import letters, posting
from flask_maillage.calls.models import CallLetter, Committee, Draft, Place
from flask_maillage.calls.shapes import shape_of
from flask_maillage.calls.subjects import subject_of
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.kinds import recognise
from flask_maillage.publications.models import Publication
from inboxes import worker
from inboxes.models import Letter
from tests.calls.fixtures import fixture, index
from tests.conftest import Clock, config_of
from tests.federated_calls import deciding
from tests.federated_calls.cast import ACTORS, CALL, OWNER, Json, key_of, moment
from tests.fediverse import KEYS

RSA = tuple((KEYS / f"alice{ending}.pem").read_text(encoding="ascii") for ending in ("", ".public"))
"""One pair of keys that signs everybody's requests: making one for each would take longer than all else."""
PRIVATE_KEY = federation_keys.load_private(RSA[0])
SOMETHING_ELSE = "a receipt of something else"
"""What is kept and counts for nothing, which is ignoring it (FC-32)."""


SESSION: Json = {
    "id": fixture("session-invite")["target"],
    "type": "Event",
    "attributedTo": OWNER,
    "name": "Coaching session 1",
    "startTime": "2027-03-01T09:00:00Z",
    "endTime": "2027-03-01T11:00:00Z",
    "published": "2027-02-20T10:00:00Z",
    "to": [fixture("session-invite")["object"]],
}
"""The event to which a leader is invited, as its owner gives it to them."""


class Network:
    """Everybody else: documents at addresses, and what was posted to inboxes."""

    def __init__(self) -> None:
        self.documents: dict[str, Json] = {**fixture("initiatives"), SESSION["id"]: SESSION}
        self.bytes: dict[str, bytes] = {}
        self.posted: list[tuple[str, Json]] = []
        self.answer: Callable[[str], int] = lambda url: 202

    def permit(self, url: str) -> None:
        """Let every address be asked."""

    def fetch_activity(self, url: str, *, signer: Signer | None = None, expect_id: bool = True) -> Fetched:
        if url not in self.documents:
            raise NotFound(url)
        return Fetched(url, copy.deepcopy(self.documents[url]), CONTENT_TYPE)

    def fetch_bytes(self, url: str, *, max_bytes: int | None = None, **_more: Any) -> tuple[str, str, bytes]:
        if url not in self.bytes:
            raise NotFound(url)
        return url, "application/pdf", self.bytes[url]

    def post_activity(self, url: str, body: bytes, **_more: Any) -> Answer:
        self.posted.append((url, json.loads(body)))
        return Answer(self.answer(url), None, "cavage", b"")


class Stage:
    """A node of the story, with the letters that it got so far."""

    def __init__(self, app: Flask, clock: Clock, network: Network, base: str) -> None:
        self.app, self.clock, self.network, self.base = app, clock, network, base
        self.client: FlaskClient = app.test_client()

    def play(self, name: str) -> Json:
        """Deliver a line of the index after those that it names, and return what came of it."""
        rows = index()
        self.prepare(*rows[name]["after"])
        return self.deliver(name)

    def prepare(self, *names: str) -> None:
        """Let these lines happen, each of which has to come to what the index says."""
        for name in names:
            came = self.deliver(name)
            if fixture(index()[name]["file"].removesuffix(".json"))["actor"].startswith(f"{self.base}/"):
                continue  # what comes of a letter that it sent is for others to say
            assert came == index()[name]["expected"], f"{name} comes to {came}: {self.last_outcome()}"

    def deliver(self, name: str) -> Json:
        """Let one line of the index happen now, and return what came of it."""
        row = index()[name]
        document = fixture(row["file"].removesuffix(".json"))
        self.clock.moment = moment(row["receivedAt"])
        if document["actor"].startswith(f"{self.base}/"):
            return self._of_ours(name, document)
        named = (row["receiver"], *document["to"], *ACTORS)
        return self.post(document, to=next(iri for iri in named if iri.startswith(f"{self.base}/")))

    def post(self, document: Json, *, to: str) -> Json:
        """Post a letter to the inbox of its receiver, signed by its actor, and return what came of it."""
        before = self._answers()
        target = f"{to.removeprefix(self.base)}/inbox"
        body = json.dumps(document).encode()
        signer = Signer(f"{document['actor']}#main-key", PRIVATE_KEY)
        signed = sign(signer, "POST", self.base + target, body, now=self.clock(), scheme="cavage")
        headers = {"Content-Type": CONTENT_TYPE, **signed}
        answer = self.client.post(target, data=body, headers=headers, base_url=self.base)
        if answer.status_code != 202:
            return {"outcome": "http", "status": answer.status_code}
        is_known = self._state(document["id"]) in ("done", "ignored")
        self.work()
        if code := self._refused(document, before):
            return {"outcome": "refused", "code": code}
        is_taken = self._state(document["id"]) == "done" and not is_known and self.last_outcome() != SOMETHING_ELSE
        if document["type"] == "Offer":
            taken_as = ("registered", "a copy")  # and is no membership (FC-76)
            is_taken = is_taken and self.last_outcome().startswith(taken_as)
        assert is_taken or self._answers() == before, "who is ignored is answered nothing"
        return {"outcome": "accepted" if is_taken else "ignored"}

    def work(self) -> None:
        """Let the worker work until nothing is due."""
        worker.run_until_idle(self.app)

    def last_outcome(self) -> str:
        """Return in words what became of the last letter."""
        with self.app.app_context():
            return session().scalar(select(Letter.outcome).order_by(Letter.id.desc()).limit(1)) or ""

    def sent(self, verb: str = "", *, to: str = "") -> list[Json]:
        """Return what the node sent so far, in its order."""
        return [one for one in self._answers() if verb in ("", one["type"]) and (not to or to in one.get("to", []))]

    def _answers(self) -> list[Json]:
        with self.app.app_context():
            bodies = session().scalars(select(Posted.body).where(Posted.letter_only).order_by(Posted.id)).all()
        return [json.loads(body) for body in bodies if body]

    def _state(self, iri: str) -> str | None:
        with self.app.app_context():
            return session().scalar(select(Letter.state).where(Letter.iri == iri).order_by(Letter.id.desc()).limit(1))

    def _refused(self, document: Json, before: list[Json]) -> str | None:
        """Return the code by which a letter was refused, to its sender alone and about this letter."""
        refusals = [one for one in self._answers()[len(before) :] if one["type"] == "Reject" and "reasonCode" in one]
        for refusal in refusals:
            assert refusal["object"]["id"] == document["id"]
            assert refusal["to"] == [document["actor"]]
        return refusals[0]["reasonCode"] if refusals else None

    def _of_ours(self, name: str, document: Json) -> Json:
        before = self._answers()
        with self.app.app_context():
            if document["type"] in ("Create", "Update") and document["object"].get("id") == CALL:
                the_call(document["object"])
            else:
                if document["type"] == "Offer" and not document["actor"].endswith(f"/{iris.NODE_HANDLE}"):
                    written(document)
                if name in BEFORE:
                    BEFORE[name](document)
                if name not in WITH_THEIR_OWN:
                    put_letter(document)
            session().commit()
        self.work()
        code = self._refused(document, before)
        return {"outcome": "refused", "code": code} if code else {"outcome": "accepted"}


DECISIONS = ("selected", "reserve", "declined", "superseding", "expired")
BEFORE: dict[str, Callable[[Json], None]] = {
    **{f"decision-{name}": deciding.decide for name in DECISIONS},
    "cohort-add": deciding.place,
    "session-invite": deciding.invite,
    "follow-up-result": deciding.close,
}
"""What is done on the node in play before a letter of one of its actors is handed over, by name."""
WITH_THEIR_OWN = ("cohort-add", "session-invite", "follow-up-result")
"""Where that writes letters itself, or nobody of this node gets any."""


def written(offer: Json) -> None:
    """Keep the application that an Offer sends as its applicant has it, in their own list."""
    applicant = session().scalars(select(Actor).where(Actor.iri == offer["actor"])).one()
    identifier, at = offer["object"]["id"].rpartition("/")[2], moment(offer["published"])
    told = {"state": "sent", "version": 1, "offer_iri": offer["id"], "saved_at": at, "sent_at": at}
    session().add(Draft(identifier=identifier, actor_id=applicant.id, call_iri=CALL, content={}, **told))
    session().flush()


def put_letter(document: Json) -> None:
    """Keep a letter of an actor of ours as if it had been sent, and hand it to those of this node."""
    activity = activity_of(document)
    shape = shape_of(activity)
    assert shape is not None
    subject = subject_of(shape, activity)
    letter = CallLetter(
        sender_iri=document["actor"],
        iri=document["id"],
        verb=str(shape),
        call_iri=subject.call,
        agreement_iri=subject.agreement,
        result_iri=(document.get("result") or {}).get("id"),
        sent=True,
        received_at=moment(document["published"]),
        digest=letters.digest_of_document(document),
        document=strict_json.dumps(document).decode("utf-8"),
    )
    session().add(letter)
    session().flush()
    posting.hand_over(letter)


def the_call(thing: Json) -> Publication:
    """Write the call of the story as its owner's node has it, with its committee's versions and its places."""
    content = recognise(thing).from_object(thing)  # type: ignore[union-attr]
    content = content.model_copy(update={"status": thing["call"]["callStatus"]})
    owner = session().scalars(select(Actor).where(Actor.iri == OWNER)).one()
    call = keeping.find(CALL)
    if call is None:
        call = publishing.draft(owner, content, identifier="1")
        call.state, call.published_at = "published", node().clock()
    call.content = content
    session().flush()
    _committee(call, node().clock())
    known = session().scalars(select(Place.number).where(Place.call_id == call.id)).all()
    for number in range(len(known) + 1, content.details.maximum_selected + 1):  # type: ignore[attr-defined]
        session().add(Place(call_id=call.id, number=number))
    session().flush()
    return call


def _committee(call: Publication, at: datetime) -> None:
    details: Any = call.content.details
    query = select(Committee).where(Committee.call_id == call.id).order_by(Committee.version.desc()).limit(1)
    last = session().scalar(query)
    if last is not None and last.version >= details.committee_version:
        return
    if last is not None:
        last.until_at = at
    seats = [seat.model_dump(mode="json") for seat in details.committee]
    row = Committee(call_id=call.id, version=details.committee_version, seats=seats, from_at=at, until_at=None)
    session().add(row)
    session().flush()


@contextmanager
def staged(database_url: str, folder: Path, base: str) -> Iterator[Stage]:
    """Give a node of the story, on a furnished database of the tests whose node becomes that one."""
    clock, network = Clock(), Network()
    clock.moment = moment("2026-11-16T08:00:00Z")
    app = create_app(
        config_of(database_url, folder, MAILLAGE_BASE_URL=base, MAILLAGE_ALLOWED_NETWORKS=""),
        clock=clock,
        client=network,  # type: ignore[arg-type]
    )
    with app.app_context():
        _move(base)
        for actor in ACTORS:
            _cast(actor, base)
        _follow_the_owner()
        session().commit()
    yield Stage(app, clock, network, base)
    with app.app_context():
        app.extensions["sqlalchemy"].engines[BIND].dispose()


def _move(base: str) -> None:
    """Let the actors of the furnished database live at another address."""
    for actor in session().scalars(select(Actor).where(Actor.local)):
        for name in ("iri", "url", "inbox", "shared_inbox", "outbox", "followers", "featured"):
            if value := getattr(actor, name):
                setattr(actor, name, value.replace("http://localhost", base))
        actor.host = host_of(base)
        for key in actor.keys:
            key.iri = key.iri.replace("http://localhost", base)
    session().flush()


def _follow_the_owner() -> None:
    """Let the actors of a node follow the owner of the call elsewhere, so that its letters to all are taken."""
    owner = session().scalars(select(Actor).where(Actor.iri == OWNER)).one()
    for actor in session().scalars(select(Actor).where(Actor.local, Actor.iri.in_(ACTORS))) if not owner.local else ():
        follow = {"iri": f"{actor.iri}#follow", "state": "accepted", "created_at": node().clock()}
        session().add(Follow(follower_id=actor.id, followed_id=owner.id, answered_at=node().clock(), **follow))
    session().flush()


def _cast(actor: str, base: str) -> None:
    """Let somebody of the story be known: as an actor of ours, or as a copy with their keys."""
    host, _, handle = actor.rpartition("/actors/")
    if host == base:
        found = local.find(handle)
        if found is None:
            with patch.object(federation_keys, "generate", lambda: RSA):
                found = local.create(handle, PERSON if "seat" in handle else ORGANISATION, handle)
        key = next(key for key in found.keys if key.purpose == ASSERTION)
        private = key_of(actor)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
        key.public_pem, key.private_encrypted = federation_keys.pem_of(private.public_key()), node().secret.encrypt(pem)
        return
    remote.remember(
        {
            "id": actor,
            "type": "Application" if handle == iris.NODE_HANDLE else "Person",
            "preferredUsername": handle,
            "name": handle,
            "inbox": f"{actor}/inbox",
            "publicKey": {"id": f"{actor}#main-key", "owner": actor, "publicKeyPem": RSA[1]},
            "assertionMethod": [fixture("keys")[actor]],
        }
    )
