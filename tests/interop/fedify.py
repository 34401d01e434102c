"""A server built on Fedify, as a process of its own that a test tells what to do (`peer.mjs`)."""

import base64
import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import IO, Any

from federation.activities import PUBLIC
from tests.interop.javascript import HERE, Node
from tests.nodes import free_port, until

ANSWER_SECONDS = 30


class Fedify:
    """A running peer: `with Fedify(node, folder) as peer: peer.lookup("@union@…")`."""

    def __init__(self, node: Node, folder: Path) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.iri = f"{self.base_url}/users/fay"
        self.inbox = f"{self.iri}/inbox"
        self.handle = f"@fay@127.0.0.1:{self.port}"
        self.followers = f"{self.iri}/followers"
        self.complaints = folder / "fedify.log"
        self._node = node
        self._numbers = iter(range(1, 1_000_000))
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> "Fedify":
        with self.complaints.open("w") as log:
            self._process = subprocess.Popen(
                [self._node.program, str(HERE / "peer.mjs"), str(self.port)],
                cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        assert self._answer().get("ready") == self.base_url, self.complaints.read_text()
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()  # the peer ends where its input ends
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def tell(self, command: str, **parameters: Any) -> Any:
        """Let the peer carry out a command, and return its result."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"command": command, **parameters}) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise AssertionError(f"Fedify: {answer['error']}")
        return answer["result"]

    def lookup(self, what: str, *, signed: bool = False) -> Any:
        """Return what Fedify makes of an actor or an object, or None."""
        return self.tell("lookup", what=what, signed=signed)

    def send(self, activity: dict[str, Any], *, to: str | None = None, scheme: str = "rfc9421") -> None:
        """Let Fedify write, sign and deliver an activity: to an actor, or to all followers through shared inboxes."""
        self.tell("send", activity=activity, to=to, scheme=scheme)

    def arrival(self, verb: str, **fields: Any) -> Any:
        """Wait for an activity whose signature Fedify found good, and return what its vocabulary holds of it."""

        def found() -> Any:
            return next((one for one in self.tell("arrived") if self._fits(one, verb, fields)), None)

        return until(f"{verb} {fields} at Fedify", found)

    def requests(self, method: str = "POST") -> list[dict[str, Any]]:
        """Return the requests that arrived, as they were on the wire."""
        return [one for one in self.tell("requests") if one["method"] == method]

    def letter(self, verb: str, request: dict[str, Any]) -> bool:
        """Tell whether a request carries an activity of this verb."""
        return bool(json.loads(base64.b64decode(request["body"])).get("type") == verb)

    def activity(self, verb: str, thing: Any, **more: Any) -> dict[str, Any]:
        """Return an activity of the peer's actor, addressed to everyone unless told otherwise."""
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.base_url}/activities/{next(self._numbers)}",
            "type": verb,
            "actor": self.iri,
            "to": [PUBLIC],
            "cc": [self.followers],
            "object": thing,
            **more,
        }

    def event(self, **more: Any) -> dict[str, Any]:
        """Return an event of the peer's actor."""
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.base_url}/events/{next(self._numbers)}",
            "type": "Event",
            "attributedTo": self.iri,
            "name": "An evening with Fedify",
            "content": "<p>Come by.</p>",
            "startTime": "2027-03-11T18:00:00Z",
            "endTime": "2027-03-11T20:00:00Z",
            "published": "2026-11-20T09:00:00Z",
            "to": [PUBLIC],
            "cc": [self.followers],
            **more,
        }

    @staticmethod
    def _fits(found: dict[str, Any], verb: str, fields: dict[str, Any]) -> bool:
        return found["verb"] == verb and all(found.get(name) == value for name, value in fields.items())

    def _listen(self, stream: IO[str]) -> None:
        for line in stream:
            self._lines.put(line)
        self._lines.put('{"error": "the peer ended"}')

    def _answer(self) -> Any:
        try:
            return json.loads(self._lines.get(timeout=ANSWER_SECONDS))
        except queue.Empty:
            raise AssertionError(f"Fedify did not answer; its log: {self.complaints.read_text()[-2000:]}") from None
