"""The letters of the soak: good ones, and bad ones of which each is bad in a way of its own."""

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fediverse import RemoteActor
from tests.inboxes.letters import Draft, cavage, digest, rfc9421

FOLLOW_EVERY = 50


class Post:
    """Who writes, and to which node."""

    def __init__(self, base_url: str, actors: list[RemoteActor], stranger: RemoteActor) -> None:
        """Take the node's base URL, those whom it follows, and one whom it does not."""
        self.stranger = stranger
        self.base_url = base_url
        self.host = base_url.partition("://")[2]
        self.actors = actors

    def author(self, number: int) -> RemoteActor:
        """Return who writes the letter with this number."""
        return self.actors[number % len(self.actors)]

    def document(self, number: int) -> dict[str, Any]:
        """Return a sound activity: a Follow now and then, else an event."""
        actor = self.author(number)
        if number % FOLLOW_EVERY == 1:
            return actor.activity("Follow", f"{self.base_url}/actors/union", number)
        return actor.activity("Create", actor.event(number), number)

    def signed(self, number: int, body: Any = None, **more: Any) -> Draft:
        """Sign a body, the sound activity where none is given."""
        actor, document = more.pop("by", self.author(number)), self.document(number) if body is None else body
        return cavage(actor, document, "/inbox", more.pop("now", datetime.now(UTC)), Host=self.host, **more)

    def good(self, number: int) -> Draft:
        """Return a sound letter, every third signed by RFC 9421."""
        if number % 3:
            return self.signed(number)
        draft = rfc9421(self.author(number), self.document(number), "/inbox", datetime.now(UTC), base_url=self.base_url)
        return draft.but(Host=self.host)

    def spoilt(self, number: int, **changes: Any) -> Draft:
        """Sign the sound activity with properties changed; None takes one away."""
        document = self.document(number) | changes
        return self.signed(number, {name: value for name, value in document.items() if value is not None})


def _raw(post: Post, number: int, old: bytes, new: bytes) -> Draft:
    """Sign the sound body with a piece of it replaced."""
    body = json.dumps(post.document(number)).encode()
    assert old in body
    return post.signed(number, body.replace(old, new, 1))


def _neighbour(post: Post, number: int) -> RemoteActor:
    return post.author(number + 1)


def _tampered(post: Post, number: int) -> Draft:
    draft = post.signed(number)
    return replace(draft, body=draft.body.replace(b"activities", b"activitiez", 1))


def _repaired_digest(post: Post, number: int) -> Draft:
    draft = _tampered(post, number)
    return draft.but(Digest=f"SHA-256={digest(draft.body)}")


def _without_content_digest(post: Post, number: int) -> Draft:
    draft = rfc9421(
        post.author(number),
        post.document(number),
        "/inbox",
        datetime.now(UTC),
        base_url=post.base_url,
        components=('"@method"', '"@target-uri"'),
    )
    return draft.but(Host=post.host)


def _compressed(post: Post, number: int) -> Draft:
    return post.signed(number, gzip.compress(json.dumps(post.document(number)).encode())).but(Content_Encoding="gzip")


def _unknown_key(post: Post, number: int) -> Draft:
    return post.signed(number, key_id=f"{post.author(number).iri}/nowhere#key")


def _ago(**amount: float) -> datetime:
    return datetime.now(UTC) - timedelta(**amount)


BAD: dict[str, tuple[Callable[[Post, int], Draft], int]] = {
    "a body changed on its way": (_tampered, 401),
    "a body changed with its digest": (_repaired_digest, 401),
    "no signature": (lambda post, n: post.signed(n).but(Signature=None), 401),
    "a signature of other bytes": (
        lambda post, n: post.signed(n).but(Signature=post.signed(n + 1).headers["Signature"]),
        401,
    ),
    "a signature that is no base64": (
        lambda post, n: post.signed(n).rewritten("Signature", 'signature="', 'signature="%%'),
        400,
    ),
    "an empty signature": (
        lambda post, n: post.signed(n).but(Signature=f'keyId="{post.author(n).key_id}",signature=""'),
        400,
    ),
    "a keyId given twice": (lambda post, n: post.signed(n).rewritten("Signature", "keyId=", 'keyId="x",keyId='), 400),
    "HMAC with the public key": (lambda post, n: post.signed(n, algorithm="hmac-sha256"), 401),
    "the key of a neighbour": (
        lambda post, n: post.signed(n, by=_neighbour(post, n), key_id=post.author(n).key_id),
        401,
    ),
    "a neighbour's keyId": (lambda post, n: post.signed(n, key_id=_neighbour(post, n).key_id), 401),
    "a key that nobody has": (_unknown_key, 401),
    "two hours old": (lambda post, n: post.signed(n, now=_ago(hours=2)), 401),
    "two hours early": (lambda post, n: post.signed(n, now=_ago(hours=-2)), 401),
    "no date": (lambda post, n: post.signed(n, covered="(request-target) host digest", Date=None), 401),
    "a date that is none": (lambda post, n: post.signed(n, Date="yesterday"), 401),
    "no digest": (lambda post, n: post.signed(n, covered="(request-target) host date", Digest=None), 401),
    "a digest that is not signed": (lambda post, n: post.signed(n, covered="(request-target) host date"), 401),
    "a target that is not signed": (lambda post, n: post.signed(n, covered="host date digest"), 401),
    "signed for another target": (lambda post, n: post.signed(n, signed_target="/outbox"), 401),
    "RFC 9421 without the body": (_without_content_digest, 401),
    "by a stranger, in another's name": (lambda post, n: post.signed(n, by=post.stranger), 401),
    "in our name": (lambda post, n: post.spoilt(n, actor=f"{post.base_url}/actors/union"), 403),
    "an id of another server": (lambda post, n: post.spoilt(n, id=f"http://other.example/{n}"), 401),
    "no id": (lambda post, n: post.spoilt(n, id=None), 400),
    "no actor": (lambda post, n: post.spoilt(n, actor=None), 400),
    "no object": (lambda post, n: post.spoilt(n, object=None), 400),
    "no type": (lambda post, n: post.spoilt(n, type=None), 400),
    "two actors": (lambda post, n: post.spoilt(n, actor=[post.author(n).iri, _neighbour(post, n).iri]), 400),
    "a keyword inside": (lambda post, n: post.spoilt(n, **{"@id": "http://other.example/"}), 400),
    "JSON cut off": (lambda post, n: post.signed(n, json.dumps(post.document(n)).encode()[:-1]), 400),
    "a list": (lambda post, n: post.signed(n, json.dumps([post.document(n)]).encode()), 400),
    "a key given twice": (lambda post, n: _raw(post, n, b"{", b'{"type": "Like", '), 400),
    "not a number": (lambda post, n: _raw(post, n, b"{", b'{"n": NaN, '), 400),
    "deep nesting": (lambda post, n: _raw(post, n, b"{", b'{"n": ' + b"[" * 99 + b"]" * 99 + b", "), 400),
    "a lone surrogate": (lambda post, n: _raw(post, n, b"{", b'{"n": "\\ud800", '), 400),
    "Latin-1": (lambda post, n: _raw(post, n, b"{", b'{"n": "\xe9", '), 400),
    "too many nodes": (lambda post, n: post.spoilt(n, to=[f"http://h.example/{i}" for i in range(5001)]), 400),
    "too long": (lambda post, n: post.spoilt(n, content="x" * 300_000), 413),
    "plain text": (lambda post, n: post.signed(n).but(Content_Type="text/plain"), 415),
    "compressed": (_compressed, 415),
    "for another host": (lambda post, n: post.signed(n).but(Host="other.example"), 400),
    "a signature as an authorization": (
        lambda post, n: post.signed(n).but(Signature=None, Authorization=f"Bearer {base64.b64encode(b'x').decode()}"),
        401,
    ),
    "the type of a page": (lambda post, n: post.signed(n).but(Content_Type="text/html; charset=utf-8"), 415),
}
