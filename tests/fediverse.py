"""A remote fediverse in a dictionary, behind a real socket: documents by host and path, inboxes that remember.

Names ending in `.test` resolve to this machine in the client that `client()` returns, and nowhere else.
"""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from federation import keys
from federation.activities import CONTENT_TYPE, PUBLIC
from federation.client import Client
from federation.signatures import Signer, sign

KEYS = Path(__file__).parent / "keys"


@dataclass
class Arrived:
    """A request that reached the fediverse."""

    method: str
    host: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """What the fediverse answers."""

    status: int = 200
    body: bytes = b""
    content_type: str = f"{CONTENT_TYPE}; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class Fediverse:
    """A server for all hosts under `.test`."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Answer | Callable[[Arrived], Answer]] = {}
        self.arrived: list[Arrived] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._clients: list[Client] = []

    def __enter__(self) -> "Fediverse":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        for client in self._clients:
            client.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def client(self, clock: Callable[[], datetime]) -> Client:
        """Return an outbound client for which the names under `.test` are here."""

        def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
            if str(host).endswith(".test"):
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
            raise socket.gaierror(socket.EAI_NONAME, "unknown in the tests")

        client = Client(
            user_agent="Maillage/tests",
            allowed_networks=[ip_network("127.0.0.0/8")],
            resolver=resolve,
            clock=clock,
            deadline=15,
        )
        self._clients.append(client)
        return client

    def address(self, host: str, path: str = "/") -> str:
        """Return the address of a path on a host."""
        return f"http://{host}:{self.port}{path}"

    def put(self, iri: str, document: Any, **more: Any) -> None:
        """Serve a document at its address."""
        parts = urlsplit(iri)
        self.answers[parts.hostname or "", parts.path] = Answer(body=json.dumps(document).encode(), **more)

    def answer(self, iri: str, answer: Answer | Callable[[Arrived], Answer]) -> None:
        """Answer whatever is asked at an address."""
        parts = urlsplit(iri)
        self.answers[parts.hostname or "", parts.path] = answer

    def letters(self, path: str | None = None) -> list[Any]:
        """Return the documents that were posted, in their order."""
        return [one.json for one in self.arrived if one.method == "POST" and (path is None or one.path == path)]

    def actor(self, name: str, host: str, key: str = "alice", kind: str = "Person", **more: Any) -> "RemoteActor":
        """Let an actor live on a host, with one of the fixed keys."""
        return RemoteActor(self, name, host, key, kind, more)

    def _handler(fediverse) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                host = (self.headers.get("Host") or "").partition(":")[0]
                headers = {name.lower(): value for name, value in self.headers.items()}
                arrived = Arrived(self.command, host, self.path, headers, self.rfile.read(length))
                fediverse.arrived.append(arrived)
                found = fediverse.answers.get((host, self.path.partition("?")[0]), Answer(404))
                answer = found(arrived) if callable(found) else found
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = handle_one

            def log_message(self, *args: object) -> None:
                """Stay silent."""

        return Handler


class RemoteActor:
    """An actor elsewhere, who can sign and post."""

    def __init__(self, fediverse: Fediverse, name: str, host: str, key: str, kind: str, more: dict[str, Any]) -> None:
        self.fediverse = fediverse
        self.host = host
        self.iri = fediverse.address(host, f"/users/{name}")
        self.inbox = f"{self.iri}/inbox"
        self.shared_inbox = fediverse.address(host, "/inbox")
        self.followers = f"{self.iri}/followers"
        self.key_id = f"{self.iri}#main-key"
        self.signer = Signer(self.key_id, keys.load_private((KEYS / f"{key}.pem").read_text()))
        self.document: dict[str, Any] = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.iri,
            "type": kind,
            "preferredUsername": name,
            "name": name.capitalize(),
            "inbox": self.inbox,
            "outbox": f"{self.iri}/outbox",
            "followers": self.followers,
            "endpoints": {"sharedInbox": self.shared_inbox},
            "publicKey": {
                "id": self.key_id,
                "owner": self.iri,
                "publicKeyPem": (KEYS / f"{key}.public.pem").read_text(),
            },
            **more,
        }
        self.publish_profile()
        for inbox in (self.inbox, self.shared_inbox):
            fediverse.answer(inbox, Answer(202))

    def publish_profile(self) -> None:
        """Serve the actor's document as it is now."""
        self.fediverse.put(self.iri, self.document)

    def activity(self, kind: str, thing: Any, number: int | str = 1, **more: Any) -> dict[str, Any]:
        """Return an activity of this actor."""
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.iri}/activities/{number}",
            "type": kind,
            "actor": self.iri,
            "object": thing,
            **more,
        }

    def event(self, number: int | str = 1, **more: Any) -> dict[str, Any]:
        """Return a public event of this actor."""
        return {
            "id": f"{self.iri}/events/{number}",
            "type": "Event",
            "attributedTo": self.iri,
            "name": "An open evening",
            "content": "<p>Come by.</p>",
            "startTime": "2026-12-11T18:00:00Z",
            "endTime": "2026-12-11T20:00:00Z",
            "published": "2026-11-20T09:00:00Z",
            "to": [PUBLIC],
            "cc": [self.followers],
            **more,
        }

    def headers(
        self, target: str, body: bytes, *, now: datetime, base_url: str = "http://localhost", scheme: Any = "cavage"
    ) -> dict[str, str]:
        """Return the headers of a POST of these bytes, signed by this actor."""
        signed = sign(self.signer, "POST", base_url + target, body, now=now.astimezone(UTC), scheme=scheme)
        return {"Content-Type": CONTENT_TYPE, **signed}

    def post(
        self, client: FlaskClient, document: Any, target: str = "/inbox", *, now: datetime, scheme: Any = "cavage"
    ) -> TestResponse:
        """Sign an activity and post it to an inbox of the node under test."""
        body = json.dumps(document).encode()
        return client.post(target, data=body, headers=self.headers(target, body, now=now, scheme=scheme))
